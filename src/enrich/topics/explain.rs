//! Why a text has a topic, or why not.

use super::reading::{Reading, rounded};
use super::scoring::Scores;
use super::{Classifier, MOST_EVIDENCE};
use crate::item::Evidence;

/// Terms that add up to less are a passing mention.
const ENOUGH: f32 = 1.6;
/// Terms that add up to a smaller part of the strongest topic's are outweighed by it.
const SHARE: f32 = 0.5;

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
    /// The words for it, heaviest first; weights are what each adds to the log-odds.
    pub evidence: Vec<Evidence>,
    /// The words against it, heaviest first; weights are what each takes from the log-odds.
    pub against: Vec<Evidence>,
    /// Why it is not given; empty when it is.
    pub reasons: Vec<Reason>,
    /// Look-alikes whose inner terms did not count, in order of place; weight 0.
    pub masked: Vec<Evidence>,
}

/// Why a text is not given a topic.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It reads as an announcement, and those have no topic.
    Notice,
    /// None of the topic's terms stands in it.
    NoTerm,
    /// A passing mention: its terms add up to `sum`; about `enough` is usual.
    Passing {
        /// What they add up to.
        sum: f64,
        /// What they add up to in a text that is about it.
        enough: f64,
    },
    /// The text is about something else much more.
    Outweighed {
        /// The strongest topic.
        by: String,
        /// This topic's part of what that one's terms add up to.
        share: f64,
    },
    /// One word alone speaks for it, however often.
    OneWord,
    /// Nothing in particular: the score is below the threshold.
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
        let scores = self.scorer.score(&reading);
        let score = scores.probabilities.get(index).copied().unwrap_or(0.0);
        let worth = self.scorer.worth(&reading, &scores, index);
        let evidence = reading.evidence(MOST_EVIDENCE, |group| worth.of(group));
        let given = self
            .given(&reading, &scores)
            .iter()
            .any(|(i, _)| *i == index);
        Some(Explanation {
            topic: house.id.clone(),
            name: house.name.clone(),
            given,
            score: rounded(score),
            threshold: house.threshold,
            sum: rounded(reading.sum(index)),
            evidence,
            against: reading.evidence(MOST_EVIDENCE, |group| -worth.of(group)),
            reasons: match given {
                true => Vec::new(),
                false => self.reasons(
                    &reading,
                    &scores,
                    index,
                    f64::from(score) >= house.threshold,
                ),
            },
            masked: reading.masked(|mask| self.lexicon.speaks(mask, index)),
        })
    }

    fn reasons(
        &self,
        reading: &Reading<'_>,
        scores: &Scores,
        index: usize,
        reached: bool,
    ) -> Vec<Reason> {
        let (sum, best) = (reading.sum(index), scores.best);
        let mut reasons = Vec::new();
        if reading.is_notice(best) {
            reasons.push(Reason::Notice);
        } else if reached && !self.is_supported(reading, scores, index) {
            reasons.push(Reason::OneWord);
        } else if reached {
            reasons.push(Reason::Crowded);
        }
        if sum <= 0.0 {
            reasons.push(Reason::NoTerm);
        } else if sum < ENOUGH {
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
        if let Some((_, strongest)) = strongest.filter(|_| sum > 0.0 && sum < SHARE * best) {
            reasons.push(Reason::Outweighed {
                by: strongest.id.clone(),
                share: rounded(sum / best),
            });
        }
        if reasons.is_empty() {
            reasons.push(Reason::BelowThreshold);
        }
        reasons
    }
}
