//! Events of the file system, made into hints. A hint says where to look; what it does not say is not believed to be so.

use super::options::Polling;
use notify::event::{
    AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RemoveKind, RenameMode,
};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// Hints that may wait. Beyond it they are replaced by one walk of everything.
const WAITING: usize = 8192;

/// Something happened at a path (absolute).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) path: PathBuf,
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Came into being, or changed in its attributes.
    Appeared,
    /// Data was written.
    Written,
    /// A writer closed it, or it was renamed into place.
    Complete,
    /// It is a folder that came.
    Folder,
    /// It went away.
    Vanished,
}

/// The watches on the folders of one inbox, and the hints they give.
///
/// Folders are watched one by one, not recursively, for the scanner to read each only after its watch is in place: what is
/// written before is then seen by the reading, what is written after by an event.
#[derive(Debug)]
pub(crate) struct Hints {
    watcher: Option<RecommendedWatcher>,
    folders: HashSet<PathBuf>,
    receiver: mpsc::Receiver<Hint>,
    lost: Arc<Notify>,
}

/// The system grants no further watch.
#[derive(Debug)]
pub(crate) struct LimitReached;

impl Hints {
    /// Starts listening; the error says that there can be no events at all (then there are none, and polling must do).
    pub(crate) fn listen(poll: Polling, follow: bool) -> (Self, Option<notify::Error>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let lost = Arc::new(Notify::new());
        let flag = Arc::clone(&lost);
        let handler = move |event: notify::Result<Event>| match event {
            Ok(event) => {
                if event.need_rescan() {
                    flag.notify_one();
                }
                if let Some(hint) = hint(event)
                    && sender.try_send(hint).is_err()
                {
                    flag.notify_one();
                }
            }
            Err(_) => flag.notify_one(),
        };
        let config = Config::default().with_follow_symlinks(follow);
        let (watcher, error) = match poll {
            Polling::Every(_) => (None, None),
            _ => match RecommendedWatcher::new(handler, config) {
                Ok(watcher) => (Some(watcher), None),
                Err(error) => (None, Some(error)),
            },
        };
        (
            Self {
                watcher,
                folders: HashSet::new(),
                receiver,
                lost,
            },
            error,
        )
    }

    /// Whether there are events.
    pub(crate) fn alive(&self) -> bool {
        self.watcher.is_some()
    }

    /// Watches a folder; again, if it is watched: its inode may be another by now.
    pub(crate) fn watch(&mut self, folder: &Path) -> Result<(), LimitReached> {
        let Some(watcher) = &mut self.watcher else {
            return Ok(());
        };
        match watcher.watch(folder, RecursiveMode::NonRecursive) {
            Ok(()) => {
                self.folders.insert(folder.to_path_buf());
                Ok(())
            }
            Err(error) if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) => {
                Err(LimitReached)
            }
            // Mostly that the folder is gone again or closed to us: its walk will tell.
            Err(_) => Ok(()),
        }
    }

    /// Drops the watches at and below a folder that went away; true if it was watched.
    pub(crate) fn unwatch(&mut self, folder: &Path) -> bool {
        if !self.folders.contains(folder) {
            return false;
        }
        if let Some(watcher) = &mut self.watcher {
            // A watch whose folder was deleted is gone already: that error says nothing.
            self.folders
                .extract_if(|watched| watched.starts_with(folder))
                .for_each(|watched| {
                    let _ = watcher.unwatch(&watched);
                });
        }
        true
    }

    /// How many folders are watched.
    pub(crate) fn len(&self) -> usize {
        self.folders.len()
    }

    /// The next hint, or `None` if some were lost. Waits for ever if there are no events. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<Hint> {
        tokio::select! {
            biased;
            () = self.lost.notified() => None,
            Some(hint) = self.receiver.recv() => Some(hint),
            else => std::future::pending().await,
        }
    }

    /// The next hint that is there already.
    pub(crate) fn ready(&mut self) -> Option<Hint> {
        self.receiver.try_recv().ok()
    }
}

/// The hint in an event, if it has one. Our own opening and reading of files gives none.
fn hint(event: Event) -> Option<Hint> {
    let what = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => What::Complete,
        EventKind::Access(_) => return None,
        EventKind::Create(CreateKind::Folder) => What::Folder,
        EventKind::Create(_) => What::Appeared,
        // The pair of From and To, which have come by themselves.
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => return None,
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) => What::Vanished,
        EventKind::Modify(ModifyKind::Name(RenameMode::To)) => What::Complete,
        EventKind::Modify(ModifyKind::Data(_)) => What::Written,
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => What::Appeared,
        EventKind::Remove(
            RemoveKind::File | RemoveKind::Folder | RemoveKind::Any | RemoveKind::Other,
        ) => What::Vanished,
    };
    let path = event.paths.into_iter().next()?;
    Some(Hint { path, what })
}
