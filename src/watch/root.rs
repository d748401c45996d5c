//! The inbox folder itself: there or not, the same or another, with events or polled; and the walking of it.

use super::candidate::Stamp;
use super::notice::Notice;
use super::options::Polling;
use super::scanner::{Scanner, quiet};
use super::settle::Heard;
use super::walk::Step;
use super::{after, names, place};
use rustix::fs::{Access, access};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How often it is checked that the folder is still the one that is watched.
const CHECK: Duration = Duration::from_secs(1);
/// How often it is looked for while it is not there.
const AWAIT: Duration = Duration::from_millis(200);
/// Entries of a walk read at once.
const ENTRIES: usize = 256;

/// What is known of the inbox folder.
#[derive(Debug)]
pub(crate) struct Root {
    /// Device and inode of the folder that is watched.
    armed: Option<(u64, u64)>,
    /// The shared file system it, or a folder in it, is on.
    shared: Option<&'static str>,
    /// A watch was refused in this or the last walk.
    limited: bool,
    /// A watch was refused in this walk.
    refused: bool,
    check: Instant,
    opened: Instant,
    walks: u64,
}

impl Root {
    pub(crate) fn new() -> Self {
        Self {
            armed: None,
            shared: None,
            limited: false,
            refused: false,
            check: Instant::now(),
            opened: Instant::now(),
            walks: 0,
        }
    }

    /// Whether leases tell of all writers.
    pub(crate) fn has_leases(&self) -> bool {
        self.shared.is_none()
    }

    pub(crate) fn is_present(&self) -> bool {
        self.armed.is_some()
    }

    pub(crate) fn walks(&self) -> u64 {
        self.walks
    }

    pub(crate) fn due(&self) -> Instant {
        self.check
    }
}

impl Scanner {
    /// An event of the inbox folder itself.
    pub(crate) fn root_hinted(&mut self, vanished: bool, now: Instant) {
        if vanished {
            // A folder made anew may have the old one's inode.
            self.disarm();
        }
        self.root.check = now;
    }

