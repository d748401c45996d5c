//! What becomes of a file: moved, deleted, or left. Blocking. Nothing is ever overwritten, and nothing goes that is not the
//! file that was handed out.

use super::candidate::{Candidate, Look};
use super::names::{DONE, FAILED};
use super::options::{After, InboxOptions};
use super::place;
use crate::sys::Writers;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// Before a file is deleted it gets a name of this beginning, by which it is known that it is the right one that goes.
const DELETING: &str = ".deleting-";
/// A copy to another device has a name of this beginning until it is whole.
const COPYING: &str = ".copying-";

/// Where a file is, once it is finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// In the inbox, and remembered.
    Kept,
    /// Moved to this path.
    Moved(PathBuf),
    /// Deleted.
    Deleted,
    /// It had gone by itself.
    Gone,
    /// In the inbox, to be handed out again: because it was asked for, or because it is not the file that was handed out
    /// any more.
    Again,
}

/// A file could not be moved or deleted. It is still in the inbox, whole, and remembered as finished.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path:?} cannot be moved to {to:?}: {source}; it stays in the inbox (check permissions and free space)"
)]
pub struct FinishError {
    /// The file.
    pub path: PathBuf,
    /// Where it was to go.
    pub to: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Deals with a file that is done.
pub(crate) fn done(options: &InboxOptions, candidate: &Candidate) -> Result<Fate, FinishError> {
    let fate = match options.after {
        After::Keep => return Ok(Fate::Kept),
        After::Move => relocate(options, candidate, DONE)?,
        After::Delete => {
            let Some(name) = candidate.path.file_name() else {
                return Ok(Fate::Gone);
            };
            let mut aside = OsString::from(DELETING);
            aside.push(name);
            let aside = candidate.path.with_file_name(aside);
            match take(candidate, &aside) {
                Ok(Taken::As(aside)) => {
                    fs::remove_file(&aside).map_err(|source| error(candidate, &aside, source))?;
                    Fate::Deleted
                }
                Ok(Taken::Not(fate)) => fate,
                Err(source) => return Err(error(candidate, &aside, source)),
            }
        }
    };
    if let (Some(marker), Fate::Moved(_) | Fate::Deleted) = (&options.done_marker, &fate) {
        // A marker left behind is only untidy, and it may belong to another file by now.
        let _ = fs::remove_file(super::names::marker_of(&candidate.path, marker));
    }
    Ok(fate)
}

/// Deals with a file that failed, for this reason.
pub(crate) fn failed(
    options: &InboxOptions,
    candidate: &Candidate,
    reason: &str,
) -> Result<Fate, FinishError> {
    if options.after == After::Keep {
        return Ok(Fate::Kept);
    }
    let fate = relocate(options, candidate, FAILED)?;
    if let Fate::Moved(to) = &fate
        && let Err(error) = fs::write(reason_of(to), format!("{reason}\n"))
    {
        let (inbox, path) = (options.name.as_str(), to.display());
        tracing::warn!(inbox, %path, %error, "the reason file cannot be written");
    }
    Ok(fate)
}

/// Brings a failed file back into the inbox, without its reason; false if there is none.
pub(crate) fn restore(options: &InboxOptions, relative: &Path) -> io::Result<bool> {
    let failed = options.root.join(FAILED).join(relative);
    let path = options.root.join(relative);
    if failed.symlink_metadata().is_err() || path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    put(&failed, &path)?;
    // Without its file the reason says nothing; it may have been removed by hand.
    let _ = fs::remove_file(reason_of(&failed));
    Ok(true)
}

/// The name a file has while it is deleted, turned back: `None` for any other name.
pub(crate) fn undeleted(name: &Path) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let rest = name
        .file_name()?
        .as_bytes()
        .strip_prefix(DELETING.as_bytes())?;
    Some(name.with_file_name(std::ffi::OsStr::from_bytes(rest)))
}

