//! `topics.toml`: the newsroom's taxonomy with its terms, and everything that can be wrong in it.

use crate::problem::{Problem, nearest};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use toml::Spanned;

/// The taxonomy that is used when a newsroom has none of its own.
pub const EMBEDDED: &str = include_str!("../../../config/topics.toml");

/// `topics.toml` as written; [`TopicsConfig::check`] says whether it makes sense.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicsConfig {
    /// Look-alikes: where one stands, the terms inside it count for nothing.
    #[serde(default)]
    pub masks: Vec<Spanned<String>>,
    /// Words of announcements, which have no topic.
    #[serde(default)]
    pub notice: Terms,
    /// The house topics.
    #[serde(default)]
    pub topic: Vec<TopicConfig>,
}

/// One house topic as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicConfig {
    /// ASCII, `[a-z0-9][a-z0-9_-]*`.
    pub id: Spanned<String>,
    /// What readers see.
    pub name: Spanned<String>,
    /// IPTC Media Topics, the nearest first.
    #[serde(default)]
    pub mediatopics: Vec<Mediatopic>,
    /// Id of a broader topic.
    #[serde(default)]
    pub parent: Option<Spanned<String>>,
    /// Score from which the topic is given; above 0, at most 1.
    #[serde(default)]
    pub threshold: Option<Spanned<f64>>,
    /// File of its learned head, from where `topics.toml` is.
    #[serde(default)]
    pub head: Option<Spanned<String>>,
    /// One in the headline and again in the text is enough.
    #[serde(default)]
    pub decisive: Vec<Spanned<String>>,
    /// Half as much.
    #[serde(default)]
    pub strong: Vec<Spanned<String>>,
    /// A quarter as much: these help and prove nothing.
    #[serde(default)]
    pub hints: Vec<Spanned<String>>,
}

/// A code of IPTC Media Topics.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mediatopic {
    /// Eight digits.
    pub code: Spanned<String>,
    /// Its Chinese name.
    pub name: String,
}

/// Terms by strength.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Weight 1.
    #[serde(default)]
    pub decisive: Vec<Spanned<String>>,
    /// Weight ½.
    #[serde(default)]
    pub strong: Vec<Spanned<String>>,
    /// Weight ¼.
    #[serde(default)]
    pub hints: Vec<Spanned<String>>,
}

/// Weight of a decisive term.
pub(super) const DECISIVE: f32 = 1.0;
const STRONG: f32 = 0.5;
const HINT: f32 = 0.25;

/// Score from which a topic that names none is given.
pub const DEFAULT_THRESHOLD: f64 = 0.35;

/// The same for a topic that rests on a few terms or examples: they find little, and seldom what is wrong.
pub const FEW_KNOWN: f64 = 0.25;

type Strengths<'a> = [(f32, &'a [Spanned<String>]); 3];

impl Terms {
    pub(super) fn weighted(&self) -> Strengths<'_> {
        [
            (DECISIVE, &self.decisive),
            (STRONG, &self.strong),
            (HINT, &self.hints),
        ]
    }
}

impl TopicConfig {
    pub(super) fn weighted(&self) -> Strengths<'_> {
        [
            (DECISIVE, &self.decisive),
            (STRONG, &self.strong),
            (HINT, &self.hints),
        ]
    }

    pub(super) fn terms(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.decisive.iter().chain(&self.strong).chain(&self.hints)
    }
}