    /// Sees to it that the folder that is there is the folder that is watched.
    pub(crate) fn check_root(&mut self, now: Instant) {
        if self.root.check > now {
            return;
        }
        self.root.check = now + CHECK;
        let there = self
            .options
            .root
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_dir)
            .map(|m| (m.dev(), m.ino()));
        if there.is_some() && there == self.root.armed {
            return;
        }
        self.disarm();
        match there {
            None => {
                self.root.check = now + AWAIT;
                self.report.say(Notice::Gone);
            }
            Some(_) => {
                self.report.over(&Notice::Back);
                if self.report.over(&Notice::Gone) {
                    self.report.say(Notice::Back);
                }
                self.root.armed = there;
                self.root.shared = place::shared(&self.options.root);
                self.watch_folder(&self.options.root.clone());
                self.walks.want_whole();
            }
        }
    }

    fn disarm(&mut self) {
        self.root.armed = None;
        self.table.doubt();
        self.hints.unwatch(&self.options.root.clone());
        self.walks.abandon();
    }

    /// Whether it is polled at present.
    pub(crate) fn is_polled(&self) -> bool {
        match self.options.poll {
            Polling::Every(_) => true,
            Polling::Never => false,
            Polling::Auto => self.root.shared.is_some() || self.root.limited || !self.hints.alive(),
        }
    }

    fn interval(&self) -> Duration {
        match self.options.poll {
            Polling::Every(every) => every,
            _ if self.is_polled() => Polling::AUTO.min(self.options.reconcile),
            _ => self.options.reconcile,
        }
    }

    /// Walks a piece, if there is anything to walk and room for what it finds; false if there is not.
    pub(crate) fn step(&mut self) -> bool {
        if self.walks.wants_whole() && self.root.is_present() && self.table.has_ample_room() {
            self.root.refused = false;
            self.table.known.begin();
            self.walks
                .begin_whole(&self.options.root, self.options.follow_symlinks);
        }
        let now = Instant::now();
        for _ in 0..ENTRIES {
            if !self.walks.under_way() || !self.table.has_room() {
                return false;
            }
            match self
                .walks
                .step(self.options.follow_symlinks, self.interval())
            {
                Step::Entry(entry) => self.met(&entry, now),
                Step::Error(error) => self.walk_error(&error),
                Step::WholeDone(clean) => self.whole_done(clean),
                Step::Idle => return false,
            }
        }
        true
    }

    fn met(&mut self, entry: &walkdir::DirEntry, now: Instant) {
        let root = Arc::clone(&self.options);
        let Ok(relative) = entry.path().strip_prefix(&root.root) else {
            return;
        };
        let kind = entry.file_type();
        let ignored = names::is_ignored(relative);
        if kind.is_dir() {
            match ignored {
                true => self.walks.skip_folder(),
                false => self.met_folder(entry, relative),
            }
            return;
        }
        if ignored {
            return self.met_ignored(entry, now);
        }
        if self
            .options
            .done_marker
            .as_deref()
            .is_some_and(|marker| names::marked_by(relative, marker).is_some())
        {
            return;
        }
        if !kind.is_file() {
            return self.not_a_file(relative, entry.path(), kind.is_symlink());
        }
        let meta = match entry.metadata() {
            Ok(meta) => meta,
            // What vanished since the folder was read is not there.
            Err(error) => return self.cannot_stat(relative, &error),
        };
        if self.table.known.has(relative, &Stamp::of(&meta)) || self.table.holds(relative) {
            return;
        }
        self.look(&relative.into(), Heard::Nothing, now);
    }

    /// Brings back what an earlier run set aside to delete it, and died; if that fails it stays as it is. What was set aside
    /// since our start is being deleted.
    fn met_ignored(&self, entry: &walkdir::DirEntry, now: Instant) {
        if let Some(original) = after::undeleted(entry.path())
            && let Ok(meta) = entry.metadata()
            && quiet(&meta) > now - self.root.opened
        {
            let _ = after::put_free(entry.path(), &original);
        }
    }

    fn met_folder(&mut self, entry: &walkdir::DirEntry, relative: &Path) {
        // The walk says first that it found a folder, then that it cannot read it.
        if self.report.said_of(relative)
            && access(entry.path(), Access::READ_OK | Access::EXEC_OK).is_ok()
        {
            self.report.fine(relative);
        }
        if self.root.shared.is_none()
            && let Ok(meta) = entry.metadata()
            && self
                .root
                .armed
                .is_some_and(|(device, _)| device != meta.dev())
        {
            self.root.shared = place::shared(entry.path());
        }
        self.watch_folder(entry.path());
    }

    fn watch_folder(&mut self, folder: &Path) {
        if let Some(name) = self.root.shared {
            self.say_polled(format!(
                "{name} tells no events of what other machines write"
            ));
        }
        if !self.root.refused && self.hints.watch(folder).is_err() {
            self.root.refused = true;
            self.root.limited = true;
            self.say_polled(Notice::limit("max_user_watches"));
        }
    }

    /// Says that it is polled, where that is the automatic choice.
    pub(crate) fn say_polled(&mut self, why: String) {
        if self.options.poll == Polling::Auto {
            self.report.say(Notice::Polled {
                every: self.interval(),
                why,
            });
        }
    }

    fn walk_error(&mut self, error: &walkdir::Error) {
        let Some(path) = error.path() else { return };
        let Ok(relative) = path.strip_prefix(&self.options.root) else {
            return;
        };
        let relative = relative.to_path_buf();
        if names::is_ignored(&relative) {
            return;
        }
        if error.loop_ancestor().is_some() {
            return self.report.say(Notice::LinkLoop { relative });
        }
        let Some(source) = error.io_error() else {
            return;
        };
        if source.kind() != std::io::ErrorKind::NotFound {
            let error = source.to_string();
            self.report
                .say(Notice::UnreadableFolder { relative, error });
        } else if path.is_symlink() {
            self.report.say(Notice::BrokenLink { relative });
        }
    }

    /// A folder may be listed and its files not be reached.
    fn cannot_stat(&mut self, relative: &Path, error: &walkdir::Error) {
        if let Some(source) = error.io_error()
            && source.kind() == std::io::ErrorKind::PermissionDenied
            && let Some(folder) = relative.parent()
        {
            let (relative, error) = (folder.to_path_buf(), source.to_string());
            self.report
                .say(Notice::UnreadableFolder { relative, error });
        }
    }

    fn whole_done(&mut self, clean: bool) {
        self.root.walks += 1;
        if clean {
            self.table.known.sweep();
        }
        if self.root.limited && !self.root.refused {
            self.root.limited = false;
            self.report.over_polled();
        }
    }
}
