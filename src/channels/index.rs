//! Which channels can want an item at all.
//!
//! Every channel is entered under a few keys such that an item it wants has at least one of them: the clause of an AND that
//! fewest items fulfil, all the clauses of an OR. The next rarest clauses of the AND guard the entry, so that most channels
//! are left out without being looked at. A channel for which there are no such keys (`*`, `NOT kind:notice`, `NOT place:43`)
//! is a candidate always. A key may be shared by chance; what is found here is still asked.

use super::facts::{
    Facts, Occurrence, exists_key, key, page_key, phrase_in, phrase_key, urgency_key,
};
use super::phrases::Phrases;
use super::query::{Clause, Field, Node, Test};
use rustc_hash::FxHashMap;

/// Keys → channels, by number.
#[derive(Debug, Default)]
pub(super) struct Index {
    postings: FxHashMap<u64, Vec<Posting>>,
    always: Vec<u32>,
    phrases: Phrases,
}

/// A channel under a key.
#[derive(Debug, Clone, Copy)]
struct Posting {
    channel: u32,
    guards: Guards,
}

/// Other keys the item must have too.
type Guards = [Guard; 2];

/// A key as a bit of [`Present`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guard(u16);

impl Guard {
    /// Nothing else is asked.
    const NONE: Self = Self(0);

    fn of(key: u64) -> Self {
        Self((key >> 40) as u16 % Present::BITS)
    }
}

/// Which guards an item satisfies: one bit for many keys, so a channel too many may pass, none too few.
struct Present([u64; Present::BITS as usize / 64]);

impl Present {
    const BITS: u16 = 1 << 14;

    fn of(keys: &[u64]) -> Self {
        let mut present = Self([0; Self::BITS as usize / 64]);
        for guard in keys.iter().map(|key| Guard::of(*key)).chain([Guard::NONE]) {
            if let Some(word) = present.0.get_mut(usize::from(guard.0 / 64)) {
                *word |= 1 << (guard.0 % 64);
            }
        }
        present
    }

    fn has(&self, guards: Guards) -> bool {
        guards.into_iter().all(|guard| {
            let word = self.0.get(usize::from(guard.0 / 64));
            word.is_some_and(|word| word >> (guard.0 % 64) & 1 == 1)
        })
    }
}

impl Index {
    /// Enters a channel. Phrases become cheap to find with the next [`Index::rebuild`].
    pub(super) fn add(&mut self, channel: u32, query: &Node) {
        match cover(query, true).entries {
            Some(entries) => {
                for Entry { key, guards } in entries {
                    let postings = self.postings.entry(key).or_default();
                    postings.push(Posting { channel, guards });
                }
            }
            None => self.always.push(channel),
        }
        each_phrase(query, |phrase| self.phrases.add(phrase));
    }

