//! Which items each channel holds, in the order they came: read once from the channels' stream, then followed. Headers
//! alone are read and places alone are kept; the items themselves are fetched when a page is made.

use crate::bus::archive::{Message, Since};
use crate::bus::layout::StreamName;
use crate::bus::{Bus, BusError};
use futures_util::StreamExt;
use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Items of a channel that can be paged to.
const MOST: usize = 1_000;
/// Pause before the stream is read on after a fault.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Shelf {
    channels: RwLock<HashMap<String, Rack>>,
    caught_up: AtomicBool,
}

/// The items of a channel.
#[derive(Default)]
struct Rack {
    ids: BTreeMap<u64, Arc<str>>,
    places: HashMap<Arc<str>, u64>,
    /// Place of its newest message, and when that came, RFC 3339.
    newest: u64,
    time: String,
}

/// A page of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Place of the channel's newest message, and when that came.
    pub(super) newest: u64,
    pub(super) time: String,
    /// Places of its items, the newest first.
    pub(super) places: Vec<u64>,
    /// Whether older ones follow.
    pub(super) more: bool,
}

impl Shelf {
    /// Whether everything that was there at the start has been read.
    pub(super) fn is_caught_up(&self) -> bool {
        self.caught_up.load(Ordering::Acquire)
    }

    /// At most `limit` items before a place; none for a channel that never had any.
    pub(super) fn page(&self, channel: &str, before: Option<u64>, limit: usize) -> Option<Page> {
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        let rack = channels.get(channel)?;
        let mut older = rack.ids.range(..before.unwrap_or(u64::MAX)).rev();
        let places = older
            .by_ref()
            .take(limit)
            .map(|(place, _)| *place)
            .collect();
        Some(Page {
            newest: rack.newest,
            time: rack.time.clone(),
            places,
            more: older.next().is_some(),
        })
    }

    /// Reads the stream until `shutdown`.
    pub(super) async fn follow(self: Arc<Self>, bus: Bus, shutdown: CancellationToken) {
        let read = async {
            let mut place = 0;
            loop {
                if let Err(error) = self.read(&bus, &mut place).await {
                    tracing::debug!(%error, "feeds wait for the channels");
                }
                tokio::time::sleep(AGAIN).await;
                bus.connected().await;
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = read => {}
        }
    }

    async fn read(&self, bus: &Bus, place: &mut u64) -> Result<(), BusError> {
        let prefix = bus.names().channel("", "");
        let prefix = prefix.trim_end_matches('.');
        for live in [false, true] {
            let messages = bus
                .read_headers(StreamName::Channels, Since::After(*place), live)
                .await?;
            let mut messages = pin!(messages);
            while let Some(message) = messages.next().await {
                let message = message?;
                *place = message.sequence;
                self.put(prefix, &message);
            }
            self.caught_up.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// Takes a message of `PREFIX.CHANNEL.ID`; compact copies are passed over.
    fn put(&self, prefix: &str, message: &Message) {
        let below = message
            .subject
            .strip_prefix(prefix)
            .and_then(|s| s.strip_prefix('.'));
        let Some((channel, id)) = below.and_then(|s| s.split_once('.')) else {
            return;
        };
        let mut channels = self
            .channels
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !channels.contains_key(channel) {
            channels.insert(channel.to_owned(), Rack::default());
        }
        if let Some(rack) = channels.get_mut(channel) {
            rack.put(id, message.sequence, &message.time);
        }
    }
}

impl Rack {
    fn put(&mut self, id: &str, place: u64, time: &str) {
        let id: Arc<str> = id.into();
        if let Some(earlier) = self.places.insert(id.clone(), place) {
            self.ids.remove(&earlier);
        }
        self.ids.insert(place, id);
        self.newest = place;
        time.clone_into(&mut self.time);
        while self.ids.len() > MOST
            && let Some((_, id)) = self.ids.pop_first()
        {
            self.places.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(items: &[(&str, u64)]) -> Shelf {
        let mut rack = Rack::default();
        for (id, place) in items {
            rack.put(id, *place, "2025-03-18T00:00:00.000Z");
        }
        let shelf = Shelf::default();
        shelf.channels.write().unwrap().insert("all".into(), rack);
        shelf
    }

    #[test]
    fn pages_go_backwards_and_a_correction_comes_first_once() {
        let shelf = shelf(&[("a", 1), ("b", 2), ("c", 5), ("a", 7)]);
        let page = |before, limit| {
            let page = shelf.page("all", before, limit).unwrap();
            (page.places, page.more)
        };
        assert_eq!(page(None, 2), (vec![7, 5], true));
        assert_eq!(page(Some(5), 2), (vec![2], false));
        assert_eq!(page(Some(0), 2), (vec![], false));
        assert_eq!(shelf.page("none", None, 2), None);
    }

    #[test]
    fn a_channel_is_remembered_no_further_than_the_most() {
        let ids: Vec<String> = (0..MOST + 10).map(|n| n.to_string()).collect();
        let items: Vec<(&str, u64)> = ids.iter().map(String::as_str).zip(1..).collect();
        let shelf = shelf(&items);
        let channels = shelf.channels.read().unwrap();
        assert_eq!(channels["all"].ids.len(), MOST);
        assert_eq!(channels["all"].places.len(), MOST);
        assert_eq!(channels["all"].ids.keys().next(), Some(&11));
    }
}
