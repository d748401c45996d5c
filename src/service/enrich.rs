//! Articles → items. The enricher owns revisions (invariant 3) and acks after its output is stored (invariant 4).

use super::jumps::{self, Jump, Piece};
use super::revision::{self, Decision, Newest};
use super::stories::Stories;
use super::{Desk, Poison, ServiceError, guarded, now};
use crate::article::{Article, PubStatus};
use crate::bus::archive::Message;
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError};
use crate::bus::work::{Deliveries, Delivery, Order, Verdict};
use crate::enrich::stories::Signature;
use crate::enrich::{decisions, enrich};
use crate::event::Event;
use crate::item::{Action, Item};
use crate::metrics::{METRICS, TAKEN};
use crate::page::halves::seam;
use crate::trace::{TRACEPARENT, TraceContext};
use bytes::Bytes;
use futures_util::future::join_all;
use std::collections::HashSet;
use std::time::Duration;

/// Most articles enriched and stored together.
const GROUP: usize = 128;
/// How long a group is offered to a NATS that does not take it before its articles go back.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause before a half is looked at again that NATS would not take.
const AGAIN: Duration = Duration::from_secs(5);
/// How often a lost race for a revision is run again at once.
const RACES: u32 = 20;

pub(super) struct Enrich {
    desk: Desk,
    deliveries: Deliveries,
    stories: Stories,
}

/// An article enriched, with what its revision is decided by.
struct Draft {
    delivery: Delivery,
    subject: String,
    content: String,
    order: Order,
    trace: TraceContext,
    absorbs: Option<String>,
    item: Item,
    signature: Signature,
}

impl Enrich {
    pub(super) async fn open(desk: Desk) -> Result<Self, ServiceError> {
        let deliveries = desk.bus.deliveries(StreamName::Articles, "enrich").await?;
        let stories = Stories::open(desk.clone()).await?;
        Ok(Self {
            desk,
            deliveries,
            stories,
        })
    }

    pub(super) async fn run(self) {
        let stories = self.stories.clone();
        tokio::join!(stories.run(), self.enrich());
    }

