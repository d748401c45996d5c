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
const BACK_OFF: f32 = 1.32;

/// Bits of a character never seen.
const UNKNOWN: f32 = 18.0;

/// Steps a bit is divided into.
const STEPS: f32 = 10.0;

/// What stands before the first and after the last character of a paragraph.
pub(super) const EDGE: char = '\n';

/// How far a table is searched for an n-gram before it counts as unknown.
const PROBES: usize = 64;

/// A model read from its weights.
pub(super) struct Model {
    slots: &'static [u8],
}

/// The embedded model.
pub(super) fn model() -> &'static Model {
    &EMBEDDED
}

impl Model {
    fn new(bytes: &'static [u8]) -> Self {
        Self {
            slots: bytes.strip_prefix(MAGIC).unwrap_or_default(),
        }
    }

    /// Surprise of `c` after `before`, in bits.
    pub(super) fn bits(&self, before: [char; 2], c: char) -> f32 {
        let [a, b] = before.map(fold);
        let c = fold(c);
        let mut lost = 0.0;
        for gram in [&[a, b, c][..], &[b, c], &[c]] {
            if let Some(bits) = self.find(hash(gram)) {
                return lost + bits;
            }
            lost += BACK_OFF;
        }
        UNKNOWN
    }

    /// Whether a run of three characters was seen in training.
    pub(super) fn knows(&self, run: [char; 3]) -> bool {
        self.find(hash(&run)).is_some()
    }

    fn find(&self, hash: u64) -> Option<f32> {
        let count = self.slots.len() / SLOT;
        if count == 0 {
            return None;
        }
        let (start, print) = place(hash, count);
        for step in 0..PROBES {
            let at = (start + step) % count * SLOT;
            let slot = self.slots.get(at..at + SLOT)?;
            let [low, high, bits] = slot.try_into().ok()?;
            let found = u16::from_le_bytes([low, high]);
            if found == 0 {
                return None;
            }
            if found == print {
                return Some(f32::from(bits) / STEPS);
            }
        }
        None
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
fn fold(c: char) -> char {
    match c {
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

/// Slot and fingerprint (never 0, which marks an empty slot) of a hash.
fn place(hash: u64, count: usize) -> (usize, u16) {
    let print = (hash & 0xffff) as u16;
    let slot = usize::try_from(hash >> 20).unwrap_or(0) % count;
    (slot, print.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_is_told_from_what_was_not() {
        let texts = vec!["全市春耕备耕工作有序推进。"; 50];
        let bytes = train(texts.iter().copied(), 4096);
        let model = Model::new(Box::leak(bytes.into_boxed_slice()));
        assert!(model.bits(['春', '耕'], '备') < 1.0);
        assert!(model.bits(['春', '耕'], '鱼') >= UNKNOWN);
        assert!(model.joint("全市春耕备", "耕工作") > 10.0);
        assert!(model.joint("有序推进。", "全市春") < 0.0);
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
