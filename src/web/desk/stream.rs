//! `GET /api/desk/stream`: what comes, as it comes, as server-sent events.
//!
//! `item` (or `match`, where the filter given as `q` wants it) is a row of the list, `channel` a delivery, `status` the state
//! of the streams. Ids are places in the streams, so that a browser that connects again gets what it missed; `reset` tells
//! it that nobody remembers so far back and it has to ask for the list again.

use super::Desk;
use super::answer::Refusal;
use super::window::{Came, Listed, Place};
use crate::channels::Query;
use axum::extract::{Query as Asked, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// Most events made at once for one listener: a slow one waits, and costs no memory.
const BATCH: usize = 200;
/// Before a browser tries again.
const RETRY: Duration = Duration::from_secs(2);
/// Something is sent so often, so that what lies between does not close the connection.
const BEAT: Duration = Duration::from_secs(15);

#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    /// Where to go on, when the browser sends no `Last-Event-ID`.
    #[serde(default)]
    after: String,
    /// Filter.
    #[serde(default)]
    q: String,
}

/// Somebody who listens.
struct Listener {
    desk: Arc<Desk>,
    place: Place,
    query: Option<Query>,
    ready: VecDeque<Event>,
    changed: watch::Receiver<u64>,
    status: watch::Receiver<Option<Arc<super::reader::Status>>>,
    /// Nothing comes after it.
    over: bool,
    _permit: OwnedSemaphorePermit,
}

pub(super) async fn stream(
    State(desk): State<Arc<Desk>>,
    Asked(wish): Asked<Wish>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let permit = desk.listeners.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::Busy)?;
    let query = match wish.q.as_str() {
        "" => None,
        text => Some(desk.query(text)?),
    };
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    let place = last
        .and_then(Place::parse)
        .or_else(|| Place::parse(&wish.after));
    let mut listener = Listener {
        place: place.unwrap_or_else(|| desk.read().at()),
        query,
        ready: VecDeque::from([Event::default().retry(RETRY).comment("desk")]),
        changed: desk.changed.subscribe(),
        status: desk.status.subscribe(),
        over: false,
        desk,
        _permit: permit,
    };
    listener.status.mark_changed();
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT)))
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            // Marked as seen before it is looked at, so that nothing slips through between.
            self.changed.mark_unchanged();
            self.collect();
            if !self.ready.is_empty() {
                continue;
            }
            tokio::select! {
                () = self.desk.shutdown.cancelled() => return None,
                changed = self.changed.changed() => changed.ok()?,
                changed = self.status.changed() => {
                    changed.ok()?;
                    let status = self.status.borrow_and_update().clone();
                    self.ready.extend(status.map(|s| event("status", &*s)));
                }
            }
        }
    }

    /// Makes events of what came.
    fn collect(&mut self) {
        let came = {
            let window = self.desk.read();
            window.after(&mut self.place, BATCH, self.query.is_some())
        };
        let Some(came) = came else {
            self.ready.push_back(event("reset", &()));
            self.over = true;
            return;
        };
        let last = came.len().saturating_sub(1);
        for (i, came) in came.into_iter().enumerate() {
            let event = match came {
                Came::Item(row, item) => {
                    let wanted = self.query.as_ref().zip(item);
                    let kind = match wanted.is_some_and(|(query, item)| query.holds(&item)) {
                        true => "match",
                        false => "item",
                    };
                    let listed = Listed {
                        row: &row,
                        channels: Vec::new(),
                    };
                    event(kind, &listed)
                }
                Came::Delivery(delivery) => event("channel", &delivery),
            };
            let id = (i == last).then(|| self.place.to_string());
            self.ready.push_back(match id {
                Some(id) => event.id(id),
                None => event,
            });
        }
    }
}

fn event(kind: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(kind);
    // Rows and figures are plain data: making JSON of them cannot fail.
    event.clone().json_data(data).unwrap_or(event)
}
