//! What the learners see: sentences as blocks that occur more than once, with their labels.

use super::super::super::name::Name;
use super::super::super::text::{Manner, Text};
use super::super::feature::{Classes, Extractor};
use super::super::label;
use super::super::lexicon::Lexicon;
use super::augment::{self, Parts};
use super::lists::Lists;
use super::random::Random;
use super::seen::Seen;
use super::{Corpus, Recipe, Sentence, spoken};
use crate::article::Span;
use crate::gazetteer;
use crate::item::EntityKind;
use rustc_hash::FxHashMap;

/// A sentence to learn from.
pub(super) struct Example {
    pub(super) gold: Vec<u8>,
    pub(super) spoken: bool,
    /// Number of the block's key and the row of scores of its slot 0.
    pub(super) blocks: Vec<(u32, u16)>,
}

/// All of them, and the keys that their blocks have.
pub(super) struct Examples {
    pub(super) examples: Vec<Example>,
    /// Indexes of examples, repeated as often as they are to be seen in an epoch.
    pub(super) order: Vec<u32>,
    pub(super) keys: Vec<Key>,
}

/// A key that occurs more than once.
pub(super) struct Key {
    pub(super) key: u32,
    pub(super) slots: u8,
}

/// Text and labels.
struct Labelled {
    chars: Vec<char>,
    gold: Vec<u8>,
    manner: Manner,
    times: usize,
}

impl Examples {
    pub(super) fn new(
        corpus: &Corpus,
        recipe: &Recipe,
        lexicon: &Lexicon,
        random: &mut Random,
    ) -> Self {
        let labelled = gather(corpus, recipe, random);
        let classes = Classes::new();
        let mut extractor = Extractor::default();
        let mut seen = Seen::default();
        for sentence in &labelled {
            extractor.each(&sentence.chars, lexicon, &classes, |block| {
                for _ in 0..sentence.times.min(2) {
                    seen.count(block.key);
                }
            });
        }
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut keys = Vec::new();
        let mut examples = Vec::with_capacity(labelled.len());
        let mut order = Vec::new();
        for (index, sentence) in (0u32..).zip(labelled) {
            let mut blocks = Vec::new();
            extractor.each(&sentence.chars, lexicon, &classes, |block| {
                if !seen.twice(block.key) {
                    return;
                }
                let number = *numbers.entry(block.key).or_insert_with(|| {
                    keys.push(Key {
                        key: block.key,
                        slots: block.slots,
                    });
                    u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
                });
                blocks.push((number, u16::try_from(block.first).unwrap_or(u16::MAX)));
            });
            order.extend(std::iter::repeat_n(index, sentence.times));
            examples.push(Example {
                gold: sentence.gold,
                spoken: sentence.manner == Manner::Speech,
                blocks,
            });
        }
        Self {
            examples,
            order,
            keys,
        }
    }
}

/// Everything the recipe asks for, cut into stretches as they are labelled later.
fn gather(corpus: &Corpus, recipe: &Recipe, random: &mut Random) -> Vec<Labelled> {
    let parts = Parts::new(corpus.words, Lists::new(corpus.lists));
    let mut all = Vec::new();
    for clause in corpus.transcripts {
        cut(clause, recipe.transcripts, &mut all);
    }
    for _ in 0..recipe.joined {
        for sentence in spoken::printed(corpus.transcripts, random) {
            cut(&sentence, 1, &mut all);
        }
    }
    for article in corpus.articles {
        let article = unchained(article);
        cut(&article, recipe.articles.div_ceil(2), &mut all);
        for _ in 0..recipe.articles / 2 {
            cut(&augment::renamed(&article, &parts, random), 1, &mut all);
        }
    }
    for sentence in corpus.silver {
        let sentence = lands_apart(sentence);
        cut(&sentence, 1, &mut all);
        if !sentence.names.is_empty() && random.percent(recipe.renamed) {
            cut(&augment::renamed(&sentence, &parts, random), 1, &mut all);
        }
    }
    let templates = corpus.templates.lines();
    for template in templates.filter(|t| !t.is_empty() && !t.starts_with('#')) {
        for _ in 0..recipe.fillings {
            cut(&augment::filled(template, &parts, random), 1, &mut all);
        }
    }
    all
}

