//! `config/channels.toml`: the channels of a newsroom.

use super::definition::Terms;
use super::{Channel, Query, Vocabulary, check_name};
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::ops::Range;
use toml::Spanned;

/// The file as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelsConfig {
    /// Also have `all` and one channel per house topic.
    #[serde(default)]
    pub defaults: bool,
    /// One `[[channel]]` each.
    #[serde(default)]
    pub channel: Vec<ChannelEntry>,
}

/// One channel as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelEntry {
    /// See [`Channel::name`].
    pub name: Spanned<String>,
    /// See [`Channel::query`].
    pub query: Spanned<String>,
    /// Whom it is for; read by people only.
    #[serde(default)]
    pub note: String,
    /// See [`Terms::compact`].
    #[serde(default)]
    pub compact: bool,
    /// See [`Terms::max_age_hours`].
    #[serde(default)]
    pub max_age_hours: Option<NonZeroU32>,
}

impl ChannelsConfig {
    /// Its channels, the default ones first where they are asked for.
    pub fn channels(&self, vocabulary: &Vocabulary) -> Vec<Channel> {
        let defaults = match self.defaults {
            true => default_channels(vocabulary),
            false => Vec::new(),
        };
        let written = self.channel.iter().map(|entry| Channel {
            name: entry.name.get_ref().clone(),
            query: entry.query.get_ref().clone(),
        });
        defaults.into_iter().chain(written).collect()
    }

    /// Terms of delivery of [`ChannelsConfig::channels`], in the same order. A limit on their number needs to remember how
    /// far a channel is, which a file cannot: only channels of the bucket have one.
    pub fn terms(&self, vocabulary: &Vocabulary) -> Vec<Terms> {
        let defaults = match self.defaults {
            true => default_channels(vocabulary).len(),
            false => 0,
        };
        let written = self.channel.iter().map(|entry| Terms {
            compact: entry.compact,
            max_age_hours: entry.max_age_hours,
            max_per_hour: None,
        });
        std::iter::repeat_n(Terms::default(), defaults)
            .chain(written)
            .collect()
    }

    /// Takes out the channels at these places of the list, and gives their names.
    pub fn take(&mut self, places: &[usize]) -> Vec<String> {
        let places: HashSet<_> = places.iter().collect();
        let all = std::mem::take(&mut self.channel).into_iter().enumerate();
        let (taken, left): (Vec<_>, Vec<_>) = all.partition(|(place, _)| places.contains(place));
        self.channel = left.into_iter().map(|(_, entry)| entry).collect();
        let names = taken.into_iter().map(|(_, e)| e.name.into_inner());
        names.collect()
    }

    /// Every mistake in names and queries: the place of its channel in the list, and its bytes in `file`, the text this was
    /// read from.
    pub fn mistakes(&self, file: &str, vocabulary: &Vocabulary) -> Vec<(usize, Problem)> {
        let mut taken: HashSet<String> = match self.defaults {
            true => default_channels(vocabulary)
                .into_iter()
                .map(|c| c.name)
                .collect(),
            false => HashSet::new(),
        };
        let mut mistakes = Vec::new();
        for (place, entry) in self.channel.iter().enumerate() {
            let name = entry.name.get_ref();
            let at = |mut problem: Problem| {
                problem.span = Some(entry.name.span());
                problem
            };
            mistakes.extend(check_name(name).err().map(|p| (place, at(p))));
            if !taken.insert(name.clone()) {
                let message = format!("there are two channels `{name}`");
                mistakes.push((place, Problem::at(entry.name.span(), message)));
            }
            let query = entry.query.get_ref();
            if let Err(problem) = Query::parse(query, vocabulary) {
                mistakes.push((place, located(problem, &entry.query.span(), query, file)));
            }
        }
        mistakes
    }
}

/// A mistake in a query, seen from the file: exact where the string stands there unescaped, else the whole string.
fn located(mut problem: Problem, literal: &Range<usize>, query: &str, file: &str) -> Problem {
    let inside = file
        .get(literal.clone())
        .and_then(|written| written.find(query));
    match inside {
        Some(offset) => problem.shifted(literal.start + offset),
        None => {
            problem.span = Some(literal.clone());
            problem
        }
    }
}

/// The channels of a newsroom that configured none: `all`, and one per house topic without notices and withheld items.
pub fn default_channels(vocabulary: &Vocabulary) -> Vec<Channel> {
    let all = Channel {
        name: "all".to_owned(),
        query: "*".to_owned(),
    };
    let topics = vocabulary.topics.iter().map(|topic| Channel {
        name: topic.id.clone(),
        query: format!("topic:{} NOT kind:notice status:usable", topic.id),
    });
    std::iter::once(all).chain(topics).collect()
}
