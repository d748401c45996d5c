//! Trains the model: averaged structured perceptron with Viterbi decoding.

use super::super::name::Name;
use super::super::text::{Manner, Text};
use super::augment::{self, Parts, Random};
use super::bytes::Reader;
use super::decode::Decoder;
use super::feature::{Classes, Extractor, FEATURES};
use super::label::{self, LABELS};
use super::lexicon::Lexicon;
use super::seen::Seen;
use super::weights::Weights;
use super::{Model, Scratch};
use crate::article::Span;
use crate::item::EntityKind;
use rustc_hash::FxHashMap;

/// A labelled text.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// The text.
    pub text: String,
    /// Its people, organisations and places, in order, not overlapping.
    pub names: Vec<(EntityKind, Span)>,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Times every sentence is seen.
    pub epochs: usize,
    /// Features kept at most, those that weigh most.
    pub features: usize,
    /// Times gold is repeated.
    pub gold: usize,
    /// So many silver sentences in a hundred come a second time with generated names.
    pub renamed: usize,
    /// Times every template is filled.
    pub fillings: usize,
    /// Seed of the order and of generated names.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            epochs: 3,
            features: 600_000,
            gold: 6,
            renamed: 15,
            fillings: 100,
            seed: 1,
        }
    }
}

/// How training goes, after every epoch.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// From 1.
    pub epoch: usize,
    /// Sentences labelled wrongly in it.
    pub wrong: usize,
    /// Sentences there are.
    pub sentences: usize,
    /// Features with a weight.
    pub features: usize,
}

/// Exact spans against gold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Names found and right.
    pub hits: usize,
    /// Names found.
    pub found: usize,
    /// Names there are.
    pub gold: usize,
}

impl Score {
    /// Harmonic mean of precision and recall, 0–1.
    pub fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / ((self.found + self.gold).max(1)) as f64
    }
}

/// What a model is learned from.
#[derive(Debug, Clone, Copy)]
pub struct Corpus<'a> {
    /// Labelled by people.
    pub gold: &'a [Sentence],
    /// Labelled by a machine.
    pub silver: &'a [Sentence],
    /// One a line: `{P}`, `{L}`, `{O}` are filled with generated names, `<O:市委>` is a name as it stands; `#` begins a comment.
    pub templates: &'a str,
    /// Word list, one `word count tag` a line.
    pub words: &'a str,
}

/// The bytes of a model learned from `corpus`.
///
/// The same input gives the same bytes. Holds about 2 GB while it learns.
pub fn train(corpus: &Corpus, recipe: &Recipe, report: &mut dyn FnMut(Progress)) -> Vec<u8> {
    let mut packed = Lexicon::pack(corpus.words);
    let Some(lexicon) = Lexicon::read(&mut Reader::new(&packed)) else {
        return packed;
    };
    let mut random = Random::new(recipe.seed);
    let examples = examples(corpus, recipe, &mut random);
    let mut trainer = Trainer {
        lexicon,
        classes: Classes::new(),
        extractor: Extractor::default(),
        keys: Vec::new(),
        frequent: Seen::default(),
        index: FxHashMap::default(),
        rows: Vec::new(),
        transitions: vec![Averaged::default(); LABELS],
        now: 0,
    };
    trainer.count(&examples);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for epoch in 1..=recipe.epochs {
        shuffle(&mut order, &mut random);
        let wrong = trainer.epoch(order.iter().filter_map(|i| examples.get(*i)));
        report(Progress {
            epoch,
            wrong,
            sentences: examples.len(),
            features: trainer.rows.len(),
        });
    }
    packed.extend(trainer.pack(recipe.features));
    packed
}

/// How a model does on gold.
pub fn evaluate(model: &[u8], gold: &[Sentence]) -> Option<Score> {
    let model = Model::read(model)?;
    let mut scratch = Scratch::default();
    let mut score = Score::default();
    for sentence in gold {
        let text = Text::new(&sentence.text);
        let found = model.find(text.chars(), Manner::of(text.chars()), &mut scratch);
        score.found += found.len();
        score.gold += sentence.names.len();
        score.hits += found
            .iter()
            .filter(|n| sentence.names.contains(&(n.kind, n.span())))
            .count();
    }
    Some(score)
}

