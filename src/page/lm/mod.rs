//! A language model of characters: how likely one character is after the two before it.
//!
//! Trigrams, bigrams and single characters in one table of 3-byte slots (16 bits of the n-gram's hash, 8 bits of its
//! probability), with stupid back-off (Brants et al. 2007). Small enough to embed; trained by [`train`].

mod train;

pub use train::train;

use std::sync::LazyLock;

/// The embedded weights; `models/page-lm.md` says where they come from.
static EMBEDDED: LazyLock<Model> =
    LazyLock::new(|| Model::new(include_bytes!("../../../models/page-lm.bin")));

/// First bytes of a weights file: name and version of the format.
const MAGIC: &[u8; 8] = b"pagelm\x00\x01";

/// Bytes of a slot.
const SLOT: usize = 3;

/// Bits lost when an n-gram is unknown and a shorter one is asked instead: log2(1 / 0.4).
pub(super) const BACK_OFF: f32 = 1.32;

/// Bits of a character never seen.
const UNKNOWN: f32 = 18.0;

/// Steps a bit is divided into.
const STEPS: f32 = 10.0;

/// What stands before the first and after the last character of a paragraph.
pub(super) const EDGE: char = '\n';

/// How far a table is searched for an n-gram before it counts as unknown.
const PROBES: usize = 64;

/// Slots compared at once.
const LANES: usize = 16;

/// A model read from its weights: the fingerprints and probabilities of its slots, the first of them again at the end, so that no
/// search wraps around.
pub(super) struct Model {
    home: Home,
    prints: Vec<u16>,
    bits: Vec<u8>,
}

/// The embedded model.
pub(super) fn model() -> &'static Model {
    &EMBEDDED
}

impl Model {
    fn new(bytes: &[u8]) -> Self {
        let slots = bytes.strip_prefix(MAGIC).unwrap_or_default();
        let count = slots.len() / SLOT;
        let (prints, bits) = slots
            .chunks_exact(SLOT)
            .cycle()
            .take(if count == 0 { 0 } else { count + PROBES })
            .filter_map(|slot| <[u8; SLOT]>::try_from(slot).ok())
            .map(|[low, high, bits]| (u16::from_le_bytes([low, high]), bits))
            .unzip();
        Self {
            home: Home::among(count),
            prints,
            bits,
        }
    }

    /// Surprise of `c` after `before`, in bits.
    pub(super) fn bits(&self, before: [char; 2], c: char) -> f32 {
        self.trigram(before, c)
            .unwrap_or_else(|| BACK_OFF + self.pair(before[1], c))
    }

    /// The same where the run of three was seen in training.
    pub(super) fn trigram(&self, [a, b]: [char; 2], c: char) -> Option<f32> {
        self.find(hash(&[a, b, c].map(fold)))
    }

    /// Surprise of `c` after `b`, in bits.
    pub(super) fn pair(&self, b: char, c: char) -> f32 {
        let [b, c] = [b, c].map(fold);
        self.find(hash(&[b, c]))
            .or_else(|| self.find(hash(&[c])).map(|bits| bits + BACK_OFF))
            .unwrap_or(UNKNOWN - BACK_OFF)
    }

    /// Whether a run of three characters was seen in training, as it is written: what is folded proves nothing.
    pub(super) fn knows(&self, run: [char; 3]) -> bool {
        self.find(hash(&run)).is_some()
    }

    fn find(&self, hash: u64) -> Option<f32> {
        let (start, print) = self.home.of(hash);
        let near = self.prints.get(start..start + PROBES)?;
        let ends = |found: &u16| *found == print || *found == 0;
        // Without a branch for each slot the compiler compares a whole lane at once.
        let lane = near
            .chunks_exact(LANES)
            .position(|lane| lane.iter().fold(false, |any, found| any | ends(found)))?
            * LANES;
        let at = lane + near.get(lane..)?.iter().position(ends)?;
        let bits = self.bits.get(start + at)?;
        (near.get(at) == Some(&print)).then(|| f32::from(*bits) / STEPS)
    }

    /// How much likelier it is that `after` goes on where `before` breaks off than that a paragraph ends and another begins, in
    /// bits.
    pub(super) fn joint(&self, before: &str, after: &str) -> f32 {
        self.bits(last_two(before), EDGE) + self.link(before, after)
    }

    /// How much better the end of `before` foretells the first characters of `after` than the beginning of a paragraph does, in
    /// bits.
    pub(super) fn link(&self, before: &str, after: &str) -> f32 {
        self.run([EDGE, EDGE], after) - self.run(last_two(before), after)
    }

