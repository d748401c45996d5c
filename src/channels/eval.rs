//! Whether a query holds of an item, and which of its clauses say so. The one meaning of the language: the index only
//! leaves out channels for which this would say no.

use super::facts::{Facts, Hit, Zone};
use super::query::{Clause, Field, Node, Query, Test};
use crate::item::{self, Entity};
use serde::Serialize;

/// A clause that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason<'q> {
    /// Field asked.
    pub field: Field,
    /// Value asked, as the query has it.
    pub value: &'q str,
    /// Where it was found; empty for what stands nowhere in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<Hit>,
}

/// Whether the formula holds.
pub(super) fn holds(node: &Node, facts: &Facts<'_>) -> bool {
    match node {
        Node::All => true,
        Node::Clause(clause) => check(clause, facts, None),
        Node::And(parts) => parts.iter().all(|p| holds(p, facts)),
        Node::Or(parts) => parts.iter().any(|p| holds(p, facts)),
        Node::Not(part) => !holds(part, facts),
    }
}

/// The clauses that make a query hold, in order of the line, none below a NOT; none at all when it does not hold.
pub(super) fn reasons<'q>(query: &'q Query, facts: &Facts<'_>) -> Option<Vec<Reason<'q>>> {
    let mut found = Vec::new();
    collect(query, query.root(), facts, &mut found).then_some(found)
}

/// Adds the reasons of `node` when it holds, and says whether it does.
fn collect<'q>(
    query: &'q Query,
    node: &Node,
    facts: &Facts<'_>,
    found: &mut Vec<Reason<'q>>,
) -> bool {
    let before = found.len();
    let held = match node {
        Node::All => true,
        Node::Clause(clause) => {
            let mut hits = Vec::new();
            let held = check(clause, facts, Some(&mut hits));
            if held {
                found.push(Reason {
                    field: clause.field,
                    value: query.at(clause.value),
                    hits,
                });
            }
            held
        }
        Node::And(parts) => parts.iter().all(|p| collect(query, p, facts, found)),
        // Every one that holds, not only the first.
        Node::Or(parts) => {
            let held = parts.iter().filter(|p| collect(query, p, facts, found));
            held.count() > 0
        }
        Node::Not(part) => !holds(part, facts),
    };
    if !held {
        found.truncate(before);
    }
    held
}

/// Whether a clause holds; with `hits`, also everywhere it does.
pub(super) fn check(clause: &Clause, facts: &Facts<'_>, hits: Option<&mut Vec<Hit>>) -> bool {
    let mut witness = Witness { hits, held: false };
    let enrichment = &facts.item.enrichment;
    let field = clause.field;
    let least = f64::from(clause.least);
    match &clause.test {
        Test::Exists if clause.least == 0.0 => witness.held = facts.has(field),
        Test::Exists if field == Field::Topic => {
            witness.held = enrichment.topics.iter().any(|t| t.score >= least);
        }
        Test::Exists => witness.held = facts.entities(field).any(|e| e.score >= least),
        Test::OneOf(words) => one_of(words, clause, facts, &mut witness),
        Test::Within(head) => {
            let within = facts.places().filter(|(code, _)| code.starts_with(&**head));
            witness.entities(within.map(|(_, e)| e), least);
        }
        Test::Phrase(phrase) => facts.find(field, phrase, |hit| witness.seen(hit)),
        Test::Like(glob) if field.is_text() => {
            let fitting = facts.texts_of(field).filter(|t| glob.fits(&t.folded));
            witness.all(fitting.map(|t| t.whole()));
        }
        Test::Like(glob) if field == Field::Page => {
            let page = enrichment.issue.page.as_deref();
            witness.held = page.is_some_and(|p| glob.fits(&super::fold::fold(p)));
        }
        Test::Like(glob) if field == Field::Source => {
            witness.held = glob.fits(&enrichment.source_name);
        }
        Test::Like(glob) => named(field, facts, least, &mut witness, |name| glob.fits(name)),
        Test::Number(range) => {
            let number = match field {
                Field::Urgency => Some(f64::from(facts.item.item.urgency)),
                _ => facts.best_score(),
            };
            witness.held = number.is_some_and(|n| range.contains(&n));
        }
        Test::Money(sum) => {
            let fitting = facts.sums.iter().filter(|s| {
                s.currency == sum.currency
                    && s.least <= *sum.range.end()
                    && s.greatest >= *sum.range.start()
            });
            witness.entities(fitting.map(|s| s.entity), 0.0);
        }
        Test::Days(range) => {
            witness.held = enrichment.issue.date.is_some_and(|d| range.contains(&d));
        }
        Test::Pages(range) => witness.held = facts.page.as_ref().is_some_and(|p| range.contains(p)),
    }
    witness.held
}

fn one_of(words: &[Box<str>], clause: &Clause, facts: &Facts<'_>, witness: &mut Witness<'_>) {
    let enrichment = &facts.item.enrichment;
    let any = |word: &str| words.iter().any(|w| **w == *word);
    let least = f64::from(clause.least);
    match clause.field {
        Field::Topic => {
            let topics = enrichment.topics.iter();
            for topic in topics.filter(|t| t.score >= least && any(&t.id)) {
                witness.held = true;
                witness.all(topic.evidence.iter().map(|e| {
                    Some(Hit {
                        r#in: match e.r#in {
                            item::Field::Headline => Zone::Headline,
                            item::Field::Body => Zone::Body,
                        },
                        span: e.span,
                    })
                }));
            }
        }
        Field::Kind => witness.held = any(enrichment.kind.as_str()),
        Field::Source => witness.held = any(&enrichment.source_name),
        Field::Status => witness.held = any(&facts.item.item.pub_status),
        Field::Flag => {
            for flag in enrichment.quality.flags.iter().filter(|f| any(&f.code)) {
                let hit = |span| Hit {
                    r#in: Zone::Body,
                    span,
                };
                witness.seen(flag.span.map(hit));
            }
        }
        field => named(field, facts, least, witness, any),
    }
}

/// Entities one of whose names fits.
fn named(
    field: Field,
    facts: &Facts<'_>,
    least: f64,
    witness: &mut Witness<'_>,
    fits: impl Fn(&str) -> bool,
) {
    let mut fitting: Vec<&Entity> = facts
        .names_of(field)
        .filter(|name| fits(&name.folded))
        .map(|name| name.entity)
        .collect();
    fitting.dedup_by(|a, b| std::ptr::eq(*a, *b));
    witness.entities(fitting.into_iter(), least);
}

/// What was seen so far.
struct Witness<'h> {
    hits: Option<&'h mut Vec<Hit>>,
    held: bool,
}

impl Witness<'_> {
    /// The clause holds, here. Returns whether anybody wants to know of more places.
    fn seen(&mut self, hit: Option<Hit>) -> bool {
        self.held = true;
        match &mut self.hits {
            Some(hits) => {
                hits.extend(hit);
                true
            }
            None => false,
        }
    }

    fn all(&mut self, mut hits: impl Iterator<Item = Option<Hit>>) {
        let _ = hits.all(|hit| self.seen(hit));
    }

    /// The clause holds for those entities whose score is high enough, at their mentions.
    fn entities<'e>(&mut self, entities: impl Iterator<Item = &'e Entity>, least: f64) {
        for entity in entities.filter(|e| e.score >= least) {
            self.held = true;
            let mentions = entity.mentions.iter();
            self.all(mentions.map(|&span| {
                Some(Hit {
                    r#in: Zone::Body,
                    span,
                })
            }));
        }
    }
}
