//! One pass over a text: which terms and words stand where, and what they add up to for each topic.

use super::lexicon::{Lexicon, Pattern};
use super::segment::Hit;
use crate::article::Span;
use crate::item::{Evidence, Field};

/// What one occurrence counts: in the lead, and further down.
const LEAD: f32 = 1.5;
const BODY: f32 = 1.0;

/// See [`saturated`].
const MOST_BODY: f32 = 1.5;
const IN_HEADLINE: f32 = 0.5;

/// The lead ends here at the latest, bytes: some 120 Chinese characters.
const LEAD_BYTES: usize = 360;

/// A text with the patterns found in it.
pub(super) struct Reading<'a> {
    lexicon: &'a Lexicon,
    headline: &'a str,
    body: &'a str,
    hits: Vec<Occurrence>,
    groups: Vec<Group<'a>>,
    /// What terms add up to, per topic, announcements last.
    sums: Vec<f32>,
    /// The same for the headline alone, each term once.
    headlines: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Occurrence {
    hit: Hit,
    field: Field,
    weight: f32,
}

/// All occurrences of one pattern.
pub(super) struct Group<'a> {
    pub(super) pattern: &'a Pattern,
    /// See [`saturated`].
    pub(super) count: f32,
    /// Range of [`Reading::hits`].
    first: usize,
    end: usize,
}

/// What speaks for one topic, but for its head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Signals {
    /// What its terms add up to.
    pub(super) sum: f32,
    /// What the strongest topic's terms add up to.
    pub(super) best: f32,
    /// What the terms in the headline weigh.
    pub(super) headline: f32,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, headline: &'a str, body: &'a str) -> Self {
        let lead = body
            .find('\n')
            .map_or(LEAD_BYTES, |end| end.clamp(LEAD_BYTES / 3, LEAD_BYTES));
        let mut hits = Vec::with_capacity((headline.len() + body.len()) / 8);
        hits.extend(lexicon.scan(headline).into_iter().map(|hit| Occurrence {
            hit,
            field: Field::Headline,
            weight: 1.0,
        }));
        hits.extend(lexicon.scan(body).into_iter().map(|hit| Occurrence {
            hit,
            field: Field::Body,
            weight: if hit.start < lead { LEAD } else { BODY },
        }));
        hits.sort_unstable_by_key(|o| (o.hit.pattern, o.field == Field::Body, o.hit.start));
        let mut reading = Self {
            lexicon,
            headline,
            body,
            groups: groups(lexicon, &hits),
            hits,
            sums: vec![0.0; lexicon.notice + 1],
            headlines: vec![0.0; lexicon.notice + 1],
        };
        reading.add_up();
        reading
    }

    fn add_up(&mut self) {
        for group in &self.groups {
            let in_headline = self
                .hits
                .get(group.first)
                .is_some_and(|o| o.field == Field::Headline);
            for posting in &group.pattern.postings {
                if let Some(sum) = self.sums.get_mut(posting.topic) {
                    *sum += posting.weight * group.count;
                }
                if let Some(sum) = self
                    .headlines
                    .get_mut(posting.topic)
                    .filter(|_| in_headline)
                {
                    *sum += posting.weight;
                }
            }
        }
    }

    /// The patterns found, each once.
    pub(super) fn groups(&self) -> &[Group<'a>] {
        &self.groups
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

    /// What the lexicon says of a topic; `best` as [`Reading::best`] gives it.
    pub(super) fn signals(&self, topic: usize, best: f32) -> Signals {
        Signals {
            sum: self.sum(topic),
            best,
            headline: self.headlines.get(topic).copied().unwrap_or(0.0),
        }
    }

    /// The occurrences of patterns that `worth` gives something, heaviest first, ties in order of place. A pattern's worth
    /// is shared among its occurrences, and at most `most` patterns are cited.
    pub(super) fn evidence(&self, most: usize, worth: impl Fn(&Group<'_>) -> f32) -> Vec<Evidence> {
        let mut cited: Vec<(f32, &Group<'_>)> = self
            .groups
            .iter()
            .map(|group| (worth(group), group))
            .filter(|(worth, _)| *worth > 0.0)
            .collect();
        cited.sort_by(|a, b| b.0.total_cmp(&a.0));
        cited.truncate(most);
        let mut evidence = Vec::with_capacity(cited.len() * 2);
        for (worth, group) in cited {
            let hits = self.hits.get(group.first..group.end).unwrap_or(&[]);
            let total: f32 = hits.iter().map(|o| o.weight).sum();
            evidence.extend(
                hits.iter()
                    .map(|o| cite(group.pattern, o, worth * o.weight / total)),
            );
        }
        place(&mut evidence, self.headline, self.body);
        evidence.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        evidence
    }

    /// How many patterns `worth` gives something to; one that stands in headline and body counts twice.
    pub(super) fn spread(&self, worth: impl Fn(&Group<'_>) -> f32) -> usize {
        let field = |at: usize| self.hits.get(at).map(|o| o.field);
        self.groups
            .iter()
            .filter(|group| worth(group) > 0.0)
            .map(|group| 1 + usize::from(field(group.first) != field(group.end.saturating_sub(1))))
            .sum()
    }

    /// The occurrences of masks that `hides` accepts, in order of place; their weight is 0.
    pub(super) fn masked(&self, hides: impl Fn(&str) -> bool) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = self
            .groups
            .iter()
            .filter(|group| group.pattern.mask && hides(&group.pattern.text))
            .flat_map(|group| {
                let hits = self.hits.get(group.first..group.end).unwrap_or(&[]);
                hits.iter().map(|o| cite(group.pattern, o, 0.0))
            })
            .collect();
        place(&mut evidence, self.headline, self.body);
        evidence
    }
}

fn groups<'a>(lexicon: &'a Lexicon, hits: &[Occurrence]) -> Vec<Group<'a>> {
    let mut groups = Vec::with_capacity(hits.len());
    let mut first = 0;
    for run in hits.chunk_by(|a, b| a.hit.pattern == b.hit.pattern) {
        let end = first + run.len();
        if let Some(pattern) = run.first().and_then(|o| lexicon.pattern(o.hit.pattern)) {
            groups.push(Group {
                pattern,
                count: saturated(run),
                first,
                end,
            });
        }
        first = end;
    }
    groups
}

