//! What goes wrong when: a random course of faults that its seed repeats.

use fastrand::Rng;
use std::time::Duration;

/// Something that happens to the troupe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9` of a role; its supervisor starts it again after a while.
    KillRole(usize),
    /// A role is stopped where it is, and goes on after a while.
    PauseRole(usize),
    /// `kill -9` of the server; in a cluster, of one that leads a stream.
    KillServer,
    /// The server is stopped where it is.
    PauseServer,
    /// Every connection of the roles is cut, and new ones are refused for a while.
    Cut,
    /// The server can write no more; then it can again, and is started anew.
    FillDisk,
}

/// A fault, when it comes after the one before it, and how long it lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) after: Duration,
    pub(crate) fault: Fault,
    pub(crate) lasts: Duration,
}

impl Step {
    /// Whether a process dies of it.
    pub(crate) fn kills(&self) -> bool {
        !matches!(
            self.fault,
            Fault::PauseRole(_) | Fault::PauseServer | Fault::Cut
        )
    }
}

/// Steps until `kills` processes have died; `roles` is how many there are to choose from.
pub(crate) fn course(rng: &mut Rng, kills: usize, roles: usize) -> Vec<Step> {
    let millis = |rng: &mut Rng, range: std::ops::Range<u64>| Duration::from_millis(rng.u64(range));
    let mut steps = Vec::new();
    let mut killed = 0;
    while killed < kills {
        let role = rng.usize(..roles);
        let (fault, lasts) = match rng.u8(..100) {
            0..62 => (Fault::KillRole(role), millis(rng, 0..800)),
            62..72 => (Fault::PauseRole(role), millis(rng, 100..3_000)),
            72..86 => (Fault::KillServer, millis(rng, 0..800)),
            86..91 => (Fault::PauseServer, millis(rng, 100..3_000)),
            91..97 => (Fault::Cut, millis(rng, 0..1_500)),
            _ => (Fault::FillDisk, millis(rng, 300..1_500)),
        };
        let step = Step {
            after: millis(rng, 50..1_200),
            fault,
            lasts,
        };
        killed += usize::from(step.kills());
        steps.push(step);
    }
    steps
}

#[test]
fn a_seed_repeats_its_course_and_every_fault_has_its_turn() {
    let of = |seed| course(&mut Rng::with_seed(seed), 100, 6);
    let told = |steps: &[Step]| format!("{steps:?}");
    assert_eq!(told(&of(7)), told(&of(7)));
    assert_ne!(told(&of(7)), told(&of(8)));
    let steps = of(7);
    assert_eq!(steps.iter().filter(|s| s.kills()).count(), 100);
    for fault in [
        Fault::KillServer,
        Fault::PauseServer,
        Fault::Cut,
        Fault::FillDisk,
    ] {
        assert!(steps.iter().any(|s| s.fault == fault), "{fault:?}");
    }
}
