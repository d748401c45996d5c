//! Inboxes → articles: a file's articles are stored together or not at all (invariant 1), and what came of the file is
//! remembered, so that neither a restart nor a second watcher publishes it again.

use super::{Desk, ServiceError, guarded};
use crate::article::{Article, Origin, Source};
use crate::bus::dead::DeadLetter;
use crate::bus::files::{FileOutcome, FileRecord, Files, Known, RetryRequest};
use crate::bus::publish::Outgoing;
use crate::config::SourceSettings;
use crate::event::sha256_hex;
use crate::metrics::{METRICS, SourceMetrics, TAKEN, now_ms};
use crate::page;
use crate::spans;
use crate::trace::{TRACEPARENT, TraceContext};
use crate::watch::{Candidate, Handle, Inbox, InboxOptions, Outcome, Polling, ReadFault};
use bytes::Bytes;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use futures_util::StreamExt;
use futures_util::future::{FutureExt, join_all};
use sha2::{Digest, Sha256};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Most files read and stored together.
const GROUP: usize = 64;
/// Files of one source read at once: a disk that hangs is to leave threads to the other sources and roles.
const READING: usize = 3;
/// Pause before a file that NATS would not take is offered again.
const AGAIN: Duration = Duration::from_secs(1);

/// A full stream takes a file now and then: that it is full is not said more often.
const CALM: Duration = Duration::from_secs(60);

/// One source with its inbox.
pub(super) struct SourceDesk {
    desk: Desk,
    files: Files,
    source: Arc<Source>,
    inbox: Inbox,
    handle: Handle,
    metrics: SourceMetrics,
    /// Turns to read.
    turns: Semaphore,
    /// When it was said that NATS takes nothing; not said again until it does.
    waiting: Option<Instant>,
}

/// A file with what is known of it.
struct Incoming {
    candidate: Candidate,
    key: String,
    known: Option<Known>,
}

/// What reading a file came to.
enum Reading {
    /// Nothing new in it.
    Unchanged(FileRecord),
    /// Articles to be stored.
    Articles {
        record: FileRecord,
        messages: Vec<Outgoing>,
    },
    /// Nothing can be made of it.
    Failed { record: FileRecord, reason: String },
    /// It changed or went away; or NATS did not answer.
    Again(Duration),
}

fn options(settings: &SourceSettings) -> InboxOptions {
    InboxOptions {
        settle: Duration::from_millis(settings.settle_ms),
        reconcile: Duration::from_secs(settings.reconcile_secs),
        poll: settings.poll_secs.map_or(Polling::Auto, |secs| {
            Polling::Every(Duration::from_secs(secs))
        }),
        after: settings.after,
        done_marker: settings.done_marker.clone(),
        follow_symlinks: settings.follow_symlinks,
        ..InboxOptions::new(&settings.name, &settings.inbox)
    }
}

impl SourceDesk {
    /// Opens the inbox; `desk.shutdown` ends this source.
    pub(super) fn open(
        desk: Desk,
        files: Files,
        settings: &SourceSettings,
    ) -> Result<Self, ServiceError> {
        let inbox = Inbox::open(options(settings)).map_err(|reason| ServiceError::Inbox {
            source_name: settings.name.clone(),
            reason,
        })?;
        tracing::info!(source = %settings.name, inbox = %settings.inbox.display(), "watching");
        Ok(Self {
            desk,
            files,
            source: Arc::new(settings.source()),
            metrics: METRICS.source(&settings.name),
            handle: inbox.handle(),
            inbox,
            turns: Semaphore::new(READING),
            waiting: None,
        })
    }