/// A word said again adds less each time: 1 for once, never more than [`MOST_BODY`] in all, and [`IN_HEADLINE`] beyond
/// that when it stands in the headline; so one word repeated is no topic.
fn saturated(run: &[Occurrence]) -> f32 {
    let count: f32 = run
        .iter()
        .filter(|o| o.field == Field::Body)
        .map(|o| o.weight)
        .sum();
    let headline = match run.first() {
        Some(o) if o.field == Field::Headline => 1.0,
        _ => 0.0,
    };
    let count = count + headline;
    MOST_BODY * count / (count + MOST_BODY - 1.0) + IN_HEADLINE * headline
}

/// An occurrence as evidence, its span still in bytes.
fn cite(pattern: &Pattern, occurrence: &Occurrence, weight: f32) -> Evidence {
    Evidence {
        term: pattern.text.clone(),
        r#in: occurrence.field,
        span: Span::new(occurrence.hit.start, occurrence.hit.end),
        weight: rounded(weight),
    }
}

/// Three decimals: weights are for people, and equal texts must give equal events.
pub(super) fn rounded(x: f32) -> f64 {
    (f64::from(x) * 1000.0).round() / 1000.0
}

/// Puts evidence in order of place and turns its spans from bytes to code points, walking each text once.
fn place(evidence: &mut [Evidence], headline: &str, body: &str) {
    evidence.sort_unstable_by_key(|e| (e.r#in == Field::Body, e.span.start));
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
