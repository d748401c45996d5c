//! One topic's head from its terms, an archive and a few examples. No other topic is touched.

use super::config::TopicsConfig;
use super::lexicon::Lexicon;
use super::model::{Head, Model};
use super::scoring::sigmoid;
use super::train::logistic::{Row, fit};
use super::train::{Document, HEADS, balanced, signals, vector};

/// An example counts as much as this many texts of the archive at least…
const EXAMPLE: f32 = 4.0;
/// …and all examples together as much as this part of it.
const EXAMPLES: f32 = 0.1;

/// A text a person has decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Main headline.
    pub headline: String,
    /// Paragraphs joined by `\n`.
    pub body: String,
    /// It is about the topic.
    pub given: bool,
}

/// Why a head cannot be learned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotLearn {
    /// No such topic.
    #[error("there is no topic {0:?}; add it to topics.toml with its terms first")]
    NoTopic(String),
    /// Nothing to tell it from.
    #[error(
        "a head is learned from texts that are about the topic and texts that are not; found {given} and {others}"
    )]
    OneSided {
        /// Texts about it.
        given: usize,
        /// Texts not about it.
        others: usize,
    },
    /// The terms make no automaton.
    #[error("{0}")]
    Terms(String),
}

/// Its words, what it should be, and how much it counts.
type Text = (Vec<(u32, f32)>, f32, f32);

/// Fits the head of `topic`: the archive labelled by the topic's terms, the examples by a person. The archive may be empty
/// when there are examples of both sorts.
///
/// # Errors
/// [`CannotLearn`]; `config` must pass [`TopicsConfig::check`].
pub fn learn(
    config: &TopicsConfig,
    model: &Model,
    topic: &str,
    archive: &[Document],
    examples: &[Example],
) -> Result<Head, CannotLearn> {
    let index = config
        .topic
        .iter()
        .position(|t| t.id.get_ref() == topic)
        .ok_or_else(|| CannotLearn::NoTopic(topic.to_owned()))?;
    let lexicon = Lexicon::new(config, model).map_err(|p| CannotLearn::Terms(p.message))?;
    let mut texts: Vec<Text> = archive
        .iter()
        .map(|document| {
            let logit = signals(&lexicon, document)
                .get(index)
                .map_or(f32::NEG_INFINITY, |s| {
                    model.header.terms_alone.logit(*s, 0.0, 0.0)
                });
            (
                vector(&lexicon, &model.words, document),
                sigmoid(logit),
                1.0,
            )
        })
        .collect();
    #[allow(clippy::cast_precision_loss)] // counts of texts
    let each = EXAMPLE.max(EXAMPLES * archive.len() as f32 / examples.len().max(1) as f32);
    texts.extend(examples.iter().map(|e| {
        let document = Document {
            headline: e.headline.clone(),
            body: e.body.clone(),
            labels: None,
        };
        let target = if e.given { 1.0 } else { 0.0 };
        (vector(&lexicon, &model.words, &document), target, each)
    }));
    let given = texts.iter().filter(|t| t.1 >= 0.5).count();
    let others = texts.len() - given;
    if given == 0 || others == 0 {
        return Err(CannotLearn::OneSided { given, others });
    }
    let rows: Vec<Row<'_>> = texts
        .iter()
        .map(|(features, target, weight)| Row {
            features,
            target: *target,
            weight: *weight,
        })
        .collect();
    let (bias, weights) = fit(&balanced(rows, 100.0), model.words.len(), HEADS);
    Ok(Head {
        topic: topic.to_owned(),
        bias,
        offset: 0.0,
        weights: model
            .words
            .iter()
            .zip(weights)
            .filter(|(_, w)| w.abs() > 0.01)
            .map(|(word, w)| (word.text.clone(), w))
            .collect(),
    })
}
