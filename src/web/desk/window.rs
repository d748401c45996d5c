//! What the desk page lists: the newest items, the newest deliveries, and how they came in. Pure.

use crate::item::{Action, EntityKind, Item};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Most items listed.
pub(super) const ROWS: usize = 12_000;
/// Most deliveries remembered.
pub(super) const DELIVERIES: usize = 60_000;
/// So many newest items are kept whole, to be matched against the filter of whoever connects again.
const WHOLE: usize = 256;
/// Most names of one sort in a row: a list of winners has hundreds.
const NAMES: usize = 12;
/// Rates and latencies are those of so many milliseconds.
const RECENT: i64 = 10 * 60_000;
const HOUR: i64 = 3_600_000;

/// An item as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    /// Its id.
    pub(super) id: String,
    /// Place of its newest revision in the item stream.
    pub(super) seq: u64,
    /// When that was stored, milliseconds of Unix time.
    pub(super) time: i64,
    pub(super) revision: u32,
    pub(super) action: Action,
    pub(super) source: String,
    pub(super) kind: crate::article::Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<String>,
    pub(super) title: String,
    /// Id and score.
    pub(super) topics: Vec<(String, f64)>,
    /// Code, empty for none, and name.
    pub(super) places: Vec<(String, String)>,
    pub(super) people: Vec<String>,
    /// Repairs and doubts.
    pub(super) doubts: usize,
    /// It repeats an item.
    pub(super) elder: bool,
}

/// A row with the channels that have the item.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Listed<'a> {
    #[serde(flatten)]
    pub(super) row: &'a Row,
    pub(super) channels: Vec<&'a str>,
}

/// An item that went to a channel, or left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Delivery {
    #[serde(skip)]
    pub(super) time: i64,
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) withdrawn: bool,
}

/// Where somebody is: sequences of the item stream and of the channel stream. `12-34` as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) items: u64,
    pub(super) channels: u64,
}

/// Something that came.
#[derive(Debug, Clone)]
pub(super) enum Came {
    /// A new item or revision; whole where it came lately.
    Item(Arc<Row>, Option<Arc<Item>>),
    /// A delivery.
    Delivery(Delivery),
}

/// The newest items and deliveries.
#[derive(Debug, Default)]
pub(super) struct Window {
    rows: BTreeMap<u64, Arc<Row>>,
    sequences: HashMap<String, u64>,
    whole: VecDeque<(u64, Arc<Item>)>,
    deliveries: BTreeMap<u64, Delivery>,
    channels: HashMap<String, BTreeSet<String>>,
    at: Place,
    /// What came up to here may be forgotten.
    forgotten: Place,
}

/// How fast it goes, for the small plots.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Pace {
    /// By channel: deliveries of the last hour and of the last 24.
    pub(super) channels: BTreeMap<String, (usize, usize)>,
    /// Milliseconds from an item being stored to its coming to a channel, over ten minutes: half are within this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) p50: Option<i64>,
    /// And 99 of 100 within this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) p99: Option<i64>,
}

impl Row {
    /// Of a revision stored at `seq` at `time`.
    pub(super) fn new(item: &Item, seq: u64, time: i64) -> Self {
        let e = &item.enrichment;
        let of_kind = |kind| {
            e.entities
                .iter()
                .filter(move |n| n.kind == kind)
                .take(NAMES)
        };
        Self {
            id: e.id.clone(),
            seq,
            time,
            revision: e.revision,
            action: e.action,
            source: e.source_name.clone(),
            kind: e.kind,
            page: e.issue.page.clone(),
            title: item.item.title.clone(),
            topics: e.topics.iter().map(|t| (t.id.clone(), t.score)).collect(),
            places: of_kind(EntityKind::Place)
                .map(|n| {
                    let code = n.code.as_ref().map(|c| c.value.clone());
                    (code.unwrap_or_default(), n.name.clone())
                })
                .collect(),
            people: of_kind(EntityKind::Person)
                .map(|n| n.name.clone())
                .collect(),
            doubts: e.quality.flags.len(),
            elder: e.elder.is_some(),
        }
    }
}

impl Place {
    /// Reads `12-34`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (items, channels) = text.split_once('-')?;
        Some(Self {
            items: items.parse().ok()?,
            channels: channels.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.items, self.channels)
    }
}

