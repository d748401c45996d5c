//! Every file the scanner has in mind: settling, ready, handed out, finished. No file system here.

use super::candidate::Stamp;
use super::known::Known;
use super::settle::Heard;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use tokio::time::Instant;

/// Files with their paths in memory. Beyond it files wait on disk, to be met by a walk when there is room.
pub(crate) const ROOM: usize = 4096;

/// A file on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// Its state when it was last looked at.
    pub(crate) stamp: Stamp,
    /// Since when it is in this state.
    pub(crate) since: Instant,
    /// When it was first seen.
    pub(crate) first: Instant,
    /// What events said of it last.
    pub(crate) heard: Heard,
    /// When to look again.
    due: Instant,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    settling: HashMap<Arc<Path>, Course>,
    /// When to look at which; entries that do not match their file's `due` are stale.
    due: BinaryHeap<Reverse<(Instant, Arc<Path>)>>,
    ready: VecDeque<Arc<Path>>,
    /// Ready or with the consumer.
    out: HashMap<Arc<Path>, Course>,
    pub(crate) known: Known,
}

impl Table {
    /// Whether another file may be taken up.
    pub(crate) fn has_room(&self) -> bool {
        self.settling.len() + self.ready.len() < ROOM
    }

    /// Whether there is room for so many that beginning a walk is worth it.
    pub(crate) fn has_ample_room(&self) -> bool {
        self.settling.len() + self.ready.len() < ROOM / 2
    }

    /// Whether the file is on its way already.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        self.settling.contains_key(path) || self.out.contains_key(path)
    }

    pub(crate) fn is_out(&self, path: &Path) -> bool {
        self.out.contains_key(path)
    }

    /// Notes what an event said; false if the file is not on its way.
    pub(crate) fn hear(&mut self, path: &Path, heard: Heard) -> bool {
        let course = match self.settling.get_mut(path) {
            Some(course) => Some(course),
            None => self.out.get_mut(path),
        };
        course.map(|course| course.heard = heard).is_some()
    }

    /// Events were lost, closes perhaps among them: nobody is waited for whose close may never be heard.
    pub(crate) fn doubt(&mut self) {
        for course in self.settling.values_mut().chain(self.out.values_mut()) {
            if course.heard == Heard::Writing {
                course.heard = Heard::Nothing;
            }
        }
    }

    /// The course of a file seen in this state now, and what was heard of it: begun or gone on with.
    pub(crate) fn see(
        &mut self,
        path: &Arc<Path>,
        stamp: Stamp,
        heard: Heard,
        now: Instant,
    ) -> Course {
        let fresh = Course {
            stamp,
            since: now,
            first: now,
            heard,
            due: now,
        };
        let course = self.settling.entry(Arc::clone(path)).or_insert(fresh);
        if course.stamp != stamp {
            course.stamp = stamp;
            course.since = now;
            // It was written again since: an earlier close says nothing any more.
            if course.heard == Heard::Closed {
                course.heard = Heard::Nothing;
            }
        }
        if heard != Heard::Nothing {
            course.heard = heard;
        }
        *course
    }

    /// Puts a file that was out, or never on its way, back among the settling ones.
    pub(crate) fn resume(&mut self, path: &Arc<Path>, course: Course) {
        self.settling.insert(Arc::clone(path), course);
    }

    /// Looks again at a settling file at this time.
    pub(crate) fn look_at(&mut self, path: &Arc<Path>, due: Instant) {
        if let Some(course) = self.settling.get_mut(path) {
            course.due = due;
            self.due.push(Reverse((due, Arc::clone(path))));
        }
    }

    /// A settling file is complete.
    pub(crate) fn complete(&mut self, path: &Arc<Path>) {
        if let Some(course) = self.settling.remove(path) {
            self.out.insert(Arc::clone(path), course);
            self.ready.push_back(Arc::clone(path));
        }
    }

    /// The next file for the consumer.
    pub(crate) fn hand_out(&mut self) -> Option<(Arc<Path>, Stamp)> {
        let path = self.ready.pop_front()?;
        let stamp = self.out.get(&path)?.stamp;
        Some((path, stamp))
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The consumer gave a file back.
    pub(crate) fn give_back(&mut self, path: &Path) -> Option<Course> {
        self.out.remove(path)
    }

    /// A file is not there or not wanted; one that is out stays so until it is given back.
    pub(crate) fn drop_settling(&mut self, path: &Path) {
        self.settling.remove(path);
    }

    /// The next settling file whose time has come.
    pub(crate) fn next_due(&mut self, now: Instant) -> Option<Arc<Path>> {
        while let Some(Reverse((due, _))) = self.due.peek() {
            if *due > now {
                return None;
            }
            let Reverse((due, path)) = self.due.pop()?;
            if self
                .settling
                .get(&path)
                .is_some_and(|course| course.due == due)
            {
                return Some(path);
            }
        }
        None
    }

    /// When the next look is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((due, _))| *due)
    }

    /// How many are settling, and how many ready or out.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.settling.len(), self.out.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const STAMP: Stamp = Stamp {
        size: 1,
        mtime_ns: 2,
        inode: 3,
        device: 4,
        mode: 5,
        owner: 6,
    };

    #[test]
    fn a_close_says_nothing_of_what_is_written_after_it() {
        let (mut table, path, now) = (
            Table::default(),
            Arc::from(Path::new("01.md")),
            Instant::now(),
        );
        let closed = table.see(&path, STAMP, Heard::Closed, now);
        assert_eq!(closed.heard, Heard::Closed);
        let later = now + Duration::from_secs(1);
        let written = table.see(&path, Stamp { size: 2, ..STAMP }, Heard::Nothing, later);
        assert_eq!(
            (written.heard, written.since, written.first),
            (Heard::Nothing, later, now)
        );
        assert!(table.hear(&path, Heard::Writing));
        let still = table.see(&path, Stamp { size: 3, ..STAMP }, Heard::Nothing, later);
        assert_eq!(still.heard, Heard::Writing);
        table.doubt();
        let doubted = table.see(&path, STAMP, Heard::Nothing, later);
        assert_eq!(
            doubted.heard,
            Heard::Nothing,
            "the close may have been lost"
        );
    }

    #[test]
    fn only_the_last_time_set_for_a_file_counts() {
        let (mut table, path, now) = (
            Table::default(),
            Arc::from(Path::new("01.md")),
            Instant::now(),
        );
        let later = now + Duration::from_secs(1);
        table.see(&path, STAMP, Heard::Nothing, now);
        table.look_at(&path, now);
        table.look_at(&path, later);
        assert_eq!(table.next_due(now), None);
        assert_eq!(table.next_due(later), Some(Arc::clone(&path)));
        table.complete(&path);
        assert_eq!(table.hand_out(), Some((Arc::clone(&path), STAMP)));
        assert!(table.holds(&path) && !table.has_ready());
        assert!(table.give_back(&path).is_some() && !table.holds(&path));
        assert!(table.give_back(&path).is_none(), "once");
    }
}
