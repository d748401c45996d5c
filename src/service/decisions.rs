//! What people decide about topics: a next revision of the item, and a list of all decisions there are.

use super::amend::{Amended, amend};
use super::now;
use super::revision::DECIDED;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::bus::sweep::Parts;
use crate::bus::{Bus, BusError};
use crate::enrich::decisions;
use crate::enrich::topics::Classifier;
use crate::event::Event;
use crate::item::{Decision, Item, Judgement};
use futures_util::StreamExt;
use std::time::Duration;

/// Reason of the revisions it makes.
pub const REASON: &str = "decision";
/// A NATS that does not answer is asked again for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Stores a person's word on a topic of the item on `subject`; `None` takes an earlier one back.
///
/// # Errors
/// NATS does not take it.
pub async fn decide(
    bus: &Bus,
    subject: &str,
    topic: &str,
    verdict: Option<Judgement>,
    by: &str,
    topics: &Classifier,
) -> Result<Amended, PublishError> {
    let decision = verdict.map(|verdict| Decision {
        topic: topic.to_owned(),
        verdict,
        by: by.to_owned(),
        time: now(),
    });
    let change = |item: &Item| match &decision {
        Some(decision) => decisions::decide(item, decision, topics),
        None => decisions::undo(item, topic, topics),
    };
    let reason = match verdict {
        Some(_) => REASON.to_owned(),
        None => format!("{REASON} undone by {by}"),
    };
    bus.with_patience(PATIENCE, || amend(bus, subject, None, &reason, change))
        .await
}

/// Items with decisions, newest revision of each, in the order they were stored.
///
/// # Errors
/// NATS does not answer.
pub async fn decided(bus: &Bus) -> Result<Vec<Item>, BusError> {
    let sweep = bus
        .newest_of_each(StreamName::Items, 0, Parts::Headers)
        .await?;
    let mut headers = std::pin::pin!(sweep.messages);
    let mut items = Vec::new();
    while let Some(message) = headers.next().await {
        let message = message?;
        if message.header(DECIDED).is_none() {
            continue;
        }
        let newest = bus.newest(StreamName::Items, &message.subject).await?;
        let event = newest.and_then(|m| serde_json::from_slice::<Event>(&m.payload).ok());
        items.extend(event.map(|event| event.data));
    }
    Ok(items)
}
