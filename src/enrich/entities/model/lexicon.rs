//! The word list: words by fingerprint with their part of speech, and what a walk over a text finds.

use super::bytes::{Reader, varint};
use crate::gazetteer;

/// Longest word looked for, in characters.
const LONGEST: usize = 8;

/// Parts of speech told apart; 0 is no word of the list.
const TAGS: [&str; 30] = [
    "n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "v", "vn", "vd", "a", "ad", "an", "d", "m", "q",
    "t", "r", "p", "c", "u", "f", "s", "i", "l", "j", "x", "b", "z", "k",
];
/// Divisions: county and above, then street.
const COUNTY: u8 = 32;
const STREET: u8 = 33;
/// From here on a tag for each list of names.
const LISTS: usize = 34;
/// Lists of parts that names are made of, common words among them: no tag tells a name by these.
const PARTS: [&str; 3] = ["given", "given-two", "number"];

/// Words by the fingerprint of their characters.
pub(in super::super) struct Lexicon {
    /// Fingerprints, 0 where empty; the high bits say where to look first.
    keys: Vec<u32>,
    tags: Vec<u8>,
    shift: u32,
    seen: Bits,
}

/// One bit a fingerprint: most of what is looked up is not there.
pub(super) struct Bits {
    bits: Vec<u64>,
    shift: u32,
}

impl Bits {
    /// Room for 2^`log` bits.
    pub(super) fn new(log: u32) -> Self {
        Self {
            bits: vec![0; 1 << (log - 6)],
            shift: 32 - log,
        }
    }

