//! The best row of labels for a row of scores.

use super::label::{LABELS, follows, open};

/// Room for one sentence, used again for the next.
#[derive(Default)]
pub(super) struct Decoder {
    back: Vec<[u8; LABELS]>,
}

/// Lower than any path; far enough from the end of the range to be added to.
const NEVER: f32 = -1e30;

impl Decoder {
    /// Viterbi over legal rows: begins and ends outside a name.
    pub(super) fn best(
        &mut self,
        scores: &[[f32; LABELS]],
        transitions: &[[f32; LABELS]; LABELS],
        labels: &mut Vec<u8>,
    ) {
        self.back.clear();
        labels.clear();
        let Some(first) = scores.first() else {
            return;
        };
        let mut paths = [NEVER; LABELS];
        for (label, path) in (0u8..).zip(paths.iter_mut()) {
            if follows(super::label::OUTSIDE, label) {
                *path = first[usize::from(label)] + transitions[0][usize::from(label)];
            }
        }
        self.back.push([0; LABELS]);
        for score in scores.iter().skip(1) {
            let mut next = [NEVER; LABELS];
            let mut from = [0u8; LABELS];
            for (to, (best, origin)) in (0u8..).zip(next.iter_mut().zip(&mut from)) {
                for before in PREDECESSORS[usize::from(to)] {
                    let path = paths[usize::from(*before)]
                        + transitions[usize::from(*before)][usize::from(to)];
                    if path > *best {
                        *best = path;
                        *origin = *before;
                    }
                }
                *best += score[usize::from(to)];
            }
            paths = next;
            self.back.push(from);
        }
        let mut label = super::label::OUTSIDE;
        for (last, path) in (0u8..).zip(paths) {
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

/// Labels that may stand before each label.
const PREDECESSORS: [&[u8]; LABELS] = {
    const CLOSED: &[u8] = &[0, 3, 4, 7, 8, 11, 12];
    [
        CLOSED,
        CLOSED,
        &[1, 2],
        &[1, 2],
        CLOSED,
        CLOSED,
        &[5, 6],
        &[5, 6],
        CLOSED,
        CLOSED,
        &[9, 10],
        &[9, 10],
        CLOSED,
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predecessors_are_exactly_the_legal_ones() {
        for (to, before) in (0u8..).zip(PREDECESSORS) {
            let legal: Vec<u8> = (0..13).filter(|l| follows(*l, to)).collect();
            assert_eq!(before, legal, "{to}");
        }
    }

    #[test]
    fn the_best_legal_row_wins_over_better_scores_that_are_not() {
        let mut scores = vec![[0.0; LABELS]; 3];
        scores[0][1] = 5.0;
        scores[1][0] = 3.0;
        scores[1][3] = 2.0;
        let mut labels = Vec::new();
        Decoder::default().best(&scores, &[[0.0; LABELS]; LABELS], &mut labels);
        assert_eq!(labels, [1, 3, 0]);
        Decoder::default().best(&[], &[[0.0; LABELS]; LABELS], &mut labels);
        assert!(labels.is_empty());
    }
}
