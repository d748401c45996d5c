//! Which words the heads get: those of a dictionary that tell topics apart, and every term of the taxonomy that occurs.

use super::super::config::TopicsConfig;
use super::super::model::Word;
use super::super::segment::Segmenter;
use super::{CannotTrain, Sample};
use rustc_hash::FxHashSet;

/// A word must stand in this many documents.
const RARE: u32 = 12;

/// Chooses at most `most` words.
pub(super) fn choose(
    config: &TopicsConfig,
    samples: &[Sample],
    dictionary: &[String],
    most: usize,
) -> Result<Vec<Word>, CannotTrain> {
    let masks: FxHashSet<&str> = config.masks.iter().map(|m| m.get_ref().as_str()).collect();
    let terms: FxHashSet<&str> = config
        .topic
        .iter()
        .flat_map(|t| t.terms())
        .map(|t| t.get_ref().as_str())
        .collect();
    let mut candidates: Vec<&str> = dictionary
        .iter()
        .map(String::as_str)
        .chain(terms.iter().copied())
        .filter(|w| !masks.contains(w))
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    // Masks are found and left aside, so that no word begins inside one.
    let words = candidates.len();
    candidates.extend(masks);
    let segmenter = Segmenter::new(&candidates, |text| terms.contains(text))
        .map_err(|p| CannotTrain::Words(p.message))?;

    let topics = config.topic.len();
    let mut frequency = vec![0_u32; words];
    let mut together = vec![0.0_f32; words * topics];
    let mut totals = vec![0.0_f32; topics];
    let mut seen: Vec<u32> = Vec::new();
    for Sample {
        document, label, ..
    } in samples
    {
        seen.clear();
        for text in [&document.headline, &document.body] {
            segmenter.segment(text, |hit| seen.push(hit.pattern));
        }
        seen.sort_unstable();
        seen.dedup();
        for (total, p) in totals.iter_mut().zip(label) {
            *total += p;
        }
        for word in seen.iter().map(|w| *w as usize).filter(|w| *w < words) {
            if let Some(count) = frequency.get_mut(word) {
                *count += 1;
            }
            let row = together
                .get_mut(word * topics..(word + 1) * topics)
                .unwrap_or_default();
            for (count, p) in row.iter_mut().zip(label) {
                *count += p;
            }
        }
    }

    #[allow(clippy::cast_precision_loss)] // counts of documents
    let all = samples.len() as f32;
    let mut ranked: Vec<(f32, &str, f32)> = candidates
        .iter()
        .take(words)
        .zip(&frequency)
        .zip(together.chunks_exact(topics.max(1)))
        .filter(|((_, count), _)| **count >= RARE)
        .map(|((word, count), row)| {
            #[allow(clippy::cast_precision_loss)]
            let count = *count as f32;
            let score = row
                .iter()
                .zip(&totals)
                .map(|(c, total)| surprise(*c, count, total / all))
                .fold(0.0, f32::max);
            let keep = if terms.contains(word) {
                f32::INFINITY
            } else {
                score
            };
            (keep, *word, (all / count).ln())
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    ranked.truncate(most);
    ranked.sort_by(|a, b| a.1.cmp(b.1));
    Ok(ranked
        .into_iter()
        .map(|(_, text, idf)| Word {
            text: text.to_owned(),
            idf,
        })
        .collect())
}

/// By how many standard deviations a topic is found more often beside a word than chance would have it.
fn surprise(together: f32, count: f32, share: f32) -> f32 {
    let expected = count * share;
    (together - expected) / (expected * (1.0 - share)).max(1e-6).sqrt()
}

/// The words of a dictionary in jieba's form (`word frequency tag` a line) that may be learned from: Chinese, two to six
/// characters, and no names of persons or places, which say nothing about a topic elsewhere.
pub fn dictionary(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let mut parts = line.split_whitespace();
            let (word, _, tag) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
            let chinese = word.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
            let length = word.chars().count();
            let name = tag.starts_with("nr") || tag.starts_with("ns");
            (chinese && (2..=6).contains(&length) && !name).then(|| word.to_owned())
        })
        .collect()
}
