//! Putting items into channels: planned, recorded, then sent. Every step may be done twice or be cut short.

use super::Desk;
use super::board::Board;
use super::revision::{REVISION, WITHDRAWN};
use crate::bus::layout::StreamName;
use crate::bus::publish::{Outgoing, PublishError, TTL};
use crate::channels::delivered::{COMPACT_TYPE, Copies, Why};
use crate::channels::plan::{Gate, Move, Plan, plan};
use crate::event::Event;
use crate::item::Action;
use crate::metrics::METRICS;
use crate::trace::{TRACEPARENT, TraceContext};
use bytes::Bytes;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a delivery is offered to a NATS that does not take it before its item goes back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a lost race for a record or a channel's subject is run again at once.
const RACES: u32 = 20;
/// Most copies made before they are sent: each is as large as its item.
const MOST_COPIES: usize = 1_000;

/// An item and the channels that want it.
pub(super) struct Piece {
    pub(super) event: Event,
    /// Its place in the item stream.
    pub(super) sequence: u64,
    pub(super) trace: TraceContext,
    pub(super) wanted: BTreeMap<String, Vec<Why>>,
}

impl Piece {
    pub(super) fn id(&self) -> &str {
        &self.event.data.enrichment.id
    }

    pub(super) fn revision(&self) -> u32 {
        self.event.data.enrichment.revision
    }

    pub(super) fn is_kill(&self) -> bool {
        self.event.data.enrichment.action == Action::Kill
    }
}

/// Which channels a delivery is for.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// Those that are live.
    Live,
    /// This one, which is being brought up to date.
    Only(&'a str),
}

/// What came of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivered {
    /// It went to so many channels.
    To(usize),
    /// Some channel has to be asked for again in a moment.
    Held,
}

/// Delivers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Deliverer {
    pub(super) desk: Desk,
    pub(super) board: Arc<Board>,
}

/// A message for a channel.
struct Copy {
    /// Whose delivery it counts as; none for a compact copy beside a full one.
    channel: Option<String>,
    /// Of which piece.
    piece: usize,
    message: Outgoing,
    fresh: bool,
}

impl Deliverer {
    /// Delivers pieces, no two of one article, and says of each what came of it. Those a channel never had anything of
    /// come into it in the order of the pieces.
    pub(super) async fn deliver(
        &self,
        pieces: &[Piece],
        scope: Scope<'_>,
    ) -> Vec<Result<Delivered, PublishError>> {
        let plans = self.agree(pieces, scope).await;
        let mut results: Vec<_> = plans
            .iter()
            .map(|planned| match planned {
                Ok(plan) if plan.held => Ok(Delivered::Held),
                Ok(plan) => Ok(Delivered::To(plan.moves.len())),
                Err(error) => Err(error.clone()),
            })
            .collect();
        let mut copies = Vec::new();
        for (index, (piece, planned)) in pieces.iter().zip(plans).enumerate() {
            let moves = planned.map(|p| p.moves).unwrap_or_default();
            copies.extend(self.copies(index, piece, &moves));
            if copies.len() >= MOST_COPIES {
                self.send(std::mem::take(&mut copies), pieces, &mut results)
                    .await;
            }
        }
        self.send(copies, pieces, &mut results).await;
        results
    }

    /// Plans every piece and stores the records.
    async fn agree(&self, pieces: &[Piece], scope: Scope<'_>) -> Vec<Result<Plan, PublishError>> {
        // Live first revisions have no record yet: they share a commit, without a look before.
        let optimistic: Vec<Option<Plan>> = pieces
            .iter()
            .map(|piece| {
                let first = matches!(scope, Scope::Live) && piece.revision() == 1;
                first.then(|| self.plan(None, piece, scope))
            })
            .collect();
        let records: Vec<Outgoing> = pieces
            .iter()
            .zip(&optimistic)
            .filter_map(|(piece, plan)| {
                let record = plan.as_ref()?.record.as_ref()?;
                Some(self.desk.bus.record_message(piece.id(), record, 0))
            })
            .collect();
        let mut stored = self.desk.bus.publish_all(records).await.into_iter();
        let settled: Vec<Option<Plan>> = optimistic
            .into_iter()
            .map(|plan| {
                let plan = plan?;
                let stored = match plan.record {
                    Some(_) => stored.next().is_some_and(|s| s.is_ok()),
                    // Nobody wants it: nothing to be agreed on.
                    None => true,
                };
                stored.then_some(plan)
            })
            .collect();
        join_all(pieces.iter().zip(settled).map(|(piece, plan)| async move {
            match plan {
                Some(plan) => Ok(plan),
                None => self.agree_on(piece, scope).await,
            }
        }))
        .await
    }

    /// Plans one piece by what is recorded of its article.
    async fn agree_on(&self, piece: &Piece, scope: Scope<'_>) -> Result<Plan, PublishError> {
        let bus = &self.desk.bus;
        bus.with_patience(PATIENCE, || async {
            for _ in 0..RACES {
                let kept = bus.record(piece.id()).await;
                let kept = kept.map_err(|e| PublishError::Unavailable(e.to_string()))?;
                let expect = kept.as_ref().map_or(0, |k| k.sequence);
                let plan = self.plan(kept.as_ref().map(|k| &k.value), piece, scope);
                let Some(record) = &plan.record else {
                    return Ok(plan);
                };
                let message = bus.record_message(piece.id(), record, expect);
                match bus.publish(&message).await {
                    Ok(_) => return Ok(plan),
                    Err(PublishError::WrongLastSequence) => {}
                    Err(error) => return Err(error),
                }
            }
            Err(PublishError::Unavailable(
                "its record changes faster than it can be read".into(),
            ))
        })
        .await
    }

