//! Counts feature keys while training: once, or more than once.

/// Which keys were seen, and which more than once. A few keys share a bit.
pub(super) struct Seen {
    once: Vec<u64>,
    twice: Vec<u64>,
}

/// Bits of a key that are told apart.
const SEEN_BITS: u32 = 30;

impl Default for Seen {
    fn default() -> Self {
        Self {
            once: vec![0; 1 << (SEEN_BITS - 6)],
            twice: vec![0; 1 << (SEEN_BITS - 6)],
        }
    }
}

impl Seen {
    fn bit(key: u32) -> (usize, u64) {
        let bit = key >> (32 - SEEN_BITS);
        (bit as usize / 64, 1 << (bit % 64))
    }

    pub(super) fn count(&mut self, key: u32) {
        let (word, bit) = Self::bit(key);
        if let (Some(once), Some(twice)) = (self.once.get_mut(word), self.twice.get_mut(word)) {
            *twice |= *once & bit;
            *once |= bit;
        }
    }

    pub(super) fn twice(&self, key: u32) -> bool {
        let (word, bit) = Self::bit(key);
        self.twice.get(word).is_some_and(|w| w & bit != 0)
    }
}
