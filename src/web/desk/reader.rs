//! What the desk page lists is read once, for everybody who looks: one ordered consumer over the items, one over the
//! deliveries without their bodies, and the state of the streams every five seconds.

use super::Desk;
use super::window::{DELIVERIES, Delivery, Pace, Place, ROWS, Row, Window};
use crate::bus::archive::{Message, Since};
use crate::bus::layout::StreamName;
use crate::bus::roles::StreamStatus;
use crate::bus::{Bus, BusError};
use crate::event::Event;
use crate::service::WITHDRAWN;
use futures_util::StreamExt;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the streams.
const TICK: Duration = Duration::from_secs(5);
/// Before a reading that broke off is begun again.
const PAUSE: Duration = Duration::from_secs(2);
/// Points of the small plots: ten minutes.
const POINTS: usize = 120;
/// Revisions read at the start for each item listed.
const REVISIONS: usize = 2;

/// What waits and how fast it goes, at one moment.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Point {
    /// Milliseconds of Unix time.
    pub(super) time: i64,
    /// Articles to enrich.
    enrich: u64,
    /// Items to deliver.
    fanout: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    p50: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99: Option<i64>,
}

/// A point with all that goes with it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Status {
    #[serde(flatten)]
    point: Point,
    #[serde(flatten)]
    pace: Rates,
    streams: Vec<StreamStatus>,
    dead: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Rates {
    channels: BTreeMap<String, (usize, usize)>,
}

/// Follows items and deliveries until shutdown.
pub(super) async fn follow(desk: Arc<Desk>) {
    let reading = async {
        loop {
            if let Err(error) = read(&desk).await {
                tracing::warn!(%error, "the desk page shows nothing new, will read again");
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = desk.shutdown.cancelled() => {}
        () = reading => {}
    }
}

async fn read(desk: &Desk) -> Result<(), BusError> {
    let bus = &desk.bus;
    let newest = Place {
        items: bus.last_place(StreamName::Items).await?,
        channels: bus.last_place(StreamName::Channels).await?,
    };
    let at = begin(desk, newest);
    let items = bus.read_from(StreamName::Items, None, Since::After(at.items), true);
    let mut items = Box::pin(items.await?);
    let deliveries = bus.read_headers(StreamName::Channels, Since::After(at.channels), true);
    let mut deliveries = Box::pin(deliveries.await?);
    loop {
        tokio::select! {
            Some(message) = items.next() => take(desk, &message?),
            Some(message) = deliveries.next() => deliver(desk, &message?),
            else => return Ok(()),
        }
        desk.changed.send_modify(|n| *n += 1);
    }
}

/// Where to go on; with a window of its own where there is none yet, or the streams were made anew.
fn begin(desk: &Desk, newest: Place) -> Place {
    let mut window = desk.write();
    let at = window.at();
    let goes_on =
        at != Place::default() && at.items <= newest.items && at.channels <= newest.channels;
    if !goes_on {
        *window = Window::behind(Place {
            items: newest.items.saturating_sub((ROWS * REVISIONS) as u64),
            channels: newest.channels.saturating_sub(DELIVERIES as u64),
        });
    }
    window.at()
}

fn take(desk: &Desk, message: &Message) {
    match serde_json::from_slice::<Event>(&message.payload) {
        Ok(event) => {
            let row = Row::new(&event.data, message.sequence, millis(&message.time));
            desk.write().take(row, Arc::new(event.data));
        }
        Err(error) => tracing::warn!(subject = message.subject, %error, "no item, not listed"),
    }
}

fn deliver(desk: &Desk, message: &Message) {
    let mut tokens = message.subject.rsplit('.');
    let (Some(id), Some(channel), Some("channel")) = (tokens.next(), tokens.next(), tokens.next())
    else {
        return;
    };
    let delivery = Delivery {
        time: millis(&message.time),
        id: id.to_owned(),
        channel: channel.to_owned(),
        withdrawn: message.header(WITHDRAWN).is_some(),
    };
    desk.write().deliver(message.sequence, delivery);
}

/// Looks at the streams until shutdown.
pub(super) async fn measure(desk: Arc<Desk>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        match status(&desk.bus, &desk).await {
            Ok(status) => {
                let mut history = desk.history();
                if history.len() == POINTS {
                    history.pop_front();
                }
                history.push_back(status.point.clone());
                drop(history);
                desk.status.send_replace(Some(Arc::new(status)));
            }
            Err(error) => tracing::debug!(%error, "the streams cannot be looked at"),
        }
    }
}

async fn status(bus: &Bus, desk: &Desk) -> Result<Status, BusError> {
    let streams = bus.streams().await?;
    let time = jiff::Timestamp::now().as_millisecond();
    let Pace { channels, p50, p99 } = desk.read().pace(time);
    let waiting = |at: usize| {
        let backlog = streams.get(at).map(|s| s.backlog.as_slice());
        backlog
            .unwrap_or_default()
            .iter()
            .filter(|b| at == 0 || b.consumer == crate::bus::channels::FANOUT)
            .map(|b| b.waiting + b.unacked as u64)
            .sum()
    };
    Ok(Status {
        point: Point {
            time,
            enrich: waiting(0),
            fanout: waiting(1),
            p50,
            p99,
        },
        pace: Rates { channels },
        dead: streams.last().map_or(0, |s| s.messages),
        streams,
    })
}

/// RFC 3339 as milliseconds of Unix time.
pub(super) fn millis(time: &str) -> i64 {
    time.parse()
        .map_or(0, |t: jiff::Timestamp| t.as_millisecond())
}
