//! From what the learners weighed to the small numbers that ship.

use super::super::label::{LABELS, OUTSIDE};
use super::super::weights::{Entry, Weights};
use super::Recipe;
use super::example::Examples;
use super::learner::Learner;
use std::collections::BTreeMap;

/// Averages of all learners and steps as small numbers; the heaviest rows.
pub(super) fn pack(examples: &Examples, learners: &[Learner], recipe: &Recipe) -> Vec<u8> {
    let averages: Vec<BTreeMap<u8, [f64; LABELS]>> = (0..examples.keys.len())
        .map(|key| average(learners, key))
        .collect();
    let heaviest = averages
        .iter()
        .flat_map(BTreeMap::values)
        .flatten()
        .fold(1e-9, |max: f64, w| max.max(w.abs()));
    // Scaled to the true maximum: clipping the few large weights costs accuracy.
    let scale = 127.0 / heaviest;
    let mut entries: Vec<Entry> = examples
        .keys
        .iter()
        .zip(&averages)
        .map(|(key, rows)| Entry {
            key: key.key,
            rows: rows
                .iter()
                .map(|(slot, row)| (*slot, row.map(|w| (w * scale).round() as i8)))
                .collect(),
        })
        .collect();
    let mut weights: Vec<i32> = entries
        .iter()
        .flat_map(|e| e.rows.iter().map(|(_, row)| weight(row)))
        .filter(|w| *w > 0)
        .collect();
    weights.sort_unstable_by_key(|w| std::cmp::Reverse(*w));
    let least = weights.get(recipe.rows).map_or(1, |w| w + 1);
    for entry in &mut entries {
        entry.rows.retain(|(_, row)| weight(row) >= least);
    }
    entries.retain(|e| !e.rows.is_empty());
    entries.sort_unstable_by_key(|e| e.key);
    let transitions = std::array::from_fn(|from| {
        let mut row = [0.0; LABELS];
        for learner in learners {
            add(&mut row, &learner.transitions(from), learner.steps);
        }
        let mut row = row.map(|w| (w / learners.len().max(1) as f64 * scale).round() as i32);
        if let Some(outside) = row.get_mut(usize::from(OUTSIDE)) {
            *outside += recipe.outside;
        }
        row
    });
    Weights::pack(&entries, &transitions, recipe.curve)
}

/// The rows of a key, averaged over steps and learners.
fn average(learners: &[Learner], key: usize) -> BTreeMap<u8, [f64; LABELS]> {
    let mut rows: BTreeMap<u8, [f64; LABELS]> = BTreeMap::new();
    for learner in learners {
        for (slot, sum) in learner.sums(key) {
            add(rows.entry(slot).or_default(), &sum, learner.steps);
        }
    }
    for row in rows.values_mut() {
        *row = row.map(|w| w / learners.len().max(1) as f64);
    }
    rows
}

fn add(row: &mut [f64; LABELS], sum: &[i64; LABELS], steps: i64) {
    for (w, s) in row.iter_mut().zip(sum) {
        *w += *s as f64 / steps.max(1) as f64;
    }
}

/// What a row can move.
fn weight(row: &[i8; LABELS]) -> i32 {
    row.iter().map(|w| i32::from(*w).pow(2)).sum()
}
