//! Items → channels. Three things side by side: items as they are published, kills that do not wait behind them, channels
//! that are brought up to date from the archive (`service/backfill.rs`).

use super::backfill::Backfill;
use super::board::Board;
use super::deliver::{Delivered, Deliverer, Piece, Scope};
use super::{Desk, Poison, ServiceError, guarded};
use crate::bus::channels::FANOUT;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::bus::work::{Deliveries, Delivery, Verdict};
use crate::channels::delivered::Why;
use crate::event::Event;
use crate::item::Item;
use crate::metrics::{METRICS, TAKEN, since};
use crate::trace::{TRACEPARENT, TraceContext};
use futures_util::StreamExt;
use futures_util::future::join_all;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// Most items matched and stored together.
const GROUP: usize = 128;
/// Pause before an item is tried again that NATS would not take.
const AGAIN: Duration = Duration::from_secs(5);
/// Pause before an item is looked at again for a channel that is about to be live.
const HELD: Duration = Duration::from_millis(200);
/// How often channels are looked at when no item comes.
const LOOK: Duration = Duration::from_millis(300);

pub(super) struct Fanout {
    deliverer: Deliverer,
    deliveries: Deliveries,
}

impl Fanout {
    pub(super) async fn open(desk: Desk) -> Result<Self, ServiceError> {
        let board = Arc::new(Board::new(desk.config.clone(), desk.tally.clone()));
        board.catch_up(&desk.bus).await?;
        let deliveries = desk.bus.deliveries(StreamName::Items, FANOUT).await?;
        let deliverer = Deliverer { desk, board };
        Ok(Self {
            deliverer,
            deliveries,
        })
    }

    pub(super) async fn run(self) {
        let Self {
            deliverer,
            deliveries,
        } = self;
        tokio::join!(
            items(&deliverer, deliveries),
            kills(&deliverer),
            look(&deliverer),
            Backfill::new(deliverer.clone()).run(),
            super::quiet::run(deliverer.desk.clone()),
        );
    }
}

/// Keeps the channels as they are in configuration and bucket while nothing else asks for it.
async fn look(deliverer: &Deliverer) {
    let Deliverer { desk, board } = deliverer;
    loop {
        tokio::select! {
            () = desk.shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = board.catch_up(&desk.bus).await {
            tracing::debug!(%error, "channels not looked at");
        }
    }
}

/// Kills as they are told of. What goes wrong here is mended when the kill's turn comes.
async fn kills(deliverer: &Deliverer) {
    let Deliverer { desk, board } = deliverer;
    let work = async {
        loop {
            let Ok(mut hints) = desk.bus.kill_hints().await else {
                tokio::time::sleep(AGAIN).await;
                continue;
            };
            while let Some(subject) = hints.next().await {
                let newest = desk.bus.newest(StreamName::Items, &subject).await;
                let Ok(Some(message)) = newest else { continue };
                let trace = TraceContext::parse(message.header(TRACEPARENT));
                let Ok(piece) = piece(
                    |item| board.wanted(item),
                    &message.payload,
                    message.sequence,
                    trace,
                ) else {
                    continue;
                };
                if piece.is_kill() && board.catch_up(&desk.bus).await.is_ok() {
                    let _ = deliverer.deliver(&[piece], Scope::Live).await;
                }
            }
        }
    };
    tokio::select! {
        () = desk.shutdown.cancelled() => {}
        () = work => {}
    }
}

/// Items in their order.
async fn items(deliverer: &Deliverer, mut deliveries: Deliveries) {
    let shutdown = deliverer.desk.shutdown.clone();
    loop {
        let group = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            group = deliveries.next_group(GROUP) => group,
        };
        Group {
            deliverer,
            deliveries: &deliveries,
        }
        .work(group)
        .await;
    }
    deliveries.release().await;
}

/// Works on a group of items.
struct Group<'a> {
    deliverer: &'a Deliverer,
    deliveries: &'a Deliveries,
}

