//! One pass over a text: which terms and words stand where, and what they add up to for each topic.

use super::config::DECISIVE;
use super::lexicon::{Lexicon, Pattern, Posting};
use super::segment::Hit;
use crate::article::Span;
use crate::item::{Evidence, Field};

/// What one occurrence counts: in the lead, and further down.
const LEAD: f32 = 1.5;
const BODY: f32 = 1.0;

/// See [`saturated`].
const MOST_BODY: f32 = 1.5;
const IN_HEADLINE: f32 = 0.5;

/// Words of announcements must add up to this.
const NOTICE: f32 = 2.0;
/// Where the headline ends in one of them they count so many times.
const NAMED: f32 = 8.0;

/// The lead ends here at the latest, bytes: some 120 Chinese characters.
const LEAD_BYTES: usize = 360;

/// A text with the patterns found in it.
pub(super) struct Reading<'a> {
    lexicon: &'a Lexicon,
    headline: &'a str,
    body: &'a str,
    /// By pattern, those in the headline first.
    hits: Vec<Occurrence>,
    groups: Vec<Group<'a>>,
    /// What terms add up to, per topic, announcements last.
    sums: Vec<f32>,
    /// The same for the headline alone, each term once.
    headlines: Vec<f32>,
}

/// Small, so that sorting is cheap.
#[derive(Clone, Copy)]
struct Occurrence {
    pattern: u32,
    zone: Zone,
    /// Bytes.
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    Headline,
    Lead,
    Body,
}

impl Zone {
    /// What one occurrence counts.
    fn weight(self) -> f32 {
        match self {
            Self::Lead => LEAD,
            Self::Headline | Self::Body => BODY,
        }
    }

    fn field(self) -> Field {
        match self {
            Self::Headline => Field::Headline,
            Self::Lead | Self::Body => Field::Body,
        }
    }
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
    /// ln(1 + that): a logarithm is not free, and all topics share this one.
    pub(super) best_ln: f32,
    /// What the terms in the headline weigh.
    pub(super) headline: f32,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, headline: &'a str, body: &'a str) -> Self {
        let lead = body
            .find('\n')
            .map_or(LEAD_BYTES, |end| end.clamp(LEAD_BYTES / 3, LEAD_BYTES));
        let mut hits = Vec::with_capacity((headline.len() + body.len()) / 8);
        let occurrence = |hit: Hit, zone| Occurrence {
            pattern: hit.pattern,
            zone,
            start: hit.start,
            end: hit.end,
        };
        lexicon.scan(headline, |hit| hits.push(occurrence(hit, Zone::Headline)));
        lexicon.scan(body, |hit| {
            let zone = if (hit.start as usize) < lead {
                Zone::Lead
            } else {
                Zone::Body
            };
            hits.push(occurrence(hit, zone));
        });
        hits.sort_by_key(|o: &Occurrence| o.pattern);
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
                .is_some_and(|o| o.zone == Zone::Headline);
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

    /// Whether it is an announcement, which has no topic: the words of one outweigh those of every topic.
    pub(super) fn is_notice(&self, best: f32) -> bool {
        let sum = self.sum(self.lexicon.notice);
        sum >= NOTICE && (sum >= best || sum * NAMED >= best && self.is_named_notice())
    }

    fn is_named_notice(&self) -> bool {
        let end = self.headline.trim_end().len();
        self.groups.iter().any(|group| {
            let hits = self.hits.get(group.first..group.end).unwrap_or(&[]);
            let ends = |o: &Occurrence| o.zone == Zone::Headline && o.end as usize == end;
            let speaks = |p: &Posting| p.topic == self.lexicon.notice && p.weight >= DECISIVE;
            hits.iter().any(ends) && group.pattern.postings.iter().any(speaks)
        })
    }

    /// What the lexicon says of a topic; `best` as [`Reading::best`] gives it, `best_ln` = ln(1 + best).
    pub(super) fn signals(&self, topic: usize, best: f32, best_ln: f32) -> Signals {
        Signals {
            sum: self.sum(topic),
            best,
            best_ln,
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
        let heaviest = |a: &(f32, &Group<'_>), b: &(f32, &Group<'_>)| {
            b.0.total_cmp(&a.0).then(a.1.first.cmp(&b.1.first))
        };
        if cited.len() > most {
            cited.select_nth_unstable_by(most, heaviest);
            cited.truncate(most);
        }
        let mut evidence = Vec::with_capacity(cited.len() * 2);
        for (worth, group) in cited {
            let hits = self.hits.get(group.first..group.end).unwrap_or(&[]);
            let total: f32 = hits.iter().map(|o| o.zone.weight()).sum();
            evidence.extend(
                hits.iter()
                    .map(|o| cite(group.pattern, o, worth * o.zone.weight() / total)),
            );
        }
        place(&mut evidence, self.headline, self.body);
        evidence.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        evidence
    }

    /// Whether `worth` gives something to more than one pattern, or to one that stands in headline and body.
    pub(super) fn is_spread(&self, worth: impl Fn(&Group<'_>) -> f32) -> bool {
        let field = |at: usize| self.hits.get(at).map(|o| o.zone.field());
        let mut found = 0;
        self.groups.iter().any(|group| {
            if worth(group) > 0.0 {
                found += 1 + usize::from(field(group.first) != field(group.end.saturating_sub(1)));
            }
            found >= 2
        })
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
    for run in hits.chunk_by(|a, b| a.pattern == b.pattern) {
        let end = first + run.len();
        if let Some(pattern) = run.first().and_then(|o| lexicon.pattern(o.pattern)) {
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
    let in_headline = run.first().is_some_and(|o| o.zone == Zone::Headline);
    let headline = if in_headline { 1.0 } else { 0.0 };
    let body = run.iter().filter(|o| o.zone != Zone::Headline);
    let count = headline + body.map(|o| o.zone.weight()).sum::<f32>();
    MOST_BODY * count / (count + MOST_BODY - 1.0) + IN_HEADLINE * headline
}

/// An occurrence as evidence, its span still in bytes.
fn cite(pattern: &Pattern, occurrence: &Occurrence, weight: f32) -> Evidence {
    Evidence {
        term: pattern.text.clone(),
        r#in: occurrence.zone.field(),
        span: Span::new(occurrence.start as usize, occurrence.end as usize),
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