    async fn enrich(mut self) {
        let shutdown = self.desk.shutdown.clone();
        loop {
            let group = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                group = self.deliveries.next_group(GROUP) => group,
            };
            self.work(group).await;
        }
        self.deliveries.release().await;
    }

    async fn work(&self, group: Vec<Delivery>) {
        let pieces = self.pieces(group).await;
        let mut drafts = self.draft(pieces).await;
        // Two revisions of one article never share a commit: the second has to see the first.
        while !drafts.is_empty() {
            let mut subjects = HashSet::new();
            let (now, later) = drafts
                .into_iter()
                .partition(|draft: &Draft| subjects.insert(draft.subject.clone()));
            self.store(now).await;
            drafts = later;
        }
    }

    /// Reads articles, and brings halves of jumping pieces together.
    async fn pieces(&self, group: Vec<Delivery>) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(group.len());
        let mut halves = Vec::new();
        for delivery in group {
            match serde_json::from_slice::<Article>(&delivery.payload) {
                Err(error) => {
                    self.give_up(&delivery, format!("not an article of copydesk: {error}"))
                        .await
                }
                Ok(article) => match seam(&article) {
                    Some((seam, half)) => {
                        halves.push(jumps::keep(&self.desk, delivery, article, seam, half))
                    }
                    None => pieces.push(Piece {
                        order: delivery.order,
                        article,
                        delivery,
                        absorbs: None,
                    }),
                },
            }
        }
        // All are stored before any is looked up: two halves in one group find each other.
        let kept = join_all(halves).await;
        let met = join_all(kept.into_iter().map(|kept| async {
            match kept {
                Ok(kept) => jumps::meet(&self.desk, kept).await,
                Err(jump) => jump,
            }
        }))
        .await;
        for jump in met {
            match jump {
                Jump::Go(piece) => pieces.push(*piece),
                Jump::Hold(delivery, rest) => {
                    tracing::debug!(subject = %delivery.subject, secs = rest.as_secs(), "a continuation waits for its head");
                    self.deliveries
                        .settle(&delivery, Verdict::Retry(rest))
                        .await;
                }
                Jump::Again(delivery, error) => {
                    tracing::warn!(%error, subject = %delivery.subject, "will be tried again");
                    self.deliveries
                        .settle(&delivery, Verdict::Retry(AGAIN))
                        .await;
                }
            }
        }
        pieces
    }

    /// Enriches on the blocking threads, as many at once as there are cores.
    async fn draft(&self, mut pieces: Vec<Piece>) -> Vec<Draft> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let share = pieces.len().div_ceil(cores).max(1);
        let mut tasks = Vec::with_capacity(cores);
        while !pieces.is_empty() {
            let rest = pieces.split_off(share.min(pieces.len()));
            let chunk = std::mem::replace(&mut pieces, rest);
            let desk = self.desk.clone();
            tasks.push(tokio::task::spawn_blocking(move || {
                chunk
                    .into_iter()
                    .map(|piece| draft(&desk, piece))
                    .collect::<Vec<_>>()
            }));
        }
        let mut drafts = Vec::new();
        for task in join_all(tasks).await {
            let results =
                task.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
            for result in results {
                match result {
                    Ok(draft) => drafts.push(draft),
                    Err(Poison { delivery, reason }) => self.give_up(&delivery, reason).await,
                }
            }
        }
        drafts
    }

    async fn store(&self, mut drafts: Vec<Draft>) {
        for draft in &mut drafts {
            self.stories.place(&mut draft.item, &draft.signature);
        }
        let time = now();
        let fresh = drafts
            .iter()
            .map(|d| d.outgoing(d.item.clone(), 1, Action::Publish, 0, &time, &time))
            .collect();
        let results = self.desk.bus.publish_all(fresh).await;
        join_all(drafts.iter().zip(results).map(|(draft, result)| async {
            let outcome = match result {
                Ok(stored) if !stored.duplicate => Ok(true),
                // Known by its id, or by its subject: the newest revision decides.
                Ok(_) | Err(PublishError::WrongLastSequence) => self.revise(draft).await,
                Err(error) if error.is_transient() => self.revise(draft).await,
                Err(error) => Err(error),
            };
            let outcome = match (outcome, &draft.absorbs) {
                (Ok(published), Some(rest)) => {
                    let e = &draft.item.enrichment;
                    jumps::withdraw(&self.desk, &e.source_name, rest, &e.id)
                        .await
                        .map(|()| published)
                }
                (outcome, _) => outcome,
            };
            if !matches!(outcome, Ok(true)) {
                self.stories.forget(&draft.item.enrichment.id);
            }
            self.conclude(draft, outcome).await;
        }))
        .await;
    }

    /// Publishes as the revision that follows the newest, or drops it. `false` when it was dropped.
    async fn revise(&self, draft: &Draft) -> Result<bool, PublishError> {
        self.desk
            .bus
            .with_patience(PATIENCE, || async {
                for _ in 0..RACES {
                    let newest = self
                        .desk
                        .bus
                        .newest(StreamName::Items, &draft.subject)
                        .await;
                    let newest = newest.map_err(|e| PublishError::Unavailable(e.to_string()))?;
                    let item = self.decided(draft, newest.as_ref());
                    let newest = newest.as_ref().map(Newest::of);
                    let Decision::Publish {
                        revision,
                        action,
                        expect,
                    } = revision::decide(newest.as_ref(), &draft.content, draft.order)
                    else {
                        return Ok(false);
                    };
                    let time = now();
                    let first = newest.map_or_else(|| time.clone(), |n| n.first);
                    match self
                        .desk
                        .bus
                        .publish(&draft.outgoing(item, revision, action, expect, &time, &first))
                        .await
                    {
                        Ok(stored) if !stored.duplicate => return Ok(true),
                        // Somebody was faster: look again.
                        Ok(_) | Err(PublishError::WrongLastSequence) => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(PublishError::Unavailable(
                    "its revisions change faster than they can be read".into(),
                ))
            })
            .await
    }

    /// The item with what people have decided about the revision before it.
    fn decided(&self, draft: &Draft, newest: Option<&Message>) -> Item {
        let mut item = draft.item.clone();
        let before = newest.filter(|m| m.header(revision::DECIDED).is_some());
        let before = before.and_then(|m| serde_json::from_slice::<Event>(&m.payload).ok());
        if let Some(event) = before {
            let config = self.desk.config.now();
            let decisions = event.data.enrichment.decisions;
            decisions::apply(&mut item, decisions, &config.models.topics);
        }
        item
    }

    async fn conclude(&self, draft: &Draft, outcome: Result<bool, PublishError>) {
        let span = tracing::info_span!("article", id = %draft.item.enrichment.id, trace = %draft.trace.trace_id());
        match outcome {
            Ok(true) => {
                if draft.item.item.pub_status == PubStatus::Canceled.as_str() {
                    super::kill::overtake(&self.desk.bus, &draft.subject).await;
                }
                self.desk.tally.done(1);
                METRICS.items.inc();
                super::span(
                    "enrich",
                    &draft.trace,
                    &draft.delivery,
                    &draft.item.enrichment.id,
                );
                METRICS
                    .enrich
                    .observe(draft.delivery.waited().as_secs_f64());
                span.in_scope(|| {
                    tracing::debug!(topics = draft.item.enrichment.topics.len(), "enriched")
                });
                self.deliveries.settle(&draft.delivery, Verdict::Ack).await;
            }
            Ok(false) => {
                self.desk.tally.unchanged(1);
                METRICS.unchanged.inc();
                span.in_scope(|| tracing::debug!("known already"));
                self.deliveries.settle(&draft.delivery, Verdict::Ack).await;
            }
            Err(error) if error.is_transient() => {
                span.in_scope(|| tracing::warn!(%error, "not stored, will be tried again"));
                self.deliveries
                    .settle(&draft.delivery, Verdict::Retry(Duration::from_secs(5)))
                    .await;
            }
            Err(error) => self.give_up(&draft.delivery, error.to_string()).await,
        }
    }

    /// Puts a message nothing can be made of with the dead letters; then, and only then, it is acked.
    async fn give_up(&self, delivery: &Delivery, reason: String) {
        super::give_up(&self.desk, &self.deliveries, "enrich", delivery, reason).await;
    }
}

/// Enriches one article.
fn draft(desk: &Desk, piece: Piece) -> Result<Draft, Poison> {
    let Piece {
        delivery,
        article,
        order,
        absorbs,
    } = piece;
    let config = desk.config.now();
    match guarded(|| {
        let item = enrich(&article, &config.models);
        let signature = Signature::of(&item);
        (item, signature)
    }) {
        Ok((item, signature)) => Ok(Draft {
            subject: desk.bus.names().item(&article.source.name, &article.id),
            content: article.content_hash(),
            order,
            trace: TraceContext::parse(delivery.header(TRACEPARENT)).step(),
            absorbs,
            item,
            signature,
            delivery,
        }),
        Err(panic) => Err(Poison::new(
            delivery,
            format!("enriching it panicked: {panic}; this is a defect, please report it"),
        )),
    }
}

impl Draft {
    fn outgoing(
        &self,
        item: Item,
        revision: u32,
        action: Action,
        expect: u64,
        time: &str,
        first: &str,
    ) -> Outgoing {
        let trace = self.trace.to_string();
        let mut headers = revision::headers(&self.content, self.order, revision, first);
        headers.push((TRACEPARENT, trace.clone()));
        headers.extend(
            self.delivery
                .header(TAKEN)
                .map(|taken| (TAKEN, taken.to_owned())),
        );
        headers.extend(revision::decided(&item));
        headers.extend(Stories::headers(&item, &self.signature));
        let event = Event::new(item, revision, action, time, first, Some(trace));
        Outgoing {
            subject: self.subject.clone(),
            id: format!("{}:item:{revision}", self.item.enrichment.id),
            headers,
            // Serializing these types cannot fail: no maps with odd keys, no non-finite numbers that JSON would refuse.
            payload: Bytes::from(serde_json::to_vec(&event).unwrap_or_default()),
            expect: Some(expect),
        }
    }
}
