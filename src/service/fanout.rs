//! Items → channels.

use super::revision::REVISION;
use super::{Desk, Poison, ServiceError, guarded};
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError, Stored};
use crate::bus::work::{Deliveries, Delivery, Verdict};
use crate::event::Event;
use crate::trace::{TRACEPARENT, TraceContext};
use futures_util::future::join_all;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// Most items matched and stored together.
const GROUP: usize = 128;
/// How long a delivery is offered to a NATS that does not take it before its item goes back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a lost race for a channel's subject is run again at once.
const RACES: u32 = 20;

pub(super) struct Fanout {
    desk: Desk,
    deliveries: Deliveries,
}

/// An item and the channels it goes to.
struct Dispatch {
    delivery: Delivery,
    id: String,
    revision: u32,
    trace: TraceContext,
    channels: BTreeSet<String>,
}

impl Fanout {
    pub(super) async fn open(desk: Desk) -> Result<Self, ServiceError> {
        let deliveries = desk.bus.deliveries(StreamName::Items, "fanout").await?;
        Ok(Self { desk, deliveries })
    }

    pub(super) async fn run(mut self) {
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
        let mut dispatches = self.dispatch(group).await;
        // Two revisions of one article never share a commit: the second has to see the first.
        while !dispatches.is_empty() {
            let mut ids = HashSet::new();
            let (now, later) = dispatches
                .into_iter()
                .partition(|d: &Dispatch| ids.insert(d.id.clone()));
            self.deliver(now).await;
            dispatches = later;
        }
    }

