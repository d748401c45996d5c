//! Weights by feature key: for every slot a row of a small number per label.

use super::bytes::{Reader, varint};
use super::decode::Transitions;
use super::feature::{Block, SLOTS};
use super::label::LABELS;

/// A row, padded so that adding one is one vector operation.
type Row = [i8; 16];
/// Sums of rows: fewer than a hundred speak of one character, so none overflows.
pub(super) type Sum = [i16; 16];

/// What a block weighs: a row for some of its slots, those in print and then those in speech.
pub(super) struct Entry {
    pub(super) key: u32,
    /// Slot and row, in order of slot; speech counts from [`SLOTS`] on.
    pub(super) rows: Vec<(u8, [i8; LABELS])>,
}

/// The weights of the model, and of one label after another.
pub(super) struct Weights {
    /// Open addressing by the key's high bits: its low 24 bits, the index of its first row (24 bits), which slots have one (16).
    table: Vec<u64>,
    rows: Vec<Row>,
    shift: u32,
    seen: Bits,
    pub(super) transitions: Transitions,
    /// Slope and offset of the logistic curve from margin to certainty.
    curve: [f32; 2],
}

/// One bit a key: most of what is looked up is not there.
struct Bits {
    bits: Vec<u64>,
    shift: u32,
}

impl Bits {
    /// Room for 2^`log` bits.
    fn new(log: u32) -> Self {
        Self {
            bits: vec![0; 1 << (log - 6)],
            shift: 32 - log,
        }
    }

    fn set(&mut self, key: u32) {
        let bit = key >> self.shift;
        if let Some(word) = self.bits.get_mut(bit as usize / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    #[inline]
    fn has(&self, key: u32) -> bool {
        let bit = key >> self.shift;
        self.bits
            .get(bit as usize / 64)
            .is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }
}

/// Blocks that may weigh something, looked up together, so that their memory is waited for together.
pub(super) struct Batch {
    /// Keys and first rows of scores.
    blocks: [(u32, u32); Batch::SIZE],
    entries: [u64; Batch::SIZE],
    count: usize,
}

impl Batch {
    const SIZE: usize = 64;
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            blocks: [(0, 0); Self::SIZE],
            entries: [0; Self::SIZE],
            count: 0,
        }
    }
}

/// Index of the first row of an entry.
fn first_row(entry: u64) -> usize {
    (entry >> 16) as usize & 0xff_ffff
}

impl Weights {
    /// Writes transitions, the curve of the certainty and entries sorted by key: the gap to the one before, which slots have a
    /// row; for each row which labels have a weight, the weights.
    pub(super) fn pack(
        entries: &[Entry],
        transitions: &[[i32; LABELS]; LABELS],
        curve: [f32; 2],
    ) -> Vec<u8> {
        let mut packed = Vec::new();
        for weight in transitions.iter().flatten() {
            packed.extend(weight.to_le_bytes());
        }
        for number in curve {
            packed.extend(number.to_le_bytes());
        }
        packed.extend(u32::try_from(entries.len()).unwrap_or(0).to_le_bytes());
        let mut last = 0;
        for entry in entries {
            varint(entry.key - last, &mut packed);
            last = entry.key;
            let slots = entry
                .rows
                .iter()
                .fold(0u16, |bits, (slot, _)| bits | 1 << slot);
            varint(slots.into(), &mut packed);
            for (_, row) in &entry.rows {
                let present = row
                    .iter()
                    .enumerate()
                    .fold(0u16, |bits, (i, w)| bits | u16::from(*w != 0) << i);
                packed.extend(present.to_le_bytes());
                packed.extend(row.iter().filter(|w| **w != 0).map(|w| w.to_le_bytes()[0]));
            }
        }
        packed
    }

    pub(super) fn read(packed: &mut Reader) -> Option<Self> {
        let mut transitions = [[0; LABELS]; LABELS];
        for weight in transitions.iter_mut().flatten() {
            *weight = i32::from_le_bytes(packed.take(4)?.try_into().ok()?);
        }
        let curve = [packed.f32()?, packed.f32()?];
        let count = packed.u32()? as usize;
        let log = (count * 5 / 4)
            .max(1 << 10)
            .next_power_of_two()
            .trailing_zeros();
        let mut weights = Self {
            table: vec![0; 1 << log],
            rows: Vec::with_capacity(2 * count),
            shift: 32 - log,
            seen: Bits::new(log + 3),
            transitions: Transitions::new(&transitions),
            curve,
        };
        let mut key = 0u32;
        for _ in 0..count {
            key = key.checked_add(packed.varint()?)?;
            let slots = u16::try_from(packed.varint()?).ok()?;
            weights.enter(key, slots)?;
            for _ in 0..slots.count_ones() {
                let mut present = u16::from_le_bytes(packed.take(2)?.try_into().ok()?);
                let mut row: Row = [0; 16];
                for weight in packed.take(present.count_ones() as usize)? {
                    let label = present.trailing_zeros() as usize % row.len();
                    row[label] = i8::from_le_bytes([*weight]);
                    present &= present - 1;
                }
                weights.rows.push(row);
            }
        }
        Some(weights)
    }

