//! Killing an item: the next revision of it, of action `kill`, that overtakes whatever of it is still queued.

use super::now;
use super::revision::{self, Newest};
use crate::bus::Bus;
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError};
use crate::bus::work::Order;
use crate::channels::plan::Record;
use crate::event::Event;
use crate::item::Action;
use crate::trace::TRACEPARENT;
use bytes::Bytes;

/// How often a lost race for a revision is run again.
const RACES: u32 = 20;

/// What a kill found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Killed {
    /// It is now killed by this revision.
    By(u32),
    /// It was already.
    Before,
    /// There is no such item.
    Unknown,
}

/// Kills the item on `subject`. Articles that came up to `order` do not bring it back; without one, those that came before
/// the text it has.
///
/// # Errors
/// NATS does not take it.
pub async fn kill(
    bus: &Bus,
    subject: &str,
    reason: &str,
    order: Option<Order>,
) -> Result<Killed, PublishError> {
    for _ in 0..RACES {
        let newest = bus.newest(StreamName::Items, subject).await;
        let newest = newest.map_err(|e| PublishError::Unavailable(e.to_string()))?;
        let Some(message) = newest else {
            return Ok(Killed::Unknown);
        };
        let event: Event = serde_json::from_slice(&message.payload)
            .map_err(|e| PublishError::Refused(format!("it is no event of copydesk: {e}")))?;
        if event.data.enrichment.action == Action::Kill {
            return Ok(Killed::Before);
        }
        let newest = Newest::of(&message);
        let number = newest.revision + 1;
        let mut item = event.data;
        item.enrichment.reason = Some(reason.to_owned());
        let id = item.enrichment.id.clone();
        let event = Event::new(
            item,
            number,
            Action::Kill,
            &now(),
            &newest.first,
            event.traceparent,
        );
        let order = order.unwrap_or_default().max(newest.order);
        let mut headers = revision::headers(&newest.content, order, number, &newest.first);
        headers.extend(event.traceparent.clone().map(|t| (TRACEPARENT, t)));
        headers.extend(revision::decided(&event.data));
        let message = Outgoing {
            id: format!("{id}:item:{number}"),
            headers,
            payload: Bytes::from(serde_json::to_vec(&event).unwrap_or_default()),
            expect: Some(message.sequence),
            subject: subject.to_owned(),
        };
        match bus.publish(&message).await {
            Ok(stored) if !stored.duplicate => {
                overtake(bus, subject).await;
                return Ok(Killed::By(number));
            }
            Ok(_) | Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(error),
        }
    }
    Err(PublishError::Unavailable(
        "its revisions change faster than they can be read".into(),
    ))
}

/// Lets the kill on `subject` overtake what is queued of its article, in every fan-out: the record is put ahead, so that
/// nothing older goes out any more, and one of them is told to deliver it now. If this fails, the kill comes in its turn.
pub(super) async fn overtake(bus: &Bus, subject: &str) {
    if let Err(error) = put_ahead(bus, subject).await {
        tracing::warn!(%error, subject, "a kill does not overtake what is queued, it comes in its turn");
    }
    bus.hint_kill(subject).await;
}

async fn put_ahead(bus: &Bus, subject: &str) -> Result<(), PublishError> {
    let unavailable = |e: crate::bus::BusError| PublishError::Unavailable(e.to_string());
    let Some(message) = bus
        .newest(StreamName::Items, subject)
        .await
        .map_err(unavailable)?
    else {
        return Ok(());
    };
    let number = Newest::of(&message).revision;
    let id = subject.rsplit('.').next().unwrap_or_default();
    for _ in 0..RACES {
        let kept = bus.record(id).await.map_err(unavailable)?;
        let expect = kept.as_ref().map_or(0, |k| k.sequence);
        let before = kept.map(|k| k.value).unwrap_or_default();
        if before.revision >= number {
            return Ok(());
        }
        let record = Record {
            revision: number,
            ..before
        };
        match bus.publish(&bus.record_message(id, &record, expect)).await {
            Err(PublishError::WrongLastSequence) => {}
            result => return result.map(|_| ()),
        }
    }
    Ok(())
}
