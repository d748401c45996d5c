//! Is a file completely written? The decision alone, without clock or file system.

use crate::sys::Writers;
use std::time::Duration;

/// How long a file without a lease is held when its writer was seen to write and not to close: a stalled writer is far
/// commoner than truncate(2), the one way to change a file that never tells of a close.
pub(crate) const STALLED: Duration = Duration::from_secs(600);

/// How often a file held open by a writer is looked at when no event tells of its close.
const HELD: Duration = Duration::from_secs(1);

/// What the events said of a file, the last of them counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Heard {
    /// No event, or none that says anything.
    #[default]
    Nothing,
    /// Data was written.
    Writing,
    /// A writer closed it, it was renamed into place, or its marker came.
    Closed,
}

/// All that is known of a file when it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence {
    /// What the kernel says of writers; [`Writers::Unknown`] where its word is not worth anything.
    pub(crate) writers: Writers,
    /// What the events said.
    pub(crate) heard: Heard,
    /// How long its stamp has been the same under our eyes.
    pub(crate) still: Duration,
    /// How long the kernel has changed nothing of it (ctime, which no copy tool can set back).
    pub(crate) quiet: Duration,
    /// It has no bytes.
    pub(crate) empty: bool,
}

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Hand it out.
    Complete,
    /// Look again after this time.
    Wait(Duration),
}

/// Judges by the strongest evidence there is.
pub(crate) fn judge(evidence: Evidence, settle: Duration) -> Verdict {
    // An empty file is often one that is about to be filled: its close proves nothing yet.
    let closed = evidence.heard == Heard::Closed && !evidence.empty;
    let calm = match evidence.writers {
        Writers::Some => return Verdict::Wait(HELD.max(settle)),
        Writers::None => evidence.still.max(evidence.quiet),
        Writers::Unknown if evidence.heard == Heard::Writing && evidence.still < STALLED => {
            return Verdict::Wait(HELD.max(settle));
        }
        Writers::Unknown => evidence.still,
    };
    match settle.checked_sub(calm) {
        _ if closed => Verdict::Complete,
        None | Some(Duration::ZERO) => Verdict::Complete,
        Some(rest) => Verdict::Wait(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_millis(500);
    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(5);

    fn check(writers: Writers, heard: Heard, still: Duration, quiet: Duration, expected: Verdict) {
        let evidence = Evidence {
            writers,
            heard,
            still,
            quiet,
            empty: false,
        };
        assert_eq!(judge(evidence, SETTLE), expected, "{evidence:?}");
    }

    #[test]
    fn the_strongest_evidence_decides() {
        use Verdict::{Complete, Wait};
        let held = Wait(Duration::from_secs(1));
        let rest = Wait(SETTLE - SHORT);
        // The kernel knows a writer: nothing else counts.
        check(Writers::Some, Heard::Closed, LONG, LONG, held);
        check(Writers::Some, Heard::Nothing, LONG, LONG, held);
        // The kernel knows there is none.
        check(
            Writers::None,
            Heard::Closed,
            Duration::ZERO,
            Duration::ZERO,
            Complete,
        );
        check(
            Writers::None,
            Heard::Nothing,
            Duration::ZERO,
            LONG,
            Complete,
        );
        check(Writers::None, Heard::Writing, SHORT, SHORT, rest);
        check(Writers::None, Heard::Nothing, SETTLE, SHORT, Complete);
        // The kernel knows nothing: events, then the settle time; ctime may be another machine's clock.
        check(
            Writers::Unknown,
            Heard::Closed,
            Duration::ZERO,
            Duration::ZERO,
            Complete,
        );
        check(Writers::Unknown, Heard::Writing, LONG, LONG, held);
        check(Writers::Unknown, Heard::Writing, STALLED, LONG, Complete);
        check(Writers::Unknown, Heard::Nothing, SHORT, LONG, rest);
        check(Writers::Unknown, Heard::Nothing, SETTLE, SHORT, Complete);
    }

    #[test]
    fn an_empty_file_settles_even_when_closed() {
        let mut evidence = Evidence {
            writers: Writers::None,
            heard: Heard::Closed,
            still: SHORT,
            quiet: SHORT,
            empty: true,
        };
        assert_eq!(judge(evidence, SETTLE), Verdict::Wait(SETTLE - SHORT));
        evidence.still = SETTLE;
        assert_eq!(judge(evidence, SETTLE), Verdict::Complete);
    }
}