    async fn dispatch(&self, group: Vec<Delivery>) -> Vec<Dispatch> {
        let desk = self.desk.clone();
        let task = tokio::task::spawn_blocking(move || {
            group
                .into_iter()
                .map(|d| dispatch(&desk, d))
                .collect::<Vec<_>>()
        });
        let results = match task.await {
            Ok(results) => results,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let mut dispatches = Vec::with_capacity(results.len());
        for result in results {
            match result {
                Ok(dispatch) => dispatches.push(dispatch),
                Err(Poison { delivery, reason }) => {
                    super::give_up(&self.desk, &self.deliveries, "fanout", &delivery, reason).await;
                }
            }
        }
        dispatches
    }

    async fn deliver(&self, dispatches: Vec<Dispatch>) {
        let (first, later): (Vec<_>, Vec<_>) =
            dispatches.into_iter().partition(|d| d.revision == 1);
        // First revisions expect no predecessor and share a commit.
        let messages = first
            .iter()
            .flat_map(|d| d.channels.iter().map(|c| d.outgoing(&self.desk, c, 0)))
            .collect();
        let mut results = self.desk.bus.publish_all(messages).await.into_iter();
        let first = first.into_iter().map(|dispatch| {
            let results: Vec<_> = dispatch
                .channels
                .iter()
                .zip(results.by_ref())
                .map(|(_, result)| result)
                .collect();
            self.complete(dispatch, results)
        });
        join_all(first.collect::<Vec<_>>()).await;
        join_all(later.into_iter().map(|dispatch| self.correct(dispatch))).await;
    }

    /// A first revision, after the attempt to publish it to all its channels together.
    async fn complete(&self, dispatch: Dispatch, results: Vec<Result<Stored, PublishError>>) {
        let outcomes = join_all(dispatch.channels.iter().zip(results).map(
            |(channel, result)| async {
                match result {
                    Ok(_) => Ok(()),
                    Err(PublishError::WrongLastSequence) => self.overtake(&dispatch, channel).await,
                    Err(error) if error.is_transient() => self.overtake(&dispatch, channel).await,
                    Err(error) => Err(error),
                }
            },
        ))
        .await;
        self.conclude(&dispatch, outcomes.into_iter().collect())
            .await;
    }

    /// A later revision: it goes to the channels that match now, and to all that got an earlier one.
    async fn correct(&self, mut dispatch: Dispatch) {
        let outcome = match self.desk.bus.channels_holding(&dispatch.id).await {
            Ok(before) => {
                dispatch.channels.extend(before);
                join_all(
                    dispatch
                        .channels
                        .iter()
                        .map(|channel| self.overtake(&dispatch, channel)),
                )
                .await
                .into_iter()
                .collect()
            }
            Err(error) => Err(PublishError::Unavailable(error.to_string())),
        };
        self.conclude(&dispatch, outcome).await;
    }

    async fn conclude(&self, dispatch: &Dispatch, outcome: Result<(), PublishError>) {
        let span =
            tracing::info_span!("article", id = %dispatch.id, trace = %dispatch.trace.trace_id());
        match outcome {
            Ok(()) => {
                self.desk.tally.done(1);
                span.in_scope(|| tracing::debug!(revision = dispatch.revision, channels = ?dispatch.channels, "delivered"));
                self.deliveries
                    .settle(&dispatch.delivery, Verdict::Ack)
                    .await;
            }
            Err(error) if error.is_transient() => {
                span.in_scope(|| tracing::warn!(%error, "not delivered, will be tried again"));
                self.deliveries
                    .settle(&dispatch.delivery, Verdict::Retry(Duration::from_secs(5)))
                    .await;
            }
            Err(error) => {
                super::give_up(
                    &self.desk,
                    &self.deliveries,
                    "fanout",
                    &dispatch.delivery,
                    error.to_string(),
                )
                .await
            }
        }
    }

    /// Delivers over whatever the channel has of the article, unless that is this revision or a newer one.
    async fn overtake(&self, dispatch: &Dispatch, channel: &str) -> Result<(), PublishError> {
        let subject = self.desk.bus.names().channel(channel, &dispatch.id);
        self.desk
            .bus
            .with_patience(PATIENCE, || async {
                for _ in 0..RACES {
                    let newest = self.desk.bus.newest(StreamName::Channels, &subject).await;
                    let newest = newest.map_err(|e| PublishError::Unavailable(e.to_string()))?;
                    let has = newest
                        .as_ref()
                        .and_then(|m| m.header(REVISION))
                        .and_then(|r| r.parse().ok())
                        .unwrap_or(0);
                    if has >= dispatch.revision {
                        return Ok(());
                    }
                    let expect = newest.map_or(0, |m| m.sequence);
                    match self
                        .desk
                        .bus
                        .publish(&dispatch.outgoing(&self.desk, channel, expect))
                        .await
                    {
                        Ok(_) => return Ok(()),
                        Err(PublishError::WrongLastSequence) => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(PublishError::Unavailable(
                    "its channel changes faster than it can be read".into(),
                ))
            })
            .await
    }
}

/// Reads one event and finds its channels.
fn dispatch(desk: &Desk, delivery: Delivery) -> Result<Dispatch, Poison> {
    let event: Event = match serde_json::from_slice(&delivery.payload) {
        Ok(event) => event,
        Err(error) => {
            return Err(Poison::new(
                delivery,
                format!("not an event of copydesk: {error}"),
            ));
        }
    };
    let config = desk.config.now();
    match guarded(|| {
        config
            .channels
            .matcher
            .matches(&event.data)
            .iter()
            .map(|m| m.channel.to_owned())
            .collect()
    }) {
        Ok(channels) => Ok(Dispatch {
            id: event.data.enrichment.id,
            revision: event.data.enrichment.revision,
            trace: TraceContext::parse(delivery.header(TRACEPARENT)).step(),
            channels,
            delivery,
        }),
        Err(panic) => Err(Poison::new(
            delivery,
            format!("matching it panicked: {panic}; this is a defect, please report it"),
        )),
    }
}

impl Dispatch {
    fn outgoing(&self, desk: &Desk, channel: &str, expect: u64) -> Outgoing {
        Outgoing {
            subject: desk.bus.names().channel(channel, &self.id),
            id: format!("{channel}:{}:{}", self.id, self.revision),
            headers: vec![
                ("Content-Type", crate::event::CONTENT_TYPE.into()),
                (REVISION, self.revision.to_string()),
                (TRACEPARENT, self.trace.to_string()),
            ],
            payload: self.delivery.payload.clone(),
            expect: Some(expect),
        }
    }
}
