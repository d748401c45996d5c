//! What is known of the desk: the newest reading, and what came lately. Pure.

use super::super::status::Status;
use crate::bus::dead::DeadLetter;
use crate::event::Event;
use crate::item::Action;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Last items kept.
const MOST_ITEMS: usize = 200;
/// Items whose way to the channels is timed.
const MOST_TIMED: usize = 1_000;
/// Readings a curve is made of.
const MOST_READINGS: usize = 120;

/// Whether NATS is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Link {
    /// Nobody knows yet.
    #[default]
    Connecting,
    /// It is, at this address.
    At(String),
    /// It is not, for this reason.
    Away(String),
}

impl Link {
    pub(super) fn is_away(&self) -> bool {
        matches!(self, Self::Away(_))
    }
}

/// The desk.
#[derive(Debug, Clone, Default)]
pub(super) struct Desk {
    pub(super) link: Link,
    pub(super) status: Option<Status>,
    /// Articles a second that each instance works on.
    pub(super) speeds: HashMap<String, f64>,
    /// Items a second, one for each reading, the newest last.
    pub(super) items_per_second: VecDeque<f64>,
    /// The newest first.
    pub(super) items: VecDeque<Line>,
    pub(super) channels: BTreeMap<String, Tally>,
    /// The newest first.
    pub(super) dead: Vec<DeadLetter>,
    ways: Ways,
}

/// An item in the list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Milliseconds since 1970.
    pub(super) stored: i64,
    pub(super) source: String,
    pub(super) id: String,
    pub(super) action: Action,
    pub(super) revision: u32,
    pub(super) title: String,
    /// Names of its topics.
    pub(super) topics: Vec<String>,
}

/// What a channel got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Among the deliveries read.
    pub(super) count: usize,
    /// When the last one was stored, milliseconds since 1970.
    pub(super) last: i64,
}

/// When an item was stored, and when it first came to a channel, by id.
#[derive(Debug, Clone, Default)]
struct Ways {
    of: HashMap<String, (Option<i64>, Option<i64>)>,
    order: VecDeque<String>,
}

impl Ways {
    fn entry(&mut self, id: &str) -> &mut (Option<i64>, Option<i64>) {
        if !self.of.contains_key(id) {
            self.order.push_back(id.to_owned());
            if self.order.len() > MOST_TIMED
                && let Some(oldest) = self.order.pop_front()
            {
                self.of.remove(&oldest);
            }
        }
        self.of.entry(id.to_owned()).or_default()
    }
}

impl Desk {
    /// A new connection: what is read again from the start is not counted twice.
    pub(super) fn connected(&mut self, address: String) {
        *self = Self {
            link: Link::At(address),
            items_per_second: std::mem::take(&mut self.items_per_second),
            ..Self::default()
        };
    }

    /// A reading.
    pub(super) fn read(&mut self, status: Status) {
        if let Some(before) = &self.status {
            for role in &status.roles {
                let then = before.roles.iter().find(|r| r.instance == role.instance);
                let Some(then) = then else { continue };
                let seconds = role.counts.seconds.saturating_sub(then.counts.seconds);
                if seconds > 0 {
                    let done = role.counts.done.saturating_sub(then.counts.done);
                    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
                    let speed = done as f64 / seconds as f64;
                    self.speeds.insert(role.instance.clone(), speed);
                }
            }
        }
        let instances: Vec<&String> = status.roles.iter().map(|r| &r.instance).collect();
        self.speeds
            .retain(|instance, _| instances.contains(&instance));
        // Streams are in the order the data flows: articles, items, channels, dead.
        let rate = status.rates.get(1).copied().unwrap_or(0.0);
        self.items_per_second.push_back(rate);
        while self.items_per_second.len() > MOST_READINGS {
            self.items_per_second.pop_front();
        }
        self.status = Some(status);
    }

    /// An item was stored.
    pub(super) fn item(&mut self, event: &Event, stored: i64) {
        let e = &event.data.enrichment;
        self.items.push_front(Line {
            stored,
            source: e.source_name.clone(),
            id: e.id.clone(),
            action: e.action,
            revision: e.revision,
            title: event.data.item.title.clone(),
            topics: e.topics.iter().map(|t| t.name.clone()).collect(),
        });
        self.items.truncate(MOST_ITEMS);
        let key = format!("{}.{}", e.id, e.revision);
        self.ways.entry(&key).0 = Some(stored);
    }

    /// A channel got a revision of an item.
    pub(super) fn delivered(&mut self, channel: &str, id: &str, revision: &str, stored: i64) {
        let tally = self.channels.entry(channel.to_owned()).or_default();
        tally.count += 1;
        tally.last = tally.last.max(stored);
        let way = self.ways.entry(&format!("{id}.{revision}"));
        way.1 = Some(way.1.map_or(stored, |first| first.min(stored)));
    }

    /// Milliseconds from an item's being stored to its first channel: the median, and what one in a hundred exceeds.
    pub(super) fn latency(&self) -> Option<(i64, i64)> {
        let ways = self.ways.of.values();
        let mut took: Vec<i64> = ways
            .filter_map(|(item, channel)| Some((*channel)? - (*item)?))
            .filter(|ms| *ms >= 0)
            .collect();
        took.sort_unstable();
        let at = |percent: usize| {
            took.get((took.len().saturating_sub(1)) * percent / 100)
                .copied()
        };
        Some((at(50)?, at(99)?))
    }

    /// Messages that wait or are in work.
    pub(super) fn backlog(&self) -> u64 {
        let streams = self.status.iter().flat_map(|s| &s.streams);
        let backlogs = streams.flat_map(|s| &s.backlog).filter(|b| {
            // A subscriber that is away is its own affair.
            ["enrich", "fanout"].contains(&b.consumer.as_str())
        });
        backlogs.map(|b| b.waiting + b.unacked as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_an_item_is_timed_whichever_end_is_seen_first() {
        let mut desk = Desk::default();
        assert_eq!(desk.latency(), None);
        for n in 0..100i64 {
            // Later channels do not count.
            desk.delivered("bees", &format!("a{n}"), "1", 5_000);
            desk.delivered("all", &format!("a{n}"), "1", 1_000 + n);
            desk.ways.entry(&format!("a{n}.1")).0 = Some(1_000);
        }
        assert_eq!(desk.latency(), Some((49, 98)));
        assert_eq!(desk.channels.get("all").map(|t| t.count), Some(100));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut desk = Desk::default();
        for n in 0..3 * MOST_TIMED {
            desk.delivered("all", &n.to_string(), "1", 0);
        }
        assert_eq!(desk.ways.of.len(), MOST_TIMED);
        for _ in 0..3 * MOST_READINGS {
            desk.read(Status::default());
        }
        assert_eq!(desk.items_per_second.len(), MOST_READINGS);
    }
}
