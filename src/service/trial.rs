//! What a query would have got from the items stored.

use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::bus::{Bus, BusError};
use crate::channels::delivered::Why;
use crate::channels::{Channel, Matcher, Vocabulary};
use crate::event::Event;
use crate::item::Action;
use crate::problem::Problem;
use futures_util::StreamExt;
use std::collections::HashMap;

/// A query ready to be tried.
#[derive(Debug)]
pub struct Trial(Matcher);

/// A stored revision that the query wants.
#[derive(Debug)]
pub struct Found {
    /// When it was stored, RFC 3339.
    pub time: String,
    /// The event.
    pub event: Event,
    /// The clauses that matched.
    pub why: Vec<Why>,
}

/// What came of a trial.
#[derive(Debug)]
pub struct Outcome<T> {
    /// Items looked at.
    pub searched: usize,
    /// What was kept of those that match in their newest revision, in order of arrival.
    pub kept: Vec<T>,
}

impl Trial {
    /// Of this query.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn of(query: &str, vocabulary: &Vocabulary) -> Result<Self, Problem> {
        let channel = Channel {
            name: "trial".into(),
            query: query.to_owned(),
        };
        let (matcher, refused) = Matcher::new(&[channel], vocabulary);
        match refused.into_iter().next() {
            Some((_, problem)) => Err(problem),
            None => Ok(Self(matcher)),
        }
    }

    /// Puts the query to everything stored since then. `keep` is given each revision that matches and says what to remember
    /// of it; with `None` the trial ends, and has no outcome.
    ///
    /// # Errors
    /// NATS does not answer, or a stored item cannot be read.
    pub async fn run<T>(
        &self,
        bus: &Bus,
        since: Since,
        mut keep: impl FnMut(Found) -> Option<T>,
    ) -> Result<Option<Outcome<T>>, BusError> {
        let messages = bus.read_from(StreamName::Items, None, since, false).await?;
        let mut messages = Box::pin(messages);
        // The newest revision of an article is the one that counts.
        let mut seen: HashMap<String, Option<(usize, T)>> = HashMap::new();
        let mut place = 0;
        while let Some(message) = messages.next().await {
            let message = message?;
            let event: Event = serde_json::from_slice(&message.payload)
                .map_err(|e| BusError::Message(format!("{}: {e}", message.subject)))?;
            let id = event.data.enrichment.id.clone();
            let matches = self.0.matches(&event.data);
            let wanted = matches
                .first()
                .filter(|_| event.data.enrichment.action != Action::Kill);
            let Some(found) = wanted else {
                seen.insert(id, None);
                continue;
            };
            let why = found.why.iter().map(Why::from).collect();
            drop(matches);
            let found = Found {
                time: message.time,
                event,
                why,
            };
            let Some(kept) = keep(found) else {
                return Ok(None);
            };
            place += 1;
            seen.insert(id, Some((place, kept)));
        }
        let searched = seen.len();
        let mut kept: Vec<(usize, T)> = seen.into_values().flatten().collect();
        kept.sort_by_key(|(place, _)| *place);
        let kept = kept.into_iter().map(|(_, kept)| kept).collect();
        Ok(Some(Outcome { searched, kept }))
    }
}
