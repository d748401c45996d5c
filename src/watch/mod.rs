//! Watching an inbox: which files are completely written, and what becomes of them afterwards.
//!
//! Events of the file system are hints that wake a scanner; the scanner looks and decides. It knows the file system and
//! nothing of pages, NATS or ledgers.
//!
//! ```text
//! notify ─hints─▶ scanner ─Candidate─▶ consumer: read, publish
//!   walks ──────▶ (one thread)  ◀─what became of it─ finish: keep, move, delete
//! ```
//!
//! **Complete** is a file that
//! 1. nobody has open for writing, by the kernel's word (a lease, on a local file system), and that was closed by a writer
//!    or renamed into place before our eyes, or has been quiet for the settle time; or, where the kernel gives no word,
//! 2. was closed or renamed before our eyes, or has not changed for the settle time since it was first seen.
//!
//! **Not missed** are files whose events were: everything is walked at start, after an overflow, when the folder is made
//! anew, and from time to time; a new folder at once and once more a little later.
//!
//! **Bounded**: hints, files on their way and walks in waiting are limited; beyond the limit files wait on disk for a walk
//! to meet them. Of a finished file that stays, 33 bytes are kept.

mod after;
mod candidate;
mod hints;
mod known;
mod names;
mod notice;
mod options;
mod place;
mod root;
mod scanner;
mod settle;
mod table;
mod walk;

pub use after::{Fate, FinishError};
pub use candidate::{Candidate, ReadFault, Stamp};
pub(crate) use names::DONE;
pub use notice::Notice;
pub use options::{After, InboxError, InboxOptions, Polling};
pub use scanner::Stats;

use hints::Hints;
use notice::Reporter;
use root::Root;
use scanner::{Command, Scanner};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use table::Table;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use walk::Walks;

/// Candidates that wait for the consumer.
const WAITING: usize = 64;

/// What the consumer made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All that was to be done is done and safe.
    Done,
    /// It can never be done, for this reason.
    Failed {
        /// For the operator; written beside the file in `failed/`.
        reason: String,
    },
    /// It could not be done now: the file stays and is handed out again, after this time and if it is complete.
    Retry {
        /// The time.
        after: Duration,
    },
}

/// An open inbox. Dropped, it stops; [`Handle`]s go on working, so that what is in flight can be finished.
#[derive(Debug)]
pub struct Inbox {
    candidates: mpsc::Receiver<Candidate>,
    notices: Option<broadcast::Receiver<Notice>>,
    speaker: broadcast::WeakSender<Notice>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
    _stop: DropGuard,
}

/// Gives files back to their inbox, from any task.
#[derive(Debug, Clone)]
pub struct Handle {
    options: Arc<InboxOptions>,
    commands: mpsc::Sender<Command>,
    stats: watch::Receiver<Stats>,
    shutdown: CancellationToken,
}