/// The stretches of a text that are labelled by themselves, but those at whose ends a name is cut through.
fn cut(sentence: &Sentence, times: usize, all: &mut Vec<Labelled>) {
    if times == 0 {
        return;
    }
    let text = Text::new(&sentence.text);
    let names: Vec<Name> = sentence
        .names
        .iter()
        .map(|(kind, span)| Name::new(*kind, span.start, span.end, 1.0))
        .collect();
    let gold = label::spell(text.chars().len(), &names);
    let manner = Manner::of(text.chars());
    for (start, end) in super::super::sentences(text.chars()) {
        let (Some(chars), Some(gold)) = (text.chars().get(start..end), gold.get(start..end)) else {
            continue;
        };
        let whole = gold.last().is_none_or(|l| !label::open(*l))
            && gold.first().is_none_or(|l| *l < label::INSIDE);
        if whole {
            all.push(Labelled {
                chars: chars.to_vec(),
                gold: gold.to_vec(),
                manner,
                times,
            });
        }
    }
}

/// Countries by one character.
const LANDS: &str = "中美俄日英法德韩朝印巴以";

/// A sentence in which 中美, one name to the machine that labelled it, is two.
fn lands_apart(sentence: &Sentence) -> Sentence {
    let chars: Vec<char> = sentence.text.chars().collect();
    let apart = |(kind, span): &(EntityKind, Span)| {
        let name = chars.get(span.start..span.end).unwrap_or_default();
        let lands = *kind == EntityKind::Place && name.iter().all(|c| LANDS.contains(*c));
        let step = if lands { 1 } else { name.len().max(1) };
        let (kind, end) = (*kind, span.end);
        (span.start..end)
            .step_by(step)
            .map(move |start| (kind, Span::new(start, start + step)))
    };
    Sentence {
        text: sentence.text.clone(),
        names: sentence.names.iter().flat_map(apart).collect(),
    }
}

/// An article whose chains of divisions are cut into a name for each: a rule joins them again, where all see the same.
fn unchained(article: &Sentence) -> Sentence {
    let chars: Vec<char> = article.text.chars().collect();
    let mut names = Vec::new();
    for (kind, span) in &article.names {
        let mut start = span.start;
        while *kind == EntityKind::Place
            && let Some(rest) = chars.get(start..span.end)
            && let Some(length) = gazetteer::longest(rest).filter(|l| *l < rest.len())
            && rest
                .get(length - 1)
                .is_some_and(|c| "省市区县州旗镇乡".contains(*c))
        {
            names.push((*kind, Span::new(start, start + length)));
            start += length;
        }
        names.push((*kind, Span::new(start, span.end)));
    }
    Sentence {
        text: article.text.clone(),
        names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_cut_behind_each_division() {
        let article = Sentence {
            text: "在天元区群丰镇石塘村".into(),
            names: vec![(EntityKind::Place, Span::new(1, 10))],
        };
        let spans: Vec<_> = unchained(&article).names.iter().map(|n| n.1).collect();
        assert_eq!(spans, [Span::new(1, 4), Span::new(4, 7), Span::new(7, 10)]);
    }

    #[test]
    fn two_lands_are_two_places() {
        let place = |start, end| (EntityKind::Place, Span::new(start, end));
        let sentence = Sentence {
            text: "中美两国在日本会谈".into(),
            names: vec![place(0, 2), place(5, 7)],
        };
        let apart = lands_apart(&sentence).names;
        assert_eq!(apart, [place(0, 1), place(1, 2), place(5, 7)]);
    }

    #[test]
    fn a_text_is_cut_as_it_is_labelled() {
        let article = Sentence {
            text: "孙立来了。李明说:好!".into(),
            names: vec![
                (EntityKind::Person, Span::new(0, 2)),
                (EntityKind::Person, Span::new(5, 7)),
            ],
        };
        let mut all = Vec::new();
        cut(&article, 1, &mut all);
        let stretches: Vec<String> = all.iter().map(|l| l.chars.iter().collect()).collect();
        assert_eq!(stretches, ["孙立来了。", "李明说:好!"]);
        assert_eq!(all[1].gold, [1, 11, 0, 0, 0, 0]);
    }
}
