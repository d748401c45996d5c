//! Makes the model from text: the lexicon labels an archive, labels set by hand correct it, and each topic gets its head.
//!
//! 1. A logistic regression over the lexicon's sums, fitted to the labelled documents, labels all others. Another, fitted to
//!    the first ten terms of each topic alone, is for topics that have no head.
//! 2. The words that tell topics apart become the vocabulary ([`vocabulary`]).
//! 3. Each topic's head is fitted to all documents, labels set by hand counting [`BY_HAND`] times ([`logistic`]).
//! 4. Heads fitted without a fifth of the labelled documents are weighed against the lexicon on that fifth, so that scores
//!    are probabilities on text not seen.

pub(super) mod logistic;
mod vocabulary;
mod weighing;

pub use vocabulary::dictionary;

use super::config::TopicsConfig;
use super::lexicon::Lexicon;
use super::model::{Column, Combiner, Model, Word, quantised};
use super::reading::{Reading, Signals};
use super::scoring::sigmoid;
use logistic::{Fit, Row, fit};

/// A document labelled by hand counts as much as this many others.
pub const BY_HAND: f32 = 5.0;

/// Positive documents of a rare topic are weighed up to this part of all.
const RAREST: f32 = 0.04;

const FOLDS: usize = 5;

pub(super) const HEADS: Fit = Fit {
    epochs: 12,
    rate: 0.2,
    decay: 2e-5,
};
/// A new topic begins with so many terms.
const FEW: usize = 10;

/// Labelled documents are learned from without their headline too, at this part of their weight, when their body has at
/// least [`LONG`] bytes.
const HEADLESS: f32 = 0.5;
const LONG: usize = 300;

/// A text to learn from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Empty for a piece of a longer text.
    pub headline: String,
    /// Paragraphs joined by `\n`.
    pub body: String,
    /// What a person says it is about.
    pub labels: Option<Labels>,
}

/// Labels set by hand, as ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labels {
    /// What it is about.
    pub topics: Vec<String>,
    /// What may be said, and is neither right nor wrong.
    pub optional: Vec<String>,
    /// How much it counts among the labelled: 1, or more for text of the kind that matters most.
    pub weight: f32,
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotTrain {
    /// Too little labelled by hand.
    #[error("{0} documents are labelled by hand; 100 are the least to weigh heads and terms by")]
    Labels(usize),
    /// The words make no automaton.
    #[error("{0}")]
    Words(String),
}

/// A document with all that is known of it on the way.
struct Sample {
    document: Document,
    /// The labelled document it is, or comes from.
    fold: usize,
    /// Among the labelled.
    weight: f32,
    signals: Vec<Signals>,
    /// A probability per topic: a person's word, or the lexicon's.
    label: Vec<f32>,
    vector: Vec<(u32, f32)>,
}

/// Stages [`train`] tells of.
pub const STAGES: usize = 3 + FOLDS;

/// Makes a model with at most `words` words out of `dictionary` and the taxonomy's own terms; `tell` hears of every stage.
///
/// # Errors
/// [`CannotTrain`]; `config` must pass [`TopicsConfig::check`].
pub fn train(
    config: &TopicsConfig,
    documents: &[Document],
    dictionary: &[String],
    words: usize,
    tell: &dyn Fn(String),
) -> Result<Model, CannotTrain> {
    let by_hand = documents.iter().filter(|d| d.labels.is_some()).count();
    if by_hand < 100 {
        return Err(CannotTrain::Labels(by_hand));
    }
    tell(format!("labelling {} documents by terms", documents.len()));
    let mut samples = samples(documents);
    let mut model = Model::default();
    let lexicon = compile(config, &model)?;
    for sample in &mut samples {
        sample.signals = signals(&lexicon, &sample.document);
    }
    let teacher = weighing::terms_alone(config, &samples);
    for sample in &mut samples {
        sample.label = label(config, sample, teacher);
    }
    let few = compile(&few_terms(config), &model)?;
    for sample in &mut samples {
        for (signals, few) in sample
            .signals
            .iter_mut()
            .zip(signals(&few, &sample.document))
        {
            *signals = Signals {
                best: signals.best,
                best_ln: signals.best_ln,
                ..few
            };
        }
    }
    model.header.terms_alone = weighing::terms_alone(config, &samples);
    tell(format!("choosing words out of {}", dictionary.len()));
    model.words = vocabulary::choose(config, &samples, dictionary, words)?;
    let lexicon = compile(config, &model)?;
    for sample in &mut samples {
        sample.signals = signals(&lexicon, &sample.document);
        sample.vector = vector(&lexicon, &model.words, &sample.document);
    }
    let unseen = unseen(config, &samples, model.words.len(), tell);
    let (combiner, offsets) = weighing::with_head(config, &samples, &unseen);
    model.header.with_head = combiner;
    tell("fitting the heads".to_owned());
    let heads = heads(config, &samples, model.words.len(), None);
    fill(&mut model, config, heads, &offsets);
    model.rename();
    Ok(model)
}

