//! The channels there are: those of the configuration and those made while running; why one got an item or did not.

use crate::bus::{Bus, BusError};
use crate::channels::definition::{Definition, Standing};
use crate::channels::plan::{Got, Record};
use crate::channels::{Explanation, Query};
use crate::config::Config;
use crate::item::Item;
use serde::Serialize;

/// A channel as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// Of a channel made while running, what the bucket has of it.
    pub definition: Option<Definition>,
}

/// What is known of a channel and an item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer<'a> {
    /// The channel.
    pub channel: &'a str,
    /// The item.
    pub id: &'a str,
    /// Its revision that was looked at.
    pub revision: u32,
    /// The channel's query.
    pub query: &'a str,
    /// The last revision the channel got, negative when it was withdrawn with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<Got>,
    /// The verdict on every part of the query.
    #[serde(flatten)]
    pub explanation: Explanation,
}

impl<'a> Answer<'a> {
    /// Puts `query` of `channel` to an item; `record` says who got what of it.
    pub fn new(
        channel: &'a str,
        query: &'a Query,
        item: &'a Item,
        record: Option<&Record>,
    ) -> Self {
        Self {
            channel,
            id: &item.enrichment.id,
            revision: item.enrichment.revision,
            query: query.text(),
            got: record.and_then(|r| r.channels.get(channel).copied()),
            explanation: query.explain(item),
        }
    }
}

impl Known {
    /// `paused`, `behind`; none for one that gets items as they are published.
    pub fn standing(&self) -> Option<&'static str> {
        match self.definition.as_ref()?.standing {
            Standing::Live { .. } => None,
            Standing::Behind { .. } => Some("behind"),
            Standing::Paused { .. } => Some("paused"),
        }
    }
}

/// The channels of the configuration.
pub fn of_file(config: &Config) -> impl Iterator<Item = Known> + '_ {
    config.channels.list.iter().map(|channel| Known {
        name: channel.name.clone(),
        query: channel.query.clone(),
        definition: None,
    })
}

/// Every channel: those of the configuration first, then those of the bucket that have names of their own.
///
/// # Errors
/// NATS does not answer.
pub async fn all(bus: &Bus, config: &Config) -> Result<Vec<Known>, BusError> {
    let mut all: Vec<Known> = of_file(config).collect();
    let of_file = all.len();
    for (name, definition) in bus.added_channels().await? {
        if all.iter().take(of_file).any(|known| known.name == name) {
            continue;
        }
        all.push(Known {
            name,
            query: definition.query.clone(),
            definition: Some(definition),
        });
    }
    Ok(all)
}

/// The query of a channel; none where there is no such channel.
///
/// # Errors
/// NATS does not answer.
pub async fn query_of(
    bus: &Bus,
    config: &Config,
    channel: &str,
) -> Result<Option<String>, BusError> {
    if let Some(known) = config.channels.list.iter().find(|c| c.name == channel) {
        return Ok(Some(known.query.clone()));
    }
    if !crate::config::is_token(channel) {
        return Ok(None);
    }
    let there = bus.channel(channel).await?;
    Ok(there.map(|kept| kept.value.query))
}
