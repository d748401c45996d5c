//! The word list: words by fingerprint with their part of speech, and what a walk over a text finds.

use super::bytes::Reader;
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
const PARTS: [&str; 9] = [
    "channel",
    "dept-end",
    "estate-end",
    "faculty",
    "given",
    "given-two",
    "lucky",
    "number",
    "own",
];

/// Words by the fingerprint of their characters, as they lie in the file.
pub(in super::super) struct Lexicon<'a> {
    /// By the high bits of the fingerprint of two characters: how long the longest word is that begins with them, 0 for none.
    reach: &'a [u8],
    /// By the high bits of a fingerprint: where its bucket begins in `entries`, and the next.
    buckets: &'a [[u8; 4]],
    /// The low bits of a fingerprint, the tag.
    entries: &'a [[u8; 3]],
}

/// Bits of the fingerprint of two characters that [`Lexicon`] tells apart.
const REACH_BITS: u32 = 18;
/// High bits of a fingerprint, the number of its bucket. The others fit two bytes.
const BUCKET_BITS: u32 = 17;

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

pub(super) fn fingerprint(word: &[char]) -> u32 {
    word.iter().fold(word_seed(), |h, c| mix(h, u32::from(*c)))
}

const fn word_seed() -> u32 {
    0x5bd1_e995
}

impl<'a> Lexicon<'a> {
    /// Reads `word count tag` lines (the form of jieba's dictionary) and lists of names into bytes that [`Lexicon::read`] takes; the
    /// names of all divisions go with them.
    /// A word in several lists is of the first; what a list says goes before the dictionary's part of speech, and a division before
    /// both.
    pub(super) fn pack(words: &str, lists: &[(String, String)]) -> Vec<u8> {
        let entry = |word: &str, tag: usize| {
            let word: Vec<char> = word.chars().map(super::super::text::fold).collect();
            let fits = !word.contains(&'@');
            let tag = u8::try_from(tag).ok()?;
            fits.then_some((word, tag))
        };
        let divisions: Vec<_> = gazetteer::all()
            .map(|division| match division.level() {
                gazetteer::Level::Street => (division.name.chars().collect(), STREET),
                _ => (division.name.chars().collect(), COUNTY),
            })
            .collect();
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
        let mut reach = vec![0; 1 << REACH_BITS];
        let mut entries: Vec<(u32, u8)> = Vec::new();
        // Of divisions of one name the last counts.
        for (word, tag) in divisions.into_iter().rev().chain(listed).chain(words) {
            let (Some(pair), 2..=LONGEST) = (word.get(..2), word.len()) else {
                continue;
            };
            entries.push((fingerprint(&word).max(1), tag));
            if let Some(longest) = reach.get_mut(reach_of(fingerprint(pair))) {
                *longest = (word.len() as u8).max(*longest);
            }
        }
        entries.sort_by_key(|e| e.0);
        entries.dedup_by_key(|e| e.0);
        let mut packed = reach;
        packed.extend(u32::try_from(entries.len()).unwrap_or(0).to_le_bytes());
        for bucket in 0..=1 << BUCKET_BITS {
            let begin = entries.partition_point(|(key, _)| key >> (32 - BUCKET_BITS) < bucket);
            packed.extend(u32::try_from(begin).unwrap_or(0).to_le_bytes());
        }
        for (key, tag) in entries {
            packed.extend(low(key));
            packed.push(tag);
        }
        packed
    }

    /// The packed words, where they lie.
    pub(super) fn read(packed: &mut Reader<'a>) -> Option<Self> {
        let reach = packed.take(1 << REACH_BITS)?;
        let count = packed.u32()? as usize;
        let (buckets, _) = packed.take(4 * ((1 << BUCKET_BITS) + 1))?.as_chunks();
        let (entries, _) = packed.take(3 * count)?.as_chunks();
        Some(Self {
            reach,
            buckets,
            entries,
        })
    }

    #[inline]
    fn tag(&self, key: u32) -> u8 {
        let number = (key >> (32 - BUCKET_BITS)) as usize;
        let Some(&[begin, end]) = self.buckets.get(number..).and_then(|b| b.first_chunk()) else {
            return 0;
        };
        let [begin, end] = [begin, end].map(|at| u32::from_le_bytes(at) as usize);
        let [a, b] = low(key);
        let bucket = self.entries.get(begin..end).unwrap_or_default();
        let found = bucket.iter().find(|entry| entry[..2] == [a, b]);
        found.map_or(0, |entry| entry[2])
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
        let mut rest = chars;
        while let [first, after @ ..] = rest {
            words.push(self.longest(*first, after));
            rest = after;
        }
    }

    #[inline]
    fn longest(&self, first: char, after: &[char]) -> Word {
        let mut hash = mix(word_seed(), u32::from(first));
        let mut best = Word {
            length: 1,
            tag: 0,
            key: hash,
        };
        let Some(second) = after.first() else {
            return best;
        };
        let pair = mix(hash, u32::from(*second));
        let reach = self.reach.get(reach_of(pair)).copied().unwrap_or(0);
        for (length, c) in (2..=reach).zip(after) {
            hash = mix(hash, u32::from(*c));
            let tag = self.tag(hash.max(1));
            if tag != 0 {
                best = Word {
                    length,
                    tag,
                    key: hash,
                };
            }
        }
        best
    }
}

fn reach_of(pair: u32) -> usize {
    (pair >> (32 - REACH_BITS)) as usize
}

/// What the bucket of a fingerprint does not say.
fn low(key: u32) -> [u8; 2] {
    let [a, b, ..] = (key & ((1 << (32 - BUCKET_BITS)) - 1)).to_le_bytes();
    [a, b]
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
