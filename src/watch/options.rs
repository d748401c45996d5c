//! What an operator can set for one inbox, and what makes it impossible to open.

use super::names;
use rustix::fs::{Access, access};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// When an inbox is polled, besides the periodic walk that always takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Polling {
    /// Where the file system tells no events of other machines (NFS, SMB, FUSE, 9p, …) or the watch limit is reached:
    /// every [`Polling::AUTO`].
    #[default]
    Auto,
    /// Never: events and the periodic walk only.
    Never,
    /// Always, at this interval, and no events at all.
    Every(Duration),
}

impl Polling {
    /// The interval of automatic polling.
    pub const AUTO: Duration = Duration::from_secs(2);
}

/// What becomes of a file afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum After {
    /// It stays where it is and is remembered.
    #[default]
    Keep,
    /// It goes to `done/` or, with its reason beside it, to `failed/` below the inbox, under the same relative path.
    Move,
    /// It is deleted when done; failed ones go to `failed/`.
    Delete,
}

/// One inbox.
#[derive(Debug, Clone)]
pub struct InboxOptions {
    /// Its name in the log.
    pub name: String,
    /// The folder. It may be a symbolic link; what is below is governed by `follow_symlinks`.
    pub root: PathBuf,
    /// How long a file must not change, from first sight, when nothing else proves it complete.
    pub settle: Duration,
    /// How often the whole inbox is walked even if every event came.
    pub reconcile: Duration,
    /// When it is polled.
    pub poll: Polling,
    /// What becomes of files.
    pub after: After,
    /// A file counts only once `<name><marker>` lies beside it (`.done`: `01.md` waits for `01.md.done`).
    pub done_marker: Option<String>,
    /// Whether symbolic links below the inbox are followed. A link that is moved or deleted is so itself, not its target.
    pub follow_symlinks: bool,
}

impl InboxOptions {
    /// The defaults: settle 500 ms, walk every 30 s, automatic polling, keep, no marker, no links.
    pub fn new(name: impl Into<String>, root: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            root: root.into(),
            settle: Duration::from_millis(500),
            reconcile: Duration::from_secs(30),
            poll: Polling::Auto,
            after: After::Keep,
            done_marker: None,
            follow_symlinks: false,
        }
    }

    /// The same, checked, with an absolute root.
    pub(crate) fn checked(mut self) -> Result<Self, InboxError> {
        self.root = std::path::absolute(&self.root).map_err(|source| InboxError::Unreachable {
            root: self.root.clone(),
            source,
        })?;
        let root = &self.root;
        let unreachable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => InboxError::Missing { root: root.clone() },
            _ => InboxError::Unreachable {
                root: root.clone(),
                source,
            },
        };
        if !std::fs::metadata(root).map_err(unreachable)?.is_dir() {
            return Err(InboxError::NotAFolder { root: root.clone() });
        }
        if access(root, Access::READ_OK | Access::EXEC_OK).is_err() {
            return Err(InboxError::Unreadable { root: root.clone() });
        }
        if self.after != After::Keep {
            let own = [names::DONE, names::FAILED].map(|own| root.join(own));
            let folders = std::iter::once(root.clone())
                .chain(own.into_iter().filter(|f| f.symlink_metadata().is_ok()));
            for folder in folders {
                if !folder.is_dir() {
                    return Err(InboxError::InTheWay { path: folder });
                }
                if access(&folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
                    return Err(InboxError::Unwritable {
                        folder,
                        after: self.after,
                    });
                }
            }
        }
        if let Some(marker) = &self.done_marker
            && (marker.is_empty() || marker.contains('/') || !is_plain(marker))
        {
            return Err(InboxError::Marker {
                marker: marker.clone(),
            });
        }
        Ok(self)
    }
}

/// Whether files with this ending are seen at all.
fn is_plain(marker: &str) -> bool {
    !names::is_ignored(Path::new(&format!("x{marker}")))
}

/// Why an inbox cannot be opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// There is nothing at this path.
    #[error("inbox {root:?} does not exist: create it with `mkdir -p`, or correct the path")]
    Missing {
        /// The path, absolute.
        root: PathBuf,
    },
    /// There is something else at this path.
    #[error("inbox {root:?} is not a folder: name the folder that files are put into")]
    NotAFolder {
        /// The path, absolute.
        root: PathBuf,
    },
    /// The folder cannot be listed.
    #[error(
        "inbox {root:?} cannot be read by this user: give it read and execute permission (`chmod u+rx`)"
    )]
    Unreadable {
        /// The path, absolute.
        root: PathBuf,
    },
    /// The way to the folder is closed or broken.
    #[error("inbox {root:?} cannot be reached: {source}")]
    Unreachable {
        /// The path.
        root: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Files are to be moved or deleted, and cannot be.
    #[error(
        "{folder:?} is not writable by this user, and files are to be handled with {after:?}: give it write permission or choose `keep`"
    )]
    Unwritable {
        /// The inbox, or `done/` or `failed/` in it.
        folder: PathBuf,
        /// What was asked for.
        after: After,
    },
    /// `done` or `failed` is there and is no folder.
    #[error(
        "{path:?} is in the way: files are moved to a folder of this name, rename what is there"
    )]
    InTheWay {
        /// The path.
        path: PathBuf,
    },
    /// The done marker can never be met.
    #[error(
        "done marker {marker:?} is not usable: give an ending such as \".done\", not one of a temporary name"
    )]
    Marker {
        /// The marker.
        marker: String,
    },
    /// The scanner's thread cannot be started.
    #[error("the scanner of inbox {root:?} cannot be started: {source}")]
    Thread {
        /// The path, absolute.
        root: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
