//! Why a text has a topic, or why not.

use super::reading::{Reading, rounded};
use super::{Classifier, ENOUGH, SHARE, score};
use crate::item::Evidence;

/// A topic and a text: the verdict, the words for it, and what stood against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// House id.
    pub topic: String,
    /// Name in Chinese.
    pub name: String,
    /// The text is given the topic.
    pub given: bool,
    /// 0–1.
    pub score: f64,
    /// What the score must reach.
    pub threshold: f64,
    /// What its terms add up to.
    pub sum: f64,
    /// The words for it, heaviest first.
    pub evidence: Vec<Evidence>,
    /// What stood against it; empty when it is given.
    pub reasons: Vec<Reason>,
    /// Look-alikes whose inner terms did not count; weight 0.
    pub masked: Vec<Evidence>,
}

/// Why a text is not given a topic.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It reads as an announcement, and those have no topic.
    Notice,
    /// No term of the topic stands in it.
    NoTerm,
    /// A passing mention: its terms add up to `sum`, and `enough` would be needed.
    Passing {
        /// What they add up to.
        sum: f64,
        /// What they must.
        enough: f64,
    },
    /// The text is about something else much more.
    Outweighed {
        /// The strongest topic.
        by: String,
        /// This topic's part of what that one's terms add up to…
        share: f64,
        /// …and the part it would need.
        needed: f64,
    },
    /// The score is below the threshold the newsroom has set.
    BelowThreshold,
    /// Enough for itself, but [`super::MOST`] others score higher.
    Crowded,
}

impl Classifier {
    /// Why this text has the topic or not; `None` when there is no such topic.
    pub fn explain(&self, headline: &str, body: &str, topic: &str) -> Option<Explanation> {
        let (index, house) = self
            .topics
            .iter()
            .enumerate()
            .find(|(_, t)| t.id == topic)?;
        let reading = Reading::new(&self.lexicon, headline, body);
        let given = self.given(&reading).iter().any(|(i, _)| *i == index);
        let score = score(&reading, index);
        Some(Explanation {
            topic: house.id.clone(),
            name: house.name.clone(),
            given,
            score: rounded(score),
            threshold: house.threshold,
            sum: rounded(reading.sum(index)),
            evidence: reading.evidence(index),
            reasons: if given {
                Vec::new()
            } else {
                self.reasons(&reading, index, f64::from(score) >= house.threshold)
            },
            masked: reading.masked(index, |mask, topic| self.lexicon.speaks(mask, topic)),
        })
    }

    fn reasons(&self, reading: &Reading<'_>, index: usize, reached: bool) -> Vec<Reason> {
        let (sum, best) = (reading.sum(index), reading.best());
        let mut reasons = Vec::new();
        if self.is_notice(reading) {
            reasons.push(Reason::Notice);
        }
        if sum <= 0.0 {
            reasons.push(Reason::NoTerm);
            return reasons;
        }
        if sum < ENOUGH {
            reasons.push(Reason::Passing {
                sum: rounded(sum),
                enough: rounded(ENOUGH),
            });
        }
        let strongest = self
            .topics
            .iter()
            .enumerate()
            .find(|(i, _)| reading.sum(*i) >= best);
        if let Some((_, strongest)) = strongest.filter(|_| sum < SHARE * best) {
            reasons.push(Reason::Outweighed {
                by: strongest.id.clone(),
                share: rounded(sum / best),
                needed: rounded(SHARE),
            });
        }
        if reasons.is_empty() {
            reasons.push(if reached {
                Reason::Crowded
            } else {
                Reason::BelowThreshold
            });
        }
        reasons
    }
}
