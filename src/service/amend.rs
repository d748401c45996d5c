//! A next revision of an archived item, made of the newest one: nobody else's revision is ever overwritten (invariant 3).

use super::now;
use super::revision::{self, Newest};
use crate::bus::Bus;
use crate::bus::archive::Message;
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError};
use crate::event::Event;
use crate::item::{Action, Item};
use crate::trace::{TRACEPARENT, TraceContext};
use bytes::Bytes;

/// How often a lost race for a revision is run again.
const RACES: u32 = 20;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Amended {
    /// The item before and after; the later one is the newest revision now.
    Published(Box<(Item, Item)>),
    /// There was nothing to change.
    Unchanged,
    /// It is killed, and stays so.
    Killed,
    /// There is no such item.
    Missing,
}

/// Publishes what `change` makes of the newest revision on `subject` as the next one, with its reason. `known` is a revision
/// read already; when it is no longer the newest, it is read again.
///
/// # Errors
/// NATS does not take it, or the stored item cannot be read.
pub async fn amend(
    bus: &Bus,
    subject: &str,
    mut known: Option<Message>,
    reason: &str,
    mut change: impl FnMut(&Item) -> Option<Item>,
) -> Result<Amended, PublishError> {
    for _ in 0..RACES {
        let newest = match known.take() {
            Some(message) => Some(message),
            None => bus
                .newest(StreamName::Items, subject)
                .await
                .map_err(|e| PublishError::Unavailable(e.to_string()))?,
        };
        let Some(message) = newest else {
            return Ok(Amended::Missing);
        };
        let event: Event = serde_json::from_slice(&message.payload)
            .map_err(|e| PublishError::Refused(format!("{subject} holds no item: {e}")))?;
        let before = event.data;
        if before.enrichment.action == Action::Kill {
            return Ok(Amended::Killed);
        }
        let Some(mut after) = change(&before) else {
            return Ok(Amended::Unchanged);
        };
        after.enrichment.reason = Some(reason.to_owned());
        let newest = Newest::of(&message);
        let (revision, time) = (newest.revision + 1, now());
        let trace = TraceContext::parse(message.header(TRACEPARENT))
            .step()
            .to_string();
        let event = Event::new(
            after,
            revision,
            Action::Update,
            &time,
            &newest.first,
            Some(trace.clone()),
        );
        let mut headers = revision::headers(&newest.content, newest.order, revision, &newest.first);
        headers.push((TRACEPARENT, trace));
        headers.extend(revision::decided(&event.data));
        let outgoing = Outgoing {
            subject: subject.to_owned(),
            id: format!("{}:item:{revision}", event.subject),
            headers,
            payload: Bytes::from(serde_json::to_vec(&event).unwrap_or_default()),
            expect: Some(message.sequence),
        };
        match bus.publish(&outgoing).await {
            Ok(stored) if !stored.duplicate => {
                return Ok(Amended::Published(Box::new((before, event.data))));
            }
            // Somebody was faster: look again.
            Ok(_) | Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(error),
        }
    }
    Err(PublishError::Unavailable(
        "its revisions change faster than they can be read".into(),
    ))
}
