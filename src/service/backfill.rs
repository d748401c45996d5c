//! Bringing a channel up to date from the archive: the past in order, then the present, no gap, no repeat.
//!
//! 1. While a channel is `behind`, fan-outs leave it out, and the one that holds its lease delivers from the archive.
//! 2. At the end of the archive it writes `closing`. Whoever takes an item after that waits with it for this channel.
//! 3. Only then it reads the sequence of the newest item, S: whatever comes after S is taken by someone who knows that the
//!    channel is closing (`service/board.rs`). It delivers up to S and writes `live after S`.
//!
//! Killed anywhere, another takes the lease and goes on; what it delivers twice the record drops. A channel with a limit of
//! items an hour is never closed: it always comes from the archive, at its own pace.

use super::board::Behind;
use super::deliver::{Deliverer, Piece, Scope};
use super::fanout;
use crate::bus::BusError;
use crate::bus::archive::{Message, Since};
use crate::bus::channels::{Kept, Lease};
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::channels::definition::{Definition, Standing};
use crate::channels::delivered::Why;
use crate::channels::{Channel, Matcher};
use crate::trace::{TRACEPARENT, TraceContext};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet, VecDeque};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Most items delivered together.
const GROUP: usize = 64;
/// Most channels a process brings up to date at once.
const MOST_AT_ONCE: usize = 8;
/// How often it is looked whether there is something to do.
const LOOK: Duration = Duration::from_millis(300);
/// A lease is renewed so often where nothing else renews it.
const BEAT: Duration = Duration::from_secs(1);
/// A lease that was not renewed for so long is anybody's.
const OVER: Duration = Duration::from_secs(5);
const HOUR: Duration = Duration::from_secs(3600);

/// Looks for channels that are behind and brings them up to date.
pub(super) struct Backfill {
    deliverer: Deliverer,
    owner: String,
    /// Leases of others, and since when they have not changed.
    seen: HashMap<String, (u64, Instant)>,
}

/// Why a catching-up stops here.
enum Stop {
    /// The channel is live, or somebody else has it, or it was changed.
    NotOurs,
    /// NATS is away: whoever is there next goes on.
    Bus(String),
}

impl From<BusError> for Stop {
    fn from(error: BusError) -> Self {
        Self::Bus(error.to_string())
    }
}

impl From<PublishError> for Stop {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::WrongLastSequence => Self::NotOurs,
            error => Self::Bus(error.to_string()),
        }
    }
}

impl Backfill {
    pub(super) fn new(deliverer: Deliverer) -> Self {
        Self {
            owner: deliverer.desk.bus.unique(),
            deliverer,
            seen: HashMap::new(),
        }
    }

    pub(super) async fn run(mut self) {
        let shutdown = self.deliverer.desk.shutdown.clone();
        let mut running: JoinSet<String> = JoinSet::new();
        let mut names: HashSet<String> = HashSet::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(ended) = running.join_next() => match ended {
                    Ok(name) => {
                        names.remove(&name);
                    }
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                },
                () = tokio::time::sleep(LOOK) => {}
            }
            for behind in self.deliverer.board.behind() {
                if names.len() >= MOST_AT_ONCE || names.contains(&behind.name) {
                    continue;
                }
                if let Some(lease) = self.take(&behind).await {
                    names.insert(behind.name.clone());
                    let follower = Follower::new(self.deliverer.clone(), behind, lease);
                    running.spawn(follower.run());
                }
            }
        }
        // Each ends with the group it is at.
        while let Some(ended) = running.join_next().await {
            if let Err(error) = ended {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }

    /// Takes the lease of a channel where it is free.
    async fn take(&mut self, behind: &Behind) -> Option<Kept<Lease>> {
        let bus = &self.deliverer.desk.bus;
        let there = bus.lease(&behind.name).await.ok()?;
        let (expect, next) = match &there {
            Some(kept) if kept.value.run == behind.run => {
                let seen = self.seen.entry(behind.name.clone());
                let (sequence, since) = seen.or_insert((kept.sequence, Instant::now()));
                if *sequence != kept.sequence {
                    (*sequence, *since) = (kept.sequence, Instant::now());
                }
                let given_back = kept.value.owner.is_empty();
                if !given_back && since.elapsed() < OVER {
                    return None;
                }
                (kept.sequence, kept.value.next)
            }
            // Of an earlier time.
            Some(kept) => (kept.sequence, behind.from),
            None => (0, behind.from),
        };
        let value = Lease {
            run: behind.run.clone(),
            owner: self.owner.clone(),
            next,
        };
        let sequence = bus.put_lease(&behind.name, &value, expect).await.ok()?;
        tracing::info!(channel = %behind.name, from = next, "bringing a channel up to date");
        Some(Kept { value, sequence })
    }
}

