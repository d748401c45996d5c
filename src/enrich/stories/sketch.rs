//! Bottom-k sketch of the character shingles of a text.

/// Characters of a shingle.
const SHINGLE: usize = 3;
/// Most hashes kept: up to so many different shingles overlap is exact, beyond it is estimated within some 3 %.
const KEPT: usize = 192;

/// Unshared stretches up to so many characters are damage: one character misread takes five. Longer ones are other words.
const DAMAGE: u16 = 6;

/// The smallest hashes of a text's shingles, ascending; all of them in a short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch {
    pub(super) hashes: Box<[u32]>,
    /// Where each stands in the text, code points; beyond 65,535 nothing is told apart.
    pub(super) places: Box<[u16]>,
}

/// How two texts overlap, counted over the range of hashes that both sketches cover.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlap {
    shared: usize,
    one: Side,
    other: Side,
}

/// One of two texts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Side {
    /// Shingles.
    all: usize,
    /// Part of the text in short stretches the other has not: 0–1.
    damaged: f64,
    /// Part of the text in long ones.
    reworded: f64,
}

impl Overlap {
    /// Of the shingles of both, the part that is shared: 0–1.
    pub(super) fn jaccard(self) -> f64 {
        ratio(self.shared, self.one.all + self.other.all - self.shared)
    }

    /// Of either text, the part that is damaged: 0–1.
    pub(super) fn damaged(self) -> f64 {
        self.one.damaged.min(self.other.damaged)
    }

