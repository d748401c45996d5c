//! Terms and heads weighed into one probability per topic.

use super::config::TopicsConfig;
use super::model::{Combiner, Model};
use super::reading::{Group, Reading, Signals};
use rustc_hash::FxHashMap;

/// A head's log-odds are cut here: beyond, they say no more.
pub(super) const SURE: f32 = 6.0;

/// Columns are added up so many at a time, which the compiler turns into vector instructions.
const LANES: usize = 8;

/// The model, its columns in the order of the configuration.
#[derive(Debug)]
pub(super) struct Scorer {
    idf: Vec<f32>,
    /// One row per word of `width` pieces, one column per topic; zero where a topic has no head, and at the end.
    rows: Vec<[i8; LANES]>,
    width: usize,
    columns: Vec<Option<Column>>,
    with_head: Combiner,
    terms_alone: Combiner,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    bias: f32,
    scale: f32,
    offset: f32,
    added: bool,
}

/// All topics of one text.
pub(super) struct Scores {
    /// 0–1 per topic.
    pub(super) probabilities: Vec<f32>,
    /// The strongest topic's terms add up to this.
    pub(super) best: f32,
    /// Length of the vector of words.
    norm: f32,
}

impl Scorer {
    pub(super) fn new(config: &TopicsConfig, model: &Model) -> Self {
        let places: FxHashMap<&str, usize> = model
            .header
            .heads
            .iter()
            .enumerate()
            .map(|(place, head)| (head.topic.as_str(), place))
            .collect();
        let order: Vec<Option<usize>> = config
            .topic
            .iter()
            .map(|t| places.get(t.id.get_ref().as_str()).copied())
            .collect();
        let rows = model
            .weights
            .chunks_exact(model.header.heads.len().max(1))
            .flat_map(|row| {
                order.chunks(LANES).map(move |places| {
                    let mut piece = [0; LANES];
                    for (weight, place) in piece.iter_mut().zip(places) {
                        *weight = place.and_then(|p| row.get(p)).copied().unwrap_or(0);
                    }
                    piece
                })
            })
            .collect();
        let columns = order
            .iter()
            .map(|place| {
                let head = model.header.heads.get((*place)?)?;
                Some(Column {
                    bias: head.bias,
                    scale: head.scale,
                    offset: head.offset,
                    added: head.added,
                })
            })
            .collect();
        Self {
            idf: model.words.iter().map(|w| w.idf).collect(),
            rows,
            width: order.len().div_ceil(LANES),
            columns,
            with_head: model.header.with_head,
            terms_alone: model.header.terms_alone,
        }
    }

    pub(super) fn score(&self, reading: &Reading<'_>) -> Scores {
        let mut pieces = vec![[0.0_f32; LANES]; self.width];
        let mut square = 0.0;
        for group in reading.groups() {
            for &word in &group.pattern.words {
                let value = self.value(group, word);
                square += value * value;
                for (sums, weights) in pieces.iter_mut().zip(self.row(word)) {
                    for lane in 0..LANES {
                        sums[lane] += value * f32::from(weights[lane]);
                    }
                }
            }
        }
        let heads = pieces.as_flattened_mut();
        let norm = square.sqrt().max(f32::MIN_POSITIVE);
        let mut strongest = f32::NEG_INFINITY;
        for (head, column) in heads.iter_mut().zip(&self.columns) {
            if let Some(column) = column {
                *head = (column.bias + *head * column.scale / norm).clamp(-SURE, SURE);
                if !column.added {
                    strongest = strongest.max(*head);
                }
            }
        }
        let best = reading.best();
        let best_ln = best.ln_1p();
        let probabilities = heads
            .iter()
            .zip(&self.columns)
            .enumerate()
            .map(|(topic, (head, column))| {
                let signals = reading.signals(topic, best, best_ln);
                sigmoid(match column {
                    Some(column) => {
                        self.with_head
                            .logit(signals, *head, (strongest - *head).max(0.0))
                            + column.offset
                    }
                    None => self.terms_alone.logit(signals, 0.0, 0.0),
                })
            })
            .collect();
        Scores {
            probabilities,
            best,
            norm,
        }
    }

