//! The scanner: one thread that takes hints, looks at files and decides. All file system calls of the watcher but those
//! of the consumer ([`Candidate::read`], [`super::after`]) are made here.

use super::candidate::{Candidate, Look, Stamp};
use super::hints::{Hint, Hints, What};
use super::names;
use super::notice::{Notice, Reporter};
use super::options::InboxOptions;
use super::root::Root;
use super::settle::{Evidence, Heard, Verdict, judge};
use super::table::Table;
use super::walk::Walks;
use crate::sys::Writers;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Hints taken at once before anything else is looked at.
const HINTS: usize = 256;
/// How long a writer may keep a file open before the operator is told.
const LONG: Duration = Duration::from_secs(60);

/// What a consumer tells the scanner.
#[derive(Debug)]
pub(crate) enum Command {
    /// The file stays where it is, finished in this state.
    Kept(PathBuf, Stamp),
    /// The file is not there any more.
    Left(PathBuf),
    /// The file is to be handed out again after this time.
    Again(PathBuf, Duration),
    /// What is known of a file is to be forgotten.
    Forget(PathBuf),
}

/// Figures of one inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// The folder is there.
    pub present: bool,
    /// It is polled.
    pub polled: bool,
    /// Files not yet judged complete.
    pub settling: usize,
    /// Files judged complete and not finished.
    pub out: usize,
    /// Finished files that are still there.
    pub known: usize,
    /// Folders with a watch.
    pub folders: usize,
    /// Walks of everything that came to their end.
    pub walks: u64,
}

pub(crate) struct Scanner {
    pub(crate) options: Arc<InboxOptions>,
    pub(crate) hints: Hints,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) candidates: mpsc::Sender<Candidate>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) stats: watch::Sender<Stats>,
    pub(crate) report: Reporter,
    pub(crate) table: Table,
    pub(crate) walks: Walks,
    pub(crate) root: Root,
}

