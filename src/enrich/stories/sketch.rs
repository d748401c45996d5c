//! Bottom-k sketch of the character shingles of a text.

/// Characters of a shingle.
const SHINGLE: usize = 3;
/// Most hashes kept: up to so many different shingles overlap is exact, beyond it is estimated within some 3 %.
const KEPT: usize = 192;

/// The smallest hashes of a text's shingles, ascending; all of them in a short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch {
    pub(super) hashes: Box<[u32]>,
}

/// How much two texts share, counted over the range of hashes that both sketches cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overlap {
    shared: usize,
    one: usize,
    other: usize,
}

impl Overlap {
    /// Of the shingles of both, the part that is shared: 0–1.
    pub(super) fn jaccard(self) -> f64 {
        ratio(self.shared, self.one + self.other - self.shared)
    }

    /// Of the shingles of the shorter text, the part that is shared: 0–1.
    pub(super) fn contained(self) -> f64 {
        ratio(self.shared, self.one.min(self.other))
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
        let all = text.windows(SHINGLE).map(hash);
        let count = text.len().saturating_sub(SHINGLE - 1);
        // Only the smallest are wanted: in a long text most need not be sorted.
        let mut hashes: Vec<u32> = match (KEPT * 2).checked_mul(1 << 16).map(|k| k / count.max(1)) {
            Some(share) if share < 1 << 16 => {
                let most = u32::try_from(share << 16).unwrap_or(u32::MAX);
                all.clone().filter(|h| *h < most).collect()
            }
            _ => all.clone().collect(),
        };
        sort(&mut hashes);
        if hashes.len() < KEPT && hashes.len() < count {
            // A text that repeats itself.
            hashes = all.collect();
            sort(&mut hashes);
        }
        hashes.truncate(KEPT);
        Self {
            hashes: hashes.into_boxed_slice(),
        }
    }

    /// Highest hash it speaks for.
    fn reach(&self) -> u32 {
        match self.hashes.last() {
            Some(last) if self.hashes.len() == KEPT => *last,
            _ => u32::MAX,
        }
    }

    /// What it shares with another.
    pub(super) fn overlap(&self, other: &Self) -> Overlap {
        let reach = self.reach().min(other.reach());
        let within = |s: &Self| s.hashes.partition_point(|h| *h <= reach);
        let (one, other_len) = (within(self), within(other));
        let (mut left, mut right) = (
            self.hashes.iter().take(one).peekable(),
            other.hashes.iter().take(other_len).peekable(),
        );
        let mut shared = 0;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(left.next()),
                std::cmp::Ordering::Greater => drop(right.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    left.next();
                    right.next();
                }
            }
        }
        Overlap {
            shared,
            one,
            other: other_len,
        }
    }
}

fn sort(hashes: &mut Vec<u32>) {
    hashes.sort_unstable();
    hashes.dedup();
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
        assert_eq!((overlap.shared, overlap.one, overlap.other), (1, 2, 2));
        assert!((overlap.jaccard() - 1.0 / 3.0).abs() < 1e-9);
        let nothing = sketch("甲").overlap(&sketch(""));
        assert_eq!((nothing.jaccard(), nothing.contained()), (0.0, 0.0));
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
        assert!(half.contained() > 0.99, "{half:?}");
        assert!((half.jaccard() - 0.5).abs() < 0.1, "{half:?}");
    }

    #[test]
    fn a_text_that_repeats_itself_keeps_all_its_shingles() {
        let text = "又是一年春草绿".repeat(2000);
        assert_eq!(sketch(&text).hashes.len(), 7);
        assert!((sketch(&text).overlap(&sketch(&"又是一年春草绿".repeat(2))).jaccard() - 1.0).abs() < 1e-9);
    }
}
