//! Feeds of channels (`/feeds/CHANNEL.json`, `.atom`) and items by id (`/items/ID`).
//!
//! A reader that asks again is answered from memory: whether anything changed is known without NATS, and the newest page
//! of a channel is made once for everybody.

mod asked;
mod shelf;
mod write;

use super::Surroundings;
use crate::bus::Bus;
use crate::bus::layout::StreamName;
use crate::event::{CONTENT_TYPE, Event};
use crate::item::Action;
use crate::service::Live;
use asked::{Asked, Form, USUAL, source_of};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::future::join_all;
use jiff::Timestamp;
use shelf::{Page, Shelf};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use write::Feed;

/// Pages made at once: each fetches its items.
const AT_ONCE: usize = 4;
/// Newest pages kept.
const MOST_KEPT: usize = 64;
/// Dates as HTTP writes them.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

struct Feeds {
    bus: Bus,
    config: Live,
    shelf: Arc<Shelf>,
    kept: Mutex<VecDeque<Kept>>,
    making: Semaphore,
}

/// A newest page that was made.
struct Kept {
    asked: Asked,
    base: String,
    newest: u64,
    body: Bytes,
}

pub(super) fn router(around: &Surroundings) -> Router {
    let shelf = Arc::new(Shelf::default());
    tokio::spawn(
        shelf
            .clone()
            .follow(around.bus.clone(), around.shutdown.clone()),
    );
    let feeds = Feeds {
        bus: around.bus.clone(),
        config: around.config.clone(),
        shelf,
        kept: Mutex::default(),
        making: Semaphore::new(AT_ONCE),
    };
    Router::new()
        .route("/feeds/{file}", get(feed))
        .route("/items/{id}", get(item))
        .with_state(Arc::new(feeds))
}

/// Why not.
enum Refusal {
    Wrong(&'static str),
    Unknown(&'static str),
    Away,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Wrong(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
            Self::Unknown(what) => (StatusCode::NOT_FOUND, format!("{what}\n")).into_response(),
            Self::Away => (
                StatusCode::SERVICE_UNAVAILABLE,
                [(header::RETRY_AFTER, "5")],
                "NATS does not answer, or the channels are still being read; ask again\n",
            )
                .into_response(),
        }
    }
}

async fn feed(
    State(feeds): State<Arc<Feeds>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asked = Asked::read(&file, query.as_deref().unwrap_or_default()).map_err(Refusal::Wrong)?;
    if !feeds.shelf.is_caught_up() {
        return Err(Refusal::Away);
    }
    let page = match feeds.shelf.page(&asked.channel, asked.before, asked.limit) {
        Some(page) => page,
        None if feeds.is_known(&asked.channel).await? => Page {
            newest: 0,
            time: Timestamp::UNIX_EPOCH.to_string(),
            places: Vec::new(),
            more: false,
        },
        None => return Err(Refusal::Unknown("there is no such channel")),
    };
    let stamps = Stamps::of(&asked, &page);
    if stamps.is_known(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, stamps.headers()).into_response());
    }
    let body = feeds.body(&asked, &base(&headers), &page).await?;
    let kind = HeaderValue::from_static(asked.form.content_type());
    Ok((stamps.headers(), [(header::CONTENT_TYPE, kind)], body).into_response())
}

impl Feeds {
    /// Whether there is a channel that nothing came for yet.
    async fn is_known(&self, channel: &str) -> Result<bool, Refusal> {
        let config = self.config.now();
        if config.channels.list.iter().any(|c| c.name == channel) {
            return Ok(true);
        }
        let sequence = self.bus.channel_sequence(channel).await;
        sequence.map(|s| s > 0).map_err(|_| Refusal::Away)
    }

