//! An inbox on a real folder, and a consumer that notes what it gets.

use copydesk::watch::{After, Candidate, Fate, Handle, Inbox, InboxOptions, Notice, Outcome};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::broadcast;

/// No wait in these tests is meant to last so long, on however loaded a machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Time for something that must not happen.
pub(crate) const NEVER: Duration = Duration::from_millis(700);

/// An open inbox.
pub(crate) struct Desk {
    pub(crate) inbox: Inbox,
    pub(crate) handle: Handle,
    pub(crate) notices: broadcast::Receiver<Notice>,
    pub(crate) root: PathBuf,
    _dir: Option<TempDir>,
}

/// Options with a settle time short enough for tests.
pub(crate) fn options(root: &Path) -> InboxOptions {
    let mut options = InboxOptions::new("test", root);
    options.settle = Duration::from_millis(200);
    options.reconcile = Duration::from_secs(600);
    options
}

impl Desk {
    /// An empty inbox.
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    /// An inbox with other options; `prepare` may put files into its root.
    pub(crate) fn with(prepare: impl FnOnce(&mut InboxOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("inbox");
        std::fs::create_dir(&root).unwrap();
        let mut options = options(&root);
        prepare(&mut options);
        let mut desk = Self::on(options);
        desk._dir = Some(dir);
        desk
    }

    /// The same, disposing of files in this manner.
    pub(crate) fn after(after: After) -> Self {
        Self::with(|options| options.after = after)
    }

    /// An inbox on a folder of the caller's.
    pub(crate) fn on(options: InboxOptions) -> Self {
        let root = options.root.clone();
        let mut inbox = Inbox::open(options).unwrap();
        let (handle, notices) = (inbox.handle(), inbox.notices());
        Self {
            inbox,
            handle,
            notices,
            root,
            _dir: None,
        }
    }

    /// Waits until the first walk is over: from then on events are what finds a file.
    pub(crate) async fn started(self) -> Self {
        let walked = async {
            self.handle
                .stats()
                .wait_for(|stats| stats.walks > 0)
                .await
                .map(|_| ())
        };
        tokio::time::timeout(PATIENCE, walked)
            .await
            .expect("a walk")
            .unwrap();
        self
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Writes a file below the inbox, making folders.
    pub(crate) fn write(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn next(&mut self) -> Candidate {
        tokio::time::timeout(PATIENCE, self.inbox.next())
            .await
            .expect("a candidate in time")
            .expect("a running inbox")
    }

    /// The next file, read and done: its name and content.
    pub(crate) async fn take(&mut self) -> (String, String) {
        let candidate = self.next().await;
        let taken = (candidate.display_name(), text(&candidate));
        self.handle.finish(candidate, Outcome::Done).await.unwrap();
        taken
    }

    pub(crate) async fn finish(&self, candidate: Candidate, outcome: Outcome) -> Fate {
        self.handle.finish(candidate, outcome).await.unwrap()
    }

    /// Takes files until `count` names have come, then until nothing has for a while: how often each came, with its last content.
    pub(crate) async fn drain(&mut self, count: usize) -> BTreeMap<String, (usize, String)> {
        let mut came: BTreeMap<String, (usize, String)> = BTreeMap::new();
        let began = Instant::now();
        loop {
            let wait = if came.len() < count {
                PATIENCE.saturating_sub(began.elapsed())
            } else {
                NEVER
            };
            let Ok(candidate) = tokio::time::timeout(wait, self.inbox.next()).await else {
                return came;
            };
            let candidate = candidate.expect("a running inbox");
            let outcome = match candidate.read(u64::MAX) {
                Ok(bytes) => {
                    let entry = came.entry(candidate.display_name()).or_default();
                    *entry = (entry.0 + 1, String::from_utf8_lossy(&bytes).into_owned());
                    Outcome::Done
                }
                Err(_) => Outcome::Retry {
                    after: Duration::ZERO,
                },
            };
            self.finish(candidate, outcome).await;
        }
    }

    /// Nothing is handed out for a while.
    pub(crate) async fn quiet(&mut self) {
        if let Ok(candidate) = tokio::time::timeout(NEVER, self.inbox.next()).await {
            panic!("handed out: {candidate:?}");
        }
    }

    /// The next notice, but for that of a file system without leases.
    pub(crate) async fn notice(&mut self) -> Notice {
        loop {
            let notice = tokio::time::timeout(PATIENCE, self.notices.recv());
            match notice.await.expect("a notice in time").unwrap() {
                Notice::NoLease => {}
                notice => return notice,
            }
        }
    }
}

/// The content of a file handed out.
pub(crate) fn text(candidate: &Candidate) -> String {
    String::from_utf8(candidate.read(u64::MAX).unwrap()).unwrap()
}

/// Runs `work` on a thread of a user without rights; false, and nothing run, if this process may not change its user.
pub(crate) fn as_another_user(work: impl FnOnce() + Send) -> bool {
    beside_another_user(work, || {})
}

/// The same, with `meanwhile` on this thread.
pub(crate) fn beside_another_user(work: impl FnOnce() + Send, meanwhile: impl FnOnce()) -> bool {
    if !rustix::process::getuid().is_root() {
        return false;
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            // Of this thread and those it starts only; and a user of its own, whose limits are not another test's.
            static USERS: AtomicU32 = AtomicU32::new(0);
            let user = 1_000_000 + 100 * std::process::id() + USERS.fetch_add(1, Ordering::Relaxed);
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(user)).unwrap();
            work();
        });
        meanwhile();
        other.join().unwrap();
    });
    true
}

/// Runs a future on a runtime of this thread.
pub(crate) fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work);
}
