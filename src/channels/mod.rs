//! Which channels want an item, and why. Pure.
//!
//! A [`query`] is parsed once, every name in it checked; [`Matcher`] keeps all of them under the features they ask for,
//! so that an item meets only the channels it can concern; [`Query::explain`] tells why one got it or did not. [`plan`]
//! says which channel gets what of a revision, [`delivered`] what it looks like there.

mod config;
pub mod definition;
pub mod delivered;
mod eval;
mod explain;
mod facts;
pub mod fold;
mod index;
mod matcher;
mod phrases;
pub mod plan;
pub mod query;
mod vocabulary;

pub use config::{ChannelEntry, ChannelsConfig, default_channels};
pub use eval::Reason;
pub use explain::Explanation;
pub use facts::{Hit, Zone};
pub use matcher::{Match, Matcher};
pub use query::Query;
pub use vocabulary::{TopicName, Vocabulary};

use crate::item::Item;
use crate::problem::Problem;

/// A channel: a name and a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// ASCII, `[a-z0-9][a-z0-9_-]*`; a token of its subject.
    pub name: String,
    /// One line of query.
    pub query: String,
}

impl Channel {
    /// Whether it can be used.
    ///
    /// # Errors
    /// A name that is no subject token, a query with a mistake.
    pub fn check(&self, vocabulary: &Vocabulary) -> Result<(), Problem> {
        check_name(&self.name)?;
        Query::parse(&self.query, vocabulary).map(|_| ())
    }
}

/// Why `channel` gets `item` or does not: the verdict on every part of its query.
///
/// # Errors
/// A query with a mistake.
pub fn explain(
    channel: &Channel,
    item: &Item,
    vocabulary: &Vocabulary,
) -> Result<Explanation, Problem> {
    Ok(Query::parse(&channel.query, vocabulary)?.explain(item))
}

/// Whether a name can be a token of a subject.
fn check_name(name: &str) -> Result<(), Problem> {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let good = name.bytes().next().is_some_and(letter)
        && name.bytes().all(|b| letter(b) || b == b'-' || b == b'_');
    match good {
        true => Ok(()),
        false => Err(Problem {
            message: format!("`{name}` is no channel name"),
            help: Some("a-z, 0-9, - and _, a letter or digit first".to_owned()),
            span: None,
        }),
    }
}