/// Brings one channel up to date.
struct Follower {
    deliverer: Deliverer,
    behind: Behind,
    matcher: Matcher,
    lease: Kept<Lease>,
    renewed: Instant,
    pace: Option<Pace>,
}

impl Follower {
    fn new(deliverer: Deliverer, behind: Behind, lease: Kept<Lease>) -> Self {
        let channel = Channel {
            name: behind.name.clone(),
            query: behind.definition.query.clone(),
        };
        let (matcher, _) = Matcher::new(&[channel], &deliverer.board.vocabulary());
        Self {
            pace: behind.definition.terms.max_per_hour.map(Pace::new),
            renewed: Instant::now(),
            deliverer,
            behind,
            matcher,
            lease,
        }
    }

    async fn run(mut self) -> String {
        match Box::pin(self.follow()).await {
            Ok(()) => {
                tracing::info!(channel = %self.behind.name, "a channel is up to date");
            }
            Err(Stop::NotOurs) => {}
            Err(Stop::Bus(error)) => {
                tracing::warn!(channel = %self.behind.name, error, "bringing it up to date will go on later");
            }
        }
        // Given back, so that nobody waits for it to run out.
        self.lease.value.owner.clear();
        let _ = self.renew().await;
        self.behind.name
    }

    /// Until the channel is live.
    async fn follow(&mut self) -> Result<(), Stop> {
        if let Some(pace) = &mut self.pace {
            let filter = self
                .deliverer
                .desk
                .bus
                .names()
                .channel(&self.behind.name, "*");
            let bus = &self.deliverer.desk.bus;
            let recent = bus.read_from(StreamName::Channels, Some(filter), Since::Ago(HOUR), false);
            pace.spent(recent.await?.count().await);
        }
        loop {
            self.pass().await?;
            if self.pace.is_none() {
                return self.close().await;
            }
            self.pause(LOOK).await?;
        }
    }

    /// Delivers what the archive has from where the lease stands.
    async fn pass(&mut self) -> Result<(), Stop> {
        let from = Since::After(self.lease.value.next.saturating_sub(1));
        let bus = self.deliverer.desk.bus.clone();
        let messages = bus.read_from(StreamName::Items, None, from, false).await?;
        let mut groups = Box::pin(messages.chunks(GROUP));
        while let Some(group) = groups.next().await {
            let group: Vec<Message> = group.into_iter().collect::<Result<_, _>>()?;
            let last = group.last().map(|m| m.sequence);
            self.deliver(&group).await?;
            if let Some(last) = last {
                self.lease.value.next = last + 1;
            }
            if self.renewed.elapsed() >= BEAT || self.deliverer.desk.shutdown.is_cancelled() {
                self.check().await?;
            }
        }
        self.check().await
    }