impl Scanner {
    /// Runs until shutdown.
    pub(crate) async fn run(mut self) {
        let shutdown = self.shutdown.clone();
        let candidates = self.candidates.clone();
        loop {
            self.tick();
            let idle = !self.step();
            self.publish();
            let due = self.due();
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                Some(command) = self.commands.recv() => self.obey(&command),
                permit = candidates.reserve(), if self.table.has_ready() => {
                    let Ok(permit) = permit else { return };
                    if let Some((relative, stamp)) = self.table.hand_out() {
                        let path = self.options.root.join(&relative);
                        let follow = self.options.follow_symlinks;
                        permit.send(Candidate { path, relative: relative.to_path_buf(), stamp, follow });
                    }
                }
                hint = self.hints.next() => self.take(hint),
                () = tokio::time::sleep_until(due), if idle => {}
                // There is walking to be done: only look whether anything came meanwhile.
                () = std::future::ready(()), if !idle => {}
            }
        }
    }

    /// Does what is due.
    fn tick(&mut self) {
        let now = Instant::now();
        self.check_root(now);
        while let Some(path) = self.table.next_due(now) {
            self.look(&path, Heard::Nothing, now);
        }
        self.walks.tick(now);
    }

    /// When something falls due.
    fn due(&self) -> Instant {
        let dues = [self.table.due(), self.walks.due()];
        dues.into_iter()
            .flatten()
            .fold(self.root.due(), Instant::min)
    }

    fn take(&mut self, hint: Option<Hint>) {
        let now = Instant::now();
        if hint.is_none() {
            self.table.doubt();
            self.walks.want_whole();
        }
        let mut next = hint;
        let mut more = HINTS;
        while let Some(hint) = next {
            self.follow_hint(&hint, now);
            more -= 1;
            next = if more > 0 { self.hints.ready() } else { None };
        }
    }

    fn follow_hint(&mut self, hint: &Hint, now: Instant) {
        let Ok(relative) = hint.path.strip_prefix(&self.options.root) else {
            return;
        };
        if relative.as_os_str().is_empty() {
            return self.root_hinted(hint.what == What::Vanished, now);
        }
        if names::is_ignored(relative) {
            return;
        }
        let marker = self.options.done_marker.as_deref();
        let (relative, what) = match marker.and_then(|marker| names::marked_by(relative, marker)) {
            Some(_) if hint.what == What::Vanished => return,
            Some(marked) => (marked, What::Complete),
            None => (relative, hint.what),
        };
        let heard = match what {
            What::Folder => return self.folder_came(&hint.path, now),
            What::Vanished => {
                self.table.drop_settling(relative);
                self.report.fine(relative);
                if !self.table.is_out(relative) {
                    self.table.known.remove(relative);
                }
                // A folder may have come again at once, before its new watch was lost with the old one.
                if self.hints.unwatch(&hint.path) && hint.path.is_dir() {
                    self.folder_came(&hint.path, now);
                }
                return;
            }
            What::Appeared => Heard::Nothing,
            What::Written if self.hears_closes() => Heard::Writing,
            What::Written => Heard::Nothing,
            What::Complete => Heard::Closed,
        };
        let on_its_way = match heard {
            Heard::Nothing => self.table.holds(relative),
            _ => self.table.hear(relative, heard),
        };
        // A settling file is looked at when its time comes, a file that is out when it is given back.
        if on_its_way && (what != What::Complete || self.table.is_out(relative)) {
            return;
        }
        if !on_its_way && !self.table.has_room() {
            return self.walks.want_whole();
        }
        self.look(&relative.into(), heard, now);
    }

    /// Looks at a file that is not out, knowing what was heard of it, and decides.
    pub(crate) fn look(&mut self, relative: &Arc<Path>, heard: Heard, now: Instant) {
        let path = self.options.root.join(relative);
        let look = match Look::at(&path, self.options.follow_symlinks, self.root.has_leases()) {
            Ok(look) => look,
            Err(error) => return self.cannot_look(relative, &path, &error),
        };
        let kind = look.meta.file_type();
        if !kind.is_file() {
            self.table.drop_settling(relative);
            if kind.is_dir() {
                self.folder_came(&path, now);
            } else {
                self.not_a_file(relative, &path, kind.is_symlink());
            }
            return;
        }
        let stamp = look.stamp();
        if self.table.known.has(relative, &stamp) || !self.is_marked(&path) {
            return self.table.drop_settling(relative);
        }
        if look.opened && look.writers == Writers::Unknown && self.root.has_leases() {
            self.report.say(Notice::NoLease);
        }
        let course = self.table.see(relative, stamp, heard, now);
        let evidence = Evidence {
            writers: look.writers,
            heard: course.heard,
            still: now - course.since,
            quiet: quiet(&look.meta),
            empty: stamp.size == 0,
        };
        let long = now - course.first > LONG;
        match judge(evidence, self.options.settle) {
            Verdict::Complete => {
                self.table.complete(relative);
                self.report.fine(relative);
            }
            Verdict::Wait(rest) => {
                self.table.look_at(relative, now + rest);
                if long && (look.writers == Writers::Some || evidence.heard == Heard::Writing) {
                    self.report.say(Notice::Stalled {
                        relative: relative.to_path_buf(),
                    });
                    // The kernel will know the writer again: in need of room, the file waits on disk.
                    if look.writers == Writers::Some && !self.table.has_ample_room() {
                        self.table.drop_settling(relative);
                    }
                }
            }
        }
    }

    /// Has a new folder walked. A walk that follows links meets its own beginning again only if that is the inbox itself.
    fn folder_came(&mut self, folder: &Path, now: Instant) {
        let folder = if self.options.follow_symlinks {
            &self.options.root
        } else {
            folder
        };
        self.walks.want(folder.to_path_buf(), now);
    }

    fn cannot_look(&mut self, relative: &Arc<Path>, path: &Path, error: &io::Error) {
        self.table.drop_settling(relative);
        if error.kind() == io::ErrorKind::NotFound {
            self.table.known.remove(relative);
            if path.is_symlink() {
                self.report.say(Notice::BrokenLink {
                    relative: relative.to_path_buf(),
                });
            }
        } else if error.raw_os_error() == Some(libc::ELOOP) {
            self.report.say(Notice::LinkLoop {
                relative: relative.to_path_buf(),
            });
        }
        // Anything else is a matter of the folder, of which its walk will tell.
    }

    /// Says why something that is neither file nor folder is left alone.
    pub(crate) fn not_a_file(&mut self, relative: &Path, path: &Path, link: bool) {
        let relative = relative.to_path_buf();
        self.report.say(match link {
            false => Notice::NotAFile { relative },
            true if path
                .metadata()
                .is_err_and(|e| e.kind() == io::ErrorKind::NotFound) =>
            {
                Notice::BrokenLink { relative }
            }
            true => Notice::LinkIgnored { relative },
        });
    }

    /// Whether the file has the marker it needs.
    fn is_marked(&self, path: &Path) -> bool {
        let marker = self.options.done_marker.as_deref();
        marker.is_none_or(|marker| names::marker_of(path, marker).is_file())
    }

    /// Whether a writer that was heard writing will be heard closing.
    fn hears_closes(&self) -> bool {
        cfg!(target_os = "linux") && self.root.has_leases()
    }

    fn obey(&mut self, command: &Command) {
        let now = Instant::now();
        let (Command::Kept(relative, _)
        | Command::Left(relative)
        | Command::Again(relative, _)
        | Command::Forget(relative)) = command;
        let relative: Arc<Path> = relative.as_path().into();
        if let Command::Forget(_) = command {
            self.table.known.remove(&relative);
            if self.table.is_out(&relative) {
                return;
            }
            return self.look(&relative, Heard::Nothing, now);
        }
        // Given back twice: the first time counts.
        let Some(course) = self.table.give_back(&relative) else {
            return;
        };
        match command {
            &Command::Again(_, after) if !after.is_zero() => {
                self.table.resume(&relative, course);
                return self.table.look_at(&relative, now + after);
            }
            Command::Kept(_, stamp) => self.table.known.insert(&relative, stamp),
            Command::Left(_) => self.table.known.remove(&relative),
            Command::Again(..) | Command::Forget(_) => {}
        }
        // Whatever came under this name meanwhile is met here.
        self.table.resume(&relative, course);
        self.look(&relative, course.heard, now);
    }

    fn publish(&self) {
        let (settling, out) = self.table.counts();
        let now = Stats {
            present: self.root.is_present(),
            polled: self.is_polled(),
            settling,
            out,
            known: self.table.known.len(),
            folders: self.hints.len(),
            walks: self.root.walks(),
        };
        self.stats
            .send_if_modified(|stats| std::mem::replace(stats, now) != now);
    }
}

/// For how long the kernel has changed nothing of a file; none if it changed in our future. A clock set forward can only
/// make it too long, and it counts only beside the kernel's word that there is no writer.
pub(crate) fn quiet(meta: &std::fs::Metadata) -> Duration {
    use std::os::unix::fs::MetadataExt;
    let changed = u64::try_from(meta.ctime())
        .ok()
        .zip(u32::try_from(meta.ctime_nsec()).ok())
        .map(|(seconds, nanos)| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos));
    changed
        .and_then(|changed| SystemTime::now().duration_since(changed).ok())
        .unwrap_or_default()
}
