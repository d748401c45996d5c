//! Whether two passages are of one article: an article comes back to its own names and words.

use super::lm::Model;
use super::names::is_han;
use rustc_hash::FxHashSet;

/// Rare runs of three characters a passage must have to be judged.
const ENOUGH: usize = 12;

/// The rare words of an article as far as it has been read.
#[derive(Default)]
pub(super) struct Words {
    rare: FxHashSet<[char; 3]>,
}

impl Words {
    /// Adds a paragraph.
    pub(super) fn read(&mut self, text: &str, model: &Model) {
        self.rare.extend(rare(text, model));
    }

    /// Share of the rare words of `passage` that were read before; `None` when there is too little to tell.
    pub(super) fn share<'a>(
        &self,
        passage: impl Iterator<Item = &'a str>,
        model: &Model,
    ) -> Option<f32> {
        if self.rare.len() < ENOUGH {
            return None;
        }
        let words: FxHashSet<[char; 3]> = passage.flat_map(|text| rare(text, model)).collect();
        let known = words.iter().filter(|w| self.rare.contains(*w)).count();
        (words.len() >= ENOUGH).then(|| known as f32 / words.len() as f32)
    }
}

/// Runs of three characters the model has never seen: names, and what an article alone speaks of.
pub(super) fn rare<'a>(text: &'a str, model: &'a Model) -> impl Iterator<Item = [char; 3]> + 'a {
    let mut last = [' ', ' '];
    text.chars().filter_map(move |c| {
        let run = [last[0], last[1], c];
        last = [last[1], c];
        (run.iter().all(|c| is_han(*c)) && !model.knows(run)).then_some(run)
    })
}
