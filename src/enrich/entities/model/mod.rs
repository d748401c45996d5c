//! The trained part: a perceptron over characters, its word list and weights in one embedded file.

mod augment;
mod bytes;
mod decode;
mod feature;
mod label;
mod lexicon;
mod seen;
pub mod train;
mod weights;
mod words;

use super::name::Name;
use super::text::Manner;
use bytes::Reader;
use decode::Decoder;
use feature::{Classes, Extractor, FEATURES};
use label::LABELS;
pub(super) use lexicon::Lexicon;
use weights::Weights;

/// Sentences are cut where they grow longer, so that room is bounded on any input.
const LONGEST: usize = 512;

/// Word list and weights.
pub(super) struct Model {
    lexicon: Lexicon,
    classes: Classes,
    weights: Weights,
}

/// Room used again from sentence to sentence.
#[derive(Default)]
pub(super) struct Scratch {
    extractor: Extractor,
    decoder: Decoder,
    keys: Vec<[u32; FEATURES]>,
    scores: Vec<[f32; LABELS]>,
    labels: Vec<u8>,
}

impl Scratch {
    /// By how much the labels of a name beat the best others, where they do least.
    fn margin(&self, start: usize, end: usize) -> f32 {
        let labels = self.labels.get(start..end).unwrap_or_default();
        let scores = self.scores.get(start..end).unwrap_or_default();
        let margin = |(label, scores): (&u8, &[f32; LABELS])| {
            let own = scores.get(usize::from(*label)).copied().unwrap_or(0.0);
            let others = (0u8..)
                .zip(scores)
                .filter(|(l, _)| l != label)
                .map(|(_, s)| *s);
            own - others.fold(f32::MIN, f32::max)
        };
        labels
            .iter()
            .zip(scores)
            .map(margin)
            .fold(f32::MAX, f32::min)
    }
}

impl Model {
    /// Reads what [`train::train`] wrote; `None` when it is something else.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Some(Self {
            lexicon: Lexicon::read(&mut reader)?,
            classes: Classes::new(),
            weights: Weights::read(&mut reader)?,
        })
    }

    /// Its word list.
    pub(super) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Names in a text, in order, not overlapping.
    pub(super) fn find(&self, chars: &[char], manner: Manner, scratch: &mut Scratch) -> Vec<Name> {
        let mut found = Vec::new();
        for (start, end) in sentences(chars) {
            let sentence = chars.get(start..end).unwrap_or_default();
            self.label(sentence, manner, scratch);
            let names = label::names(&scratch.labels, start);
            found.extend(names.into_iter().map(|name| {
                Name {
                    score: self
                        .weights
                        .certainty(scratch.margin(name.start - start, name.end - start)),
                    ..name
                }
            }));
        }
        found
    }

    fn label(&self, sentence: &[char], manner: Manner, scratch: &mut Scratch) {
        scratch.extractor.extract(
            sentence,
            manner,
            &self.lexicon,
            &self.classes,
            &mut scratch.keys,
        );
        scratch.scores.clear();
        scratch
            .scores
            .extend(scratch.keys.iter().map(|keys| self.weights.score(keys)));
        scratch.decoder.best(
            &scratch.scores,
            &self.weights.transitions,
            &mut scratch.labels,
        );
    }
}

/// Stretches that are labelled by themselves: up to a full stop or a line's end.
fn sentences(chars: &[char]) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = chars.get(start..).filter(|rest| !rest.is_empty())?;
        let window = rest.get(..LONGEST).unwrap_or(rest);
        let stop = window
            .iter()
            .position(|c| matches!(c, '。' | '\n' | '!' | '?'));
        let length = match stop {
            Some(at) => at + 1,
            None if window.len() == rest.len() => rest.len(),
            // A cut at a comma breaks no name.
            None => window
                .iter()
                .rposition(|c| matches!(c, ',' | ';' | ' '))
                .map_or(window.len(), |at| at + 1),
        };
        let found = (start, start + length);
        start += length;
        Some(found)
    })
}
