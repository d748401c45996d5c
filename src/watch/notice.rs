//! What an operator must know about an inbox, said once.

use super::candidate::display;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::broadcast;

/// Paths of which something was said that are remembered; beyond it the oldest talk may be repeated.
const REMEMBERED: usize = 4096;

/// Something about the inbox itself. Trouble with single files is told by [`ReadFault`](super::ReadFault).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The inbox folder is not there any more; it is awaited.
    Gone,
    /// It is there again, and is walked.
    Back,
    /// It is polled at this interval, and why.
    Polled {
        /// The interval.
        every: Duration,
        /// The file system's name, or what else is the reason.
        why: String,
    },
    /// A folder below cannot be read; the rest is.
    UnreadableFolder {
        /// Below the inbox.
        relative: PathBuf,
        /// What the system says.
        error: String,
    },
    /// A link leads nowhere.
    BrokenLink {
        /// Below the inbox.
        relative: PathBuf,
    },
    /// A link leads into itself.
    LinkLoop {
        /// Below the inbox.
        relative: PathBuf,
    },
    /// A link is there, and links are not followed.
    LinkIgnored {
        /// Below the inbox.
        relative: PathBuf,
    },
    /// A pipe, a socket, a device.
    NotAFile {
        /// Below the inbox.
        relative: PathBuf,
    },
    /// Somebody has been writing a file for long; it is not handed out before it is closed.
    Stalled {
        /// Below the inbox.
        relative: PathBuf,
    },
    /// The kernel does not tell this user of writers: without an event only the settle time judges.
    NoLease,
}

impl Notice {
    /// The path it is about.
    pub fn relative(&self) -> Option<&Path> {
        match self {
            Self::Gone | Self::Back | Self::Polled { .. } | Self::NoLease => None,
            Self::UnreadableFolder { relative, .. }
            | Self::BrokenLink { relative }
            | Self::LinkLoop { relative }
            | Self::LinkIgnored { relative }
            | Self::NotAFile { relative }
            | Self::Stalled { relative } => Some(relative),
        }
    }

    /// Why polling must do when no watch can be had: names the limit to raise.
    pub(crate) fn limit(setting: &str) -> String {
        let now = std::fs::read_to_string(Path::new("/proc/sys/fs/inotify").join(setting));
        let now = now.map_or_else(|_| String::new(), |value| format!(", now {}", value.trim()));
        format!(
            "the watch limit is reached: raise fs.inotify.{setting}{now} \
             (`sysctl fs.inotify.{setting}=1048576`, to last: a file in /etc/sysctl.d)"
        )
    }
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gone => "the inbox folder is gone; waiting for it to come back",
            Self::Back => "the inbox folder is back",
            Self::Polled { every, why } => return write!(f, "polling every {every:?}: {why}"),
            Self::UnreadableFolder { error, .. } => {
                return write!(f, "a folder cannot be read: {error} (give this user read and execute permission)");
            }
            Self::BrokenLink { .. } => "a symbolic link leads nowhere (restore its target or remove it)",
            Self::LinkLoop { .. } => "a symbolic link leads back into itself (remove it)",
            Self::LinkIgnored { .. } => "a symbolic link is not followed (allow it with follow_symlinks = true)",
            Self::NotAFile { .. } => "not a regular file, ignored",
            Self::Stalled { .. } => "a file has been open for writing for long; it waits for its writer",
            Self::NoLease => {
                "the kernel tells nothing of writers (another user's files, or no leases on this file system): \
                 where no event tells, only the settle time judges a file complete \
                 (run as the files' owner, grant CAP_LEASE, or set done_marker)"
            }
        })
    }
}

/// Writes notices to the log and to whoever listens, each once until it is over.
#[derive(Debug)]
pub(crate) struct Reporter {
    inbox: String,
    /// About the inbox itself.
    said: Vec<Notice>,
    /// By the path it is about.
    said_of: HashMap<PathBuf, Vec<Notice>>,
    listeners: broadcast::Sender<Notice>,
}

impl Reporter {
    pub(crate) fn new(inbox: String, listeners: broadcast::Sender<Notice>) -> Self {
        Self {
            inbox,
            said: Vec::new(),
            said_of: HashMap::new(),
            listeners,
        }
    }

    /// Says it, unless it was said.
    pub(crate) fn say(&mut self, notice: Notice) {
        if self.said_of.len() >= REMEMBERED {
            self.said_of.clear();
        }
        let said = match notice.relative() {
            None => &mut self.said,
            Some(relative) => self.said_of.entry(relative.to_path_buf()).or_default(),
        };
        if said.contains(&notice) {
            return;
        }
        said.push(notice.clone());
        let inbox = self.inbox.as_str();
        match notice.relative().map(display) {
            Some(path) => tracing::warn!(inbox, path, "{notice}"),
            None if notice == Notice::Back => tracing::info!(inbox, "{notice}"),
            None => tracing::warn!(inbox, "{notice}"),
        }
        // Nobody need listen.
        let _ = self.listeners.send(notice);
    }

    /// Something about the inbox is not so any more: it will be said again when it is. True if it was said.
    pub(crate) fn over(&mut self, notice: &Notice) -> bool {
        let before = self.said.len();
        self.said.retain(|other| other != notice);
        self.said.len() < before
    }

    /// It is not polled any more.
    pub(crate) fn over_polled(&mut self) {
        self.said
            .retain(|other| !matches!(other, Notice::Polled { .. }));
    }

    /// Whether something was said of this path.
    pub(crate) fn said_of(&self, relative: &Path) -> bool {
        !self.said_of.is_empty() && self.said_of.contains_key(relative)
    }

    /// Nothing is wrong with this path any more.
    pub(crate) fn fine(&mut self, relative: &Path) {
        if !self.said_of.is_empty() {
            self.said_of.remove(relative);
        }
    }
}
