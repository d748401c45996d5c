//! All terms and masks in one automaton, and for each what it says for which topic.

use super::config::{DECISIVE, TopicsConfig};
use crate::problem::Problem;
use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a pattern says for one topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Posting {
    /// Index of the topic in the configuration; [`Lexicon::notice`] for announcements.
    pub(super) topic: usize,
    /// See the strengths in [`super::config`].
    pub(super) weight: f32,
}

/// Terms and masks, compiled.
pub(super) struct Lexicon {
    automaton: CharwiseDoubleArrayAhoCorasick<u32>,
    patterns: Vec<Pattern>,
    /// Index that stands for announcements, one past the last topic.
    pub(super) notice: usize,
}

/// A term or mask.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As it stands in the text.
    pub(super) text: String,
    /// Empty for a mask.
    pub(super) postings: Vec<Posting>,
}

/// A place where a pattern stands, bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) pattern: u32,
    pub(super) start: usize,
    pub(super) end: usize,
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
    pub(super) fn new(config: &TopicsConfig) -> Result<Self, Problem> {
        let notice = config.topic.len();
        let masks: FxHashSet<&str> = config.masks.iter().map(|m| m.get_ref().as_str()).collect();
        let mut terms: FxHashMap<&str, FxHashMap<usize, f32>> = FxHashMap::default();
        let lists = config
            .topic
            .iter()
            .map(super::config::TopicConfig::weighted)
            .chain([config.notice.weighted()]);
        for (topic, list) in lists.enumerate() {
            for (weight, term) in list
                .iter()
                .flat_map(|(w, terms)| terms.iter().map(move |t| (*w, t)))
            {
                terms
                    .entry(term.get_ref())
                    .or_default()
                    .insert(topic, weight);
            }
        }
        let mut texts: Vec<&str> = terms.keys().copied().chain(masks.iter().copied()).collect();
        texts.sort_unstable();
        let patterns: Vec<Pattern> = texts
            .iter()
            .map(|&text| Pattern {
                text: text.to_owned(),
                postings: if masks.contains(text) {
                    Vec::new()
                } else {
                    postings(text, &terms)
                },
            })
            .collect();
        let automaton = CharwiseDoubleArrayAhoCorasickBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .build(texts)
            .map_err(|e| Problem {
                message: format!("the terms make no automaton: {e}"),
                help: None,
                span: None,
            })?;
        Ok(Self {
            automaton,
            patterns,
            notice,
        })
    }

    /// Every place where a term or mask stands, none overlapping: the leftmost, and of those the longest.
    pub(super) fn scan<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Hit> + 'a {
        self.automaton.leftmost_find_iter(text).map(|m| Hit {
            pattern: m.value(),
            start: m.start(),
            end: m.end(),
        })
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

/// What `text` says by itself, and what the decisive terms inside it say.
fn postings(text: &str, terms: &FxHashMap<&str, FxHashMap<usize, f32>>) -> Vec<Posting> {
    let mut weights = terms.get(text).cloned().unwrap_or_default();
    let bounds: Vec<usize> = text
        .char_indices()
        .map(|(b, _)| b)
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
    let mut postings: Vec<Posting> = weights
        .into_iter()
        .map(|(topic, weight)| Posting { topic, weight })
        .collect();
    postings.sort_unstable_by_key(|p| p.topic);
    postings
}
