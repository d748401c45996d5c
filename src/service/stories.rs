//! Which story an item belongs to, the same for every process.
//!
//! Every enricher follows the ledger into an index of its own, headers alone, beginning a window ago, and asks it when it
//! enriches. Two processes can still enrich two copies at once, and each call its own the first. The order in the ledger
//! decides: whoever follows it, in whichever process, sees the later one call itself first where an earlier copy stands, and
//! publishes its next revision, conditional on the one seen, so that one of them does. What every process computes is a
//! function of the ledger, so nothing need be agreed upon, and nothing is lost with a process: another one, or the next
//! start, finds the same thing wrong. The same happens when the first of a story is withdrawn: the oldest left stands for it.

use super::revision::{self, Newest};
use super::{Desk, now};
use crate::bus::archive::{Message, Since};
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError};
use crate::bus::{Bus, BusError};
use crate::enrich::stories::{Index, Repair, Seen, Signature, Standing};
use crate::event::Event;
use crate::item::{Action, Item};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What an item is recognised by.
const SIGNATURE: &str = "Copydesk-Signature";
/// The first item of its story.
const STORY: &str = "Copydesk-Story";
/// The item it repeats.
const ELDER: &str = "Copydesk-Elder";
/// Most time given to reading the window at start; what is not read by then comes while working.
const CATCH_UP: Duration = Duration::from_secs(60);
/// How long a correction is offered to a NATS that does not take it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause before the ledger is followed again.
const AGAIN: Duration = Duration::from_secs(1);

/// The index of one enricher. Cheap to clone; without a window it knows nothing and says nothing.
#[derive(Clone)]
pub(super) struct Stories {
    desk: Desk,
    index: Option<Arc<Mutex<Index>>>,
    /// Last place followed.
    place: u64,
}

