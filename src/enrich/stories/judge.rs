//! Whether two items tell the same story.

use super::facts::FactKind;
use super::signature::Signature;

/// Least part of the shingles of both that must be shared. A fifth of all characters misread leaves about a third.
const WORDS: f64 = 0.22;
/// Fewer shingles than this say nothing.
const LEAST: usize = 16;
/// Contradiction that is always forgiven: one figure misread, or one that an update changed.
const FORGIVEN: f64 = 1.1;
/// What it would weigh if all of the text had other words. A lead in place of the last sentence is a tenth of it.
const REWORDED: f64 = 4.5;

/// What one contradicting fact of a kind weighs, and what it weighs more when nothing of that kind agrees.
const WEIGHTS: [(FactKind, f64, f64); 5] = [
    (FactKind::Month, 1.0, 0.5),
    (FactKind::Day, 1.0, 0.5),
    (FactKind::Ordinal, 1.0, 0.5),
    (FactKind::Number, 0.5, 0.25),
    (FactKind::Name, 0.25, 0.5),
];

/// What a judgement rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Shingles of both that are shared, 0–1.
    pub words: f64,
    /// Weight of the facts that contradict each other, and of passages in other words.
    pub against: f64,
    /// Weight that is forgiven: the more, the more words are damaged.
    pub forgiven: f64,
}

impl Evidence {
    /// Whether both tell the same story.
    pub fn is_same(&self) -> bool {
        self.words >= WORDS && self.against <= self.forgiven
    }
}

/// What speaks for and against two items telling one story; `None` when they cannot.
pub fn weigh(one: &Signature, other: &Signature, window_days: u32) -> Option<Evidence> {
    if let (Some(one), Some(other)) = (one.day, other.day)
        && one.abs_diff(other) > window_days
    {
        return None;
    }
    if one.sketch.hashes.len().min(other.sketch.hashes.len()) < LEAST {
        return None;
    }
    let overlap = one.sketch.overlap(&other.sketch);
    let words = overlap.jaccard();
    if words < WORDS {
        return None;
    }
    let (mut against, mut all) = (REWORDED * overlap.reworded(), 0.0);
    for (kind, weight, nothing_agrees) in WEIGHTS {
        let agreement = one.facts.agreement(&other.facts, kind);
        let contradicting = agreement.against();
        #[expect(clippy::cast_precision_loss, reason = "at most some hundred")]
        let weighed = |facts: usize| facts as f64 * weight;
        against += weighed(contradicting);
        all += weighed(contradicting + agreement.shared);
        // A name of three characters that is misread in one still agrees in a pair.
        let least = if kind == FactKind::Name { 2 } else { 1 };
        if agreement.shared == 0 && contradicting >= least {
            against += nothing_agrees;
        }
    }
    Some(Evidence {
        words,
        against,
        forgiven: FORGIVEN + all * overlap.damaged(),
    })
}

/// Part of the shingles of both that is shared, in hundredths.
pub(super) fn overlap(one: &Signature, other: &Signature) -> f64 {
    (one.sketch.overlap(&other.sketch).jaccard() * 100.0).round() / 100.0
}