    /// What patterns add to the log-odds of a topic, as terms and as words.
    pub(super) fn worth(&self, reading: &Reading<'_>, scores: &Scores, topic: usize) -> Worth<'_> {
        let column = self.columns.get(topic).copied().flatten();
        let signals = reading.signals(topic, scores.best, scores.best.ln_1p());
        let gain = self.combiner(column.is_some()).gain(signals).max(0.0);
        Worth {
            scorer: self,
            topic,
            term: if signals.sum > 0.0 {
                gain / signals.sum
            } else {
                0.0
            },
            word: column.map_or(0.0, |c| self.with_head.head * c.scale / scores.norm),
        }
    }

    /// See [`Model::knows`].
    pub(super) fn knows(&self, topic: usize) -> bool {
        let column = self.columns.get(topic).copied().flatten();
        column.is_some_and(|c| !c.added)
    }

    fn combiner(&self, has_head: bool) -> Combiner {
        if has_head {
            self.with_head
        } else {
            self.terms_alone
        }
    }

    /// A word's weights for all topics.
    fn row(&self, word: u32) -> &[[i8; LANES]] {
        let from = word as usize * self.width;
        self.rows.get(from..from + self.width).unwrap_or(&[])
    }

    fn value(&self, group: &Group<'_>, word: u32) -> f32 {
        group.count * self.idf.get(word as usize).copied().unwrap_or(0.0)
    }
}

/// See [`Scorer::worth`].
pub(super) struct Worth<'a> {
    scorer: &'a Scorer,
    topic: usize,
    /// Of a unit of the lexicon's sum.
    term: f32,
    /// Of a unit of a head's byte times the word's value.
    word: f32,
}

impl Worth<'_> {
    /// Of one pattern.
    pub(super) fn of(&self, group: &Group<'_>) -> f32 {
        let posting = group
            .pattern
            .postings
            .iter()
            .find(|p| p.topic == self.topic);
        let term = posting.map_or(0.0, |p| self.term * p.weight * group.count);
        if self.word == 0.0 {
            return term;
        }
        let words = group.pattern.words.iter().filter_map(|&word| {
            let weight = self.scorer.row(word).as_flattened().get(self.topic)?;
            Some(self.scorer.value(group, word) * f32::from(*weight))
        });
        term + self.word * words.sum::<f32>()
    }
}

impl Combiner {
    /// What it weighs, in the order of its fields.
    pub(super) fn inputs(signals: Signals, head: f32, behind: f32) -> [f32; 7] {
        let share = if signals.best > 0.0 {
            signals.sum / signals.best
        } else {
            0.0
        };
        // Most topics have no term in a text, and a logarithm is not free.
        let ln = |x: f32| if x > 0.0 { x.ln_1p() } else { 0.0 };
        [
            1.0,
            ln(signals.sum),
            share,
            ln(signals.headline),
            signals.best_ln,
            head,
            behind,
        ]
    }

    fn array(self) -> [f32; 7] {
        [
            self.bias,
            self.sum,
            self.share,
            self.headline,
            self.best,
            self.head,
            self.behind,
        ]
    }

    /// Log-odds.
    pub(super) fn logit(self, signals: Signals, head: f32, behind: f32) -> f32 {
        let inputs = Self::inputs(signals, head, behind);
        self.array().iter().zip(inputs).map(|(w, x)| w * x).sum()
    }

    /// What the topic's terms add to the log-odds.
    fn gain(self, signals: Signals) -> f32 {
        let without = Signals {
            sum: 0.0,
            headline: 0.0,
            ..signals
        };
        self.logit(signals, 0.0, 0.0) - self.logit(without, 0.0, 0.0)
    }
}

impl From<[f32; 7]> for Combiner {
    fn from([bias, sum, share, headline, best, head, behind]: [f32; 7]) -> Self {
        Self {
            bias,
            sum,
            share,
            headline,
            best,
            head,
            behind,
        }
    }
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
