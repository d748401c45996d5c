//! Weights by feature key: one row of a small number per label.

use super::bytes::{Reader, varint};
use super::label::LABELS;
use super::lexicon::Bits;

/// A row, padded so that adding one is one vector operation.
type Row = [i8; 16];

/// The weights of the model, and of one label after another.
pub(in super::super) struct Weights {
    /// Feature keys in order.
    keys: Vec<u32>,
    /// A row a key.
    rows: Vec<Row>,
    /// Where the keys with these high bits begin; one more than there are such bits.
    starts: Vec<u32>,
    shift: u32,
    seen: Bits,
    pub(super) transitions: [[f32; LABELS]; LABELS],
    /// Added to the score of being outside a name: below 0 finds more and is wrong more often.
    outside: f32,
    /// Slope and offset of the logistic curve from margin to certainty.
    curve: [f32; 2],
}

impl Weights {
    /// Writes transitions, `tuning` (score added outside names; slope and offset of the certainty) and rows sorted by key: the gap to
    /// the one before, which labels have a weight, the weights.
    pub(super) fn pack(
        rows: &[(u32, [i8; LABELS])],
        transitions: &[[f32; LABELS]; LABELS],
        tuning: [f32; 3],
    ) -> Vec<u8> {
        let mut packed = Vec::new();
        for weight in transitions.iter().flatten() {
            packed.extend(weight.to_le_bytes());
        }
        for number in tuning {
            packed.extend(number.to_le_bytes());
        }
        packed.extend(u32::try_from(rows.len()).unwrap_or(0).to_le_bytes());
        let mut last = 0;
        for (key, row) in rows {
            varint(key - last, &mut packed);
            last = *key;
            let present = row
                .iter()
                .enumerate()
                .fold(0u16, |bits, (i, w)| bits | u16::from(*w != 0) << i);
            packed.extend(present.to_le_bytes());
            packed.extend(row.iter().filter(|w| **w != 0).map(|w| w.to_le_bytes()[0]));
        }
        packed
    }

    pub(super) fn read(packed: &mut Reader) -> Option<Self> {
        let mut transitions = [[0.0; LABELS]; LABELS];
        for weight in transitions.iter_mut().flatten() {
            *weight = packed.f32()?;
        }
        let outside = packed.f32()?;
        let curve = [packed.f32()?, packed.f32()?];
        let count = packed.u32()? as usize;
        // One or two keys a start.
        let log = count.max(1024).next_power_of_two().trailing_zeros() - 1;
        let mut weights = Self {
            keys: Vec::with_capacity(count),
            rows: Vec::with_capacity(count),
            starts: Vec::with_capacity((1 << log) + 1),
            shift: 32 - log,
            seen: Bits::new(log + 4),
            transitions,
            outside,
            curve,
        };
        let mut key = 0u32;
        for at in 0..u32::try_from(count).ok()? {
            key = key.checked_add(packed.varint()?)?;
            let present = u16::from_le_bytes(packed.take(2)?.try_into().ok()?);
            let mut row: Row = [0; 16];
            for (label, weight) in row.iter_mut().enumerate() {
                if present >> label & 1 == 1 {
                    *weight = i8::from_le_bytes([packed.u8()?]);
                }
            }
            weights
                .starts
                .resize((key >> weights.shift) as usize + 1, at);
            weights.seen.set(key);
            weights.keys.push(key);
            weights.rows.push(row);
        }
        weights
            .starts
            .resize((1 << log) + 1, u32::try_from(count).ok()?);
        Some(weights)
    }

    /// Adds the row of `key` to `sum`, where there is one.
    #[inline]
    fn add(&self, key: u32, sum: &mut [i16; 16]) {
        if !self.seen.has(key) {
            return;
        }
        let bucket = (key >> self.shift) as usize;
        let Some([from, to]) = self.starts.get(bucket..bucket + 2) else {
            return;
        };
        let (from, to) = (*from as usize, *to as usize);
        let keys = self.keys.get(from..to).unwrap_or_default();
        if let Some(row) = keys
            .iter()
            .position(|k| *k == key)
            .and_then(|at| self.rows.get(from + at))
        {
            for (s, w) in sum.iter_mut().zip(row) {
                *s += i16::from(*w);
            }
        }
    }

    /// How likely a name with this margin is right, 0–1.
    pub(super) fn certainty(&self, margin: f32) -> f64 {
        let [slope, offset] = self.curve;
        1.0 / (1.0 + f64::from(-(slope * margin + offset)).exp())
    }

    /// The score of every label at a character with these features.
    #[inline]
    pub(super) fn score(&self, keys: &[u32]) -> [f32; LABELS] {
        let mut sum = [0i16; 16];
        for key in keys {
            self.add(*key, &mut sum);
        }
        let mut scores = std::array::from_fn(|i| sum.get(i).map_or(0.0, |s| f32::from(*s)));
        scores[0] += self.outside;
        scores
    }
}
