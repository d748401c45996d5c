//! Labels of characters: begin, middle, end, single of each kind, and outside.

use super::super::name::Name;
use crate::item::EntityKind;

/// Labels there are. 0 is outside; 1–3 begin a person, place, organisation, 4–6 are one by themselves, 8–10 stand in the middle,
/// 11–13 at the end. There is no 7, so that those that go on with a name have eight lanes of their own.
pub(in super::super) const LABELS: usize = 14;
/// Outside every name.
pub(super) const OUTSIDE: u8 = 0;
/// The label there is not.
pub(super) const NONE: u8 = 7;
/// The first label that goes on with a name.
pub(super) const INSIDE: u8 = 8;
const KINDS: [EntityKind; 3] = [
    EntityKind::Person,
    EntityKind::Place,
    EntityKind::Organisation,
];

/// Where in a name a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Begin,
    Single,
    Middle,
    End,
}

const fn place(label: u8) -> Place {
    match label {
        OUTSIDE => Place::Outside,
        1..=3 => Place::Begin,
        4..INSIDE => Place::Single,
        INSIDE..=10 => Place::Middle,
        _ => Place::End,
    }
}

/// Index of its kind; nothing for what is outside.
const fn kind(label: u8) -> u8 {
    if label < INSIDE {
        label.saturating_sub(1) % 3
    } else {
        (label - INSIDE) % 3
    }
}

/// Whether a name goes on behind this label.
pub(super) const fn open(label: u8) -> bool {
    matches!(place(label), Place::Begin | Place::Middle)
}

/// Whether `next` may stand right behind `label`.
#[cfg(test)]
pub(super) const fn follows(label: u8, next: u8) -> bool {
    let continues = next >= INSIDE;
    if open(label) {
        continues && kind(label) == kind(next)
    } else {
        !continues
    }
}

/// The names a row of labels spells.
pub(in super::super) fn names(labels: &[u8], offset: usize) -> Vec<Name> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, label) in labels.iter().enumerate() {
        match place(*label) {
            Place::Begin => start = at,
            Place::Single => start = at,
            Place::Outside | Place::Middle => continue,
            Place::End => {}
        }
        if place(*label) == Place::Begin {
            continue;
        }
        if let Some(kind) = KINDS.get(usize::from(kind(*label))) {
            found.push(Name::new(*kind, offset + start, offset + at + 1, 1.0));
        }
    }
    found
}

/// Labels that spell `names`, which are in order and free of overlaps; those of other kinds are left out.
pub(in super::super) fn spell(length: usize, names: &[Name]) -> Vec<u8> {
    let mut labels = vec![OUTSIDE; length];
    for name in names {
        let Some(kind) = KINDS.iter().position(|k| *k == name.kind) else {
            continue;
        };
        let kind = u8::try_from(kind).unwrap_or(0);
        let Some(stretch) = labels.get_mut(name.start..name.end) else {
            continue;
        };
        match stretch {
            [] => {}
            [only] => *only = 4 + kind,
            [first, middle @ .., last] => {
                *first = 1 + kind;
                middle.fill(INSIDE + kind);
                *last = INSIDE + 3 + kind;
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_spell_names_and_names_spell_labels() {
        let names_in = [
            Name::new(EntityKind::Person, 0, 1, 1.0),
            Name::new(EntityKind::Place, 1, 3, 1.0),
            Name::new(EntityKind::Organisation, 4, 8, 1.0),
        ];
        let labels = spell(9, &names_in);
        assert_eq!(labels, [4, 2, 12, 0, 3, 10, 10, 13, 0]);
        assert_eq!(names(&labels, 0), names_in);
        assert!(labels.windows(2).all(|w| follows(w[0], w[1])));
        assert!(
            !follows(1, 0) && !follows(0, 8) && !follows(1, 9) && follows(11, 1) && follows(1, 11)
        );
    }
}
