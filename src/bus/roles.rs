//! Who is at work: every role answers as a NATS micro service, so that `nats micro ls` and `copydesk status` see it.

use super::layout::StreamName;
use super::{Bus, BusError};
use async_nats::service::ServiceExt;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What a role has done since it started.
#[derive(Debug)]
pub struct Tally {
    started: Instant,
    done: AtomicU64,
    unchanged: AtomicU64,
    failed: AtomicU64,
    notices: Mutex<Vec<String>>,
    /// Why the configuration on disk is not in force.
    refused: Option<watch::Receiver<Option<String>>>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            done: AtomicU64::new(0),
            unchanged: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            notices: Mutex::default(),
            refused: None,
        }
    }
}

impl Tally {
    /// One that also says why a changed configuration was not taken up.
    pub fn telling(refused: watch::Receiver<Option<String>>) -> Self {
        Self {
            refused: Some(refused),
            ..Self::default()
        }
    }

    /// Counts what was worked on and passed on.
    pub fn done(&self, n: usize) {
        self.done.fetch_add(n as u64, Ordering::Relaxed);
    }

    /// Counts what was there already.
    pub fn unchanged(&self, n: usize) {
        self.unchanged.fetch_add(n as u64, Ordering::Relaxed);
    }

    /// Counts what became a dead letter.
    pub fn failed(&self, n: usize) {
        self.failed.fetch_add(n as u64, Ordering::Relaxed);
    }

    /// Says what somebody has to see to, instead of what was said before.
    pub fn notice(&self, notices: Vec<String>) {
        *self.notices.lock().unwrap_or_else(PoisonError::into_inner) = notices;
    }

    fn read(&self) -> Reading {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = self.refused.as_ref().and_then(|r| r.borrow().clone());
        let refused = refused.map(|why| format!("configuration not taken up: {why}"));
        Reading {
            counts: self.counts(),
            notices: refused
                .into_iter()
                .chain(notices.iter().take(MOST_NOTICES).cloned())
                .collect(),
        }
    }

    fn counts(&self) -> Counts {
        Counts {
            seconds: self.started.elapsed().as_secs(),
            done: self.done.load(Ordering::Relaxed),
            unchanged: self.unchanged.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

/// What a role answers when it is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Reading {
    #[serde(flatten)]
    counts: Counts,
    #[serde(default)]
    notices: Vec<String>,
}

/// How often something happened, as a [`Tally`] has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Since the role started.
    pub seconds: u64,
    /// Worked on and passed on.
    pub done: u64,
    /// There already.
    pub unchanged: u64,
    /// Become dead letters.
    pub failed: u64,
}

/// A role at work somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleStatus {
    /// watch, enrich, fanout.
    pub role: String,
    /// Its instance, as `nats micro ls` shows it.
    pub instance: String,
    /// Version of the program.
    pub version: String,
    /// What it has done.
    pub counts: Counts,
    /// What somebody has to see to: channels it refuses, a configuration it does not take.
    pub notices: Vec<String>,
}

/// A stream and what waits in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamStatus {
    /// Its name.
    pub name: String,
    /// Messages stored.
    pub messages: u64,
    /// Bytes stored.
    pub bytes: u64,
    /// Messages ever stored: the difference of two readings is a rate.
    pub last_sequence: u64,
    /// By consumer: waiting and unacked.
    pub backlog: Vec<Backlog>,
}

/// What waits for a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Its durable name.
    pub consumer: String,
    /// Not handed out yet.
    pub waiting: u64,
    /// Handed out and not acked.
    pub unacked: usize,
    /// Handed out more than once.
    pub redelivered: usize,
}

/// An answer has to fit into a message.
const MOST_NOTICES: usize = 100;
const SERVICE_PREFIX: &str = "copydesk-";

