//! Walking folders: in pieces, so that events are not kept waiting, and pausing while there is no room.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;
use walkdir::{DirEntry, WalkDir};

/// After this time a new folder is walked once more: tools that create a tree and fill it may still be at it while events
/// of its depths are not yet to be had.
const AGAIN: Duration = Duration::from_millis(300);
/// New folders that may wait for their walk. Beyond it everything is walked instead.
const WAITING: usize = 1024;
/// A walk of everything takes at most one part in this many of the time.
const SHARE: u32 = 10;

/// One walk under way.
#[derive(Debug)]
struct Walk {
    entries: walkdir::IntoIter,
    /// Nothing was left out for an error.
    clean: bool,
    /// Time spent on it.
    busy: Duration,
}

impl Walk {
    fn of(folder: &Path, follow: bool) -> Self {
        Self {
            entries: WalkDir::new(folder).follow_links(follow).into_iter(),
            clean: true,
            busy: Duration::ZERO,
        }
    }
}

/// The walks under way and to come.
#[derive(Debug, Default)]
pub(crate) struct Walks {
    /// The walk of everything.
    whole: Option<Walk>,
    /// The walk of a new folder, which goes first.
    folder: Option<Walk>,
    folders: VecDeque<PathBuf>,
    again: VecDeque<(Instant, PathBuf)>,
    wanted: bool,
    due: Option<Instant>,
}

/// A piece of a walk.
#[derive(Debug)]
pub(crate) enum Step {
    /// Something was found.
    Entry(DirEntry),
    /// Something could not be read.
    Error(walkdir::Error),
    /// The walk of everything is over; true if it left nothing out.
    WholeDone(bool),
    /// No walk is under way.
    Idle,
}

impl Walks {
    /// Everything is to be walked as soon as there is room.
    pub(crate) fn want_whole(&mut self) {
        self.wanted = true;
    }

    /// A folder came: walked at once and again a little later.
    pub(crate) fn want(&mut self, folder: PathBuf, now: Instant) {
        if self.folders.len() >= WAITING || self.again.len() >= WAITING {
            self.wanted = true;
            return;
        }
        self.again.push_back((now + AGAIN, folder.clone()));
        if !self.folders.contains(&folder) {
            self.folders.push_back(folder);
        }
    }

    /// What fell due by now is wanted.
    pub(crate) fn tick(&mut self, now: Instant) {
        while self.again.front().is_some_and(|(due, _)| *due <= now) {
            self.folders
                .extend(self.again.pop_front().map(|(_, folder)| folder));
        }
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.wanted = true;
        }
    }

    /// When something falls due.
    pub(crate) fn due(&self) -> Option<Instant> {
        let again = self.again.front().map(|(due, _)| *due);
        [again, self.due].into_iter().flatten().min()
    }

    /// Whether a step would find something to do.
    pub(crate) fn under_way(&self) -> bool {
        self.folder.is_some() || self.whole.is_some() || !self.folders.is_empty()
    }

    /// Whether a walk of everything waits for its begin.
    pub(crate) fn wants_whole(&self) -> bool {
        self.wanted && self.whole.is_none()
    }

    /// Begins a walk of everything.
    pub(crate) fn begin_whole(&mut self, root: &Path, follow: bool) {
        self.wanted = false;
        self.whole = Some(Walk::of(root, follow));
    }

    /// The folder is gone or another: what is under way walks a tree that is none any more.
    pub(crate) fn abandon(&mut self) {
        *self = Self {
            wanted: self.wanted,
            due: self.due,
            ..Self::default()
        };
    }

    /// Goes one step. `interval`: how long after its end everything is walked again.
    pub(crate) fn step(&mut self, follow: bool, interval: Duration) -> Step {
        if self.folder.is_none() {
            self.folder = self
                .folders
                .pop_front()
                .map(|folder| Walk::of(&folder, follow));
        }
        let began = Instant::now();
        if let Some(walk) = &mut self.folder {
            match walk.entries.next() {
                Some(Ok(entry)) => return Step::Entry(entry),
                Some(Err(error)) => return Step::Error(error),
                None => self.folder = None,
            }
        }
        let Some(walk) = &mut self.whole else {
            return Step::Idle;
        };
        let next = walk.entries.next();
        walk.busy += began.elapsed();
        match next {
            Some(Ok(entry)) => Step::Entry(entry),
            Some(Err(error)) => {
                // What vanished under the walk is no reason to doubt the rest of it.
                walk.clean &= error
                    .io_error()
                    .is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound)
                    && error.depth() > 0;
                Step::Error(error)
            }
            None => {
                let clean = walk.clean;
                self.due = Some(Instant::now() + interval.max(walk.busy * SHARE));
                self.whole = None;
                Step::WholeDone(clean)
            }
        }
    }

    /// Does not go into the folder that the last step found.
    pub(crate) fn skip_folder(&mut self) {
        // A step always prefers the folder walk: if there is one, the entry was its.
        if let Some(walk) = self.folder.as_mut().or(self.whole.as_mut()) {
            walk.entries.skip_current_dir();
        }
    }
}
