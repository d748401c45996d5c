//! The best row of labels for a row of scores.

use super::label::{LABELS, OUTSIDE, follows, open};

/// A number per label, padded so that one vector operation serves all.
pub(super) type Lanes = [i32; 16];

/// Room for one sentence, used again for the next.
#[derive(Default)]
pub(super) struct Decoder {
    back: Vec<[u8; 16]>,
}

/// Lower than any path; far enough from the end of the range to be added to.
const NEVER: i32 = -100_000_000;

/// Scores of one label after another; [`NEVER`] where it may not follow.
#[derive(Clone)]
pub(super) struct Transitions([Lanes; LABELS]);

impl Transitions {
    pub(super) fn new(scores: &[[i32; LABELS]; LABELS]) -> Self {
        let mut lanes = [[NEVER; 16]; LABELS];
        for (from, (row, scores)) in (0u8..).zip(lanes.iter_mut().zip(scores)) {
            for (to, (lane, score)) in (0u8..).zip(row.iter_mut().zip(scores)) {
                if follows(from, to) {
                    *lane = *score;
                }
            }
        }
        Self(lanes)
    }
}

impl Decoder {
    /// Viterbi over legal rows: begins and ends outside a name.
    pub(super) fn best(
        &mut self,
        scores: &[Lanes],
        transitions: &Transitions,
        labels: &mut Vec<u8>,
    ) {
        self.back.clear();
        labels.clear();
        let mut paths = [NEVER; 16];
        paths[usize::from(OUTSIDE)] = 0;
        for score in scores {
            let mut next = [2 * NEVER; 16];
            let mut from = [0i32; 16];
            for (before, (path, row)) in (0i32..).zip(paths.iter().zip(&transitions.0)) {
                for lane in 0..16 {
                    let through = *path + row[lane];
                    let better = through > next[lane];
                    next[lane] = if better { through } else { next[lane] };
                    from[lane] = if better { before } else { from[lane] };
                }
            }
            // What is unreachable sinks no lower with every step.
            for lane in 0..16 {
                paths[lane] = (next[lane] + score[lane]).max(2 * NEVER);
            }
            self.back.push(from.map(|label| label as u8));
        }
        let mut label = OUTSIDE;
        for (last, path) in (0u8..).zip(paths).take(LABELS) {
            if !open(last) && path > paths[usize::from(label)] {
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
        scores[1][3] = 2;
        assert_eq!(best(&scores), [1, 3, 0]);
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