/// The taxonomy as if each topic were new: a topic without a head has few terms beside topics of a hundred.
fn few_terms(config: &TopicsConfig) -> TopicsConfig {
    let mut few = config.clone();
    for topic in &mut few.topic {
        topic.decisive.truncate(FEW);
        topic.strong.clear();
        topic.hints.clear();
    }
    few
}

/// Every document, and every labelled one again without its headline: continuations and briefs have none.
fn samples(documents: &[Document]) -> Vec<Sample> {
    let mut samples = Vec::with_capacity(documents.len());
    for (fold, document) in documents.iter().enumerate() {
        let mut add = |document: Document, share: f32| {
            samples.push(Sample {
                weight: share * document.labels.as_ref().map_or(1.0, |l| l.weight),
                document,
                fold: fold % FOLDS,
                signals: Vec::new(),
                label: Vec::new(),
                vector: Vec::new(),
            });
        };
        add(document.clone(), 1.0);
        if document.labels.is_some() && document.body.len() >= LONG {
            add(
                Document {
                    headline: String::new(),
                    ..document.clone()
                },
                HEADLESS,
            );
        }
    }
    samples
}

fn compile(config: &TopicsConfig, model: &Model) -> Result<Lexicon, CannotTrain> {
    Lexicon::new(config, model).map_err(|p| CannotTrain::Words(p.message))
}

/// What the lexicon says of each topic; nothing for an announcement.
pub(super) fn signals(lexicon: &Lexicon, document: &Document) -> Vec<Signals> {
    let reading = Reading::new(lexicon, &document.headline, &document.body);
    let best = reading.best();
    let best_ln = best.ln_1p();
    let silent = reading.is_notice(best);
    (0..lexicon.notice)
        .map(|topic| match silent {
            true => Signals {
                sum: 0.0,
                best,
                best_ln,
                headline: 0.0,
            },
            false => reading.signals(topic, best, best_ln),
        })
        .collect()
}

/// The words of a document, of length 1.
pub(super) fn vector(lexicon: &Lexicon, words: &[Word], document: &Document) -> Vec<(u32, f32)> {
    let reading = Reading::new(lexicon, &document.headline, &document.body);
    let mut vector: Vec<(u32, f32)> = reading
        .groups()
        .iter()
        .flat_map(|group| group.pattern.words.iter().map(|word| (*word, group.count)))
        .map(|(word, count)| {
            (
                word,
                count * words.get(word as usize).map_or(0.0, |w| w.idf),
            )
        })
        .collect();
    let norm = vector
        .iter()
        .map(|(_, x)| x * x)
        .sum::<f32>()
        .sqrt()
        .max(f32::MIN_POSITIVE);
    for (_, x) in &mut vector {
        *x /= norm;
    }
    vector
}

/// What a person says of topic `id`: right, wrong, or nothing.
fn verdict(document: &Document, id: &str) -> Option<f32> {
    let labels = document.labels.as_ref()?;
    if labels.topics.iter().any(|t| t == id) {
        Some(1.0)
    } else if labels.optional.iter().any(|t| t == id) {
        None
    } else {
        Some(0.0)
    }
}

fn ids(config: &TopicsConfig) -> impl Iterator<Item = &str> + Clone {
    config.topic.iter().map(|t| t.id.get_ref().as_str())
}

/// A person's word where there is one, and what the lexicon thinks elsewhere.
fn label(config: &TopicsConfig, sample: &Sample, combiner: Combiner) -> Vec<f32> {
    ids(config)
        .zip(&sample.signals)
        .map(|(id, signals)| {
            verdict(&sample.document, id)
                .unwrap_or_else(|| sigmoid(combiner.logit(*signals, 0.0, 0.0)))
        })
        .collect()
}

