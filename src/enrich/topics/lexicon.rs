//! Terms, masks and the words of the model in one automaton, and for each what it says for which topic.

use super::config::{DECISIVE, TopicConfig, TopicsConfig};
use super::model::Model;
use super::segment::{Hit, Segmenter};
use crate::problem::Problem;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a pattern says for one topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Posting {
    /// Index of the topic in the configuration; [`Lexicon::notice`] for announcements.
    pub(super) topic: usize,
    /// See the strengths in [`super::config`].
    pub(super) weight: f32,
}

/// Terms, masks and words, compiled.
pub(super) struct Lexicon {
    segmenter: Segmenter,
    patterns: Vec<Pattern>,
    /// Index that stands for announcements, one past the last topic.
    pub(super) notice: usize,
}

/// A term, mask or word.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As it stands in the text.
    pub(super) text: String,
    /// What it says as a term.
    pub(super) postings: Vec<Posting>,
    /// The model's words it stands for: itself, or those inside it.
    pub(super) words: Vec<u32>,
    /// It says nothing.
    pub(super) mask: bool,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon")
            .field("patterns", &self.patterns.len())
            .finish_non_exhaustive()
    }
}

impl Lexicon {
    /// Compiles what [`TopicsConfig::check`] has passed.
    pub(super) fn new(config: &TopicsConfig, model: &Model) -> Result<Self, Problem> {
        let masks: FxHashSet<&str> = config.masks.iter().map(|m| m.get_ref().as_str()).collect();
        let terms = terms(config);
        let own: Vec<&str> = terms.keys().chain(&masks).copied().collect();
        let is_own = |text: &str| terms.contains_key(text) || masks.contains(text);
        let own_segmenter = Segmenter::new(&own, is_own)?;
        let known: Vec<&str> = model.words.iter().map(|w| w.text.as_str()).collect();
        let words: FxHashMap<&str, u32> = known.iter().copied().zip(0..).collect();
        let word_segmenter = match known.is_empty() {
            true => None,
            false => Some(Segmenter::new(&known, |_| false)?),
        };
        let mut texts: Vec<&str> = own.iter().chain(&known).copied().collect();
        texts.sort_unstable();
        texts.dedup();
        let pattern = |text: &str| {
            let mask = masks.contains(text);
            let postings = match (mask, terms.contains_key(text)) {
                (true, _) => Vec::new(),
                (_, true) => postings(text, &terms),
                (_, false) => {
                    let mut inside = Vec::new();
                    own_segmenter.segment(text, |hit| inside.extend(own.get(hit.pattern as usize)));
                    inner_postings(inside.iter().filter(|term| !masks.contains(*term)), &terms)
                }
            };
            let words = match (mask, words.get(text), &word_segmenter) {
                (true, _, _) | (false, None, None) => Vec::new(),
                (false, Some(word), _) => vec![*word],
                (false, None, Some(segmenter)) => {
                    let mut inside = Vec::new();
                    segmenter.segment(text, |hit| inside.push(hit.pattern));
                    inside
                }
            };
            Pattern {
                text: text.to_owned(),
                postings,
                words,
                mask,
            }
        };
        Ok(Self {
            patterns: texts.iter().map(|text| pattern(text)).collect(),
            segmenter: Segmenter::new(&texts, is_own)?,
            notice: config.topic.len(),
        })
    }

    /// Calls `found` with the patterns a text is made of, none overlapping, in no particular order.
    pub(super) fn scan(&self, text: &str, found: impl FnMut(Hit)) {
        self.segmenter.segment(text, found);
    }

    /// Whether a term of `topic` stands inside `mask`.
    pub(super) fn speaks(&self, mask: &str, topic: usize) -> bool {
        self.patterns
            .iter()
            .filter(|p| p.postings.iter().any(|posting| posting.topic == topic))
            .any(|p| mask.contains(p.text.as_str()))
    }

    /// The pattern a hit names.
    pub(super) fn pattern(&self, index: u32) -> Option<&Pattern> {
        self.patterns.get(index as usize)
    }
}

type Weights<'a> = FxHashMap<&'a str, FxHashMap<usize, f32>>;

/// Every term with its weight for each topic that names it.
fn terms(config: &TopicsConfig) -> Weights<'_> {
    let mut terms = Weights::default();
    let lists = config
        .topic
        .iter()
        .map(TopicConfig::weighted)
        .chain([config.notice.weighted()]);
    for (topic, list) in lists.enumerate() {
        for (weight, of_weight) in list {
            for term in of_weight {
                terms
                    .entry(term.get_ref())
                    .or_default()
                    .insert(topic, weight);
            }
        }
    }
    terms
}

/// What `text` says by itself, and what the decisive terms inside it say.
fn postings(text: &str, terms: &Weights<'_>) -> Vec<Posting> {
    let mut weights = terms.get(text).cloned().unwrap_or_default();
    let bounds: Vec<usize> = text
        .char_indices()
        .map(|(byte, _)| byte)
        .chain([text.len()])
        .collect();
    for (i, &from) in bounds.iter().enumerate() {
        for &to in bounds.iter().skip(i + 2) {
            let inner = text.get(from..to).and_then(|inner| terms.get(inner));
            for (&topic, &weight) in inner.into_iter().flatten() {
                if weight >= DECISIVE {
                    weights.entry(topic).or_insert(weight);
                }
            }
        }
    }
    sorted(weights)
}

/// What the terms inside a word of the model say: the same as if it were no word.
fn inner_postings<'a>(
    inner: impl Iterator<Item = &'a &'a str>,
    terms: &Weights<'_>,
) -> Vec<Posting> {
    let mut weights: FxHashMap<usize, f32> = FxHashMap::default();
    for posting in inner.flat_map(|term| postings(term, terms)) {
        let weight = weights.entry(posting.topic).or_insert(0.0);
        *weight = weight.max(posting.weight);
    }
    sorted(weights)
}

fn sorted(weights: FxHashMap<usize, f32>) -> Vec<Posting> {
    let mut postings: Vec<Posting> = weights
        .into_iter()
        .map(|(topic, weight)| Posting { topic, weight })
        .collect();
    postings.sort_unstable_by_key(|p| p.topic);
    postings
}
