//! Terms an archive offers for a topic, for a person to accept: what stands in texts about it and hardly elsewhere.
//!
//! No dictionary is asked, so that the newsroom's own words are found too: every run of two to seven characters is a
//! candidate; one that is only ever part of the same longer one, or mostly cuts a known word in two, is a fragment and dropped.

use super::config::{TopicConfig, TopicsConfig};
use super::learn::Example;
use super::model::Model;
use daachorse::CharwiseDoubleArrayAhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};

const LONGEST: usize = 7;
/// Texts about the topic it must stand in, at least.
const OFTEN: usize = 3;
/// Part of all texts it stands in that must be about the topic.
const PRECISE: f64 = 0.3;
/// Characters of context on each side.
const CONTEXT: usize = 8;
/// No term begins or ends with one of these.
const LOOSE: &str = "的了在是和与将把被对从向为以及等也都就又还着过到上下中里个这那其该我你他她它们一二三四五六七八九十百千万亿两几多年月日时不有要说让给";

/// A term that may be added to a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// It.
    pub term: String,
    /// Texts about the topic that have it.
    pub about: usize,
    /// Other texts that have it.
    pub elsewhere: usize,
    /// The list it would belong to: decisive, strong or hints.
    pub strength: &'static str,
    /// How it stands in one text, in brackets.
    pub context: String,
}

/// A run of characters that may be a term.
#[derive(Default)]
struct Candidate {
    about: usize,
    elsewhere: usize,
    /// The text it was last counted in, plus one.
    counted: usize,
    before: Neighbour,
    after: Neighbour,
    /// Places it stands at, and those at which it begins or ends inside a known word.
    places: usize,
    cuts: usize,
    context: String,
}

/// What stands beside a candidate.
#[derive(Default)]
enum Neighbour {
    #[default]
    Unseen,
    Always(char),
    Various,
}

impl Neighbour {
    fn see(&mut self, c: Option<char>) {
        *self = match (&self, c.filter(|c| is_han(*c))) {
            (Self::Unseen, Some(c)) => Self::Always(c),
            (Self::Always(before), Some(c)) if *before == c => Self::Always(c),
            _ => Self::Various,
        };
    }
}

/// Terms for `topic` that it has not, best first, at most `most`; `given` of a text says whether it is about the topic.
pub fn suggest(
    config: &TopicsConfig,
    model: &Model,
    topic: &str,
    texts: &[Example],
    most: usize,
) -> Vec<Suggestion> {
    let mut found = candidates(texts);
    let words: FxHashSet<&str> = model.words().collect();
    count(texts, &words, &mut found);
    let own: Vec<&str> = config
        .topic
        .iter()
        .filter(|t| t.id.get_ref() == topic)
        .flat_map(TopicConfig::terms)
        .chain(&config.masks)
        .map(|t| t.get_ref().as_str())
        .collect();
    rank(&found, &own, texts, most)
}

fn is_han(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// Runs of two to [`LONGEST`] Chinese characters of a text, with repetitions.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_han(c)).flat_map(|run| {
        let bounds: Vec<usize> = run
            .char_indices()
            .map(|(byte, _)| byte)
            .chain([run.len()])
            .collect();
        let last = bounds.len();
        (0..last).flat_map(move |from| {
            let to = (from + LONGEST + 1).min(last);
            let bounds = bounds.clone();
            ((from + 2)..to).filter_map(move |to| run.get(*bounds.get(from)?..*bounds.get(to)?))
        })
    })
}

fn is_loose(term: &str) -> bool {
    term.starts_with(|c| LOOSE.contains(c)) || term.ends_with(|c| LOOSE.contains(c))
}

/// What stands in enough texts about the topic.
fn candidates(texts: &[Example]) -> FxHashMap<&str, Candidate> {
    let mut often: FxHashMap<&str, usize> = FxHashMap::default();
    for text in texts.iter().filter(|t| t.given) {
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for run in runs(&text.headline).chain(runs(&text.body)) {
            if !is_loose(run) && seen.insert(run) {
                *often.entry(run).or_default() += 1;
            }
        }
    }
    let enough = often.into_iter().filter(|(_, n)| *n >= OFTEN);
    enough.map(|(run, _)| (run, Candidate::default())).collect()
}

