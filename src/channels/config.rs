//! `config/channels.toml`: the channels of a newsroom.

use super::definition::Terms;
use super::{Channel, Query, Vocabulary, check_name};
use crate::problem::Problem;
use serde::Deserialize;
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

    /// Every mistake in names and queries, at its bytes of `file`, the text this was read from.
    pub fn problems(&self, file: &str, vocabulary: &Vocabulary) -> Vec<Problem> {
        let mut taken: Vec<String> = match self.defaults {
            true => default_channels(vocabulary)
                .into_iter()
                .map(|c| c.name)
                .collect(),
            false => Vec::new(),
        };
        let mut problems = Vec::new();
        for entry in &self.channel {
            let name = entry.name.get_ref();
            let at = |mut problem: Problem| {
                problem.span = Some(entry.name.span());
                problem
            };
            problems.extend(check_name(name).err().map(at));
            if taken.contains(name) {
                let message = format!("there are two channels `{name}`");
                problems.push(Problem::at(entry.name.span(), message));
            }
            taken.push(name.clone());
            let query = entry.query.get_ref();
            if let Err(problem) = Query::parse(query, vocabulary) {
                problems.push(located(problem, &entry.query.span(), query, file));
            }
        }
        problems
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