    async fn deliver(&mut self, group: &[Message]) -> Result<(), Stop> {
        let mut pieces: Vec<Piece> = group.iter().filter_map(|m| self.piece(m)).collect();
        // Of an article with several revisions here the newest is the one that counts.
        let mut ids = HashSet::new();
        pieces.reverse();
        pieces.retain(|piece| ids.insert(piece.id().to_owned()));
        pieces.reverse();
        let together = if self.pace.is_some() { 1 } else { GROUP };
        for pieces in pieces.chunks(together) {
            while let Some(wait) = self.pace.as_mut().and_then(Pace::wait) {
                self.pause(wait.min(BEAT)).await?;
            }
            let results = self
                .deliverer
                .deliver(pieces, Scope::Only(&self.behind.name));
            for result in results.await {
                match (result?, &mut self.pace) {
                    (super::deliver::Delivered::To(n), Some(pace)) if n > 0 => pace.spent(n),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// An item with what the channel wants of it; none for what nothing can be made of, which the fan-out has put with the
    /// dead letters, and for what is too old for the channel.
    fn piece(&self, message: &Message) -> Option<Piece> {
        let hours = self.behind.definition.terms.max_age_hours;
        let limit = hours.map(|h| HOUR * h.get());
        if limit.is_some_and(|limit| message.age() > limit) {
            return None;
        }
        let trace = TraceContext::parse(message.header(TRACEPARENT)).step();
        let wanted = |item: &crate::item::Item| {
            let matches = self.matcher.matches(item);
            let named = matches.iter().map(|m| {
                let why = m.why.iter().map(Why::from).collect();
                (m.channel.to_owned(), why)
            });
            named.collect()
        };
        let mut piece = fanout::piece(wanted, &message.payload, message.sequence, trace).ok()?;
        if piece.is_kill() {
            // Of no interest to whoever never had the article.
            piece.wanted.clear();
        }
        Some(piece)
    }

    /// The past is done: see the head of this file.
    async fn close(&mut self) -> Result<(), Stop> {
        let name = self.behind.name.clone();
        let bus = self.deliverer.desk.bus.clone();
        let mut kept = self.ours().await?;
        if let Standing::Behind { closing, .. } = &mut kept.value.standing
            && !*closing
        {
            *closing = true;
            kept.sequence = bus.put_channel(&name, &kept.value, kept.sequence).await?;
        }
        let newest = bus.items_sequence().await?;
        self.pass().await?;
        kept.value.standing = Standing::Live {
            after: newest.max(self.lease.value.next.saturating_sub(1)),
        };
        bus.put_channel(&name, &kept.value, kept.sequence).await?;
        Ok(())
    }

    /// The definition in the bucket, if it is still this catching-up that it asks for.
    async fn ours(&self) -> Result<Kept<Definition>, Stop> {
        let there = self.deliverer.desk.bus.channel(&self.behind.name).await?;
        let same = |definition: &Definition| match &definition.standing {
            Standing::Behind { run, .. } => {
                *run == self.behind.run
                    && definition.query == self.behind.definition.query
                    && definition.terms == self.behind.definition.terms
            }
            _ => false,
        };
        there.filter(|kept| same(&kept.value)).ok_or(Stop::NotOurs)
    }

    /// Renews the lease and looks whether there is still something to do.
    async fn check(&mut self) -> Result<(), Stop> {
        self.renew().await?;
        self.ours().await?;
        match self.deliverer.desk.shutdown.is_cancelled() {
            true => Err(Stop::NotOurs),
            false => Ok(()),
        }
    }

    async fn renew(&mut self) -> Result<(), Stop> {
        let Kept { value, sequence } = &self.lease;
        let bus = &self.deliverer.desk.bus;
        self.lease.sequence = bus.put_lease(&self.behind.name, value, *sequence).await?;
        self.renewed = Instant::now();
        Ok(())
    }

    async fn pause(&mut self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = self.deliverer.desk.shutdown.cancelled() => {}
            () = tokio::time::sleep(time) => {}
        }
        match self.renewed.elapsed() >= BEAT || self.deliverer.desk.shutdown.is_cancelled() {
            true => self.check().await,
            false => Ok(()),
        }
    }
}

/// A limit of items an hour.
struct Pace {
    most: usize,
    /// When the last of them went.
    sent: VecDeque<Instant>,
}

impl Pace {
    fn new(most: NonZeroU32) -> Self {
        Self {
            most: usize::try_from(most.get()).unwrap_or(usize::MAX),
            sent: VecDeque::new(),
        }
    }

    fn spent(&mut self, items: usize) {
        let now = Instant::now();
        self.sent
            .extend(std::iter::repeat_n(now, items.min(self.most)));
        while self.sent.len() > self.most {
            self.sent.pop_front();
        }
    }

    /// How long the next one has to wait; none for not at all.
    fn wait(&mut self) -> Option<Duration> {
        if self.sent.len() < self.most {
            return None;
        }
        HOUR.checked_sub(self.sent.front()?.elapsed())
    }
}