    /// Surprise of the first three characters of `text` after `before`.
    fn run(&self, before: [char; 2], text: &str) -> f32 {
        let mut bits = 0.0;
        let [mut a, mut b] = before;
        for c in text.chars().take(3) {
            bits += self.bits([a, b], c);
            (a, b) = (b, c);
        }
        bits
    }

    /// Surprise of a sentence that ends after `text`, in bits.
    pub(super) fn stop(&self, text: &str) -> f32 {
        self.bits(last_two(text), '。')
    }

    /// How unlikely it is that a paragraph begins like this: bits above what its characters cost by themselves.
    pub(super) fn odd_start(&self, text: &str) -> f32 {
        let mut chars = text.chars();
        let x = chars.next().unwrap_or(EDGE);
        let y = chars.next().unwrap_or(EDGE);
        self.bits([EDGE, EDGE], x) - self.alone(x) + self.bits([EDGE, x], y) - self.alone(y)
    }

    /// Surprise of `c` knowing nothing.
    fn alone(&self, c: char) -> f32 {
        self.find(hash(&[fold(c)])).unwrap_or(UNKNOWN)
    }
}

fn last_two(text: &str) -> [char; 2] {
    let mut back = text.chars().rev();
    let b = back.next().unwrap_or(EDGE);
    [back.next().unwrap_or(EDGE), b]
}

/// Digits, letters and the two widths of punctuation look alike to the model.
#[inline]
fn fold(c: char) -> char {
    match c {
        '一'..='鿿' => c,
        '0'..='9' | '０'..='９' => '0',
        'a'..='z' | 'A'..='Z' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => 'a',
        '，' => ',',
        '：' => ':',
        '；' => ';',
        '（' => '(',
        '）' => ')',
        '！' => '!',
        '？' => '?',
        '『' | '「' => '“',
        '』' | '」' => '”',
        ' ' | '\u{3000}' | '\t' => ' ',
        _ => c,
    }
}

/// FNV-1a over the characters, finished so that every bit depends on all of them.
fn hash(gram: &[char]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ gram.len() as u64;
    for c in gram {
        hash = (hash ^ u64::from(u32::from(*c))).wrapping_mul(0x0000_0100_0000_01b3);
        hash ^= hash >> 29;
    }
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 32)
}

/// Where in a table of so many slots an n-gram belongs. Asked several times for every character of a page, so it divides only once.
struct Home {
    count: u64,
    /// Of `count`, in 64 bits after the point, rounded down.
    inverse: u64,
}

impl Home {
    fn among(count: usize) -> Self {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Self {
            count,
            inverse: u64::MAX.checked_div(count).unwrap_or(0),
        }
    }

    /// Slot and fingerprint (never 0, which marks an empty slot) of a hash.
    fn of(&self, hash: u64) -> (usize, u16) {
        let number = hash >> 20;
        let quotient = ((u128::from(number) * u128::from(self.inverse)) >> 64) as u64;
        // The quotient is at most one too small.
        let rest = number - quotient * self.count;
        let slot = rest.checked_sub(self.count).unwrap_or(rest);
        let print = (hash & 0xffff) as u16;
        (usize::try_from(slot).unwrap_or(0), print.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_is_told_from_what_was_not() {
        let texts = vec!["全市春耕备耕工作有序推进。"; 50];
        let bytes = train(texts.iter().copied(), 4096);
        let model = Model::new(&bytes);
        assert!(model.bits(['春', '耕'], '备') < 1.0);
        assert!(model.bits(['春', '耕'], '鱼') >= UNKNOWN);
        assert!(model.joint("全市春耕备", "耕工作") > 10.0);
        assert!(model.joint("有序推进。", "全市春") < 0.0);
    }

    #[test]
    fn a_slot_is_the_remainder_of_a_division() {
        for count in [1, 2, 3, 4096, 659_995, 1 << 20, (1 << 31) - 1] {
            let home = Home::among(count);
            let count = count as u64;
            for hash in [
                0,
                1 << 20,
                count << 20,
                ((count - 1) << 20) | 7,
                (count * 3 + 1) << 20,
                u64::MAX,
                u64::MAX - (count << 20),
            ] {
                assert_eq!(
                    home.of(hash).0 as u64,
                    (hash >> 20) % count,
                    "{hash} {count}"
                );
            }
        }
    }

    #[test]
    fn the_embedded_model_knows_chinese() {
        let model = model();
        for (before, after) in [
            ("人民群众的获得", "感不断增强"),
            ("全面推进乡村振", "兴战略"),
        ] {
            assert!(model.joint(before, after) > 8.0, "{before}|{after}");
        }
        for (before, after) in [
            ("取得了积极成效。", "近年来,全市"),
            ("圆满完成任务。", "会议强调,"),
        ] {
            assert!(model.joint(before, after) < 5.0, "{before}|{after}");
        }
    }
}