impl Window {
    /// One that begins behind `place`.
    pub(super) fn behind(place: Place) -> Self {
        Self {
            at: place,
            forgotten: place,
            ..Self::default()
        }
    }

    /// How far it is.
    pub(super) fn at(&self) -> Place {
        self.at
    }

    /// Takes a revision.
    pub(super) fn take(&mut self, row: Row, item: Arc<Item>) {
        let seq = row.seq;
        self.at.items = seq;
        if let Some(before) = self.sequences.insert(row.id.clone(), seq) {
            self.rows.remove(&before);
        }
        self.rows.insert(seq, Arc::new(row));
        self.whole.push_back((seq, item));
        if self.whole.len() > WHOLE {
            self.whole.pop_front();
        }
        while self.rows.len() > ROWS {
            let Some((seq, row)) = self.rows.pop_first() else {
                break;
            };
            self.sequences.remove(&row.id);
            self.channels.remove(&row.id);
            self.forgotten.items = self.forgotten.items.max(seq);
        }
    }

    /// Takes a delivery.
    pub(super) fn deliver(&mut self, seq: u64, delivery: Delivery) {
        self.at.channels = seq;
        let channels = self.channels.entry(delivery.id.clone()).or_default();
        match delivery.withdrawn {
            true => channels.remove(&delivery.channel),
            false => channels.insert(delivery.channel.clone()),
        };
        self.deliveries.insert(seq, delivery);
        while self.deliveries.len() > DELIVERIES {
            let Some((seq, old)) = self.deliveries.pop_first() else {
                break;
            };
            if !self.sequences.contains_key(&old.id) {
                self.channels.remove(&old.id);
            }
            self.forgotten.channels = self.forgotten.channels.max(seq);
        }
    }

