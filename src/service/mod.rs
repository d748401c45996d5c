//! The roles, as supervised tasks on one connection.

pub mod amend;
mod backfill;
mod board;
pub mod channels;
pub mod decisions;
pub mod define;
mod deliver;
mod enrich;
mod fanout;
mod habit;
mod jumps;
pub mod kill;
mod live;
mod quiet;
pub mod reenrich;
mod revision;
mod source;
mod stories;
pub mod trial;
mod watch;

use crate::bus::dead::DeadLetter;
use crate::bus::roles::Tally;
use crate::bus::work::{Deliveries, Delivery, Verdict};
use crate::bus::{Bus, BusError};
use crate::metrics::METRICS;
use crate::trace::{TRACEPARENT, TraceContext};
use crate::web::{self, Surroundings, Web};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch as watch_value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use live::{Change, Live, live};
pub(crate) use revision::WITHDRAWN;

/// A part of the work that a process can take on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Role {
    /// Inboxes → articles.
    Watch,
    /// Articles → items.
    Enrich,
    /// Items → channels.
    Fanout,
    /// The desk page, health, feeds and figures over HTTP.
    Web,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Watch, Self::Enrich, Self::Fanout, Self::Web];

    /// The word used in subjects, on the command line and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Enrich => "enrich",
            Self::Fanout => "fanout",
            Self::Web => "web",
        }
    }
}

/// Why the service ended before it was told to. All are fatal.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// NATS at start.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// An inbox that cannot be opened.
    #[error("source `{source_name}`: {reason}")]
    Inbox {
        /// Source it belongs to.
        source_name: String,
        /// As the watcher says.
        reason: crate::watch::InboxError,
    },
    /// An address that cannot be had.
    #[error(transparent)]
    Web(#[from] crate::web::WebError),
    /// `watch` without anything to watch.
    #[error(
        "there is no inbox to watch; give one with --inbox DIR, or a [[source]] in the configuration"
    )]
    NothingToWatch,
    /// A task that panicked or ended by itself: a defect of this program.
    #[error("role {role} ended unexpectedly: {reason}; this is a defect, please report it")]
    Role {
        /// Which.
        role: &'static str,
        /// Panic message, where there is one.
        reason: String,
    },
    /// The deadline passed.
    #[error(
        "could not finish within {secs} s what was begun; it will be done again at the next start, nothing is lost"
    )]
    Drain {
        /// The deadline.
        secs: u64,
    },
}

/// What every role is given.
#[derive(Clone)]
struct Desk {
    bus: Bus,
    config: Live,
    tally: Arc<Tally>,
    /// Whether every role of this process can work.
    ready: watch_value::Receiver<bool>,
    shutdown: CancellationToken,
}

/// Runs `roles` until `shutdown`, then lets them finish what they began. `ready` is called once every role can work.
///
/// # Errors
/// See [`ServiceError`]; an error of one role stops the others.
pub async fn run(
    bus: Bus,
    config: Live,
    roles: &[Role],
    shutdown: CancellationToken,
    ready: impl FnOnce(),
) -> Result<(), ServiceError> {
    bus.ensure_layout(&config.now().settings.streams.limits())
        .await?;
    let stop = shutdown.child_token();
    let mut tasks = JoinSet::new();
    let mut running = Vec::new();
    let (is_ready, told_ready) = watch_value::channel(false);
    for &role in roles {
        let tally = Arc::new(Tally::default());
        let desk = Desk {
            bus: bus.clone(),
            config: config.clone(),
            tally: tally.clone(),
            ready: told_ready.clone(),
            shutdown: stop.clone(),
        };
        let work = start(role, desk).await?;
        bus.announce(role.as_str(), tally, stop.clone()).await?;
        let handle = tasks.spawn(work);
        running.push((handle.id(), role));
    }
    tracing::info!(roles = %roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(" "), "ready");
    is_ready.send_replace(true);
    ready();

    let role_of = |id| {
        running
            .iter()
            .find(|(i, _)| *i == id)
            .map_or("?", |(_, r)| r.as_str())
    };
    let mut fault = None;
    tokio::select! {
        // Told to stop, a role may have ended before this looks.
        biased;
        () = shutdown.cancelled() => tracing::info!("stopping, finishing what was begun"),
        // A role ends only when told to: whatever this is, it is no success.
        Some(ended) = tasks.join_next_with_id() => fault = Some(unexpected(ended, role_of)),
    }
    stop.cancel();
    let secs = config.now().settings.daemon.drain_secs;
    let drained = tokio::time::timeout(Duration::from_secs(secs), async {
        while let Some(ended) = tasks.join_next_with_id().await {
            if let Err(error) = ended {
                fault.get_or_insert_with(|| unexpected(Err(error), role_of));
            }
        }
    })
    .await;
    match (fault, drained) {
        (Some(fault), _) => Err(fault),
        (None, Err(_)) => Err(ServiceError::Drain { secs }),
        (None, Ok(())) => Ok(()),
    }
}

