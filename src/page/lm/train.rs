//! Learns the weights of the character model.

use super::{EDGE, Home, MAGIC, PROBES, SLOT, STEPS, fold, hash};
use rustc_hash::FxHashMap;

/// Rarer bigrams are noise.
const RAREST_PAIR: u32 = 3;

/// Rarer trigrams are noise.
const RAREST_TRIPLE: u32 = 5;

/// Share of the table that is filled, in percent: a fuller one takes longer to search.
const FULL: usize = 80;

/// Learns from paragraphs and gives the weights: `slots` n-grams of 3 bytes each, the commonest kept. Lines that are no running
/// text (headings, list items) are passed over, so that the model learns how sentences begin and end.
pub fn train<'a>(texts: impl Iterator<Item = &'a str>, slots: usize) -> Vec<u8> {
    let mut counts = [(); 3].map(|()| FxHashMap::<[char; 3], u32>::default());
    let mut total = 0u32;
    for text in texts.filter(|t| is_prose(t)) {
        let mut before = [EDGE, EDGE];
        for c in text.chars().map(fold).chain([EDGE]) {
            let [a, b] = before;
            let [singles, pairs, triples] = &mut counts;
            *singles.entry([EDGE, EDGE, c]).or_default() += 1;
            *pairs.entry([EDGE, b, c]).or_default() += 1;
            *triples.entry([a, b, c]).or_default() += 1;
            total += 1;
            before = [b, c];
        }
    }
    let [singles, pairs, triples] = counts;
    let pair_contexts = contexts(&pairs, |[_, b, _]| [EDGE, EDGE, b]);
    let triple_contexts = contexts(&triples, |[a, b, _]| [EDGE, a, b]);
    let bits = |count: u32, of: u32| {
        let share = f64::from(of.max(1)) / f64::from(count.max(1));
        (share.log2() * f64::from(STEPS)).round().clamp(0.0, 255.0) as u8
    };
    let mut grams: Vec<(u32, u64, u8)> = Vec::new();
    for ([_, _, c], n) in &singles {
        // Single characters must all stay: everything else backs off to them.
        grams.push((u32::MAX, hash(&[*c]), bits(*n, total)));
    }
    for ([_, b, c], n) in pairs.iter().filter(|(_, n)| **n >= RAREST_PAIR) {
        let of = pair_contexts.get(&[EDGE, EDGE, *b]).copied().unwrap_or(0);
        grams.push((*n, hash(&[*b, *c]), bits(*n, of)));
    }
    for ([a, b, c], n) in triples.iter().filter(|(_, n)| **n >= RAREST_TRIPLE) {
        let of = triple_contexts.get(&[EDGE, *a, *b]).copied().unwrap_or(0);
        grams.push((*n, hash(&[*a, *b, *c]), bits(*n, of)));
    }
    // The order, and with it the file, depends on nothing but the text.
    grams.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
    grams.truncate(slots * FULL / 100);
    write(&grams, slots)
}

/// How often each context stands before a character.
fn contexts(
    counts: &FxHashMap<[char; 3], u32>,
    of: impl Fn([char; 3]) -> [char; 3],
) -> FxHashMap<[char; 3], u32> {
    let mut sums = FxHashMap::default();
    for (gram, n) in counts {
        *sums.entry(of(*gram)).or_default() += n;
    }
    sums
}

fn is_prose(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '”', '；', '!', '?', ';']) && text.chars().nth(12).is_some()
}

fn write(grams: &[(u32, u64, u8)], slots: usize) -> Vec<u8> {
    let mut table = vec![0u8; slots * SLOT];
    let home = Home::among(slots);
    for (_, hash, bits) in grams {
        let (start, print) = home.of(*hash);
        for step in 0..PROBES {
            let at = (start + step) % slots * SLOT;
            let Some(slot) = table.get_mut(at..at + SLOT) else {
                break;
            };
            let [low, high] = print.to_le_bytes();
            let taken = u16::from_le_bytes([
                slot.first().copied().unwrap_or(0),
                slot.get(1).copied().unwrap_or(0),
            ]);
            if taken == print {
                break;
            }
            if taken == 0 {
                slot.copy_from_slice(&[low, high, *bits]);
                break;
            }
        }
    }
    [MAGIC.as_slice(), &table].concat()
}