    /// Every item, oldest first.
    pub(super) fn listed(&self) -> impl Iterator<Item = Listed<'_>> {
        self.rows.values().map(|row| self.list(row))
    }

    /// A row with its channels.
    pub(super) fn list<'a>(&'a self, row: &'a Row) -> Listed<'a> {
        let channels = self.channels.get(&row.id).into_iter().flatten();
        Listed {
            row,
            channels: channels.map(String::as_str).collect(),
        }
    }

    /// What came behind `place`, items first, at most `most` of each; `place` is moved behind it. `None` where some of it is
    /// forgotten, or the streams were made anew, and everything has to be asked for again.
    pub(super) fn after(&self, place: &mut Place, most: usize, whole: bool) -> Option<Vec<Came>> {
        let known = |at: u64, forgotten: u64, newest: u64| (forgotten..=newest).contains(&at);
        if !known(place.items, self.forgotten.items, self.at.items)
            || !known(place.channels, self.forgotten.channels, self.at.channels)
        {
            return None;
        }
        let mut came = Vec::new();
        for (seq, row) in self.rows.range(place.items + 1..).take(most) {
            let at = self.whole.binary_search_by_key(seq, |(s, _)| *s).ok();
            let item = at.and_then(|i| self.whole.get(i)).map(|(_, i)| i.clone());
            if whole && item.is_none() {
                return None;
            }
            came.push(Came::Item(row.clone(), item));
            place.items = *seq;
        }
        if came.len() < most {
            place.items = self.at.items;
        }
        let items = came.len();
        for (seq, delivery) in self.deliveries.range(place.channels + 1..).take(most) {
            came.push(Came::Delivery(delivery.clone()));
            place.channels = *seq;
        }
        if came.len() - items < most {
            place.channels = self.at.channels;
        }
        Some(came)
    }

    /// Rates and latencies at `now`, milliseconds of Unix time.
    pub(super) fn pace(&self, now: i64) -> Pace {
        let mut pace = Pace::default();
        let mut latencies = Vec::new();
        for delivery in self.deliveries.values().rev() {
            let age = now - delivery.time;
            if age > 24 * HOUR {
                break;
            }
            let counts = pace.channels.entry(delivery.channel.clone()).or_default();
            counts.0 += usize::from(age <= HOUR);
            counts.1 += 1;
            let stored = self.sequences.get(&delivery.id);
            let stored = stored
                .and_then(|seq| self.rows.get(seq))
                .map(|row| row.time);
            // What was stored long ago comes to a channel because somebody asked for it: that is no latency.
            if let Some(stored) = stored.filter(|s| age <= RECENT && now - s <= RECENT) {
                latencies.push((delivery.time - stored).max(0));
            }
        }
        latencies.sort_unstable();
        let rank = |part: usize| latencies.get(latencies.len() * part / 100).copied();
        (pace.p50, pace.p99) = (rank(50), rank(99));
        pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Source;
    use crate::config::Config;

    fn item(id: &str) -> Arc<Item> {
        let models = Config::load(None).unwrap().models;
        let text = "## 再生稻迎来收割\n\n农技员在稻田里指导,种粮大户的再生稻亩产超过600斤。";
        let page = crate::page::read(text.as_bytes(), &Source::named("desk"), &Default::default());
        let mut item = crate::enrich::enrich(&page.unwrap().articles[0], &models);
        item.enrichment.id = id.into();
        Arc::new(item)
    }

    fn take(window: &mut Window, item: &Arc<Item>, seq: u64, time: i64) {
        window.take(Row::new(item, seq, time), item.clone());
    }

    fn deliver(window: &mut Window, seq: u64, time: i64, id: &str, withdrawn: bool) {
        let delivery = Delivery {
            time,
            id: id.into(),
            channel: "all".into(),
            withdrawn,
        };
        window.deliver(seq, delivery);
    }

    #[test]
    fn a_revision_takes_the_place_of_the_one_before() {
        let mut window = Window::default();
        let (a, b) = (item("a"), item("b"));
        for (item, seq) in [(&a, 1), (&b, 2), (&a, 3)] {
            take(&mut window, item, seq, 0);
        }
        let ids: Vec<_> = window
            .listed()
            .map(|l| (l.row.id.clone(), l.row.seq))
            .collect();
        assert_eq!(ids, [("b".to_owned(), 2), ("a".to_owned(), 3)]);
    }

    #[test]
    fn whoever_connects_again_gets_what_came_and_nothing_twice() {
        let mut window = Window::default();
        let one = item("a");
        take(&mut window, &one, 1, 0);
        let mut place = Place::default();
        assert_eq!(window.after(&mut place, 10, true).unwrap().len(), 1);
        assert_eq!(place.to_string(), "1-0");
        assert!(window.after(&mut place, 10, true).unwrap().is_empty());
        for seq in 2..8 {
            take(&mut window, &item(&seq.to_string()), seq, 0);
        }
        deliver(&mut window, 5, 0, "a", false);
        let mut place = Place::parse("1-0").unwrap();
        let mut came = 0;
        while let Some(more) = window.after(&mut place, 2, false).filter(|m| !m.is_empty()) {
            came += more.len();
        }
        assert_eq!((came, place), (7, window.at()));
    }

    #[test]
    fn a_place_nobody_remembers_is_told_apart() {
        let mut window = Window::behind(Place {
            items: 100,
            channels: 50,
        });
        take(&mut window, &item("a"), 101, 0);
        let after = |text: &str| window.after(&mut Place::parse(text).unwrap(), 9, false);
        assert!(after("100-50").is_some_and(|came| came.len() == 1));
        // Before what it knows; and ahead of it, as after the streams were made anew.
        for gone in ["99-50", "100-49", "102-50"] {
            assert!(after(gone).is_none(), "{gone}");
        }
    }

    #[test]
    fn an_item_withdrawn_from_a_channel_is_not_listed_there() {
        let mut window = Window::default();
        take(&mut window, &item("a"), 1, 0);
        deliver(&mut window, 1, 0, "a", false);
        assert_eq!(window.listed().next().unwrap().channels, ["all"]);
        deliver(&mut window, 2, 0, "a", true);
        assert!(window.listed().next().unwrap().channels.is_empty());
    }

    #[test]
    fn rates_and_latencies_are_those_of_lately() {
        let now = 100 * HOUR;
        let mut window = Window::default();
        for (seq, (stored, came)) in [(30 * HOUR, 20), (2 * HOUR, 7), (5000, 40), (4000, 60)]
            .into_iter()
            .enumerate()
        {
            let (seq, id) = (seq as u64 + 1, seq.to_string());
            take(&mut window, &item(&id), seq, now - stored);
            deliver(&mut window, seq, now - stored + came, &id, false);
        }
        let pace = window.pace(now);
        assert_eq!(pace.channels["all"], (2, 3));
        assert_eq!((pace.p50, pace.p99), (Some(60), Some(60)));
    }
}
