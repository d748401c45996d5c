//! Reading the desk, for as long as somebody looks.

use super::super::{Global, status};
use super::desk::{Desk, Link};
use crate::bus::Bus;
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::event::Event;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::sync::watch;

/// Pause before NATS is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Items shown from the past.
const PAST_ITEMS: u64 = 50;
/// Deliveries counted from the past.
const PAST_DELIVERIES: u64 = 2_000;
/// Header with the revision of an item.
const REVISION: &str = "Copydesk-Revision";

/// Keeps `desk` up to date. NATS may come and go: where it is, is looked up again each time.
pub(super) async fn follow(global: Global, desk: watch::Sender<Desk>) {
    loop {
        let reason = match global.open().await {
            Err(error) => error.to_string(),
            Ok((_, bus)) => {
                desk.send_modify(|d| d.connected(bus.address()));
                tokio::select! {
                    () = bus.disconnected() => "the connection is lost".to_owned(),
                    reason = statuses(&bus, &desk) => reason,
                    reason = items(&bus, &desk) => reason,
                    reason = deliveries(&bus, &desk) => reason,
                }
            }
        };
        desk.send_modify(|d| d.link = Link::Away(reason));
        tokio::time::sleep(AGAIN).await;
    }
}

/// Ends with why it could not go on.
async fn statuses(bus: &Bus, desk: &watch::Sender<Desk>) -> String {
    let mut dead_seen = None;
    loop {
        let status = match status::read(bus).await {
            Ok(status) => status,
            Err(error) => return error.to_string(),
        };
        let dead = status.streams.last().map(|s| (s.messages, s.last_sequence));
        desk.send_modify(|d| d.read(status));
        if dead != dead_seen {
            match bus.dead_letters().await {
                Ok(mut letters) => {
                    letters.reverse();
                    desk.send_modify(|d| d.dead = letters);
                    dead_seen = dead;
                }
                Err(error) => return error.to_string(),
            }
        }
    }
}

async fn items(bus: &Bus, desk: &watch::Sender<Desk>) -> String {
    let messages = match read_last(bus, StreamName::Items, PAST_ITEMS).await {
        Ok(since) => bus.read_from(StreamName::Items, None, since, true).await,
        Err(error) => Err(error),
    };
    let mut messages = match messages {
        Ok(messages) => Box::pin(messages),
        Err(error) => return error.to_string(),
    };
    while let Some(message) = messages.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return error.to_string(),
        };
        if let Ok(event) = serde_json::from_slice::<Event>(&message.payload) {
            desk.send_modify(|d| d.item(&event, milliseconds(&message.time)));
        }
    }
    "the items end".to_owned()
}

async fn deliveries(bus: &Bus, desk: &watch::Sender<Desk>) -> String {
    let messages = match read_last(bus, StreamName::Channels, PAST_DELIVERIES).await {
        Ok(since) => bus.read_headers(StreamName::Channels, since, true).await,
        Err(error) => Err(error),
    };
    let mut messages = match messages {
        Ok(messages) => Box::pin(messages),
        Err(error) => return error.to_string(),
    };
    while let Some(message) = messages.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return error.to_string(),
        };
        let mut tokens = message.subject.rsplit('.');
        let (Some(id), Some(channel)) = (tokens.next(), tokens.next()) else {
            continue;
        };
        let revision = message.header(REVISION).unwrap_or_default();
        desk.send_modify(|d| d.delivered(channel, id, revision, milliseconds(&message.time)));
    }
    "the channels end".to_owned()
}

async fn read_last(
    bus: &Bus,
    which: StreamName,
    count: u64,
) -> Result<Since, crate::bus::BusError> {
    let last = bus.last_place(which).await?;
    Ok(Since::After(last.saturating_sub(count)))
}

fn milliseconds(time: &str) -> i64 {
    let time: Result<jiff::Timestamp, _> = time.parse();
    time.map_or(0, |t| t.as_millisecond())
}
