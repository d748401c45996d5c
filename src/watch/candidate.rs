//! A file judged complete, and how its bytes are read so that no change goes unnoticed.

use crate::sys::{self, Writers};
use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970 (as the file tells it: copy tools set it back).
    pub mtime_ns: i64,
    /// Inode. Reused by the file system, so never an identity by itself.
    pub inode: u64,
    /// Device.
    pub device: u64,
    /// Permissions: a file that becomes readable is a new case.
    pub mode: u32,
    /// Owner.
    pub owner: u32,
}

impl Stamp {
    pub(crate) fn of(meta: &Metadata) -> Self {
        Self {
            size: meta.size(),
            mtime_ns: meta
                .mtime()
                .saturating_mul(1_000_000_000)
                .saturating_add(meta.mtime_nsec()),
            inode: meta.ino(),
            device: meta.dev(),
            mode: meta.mode(),
            owner: meta.uid(),
        }
    }
}

/// A file judged complete. Give it back with [`Handle::finish`](super::Handle::finish): until then it is not handed out
/// again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// The same, below the inbox.
    pub relative: PathBuf,
    /// Its state when it was judged.
    pub stamp: Stamp,
    pub(crate) follow: bool,
}

/// Why a file's bytes cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// It is not the file that was handed out any more: finish it with [`Outcome::Retry`](super::Outcome::Retry).
    #[error("the file changed while it was read; it will be taken up again when it is complete")]
    Changed,
    /// It is too large; nothing was read.
    #[error(
        "the file has {size} bytes, more than the limit of {limit}: raise the limit or split the file"
    )]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// The bytes allowed.
        limit: u64,
    },
    /// It was deleted or moved away.
    #[error("the file is gone")]
    Gone,
    /// The system refuses.
    #[error("the file cannot be read: {source}{}", remedy(.source))]
    Unreadable {
        /// What the system says.
        source: io::Error,
    },
}

impl ReadFault {
    /// Whether another try may succeed: the answer to it is [`Outcome::Retry`](super::Outcome::Retry).
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Changed => true,
            Self::TooLarge { .. } | Self::Gone => false,
            Self::Unreadable { source } => is_passing(source),
        }
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            ": give this user read permission (`chmod u+r`, or the folder's default ACL)"
        }
        io::ErrorKind::StaleNetworkFileHandle => ": remount the share",
        _ if error.raw_os_error() == Some(libc::EIO) => ": check the disk or the share",
        _ if error.raw_os_error() == Some(libc::EMFILE) => {
            ": raise the limit of open files (`ulimit -n`)"
        }
        _ => "",
    }
}

impl Candidate {
    /// The relative path for people: parts joined by `/`, U+FFFD for what is not UTF-8.
    pub fn display_name(&self) -> String {
        display(&self.relative)
    }

    /// The whole content, at most `limit` bytes of it. Blocking. The stamp is compared before and after, so that bytes are
    /// those of the file that was judged, or an error.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, ReadFault> {
        let size = self.stamp.size;
        let mut file = open(&self.path, self.follow).map_err(|error| self.refused(error))?;
        self.same(&file)?;
        if size > limit {
            return Err(ReadFault::TooLarge { size, limit });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        (&mut file)
            .take(size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(fault)?;
        self.same(&file)?;
        match bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(ReadFault::Changed),
        }
    }

    /// A refusal counts for the file that was judged; of another one that will be found in its turn.
    fn refused(&self, error: io::Error) -> ReadFault {
        match stat(&self.path, self.follow) {
            Ok(meta) if Stamp::of(&meta) != self.stamp => ReadFault::Changed,
            _ => fault(error),
        }
    }

    fn same(&self, file: &File) -> Result<(), ReadFault> {
        match Stamp::of(&file.metadata().map_err(fault)?) == self.stamp {
            true => Ok(()),
            false => Err(ReadFault::Changed),
        }
    }
}

fn fault(source: io::Error) -> ReadFault {
    match source.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR) => ReadFault::Gone,
        // The place was taken by a link, a folder or a pipe.
        Some(libc::ELOOP | libc::ENXIO | libc::EISDIR) => ReadFault::Changed,
        _ => ReadFault::Unreadable { source },
    }
}

/// Whether an error has to do with the moment, not with the file.
fn is_passing(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    matches!(
        code,
        Some(
            libc::EMFILE
                | libc::ENFILE
                | libc::ENOMEM
                | libc::EWOULDBLOCK
                | libc::EINTR
                | libc::ESTALE
        )
    )
}

/// Opens for reading without waiting for a pipe's writer, and without following a link unless told to.
pub(crate) fn open(path: &Path, follow: bool) -> io::Result<File> {
    let links = if follow { 0 } else { libc::O_NOFOLLOW };
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | links)
        .open(path)
}

/// The metadata of a path, of the target if links are followed.
pub(crate) fn stat(path: &Path, follow: bool) -> io::Result<Metadata> {
    if follow {
        path.metadata()
    } else {
        path.symlink_metadata()
    }
}

/// A path for people.
pub(crate) fn display(relative: &Path) -> String {
    let parts = relative.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A file as it is at this moment.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) meta: Metadata,
    pub(crate) writers: Writers,
    /// It could be opened for reading.
    pub(crate) opened: bool,
}

impl Look {
    /// Looks at a file and, with `leases`, asks the kernel for its writers. A file that cannot be opened is looked at all
    /// the same: whoever reads it will say why it cannot be read. It is opened without leases too, for that makes a
    /// network file system fetch what it tells of the file.
    pub(crate) fn at(path: &Path, follow: bool, leases: bool) -> io::Result<Self> {
        let meta = stat(path, follow)?;
        let unopened = |writers| {
            Ok(Self {
                meta: meta.clone(),
                writers,
                opened: false,
            })
        };
        if !meta.is_file() {
            return unopened(Writers::Unknown);
        }
        let file = match open(path, follow) {
            Ok(file) => file,
            // Another's exclusive lease is being broken, or we are short of descriptors: to be asked again.
            Err(error) if is_passing(&error) => return unopened(Writers::Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(error),
            Err(_) => return unopened(Writers::Unknown),
        };
        let (writers, meta) = match leases {
            true => sys::writers(&file, || file.metadata()),
            false => (Writers::Unknown, file.metadata()),
        };
        Ok(Self {
            meta: meta?,
            writers,
            opened: true,
        })
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::of(&self.meta)
    }
}