impl TopicsConfig {
    /// Reads `topics.toml`.
    ///
    /// # Errors
    /// What is not TOML, or not a key or a value of this file, with its bytes in `text`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        toml::from_str(text).map_err(|e| Problem {
            message: e.message().to_owned(),
            help: None,
            span: e.span(),
        })
    }

    /// Everything in it that makes no sense, in order of place.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.check_topics(&mut problems);
        self.check_parents(&mut problems);
        self.check_terms(&mut problems);
        problems.sort_by_key(|p| p.span.as_ref().map_or(0, |s| s.start));
        problems
    }

    fn check_topics(&self, problems: &mut Vec<Problem>) {
        if self.topic.is_empty() {
            problems.push(
                Problem::at(0..0, "there is no topic")
                    .help("add a [[topic]] with id, name and terms"),
            );
        }
        let mut ids = FxHashSet::default();
        for topic in &self.topic {
            let id = topic.id.get_ref();
            if !is_id(id) {
                problems.push(
                    Problem::at(topic.id.span(), format!("{id:?} cannot be a topic's id")).help(
                        "lower-case letters, digits, `-` and `_`, beginning with a letter or digit",
                    ),
                );
            }
            if !ids.insert(id) {
                problems.push(
                    Problem::at(topic.id.span(), format!("topic {id:?} is there twice"))
                        .help("join the two or rename one"),
                );
            }
            if topic.name.get_ref().trim().is_empty() {
                problems.push(
                    Problem::at(topic.name.span(), format!("topic {id:?} has an empty name"))
                        .help("write what readers shall see"),
                );
            }
            for code in topic.mediatopics.iter().map(|m| &m.code) {
                let digits = code.get_ref();
                if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    problems.push(
                        Problem::at(code.span(), format!("{digits:?} is no Media Topics code"))
                            .help("eight digits, as in \"20001277\""),
                    );
                }
            }
            if let Some(threshold) = &topic.threshold {
                let value = *threshold.get_ref();
                if !(value > 0.0 && value <= 1.0) {
                    problems.push(
                        Problem::at(
                            threshold.span(),
                            format!("a threshold of {value} is never or always reached"),
                        )
                        .help("above 0 and at most 1; 0.35 is the usual one"),
                    );
                }
            }
            if topic.terms().next().is_none() {
                problems.push(
                    Problem::at(topic.id.span(), format!("topic {id:?} has no terms"))
                        .help("ten decisive terms make a beginning"),
                );
            }
        }
    }

    fn check_parents(&self, problems: &mut Vec<Problem>) {
        let parents: FxHashMap<&str, &str> = self
            .topic
            .iter()
            .filter_map(|t| {
                Some((
                    t.id.get_ref().as_str(),
                    t.parent.as_ref()?.get_ref().as_str(),
                ))
            })
            .collect();
        for topic in &self.topic {
            let Some(parent) = &topic.parent else {
                continue;
            };
            let ids = self.topic.iter().map(|t| t.id.get_ref().as_str());
            if !ids.clone().any(|id| id == parent.get_ref()) {
                let mut problem = Problem::at(
                    parent.span(),
                    format!("parent {:?} is no topic", parent.get_ref()),
                );
                if let Some(meant) = nearest(parent.get_ref(), ids) {
                    problem = problem.help(format!("did you mean {meant:?}?"));
                }
                problems.push(problem);
                continue;
            }
            let ancestors = std::iter::successors(Some(parent.get_ref().as_str()), |id| {
                parents.get(id).copied()
            });
            if ancestors
                .take(self.topic.len())
                .any(|id| id == topic.id.get_ref())
            {
                problems.push(
                    Problem::at(
                        parent.span(),
                        format!("topic {:?} is its own ancestor", topic.id.get_ref()),
                    )
                    .help("take one of the parents out"),
                );
            }
        }
    }

    fn check_terms(&self, problems: &mut Vec<Problem>) {
        let mut masks = FxHashSet::default();
        for mask in &self.masks {
            check_term(mask, problems);
            if !masks.insert(mask.get_ref().as_str()) {
                problems.push(
                    Problem::at(
                        mask.span(),
                        format!("mask {:?} is there twice", mask.get_ref()),
                    )
                    .help("take one out"),
                );
            }
        }
        let lists = self
            .topic
            .iter()
            .map(TopicConfig::weighted)
            .chain([self.notice.weighted()]);
        for list in lists {
            let mut own = FxHashSet::default();
            for term in list.iter().flat_map(|(_, terms)| terms.iter()) {
                check_term(term, problems);
                if masks.contains(term.get_ref().as_str()) {
                    problems.push(
                        Problem::at(
                            term.span(),
                            format!("{:?} is a term and a mask", term.get_ref()),
                        )
                        .help("a mask counts for nothing: take it out of one of the two"),
                    );
                }
                if !own.insert(term.get_ref().as_str()) {
                    problems.push(
                        Problem::at(
                            term.span(),
                            format!("term {:?} is there twice", term.get_ref()),
                        )
                        .help("keep it at one strength"),
                    );
                }
            }
        }
    }
}

fn check_term(term: &Spanned<String>, problems: &mut Vec<Problem>) {
    let text = term.get_ref();
    if text.trim() != text || text.contains('\n') {
        problems.push(
            Problem::at(
                term.span(),
                format!("{text:?} begins or ends with a space or breaks the line"),
            )
            .help("write the words alone"),
        );
    } else if text.chars().nth(1).is_none() {
        problems.push(
            Problem::at(term.span(), format!("{text:?} is too short to be a term"))
                .help("two characters at least: a single one stands in too many words"),
        );
    }
}