    fn plan(
        &self,
        record: Option<&crate::channels::plan::Record>,
        piece: &Piece,
        scope: Scope<'_>,
    ) -> Plan {
        let wanted = piece.wanted.keys().map(String::as_str);
        plan(
            record,
            piece.revision(),
            piece.is_kill(),
            wanted,
            |channel| match scope {
                Scope::Live => self.board.gate(channel, piece.sequence),
                Scope::Only(only) if only == channel => Gate::Open,
                Scope::Only(_) => Gate::Shut,
            },
        )
    }

    /// The messages of a piece.
    fn copies(&self, index: usize, piece: &Piece, moves: &BTreeMap<String, Move>) -> Vec<Copy> {
        if moves.is_empty() {
            return Vec::new();
        }
        let names = self.desk.bus.names();
        let mut forms = Copies::new(piece.event.clone());
        let mut copies = Vec::with_capacity(moves.len());
        for (channel, step) in moves {
            let terms = self.board.terms(channel);
            let why = piece.wanted.get(channel).map_or(&[][..], |why| why);
            let mut copy = |subject: String, content: &str, kind: &str, payload: Vec<u8>| {
                let mut headers = vec![
                    ("Content-Type", content.to_owned()),
                    (REVISION, piece.revision().to_string()),
                    (TRACEPARENT, piece.trace.to_string()),
                ];
                let hours = terms.max_age_hours.map(|h| u64::from(h.get()) * 3600);
                headers.extend(hours.map(|secs| (TTL, secs.to_string())));
                let withdrawn = step.withdraw.then(|| (WITHDRAWN, "1".to_owned()));
                headers.extend(withdrawn);
                copies.push(Copy {
                    channel: kind.is_empty().then(|| channel.clone()),
                    piece: index,
                    fresh: step.fresh,
                    message: Outgoing {
                        subject,
                        id: format!("{kind}{channel}:{}:{}", piece.id(), piece.revision()),
                        headers,
                        payload: Bytes::from(payload),
                        expect: Some(0),
                    },
                });
            };
            let full = forms.full(channel, why, step.withdraw);
            copy(
                names.channel(channel, piece.id()),
                crate::event::CONTENT_TYPE,
                "",
                full,
            );
            if terms.compact {
                let compact = forms.compact(channel, why, step.withdraw);
                copy(
                    names.compact(channel, piece.id()),
                    COMPACT_TYPE,
                    "compact:",
                    compact,
                );
            }
        }
        copies
    }

    /// Sends copies: the first of an article in one commit, the others over what the channel has.
    async fn send(
        &self,
        copies: Vec<Copy>,
        pieces: &[Piece],
        results: &mut [Result<Delivered, PublishError>],
    ) {
        let fresh = copies.iter().filter(|c| c.fresh).map(|c| c.message.clone());
        let stored = self.desk.bus.publish_all(fresh.collect()).await;
        let mut stored = stored.into_iter();
        let sent = copies.into_iter().map(|copy| {
            let first = match copy.fresh {
                true => stored.next(),
                false => None,
            };
            async move {
                let outcome = match first {
                    Some(Ok(_)) => Ok(()),
                    Some(Err(error))
                        if !matches!(error, PublishError::WrongLastSequence)
                            && !error.is_transient() =>
                    {
                        Err(error)
                    }
                    // Not the first, or stored before a crash, or NATS was away: what is there decides.
                    _ => {
                        let revision = pieces.get(copy.piece).map_or(0, Piece::revision);
                        self.overtake(copy.message, revision).await
                    }
                };
                if let (Ok(()), Some(channel)) = (&outcome, &copy.channel) {
                    METRICS.delivered(channel);
                }
                (copy.piece, outcome)
            }
        });
        for (index, outcome) in join_all(sent.collect::<Vec<_>>()).await {
            if let (Err(error), Some(result)) = (outcome, results.get_mut(index)) {
                *result = Err(error);
            }
        }
    }

    /// Delivers over whatever the channel has of the article, unless that is this revision or a newer one.
    async fn overtake(&self, message: Outgoing, revision: u32) -> Result<(), PublishError> {
        let bus = &self.desk.bus;
        bus.with_patience(PATIENCE, || async {
            for _ in 0..RACES {
                let newest = bus.newest(StreamName::Channels, &message.subject).await;
                let newest = newest.map_err(|e| PublishError::Unavailable(e.to_string()))?;
                let has = newest
                    .as_ref()
                    .and_then(|m| m.header(REVISION)?.parse().ok());
                if has.unwrap_or(0) >= revision {
                    return Ok(());
                }
                let attempt = Outgoing {
                    expect: Some(newest.map_or(0, |m| m.sequence)),
                    ..message.clone()
                };
                match bus.publish(&attempt).await {
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
