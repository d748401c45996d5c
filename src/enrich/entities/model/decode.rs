//! The best row of labels for a row of scores.

use super::label::{INSIDE, LABELS, OUTSIDE};

/// A number per label, padded to whole vectors.
pub(super) type Lanes = [i32; 16];

/// Labels that leave no name open. Of two that score alike the one that comes first here wins.
const CLOSED: [u8; 7] = [OUTSIDE, 11, 4, 12, 5, 13, 6];
/// Kinds of names.
const KINDS: usize = 3;
/// Lanes of the labels that begin with no name open, and of those that go on with one.
const HALF: usize = INSIDE as usize;

/// Room for one sentence, used again for the next.
#[derive(Default)]
pub(super) struct Decoder {
    back: Vec<[u8; 16]>,
}

/// Lower than any path; far enough from the end of the range to be added to.
const NEVER: i32 = -100_000_000;

/// Scores of one label after another, of those that may follow.
#[derive(Clone)]
pub(super) struct Transitions {
    /// From each of [`CLOSED`] to outside, begins and singles.
    fresh: [[i32; HALF]; CLOSED.len()],
    /// From the begin and from the middle of each kind to its middle, then to its end.
    begun: [[i32; KINDS]; 2],
    going: [[i32; KINDS]; 2],
}

impl Transitions {
    pub(super) fn new(scores: &[[i32; LABELS]; LABELS]) -> Self {
        let on = |from: usize| {
            [0, KINDS].map(|to| std::array::from_fn(|k| scores[from + k][HALF + to + k]))
        };
        Self {
            fresh: CLOSED.map(|from| {
                let mut row = [NEVER; HALF];
                row[..HALF - 1].copy_from_slice(&scores[usize::from(from)][..HALF - 1]);
                row
            }),
            begun: on(1),
            going: on(HALF),
        }
    }
}

impl Decoder {
    /// Viterbi over legal rows: begins and ends outside a name.
    pub(super) fn best<T: Copy>(
        &mut self,
        scores: &[[T; 16]],
        transitions: &Transitions,
        labels: &mut Vec<u8>,
    ) where
        i32: From<T>,
    {
        self.back.clear();
        labels.clear();
        let mut paths = [NEVER; 16];
        paths[usize::from(OUTSIDE)] = 0;
        for score in scores {
            let mut next = [2 * NEVER; 16];
            let mut from = [0u8; 16];
            let (mut fresh, mut before) = ([2 * NEVER; HALF], [0i32; HALF]);
            for (label, row) in CLOSED.iter().zip(&transitions.fresh) {
                let (path, from_label) =
                    (paths[usize::from(*label)], <i32 as From<u8>>::from(*label));
                for lane in 0..HALF {
                    let through = path + row[lane];
                    let better = through > fresh[lane];
                    fresh[lane] = if better { through } else { fresh[lane] };
                    before[lane] = if better { from_label } else { before[lane] };
                }
            }
            for lane in 0..HALF {
                next[lane] = fresh[lane];
                from[lane] = before[lane] as u8;
            }
            for (to, (begun, going)) in transitions.begun.iter().zip(&transitions.going).enumerate()
            {
                for kind in 0..KINDS {
                    let begun = paths[1 + kind] + begun[kind];
                    let going = paths[HALF + kind] + going[kind];
                    let lane = HALF + KINDS * to + kind;
                    next[lane] = begun.max(going);
                    let best = if going > begun { HALF + kind } else { 1 + kind };
                    from[lane] = best as u8;
                }
            }
            for lane in 0..16 {
                paths[lane] = next[lane] + i32::from(score[lane]);
            }
            self.back.push(from);
        }
        let mut label = OUTSIDE;
        for last in CLOSED {
            if paths[usize::from(last)] > paths[usize::from(label)] {
                label = last;
            }
        }
        for from in self.back.iter().rev() {
            labels.push(label);
            label = from[usize::from(label)];
        }
        labels.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::super::label::follows;
    use super::*;

    fn best(scores: &[Lanes]) -> Vec<u8> {
        let mut labels = Vec::new();
        let transitions = Transitions::new(&[[0; LABELS]; LABELS]);
        Decoder::default().best(scores, &transitions, &mut labels);
        labels
    }

    #[test]
    fn the_best_legal_row_wins_over_better_scores_that_are_not() {
        let mut scores = vec![[0; 16]; 3];
        scores[0][1] = 5;
        scores[1][0] = 3;
        scores[1][11] = 2;
        assert_eq!(best(&scores), [1, 11, 0]);
        assert!(best(&[]).is_empty());
    }

    #[test]
    fn every_row_is_legal_whatever_the_scores() {
        let mut state = 1u32;
        for length in 0..40 {
            let scores: Vec<Lanes> = (0..length)
                .map(|_| {
                    std::array::from_fn(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        (state >> 20) as i32 - 2048
                    })
                })
                .collect();
            let labels = best(&scores);
            assert_eq!(labels.len(), length);
            let bounded: Vec<u8> = std::iter::once(0).chain(labels).chain([0]).collect();
            assert!(
                bounded.windows(2).all(|w| follows(w[0], w[1])),
                "{bounded:?}"
            );
        }
    }
}
