//! Which channels want an item, and why. Pure.

use crate::item::Item;

/// A channel: a name and a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// ASCII, `[a-z0-9][a-z0-9_-]*`; a token of its subject.
    pub name: String,
    /// One line of query.
    pub query: String,
}

/// All channels, compiled.
#[derive(Debug, Default)]
pub struct Matcher {}

/// A channel that wants an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match<'a> {
    /// Its name.
    pub channel: &'a str,
}

impl Matcher {
    /// The channels that want `item`, in order of name.
    pub fn matches(&self, item: &Item) -> Vec<Match<'_>> {
        let _ = item;
        Vec::new()
    }
}