    /// Takes a channel out, with the query it was entered under.
    pub(super) fn remove(&mut self, channel: u32, query: &Node) {
        match cover(query, true).entries {
            Some(entries) => {
                for Entry { key, .. } in entries {
                    if let Some(postings) = self.postings.get_mut(&key) {
                        forget(postings, |p| p.channel == channel);
                        if postings.is_empty() {
                            self.postings.remove(&key);
                        }
                    }
                }
            }
            None => forget(&mut self.always, |c| *c == channel),
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
        self.postings.reserve(self.postings.len() / 8);
    }

    /// Finds every phrase in the item, once, and then the channels that can want it, in order of number.
    pub(super) fn candidates<'i>(&self, facts: Facts<'i>) -> (Facts<'i>, Vec<u32>) {
        let mut found = Vec::new();
        let mut keys = facts.keys();
        for (text, zone) in facts.texts.iter().enumerate() {
            self.phrases.scan(&zone.folded, |key, start| {
                found.push((key, Occurrence { text, start }));
                keys.extend(zone.zone.keys().iter().map(|field| phrase_in(*field, key)));
            });
        }
        found.sort_unstable();
        // The names of an entity mostly lie in the longest of them, which is its key.
        for names in facts
            .names
            .chunk_by(|a, b| std::ptr::eq(a.entity, b.entity))
        {
            let longest = names.iter().max_by_key(|name| name.folded.len());
            let longest = longest.map_or("", |name| name.folded.as_str());
            self.phrases.scan(longest, |key, _| keys.push(key));
            for name in names.iter().filter(|n| !longest.contains(&n.folded)) {
                self.phrases.scan(&name.folded, |key, _| keys.push(key));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let present = Present::of(&keys);
        let mut channels = self.always.clone();
        for key in keys {
            let postings = self.postings.get(&key).into_iter().flatten();
            channels.extend(
                postings
                    .filter(|p| present.has(p.guards))
                    .map(|p| p.channel),
            );
        }
        channels.sort_unstable();
        channels.dedup();
        (facts.with_found(found), channels)
    }
}

fn forget<T>(all: &mut Vec<T>, gone: impl Fn(&T) -> bool) {
    if let Some(at) = all.iter().position(gone) {
        all.swap_remove(at);
    }
}

/// Keys of which an item that fulfils a formula has at least one.
struct Cover {
    /// None: there are no such keys.
    entries: Option<Vec<Entry>>,
    /// Rough share of items that have one of the keys. Only compared.
    share: f32,
}

struct Entry {
    key: u64,
    guards: Guards,
}

impl Cover {
    const ALWAYS: Self = Self {
        entries: None,
        share: f32::INFINITY,
    };

    fn one(key: u64, share: f32) -> Self {
        let guards = [Guard::NONE; 2];
        Self {
            entries: Some(vec![Entry { key, guards }]),
            share,
        }
    }

    /// For a formula that holds only where all do: the rarest one will do, guarded by the next ones that are single keys.
    fn all(mut covers: Vec<Self>) -> Self {
        covers.sort_by(|a, b| a.share.total_cmp(&b.share));
        let mut covers = covers.into_iter();
        let mut rarest = covers.next().unwrap_or(Self::ALWAYS);
        let guards = covers.filter_map(|cover| match cover.entries.as_deref() {
            Some([only]) => Some(Guard::of(only.key)),
            _ => None,
        });
        let guards: Vec<Guard> = guards.take(2).collect();
        for entry in rarest.entries.iter_mut().flatten() {
            let free = entry.guards.iter_mut().filter(|g| **g == Guard::NONE);
            free.zip(&guards).for_each(|(free, guard)| *free = *guard);
        }
        rarest
    }

    /// For a formula that holds where any does; where there is none, it never holds.
    fn any(covers: impl Iterator<Item = Self>) -> Self {
        let mut entries = Vec::new();
        let mut share = 0.0;
        for cover in covers {
            match cover.entries {
                Some(more) => entries.extend(more),
                None => return Self::ALWAYS,
            }
            share += cover.share;
        }
        Self {
            entries: Some(entries),
            share,
        }
    }
}

/// The cover of a formula, or of its opposite.
fn cover(node: &Node, wanted: bool) -> Cover {
    match (node, wanted) {
        (Node::All, true) | (Node::Clause(_), false) => Cover::ALWAYS,
        (Node::All, false) => Cover::any(std::iter::empty()),
        (Node::Clause(clause), true) => clause_cover(clause),
        (Node::Not(part), _) => cover(part, !wanted),
        (Node::And(parts), true) | (Node::Or(parts), false) => {
            Cover::all(parts.iter().map(|p| cover(p, wanted)).collect())
        }
        (Node::Or(parts), true) | (Node::And(parts), false) => {
            Cover::any(parts.iter().map(|p| cover(p, wanted)))
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
            let each = words.iter().map(|word| key(field, word));
            Cover::any(each.map(|key| Cover::one(key, share)))
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
        Test::Phrase(phrase) => phrase_cover(field, phrase.as_str()),
        Test::Like(glob)
            if !matches!(field, Field::Page | Field::Source) && !glob.longest().is_empty() =>
        {
            phrase_cover(field, glob.longest())
        }
        Test::Pages(range) if range.start() == range.end() => {
            Cover::one(page_key(range.start()), 0.15)
        }
        Test::Number(range) if field == Field::Urgency => {
            let fitting = (0..=u8::MAX).filter(|n| range.contains(&f64::from(*n)));
            let keys: Vec<u64> = fitting.take(10).map(urgency_key).collect();
            match keys.len() {
                // 1 to 9, and 0 for none: asked for more, it asks for nothing.
                10.. => Cover::ALWAYS,
                _ => Cover::any(keys.into_iter().map(|key| Cover::one(key, 0.1))),
            }
        }
        Test::Money(_) => Cover::one(exists_key(field), 0.25),
        Test::Exists | Test::Like(_) | Test::Pages(_) | Test::Number(_) | Test::Days(_) => {
            Cover::one(exists_key(field), 0.8)
        }
    }
}

fn phrase_cover(field: Field, phrase: &str) -> Cover {
    // Ten or twenty characters of a thousand.
    let narrow = if field == Field::Headline { 0.1 } else { 1.0 };
    let key = phrase_in(field, phrase_key(phrase));
    Cover::one(key, narrow * phrase_share(phrase))
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
