//! Whether two items tell the same story.

use super::facts::FactKind;
use super::signature::Signature;

/// Least part of the shingles of both that must be shared. A fifth of all characters misread leaves about a third.
const WORDS: f64 = 0.22;
/// Fewer shingles than this say nothing.
const LEAST: usize = 16;

/// What a judgement rests on, each 0–1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Shingles of both that are shared.
    pub words: f64,
    /// Shingles of the shorter one that are shared.
    pub contained: f64,
    /// Agreement in months, days, ordinals, numbers, names.
    pub facts: [f64; 5],
}

/// What there is in favour of two items telling one story; `None` when they do not.
pub fn judge(one: &Signature, other: &Signature, window_days: u32) -> Option<Evidence> {
    let evidence = weigh(one, other, window_days)?;
    let [month, day, ordinal, number, name] = evidence.facts;
    let survived = evidence.contained;
    let same = month >= 0.5 * survived
        && day >= 0.5 * survived
        && ordinal >= 0.5 * survived
        && number >= 0.7 * survived
        && name >= 0.7 * survived;
    same.then_some(evidence)
}

/// What two items share; `None` when that is too little to ask further.
pub fn weigh(one: &Signature, other: &Signature, window_days: u32) -> Option<Evidence> {
    if let (Some(one), Some(other)) = (one.day, other.day)
        && one.abs_diff(other) > window_days
    {
        return None;
    }
    let overlap = one.sketch.overlap(&other.sketch);
    let words = overlap.jaccard();
    let least = one.sketch.hashes.len().min(other.sketch.hashes.len());
    if words < WORDS || least < LEAST {
        return None;
    }
    let agree = |kind| one.facts.agreement(&other.facts, kind).ratio();
    Some(Evidence {
        words,
        contained: overlap.contained(),
        facts: [
            agree(FactKind::Month),
            agree(FactKind::Day),
            agree(FactKind::Ordinal),
            agree(FactKind::Number),
            agree(FactKind::Name),
        ],
    })
}

/// Part of the shingles of both that is shared, in hundredths.
pub(super) fn overlap(one: &Signature, other: &Signature) -> f64 {
    (one.sketch.overlap(&other.sketch).jaccard() * 100.0).round() / 100.0
}
