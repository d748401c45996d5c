//! One pass over a text: which terms stand where, and what they add up to.

use super::lexicon::{Hit, Lexicon, Posting};
use crate::article::Span;
use crate::item::{Evidence, Field};

/// What one occurrence counts: in the headline (only for its part of the evidence), in the lead, further down.
const HEADLINE: f32 = 3.0;
const LEAD: f32 = 1.5;
const BODY: f32 = 1.0;

/// See [`saturated`].
const MOST_BODY: f32 = 1.5;
const IN_HEADLINE: f32 = 0.5;

/// The lead ends here at the latest, bytes: some 120 Chinese characters.
const LEAD_BYTES: usize = 360;

/// A text with the terms found in it.
pub(super) struct Reading<'a> {
    lexicon: &'a Lexicon,
    headline: &'a str,
    body: &'a str,
    /// Sorted by pattern, then place.
    hits: Vec<Occurrence>,
    /// Sum per topic, announcements last.
    sums: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Occurrence {
    hit: Hit,
    field: Field,
    weight: f32,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, headline: &'a str, body: &'a str) -> Self {
        let lead = body
            .find('\n')
            .map_or(LEAD_BYTES, |end| end.clamp(LEAD_BYTES / 3, LEAD_BYTES));
        let mut hits: Vec<Occurrence> = Vec::with_capacity(body.len() / 12);
        hits.extend(lexicon.scan(headline).map(|hit| Occurrence {
            hit,
            field: Field::Headline,
            weight: HEADLINE,
        }));
        hits.extend(lexicon.scan(body).map(|hit| Occurrence {
            hit,
            field: Field::Body,
            weight: if hit.start < lead { LEAD } else { BODY },
        }));
        hits.sort_by_key(|o| o.hit.pattern);
        let mut sums = vec![0.0; lexicon.notice + 1];
        for group in groups(&hits) {
            let count = saturated(group);
            for posting in postings(lexicon, group) {
                if let Some(sum) = sums.get_mut(posting.topic) {
                    *sum += posting.weight * count;
                }
            }
        }
        Self {
            lexicon,
            headline,
            body,
            hits,
            sums,
        }
    }

    /// What the terms of a topic add up to.
    pub(super) fn sum(&self, topic: usize) -> f32 {
        self.sums.get(topic).copied().unwrap_or(0.0)
    }

    /// The strongest topic's sum.
    pub(super) fn best(&self) -> f32 {
        self.sums
            .iter()
            .take(self.lexicon.notice)
            .copied()
            .fold(0.0, f32::max)
    }

    /// The occurrences that speak for a topic, heaviest first, ties in order of place. Their weights add up to its sum.
    pub(super) fn evidence(&self, topic: usize) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        for group in groups(&self.hits) {
            let Some(posting) = postings(self.lexicon, group)
                .iter()
                .find(|p| p.topic == topic)
            else {
                continue;
            };
            let share = posting.weight * saturated(group) / total(group);
            for occurrence in group {
                evidence.extend(self.cite(occurrence, share * occurrence.weight));
            }
        }
        place(&mut evidence, self.headline, self.body);
        evidence.sort_by(|a, b| {
            b.weight
                .total_cmp(&a.weight)
                .then(a.order().cmp(&b.order()))
        });
        evidence
    }

    /// Masks in the text that hide a term of a topic, in order of place; their weight is 0.
    pub(super) fn masked(
        &self,
        topic: usize,
        is_term: impl Fn(&str, usize) -> bool,
    ) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = groups(&self.hits)
            .filter(|group| {
                group
                    .first()
                    .and_then(|o| self.lexicon.pattern(o.hit.pattern))
                    .is_some_and(|p| p.postings.is_empty() && is_term(&p.text, topic))
            })
            .flatten()
            .filter_map(|o| self.cite(o, 0.0))
            .collect();
        place(&mut evidence, self.headline, self.body);
        evidence.sort_by_key(Ordered::order);
        evidence
    }

    /// An occurrence as evidence, its span still in bytes.
    fn cite(&self, occurrence: &Occurrence, weight: f32) -> Option<Evidence> {
        let hit = occurrence.hit;
        Some(Evidence {
            term: self.lexicon.pattern(hit.pattern)?.text.clone(),
            r#in: occurrence.field,
            span: Span::new(hit.start, hit.end),
            weight: rounded(weight),
        })
    }
}

/// Runs of one pattern.
fn groups(hits: &[Occurrence]) -> impl Iterator<Item = &[Occurrence]> {
    hits.chunk_by(|a, b| a.hit.pattern == b.hit.pattern)
}

fn postings<'a>(lexicon: &'a Lexicon, group: &[Occurrence]) -> &'a [Posting] {
    group
        .first()
        .and_then(|o| lexicon.pattern(o.hit.pattern))
        .map_or(&[], |p| &p.postings)
}

fn total(group: &[Occurrence]) -> f32 {
    group.iter().map(|o| o.weight).sum()
}

/// A word said again adds less each time: 1 for once, never more than [`MOST_BODY`] from the body and
/// [`IN_HEADLINE`] beyond it from the headline, so that one word repeated is no topic.
fn saturated(group: &[Occurrence]) -> f32 {
    let in_headline = group.iter().any(|o| o.field == Field::Headline);
    let body: f32 = group
        .iter()
        .filter(|o| o.field == Field::Body)
        .map(|o| o.weight)
        .sum();
    let headline = if in_headline { 1.0 } else { 0.0 };
    let count = body + headline;
    MOST_BODY * count / (count + MOST_BODY - 1.0) + IN_HEADLINE * headline
}

/// Three decimals: weights are for people, and equal texts must give equal events.
pub(super) fn rounded(x: f32) -> f64 {
    (f64::from(x) * 1000.0).round() / 1000.0
}

trait Ordered {
    fn order(&self) -> (bool, usize);
}

impl Ordered for Evidence {
    fn order(&self) -> (bool, usize) {
        (self.r#in == Field::Body, self.span.start)
    }
}

/// Turns spans from bytes to code points, walking each text once.
fn place(evidence: &mut [Evidence], headline: &str, body: &str) {
    evidence.sort_by_key(Ordered::order);
    let mut walked = (Field::Headline, 0, 0);
    for Evidence { r#in, span, .. } in evidence {
        let text = match r#in {
            Field::Headline => headline,
            Field::Body => body,
        };
        if walked.0 != *r#in {
            walked = (*r#in, 0, 0);
        }
        let (_, byte, point) = walked;
        let start = point + chars(text, byte, span.start);
        let end = start + chars(text, span.start, span.end);
        walked = (*r#in, span.end, end);
        *span = Span::new(start, end);
    }
}

fn chars(text: &str, from: usize, to: usize) -> usize {
    text.get(from..to).map_or(0, |t| t.chars().count())
}
