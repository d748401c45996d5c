//! The trained part: a perceptron over characters, its word list and weights in one embedded file.

mod bytes;
mod decode;
mod feature;
mod label;
mod lexicon;
pub mod train;
mod weights;

use super::name::Name;
use super::text::Manner;
use bytes::Reader;
use decode::Decoder;
use feature::{Classes, Extractor};
use label::{LABELS, NONE};
pub(super) use lexicon::Lexicon;
use weights::{Batch, Sum, Weights};

/// Sentences are cut where they grow longer, so that room is bounded on any input.
const LONGEST: usize = 512;

/// Word list and weights.
pub(super) struct Model<'a> {
    lexicon: Lexicon<'a>,
    classes: Classes,
    weights: Weights,
}

/// Room used again from sentence to sentence.
#[derive(Default)]
pub(super) struct Scratch {
    extractor: Extractor,
    decoder: Decoder,
    batch: Batch,
    sums: Vec<Sum>,
    labels: Vec<u8>,
}

impl Scratch {
    /// By how much the labels of a name beat the best others, where they do least.
    fn margin(&self, start: usize, end: usize) -> i32 {
        let labels = self.labels.get(start..end).unwrap_or_default();
        let margin = |(label, sum): (&u8, &Sum)| {
            let own = sum.get(usize::from(*label)).copied().unwrap_or(0);
            let others = (0u8..)
                .zip(sum)
                .take(LABELS)
                .filter(|(l, _)| l != label && *l != NONE)
                .map(|(_, s)| *s);
            i32::from(own) - i32::from(others.max().unwrap_or(0))
        };
        let sums = self.sums.iter().skip(feature::START + start);
        labels.iter().zip(sums).map(margin).min().unwrap_or(0)
    }
}

impl<'a> Model<'a> {
    /// Reads what [`train::train`] wrote; `None` when it is something else.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Some(Self {
            lexicon: Lexicon::read(&mut reader)?,
            classes: Classes::new(),
            weights: Weights::read(&mut reader)?,
        })
    }

    /// Its word list.
    pub(super) fn lexicon(&self) -> &Lexicon<'a> {
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
                        .certainty(scratch.margin(name.start - start, name.end - start) as f32),
                    ..name
                }
            }));
        }
        found
    }

    fn label(&self, sentence: &[char], manner: Manner, scratch: &mut Scratch) {
        let Scratch {
            extractor,
            decoder,
            batch,
            sums,
            labels,
        } = scratch;
        let spoken = manner == Manner::Speech;
        sums.clear();
        sums.resize(feature::rows(sentence.len()), [0; 16]);
        extractor.each(sentence, &self.lexicon, &self.classes, |block| {
            self.weights.see(block, batch, spoken, sums);
        });
        self.weights.add(batch, spoken, sums);
        let own = sums
            .get(feature::START..feature::START + sentence.len())
            .unwrap_or_default();
        decoder.best(own, &self.weights.transitions, labels);
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