impl Inbox {
    /// Opens an inbox and starts its scanner, on a thread of its own.
    pub fn open(options: InboxOptions) -> Result<Self, InboxError> {
        let options = Arc::new(options.checked()?);
        let (hints, deaf) = Hints::listen(options.poll, options.follow_symlinks);
        let (sender, candidates) = mpsc::channel(WAITING);
        let (commands, obeyed) = mpsc::channel(WAITING);
        let (figures, stats) = watch::channel(Stats::default());
        let (speaker, notices) = broadcast::channel(WAITING);
        let shutdown = CancellationToken::new();
        let weak = speaker.downgrade();
        let mut scanner = Scanner {
            options: Arc::clone(&options),
            hints,
            commands: obeyed,
            candidates: sender,
            shutdown: shutdown.clone(),
            stats: figures,
            report: Reporter::new(options.name.clone(), speaker),
            table: Table::default(),
            walks: Walks::default(),
            root: Root::new(),
        };
        if let Some(error) = deaf {
            let limit = matches!(&error.kind, notify::ErrorKind::Io(e) if e.raw_os_error() == Some(libc::EMFILE));
            let why = if limit {
                Notice::limit("max_user_instances")
            } else {
                error.to_string()
            };
            scanner.say_polled(why);
        }
        let failed = |source| InboxError::Thread {
            root: options.root.clone(),
            source,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(failed)?;
        let thread = std::thread::Builder::new()
            .name(format!("inbox {}", options.name))
            .spawn(move || runtime.block_on(scanner.run()))
            .map_err(failed)?;
        let handle = Handle {
            options,
            commands,
            stats,
            shutdown: shutdown.clone(),
        };
        let stop = shutdown.drop_guard();
        Ok(Self {
            candidates,
            notices: Some(notices),
            speaker: weak,
            handle,
            thread: Some(thread),
            _stop: stop,
        })
    }

    /// The next complete file; `None` after [`Handle::shutdown`]. Cancel-safe.
    ///
    /// # Panics
    /// If the scanner panicked: that is never to look like an end.
    pub async fn next(&mut self) -> Option<Candidate> {
        let candidate = self.candidates.recv().await;
        if candidate.is_none()
            && let Some(thread) = self.thread.take()
            && let Err(panic) = thread.join()
        {
            std::panic::resume_unwind(panic);
        }
        candidate
    }

    /// For giving files back.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// What an operator is told (it is in the log as well): the first listener hears everything since the opening, those
    /// after it what comes from now on. A slow listener misses the oldest.
    pub fn notices(&mut self) -> broadcast::Receiver<Notice> {
        let later = || {
            self.speaker
                .upgrade()
                .map_or_else(|| broadcast::channel(1).1, |speaker| speaker.subscribe())
        };
        self.notices.take().unwrap_or_else(later)
    }
}

impl Handle {
    /// Says what came of a file, and does with it what the inbox is set to do. A file that is not any more what was handed
    /// out is neither moved nor deleted, but handed out again when complete. Gives an error if it cannot be moved; it is
    /// then left where it is, and remembered.
    pub async fn finish(
        &self,
        candidate: Candidate,
        outcome: Outcome,
    ) -> Result<Fate, FinishError> {
        let relative = candidate.relative.clone();
        let stamp = candidate.stamp;
        let options = Arc::clone(&self.options);
        let fate = match outcome {
            Outcome::Retry { after } => {
                self.tell(Command::Again(relative, after)).await;
                return Ok(Fate::Again);
            }
            _ if options.after == After::Keep => Ok(Fate::Kept),
            Outcome::Done => blocking(move || after::done(&options, &candidate)).await,
            Outcome::Failed { reason } => {
                blocking(move || after::failed(&options, &candidate, &reason)).await
            }
        };
        self.tell(match &fate {
            Ok(Fate::Kept) | Err(_) => Command::Kept(relative, stamp),
            Ok(Fate::Again) => Command::Again(relative, Duration::ZERO),
            Ok(Fate::Moved(_) | Fate::Deleted | Fate::Gone) => Command::Left(relative),
        })
        .await;
        fate
    }

    /// Forgets what came of a file (its path below the inbox), so that it is handed out again; brings it back from
    /// `failed/` if it is there. A path that is never handed out is left alone.
    pub async fn forget(&self, relative: &Path) -> io::Result<()> {
        if names::is_ignored(relative) {
            return Ok(());
        }
        let (options, path) = (Arc::clone(&self.options), relative.to_path_buf());
        blocking(move || after::restore(&options, &path)).await?;
        self.tell(Command::Forget(relative.to_path_buf())).await;
        Ok(())
    }

    /// Figures, changing.
    pub fn stats(&self) -> watch::Receiver<Stats> {
        self.stats.clone()
    }

    /// The folder, absolute.
    pub fn root(&self) -> &Path {
        &self.options.root
    }

    /// Stops the inbox: no further file is handed out.
    pub fn shutdown(&self) {
        self.shutdown.cancel();
    }

    async fn tell(&self, command: Command) {
        // After shutdown there is nobody to remember it: the next start will look for itself.
        let _ = self.commands.send(command).await;
    }
}

/// Runs file system work where it keeps no other task waiting.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: the runtime is shutting down, and this task with it.
            Err(_) => std::future::pending().await,
        },
    }
}