/// Moves to the first free name like `wanted`: `01.md`, `01.2.md`, `01.3.md`, …
pub(crate) fn put_free(from: &Path, wanted: &Path) -> io::Result<PathBuf> {
    for number in 1u32.. {
        let to = numbered(wanted, number);
        match put(from, &to) {
            Ok(()) => return Ok(to),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn relocate(
    options: &InboxOptions,
    candidate: &Candidate,
    folder: &str,
) -> Result<Fate, FinishError> {
    let wanted = options.root.join(folder).join(&candidate.relative);
    let moved = (|| {
        if let Some(parent) = wanted.parent() {
            fs::create_dir_all(parent)?;
        }
        take(candidate, &wanted)
    })();
    match moved {
        Ok(Taken::As(to)) => Ok(Fate::Moved(to)),
        Ok(Taken::Not(fate)) => Ok(fate),
        Err(source) => Err(error(candidate, &wanted, source)),
    }
}

enum Taken {
    As(PathBuf),
    Not(Fate),
}

/// Moves the candidate away, if it is still what was handed out and nobody writes to it; what slipped in between the look
/// and the move is brought back.
fn take(candidate: &Candidate, wanted: &Path) -> io::Result<Taken> {
    let gone = |e: &io::Error| e.kind() == io::ErrorKind::NotFound;
    // Where others write from other machines a lease may be refused for ever.
    let leases = candidate
        .path
        .parent()
        .is_some_and(|folder| place::shared(folder).is_none());
    match Look::at(&candidate.path, candidate.follow, leases) {
        Ok(look) if look.stamp() != candidate.stamp || look.writers == Writers::Some => {
            return Ok(Taken::Not(Fate::Again));
        }
        Ok(_) => {}
        Err(e) if gone(&e) => return Ok(Taken::Not(Fate::Gone)),
        Err(e) => return Err(e),
    }
    match put_free(&candidate.path, wanted) {
        Ok(to) => match is_link(&to) || same(&to, candidate) {
            true => Ok(Taken::As(to)),
            false => {
                put_free(&to, &candidate.path)?;
                Ok(Taken::Not(Fate::Again))
            }
        },
        Err(e) if e.raw_os_error() == Some(libc::EXDEV) => copy(candidate, wanted),
        Err(e) if gone(&e) && candidate.path.symlink_metadata().is_err() => {
            Ok(Taken::Not(Fate::Gone))
        }
        Err(e) => Err(e),
    }
}

/// Copies to another device: whole and on disk before the original goes.
fn copy(candidate: &Candidate, wanted: &Path) -> io::Result<Taken> {
    // No other watcher of this folder may have the same.
    let unique = RandomState::new().hash_one(&candidate.relative);
    let partial = wanted.with_file_name(format!("{COPYING}{unique:016x}"));
    let whole = (|| {
        let mut from = super::candidate::open(&candidate.path, true)?;
        let mut to = File::create_new(&partial)?;
        io::copy(&mut from, &mut to)?;
        let meta = from.metadata()?;
        to.set_permissions(meta.permissions())?;
        to.set_modified(meta.modified()?)?;
        to.sync_all()
    })();
    let settled = whole.and_then(|()| match same(&candidate.path, candidate) {
        false => {
            fs::remove_file(&partial)?;
            Ok(Taken::Not(Fate::Again))
        }
        true => {
            let to = put_free(&partial, wanted)?;
            if let Some(folder) = to.parent() {
                File::open(folder)?.sync_all()?;
            }
            fs::remove_file(&candidate.path)?;
            Ok(Taken::As(to))
        }
    });
    if settled.is_err() {
        // The error to tell is the first one; the original is untouched.
        let _ = fs::remove_file(&partial);
    }
    settled
}

/// Whether the file at `path` is what was handed out.
fn same(path: &Path, candidate: &Candidate) -> bool {
    super::candidate::stat(path, candidate.follow)
        .is_ok_and(|meta| super::candidate::Stamp::of(&meta) == candidate.stamp)
}

/// A link, moved, need not lead anywhere any more.
fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_symlink())
}

/// Renames without overwriting.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // The file system cannot (NFS, some FUSE): a second name is refused as surely, where links are to be had.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => match fs::hard_link(from, to) {
            Ok(()) => fs::remove_file(from),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(e),
            Err(_) if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(from, to),
        },
        result => Ok(result?),
    }
}

/// `01.md`, 2 → `01.2.md`; the first has no number.
fn numbered(wanted: &Path, number: u32) -> PathBuf {
    if number < 2 {
        return wanted.to_path_buf();
    }
    let mut name = wanted.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(".{number}"));
    if let Some(extension) = wanted.extension() {
        name.push(".");
        name.push(extension);
    }
    wanted.with_file_name(name)
}

fn reason_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".reason.txt");
    name.into()
}

fn error(candidate: &Candidate, to: &Path, source: io::Error) -> FinishError {
    FinishError {
        path: candidate.path.clone(),
        to: to.to_path_buf(),
        source,
    }
}
