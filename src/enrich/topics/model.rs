//! What was learned from text: a vocabulary and, for each topic, one linear head over it.
//!
//! The file is one line of JSON ([`Header`]), a line per word (`word<TAB>idf`), then one signed byte per word and head,
//! word by word. `head models/topics.bin` shows all but the bytes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The model copydesk comes with; `models/topics.md` says what it was made from.
const EMBEDDED: &[u8] = include_bytes!("../../../models/topics.bin");

/// Vocabulary, heads, and how a head and the lexicon are weighed into a probability.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    pub(super) header: Header,
    pub(super) words: Vec<Word>,
    /// One row per word, one column per head.
    pub(super) weights: Vec<i8>,
}

/// A word heads know.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Logarithm of how rare it is.
    pub(super) idf: f32,
}

/// Everything but words and weights.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    /// `topics-` and the first digits of a hash of the weights.
    pub(super) name: String,
    pub(super) words: usize,
    pub(super) heads: Vec<Column>,
    /// For topics with a head.
    pub(super) with_head: Combiner,
    /// For topics with terms alone.
    pub(super) terms_alone: Combiner,
}

/// A head but for its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) topic: String,
    pub(super) bias: f32,
    /// A weight is its byte times this.
    pub(super) scale: f32,
    /// Added to what [`Combiner`] says.
    pub(super) offset: f32,
    /// Came later than the others, which are not measured against it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) added: bool,
}

/// Weights of a logistic regression over [`super::reading::Signals`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Combiner {
    pub(super) bias: f32,
    /// Of ln(1 + what the terms add up to).
    pub(super) sum: f32,
    /// Of that sum's part of the strongest topic's.
    pub(super) share: f32,
    /// Of ln(1 + what the headline's terms weigh).
    pub(super) headline: f32,
    /// Of ln(1 + the strongest topic's sum).
    pub(super) best: f32,
    /// Of the head's log-odds.
    pub(super) head: f32,
    /// Of how far the head is behind the strongest one.
    pub(super) behind: f32,
}

/// The head of one topic, as `learn` makes it and a newsroom keeps it: readable, and independent of all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// House id.
    pub topic: String,
    /// Log-odds of a text without any of the words.
    pub bias: f32,
    /// Added to the log-odds when head and terms have been weighed.
    pub offset: f32,
    /// Words that speak for the topic, or against it.
    pub weights: BTreeMap<String, f32>,
}

/// Why bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no topic model: {0}; make one with `copydesk train topics`")]
pub struct BadModel(String);

impl Model {
    /// The model copydesk comes with.
    ///
    /// # Errors
    /// None: a test reads it.
    pub fn embedded() -> Result<Self, BadModel> {
        Self::from_bytes(EMBEDDED)
    }