    /// Makes the rows that come next those of `key`.
    fn enter(&mut self, key: u32, slots: u16) -> Option<()> {
        let first = u32::try_from(self.rows.len()).ok()?;
        if first >= 1 << 24 || slots == 0 {
            return None;
        }
        self.seen.set(key);
        let mask = self.table.len() - 1;
        let mut at = (key >> self.shift) as usize;
        while *self.table.get(at)? != 0 {
            at = (at + 1) & mask;
        }
        *self.table.get_mut(at)? = u64::from(key) << 40 | u64::from(first) << 16 | u64::from(slots);
        Some(())
    }

    /// Keeps a block in mind that may weigh something.
    #[inline]
    pub(super) fn see(&self, block: Block, batch: &mut Batch, spoken: bool, sums: &mut [Sum]) {
        if let Some(room) = batch.blocks.get_mut(batch.count) {
            *room = (block.key, block.first);
        }
        // No branch: whether a block is there nobody can foretell.
        batch.count += usize::from(self.seen.has(block.key));
        if batch.count == Batch::SIZE {
            self.add(batch, spoken, sums);
        }
    }

    /// Adds what the blocks of a batch weigh to the sums of the characters they speak of, and empties it.
    #[inline(never)]
    pub(super) fn add(&self, batch: &mut Batch, spoken: bool, sums: &mut [Sum]) {
        let Batch {
            blocks,
            entries,
            count,
        } = batch;
        let blocks = blocks.get(..*count).unwrap_or_default();
        // Without a branch between them these reads wait for memory together; what comes after finds it near.
        let mut near = 0;
        for (key, _) in blocks {
            near ^= self
                .table
                .get((key >> self.shift) as usize)
                .copied()
                .unwrap_or(0);
        }
        for (entry, (key, _)) in entries.iter_mut().zip(blocks) {
            *entry = self.entry(*key);
        }
        for entry in entries.iter().take(*count) {
            let row = self.rows.get(first_row(*entry));
            near ^= row.map_or(0, |row| u64::from(row[0].to_le_bytes()[0]));
        }
        std::hint::black_box(near);
        for (entry, (_, first)) in entries.iter().zip(blocks) {
            self.add_rows(*entry, *first as usize, spoken, sums);
        }
        *count = 0;
    }

    #[inline]
    fn add_rows(&self, entry: u64, first: usize, spoken: bool, sums: &mut [Sum]) {
        let mut slots = u32::from(entry as u16);
        if !spoken {
            slots &= (1 << SLOTS) - 1;
        }
        let mut rows = self.rows.get(first_row(entry)..).unwrap_or_default().iter();
        while slots != 0 {
            let slot = slots.trailing_zeros() as usize % usize::from(SLOTS);
            slots &= slots - 1;
            if let (Some(sum), Some(row)) = (sums.get_mut(first + slot), rows.next()) {
                for (s, w) in sum.iter_mut().zip(row) {
                    *s += i16::from(*w);
                }
            }
        }
    }

    /// The entry of a key; 0 where there is none.
    #[inline]
    fn entry(&self, key: u32) -> u64 {
        let mask = self.table.len() - 1;
        let get = |at: usize| self.table.get(at & mask).copied().unwrap_or(0);
        let right = |entry: u64| (entry >> 40) as u32 == key & 0xff_ffff;
        let mut at = (key >> self.shift) as usize;
        let mut entry = get(at);
        while entry != 0 && !right(entry) {
            at += 1;
            entry = get(at);
        }
        entry
    }

    /// How likely a name with this margin is right, 0–1.
    pub(super) fn certainty(&self, margin: f32) -> f64 {
        let [slope, offset] = self.curve;
        1.0 / (1.0 + f64::from(-(slope * margin + offset)).exp())
    }
}
