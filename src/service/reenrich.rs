//! New models or configuration over the archive: a new revision of every item they see otherwise, and of no other.

use super::amend::{Amended, amend};
use super::revision::FIRST;
use crate::bus::archive::Message;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::bus::sweep::Parts;
use crate::bus::{Bus, BusError};
use crate::config::Config;
use crate::enrich::again::again;
use crate::event::Event;
use crate::item::{Action, Item};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

/// Key of the job.
const JOB: &str = "reenrich";
/// Reason of the revisions it makes.
pub const REASON: &str = "retag";
/// How far it came is remembered so often.
const REMEMBERED: Duration = Duration::from_secs(1);
/// No revision is made while the fan-out has more than this to do…
const BUSY: u64 = 16;
/// …but for this long at most: where nobody fans out, nobody waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// A NATS that does not answer is asked again for so long.
const OUTAGE: Duration = Duration::from_secs(30);

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Only items first published at most so long ago.
    pub since: Option<Duration>,
    /// Publish nothing.
    pub dry_run: bool,
    /// Revisions a second at most.
    pub rate: u32,
}

/// What was done, and how much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Items looked at.
    pub seen: u64,
    /// Seen otherwise by the new models: a new revision each.
    pub changed: u64,
    /// Killed, and left alone.
    pub killed: u64,
}

/// A sweep, as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Progress {
    /// Models and configuration it is done with; others begin anew.
    with: String,
    /// All up to here is done.
    place: u64,
    /// Of this run and those before it.
    report: Report,
}

/// Told while it goes on.
pub enum Step<'a> {
    /// It begins with so many items to look at; with what an earlier run has done, where this one goes on after it.
    Begins(u64, Option<Report>),
    /// An item was looked at.
    Seen,
    /// An item before and after.
    Changed(&'a Item, &'a Item),
}

/// Runs `config` over the archive. Stopped, or killed, it goes on where it was when run again.
///
/// # Errors
/// NATS does not answer.
pub async fn reenrich(
    bus: &Bus,
    config: &Config,
    plan: &Plan,
    stop: &CancellationToken,
    mut tell: impl FnMut(Step<'_>),
) -> Result<Report, BusError> {
    let versions = config.models.versions();
    let with = format!("{} {} {:?}", versions.topics, versions.entities, plan.since);
    let jobs = bus.jobs(config.settings.streams.replicas).await?;
    let earlier: Option<Progress> = match plan.dry_run {
        true => None,
        false => jobs.get(JOB).await?.filter(|p: &Progress| p.with == with),
    };
    let mut progress = earlier.clone().unwrap_or(Progress {
        with,
        place: 0,
        report: Report::default(),
    });
    let sweep = bus
        .newest_of_each(StreamName::Items, progress.place, Parts::All)
        .await?;
    tell(Step::Begins(sweep.total, earlier.map(|p| p.report)));
    let mut messages = std::pin::pin!(sweep.messages);
    let mut pace = Pace::new(bus, plan.rate);
    let mut remembered = Instant::now();
    let oldest = plan
        .since
        .and_then(|age| jiff::Timestamp::now().checked_sub(age).ok());
    while let Some(message) = tokio::select! {
        biased;
        () = stop.cancelled() => None,
        message = messages.next() => message,
    } {
        let message = message?;
        let place = message.sequence;
        if is_since(&message, oldest) {
            let outcome = match look(&message, config) {
                Ok(Amended::Published(_)) if !plan.dry_run => {
                    pace.wait().await;
                    publish(bus, message, config).await
                }
                outcome => outcome,
            };
            let report = &mut progress.report;
            report.seen += 1;
            match outcome.map_err(|e| BusError::publish("storing a revision", &e))? {
                Amended::Published(items) => {
                    report.changed += 1;
                    tell(Step::Changed(&items.0, &items.1));
                }
                Amended::Killed => report.killed += 1,
                Amended::Unchanged | Amended::Missing => {}
            }
        }
        tell(Step::Seen);
        progress.place = place;
        if !plan.dry_run && remembered.elapsed() >= REMEMBERED {
            jobs.put(JOB, &progress).await?;
            remembered = Instant::now();
        }
    }
    match (plan.dry_run, stop.is_cancelled()) {
        (true, _) => {}
        (false, true) => jobs.put(JOB, &progress).await?,
        (false, false) => jobs.done(JOB).await?,
    }
    Ok(progress.report)
}

fn is_since(message: &Message, oldest: Option<jiff::Timestamp>) -> bool {
    let first = || message.header(FIRST)?.parse::<jiff::Timestamp>().ok();
    oldest.is_none_or(|oldest| first().is_none_or(|first| first >= oldest))
}

fn fresh(item: &Item, config: &Config) -> Option<Item> {
    let source = config.settings.source(&item.enrichment.source_name);
    again(item, source, &config.models)
}

/// What would come of it.
fn look(message: &Message, config: &Config) -> Result<Amended, PublishError> {
    let event: Event = serde_json::from_slice(&message.payload)
        .map_err(|e| PublishError::Refused(format!("{} holds no item: {e}", message.subject)))?;
    if event.data.enrichment.action == Action::Kill {
        return Ok(Amended::Killed);
    }
    Ok(match fresh(&event.data, config) {
        Some(after) => Amended::Published(Box::new((event.data, after))),
        None => Amended::Unchanged,
    })
}

async fn publish(bus: &Bus, message: Message, config: &Config) -> Result<Amended, PublishError> {
    let subject = message.subject.clone();
    let mut known = Some(message);
    bus.with_patience(OUTAGE, || {
        amend(bus, &subject, known.take(), REASON, |item| {
            fresh(item, config)
        })
    })
    .await
}

/// When the next revision may be made.
struct Pace<'a> {
    bus: &'a Bus,
    tick: tokio::time::Interval,
}

impl<'a> Pace<'a> {
    fn new(bus: &'a Bus, rate: u32) -> Self {
        let mut tick = interval(Duration::from_secs(1) / rate.max(1));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { bus, tick }
    }

    /// Waits for the rate, and for a fan-out that has time: what the desk receives goes first.
    async fn wait(&mut self) {
        self.tick.tick().await;
        let deadline = Instant::now() + PATIENCE;
        // An unanswered question is answered by the publishing that follows.
        while Instant::now() < deadline
            && self
                .bus
                .behind(StreamName::Items, "fanout")
                .await
                .unwrap_or(0)
                > BUSY
        {
            sleep(Duration::from_millis(20)).await;
        }
    }
}
