//! How much terms and heads count: two small logistic regressions over what a person has labelled.

use super::super::config::TopicsConfig;
use super::super::model::Combiner;
use super::super::scoring::SURE;
use super::logistic::{Fit, Row, fit};
use super::{Sample, ids, verdict};

const HOW: Fit = Fit {
    epochs: 60,
    rate: 0.05,
    decay: 1e-5,
};

/// Inputs of [`Combiner`] but for the bias.
const INPUTS: usize = 6;

/// Topics' offsets are held back by this, the smaller the more.
const OFFSET: f32 = 0.3;

/// Features, what they should say, and how much that counts.
type Input = (Vec<(u32, f32)>, f32, f32);

/// The weights for topics without a head.
pub(super) fn terms_alone(config: &TopicsConfig, samples: &[Sample]) -> Combiner {
    let mut inputs = Vec::new();
    for sample in samples {
        for (id, signals) in ids(config).zip(&sample.signals) {
            if let Some(target) = verdict(&sample.document, id) {
                let features = features(Combiner::inputs(*signals, 0.0, 0.0));
                inputs.push((features, target, sample.weight));
            }
        }
    }
    let (bias, weights) = fit(&rows(&inputs), INPUTS, HOW);
    combiner(bias, &weights)
}

/// The weights for topics with a head, and each topic's offset. `logits` are the heads' for each labelled sample.
pub(super) fn with_head(
    config: &TopicsConfig,
    samples: &[Sample],
    logits: &[Vec<f32>],
) -> (Combiner, Vec<f32>) {
    let mut inputs = Vec::new();
    for (sample, logits) in samples.iter().zip(logits) {
        let cut: Vec<f32> = logits.iter().map(|x| x.clamp(-SURE, SURE)).collect();
        let strongest = cut.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let topics = ids(config).zip(&sample.signals).zip(&cut).zip(6..);
        for (((id, signals), head), offset) in topics {
            if let Some(target) = verdict(&sample.document, id) {
                let mut row = features(Combiner::inputs(*signals, *head, strongest - head));
                row.push((offset, OFFSET));
                inputs.push((row, target, sample.weight));
            }
        }
    }
    let (bias, weights) = fit(&rows(&inputs), INPUTS + config.topic.len(), HOW);
    let offsets = weights.iter().skip(INPUTS).map(|w| w * OFFSET).collect();
    (combiner(bias, &weights), offsets)
}

fn rows(inputs: &[Input]) -> Vec<Row<'_>> {
    inputs
        .iter()
        .map(|(features, target, weight)| Row {
            features,
            target: *target,
            weight: *weight,
        })
        .collect()
}

/// The bias goes its own way; the other inputs are features 0 to 5.
fn features(inputs: [f32; 7]) -> Vec<(u32, f32)> {
    (0..).zip(inputs.into_iter().skip(1)).collect()
}

fn combiner(bias: f32, weights: &[f32]) -> Combiner {
    let mut all = [bias, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    for (place, weight) in all.iter_mut().skip(1).zip(weights) {
        *place = *weight;
    }
    Combiner::from(all)
}
