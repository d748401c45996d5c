//! What an article is about, and which of its words say so.
//!
//! One pass of one automaton finds every term of the taxonomy and every word of the model; of those that overlap the best
//! set is kept ([`segment`], [`lexicon`], [`reading`]). Terms speak for the topics that name them; words speak through one linear head per topic
//! ([`model`]); a logistic regression weighs both into a probability ([`scoring`]). A topic without a head works on its
//! terms alone. [`train`] makes the model from text, [`learn`] one head from examples.

mod config;
mod explain;
mod learn;
mod lexicon;
mod model;
mod reading;
mod scoring;
mod segment;
mod suggest;
pub mod train;

pub use config::{
    DEFAULT_THRESHOLD, EMBEDDED, FEW_KNOWN, Mediatopic, Terms, TopicConfig, TopicsConfig,
};
pub use explain::{Explanation, Reason};
pub use learn::{CannotLearn, Example, learn};
pub use model::{BadModel, Head, Model};
pub use suggest::{Suggestion, suggest};

use crate::item::Topic;
use crate::problem::Problem;
use lexicon::Lexicon;
use reading::{Reading, rounded};
use scoring::{Scorer, Scores};
use sha2::{Digest, Sha256};

/// An article has this many topics at most.
pub const MOST: usize = 4;

/// A topic's evidence names this many terms at most.
pub const MOST_EVIDENCE: usize = 12;

/// Classifies by house topic.
#[derive(Debug)]
pub struct Classifier {
    lexicon: Lexicon,
    scorer: Scorer,
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
    /// Compiles a taxonomy with the model copydesk comes with.
    ///
    /// # Errors
    /// Everything [`TopicsConfig::check`] finds.
    pub fn new(config: &TopicsConfig) -> Result<Self, Vec<Problem>> {
        let model = Model::embedded().map_err(|e| {
            vec![Problem {
                message: e.to_string(),
                help: None,
                span: None,
            }]
        })?;
        Self::with_model(config, &model)
    }

    /// Compiles a taxonomy with another model; heads of topics that it does not name are left aside.
    ///
    /// # Errors
    /// Everything [`TopicsConfig::check`] finds.
    pub fn with_model(config: &TopicsConfig, model: &Model) -> Result<Self, Vec<Problem>> {
        let problems = config.check();
        if !problems.is_empty() {
            return Err(problems);
        }
        let lexicon = Lexicon::new(config, model).map_err(|p| vec![p])?;
        let topics = config
            .topic
            .iter()
            .map(|t| House {
                id: t.id.get_ref().clone(),
                name: t.name.get_ref().clone(),
                mediatopic: t.mediatopics.first().map(|m| m.code.get_ref().clone()),
                parent: t.parent.as_ref().map(|p| p.get_ref().clone()),
                threshold: match &t.threshold {
                    Some(threshold) => *threshold.get_ref(),
                    None if model.knows(t.id.get_ref()) => DEFAULT_THRESHOLD,
                    None => FEW_KNOWN,
                },
            })
            .collect();
        Ok(Self {
            lexicon,
            scorer: Scorer::new(config, model),
            topics,
            version: version(config, model),
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
        let scores = self.scorer.score(&reading);
        self.given(&reading, &scores)
            .into_iter()
            .filter_map(|(index, score)| {
                let topic = self.topics.get(index)?;
                let worth = self.scorer.worth(&reading, &scores, index);
                let evidence = reading.evidence(MOST_EVIDENCE, |group| worth.of(group));
                Some(Topic {
                    id: topic.id.clone(),
                    mediatopic: topic.mediatopic.clone(),
                    name: topic.name.clone(),
                    score: rounded(score),
                    by: None,
                    evidence,
                })
            })
            .collect()
    }

    /// A topic as a person sets it, with the words that speak for it, if any; `None` when there is no such topic.
    pub fn set_by(&self, headline: &str, body: &str, topic: &str, by: &str) -> Option<Topic> {
        let why = self.explain(headline, body, topic)?;
        let house = self.topics.iter().find(|t| t.id == topic)?;
        Some(Topic {
            id: why.topic,
            mediatopic: house.mediatopic.clone(),
            name: why.name,
            score: 1.0,
            by: Some(by.to_owned()),
            evidence: why.evidence,
        })
    }

    /// Score of every topic, given or not, in the order of the taxonomy.
    pub fn scores(&self, headline: &str, body: &str) -> Vec<(&str, f64)> {
        let reading = Reading::new(&self.lexicon, headline, body);
        let probabilities = self.scorer.score(&reading).probabilities;
        self.topics
            .iter()
            .zip(probabilities)
            .map(|(topic, p)| (topic.id.as_str(), rounded(p)))
            .collect()
    }

    /// Index and score of the topics a text is given, best first.
    fn given(&self, reading: &Reading<'_>, scores: &Scores) -> Vec<(usize, f32)> {
        if reading.is_notice(scores.best) {
            return Vec::new();
        }
        let mut given: Vec<(usize, f32)> = self
            .topics
            .iter()
            .zip(&scores.probabilities)
            .enumerate()
            .filter(|(_, (topic, p))| f64::from(**p) >= topic.threshold)
            .map(|(index, (_, p))| (index, *p))
            .filter(|(index, _)| self.is_supported(reading, scores, *index))
            .collect();
        given.sort_by(|a, b| b.1.total_cmp(&a.1));
        given.truncate(MOST);
        given
    }

    /// Whether more than one word speaks for a topic, or the one does so in headline and body. A topic that rests on a few
    /// terms or examples is not asked for a second one.
    fn is_supported(&self, reading: &Reading<'_>, scores: &Scores, topic: usize) -> bool {
        if !self.scorer.knows(topic) {
            return true;
        }
        let worth = self.scorer.worth(reading, scores, topic);
        reading.is_spread(|group| worth.of(group))
    }
}

/// Name of the model and eight hex digits of the taxonomy.
fn version(config: &TopicsConfig, model: &Model) -> String {
    let digest = Sha256::digest(format!("{config:?}"));
    let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("{}+{hex}", model.header.name)
}