    /// Of either text, the part for which the other has other words: 0–1. What only one has was cut or added.
    pub(super) fn reworded(self) -> f64 {
        self.one.reworded.min(self.other.reworded)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

impl Sketch {
    /// Of a text without spaces and punctuation.
    pub(super) fn of(text: &[char]) -> Self {
        // Hash and place as one number, so that sorting is cheap.
        let all = (0u16..=u16::MAX)
            .chain(std::iter::repeat(u16::MAX))
            .zip(text.windows(SHINGLE))
            .map(|(place, shingle)| u64::from(hash(shingle)) << 16 | u64::from(place));
        let count = text.len().saturating_sub(SHINGLE - 1);
        // Only the smallest are wanted: in a long text most need not be sorted.
        let share = (KEPT << 17) / count.max(1);
        let mut kept: Vec<u64> = if share < 1 << 16 {
            let most = (share as u64) << 32;
            all.clone().filter(|h| *h < most).collect()
        } else {
            all.clone().collect()
        };
        sort(&mut kept);
        if kept.len() < KEPT && share < 1 << 16 {
            // A text that repeats itself.
            kept = all.collect();
            sort(&mut kept);
        }
        kept.truncate(KEPT);
        let half = |shift: u32, mask: u64| kept.iter().map(move |k| k >> shift & mask);
        Self {
            hashes: half(16, u32::MAX.into())
                .map(|h| u32::try_from(h).unwrap_or(0))
                .collect(),
            places: half(0, u16::MAX.into())
                .map(|p| u16::try_from(p).unwrap_or(0))
                .collect(),
        }
    }

    /// Highest hash it speaks for.
    fn reach(&self) -> u32 {
        match self.hashes.last() {
            Some(last) if self.hashes.len() == KEPT => *last,
            _ => u32::MAX,
        }
    }

    /// How it overlaps with another.
    pub(super) fn overlap(&self, other: &Self) -> Overlap {
        let reach = self.reach().min(other.reach());
        let (one, two) = (self.within(reach), other.within(reach));
        let shared = one.iter().filter(|h| two.binary_search(h).is_ok()).count();
        Overlap {
            shared,
            one: self.side(one, two),
            other: other.side(two, one),
        }
    }

    fn within(&self, reach: u32) -> &[u32] {
        let count = self.hashes.partition_point(|h| *h <= reach);
        self.hashes.get(..count).unwrap_or_default()
    }

    /// What of it, as far as `own` covers it, `theirs` has not.
    fn side(&self, own: &[u32], theirs: &[u32]) -> Side {
        let mut places: Vec<(u16, bool)> = own
            .iter()
            .zip(&self.places)
            .map(|(hash, place)| (*place, theirs.binary_search(hash).is_ok()))
            .collect();
        places.sort_unstable();
        let (mut damaged, mut reworded) = (0usize, 0usize);
        for run in places
            .chunk_by(|a, b| a.1 == b.1)
            .filter(|run| run.iter().all(|r| !r.1))
        {
            let span = |(first, last): (&(u16, bool), &(u16, bool))| last.0 - first.0 + 1;
            let length = run.first().zip(run.last()).map_or(0, span);
            if length <= DAMAGE {
                damaged += run.len();
            } else {
                reworded += run.len();
            }
        }
        Side {
            all: own.len(),
            damaged: ratio(damaged, own.len()),
            reworded: ratio(reworded, own.len()),
        }
    }
}

fn sort(hashes: &mut Vec<u64>) {
    hashes.sort_unstable();
    hashes.dedup_by_key(|h| *h >> 16);
}

/// Code points have 21 bits: three of them are one number, mixed as in SplitMix64.
fn hash(shingle: &[char]) -> u32 {
    let packed = shingle
        .iter()
        .fold(0u64, |packed, c| packed << 21 | u64::from(u32::from(*c)));
    mix(packed)
}

/// High half of SplitMix64's finalizer.
pub(super) fn mix(x: u64) -> u32 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from(x >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(text: &str) -> Sketch {
        Sketch::of(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn overlap_of_short_texts_is_exact() {
        // 甲乙丙丁 has 甲乙丙, 乙丙丁; 乙丙丁戊 has 乙丙丁, 丙丁戊.
        let overlap = sketch("甲乙丙丁").overlap(&sketch("乙丙丁戊"));
        assert_eq!(
            (overlap.shared, overlap.one.all, overlap.other.all),
            (1, 2, 2)
        );
        assert!((overlap.jaccard() - 1.0 / 3.0).abs() < 1e-9);
        let nothing = sketch("甲").overlap(&sketch(""));
        assert_eq!(nothing.jaccard().to_bits(), 0);
    }

    #[test]
    fn overlap_of_long_texts_is_estimated() {
        let text = |range: std::ops::Range<u32>| {
            let chars = range.map(|i| char::from_u32(0x4e00 + i).unwrap());
            Sketch::of(&chars.collect::<Vec<_>>())
        };
        // 3,998 shingles of 6,998 are shared.
        let overlap = text(0..6000).overlap(&text(2000..8000));
        assert!((overlap.jaccard() - 0.5).abs() < 0.1, "{overlap:?}");
        let half = text(0..6000).overlap(&text(0..3000));
        assert_eq!(
            half.reworded().to_bits(),
            0,
            "what one of them lacks is not reworded: {half:?}"
        );
        assert!((half.jaccard() - 0.5).abs() < 0.1, "{half:?}");
    }

    #[test]
    fn a_misread_character_is_damage_and_another_sentence_is_not() {
        let text = "春风又绿江南岸明月何时照我还京口瓜洲一水间钟山只隔数重山";
        let misread = sketch(text).overlap(&sketch(&text.replace('明', "朋")));
        assert!(
            misread.damaged() > 0.1 && misread.reworded() < 0.01,
            "{misread:?}"
        );
        let other = text.replace("明月何时照我还", "白日依山尽黄河入海流");
        let reworded = sketch(text).overlap(&sketch(&other));
        assert!(
            reworded.reworded() > 0.3 && reworded.damaged() < 0.01,
            "{reworded:?}"
        );
    }

    #[test]
    fn a_text_that_repeats_itself_keeps_all_its_shingles() {
        let text = "又是一年春草绿".repeat(2000);
        assert_eq!(sketch(&text).hashes.len(), 7);
        assert!(
            (sketch(&text)
                .overlap(&sketch(&"又是一年春草绿".repeat(2)))
                .jaccard()
                - 1.0)
                .abs()
                < 1e-9
        );
    }
}