/// Bias and weights of each topic's head, fitted without fold `without`.
fn heads(
    config: &TopicsConfig,
    samples: &[Sample],
    width: usize,
    without: Option<usize>,
) -> Vec<(f32, Vec<f32>)> {
    let topics: Vec<(usize, &str)> = ids(config).enumerate().collect();
    let one = |(topic, id): (usize, &str)| {
        let rows = samples
            .iter()
            .map(|sample| Row {
                features: &sample.vector,
                target: sample.label.get(topic).copied().unwrap_or(0.0),
                weight: match (&sample.document.labels, verdict(&sample.document, id)) {
                    (None, _) => 1.0,
                    (Some(_), Some(_)) if without != Some(sample.fold) => BY_HAND * sample.weight,
                    (Some(_), _) => 0.0,
                },
            })
            .collect();
        fit(&balanced(rows, 10.0), width, HEADS)
    };
    std::thread::scope(|scope| {
        let half = topics.len() / 2;
        let (left, right) = topics.split_at(half);
        let right = scope.spawn(|| right.iter().copied().map(one).collect::<Vec<_>>());
        let mut all: Vec<_> = left.iter().copied().map(one).collect();
        match right.join() {
            Ok(right) => all.extend(right),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

/// Weighs up the positive rows of a rare topic.
pub(super) fn balanced(mut rows: Vec<Row<'_>>, most: f32) -> Vec<Row<'_>> {
    let all: f32 = rows.iter().map(|r| r.weight).sum();
    let positive: f32 = rows.iter().map(|r| r.weight * r.target).sum();
    let more = (RAREST * all / positive.max(1.0)).clamp(1.0, most);
    for row in &mut rows {
        row.weight *= 1.0 + (more - 1.0) * row.target;
    }
    rows
}

/// Log-odds of the heads for each labelled document, from heads that have not seen it; empty for the others.
fn unseen(
    config: &TopicsConfig,
    samples: &[Sample],
    width: usize,
    tell: &dyn Fn(String),
) -> Vec<Vec<f32>> {
    let mut logits = vec![Vec::new(); samples.len()];
    for fold in 0..FOLDS {
        tell(format!(
            "fitting heads without part {} of {FOLDS}",
            fold + 1
        ));
        let heads = heads(config, samples, width, Some(fold));
        for (logits, sample) in logits.iter_mut().zip(samples) {
            if sample.fold == fold && sample.document.labels.is_some() {
                *logits = heads
                    .iter()
                    .map(|(bias, weights)| bias + dot(weights, &sample.vector))
                    .collect();
            }
        }
    }
    logits
}

fn dot(weights: &[f32], vector: &[(u32, f32)]) -> f32 {
    vector
        .iter()
        .filter_map(|(word, x)| Some(weights.get(*word as usize)? * x))
        .sum()
}

/// Puts heads into the model as bytes.
fn fill(model: &mut Model, config: &TopicsConfig, heads: Vec<(f32, Vec<f32>)>, offsets: &[f32]) {
    let mut columns = Vec::new();
    for (((bias, weights), id), offset) in heads.into_iter().zip(ids(config)).zip(offsets) {
        let (scale, bytes) = quantised(&weights);
        model.header.heads.push(Column {
            topic: id.to_owned(),
            bias,
            scale,
            offset: *offset,
            added: false,
        });
        columns.push(bytes);
    }
    model.weights = (0..model.words.len())
        .flat_map(|word| {
            columns
                .iter()
                .map(move |bytes| bytes.get(word).copied().unwrap_or(0))
        })
        .collect();
}

/// Cuts a long text into pieces of about `chars` characters at ends of paragraphs, none of them labelled.
pub fn pieces(text: &str, chars: usize) -> Vec<Document> {
    let mut pieces: Vec<Document> = Vec::new();
    let mut room = 0;
    for paragraph in text.lines().map(str::trim).filter(|p| !p.is_empty()) {
        let length = paragraph.chars().count();
        match pieces.last_mut().filter(|_| room > 0) {
            Some(piece) => {
                piece.body.push('\n');
                piece.body.push_str(paragraph);
            }
            None => {
                pieces.push(Document {
                    body: paragraph.to_owned(),
                    ..Document::default()
                });
                room = chars;
            }
        }
        room = room.saturating_sub(length);
    }
    pieces
}