    pub(super) fn set(&mut self, key: u32) {
        let bit = key >> self.shift;
        if let Some(word) = self.bits.get_mut(bit as usize / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    #[inline]
    pub(super) fn has(&self, key: u32) -> bool {
        let bit = key >> self.shift;
        self.bits
            .get(bit as usize / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }
}

/// Names of a list: a line each, `#` begins a comment.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// One step of a fingerprint: a bijection of the value for any hash, and the hash's high bits depend on everything before.
#[inline]
pub(super) fn mix(hash: u32, value: u32) -> u32 {
    (hash.rotate_left(7) ^ value).wrapping_mul(0x9e37_79b1)
}

fn fingerprint(word: &[char]) -> u32 {
    word.iter().fold(word_seed(), |h, c| mix(h, u32::from(*c)))
}

const fn word_seed() -> u32 {
    0x5bd1_e995
}

impl Lexicon {
    /// Reads `word count tag` lines (the form of jieba's dictionary) and lists of names into bytes that [`Lexicon::read`] takes.
    /// A word in several lists is of the first; what a list says goes before the dictionary's part of speech.
    pub(super) fn pack(words: &str, lists: &[(String, String)]) -> Vec<u8> {
        let entry = |word: &str, tag: usize| {
            let word: Vec<char> = word.chars().map(super::super::text::fold).collect();
            let fits = (2..=LONGEST).contains(&word.len()) && !word.contains(&'@');
            let tag = u8::try_from(tag).ok()?;
            fits.then(|| (fingerprint(&word).max(1), tag))
        };
        let listed = lists
            .iter()
            .filter(|(name, _)| !PARTS.contains(&name.as_str()))
            .zip(LISTS..)
            .flat_map(|((_, text), tag)| names(text).filter_map(move |name| entry(name, tag)));
        let words = words.lines().filter_map(|line| {
            let mut fields = line.split(' ');
            let word = fields.next()?;
            let tag = fields.nth(1)?;
            let code = TAGS.iter().position(|t| *t == tag).unwrap_or(TAGS.len());
            entry(word, code + 1)
        });
        let mut entries: Vec<(u32, u8)> = listed.chain(words).collect();
        entries.sort_by_key(|e| e.0);
        entries.dedup_by_key(|e| e.0);
        let mut packed = Vec::new();
        packed.extend(u32::try_from(entries.len()).unwrap_or(0).to_le_bytes());
        let mut last = 0;
        for (key, tag) in entries {
            varint(key - last, &mut packed);
            packed.push(tag);
            last = key;
        }
        packed
    }

    /// The packed words and the names of all divisions.
    pub(super) fn read(packed: &mut Reader) -> Option<Self> {
        let count = packed.u32()? as usize;
        let log = (count * 3 / 2 + 100_000)
            .max(1024)
            .next_power_of_two()
            .trailing_zeros();
        let mut lexicon = Self {
            keys: vec![0; 1 << log],
            tags: vec![0; 1 << log],
            shift: 32 - log,
            seen: Bits::new(log + 3),
        };
        let mut key = 0u32;
        for _ in 0..count {
            key = packed.varint()?.checked_add(key)?;
            let tag = packed.u8()?;
            lexicon.insert(key, tag);
        }
        for division in gazetteer::all() {
            let tag = if division.level() == gazetteer::Level::Street {
                STREET
            } else {
                COUNTY
            };
            let mut word = division.name.chars();
            let key = word
                .by_ref()
                .take(LONGEST)
                .fold(word_seed(), |h, c| mix(h, u32::from(c)));
            if word.next().is_none() {
                lexicon.insert(key.max(1), tag);
            }
        }
        Some(lexicon)
    }

    fn insert(&mut self, key: u32, tag: u8) {
        let mask = self.keys.len() - 1;
        let mut slot = (key >> self.shift) as usize;
        while let Some(found) = self.keys.get_mut(slot) {
            if *found == 0 || *found == key {
                *found = key;
                if let Some(t) = self.tags.get_mut(slot) {
                    *t = tag;
                }
                self.seen.set(key);
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    #[inline]
    fn tag(&self, key: u32) -> u8 {
        if !self.seen.has(key) {
            return 0;
        }
        let mask = self.keys.len() - 1;
        let mut slot = (key >> self.shift) as usize;
        while let Some(found) = self.keys.get(slot) {
            if *found == key {
                return self.tags.get(slot).copied().unwrap_or(0);
            }
            if *found == 0 {
                return 0;
            }
            slot = (slot + 1) & mask;
        }
        0
    }

    /// Whether it is a word of the list that is no person's name.
    pub(in super::super) fn is_common(&self, word: &[char]) -> bool {
        let tag = self.tag(fingerprint(word).max(1));
        let name = |tag: u8| {
            TAGS.get(usize::from(tag - 1))
                .is_some_and(|t| t.starts_with("nr"))
        };
        tag != 0 && !name(tag)
    }

    /// The longest word that begins at every character: its length (1 where there is none) and part of speech.
    pub(super) fn walk(&self, chars: &[char], words: &mut Vec<Word>) {
        words.clear();
        for at in 0..chars.len() {
            let mut best = Word {
                length: 1,
                tag: 0,
                key: 0,
            };
            let mut hash = word_seed();
            for (length, c) in (1u8..).zip(chars.iter().skip(at).take(LONGEST)) {
                hash = mix(hash, u32::from(*c));
                if length == 1 {
                    best.key = hash;
                    continue;
                }
                let tag = self.tag(hash.max(1));
                if tag != 0 {
                    best = Word {
                        length,
                        tag,
                        key: hash,
                    };
                }
            }
            words.push(best);
        }
    }
}

/// A word of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// In characters.
    pub(super) length: u8,
    /// 0 is no word.
    pub(super) tag: u8,
    /// Fingerprint.
    pub(super) key: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_list_finds_its_words_and_no_others() {
        let packed = Lexicon::pack("开工 100 v\n开工仪式 3 n\n副市长 9 n\n坏行\n一 3 m\n", &[]);
        let lexicon = Lexicon::read(&mut Reader::new(&packed)).expect("reads what pack wrote");
        let chars: Vec<char> = "株洲市开工仪式".chars().collect();
        let mut words = Vec::new();
        lexicon.walk(&chars, &mut words);
        let found: Vec<_> = words.iter().map(|w| (w.length, w.tag)).collect();
        assert_eq!(
            found,
            [(3, COUNTY), (1, 0), (1, 0), (4, 1), (1, 0), (1, 0), (1, 0)]
        );
        assert!(Lexicon::read(&mut Reader::new(&packed[..packed.len() - 1])).is_none());
    }
}