    /// Reads what [`Model::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes that are cut short, or something else altogether.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadModel> {
        let bad = |what: &str| BadModel(what.to_owned());
        let (line, mut rest) = line(bytes).ok_or_else(|| bad("no header"))?;
        let header: Header = serde_json::from_str(line).map_err(|e| BadModel(e.to_string()))?;
        let mut words = Vec::new();
        for _ in 0..header.words {
            let (word, after) = self::line(rest).ok_or_else(|| bad("words are missing"))?;
            let (text, idf) = word
                .split_once('\t')
                .ok_or_else(|| bad("a word without its idf"))?;
            let idf = idf.parse().map_err(|_| bad("an idf that is no number"))?;
            words.push(Word {
                text: text.to_owned(),
                idf,
            });
            rest = after;
        }
        if rest.len() != header.words.saturating_mul(header.heads.len()) {
            return Err(bad("weights are missing"));
        }
        let weights = rest.iter().map(|b| i8::from_ne_bytes([*b])).collect();
        Ok(Self {
            header,
            words,
            weights,
        })
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// A header that is not JSON, which a finite model always is.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BadModel> {
        let mut out = serde_json::to_vec(&self.header).map_err(|e| BadModel(e.to_string()))?;
        out.push(b'\n');
        for word in &self.words {
            out.extend(format!("{}\t{:.3}\n", word.text, word.idf).bytes());
        }
        out.extend(self.weights.iter().flat_map(|w| w.to_ne_bytes()));
        Ok(out)
    }

    /// Its name, after what is in it.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// Whether it has learned a topic from the archive; a head that came later rests on a few examples.
    pub fn knows(&self, topic: &str) -> bool {
        let heads = &mut self.header.heads.iter();
        heads.any(|h| h.topic == topic && !h.added)
    }

    /// The words its heads know, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|w| w.text.as_str())
    }

    /// The words that weigh most in a topic's head, heaviest first, with their weights.
    pub fn heaviest(&self, topic: &str, most: usize) -> Vec<(&str, f32)> {
        let Some(column) = self.header.heads.iter().position(|h| h.topic == topic) else {
            return Vec::new();
        };
        let scale = self.header.heads.get(column).map_or(0.0, |h| h.scale);
        let mut words: Vec<(&str, f32)> = self
            .words
            .iter()
            .zip(self.weights.chunks_exact(self.header.heads.len()))
            .filter_map(|(word, row)| {
                Some((word.text.as_str(), f32::from(*row.get(column)?) * scale))
            })
            .collect();
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        words.truncate(most);
        words
    }

    /// This model with one head added, or put in the place of the one its topic had.
    #[must_use]
    pub fn with_head(&self, head: &Head) -> Self {
        let weights: Vec<f32> = self
            .words
            .iter()
            .map(|w| head.weights.get(&w.text).copied().unwrap_or(0.0))
            .collect();
        let (scale, bytes) = quantised(&weights);
        let old = self.header.heads.iter().position(|h| h.topic == head.topic);
        let column = Column {
            topic: head.topic.clone(),
            bias: head.bias,
            scale,
            offset: head.offset,
            added: old
                .and_then(|i| self.header.heads.get(i))
                .is_none_or(|h| h.added),
        };
        let width = self.header.heads.len().max(1);
        let mut model = self.clone();
        model.weights = Vec::with_capacity(self.weights.len() + bytes.len());
        for (index, byte) in bytes.into_iter().enumerate() {
            let row = self
                .weights
                .get(index * width..(index + 1) * width)
                .unwrap_or(&[]);
            model.weights.extend(
                row.iter()
                    .enumerate()
                    .map(|(i, w)| if Some(i) == old { byte } else { *w }),
            );
            if old.is_none() {
                model.weights.push(byte);
            }
        }
        match old.and_then(|i| model.header.heads.get_mut(i)) {
            Some(place) => *place = column,
            None => model.header.heads.push(column),
        }
        model.rename();
        model
    }

    /// Names it after what is in it.
    pub(super) fn rename(&mut self) {
        self.header.words = self.words.len();
        self.header.name.clear();
        let mut digest = Sha256::new();
        digest.update(format!("{:?}{:?}", self.header, self.words));
        for weight in &self.weights {
            digest.update(weight.to_ne_bytes());
        }
        let hex: String = digest
            .finalize()
            .iter()
            .take(4)
            .map(|b| format!("{b:02x}"))
            .collect();
        self.header.name = format!("topics-{hex}");
    }
}

/// Scale and bytes of a column.
pub(super) fn quantised(weights: &[f32]) -> (f32, Vec<i8>) {
    let most = weights.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
    let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
    #[allow(clippy::cast_possible_truncation)] // within ±127 by the choice of scale
    let bytes = weights.iter().map(|w| (w / scale).round() as i8).collect();
    (scale, bytes)
}

/// The first line and what follows it.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let text = std::str::from_utf8(bytes.get(..end)?).ok()?;
    Some((text, bytes.get(end + 1..)?))
}
