//! A structured perceptron that is right about everything it was wrong about, on average.

use super::super::decode::{Decoder, Lanes, Transitions};
use super::super::feature::{self, SLOTS, START};
use super::super::label::{LABELS, OUTSIDE};
use super::example::{Example, Examples};
use super::random::Random;

/// Weights now, and what to take off `steps` times them for the sum over all steps.
///
/// Whole numbers: sums are exact in whatever order.
#[derive(Default, Clone)]
pub(super) struct Weighed {
    now: [i32; 16],
    late: [i64; LABELS],
}

impl Weighed {
    fn change(&mut self, label: u8, by: i32, step: i64) {
        let label = usize::from(label);
        if let (Some(now), Some(late)) = (self.now.get_mut(label), self.late.get_mut(label)) {
            *now += by;
            *late += i64::from(by) * step;
        }
    }

    /// The sum over all steps.
    pub(super) fn sum(&self, steps: i64) -> [i64; LABELS] {
        std::array::from_fn(|i| {
            let now = self.now.get(i).copied().map_or(0, i64::from);
            now * steps - self.late.get(i).copied().unwrap_or(0)
        })
    }
}

/// One perceptron.
pub(super) struct Learner {
    /// For every key 2 × [`SLOTS`] rows, print and speech: 0 for none yet, else one more than the index.
    slots: Vec<u32>,
    /// Where a key's begin.
    starts: Vec<u32>,
    rows: Vec<Weighed>,
    transitions: Vec<Weighed>,
    pub(super) steps: i64,
}

impl Learner {
    /// Sees every example `epochs` times; `report` is told of each: its number from 1, and how many were labelled wrongly.
    pub(super) fn run(
        examples: &Examples,
        epochs: usize,
        mut random: Random,
        report: &dyn Fn(usize, usize),
    ) -> Self {
        let mut starts = Vec::with_capacity(examples.keys.len());
        let mut total = 0u32;
        for key in &examples.keys {
            starts.push(total);
            total += 2 * u32::from(key.slots);
        }
        let mut learner = Self {
            slots: vec![0; total as usize],
            starts,
            rows: Vec::new(),
            transitions: vec![Weighed::default(); LABELS],
            steps: 0,
        };
        let mut order = examples.order.clone();
        for epoch in 1..=epochs {
            random.shuffle(&mut order);
            let seen = order.iter().map(|i| &examples.examples[*i as usize]);
            let wrong = learner.epoch(examples, seen);
            report(epoch, wrong);
        }
        learner
    }

    fn epoch<'e>(&mut self, examples: &Examples, seen: impl Iterator<Item = &'e Example>) -> usize {
        let mut wrong = 0;
        let mut decoder = Decoder::default();
        let (mut sums, mut guess): (Vec<Lanes>, Vec<u8>) = (Vec::new(), Vec::new());
        for example in seen {
            self.steps += 1;
            let length = example.gold.len();
            sums.clear();
            sums.resize(feature::rows(length), [0; 16]);
            self.score(examples, example, &mut sums);
            let scores = sums.get(START..START + length).unwrap_or_default();
            let transitions =
                std::array::from_fn(|i| std::array::from_fn(|j| self.transitions[i].now[j]));
            decoder.best(scores, &Transitions::new(&transitions), &mut guess);
            if guess != example.gold {
                wrong += 1;
                self.learn(examples, example, &guess);
            }
        }
        wrong
    }

    /// Where the rows of a block begin in `slots`, and how many there are.
    fn block(&self, examples: &Examples, number: u32, spoken: bool) -> (usize, usize) {
        let number = number as usize;
        let slots = examples.keys[number].slots.min(SLOTS).into();
        let start = self.starts[number] as usize;
        (if spoken { start + slots } else { start }, slots)
    }

    fn score(&self, examples: &Examples, example: &Example, sums: &mut [Lanes]) {
        let manners: &[bool] = if example.spoken {
            &[false, true]
        } else {
            &[false]
        };
        for (number, first) in &example.blocks {
            for spoken in manners {
                let (start, count) = self.block(examples, *number, *spoken);
                let sums = sums.iter_mut().skip((*first).into());
                for (row, sum) in self.slots[start..start + count].iter().zip(sums) {
                    if let Some(row) = row.checked_sub(1) {
                        for (s, w) in sum.iter_mut().zip(&self.rows[row as usize].now) {
                            *s += w;
                        }
                    }
                }
            }
        }
    }

    fn learn(&mut self, examples: &Examples, example: &Example, guess: &[u8]) {
        let gold = &example.gold;
        let (mut gold_before, mut guess_before) = (OUTSIDE, OUTSIDE);
        for (right, wrong) in gold.iter().zip(guess) {
            if (gold_before, *right) != (guess_before, *wrong) {
                self.transitions[usize::from(gold_before)].change(*right, 1, self.steps);
                self.transitions[usize::from(guess_before)].change(*wrong, -1, self.steps);
            }
            (gold_before, guess_before) = (*right, *wrong);
        }
        let manners: &[bool] = if example.spoken {
            &[false, true]
        } else {
            &[false]
        };
        for (number, first) in &example.blocks {
            for spoken in manners {
                let (start, count) = self.block(examples, *number, *spoken);
                for slot in 0..count {
                    let Some(at) = (usize::from(*first) + slot).checked_sub(START) else {
                        continue;
                    };
                    let (Some(right), Some(wrong)) = (gold.get(at), guess.get(at)) else {
                        break;
                    };
                    if right != wrong {
                        let steps = self.steps;
                        let row = self.row(start + slot);
                        row.change(*right, 1, steps);
                        row.change(*wrong, -1, steps);
                    }
                }
            }
        }
    }

    /// The weights of a slot, made when there are none.
    fn row(&mut self, slot: usize) -> &mut Weighed {
        if self.slots[slot] == 0 {
            self.rows.push(Weighed::default());
            self.slots[slot] = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        }
        &mut self.rows[self.slots[slot] as usize - 1]
    }

    /// What a key's slots weigh, summed over all steps: slot and row.
    pub(super) fn sums(&self, key: usize) -> impl Iterator<Item = (u8, [i64; LABELS])> {
        let start = self.starts.get(key).map_or(0, |s| *s as usize);
        let end = self
            .starts
            .get(key + 1)
            .map_or(self.slots.len(), |s| *s as usize);
        let slots = self.slots.get(start..end).unwrap_or_default();
        let count = u8::try_from(slots.len() / 2).unwrap_or(SLOTS);
        (0u8..).zip(slots).filter_map(move |(slot, row)| {
            let row = self.rows.get(row.checked_sub(1)? as usize)?;
            // Those of speech count from SLOTS on.
            let slot = if slot < count {
                slot
            } else {
                slot - count + SLOTS
            };
            Some((slot, row.sum(self.steps)))
        })
    }

    /// What the labels weigh one after another, summed over all steps.
    pub(super) fn transitions(&self, from: usize) -> [i64; LABELS] {
        self.transitions
            .get(from)
            .map_or([0; LABELS], |row| row.sum(self.steps))
    }
}