impl Bus {
    /// Announces a role as the service `copydesk-<role>` until `stop`.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn announce(
        &self,
        role: &str,
        tally: Arc<Tally>,
        stop: CancellationToken,
    ) -> Result<(), BusError> {
        let failed = |e: async_nats::Error| BusError::request(format!("announcing role {role}"), e);
        let stats = tally.clone();
        let service = self
            .client
            .service_builder()
            .description(format!("copydesk role {role}"))
            .metadata(HashMap::from([(
                "prefix".to_owned(),
                self.names.subject(&[]),
            )]))
            .stats_handler(move |_, _| serde_json::to_value(stats.read()).unwrap_or_default())
            .start(format!("{SERVICE_PREFIX}{role}"), env!("CARGO_PKG_VERSION"))
            .await
            .map_err(failed)?;
        let mut endpoint = service
            .endpoint_builder()
            .name("counts")
            .add(self.names.api(&format!("{role}.counts")))
            .await
            .map_err(failed)?;
        tokio::spawn(async move {
            loop {
                let request = tokio::select! {
                    () = stop.cancelled() => break,
                    request = endpoint.next() => request,
                };
                let Some(request) = request else { break };
                let counts = serde_json::to_vec(&tally.read()).unwrap_or_default();
                let _ = request.respond(Ok(counts.into())).await;
            }
            let _ = service.stop().await;
        });
        Ok(())
    }

    /// Everyone who answers within `patience`.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn roles(&self, patience: Duration) -> Result<Vec<RoleStatus>, BusError> {
        #[derive(Deserialize)]
        struct Stats {
            name: String,
            id: String,
            version: String,
            #[serde(default)]
            endpoints: Vec<Endpoint>,
        }
        #[derive(Deserialize)]
        struct Endpoint {
            #[serde(default)]
            data: Option<Reading>,
        }
        let failed = |e: String| BusError::request("asking who is at work", e);
        let inbox = self.client.new_inbox();
        let mut answers = self
            .client
            .subscribe(inbox.clone())
            .await
            .map_err(|e| failed(e.to_string()))?;
        self.client
            .publish_with_reply("$SRV.STATS", inbox, bytes::Bytes::new())
            .await
            .map_err(|e| failed(e.to_string()))?;
        let mut roles = Vec::new();
        let deadline = tokio::time::Instant::now() + patience;
        while let Ok(Some(answer)) = tokio::time::timeout_at(deadline, answers.next()).await {
            let Ok(stats) = serde_json::from_slice::<Stats>(&answer.payload) else {
                continue;
            };
            let Some(role) = stats.name.strip_prefix(SERVICE_PREFIX) else {
                continue;
            };
            let reading = stats.endpoints.into_iter().find_map(|e| e.data);
            let Reading { counts, notices } = reading.unwrap_or_default();
            roles.push(RoleStatus {
                role: role.to_owned(),
                instance: stats.id,
                version: stats.version,
                counts,
                notices,
            });
        }
        roles.sort_by(|a, b| (&a.role, &a.instance).cmp(&(&b.role, &b.instance)));
        Ok(roles)
    }

    /// Every stream with its backlog.
    ///
    /// # Errors
    /// A stream is not there, or NATS does not answer.
    pub async fn streams(&self) -> Result<Vec<StreamStatus>, BusError> {
        let mut all = Vec::new();
        for which in StreamName::ALL {
            let stream = self.stream(which).await?;
            let state = &stream.cached_info().state;
            let mut backlog = Vec::new();
            let mut consumers = stream.consumers();
            while let Some(Ok(info)) = consumers.next().await {
                if let Some(durable) = info.config.durable_name {
                    backlog.push(Backlog {
                        consumer: durable,
                        waiting: info.num_pending,
                        unacked: info.num_ack_pending,
                        redelivered: info.num_redelivered,
                    });
                }
            }
            all.push(StreamStatus {
                name: self.names.stream(which),
                messages: state.messages,
                bytes: state.bytes,
                last_sequence: state.last_sequence,
                backlog,
            });
        }
        Ok(all)
    }
}