impl Stories {
    /// Reads the window.
    pub(super) async fn open(desk: Desk) -> Result<Self, BusError> {
        let config = desk.config.now();
        let settings = &config.settings.stories;
        let window = Duration::from_secs(u64::from(settings.window_days) * 86_400);
        let index = (settings.window_days > 0).then(|| {
            Arc::new(Mutex::new(Index::new(
                settings.window_days,
                settings.max_items,
            )))
        });
        let mut stories = Self {
            desk,
            index,
            place: 0,
        };
        if stories.index.is_none() {
            return Ok(stories);
        }
        let bus = stories.desk.bus.clone();
        let last = bus.last_place(StreamName::Items).await?;
        let messages = bus
            .read_headers(StreamName::Items, Since::Ago(window), false)
            .await?;
        let mut messages = Box::pin(messages);
        let mut wrong = HashMap::new();
        let deadline = tokio::time::Instant::now() + CATCH_UP;
        let ended = loop {
            match tokio::time::timeout_at(deadline, messages.next()).await {
                Ok(Some(message)) => {
                    for repair in stories.follow(&message?).await? {
                        // Later revisions correct themselves.
                        wrong.insert(repair.id.clone(), repair);
                    }
                }
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        if ended {
            stories.place = stories.place.max(last);
        } else {
            tracing::warn!(
                secs = CATCH_UP.as_secs(),
                "the window of stories is long to read, going on with it beside the work"
            );
        }
        stories.repair(wrong.into_values().collect()).await;
        tracing::debug!(
            items = stories.index().map_or(0, |i| i.len()),
            "stories known"
        );
        Ok(stories)
    }

    /// What stands in the headers of an item.
    pub(super) fn headers(item: &Item, signature: &Signature) -> Vec<(&'static str, String)> {
        let enrichment = &item.enrichment;
        let mut headers = vec![(STORY, enrichment.story.clone())];
        headers.extend(enrichment.elder.iter().map(|e| (ELDER, e.id.clone())));
        // One that is withdrawn is looked at closely by those who follow.
        if enrichment.action != Action::Kill && item.item.pub_status != "canceled" {
            headers.push((SIGNATURE, signature.encode()));
        }
        headers
    }

    /// Puts a new item, or a new revision of one, beside its likes.
    pub(super) fn place(&self, item: &mut Item, signature: &Signature) {
        if let Some(mut index) = self.index() {
            let now = jiff::Timestamp::now().as_millisecond();
            let standing = index.expect(&item.enrichment.id, signature, now);
            drop(index);
            standing.put_on(item);
        }
    }

    /// Forgets an item that was placed and not stored.
    pub(super) fn forget(&self, id: &str) {
        if let Some(mut index) = self.index() {
            index.forget(id);
        }
    }

    /// Follows the ledger until told to stop.
    pub(super) async fn run(mut self) {
        let shutdown = self.desk.shutdown.clone();
        if self.index.is_some() {
            shutdown
                .run_until_cancelled(Box::pin(self.follow_all()))
                .await;
        }
    }

    async fn follow_all(&mut self) {
        loop {
            if let Err(error) = self.follow_live().await {
                tracing::debug!(%error, "following the ledger again");
            }
            tokio::time::sleep(AGAIN).await;
            self.desk.bus.connected().await;
        }
    }

    async fn follow_live(&mut self) -> Result<(), BusError> {
        let bus = self.desk.bus.clone();
        let since = Since::After(self.place);
        let messages = bus.read_headers(StreamName::Items, since, true).await?;
        let mut messages = Box::pin(messages);
        while let Some(message) = messages.next().await {
            let wrong = self.follow(&message?).await?;
            self.repair(wrong).await;
        }
        Ok(())
    }

    async fn follow(&mut self, message: &Message) -> Result<Vec<Repair>, BusError> {
        let seen = match seen(message) {
            Some(seen) => Some(seen),
            None => read(&self.desk.bus, message).await?,
        };
        self.place = message.sequence;
        Ok(seen
            .zip(self.index())
            .map_or_else(Vec::new, |(seen, mut index)| index.follow(seen)))
    }

    async fn repair(&self, wrong: Vec<Repair>) {
        join_all(wrong.into_iter().map(|repair| async {
            let id = repair.id.clone();
            if let Err(error) = correct(&self.desk, repair).await {
                // Another process may have done it; else the next start does.
                tracing::warn!(%error, id, "the story of an item is not corrected yet");
            }
        }))
        .await;
    }

    fn index(&self) -> Option<MutexGuard<'_, Index>> {
        let index = self.index.as_ref()?;
        Some(index.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A revision by its headers; `None` where they do not say enough.
fn seen(message: &Message) -> Option<Seen> {
    let mut tokens = message.subject.rsplit('.');
    Some(Seen {
        id: tokens.next()?.to_owned(),
        source: tokens.next()?.to_owned(),
        place: message.sequence,
        time_ms: time_ms(message),
        signature: Signature::decode(message.header(SIGNATURE)?)?,
        story: message.header(STORY)?.to_owned(),
        elder: message.header(ELDER).map(str::to_owned),
        killed: false,
    })
}

/// A revision by the newest body on its subject; `None` when that is no event of ours.
async fn read(bus: &Bus, message: &Message) -> Result<Option<Seen>, BusError> {
    let Some(newest) = bus.newest(StreamName::Items, &message.subject).await? else {
        return Ok(None);
    };
    let Ok(event) = serde_json::from_slice::<Event>(&newest.payload) else {
        return Ok(None);
    };
    let enrichment = &event.data.enrichment;
    let story = Some(enrichment.story.clone()).filter(|s| !s.is_empty());
    Ok(Some(Seen {
        id: enrichment.id.clone(),
        source: enrichment.source_name.clone(),
        place: message.sequence,
        time_ms: time_ms(message),
        signature: Signature::of(&event.data),
        story: story.unwrap_or_else(|| enrichment.id.clone()),
        elder: enrichment.elder.as_ref().map(|e| e.id.clone()),
        killed: enrichment.action == Action::Kill,
    }))
}

fn time_ms(message: &Message) -> i64 {
    let time = message.time.parse::<jiff::Timestamp>();
    time.map_or(0, jiff::Timestamp::as_millisecond)
}

/// Publishes the next revision of an item with its right story, unless there is one already.
async fn correct(desk: &Desk, repair: Repair) -> Result<(), PublishError> {
    let subject = desk.bus.names().item(&repair.source, &repair.id);
    let next = desk
        .bus
        .with_patience(PATIENCE, || async {
            let newest = desk.bus.newest(StreamName::Items, &subject).await;
            let newest = newest.map_err(|e| PublishError::Unavailable(e.to_string()))?;
            let Some(message) = newest.filter(|m| m.sequence == repair.place) else {
                return Ok(());
            };
            let Ok(event) = serde_json::from_slice::<Event>(&message.payload) else {
                return Ok(());
            };
            let next = corrected(event, &message, repair.standing.clone());
            desk.bus.publish(&next).await.map(|_| ())
        })
        .await;
    match next {
        // Another process was faster, with the same.
        Err(PublishError::WrongLastSequence) => Ok(()),
        result => result,
    }
}

fn corrected(event: Event, message: &Message, standing: Standing) -> Outgoing {
    let newest = Newest::of(message);
    let revision = newest.revision + 1;
    let mut item = event.data;
    standing.put_on(&mut item);
    item.enrichment.reason = Some("story".into());
    let signature = Signature::of(&item);
    let event = Event::new(
        item,
        revision,
        Action::Update,
        &now(),
        &newest.first,
        event.traceparent,
    );
    let mut headers = revision::headers(&newest.content, newest.order, revision, &newest.first);
    headers.extend(Stories::headers(&event.data, &signature));
    Outgoing {
        subject: message.subject.clone(),
        id: format!("{}:item:{revision}", event.subject),
        headers,
        payload: Bytes::from(serde_json::to_vec(&event).unwrap_or_default()),
        expect: Some(message.sequence),
    }
}
