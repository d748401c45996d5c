//! What an article is about, and which of its words say so.
//!
//! One pass of one automaton finds every term of the taxonomy, the longest at each place ([`lexicon`]); what a topic's
//! terms add up to, against an absolute bar and against the article's strongest topic, is its score ([`reading`]).

mod config;
mod explain;
mod lexicon;
mod reading;

pub use config::{DEFAULT_THRESHOLD, EMBEDDED, Mediatopic, Terms, TopicConfig, TopicsConfig};
pub use explain::{Explanation, Reason};

use crate::item::Topic;
use crate::problem::Problem;
use lexicon::Lexicon;
use reading::{Reading, rounded};
use sha2::{Digest, Sha256};

/// An article has this many topics at most.
pub const MOST: usize = 4;

/// Terms must add up to this for a topic to be as likely as not…
const ENOUGH: f32 = 1.6;
/// …and to this share of what the strongest topic's terms add up to.
const SHARE: f32 = 0.5;
/// Words of announcements must add up to this, and to more than any topic's terms.
const NOTICE: f32 = 2.0;

/// Classifies by house topic.
#[derive(Debug)]
pub struct Classifier {
    lexicon: Lexicon,
    topics: Vec<House>,
    version: String,
}

/// A house topic, as events and queries need it.
#[derive(Debug)]
struct House {
    id: String,
    name: String,
    mediatopic: Option<String>,
    parent: Option<String>,
    threshold: f64,
}

/// A topic's place in the taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicRef<'a> {
    /// House id.
    pub id: &'a str,
    /// Name in Chinese.
    pub name: &'a str,
    /// Id of the broader topic.
    pub parent: Option<&'a str>,
}

impl Classifier {
    /// Compiles a taxonomy.
    ///
    /// # Errors
    /// Everything [`TopicsConfig::check`] finds.
    pub fn new(config: &TopicsConfig) -> Result<Self, Vec<Problem>> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(problems);
        }
        let lexicon = Lexicon::new(config).map_err(|p| vec![p])?;
        let topics = config
            .topic
            .iter()
            .map(|t| House {
                id: t.id.get_ref().clone(),
                name: t.name.get_ref().clone(),
                mediatopic: t.mediatopics.first().map(|m| m.code.get_ref().clone()),
                parent: t.parent.as_ref().map(|p| p.get_ref().clone()),
                threshold: t
                    .threshold
                    .as_ref()
                    .map_or(DEFAULT_THRESHOLD, |t| *t.get_ref()),
            })
            .collect();
        Ok(Self {
            lexicon,
            topics,
            version: version(config),
        })
    }

    /// The taxonomy copydesk comes with.
    ///
    /// # Errors
    /// None: a test keeps [`EMBEDDED`] in order. The type is that of [`Classifier::new`].
    pub fn embedded() -> Result<Self, Vec<Problem>> {
        Self::new(&TopicsConfig::parse(EMBEDDED).map_err(|p| vec![p])?)
    }

    /// Version of taxonomy and weights, for `enrichment.models.topics`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The taxonomy, in its order.
    pub fn topics(&self) -> impl Iterator<Item = TopicRef<'_>> {
        self.topics.iter().map(|t| TopicRef {
            id: &t.id,
            name: &t.name,
            parent: t.parent.as_deref(),
        })
    }

    /// Topics of a text, best first, each with its evidence; none for an announcement.
    pub fn classify(&self, headline: &str, body: &str) -> Vec<Topic> {
        let reading = Reading::new(&self.lexicon, headline, body);
        self.given(&reading)
            .into_iter()
            .filter_map(|(index, score)| {
                let topic = self.topics.get(index)?;
                Some(Topic {
                    id: topic.id.clone(),
                    mediatopic: topic.mediatopic.clone(),
                    name: topic.name.clone(),
                    score: rounded(score),
                    evidence: reading.evidence(index),
                })
            })
            .collect()
    }

    /// Index and score of the topics a text is given, best first.
    fn given(&self, reading: &Reading<'_>) -> Vec<(usize, f32)> {
        if self.is_notice(reading) {
            return Vec::new();
        }
        let mut given: Vec<(usize, f32)> = self
            .topics
            .iter()
            .enumerate()
            .map(|(index, topic)| (index, score(reading, index), topic.threshold))
            .filter(|(_, score, threshold)| f64::from(*score) >= *threshold)
            .map(|(index, score, _)| (index, score))
            .collect();
        given.sort_by(|a, b| b.1.total_cmp(&a.1));
        given.truncate(MOST);
        given
    }

    fn is_notice(&self, reading: &Reading<'_>) -> bool {
        let sum = reading.sum(self.lexicon.notice);
        sum >= NOTICE && sum >= reading.best()
    }
}

/// 0–1; ½ where both bars are just reached.
fn score(reading: &Reading<'_>, topic: usize) -> f32 {
    let sum = reading.sum(topic);
    let best = reading.best();
    if best <= 0.0 {
        return 0.0;
    }
    let absolute = 1.5 * (sum - ENOUGH);
    let relative = 8.0 * (sum / best - SHARE);
    1.0 / (1.0 + (-absolute.min(relative)).exp())
}

/// `lexicon-` and eight hex digits of what decides.
fn version(config: &TopicsConfig) -> String {
    let digest = Sha256::digest(format!("{config:?}"));
    let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("lexicon-{hex}")
}