fn is_id(id: &str) -> bool {
    id.bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && id.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages with the piece of text each points at.
    fn complaints(text: &str) -> Vec<(String, &str)> {
        let problems = match TopicsConfig::parse(text) {
            Ok(config) => config.check(),
            Err(problem) => vec![problem],
        };
        problems
            .into_iter()
            .map(|p| {
                let span = p.span.unwrap();
                (p.message, text.get(span).unwrap())
            })
            .collect()
    }

    #[test]
    fn every_mistake_is_reported_at_its_place() {
        let topic = |rest: &str| format!("[[topic]]\nid = \"a\"\nname = \"甲\"\n{rest}");
        let cases = [
            ("colour = 1".to_owned(), "unknown field `colour`", "colour"),
            ("masks = []".to_owned(), "there is no topic", ""),
            (topic("decisive = []"), "has no terms", "\"a\""),
            (
                topic("decisive = [\"非遗\"]\nweight = 3"),
                "unknown field `weight`",
                "weight",
            ),
            (
                topic("decisive = [\"非遗\", \"非遗\"]"),
                "is there twice",
                "\"非遗\"",
            ),
            (
                topic("decisive = [\"非遗\"]\nhints = [\"非遗\"]"),
                "is there twice",
                "\"非遗\"",
            ),
            (topic("decisive = [\"遗\"]"), "too short", "\"遗\""),
            (topic("decisive = [\" 非遗\"]"), "a space", "\" 非遗\""),
            (
                topic("decisive = [\"非遗\"]\nthreshold = 1.5"),
                "a threshold of 1.5",
                "1.5",
            ),
            (
                topic("decisive = [\"非遗\"]\nthreshold = 0"),
                "a threshold of 0",
                "0",
            ),
            (
                topic("decisive = [\"非遗\"]\nthreshold = 0.0"),
                "a threshold of 0",
                "0.0",
            ),
            (
                topic("decisive = [\"非遗\"]\nparent = \"b\""),
                "is no topic",
                "\"b\"",
            ),
            (
                topic("decisive = [\"非遗\"]\nparent = \"a\""),
                "its own ancestor",
                "\"a\"",
            ),
            (
                topic("decisive = [\"非遗\"]\nmediatopics = [{ code = \"123\", name = \"x\" }]"),
                "no Media Topics code",
                "\"123\"",
            ),
            (
                format!("masks = [\"非遗\"]\n{}", topic("decisive = [\"非遗\"]")),
                "a term and a mask",
                "\"非遗\"",
            ),
            (
                format!(
                    "masks = [\"非遗\", \"非遗\"]\n{}",
                    topic("decisive = [\"古镇\"]")
                ),
                "is there twice",
                "\"非遗\"",
            ),
            (
                format!(
                    "{}\n{}",
                    topic("decisive = [\"非遗\"]"),
                    topic("decisive = [\"古镇\"]")
                ),
                "is there twice",
                "\"a\"",
            ),
            (
                "[[topic]]\nid = \"A b\"\nname = \"甲\"\ndecisive = [\"非遗\"]".to_owned(),
                "cannot be a topic's id",
                "\"A b\"",
            ),
            (
                "[[topic]]\nid = \"a\"\nname = \" \"\ndecisive = [\"非遗\"]".to_owned(),
                "an empty name",
                "\" \"",
            ),
        ];
        for (text, message, culprit) in cases {
            let found = complaints(&text);
            assert!(
                found
                    .iter()
                    .any(|(m, c)| m.contains(message) && *c == culprit),
                "{text}\nwanted {message:?} at {culprit:?}, got {found:?}"
            );
        }
    }

    #[test]
    fn a_parent_is_offered_when_one_was_nearly_named() {
        let text = "[[topic]]\nid = \"economy\"\nname = \"经济\"\ndecisive = [\"工业\"]\n[[topic]]\nid = \"b\"\nname = \"乙\"\nparent = \"econmy\"\ndecisive = [\"招商\"]";
        let problems = TopicsConfig::parse(text).unwrap().check();
        assert_eq!(
            problems[0].help.as_deref(),
            Some("did you mean \"economy\"?")
        );
    }

    #[test]
    fn the_embedded_taxonomy_is_in_order() {
        let config = TopicsConfig::parse(EMBEDDED).unwrap();
        assert_eq!(config.check(), []);
        assert_eq!(config.topic.len(), 20);
    }
}