    /// The page, made or kept.
    async fn body(&self, asked: &Asked, base: &str, page: &Page) -> Result<Bytes, Refusal> {
        let is_usual = asked.before.is_none() && asked.limit == USUAL;
        if let Some(body) = is_usual.then(|| self.find(asked, base, page)).flatten() {
            return Ok(body);
        }
        let _turn = self.making.acquire().await.map_err(|_| Refusal::Away)?;
        // Somebody before may have made it.
        if let Some(body) = is_usual.then(|| self.find(asked, base, page)).flatten() {
            return Ok(body);
        }
        let body = Bytes::from(self.make(asked, base, page).await?);
        if is_usual {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|k| k.asked != *asked || k.base != base);
            kept.push_back(Kept {
                asked: asked.clone(),
                base: base.to_owned(),
                newest: page.newest,
                body: body.clone(),
            });
            if kept.len() > MOST_KEPT {
                kept.pop_front();
            }
        }
        Ok(body)
    }

    fn find(&self, asked: &Asked, base: &str, page: &Page) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut same = kept.iter().filter(|k| k.newest == page.newest);
        same.find(|k| k.asked == *asked && k.base == base)
            .map(|k| k.body.clone())
    }

    async fn make(&self, asked: &Asked, base: &str, page: &Page) -> Result<Vec<u8>, Refusal> {
        let fetched = page
            .places
            .iter()
            .map(|place| self.bus.message_at(StreamName::Channels, *place));
        let mut events = Vec::with_capacity(page.places.len());
        for message in join_all(fetched).await {
            // One that has left the stream meanwhile is no more in the feed either.
            let Some(message) = message.map_err(|_| Refusal::Away)? else {
                continue;
            };
            let event: Option<Event> = serde_json::from_slice(&message.payload).ok();
            events.extend(event.filter(is_to_be_shown));
        }
        let older = page.places.last().filter(|_| page.more).map(|place| Asked {
            before: Some(*place),
            ..asked.clone()
        });
        let (this, next) = (asked.path(), older.map(|o| o.path()));
        let feed = Feed {
            channel: &asked.channel,
            base,
            this: &this,
            next: next.as_deref(),
            updated: &page.time,
            events: &events,
        };
        Ok(match asked.form {
            Form::Json => feed.json(),
            Form::Atom => feed.atom(),
        })
    }
}

/// What was killed or withdrawn is gone from feeds.
fn is_to_be_shown(event: &Event) -> bool {
    !matches!(
        event.data.enrichment.action,
        Action::Kill | Action::Withdraw
    )
}

/// What tells a reader that nothing changed.
struct Stamps {
    tag: String,
    modified: Option<Timestamp>,
}

impl Stamps {
    fn of(asked: &Asked, page: &Page) -> Self {
        let modified: Option<Timestamp> = page.time.parse().ok();
        // A stream that was made anew counts from one again: the time tells them apart.
        let time = modified.map_or(0, Timestamp::as_millisecond);
        let before = asked.before.unwrap_or(0);
        let (form, limit) = (asked.form.extension(), asked.limit);
        Self {
            tag: format!("W/\"{form}-{time:x}-{:x}-{before:x}-{limit}\"", page.newest),
            modified,
        }
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let text = |name| {
            headers
                .get(name)
                .and_then(|v: &HeaderValue| v.to_str().ok())
        };
        // RFC 9110: where tags are sent, dates count for nothing.
        if let Some(tags) = text(header::IF_NONE_MATCH) {
            let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
            return tags
                .split(',')
                .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(&self.tag));
        }
        let since =
            text(header::IF_MODIFIED_SINCE).and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        match (since, self.modified) {
            (Some(since), Some(modified)) => modified.as_second() <= since.timestamp().as_second(),
            _ => false,
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let modified = self.modified.map(|m| m.strftime(HTTP_DATE).to_string());
        for (name, value) in [
            (header::ETAG, Some(self.tag.clone())),
            (header::LAST_MODIFIED, modified),
            (header::CACHE_CONTROL, Some("private, no-cache".to_owned())),
        ] {
            if let Some(value) = value.and_then(|v| HeaderValue::try_from(v).ok()) {
                headers.insert(name, value);
            }
        }
        headers
    }
}

/// `http://host`, as whoever asks sees it.
fn base(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{}", text("host").unwrap_or("localhost"))
}

/// The newest revision of an item: its event, its data alone, or its text, as `Accept` has it.
async fn item(
    State(feeds): State<Arc<Feeds>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let source = source_of(&id).ok_or(Refusal::Unknown("no item can be called so"))?;
    let subject = feeds.bus.names().item(source, &id);
    let newest = feeds.bus.newest(StreamName::Items, &subject).await;
    let newest = newest.map_err(|_| Refusal::Away)?;
    let message = newest.ok_or(Refusal::Unknown("there is no such item"))?;
    let tag = format!("W/\"{:x}-{}\"", message.sequence, message.time);
    let stamps = Stamps {
        tag,
        modified: message.time.parse().ok(),
    };
    let mut head = stamps.headers();
    head.insert(header::VARY, HeaderValue::from_static("accept"));
    if stamps.is_known(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let event: Event = serde_json::from_slice(&message.payload).map_err(|_| Refusal::Away)?;
    let status = match is_to_be_shown(&event) {
        true => StatusCode::OK,
        false => StatusCode::GONE,
    };
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let (kind, body) = if accept.contains(CONTENT_TYPE) {
        (CONTENT_TYPE, message.payload)
    } else if accept.starts_with("text/plain") {
        let text = format!("{}\n\n{}\n", event.data.item.title, event.data.body());
        ("text/plain; charset=utf-8", Bytes::from(text))
    } else {
        let data = serde_json::to_vec(&event.data).unwrap_or_default();
        ("application/json", Bytes::from(data))
    };
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok((status, head, body).into_response())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