type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Does what can fail at start, and gives back the rest.
async fn start(role: Role, desk: Desk) -> Result<Work, ServiceError> {
    Ok(match role {
        Role::Watch => Box::pin(watch::Watch::open(desk).await?.run()),
        Role::Enrich => Box::pin(enrich::Enrich::open(desk).await?.run()),
        Role::Fanout => Box::pin(fanout::Fanout::open(desk).await?.run()),
        Role::Web => Box::pin(open_web(desk).await?.run()),
    })
}

async fn open_web(desk: Desk) -> Result<Web, ServiceError> {
    let config = desk.config.now();
    let (bus, shutdown) = (desk.bus.clone(), desk.shutdown.clone());
    let page = web::desk::open(bus, desk.config.clone(), shutdown);
    let around = Surroundings {
        bus: desk.bus,
        config: desk.config,
        ready: desk.ready,
        shutdown: desk.shutdown,
    };
    Ok(Web::open(&config.settings.web, around, web::desk::router(page)).await?)
}

fn unexpected(
    ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>,
    role_of: impl Fn(tokio::task::Id) -> &'static str,
) -> ServiceError {
    match ended {
        Ok((id, ())) => ServiceError::Role {
            role: role_of(id),
            reason: "it returned".into(),
        },
        Err(error) => {
            let role = role_of(error.id());
            let reason = error
                .try_into_panic()
                .map_or_else(|_| "it was cancelled".into(), |p| panic_message(&*p));
            ServiceError::Role { role, reason }
        }
    }
}

/// What a panic said.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// Runs pure work on a page or an article. A panic in it is that input's fault, never the daemon's.
///
/// # Errors
/// The panic's message.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .map_err(|panic| panic_message(&*panic))
}

/// Tells of a step of an article's trace, done now with what was handed out.
fn span(name: &'static str, step: &TraceContext, delivery: &Delivery, id: &str) {
    let parent = delivery
        .header(TRACEPARENT)
        .map(|h| TraceContext::parse(Some(h)));
    crate::spans::record(name, step, parent.as_ref(), id, delivery.worked());
}

/// Now, RFC 3339 with milliseconds.
fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// A message nothing can be made of.
struct Poison {
    delivery: Box<Delivery>,
    reason: String,
}

impl Poison {
    fn new(delivery: Delivery, reason: String) -> Self {
        Self {
            delivery: Box::new(delivery),
            reason,
        }
    }
}

/// Puts a message nothing can be made of with the dead letters; then, and only then, it is acked.
async fn give_up(
    desk: &Desk,
    deliveries: &Deliveries,
    role: &str,
    delivery: &Delivery,
    reason: String,
) {
    let id = delivery
        .subject
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    tracing::error!(
        role,
        id,
        reason,
        "cannot be worked on, put with the dead letters (`copydesk dead list`)"
    );
    let letter = DeadLetter {
        sequence: 0,
        role: role.to_owned(),
        id,
        reason,
        attempts: delivery.attempt,
        order: delivery.order,
        subject: delivery.subject.clone(),
        payload: delivery.payload.clone(),
        time: String::new(),
    };
    desk.tally.failed(1);
    METRICS.dead(role);
    let verdict = match desk.bus.bury(&letter).await {
        Ok(()) => Verdict::Ack,
        Err(error) => {
            tracing::warn!(%error, "the dead letter is not stored, will be tried again");
            Verdict::Retry(Duration::from_secs(5))
        }
    };
    deliveries.settle(delivery, verdict).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_role_that_panics_or_returns_is_an_error_and_never_a_clean_exit() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async { panic!("a defect") });
        let ended = tasks.join_next_with_id().await.unwrap();
        let error = unexpected(ended, |_| "enrich").to_string();
        assert!(
            error.contains("role enrich") && error.contains("a defect"),
            "{error}"
        );

        tasks.spawn(async {});
        let ended = tasks.join_next_with_id().await.unwrap();
        let error = unexpected(ended, |_| "fanout").to_string();
        assert!(
            error.contains("role fanout") && error.contains("it returned"),
            "{error}"
        );
    }

    #[test]
    fn a_panic_on_one_input_is_that_inputs_fault_alone() {
        assert_eq!(guarded(|| 1), Ok(1));
        assert_eq!(
            guarded(|| -> u8 { panic!("on page {}", 7) }),
            Err("on page 7".to_owned())
        );
    }
}