impl Group<'_> {
    async fn work(&self, group: Vec<Delivery>) {
        let Deliverer { desk, board } = self.deliverer;
        // Before they are matched: no channel that was there when an item came is passed over.
        if let Err(error) = board.catch_up(&desk.bus).await {
            tracing::warn!(%error, "the channels cannot be read, its items will be tried again");
            let again = group
                .iter()
                .map(|d| self.deliveries.settle(d, Verdict::Retry(AGAIN)));
            join_all(again).await;
            return;
        }
        let mut rest = self.read(group).await;
        // Two revisions of one article never share a commit: the second has to see the first.
        while !rest.is_empty() {
            let mut ids = HashSet::new();
            let (now, later): (Vec<_>, Vec<_>) = rest
                .into_iter()
                .partition(|(_, piece)| ids.insert(piece.id().to_owned()));
            rest = later;
            let (deliveries, pieces): (Vec<_>, Vec<_>) = now.into_iter().unzip();
            let results = self.deliverer.deliver(&pieces, Scope::Live).await;
            let concluded = deliveries.iter().zip(&pieces).zip(results);
            join_all(concluded.map(|((d, p), result)| self.conclude(d, p, result))).await;
        }
    }

    /// Reads events and finds their channels.
    async fn read(&self, group: Vec<Delivery>) -> Vec<(Delivery, Piece)> {
        let board = self.deliverer.board.clone();
        let read = move || {
            let one = |delivery: Delivery| {
                let trace = TraceContext::parse(delivery.header(TRACEPARENT)).step();
                match piece(
                    |item| board.wanted(item),
                    &delivery.payload,
                    delivery.sequence,
                    trace,
                ) {
                    Ok(piece) => Ok((delivery, piece)),
                    Err(reason) => Err(Poison::new(delivery, reason)),
                }
            };
            group.into_iter().map(one).collect::<Vec<_>>()
        };
        let results = match tokio::task::spawn_blocking(read).await {
            Ok(results) => results,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let mut pieces = Vec::with_capacity(results.len());
        for result in results {
            match result {
                Ok(piece) => pieces.push(piece),
                Err(Poison { delivery, reason }) => self.give_up(&delivery, reason).await,
            }
        }
        pieces
    }

    async fn conclude(
        &self,
        delivery: &Delivery,
        piece: &Piece,
        result: Result<Delivered, PublishError>,
    ) {
        let span =
            tracing::info_span!("article", id = %piece.id(), trace = %piece.trace.trace_id());
        let verdict = match result {
            Ok(Delivered::To(channels)) => {
                self.deliverer.desk.tally.done(1);
                super::span("fanout", &piece.trace, delivery, piece.id());
                METRICS.fanout.observe(delivery.waited().as_secs_f64());
                if let Some(whole) = delivery.header(TAKEN).and_then(since) {
                    METRICS.whole.observe(whole.as_secs_f64());
                }
                span.in_scope(|| {
                    tracing::debug!(revision = piece.revision(), channels, "delivered")
                });
                Verdict::Ack
            }
            Ok(Delivered::Held) => Verdict::Retry(HELD),
            Err(error) if error.is_transient() => {
                span.in_scope(|| tracing::warn!(%error, "not delivered, will be tried again"));
                Verdict::Retry(AGAIN)
            }
            Err(error) => return self.give_up(delivery, error.to_string()).await,
        };
        self.deliveries.settle(delivery, verdict).await;
    }

    async fn give_up(&self, delivery: &Delivery, reason: String) {
        super::give_up(
            &self.deliverer.desk,
            self.deliveries,
            "fanout",
            delivery,
            reason,
        )
        .await;
    }
}

/// Reads one event and finds the channels that want it.
pub(super) fn piece(
    wanted: impl FnOnce(&Item) -> BTreeMap<String, Vec<Why>>,
    payload: &[u8],
    sequence: u64,
    trace: TraceContext,
) -> Result<Piece, String> {
    let event: Event =
        serde_json::from_slice(payload).map_err(|e| format!("not an event of copydesk: {e}"))?;
    let wanted = guarded(|| wanted(&event.data)).map_err(|panic| {
        format!("matching it panicked: {panic}; this is a defect, please report it")
    })?;
    Ok(Piece {
        event,
        sequence,
        trace,
        wanted,
    })
}
