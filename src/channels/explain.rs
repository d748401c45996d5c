//! Why a channel got an item, or why it did not: its formula with the verdict on every part.

use super::eval::check;
use super::facts::{Facts, Hit};
use super::query::{Clause, Field, Node, Query, Test};
use crate::item::Item;
use serde::Serialize;

/// A part of a query and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Whether it holds of the item.
    pub holds: bool,
    /// `AND`, `OR`, `NOT`, `*`, or the clause as the query has it.
    pub what: String,
    /// What the item has instead, and by how much it falls short; empty where nothing is to be said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where it was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Hit>,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explanation>,
}

impl Query {
    /// Whether an item fulfils the query: the plain way, which the index only shortens.
    pub fn holds(&self, item: &Item) -> bool {
        super::eval::holds(self.root(), &Facts::new(item))
    }

    /// The verdict on every part of the query.
    pub fn explain(&self, item: &Item) -> Explanation {
        explain(self, self.root(), &Facts::new(item))
    }
}

impl Explanation {
    /// The clauses the verdict rests on, in order of the query: those that failed where it did not hold (for a NOT, what it
    /// excludes), those that held where it did.
    pub fn decisive(&self) -> Vec<&Explanation> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn lines(&self, f: &mut std::fmt::Formatter<'_>, depth: usize) -> std::fmt::Result {
        let mark = if self.holds { '✓' } else { '✗' };
        write!(f, "{:indent$}{mark} {}", "", self.what, indent = 2 * depth)?;
        if !self.note.is_empty() {
            write!(f, ": {}", self.note)?;
        }
        writeln!(f)?;
        self.parts
            .iter()
            .try_for_each(|part| part.lines(f, depth + 1))
    }

    fn collect<'e>(&'e self, found: &mut Vec<&'e Self>) {
        if self.parts.is_empty() {
            found.push(self);
        }
        let negation = self.what == "NOT";
        for part in self
            .parts
            .iter()
            .filter(|p| negation || p.holds == self.holds)
        {
            part.collect(found);
        }
    }
}

/// One part a line, what it is made of indented below it.
impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.lines(f, 0)
    }
}

fn explain(query: &Query, node: &Node, facts: &Facts<'_>) -> Explanation {
    let joined = |what: &str, parts: &[Node], holds: fn(&[Explanation]) -> bool| {
        let parts: Vec<_> = parts.iter().map(|p| explain(query, p, facts)).collect();
        Explanation {
            holds: holds(&parts),
            what: what.to_owned(),
            note: String::new(),
            hits: Vec::new(),
            parts,
        }
    };
    match node {
        Node::All => joined("*", &[], |_| true),
        Node::And(parts) => joined("AND", parts, |parts| parts.iter().all(|p| p.holds)),
        Node::Or(parts) => joined("OR", parts, |parts| parts.iter().any(|p| p.holds)),
        Node::Not(part) => joined("NOT", std::slice::from_ref(part), |parts| {
            !parts.iter().any(|p| p.holds)
        }),
        Node::Clause(clause) => {
            let mut hits = Vec::new();
            let holds = check(clause, facts, Some(&mut hits));
            Explanation {
                holds,
                what: named(query, clause),
                note: note(clause, facts, holds),
                hits,
                parts: Vec::new(),
            }
        }
    }
}

/// The clause as the query has it, with its field where a bracket or nothing names it.
fn named(query: &Query, clause: &Clause) -> String {
    let text = query.at(clause.span);
    let field = clause.field.as_str();
    let starts = text
        .get(..field.len())
        .is_some_and(|s| s.eq_ignore_ascii_case(field));
    match starts && clause.span != clause.value {
        true => text.to_owned(),
        false => format!("{field}:{text}"),
    }
}