/// Gold as often as the recipe says, silver, silver again with other names, filled templates.
fn examples(corpus: &Corpus, recipe: &Recipe, random: &mut Random) -> Vec<Example> {
    let parts = Parts::new(corpus.words);
    let mut examples = Vec::new();
    for _ in 0..recipe.gold {
        examples.extend(corpus.gold.iter().map(Example::new));
    }
    for sentence in corpus.silver {
        examples.push(Example::new(sentence));
        if !sentence.names.is_empty() && random.percent(recipe.renamed) {
            examples.push(Example::new(&augment::renamed(sentence, &parts, random)));
        }
    }
    for template in corpus
        .templates
        .lines()
        .filter(|t| !t.is_empty() && !t.starts_with('#'))
    {
        for _ in 0..recipe.fillings {
            examples.push(Example::new(&augment::filled(template, &parts, random)));
        }
    }
    examples
}

struct Example {
    chars: Vec<char>,
    gold: Vec<u8>,
}

impl Example {
    fn new(sentence: &Sentence) -> Self {
        let chars = Text::new(&sentence.text).chars().to_vec();
        let names: Vec<Name> = sentence
            .names
            .iter()
            .map(|(kind, span)| Name::new(*kind, span.start, span.end, 1.0))
            .collect();
        Self {
            gold: label::spell(chars.len(), &names),
            chars,
        }
    }
}

/// A row of weights with the sum over all steps, brought up to date when touched.
#[derive(Default, Clone)]
struct Averaged {
    now: [f32; LABELS],
    sum: [f64; LABELS],
    stamp: u64,
}

impl Averaged {
    fn catch_up(&mut self, time: u64) {
        let steps = (time - self.stamp) as f64;
        for (sum, now) in self.sum.iter_mut().zip(&self.now) {
            *sum += f64::from(*now) * steps;
        }
        self.stamp = time;
    }
}

struct Trainer {
    lexicon: Lexicon,
    classes: Classes,
    extractor: Extractor,
    keys: Vec<[u32; FEATURES]>,
    frequent: Seen,
    index: FxHashMap<u32, u32>,
    rows: Vec<Averaged>,
    transitions: Vec<Averaged>,
    now: u64,
}

impl Trainer {
    fn count(&mut self, examples: &[Example]) {
        for example in examples {
            self.extractor.extract(
                &example.chars,
                Manner::of(&example.chars),
                &self.lexicon,
                &self.classes,
                &mut self.keys,
            );
            for key in self.keys.iter().flatten() {
                self.frequent.count(*key);
            }
        }
    }