/// Counts the texts candidates stand in, and looks at their neighbours.
fn count(texts: &[Example], words: &FxHashSet<&str>, found: &mut FxHashMap<&str, Candidate>) {
    let mut terms: Vec<&str> = found.keys().copied().collect();
    terms.sort_unstable();
    let Ok(automaton) = CharwiseDoubleArrayAhoCorasick::<u32>::new(&terms) else {
        return;
    };
    for (number, text) in (1..).zip(texts) {
        for part in [&text.headline, &text.body] {
            for hit in automaton.find_overlapping_iter(part) {
                let term = terms.get(hit.value() as usize).copied().unwrap_or("");
                let Some(candidate) = found.get_mut(term) else {
                    continue;
                };
                let (before, after) = (
                    part.get(..hit.start()).unwrap_or(""),
                    part.get(hit.end()..).unwrap_or(""),
                );
                candidate.places += 1;
                let cut = |at| words.contains(around(part, at));
                candidate.cuts += usize::from(cut(hit.start()) || cut(hit.end()));
                candidate.before.see(before.chars().next_back());
                candidate.after.see(after.chars().next());
                if candidate.counted == number {
                    continue;
                }
                candidate.counted = number;
                match text.given {
                    true => candidate.about += 1,
                    false => candidate.elsewhere += 1,
                }
                if text.given && candidate.context.is_empty() {
                    candidate.context = context(before, term, after);
                }
            }
        }
    }
}

/// The character before a place and the one after it.
fn around(text: &str, at: usize) -> &str {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let after = text.get(at..).and_then(|t| t.chars().next());
    let (Some(before), Some(after)) = (before, after) else {
        return "";
    };
    text.get(at - before.len_utf8()..at + after.len_utf8())
        .unwrap_or("")
}

fn context(before: &str, term: &str, after: &str) -> String {
    let skip = before.chars().count().saturating_sub(CONTEXT);
    let line = |c: char| if c == '\n' { ' ' } else { c };
    let before: String = before.chars().skip(skip).map(line).collect();
    let after: String = after.chars().take(CONTEXT).map(line).collect();
    format!("{before}[{term}]{after}")
}

#[allow(clippy::cast_precision_loss)] // counts of texts
fn rank(
    found: &FxHashMap<&str, Candidate>,
    own: &[&str],
    texts: &[Example],
    most: usize,
) -> Vec<Suggestion> {
    let about = texts.iter().filter(|t| t.given).count() as f64;
    let share = about / (texts.len() as f64).max(1.0);
    let precision = |c: &Candidate| c.about as f64 / (c.about + c.elsewhere).max(1) as f64;
    // By how many standard deviations it is oftener beside the topic than chance would have it.
    let surprise = |c: &Candidate| {
        let expected = (c.about + c.elsewhere) as f64 * share;
        (c.about as f64 - expected) / (expected * (1.0 - share)).max(0.1).sqrt()
    };
    let mut ranked: Vec<(f64, &str, &Candidate)> = found
        .iter()
        .filter(|(_, c)| {
            let whole = |n: &Neighbour| matches!(n, Neighbour::Various);
            let word = c.cuts * 2 < c.places;
            word && whole(&c.before)
                && whole(&c.after)
                && precision(c) >= PRECISE
                && surprise(c) > 2.0
        })
        .map(|(term, c)| (surprise(c), *term, c))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for (_, term, candidate) in ranked {
        if suggestions.len() == most {
            break;
        }
        // A longer term speaks for the one inside it already.
        let known = own.iter().any(|o| term.contains(o) || o.contains(term))
            || suggestions
                .iter()
                .any(|s| term.contains(&s.term) || s.term.contains(term));
        if !known {
            suggestions.push(Suggestion {
                term: term.to_owned(),
                about: candidate.about,
                elsewhere: candidate.elsewhere,
                strength: match precision(candidate) {
                    p if p >= 0.8 => "decisive",
                    p if p >= 0.5 => "strong",
                    _ => "hints",
                },
                context: candidate.context.clone(),
            });
        }
    }
    suggestions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_topic_are_offered_and_no_fragments_or_terms_it_has() {
        let config = TopicsConfig::parse(
            "[[topic]]\nid = \"heritage\"\nname = \"非遗\"\ndecisive = [\"非遗\"]",
        )
        .unwrap();
        let text = |body: &str, given| Example {
            headline: String::new(),
            body: body.to_owned(),
            given,
        };
        let texts = [
            text("老银匠收徒,非遗工坊里银饰锻制忙。全市启动。", true),
            text("看银饰锻制技艺,学非遗。昨天,全市都来了。", true),
            text("非遗进校园:银饰锻制课。", true),
            text("全市会议昨天召开。", false),
            text("昨天,全市医院义诊。", false),
            text("全市开展义诊,昨天结束。", false),
            text("全市部署防汛。", false),
            text("全市供水恢复,昨天通水。", false),
        ];
        let offered = suggest(&config, &Model::embedded().unwrap(), "heritage", &texts, 5);
        let [silver] = offered.as_slice() else {
            panic!("{offered:?}")
        };
        assert_eq!(silver.term, "银饰锻制");
        assert_eq!(
            (silver.about, silver.elsewhere, silver.strength),
            (3, 0, "decisive")
        );
        assert_eq!(silver.context, "收徒,非遗工坊里[银饰锻制]忙。全市启动。");
    }
}
