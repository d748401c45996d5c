//! What was handed out and finished: 33 bytes a file, no paths.

use super::candidate::Stamp;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

/// The finished files by a 128-bit keyed hash of their relative path, each with a hash of its stamp.
#[derive(Debug, Default)]
pub(crate) struct Known {
    files: HashMap<u128, Entry, rustc_hash::FxBuildHasher>,
    keys: [RandomState; 2],
    epoch: u32,
}

#[derive(Debug)]
struct Entry {
    stamp: u64,
    /// The walk that saw it last.
    epoch: u32,
}

impl Known {
    /// Whether this very state of the file is finished. Counts as seen by the current walk.
    pub(crate) fn has(&mut self, path: &Path, stamp: &Stamp) -> bool {
        let hash = self.stamp(stamp);
        let epoch = self.epoch;
        let Some(entry) = self.files.get_mut(&self.path(path)) else {
            return false;
        };
        entry.epoch = epoch;
        entry.stamp == hash
    }

    /// Remembers a file as finished in this state.
    pub(crate) fn insert(&mut self, path: &Path, stamp: &Stamp) {
        let entry = Entry {
            stamp: self.stamp(stamp),
            epoch: self.epoch,
        };
        self.files.insert(self.path(path), entry);
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, path: &Path) {
        self.files.remove(&self.path(path));
    }

    /// A walk of everything begins.
    pub(crate) fn begin(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// The walk came to its end and saw everything: what it did not see is gone.
    pub(crate) fn sweep(&mut self) {
        self.files.retain(|_, entry| entry.epoch == self.epoch);
        if self.files.capacity() > 4 * self.files.len().max(1024) {
            self.files.shrink_to_fit();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    fn path(&self, path: &Path) -> u128 {
        let bytes = path.as_os_str().as_encoded_bytes();
        let [a, b] = self
            .keys
            .each_ref()
            .map(|key| u128::from(key.hash_one(bytes)));
        a << 64 | b
    }

    fn stamp(&self, stamp: &Stamp) -> u64 {
        let [key, _] = &self.keys;
        key.hash_one(stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp {
        size: 1,
        mtime_ns: 2,
        inode: 3,
        device: 4,
        mode: 5,
        owner: 6,
    };

    #[test]
    fn a_file_is_known_in_the_state_it_was_finished_in() {
        let mut known = Known::default();
        let path = Path::new("a/01.md");
        assert!(!known.has(path, &STAMP));
        known.insert(path, &STAMP);
        assert!(known.has(path, &STAMP));
        assert!(!known.has(
            path,
            &Stamp {
                mtime_ns: 7,
                ..STAMP
            }
        ));
        assert!(!known.has(Path::new("a/02.md"), &STAMP));
        known.remove(path);
        assert!(!known.has(path, &STAMP));
    }

    #[test]
    fn a_sweep_drops_what_the_walk_did_not_see() {
        let mut known = Known::default();
        known.insert(Path::new("gone"), &STAMP);
        known.insert(Path::new("seen"), &STAMP);
        known.begin();
        assert!(known.has(Path::new("seen"), &STAMP));
        known.insert(Path::new("finished meanwhile"), &STAMP);
        known.sweep();
        assert_eq!(known.len(), 2);
        assert!(!known.has(Path::new("gone"), &STAMP));
    }
}