    /// Sees every example once; how many were labelled wrongly.
    fn epoch<'e>(&mut self, examples: impl Iterator<Item = &'e Example>) -> usize {
        let mut wrong = 0;
        let mut decoder = Decoder::default();
        let (mut scores, mut guess) = (Vec::new(), Vec::new());
        for example in examples {
            self.now += 1;
            self.extractor.extract(
                &example.chars,
                Manner::of(&example.chars),
                &self.lexicon,
                &self.classes,
                &mut self.keys,
            );
            scores.clear();
            for keys in &self.keys {
                let mut sum = [0.0; LABELS];
                for row in keys.iter().filter_map(|key| self.index.get(key)) {
                    let row = self
                        .rows
                        .get(*row as usize)
                        .map_or([0.0; LABELS], |r| r.now);
                    for (s, w) in sum.iter_mut().zip(row) {
                        *s += w;
                    }
                }
                scores.push(sum);
            }
            let transitions =
                std::array::from_fn(|i| self.transitions.get(i).map_or([0.0; LABELS], |t| t.now));
            decoder.best(&scores, &transitions, &mut guess);
            if guess != example.gold {
                wrong += 1;
                self.learn(&example.gold, &guess);
            }
        }
        wrong
    }

    fn learn(&mut self, gold: &[u8], guess: &[u8]) {
        let (mut gold_before, mut guess_before) = (label::OUTSIDE, label::OUTSIDE);
        for (at, (right, wrong)) in gold.iter().zip(guess).enumerate() {
            if (gold_before, *right) != (guess_before, *wrong) {
                self.transit(gold_before, *right, 1.0);
                self.transit(guess_before, *wrong, -1.0);
            }
            (gold_before, guess_before) = (*right, *wrong);
            if right == wrong {
                continue;
            }
            let keys = self.keys.get(at).copied().unwrap_or([0; FEATURES]);
            for key in keys {
                if key == 0 || !self.frequent.twice(key) {
                    continue;
                }
                let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
                let row = *self.index.entry(key).or_insert(next);
                if row == next {
                    self.rows.push(Averaged {
                        stamp: self.now,
                        ..Averaged::default()
                    });
                }
                if let Some(row) = self.rows.get_mut(row as usize) {
                    row.catch_up(self.now);
                    row.now[usize::from(*right)] += 1.0;
                    row.now[usize::from(*wrong)] -= 1.0;
                }
            }
        }
    }

    fn transit(&mut self, from: u8, to: u8, by: f32) {
        if let Some(row) = self.transitions.get_mut(usize::from(from)) {
            row.catch_up(self.now);
            row.now[usize::from(to)] += by;
        }
    }

    /// Averages as small numbers; the heaviest `most` features.
    fn pack(&mut self, most: usize) -> Vec<u8> {
        let now = self.now;
        for row in self.rows.iter_mut().chain(&mut self.transitions) {
            row.catch_up(now);
        }
        let heaviest = self
            .rows
            .iter()
            .flat_map(|r| r.sum)
            .fold(1e-9, |max: f64, w| max.max(w.abs()));
        // Scaled to the true maximum: clipping the few large weights costs accuracy.
        let scale = 127.0 / heaviest;
        let mut kept: Vec<(i32, u32, [i8; LABELS])> = self
            .index
            .iter()
            .filter_map(|(key, row)| {
                let row = self
                    .rows
                    .get(*row as usize)?
                    .sum
                    .map(|w| (w * scale).round() as i8);
                let weight = row.iter().map(|w| i32::from(*w).pow(2)).sum();
                (weight > 0 && *key != 0).then_some((weight, *key, row))
            })
            .collect();
        kept.sort_unstable_by_key(|(weight, key, _)| (std::cmp::Reverse(*weight), *key));
        kept.truncate(most);
        kept.sort_unstable_by_key(|(_, key, _)| *key);
        let rows: Vec<(u32, [i8; LABELS])> =
            kept.into_iter().map(|(_, key, row)| (key, row)).collect();
        let transitions = std::array::from_fn(|i| {
            self.transitions
                .get(i)
                .map_or([0.0; LABELS], |t| t.sum.map(|w| (w * scale) as f32))
        });
        Weights::pack(&rows, &transitions, TUNING)
    }
}

/// Score added outside names, slope and offset of the certainty: fitted by hand on held-out text.
const TUNING: [f32; 3] = [-15.0, 0.009, 1.16];

fn shuffle(order: &mut [usize], random: &mut Random) {
    for i in (1..order.len()).rev() {
        order.swap(i, random.below(i + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str, names: &[(EntityKind, usize, usize)]) -> Sentence {
        Sentence {
            text: text.into(),
            names: names
                .iter()
                .map(|(kind, start, end)| (*kind, Span::new(*start, *end)))
                .collect(),
        }
    }

    #[test]
    fn what_is_shown_is_learned_and_the_same_again_gives_the_same_bytes() {
        let (person, place) = (EntityKind::Person, EntityKind::Place);
        let gold = [
            sentence("钱文山到天元区调研。", &[(person, 0, 3), (place, 4, 7)]),
            sentence("孙立在攸县工作。", &[(person, 0, 2), (place, 3, 5)]),
            sentence("今天没有人来。", &[]),
        ];
        let corpus = Corpus {
            gold: &gold,
            silver: &gold,
            templates: "# a comment\n村民{P}说\n",
            words: "工作 9 v\n今天 9 t\n周大海 3 nr\n",
        };
        let recipe = Recipe {
            epochs: 8,
            fillings: 5,
            ..Recipe::default()
        };
        let mut epochs = 0;
        let model = train(&corpus, &recipe, &mut |_| epochs += 1);
        assert_eq!(epochs, 8);
        let score = evaluate(&model, &gold).expect("reads what train wrote");
        assert_eq!((score.hits, score.gold), (4, 4));
        assert_eq!(train(&corpus, &recipe, &mut |_| ()), model);
        assert_eq!(evaluate(&model[..model.len() / 2], &gold), None);
    }
}
