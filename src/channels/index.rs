//! Which channels can want an item at all.
//!
//! Every channel is entered under a few keys such that an item it wants has at least one of them: the clause of an AND that
//! fewest items fulfil, all the clauses of an OR. A channel for which there are no such keys (`*`, `NOT kind:notice`,
//! `urgency<=3`) is a candidate always. A key may be shared by chance; what is found here is still asked.

use super::facts::{Facts, Occurrence, exists_key, key, page_key, phrase_key};
use super::phrases::Phrases;
use super::query::{Clause, Field, Node, Test};
use rustc_hash::FxHashMap;

/// Keys → channels, by number.
#[derive(Debug, Default)]
pub(super) struct Index {
    postings: FxHashMap<u64, Vec<u32>>,
    always: Vec<u32>,
    phrases: Phrases,
}

impl Index {
    /// Enters a channel. Phrases become cheap to find with the next [`Index::rebuild`].
    pub(super) fn add(&mut self, channel: u32, query: &Node) {
        match cover(query, true).keys {
            Some(keys) => {
                for key in keys {
                    self.postings.entry(key).or_default().push(channel);
                }
            }
            None => self.always.push(channel),
        }
        each_phrase(query, |phrase| self.phrases.add(phrase));
    }

    /// Takes a channel out, with the query it was entered under.
    pub(super) fn remove(&mut self, channel: u32, query: &Node) {
        match cover(query, true).keys {
            Some(keys) => {
                for key in keys {
                    if let Some(channels) = self.postings.get_mut(&key) {
                        forget(channels, channel);
                        if channels.is_empty() {
                            self.postings.remove(&key);
                        }
                    }
                }
            }
            None => forget(&mut self.always, channel),
        }
        each_phrase(query, |phrase| self.phrases.remove(phrase));
    }

    /// Phrases that came since the last rebuild.
    pub(super) fn recent(&self) -> usize {
        self.phrases.recent()
    }

    /// Makes one automaton of all phrases.
    pub(super) fn rebuild(&mut self) {
        self.phrases.rebuild();
    }

    /// Finds every phrase in the item, once, and then the channels that can want it, in order of number.
    pub(super) fn candidates<'i>(&self, facts: Facts<'i>) -> (Facts<'i>, Vec<u32>) {
        let mut found: FxHashMap<u64, Vec<Occurrence>> = FxHashMap::default();
        for (text, zone) in facts.texts.iter().enumerate() {
            self.phrases.scan(&zone.folded, |key, start| {
                found
                    .entry(key)
                    .or_default()
                    .push(Occurrence { text, start });
            });
        }
        let mut keys = facts.keys();
        keys.extend(found.keys());
        for name in &facts.names {
            self.phrases.scan(&name.folded, |key, _| keys.push(key));
        }
        keys.sort_unstable();
        keys.dedup();
        let mut channels = self.always.clone();
        for key in keys {
            channels.extend(self.postings.get(&key).into_iter().flatten());
        }
        channels.sort_unstable();
        channels.dedup();
        (facts.with_found(found), channels)
    }
}

fn forget(channels: &mut Vec<u32>, channel: u32) {
    if let Some(at) = channels.iter().position(|c| *c == channel) {
        channels.swap_remove(at);
    }
}

/// Keys of which an item that fulfils a formula has at least one.
struct Cover {
    /// None: there are no such keys.
    keys: Option<Vec<u64>>,
    /// Rough share of items that have one of the keys. Only compared.
    share: f32,
}

impl Cover {
    const ALWAYS: Self = Self {
        keys: None,
        share: f32::INFINITY,
    };

    fn one(key: u64, share: f32) -> Self {
        Self {
            keys: Some(vec![key]),
            share,
        }
    }

    /// For a formula that holds only where both do: the rarer one will do.
    fn rarer(self, other: Self) -> Self {
        if other.share < self.share {
            other
        } else {
            self
        }
    }

    /// For a formula that holds where either does.
    fn either(self, other: Self) -> Self {
        match (self.keys, other.keys) {
            (Some(mut keys), Some(more)) => {
                keys.extend(more);
                keys.sort_unstable();
                keys.dedup();
                Self {
                    keys: Some(keys),
                    share: self.share + other.share,
                }
            }
            _ => Self::ALWAYS,
        }
    }

    /// For a formula that never holds.
    fn never() -> Self {
        Self {
            keys: Some(Vec::new()),
            share: 0.0,
        }
    }
}

/// The cover of a formula, or of its opposite.
fn cover(node: &Node, wanted: bool) -> Cover {
    match (node, wanted) {
        (Node::All, true) | (Node::Clause(_), false) => Cover::ALWAYS,
        (Node::All, false) => Cover::never(),
        (Node::Clause(clause), true) => clause_cover(clause),
        (Node::Not(part), _) => cover(part, !wanted),
        (Node::And(parts), true) | (Node::Or(parts), false) => {
            let covers = parts.iter().map(|p| cover(p, wanted));
            covers.fold(Cover::ALWAYS, Cover::rarer)
        }
        (Node::Or(parts), true) | (Node::And(parts), false) => {
            let covers = parts.iter().map(|p| cover(p, wanted));
            covers.fold(Cover::never(), Cover::either)
        }
    }
}

/// Shares are rough shares of a regional paper's items.
fn clause_cover(clause: &Clause) -> Cover {
    let field = clause.field;
    match &clause.test {
        Test::OneOf(words) => {
            let share = match field {
                Field::Person | Field::Org | Field::Entity => 0.002,
                Field::Flag => 0.05,
                Field::Topic => 0.1,
                Field::Source => 0.2,
                Field::Status => 0.9,
                _ => 0.3,
            };
            let each = words.iter().map(|word| Cover::one(key(field, word), share));
            each.fold(Cover::never(), Cover::either)
        }
        Test::Within(head) => {
            let share = match head.len() {
                0..=2 => 0.3,
                3..=4 => 0.1,
                5..=6 => 0.02,
                _ => 0.005,
            };
            Cover::one(key(field, head), share)
        }
        Test::Phrase(phrase) => {
            Cover::one(phrase_key(phrase.as_str()), phrase_share(phrase.as_str()))
        }
        Test::Like(glob) if field != Field::Page && !glob.longest().is_empty() => {
            Cover::one(phrase_key(glob.longest()), phrase_share(glob.longest()))
        }
        Test::Pages(range) if range.start() == range.end() => {
            Cover::one(page_key(range.start()), 0.15)
        }
        Test::Number(_) if field == Field::Urgency => Cover::ALWAYS,
        Test::Money(_) => Cover::one(exists_key(field), 0.25),
        Test::Exists | Test::Like(_) | Test::Pages(_) | Test::Number(_) | Test::Days(_) => {
            Cover::one(exists_key(field), 0.8)
        }
    }
}

/// The longer a phrase, the rarer.
fn phrase_share(phrase: &str) -> f32 {
    match phrase.chars().count() {
        1 => 0.3,
        2 => 0.02,
        _ => 0.004,
    }
}

fn each_phrase(node: &Node, mut see: impl FnMut(&str)) {
    let mut clauses = Vec::new();
    node.clauses(&mut clauses);
    for clause in clauses {
        match &clause.test {
            Test::Phrase(phrase) => see(phrase.as_str()),
            Test::Like(glob) if !glob.longest().is_empty() => see(glob.longest()),
            _ => {}
        }
    }
}