/// What the item has in the field asked.
fn note(clause: &Clause, facts: &Facts<'_>, holds: bool) -> String {
    let enrichment = &facts.item.enrichment;
    match clause.field {
        Field::Topic => topic_note(clause, facts),
        Field::Place | Field::Person | Field::Org | Field::Entity => {
            if holds {
                String::new()
            } else {
                entity_note(clause, facts)
            }
        }
        Field::Text | Field::Headline | Field::Body | Field::Byline | Field::Slogan => {
            text_note(clause, facts, holds)
        }
        Field::Kind => format!("kind is {}", enrichment.kind.as_str()),
        Field::Source => format!("source is {}", enrichment.source_name),
        Field::Status => format!("status is {}", facts.item.item.pub_status),
        Field::Page => match &enrichment.issue.page {
            Some(page) => format!("page is {page}"),
            None => "page is not known".to_owned(),
        },
        Field::Flag => listed(
            "flags",
            enrichment.quality.flags.iter().map(|f| f.code.clone()),
        ),
        Field::Urgency => {
            let urgency = facts.item.item.urgency;
            format!(
                "urgency is {urgency}{}",
                short_of(clause, f64::from(urgency))
            )
        }
        Field::Score => match facts.best_score() {
            Some(score) => format!("best score is {score:.2}{}", short_of(clause, score)),
            None => "it has no topic".to_owned(),
        },
        Field::Money => listed("sums", facts.sums.iter().map(|s| s.entity.name.clone())),
        Field::Date => date_note(clause, facts),
    }
}

/// `: what, what`, or that there are none.
fn listed(what: &str, values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    match values.is_empty() {
        true => format!("it has no {what}"),
        false => format!("{what}: {}", values.join(", ")),
    }
}

fn topic_note(clause: &Clause, facts: &Facts<'_>) -> String {
    let topics = &facts.item.enrichment.topics;
    let asked = |id: &str| match &clause.test {
        Test::OneOf(ids) => ids.iter().any(|i| **i == *id),
        _ => true,
    };
    match topics.iter().find(|t| asked(&t.id)) {
        Some(topic) => {
            let missing = f64::from(clause.least) - topic.score;
            let short = match missing > 0.0 {
                true => format!(", {missing:.2} short"),
                false => String::new(),
            };
            format!("{} scored {:.2}{short}", topic.id, topic.score)
        }
        None => listed(
            "topics",
            topics.iter().map(|t| format!("{} {:.2}", t.id, t.score)),
        ),
    }
}

fn entity_note(clause: &Clause, facts: &Facts<'_>) -> String {
    let all = facts.entities(clause.field);
    let named = all.map(|e| match (&e.code, clause.least > 0.0) {
        (Some(code), _) => format!("{} {}", e.name, code.value),
        (None, true) => format!("{} {:.2}", e.name, e.score),
        (None, false) => e.name.clone(),
    });
    listed(
        match clause.field {
            Field::Place => "places",
            Field::Person => "persons",
            Field::Org => "organisations",
            _ => "entities",
        },
        named,
    )
}

/// How many times a phrase stands there, or which of its characters stand together at most.
fn text_note(clause: &Clause, facts: &Facts<'_>, holds: bool) -> String {
    let Test::Phrase(phrase) = &clause.test else {
        return String::new();
    };
    if holds {
        return String::new();
    }
    let wanted = phrase.as_str();
    let texts: Vec<&str> = facts
        .texts_of(clause.field)
        .map(|t| t.folded.as_str())
        .collect();
    let ends = wanted.char_indices().map(|(at, c)| at + c.len_utf8());
    let heads = ends.filter_map(|end| wanted.get(..end));
    match heads
        .take_while(|head| texts.iter().any(|t| t.contains(head)))
        .last()
    {
        Some(head) if head == wanted => format!("“{wanted}” stands only inside a longer word"),
        Some(head) if head.chars().count() > 1 => format!("only “{head}” is there"),
        _ => "not in the text".to_owned(),
    }
}

fn date_note(clause: &Clause, facts: &Facts<'_>) -> String {
    let Some(date) = facts.item.enrichment.issue.date else {
        return "the issue date is not known".to_owned();
    };
    let days = |a: jiff::civil::Date, b: jiff::civil::Date| (a - b).get_days().abs();
    match &clause.test {
        Test::Days(range) if date < *range.start() => {
            format!(
                "issue date is {date}, {} days too early",
                days(date, *range.start())
            )
        }
        Test::Days(range) if date > *range.end() => {
            format!(
                "issue date is {date}, {} days too late",
                days(date, *range.end())
            )
        }
        _ => format!("issue date is {date}"),
    }
}

/// By how much a number misses its range.
fn short_of(clause: &Clause, number: f64) -> String {
    let digits = if clause.field == Field::Score { 2 } else { 0 };
    match &clause.test {
        Test::Number(range) if number < *range.start() => {
            format!(", {:.digits$} too low", range.start() - number)
        }
        Test::Number(range) if number > *range.end() => {
            format!(", {:.digits$} too high", number - range.end())
        }
        _ => String::new(),
    }
}