    /// Ends when it is told to and has finished what it began.
    pub(super) async fn run(mut self) {
        let shutdown = self.desk.shutdown.clone();
        let mut retries = None;
        let mut stats = self.handle.stats();
        loop {
            // Subscribed again after a connection that could not be had.
            if retries.is_none() {
                retries = self.desk.bus.retries().await.ok().map(Box::pin);
            }
            let retried = async {
                match &mut retries {
                    Some(stream) => stream.next().await,
                    None => std::future::pending().await,
                }
            };
            let first = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(request) = retried => {
                    self.retry(&request).await;
                    continue;
                }
                Ok(()) = stats.changed() => {
                    let now = stats.borrow_and_update();
                    let waiting = now.settling + now.out;
                    self.metrics.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
                    continue;
                }
                candidate = self.inbox.next() => candidate,
            };
            let Some(first) = first else { break };
            let mut group = vec![first];
            while group.len() < GROUP
                && let Some(Some(candidate)) = self.inbox.next().now_or_never()
            {
                group.push(candidate);
            }
            // Without NATS nothing is read: files stay where they are.
            if !self.desk.bus.is_connected() {
                self.say_waiting("not connected");
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = self.desk.bus.connected() => {}
                }
            }
            self.work(group).await;
        }
        self.handle.shutdown();
    }

    async fn retry(&self, request: &RetryRequest) {
        let source = &request.source;
        if *source != self.source.name {
            return;
        }
        let Ok(bytes) = BASE64URL_NOPAD.decode(request.path.as_bytes()) else {
            return;
        };
        let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
        tracing::info!(source, file = %path.display(), "taken up again on request");
        match self.handle.forget(&path).await {
            Ok(()) => self.desk.bus.answer_retry(request).await,
            Err(error) => {
                tracing::warn!(%error, file = %path.display(), "cannot be brought back");
            }
        }
    }

    async fn work(&mut self, group: Vec<Candidate>) {
        let began = Instant::now();
        let readings = join_all(group.into_iter().map(|candidate| self.look(candidate))).await;
        let mut concluded = Vec::with_capacity(readings.len());
        let mut to_store = Vec::new();
        let mut messages = Vec::new();
        for (incoming, reading) in readings {
            match reading {
                Reading::Unchanged(record) => concluded.push((incoming, record, Outcome::Done)),
                Reading::Again(after) => {
                    self.finish(incoming.candidate, Outcome::Retry { after })
                        .await
                }
                Reading::Failed { record, reason } => {
                    let outcome = self.fail(&incoming, reason).await;
                    concluded.push((incoming, record, outcome));
                }
                Reading::Articles {
                    record,
                    messages: its,
                } => {
                    to_store.push((incoming, record));
                    messages.push(its);
                }
            }
        }
        let results = self.desk.bus.publish_groups(&messages).await;
        if results.iter().any(Result::is_ok)
            && self.waiting.is_some_and(|said| said.elapsed() > CALM)
        {
            self.waiting = None;
        }
        for (((incoming, record), result), its) in to_store.into_iter().zip(results).zip(&messages)
        {
            match result {
                Ok(_) => {
                    trace(its, began.elapsed());
                    self.desk.tally.done(1);
                    self.metrics.published.inc();
                    self.metrics.articles.inc_by(record.articles as u64);
                    METRICS.read.observe(began.elapsed().as_secs_f64());
                    tracing::info!(source = %self.source.name, file = %record.file, articles = record.articles, "published");
                    concluded.push((incoming, record, Outcome::Done));
                }
                Err(error) if error.is_transient() => {
                    self.say_waiting(&error.to_string());
                    self.finish(incoming.candidate, Outcome::Retry { after: AGAIN })
                        .await;
                }
                Err(error) => {
                    let outcome = self.fail(&incoming, error.to_string()).await;
                    let record = FileRecord {
                        outcome: FileOutcome::Failed,
                        ..record
                    };
                    concluded.push((incoming, record, outcome));
                }
            }
        }
        self.conclude(concluded).await;
    }

    /// Remembers what came of files, then lets the inbox keep, move or delete them.
    async fn conclude(&self, concluded: Vec<(Incoming, FileRecord, Outcome)>) {
        let source = self.source.name.as_str();
        let records: Vec<_> = concluded
            .iter()
            .filter(|(incoming, record, outcome)| {
                !matches!(outcome, Outcome::Retry { .. })
                    && incoming.known.as_ref().is_none_or(|k| k.record != *record)
            })
            .map(|(incoming, record, _)| (source, incoming.key.as_str(), record.clone()))
            .collect();
        if let Err(error) = self.files.remember(&records).await {
            // Read again after a restart, and dropped by the enricher as known.
            tracing::warn!(%error, "what came of files is not remembered");
        }
        for (incoming, _, outcome) in concluded {
            self.finish(incoming.candidate, outcome).await;
        }
    }

    /// Reads a file unless it is known.
    async fn look(&self, candidate: Candidate) -> (Incoming, Reading) {
        let key = key(&candidate.relative);
        let mut incoming = Incoming {
            candidate,
            key,
            known: None,
        };
        match self.files.by_path(&self.source.name, &incoming.key).await {
            Ok(known) => incoming.known = known,
            Err(_) => return (incoming, Reading::Again(AGAIN)),
        }
        let stamp = stamp(&incoming.candidate);
        if let Some(known) = incoming.known.as_ref().filter(|k| k.record.stamp == stamp) {
            let reading = Reading::Unchanged(known.record.clone());
            self.desk.tally.unchanged(1);
            self.metrics.known.inc();
            return (incoming, reading);
        }
        let limit = self.desk.config.now().settings.limits.max_file_mb * 1_000_000;
        let candidate = incoming.candidate.clone();
        let read = self.in_turn(move || {
            candidate.read(limit).map(|bytes| {
                let sha256 = sha256_hex(&bytes);
                (bytes, sha256)
            })
        });
        let record = |sha256: String, outcome| FileRecord {
            file: incoming.candidate.display_name(),
            sha256,
            stamp: stamp.clone(),
            outcome,
            articles: 0,
        };
        let (bytes, sha256) = match read.await {
            Ok(read) => read,
            Err(ReadFault::Changed | ReadFault::Gone) => {
                return (incoming, Reading::Again(Duration::ZERO));
            }
            Err(fault) => {
                let reading = Reading::Failed {
                    record: record(String::new(), FileOutcome::Failed),
                    reason: fault.to_string(),
                };
                return (incoming, reading);
            }
        };
        let revision = incoming.known.as_ref().map_or(0, |k| k.revision);
        let reading = match self.is_known(&incoming, &sha256).await {
            Err(()) => Reading::Again(AGAIN),
            Ok(true) => {
                self.desk.tally.unchanged(1);
                self.metrics.known.inc();
                tracing::info!(source = %self.source.name, file = %incoming.candidate.display_name(), "known already");
                Reading::Unchanged(record(sha256, FileOutcome::Known))
            }
            Ok(false) => {
                let origin = Origin {
                    file: incoming.candidate.display_name(),
                    sha256: sha256.clone(),
                };
                match self.parse(bytes, origin).await {
                    Err(reason) => Reading::Failed {
                        record: record(sha256, FileOutcome::Failed),
                        reason,
                    },
                    Ok(articles) => Reading::Articles {
                        messages: articles
                            .iter()
                            .map(|a| self.outgoing(a, revision))
                            .collect(),
                        record: FileRecord {
                            articles: articles.len(),
                            ..record(sha256, FileOutcome::Published)
                        },
                    },
                }
            }
        };
        (incoming, reading)
    }

    /// Whether these bytes are what this path held before (a touched file), or a new path holds what another held (a
    /// renamed one). A path whose bytes changed is never known, even when it goes back to what it held earlier.
    async fn is_known(&self, incoming: &Incoming, sha256: &str) -> Result<bool, ()> {
        match &incoming.known {
            Some(known) => {
                Ok(known.record.sha256 == sha256 && known.record.outcome != FileOutcome::Failed)
            }
            None => self
                .files
                .by_content(&self.source.name, sha256)
                .await
                .map(|k| k.is_some())
                .map_err(|_| ()),
        }
    }

    async fn parse(&self, bytes: Vec<u8>, origin: Origin) -> Result<Vec<Article>, String> {
        let source = self.source.clone();
        let read = self.in_turn(move || guarded(|| page::read(&bytes, &source, &origin)));
        let page = match read.await {
            Ok(page) => page.map_err(|e| e.to_string())?,
            Err(panic) => {
                return Err(format!(
                    "reading it panicked: {panic}; this is a defect, please report it"
                ));
            }
        };
        if page.articles.is_empty() {
            return Err("no article was found in it; is it a page of a newspaper?".into());
        }
        Ok(page.articles)
    }

    /// Runs work on the blocking threads, a few at once.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        // An error would say that no more turns are given: they always are.
        let _turn = self.turns.acquire().await;
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }

    fn outgoing(&self, article: &Article, path_revision: u64) -> Outgoing {
        let trace = TraceContext::start();
        let span = tracing::info_span!("article", id = %article.id, trace = %trace.trace_id());
        span.in_scope(
            || tracing::debug!(file = %article.origin.file, kind = article.kind.as_str(), "read"),
        );
        let content: String = article.content_hash().chars().take(16).collect();
        Outgoing {
            subject: self
                .desk
                .bus
                .names()
                .article(&self.source.name, &article.id),
            // With the path's revision, so that a file that goes back to an earlier state is no duplicate of it.
            id: format!("{}:article:{content}:{path_revision}", article.id),
            headers: vec![
                ("Content-Type", "application/json".into()),
                (TRACEPARENT, trace.to_string()),
                (TAKEN, now_ms().to_string()),
            ],
            payload: Bytes::from(serde_json::to_vec(article).unwrap_or_default()),
            expect: None,
        }
    }

    /// Puts a file nothing can be made of with the dead letters.
    async fn fail(&self, incoming: &Incoming, reason: String) -> Outcome {
        let file = incoming.candidate.display_name();
        let source = &self.source.name;
        tracing::error!(
            source,
            file,
            reason,
            "file not published; it is kept, see `copydesk dead list`"
        );
        let path = BASE64URL_NOPAD.encode(incoming.candidate.relative.as_os_str().as_bytes());
        let letter = DeadLetter {
            sequence: 0,
            role: "watch".into(),
            id: incoming.key.clone(),
            reason: reason.clone(),
            attempts: 1,
            order: crate::bus::work::Order::default(),
            subject: format!("file:{source}:{path}"),
            payload: Bytes::from(serde_json::json!({ "source": source, "file": file }).to_string()),
            time: String::new(),
        };
        self.desk.tally.failed(1);
        self.metrics.failed.inc();
        METRICS.dead("watch");
        match self.desk.bus.bury(&letter).await {
            Ok(()) => Outcome::Failed { reason },
            Err(_) => Outcome::Retry { after: AGAIN },
        }
    }

    async fn finish(&self, candidate: Candidate, outcome: Outcome) {
        let file = candidate.display_name();
        if let Err(error) = self.handle.finish(candidate, outcome).await {
            tracing::warn!(%error, source = %self.source.name, file, "the file stays where it is");
        }
    }

    fn say_waiting(&mut self, error: &str) {
        if self.waiting.is_none() {
            self.waiting = Some(Instant::now());
            tracing::warn!(source = %self.source.name, error, "NATS takes no articles; files stay in the inbox until it does");
        }
    }
}

/// The first span of every article's trace.
fn trace(messages: &[Outgoing], took: Duration) {
    for message in messages {
        let header = message
            .headers
            .iter()
            .find(|(name, _)| *name == TRACEPARENT);
        if let Some((_, context)) = header {
            let id = message.subject.rsplit('.').next().unwrap_or_default();
            spans::record("watch", &TraceContext::parse(Some(context)), None, id, took);
        }
    }
}

/// A file's key: a hash of its path below the inbox, as the system has it.
fn key(relative: &Path) -> String {
    let hash = Sha256::digest(relative.as_os_str().as_bytes());
    BASE32_NOPAD
        .encode(hash.get(..16).unwrap_or_default())
        .to_ascii_lowercase()
}

/// What tells one state of a file from another without reading it.
fn stamp(candidate: &Candidate) -> String {
    let s = &candidate.stamp;
    format!(
        "{}:{}:{}:{}:{:o}:{}",
        s.size, s.mtime_ns, s.inode, s.device, s.mode, s.owner
    )
}
