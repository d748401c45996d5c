//! The data folder and its lock.

use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Cannot be made or written.
    #[error("the data folder {} cannot be used: {reason}; give another with --data, or mend its permissions", .folder.display())]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// As the system says.
        reason: std::io::Error,
    },
    /// Another daemon has it.
    #[error("another copydesk (process {pid}) runs on the data folder {}; stop it, or give this one another with --data", .folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Who holds it.
        pid: String,
    },
}

/// A data folder, locked for this process as long as the value lives: nats-server itself takes no lock.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where it is missing and locks it.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let unusable = |reason| FolderError::Unusable {
            folder: path.to_owned(),
            reason,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(unusable)?;
        let path = std::path::absolute(path).map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(unusable)?;
        if let Err(error) = flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            if error != rustix::io::Errno::WOULDBLOCK {
                return Err(unusable(error.into()));
            }
            let mut pid = String::new();
            let _ = lock.read_to_string(&mut pid);
            let pid = if pid.is_empty() {
                "unknown".into()
            } else {
                pid.trim().to_owned()
            };
            return Err(FolderError::Locked { folder: path, pid });
        }
        let write_pid = |mut lock: &File| {
            lock.set_len(0)?;
            lock.rewind()?;
            writeln!(lock, "{}", std::process::id())
        };
        write_pid(&lock).map_err(unusable)?;
        Ok(Self { path, _lock: lock })
    }

    /// A path in the folder.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces a file as a whole, readable by its owner only: written aside, synced, renamed, the folder synced.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write_private(&self, name: &str, content: &str) -> Result<(), FolderError> {
        let write = || {
            let aside = self.join(&format!("{name}.tmp"));
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&aside)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&aside, self.join(name))?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(|reason| FolderError::Unusable {
            folder: self.path.clone(),
            reason,
        })
    }

    /// A file's content without its line end; `None` when it is not there.
    pub fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.join(name))
            .ok()
            .map(|s| s.trim().to_owned())
            .filter(|s| !s.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_the_same_folder_is_refused_and_told_who_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataFolder::open(dir.path()).unwrap();
        let second = DataFolder::open(dir.path()).unwrap_err();
        assert!(
            second
                .to_string()
                .contains(&format!("process {}", std::process::id())),
            "{second}"
        );
        drop(first);
        DataFolder::open(dir.path()).unwrap();
    }

    #[test]
    fn private_files_are_replaced_whole_and_readable_by_nobody_else() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        folder.write_private("nats.url", "one\n").unwrap();
        folder.write_private("nats.url", "two\n").unwrap();
        assert_eq!(folder.read("nats.url").as_deref(), Some("two"));
        let mode = std::fs::metadata(folder.join("nats.url"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
