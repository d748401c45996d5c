//! What a channel receives: the event with the reason it came, or a compact copy without the body.

use super::Reason;
use crate::event::Event;
use crate::item::{Action, EntityKind, Item};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Content type of a compact copy.
pub const COMPACT_TYPE: &str = "application/json";
/// Most places named for a clause: a word in every line says no more than a word in fifty.
const MOST_HITS: usize = 50;

/// `data.delivery` of an event on a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The channel.
    pub channel: String,
    /// The clauses of its query that matched, in its order; empty for one that only excludes, and for a withdrawal.
    pub why: Vec<Why>,
}

/// A clause that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Why {
    /// Field asked.
    pub field: String,
    /// Value asked, as the query has it.
    pub value: String,
    /// Where it was found, at most fifty places; none for what stands nowhere in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Place>,
}

/// A place in a text of the item, code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// headline, kicker, deck, body, byline, slogan.
    pub r#in: String,
    /// First code point.
    pub start: usize,
    /// Behind the last one.
    pub end: usize,
}

impl From<&Reason<'_>> for Why {
    fn from(reason: &Reason<'_>) -> Self {
        let place = |hit: &super::Hit| Place {
            r#in: hit.r#in.as_str().to_owned(),
            start: hit.span.start,
            end: hit.span.end,
        };
        Self {
            field: reason.field.as_str().to_owned(),
            value: reason.value.to_owned(),
            hits: reason.hits.iter().take(MOST_HITS).map(place).collect(),
        }
    }
}

/// An event made ready to be copied into channels: written once, the reason put in for each.
#[derive(Debug)]
pub struct Copies {
    event: Event,
    sent: Vec<u8>,
    withdrawn: Option<Vec<u8>>,
}

impl Copies {
    /// Of this event.
    pub fn new(event: Event) -> Self {
        Self {
            sent: open_ended(&event),
            withdrawn: None,
            event,
        }
    }

    /// The event as `channel` gets it.
    pub fn full(&mut self, channel: &str, why: &[Why], withdraw: bool) -> Vec<u8> {
        let head = match withdraw {
            false => &self.sent,
            true => self
                .withdrawn
                .get_or_insert_with(|| open_ended(&withdrawal(&self.event))),
        };
        let delivery = Delivery {
            channel: channel.to_owned(),
            why: why.to_vec(),
        };
        let mut json = Vec::with_capacity(head.len() + 256);
        json.extend_from_slice(head);
        json.extend_from_slice(b",\"delivery\":");
        json.extend(serde_json::to_vec(&delivery).unwrap_or_default());
        json.extend_from_slice(b"}}");
        json
    }

    /// The same without the body, in few words.
    pub fn compact(&self, channel: &str, why: &[Why], withdraw: bool) -> Vec<u8> {
        let compact = Compact::new(&self.event, channel, why, withdraw);
        serde_json::to_vec(&compact).unwrap_or_default()
    }
}

/// The event without the brackets that end it and its data.
fn open_ended(event: &Event) -> Vec<u8> {
    let mut json = serde_json::to_vec(event).unwrap_or_default();
    json.truncate(json.len().saturating_sub(2));
    json
}

/// The same event for a channel that had the article and does not match it any more. Whoever reads nothing but ninjs sees
/// that it is not to be used.
fn withdrawal(event: &Event) -> Event {
    let mut event = event.clone();
    event.data.enrichment.action = Action::Withdraw;
    event.data.item.pub_status = "withheld".into();
    event
}

/// A compact copy: the event in few words, without the body.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Compact<'a> {
    /// The article's id.
    id: &'a str,
    /// 1, 2, 3…
    revision: u32,
    /// Why this revision exists.
    action: Action,
    /// Why a later revision exists, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// RFC 3339 time of this revision.
    time: &'a str,
    /// The channel.
    channel: &'a str,
    /// Name of the source.
    source: &'a str,
    /// Day of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// Page as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    /// Sort of piece.
    kind: &'a str,
    /// The headline, or the first words of an untitled piece.
    title: &'a str,
    /// The byline in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    /// House ids.
    topics: Vec<&'a str>,
    /// Names.
    people: Vec<&'a str>,
    /// Names.
    organisations: Vec<&'a str>,
    /// Names.
    places: Vec<&'a str>,
    /// `field:value` of every clause that matched.
    why: Vec<String>,
}

impl<'a> Compact<'a> {
    fn new(event: &'a Event, channel: &'a str, why: &[Why], withdraw: bool) -> Self {
        let Item { item, enrichment } = &event.data;
        let named = |kind: EntityKind| {
            let entities = enrichment.entities.iter().filter(move |e| e.kind == kind);
            entities.map(|e| e.name.as_str()).collect()
        };
        Self {
            id: &enrichment.id,
            revision: enrichment.revision,
            action: if withdraw {
                Action::Withdraw
            } else {
                enrichment.action
            },
            reason: enrichment.reason.as_deref(),
            time: &event.time,
            channel,
            source: &enrichment.source_name,
            date: enrichment.issue.date.map(|d| d.to_string()),
            page: enrichment.issue.page.as_deref(),
            kind: enrichment.kind.as_str(),
            title: &item.title,
            by: item.by.as_deref(),
            topics: enrichment.topics.iter().map(|t| t.id.as_str()).collect(),
            people: named(EntityKind::Person),
            organisations: named(EntityKind::Organisation),
            places: named(EntityKind::Place),
            why: why
                .iter()
                .map(|w| format!("{}:{}", w.field, w.value))
                .collect(),
        }
    }
}

/// The delivery of an event read from a channel; none for one from elsewhere.
pub fn delivery(event: &[u8]) -> Option<Delivery> {
    #[derive(Deserialize)]
    struct Outer {
        data: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        delivery: Delivery,
    }
    let outer: Outer = serde_json::from_slice(event).ok()?;
    Some(outer.data.delivery)
}
