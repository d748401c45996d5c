//! Trains the model: averaged structured perceptrons with Viterbi decoding, averaged once more.

mod augment;
mod example;
mod learner;
mod lists;
mod pack;
mod random;
mod seen;
mod spoken;
mod words;

use super::super::text::{Manner, Text};
use super::bytes::Reader;
use super::lexicon::Lexicon;
use super::{Model, Scratch};
use crate::article::Span;
use crate::item::EntityKind;
use example::Examples;
use learner::Learner;
use random::Random;

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
    /// Perceptrons that see the sentences in different orders, each on a thread of its own; the model is their average.
    pub learners: usize,
    /// Rows kept at most, those that weigh most.
    pub rows: usize,
    /// Times transcripts are repeated as they stand.
    pub transcripts: usize,
    /// Times they are repeated joined to sentences as they would be printed.
    pub joined: usize,
    /// Times articles are repeated, all but the first with other names.
    pub articles: usize,
    /// So many silver sentences in a hundred come a second time with generated names.
    pub renamed: usize,
    /// Times every template is filled.
    pub fillings: usize,
    /// Score added outside names: below 0 finds more and is wrong more often. In units of the heaviest weight's 127th.
    pub outside: i32,
    /// Slope and offset of the logistic curve from margin to certainty.
    pub curve: [f32; 2],
    /// Seed of the order and of generated names.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            epochs: 3,
            learners: 4,
            rows: 600_000,
            transcripts: 8,
            joined: 4,
            articles: 10,
            renamed: 15,
            fillings: 30,
            outside: -15,
            curve: [0.0089, 1.56],
            seed: 1,
        }
    }
}

/// How training goes, after every epoch of a learner.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// From 1.
    pub epoch: usize,
    /// From 1.
    pub learner: usize,
    /// Sentences labelled wrongly in it.
    pub wrong: usize,
    /// Sentences there are.
    pub sentences: usize,
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
    /// Clauses of transcribed speech in the order they were spoken, labelled by people.
    pub transcripts: &'a [Sentence],
    /// Articles labelled by people.
    pub articles: &'a [Sentence],
    /// Labelled by a machine.
    pub silver: &'a [Sentence],
    /// One a line: `{P}`, `{L}`, `{O}` are filled with generated names, `{O:bank}` with those of a list, `{O:@city银行}` with a text
    /// made of lists, `<O:市委>` is a name as it stands, `{N:game}` one of a list that is none; `#` begins a comment.
    pub templates: &'a str,
    /// Word list, one `word count tag` a line.
    pub words: &'a str,
    /// Lists of names, each by its name: `bank`. A name a line; `@list` in it stands for one of another list.
    pub lists: &'a [(String, String)],
}

/// The bytes of a model learned from `corpus`.
///
/// The same input gives the same bytes. Holds about 5 GB while it learns.
pub fn train(corpus: &Corpus, recipe: &Recipe, report: &(dyn Fn(Progress) + Sync)) -> Vec<u8> {
    let mut packed = Lexicon::pack(corpus.words, corpus.lists);
    let words = packed.clone();
    let Some(lexicon) = Lexicon::read(&mut Reader::new(&words)) else {
        return packed;
    };
    let mut random = Random::new(recipe.seed);
    let examples = Examples::new(corpus, recipe, &lexicon, &mut random);
    let learners: Vec<Learner> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=recipe.learners)
            .map(|number| {
                let random = random.fork();
                let examples = &examples;
                scope.spawn(move || {
                    Learner::run(examples, recipe.epochs, random, &|epoch, wrong| {
                        report(Progress {
                            epoch,
                            learner: number,
                            wrong,
                            sentences: examples.order.len(),
                        });
                    })
                })
            })
            .collect();
        threads.into_iter().filter_map(|t| t.join().ok()).collect()
    });
    packed.extend(pack::pack(&examples, &learners, recipe));
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
            transcripts: &[],
            articles: &gold,
            silver: &gold,
            templates: "# a comment\n村民{P}说\n",
            words: "工作 9 v\n今天 9 t\n周大海 3 nr\n",
            lists: &[],
        };
        let recipe = Recipe {
            epochs: 8,
            articles: 2,
            fillings: 5,
            ..Recipe::default()
        };
        let epochs = std::sync::atomic::AtomicUsize::new(0);
        let model = train(&corpus, &recipe, &|_| {
            epochs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(epochs.into_inner(), recipe.epochs * recipe.learners);
        let score = evaluate(&model, &gold).expect("reads what train wrote");
        assert_eq!((score.hits, score.gold), (4, 4));
        assert_eq!(train(&corpus, &recipe, &|_| ()), model);
        assert_eq!(evaluate(&model[..model.len() / 2], &gold), None);
    }
}
