//! All channels compiled into one structure.

use super::eval::{Reason, holds, reasons};
use super::facts::Facts;
use super::index::Index;
use super::query::Query;
use super::{Channel, Vocabulary};
use crate::item::Item;
use crate::problem::Problem;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// All channels, compiled: the cost of an item follows the channels it concerns, not how many there are.
#[derive(Debug, Default)]
pub struct Matcher {
    /// By number; empty where a channel was removed.
    channels: Vec<Option<Compiled>>,
    numbers: FxHashMap<Box<str>, u32>,
    free: Vec<u32>,
    index: Index,
}

#[derive(Debug)]
struct Compiled {
    name: Box<str>,
    query: Query,
}

/// A channel that wants an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match<'m> {
    /// Its name.
    pub channel: &'m str,
    /// The clauses that matched, in order of its query; empty for one that only excludes.
    pub why: Vec<Reason<'m>>,
}

impl Matcher {
    /// Compiles channels. A bad one is refused alone, and returned with what is wrong.
    pub fn new(channels: &[Channel], vocabulary: &Vocabulary) -> (Self, Vec<(Channel, Problem)>) {
        let mut matcher = Self::default();
        let mut refused = Vec::new();
        for channel in channels {
            if let Err(problem) = matcher.add(channel, vocabulary) {
                refused.push((channel.clone(), problem));
            }
        }
        matcher.compact();
        (matcher, refused)
    }

    /// Adds a channel without touching the others. Its phrases are looked up a little slower until [`Matcher::compact`].
    ///
    /// # Errors
    /// A name that is no subject token or is taken, a query with a mistake; nothing has changed then.
    pub fn add(&mut self, channel: &Channel, vocabulary: &Vocabulary) -> Result<(), Problem> {
        let name = &channel.name;
        if self.numbers.contains_key(name.as_str()) {
            return Err(Problem {
                message: format!("there is already a channel `{name}`"),
                help: Some("remove it first, or choose another name".to_owned()),
                span: None,
            });
        }
        self.put(channel, vocabulary)
    }

    /// Adds a channel, or gives the one of this name another query.
    ///
    /// # Errors
    /// A name that is no subject token, a query with a mistake; nothing has changed then.
    pub fn put(&mut self, channel: &Channel, vocabulary: &Vocabulary) -> Result<(), Problem> {
        super::check_name(&channel.name)?;
        let query = Query::parse(&channel.query, vocabulary)?;
        self.remove(&channel.name);
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                self.channels.push(None);
                u32::try_from(self.channels.len() - 1).unwrap_or(u32::MAX)
            }
        };
        self.index.add(number, query.root());
        let name: Box<str> = channel.name.as_str().into();
        self.numbers.insert(name.clone(), number);
        if let Some(slot) = self.channels.get_mut(number as usize) {
            *slot = Some(Compiled { name, query });
        }
        Ok(())
    }

    /// Removes a channel without touching the others; says whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let Some(number) = self.numbers.remove(name) else {
            return false;
        };
        let slot = self.channels.get_mut(number as usize);
        let Some(channel) = slot.and_then(Option::take) else {
            return false;
        };
        self.index.remove(number, channel.query.root());
        self.free.push(number);
        true
    }

    /// Phrases that came since [`Matcher::compact`]; worth compacting from some thousands on.
    pub fn recent(&self) -> usize {
        self.index.recent()
    }

    /// Makes one automaton of the phrases of all channels again. Time goes with their number; nothing else changes.
    pub fn compact(&mut self) {
        self.index.rebuild();
        // So that no single addition has to move everything.
        let room = self.numbers.len() / 8;
        self.numbers.reserve(room);
        self.channels.reserve(room);
    }

    /// How many channels there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The query of a channel.
    pub fn query(&self, name: &str) -> Option<&Query> {
        let number = *self.numbers.get(name)?;
        Some(&self.channels.get(number as usize)?.as_ref()?.query)
    }

    /// The channels that want `item`, in order of name, each with the clauses that say so.
    pub fn matches(&self, item: &Item) -> Vec<Match<'_>> {
        let (facts, candidates) = self.index.candidates(Facts::new(item));
        let numbers = candidates.into_iter();
        let channels = numbers.filter_map(|n| self.channels.get(n as usize)?.as_ref());
        let wanting = channels.filter(|channel| holds(channel.query.root(), &facts));
        in_order(wanting.filter_map(|channel| channel.wants(&facts)))
    }

    /// What [`Matcher::matches`] gives, found by asking every channel: the measure of the index in tests and benches.
    pub fn matches_plainly(&self, item: &Item) -> Vec<Match<'_>> {
        let facts = Facts::new(item);
        let channels = self.channels.iter().flatten();
        let wanting = channels.filter(|channel| holds(channel.query.root(), &facts));
        in_order(wanting.filter_map(|channel| channel.wants(&facts)))
    }
}

fn in_order<'m>(matches: impl Iterator<Item = Match<'m>>) -> Vec<Match<'m>> {
    let mut matches: Vec<_> = matches.collect();
    matches.sort_unstable_by_key(|m| m.channel);
    matches
}

impl Compiled {
    fn wants(&self, facts: &Facts<'_>) -> Option<Match<'_>> {
        Some(Match {
            channel: &self.name,
            why: reasons(&self.query, facts)?,
        })
    }
}
