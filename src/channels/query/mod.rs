//! The query language: one line says which items a channel wants.
//!
//! `topic:investment AND place:430200`, `person:袁野 OR org:"云岭集团"`, `text:"设施农业" NOT kind:notice`.
//! The grammar is `grammar.pest`; what can be said is told in `docs/queries.md`.
//!
//! Why not tantivy-query-grammar: it keeps no place of a clause in the line, so no caret can stand under a mistake, and it
//! loses juxtaposition: `a AND b c AND d` comes back as `(a AND b) OR (c AND d)`.

mod bounds;
mod clause;
mod field;
mod names;
mod parse;
mod value;

pub use field::Field;
pub use value::{Glob, PageNumber, Phrase, Sum};
pub(in crate::channels) use value::{decimal, page};

use super::Vocabulary;
use crate::problem::Problem;
use jiff::civil::Date;
use std::ops::{Range, RangeInclusive};

/// A query, understood: every name in it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    text: Box<str>,
    root: Node,
}

/// A formula over clauses.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `*`: every item.
    All,
    /// One condition.
    Clause(Clause),
    /// All of them.
    And(Vec<Node>),
    /// At least one.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
}

/// One condition: a field and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The field asked.
    pub field: Field,
    /// What is asked of it.
    pub test: Test,
    /// Least score of the topic or entity found, 0–1.
    pub least: f32,
    /// Bytes of the line that name the value.
    pub value: Place,
    /// Bytes of the line that are the whole clause.
    pub span: Place,
}

/// Bytes of a line, end exclusive; half the size of a `Range<usize>`, as there are millions of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    start: u32,
    end: u32,
}

/// What a clause asks of its field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// That there is a value at all.
    Exists,
    /// One of these words exactly: topics with everything below them, kinds, sources, flags, statuses, pages, folded names.
    OneOf(Box<[Box<str>]>),
    /// A division whose code begins so, which is everything that lies in it.
    Within(Box<str>),
    /// A phrase in the text.
    Phrase(Phrase),
    /// A pattern with stars over a whole value.
    Like(Glob),
    /// A number, both ends included.
    Number(Box<RangeInclusive<f64>>),
    /// A sum of money.
    Money(Box<Sum>),
    /// An issue date, both ends included.
    Days(Box<RangeInclusive<Date>>),
    /// A page, both ends included, as [`PageNumber`] orders them.
    Pages(Box<RangeInclusive<PageNumber>>),
}

impl Query {
    /// Understands a line, with the names that `vocabulary` and the gazetteer know.
    ///
    /// # Errors
    /// The first mistake, with its place in `text` and what was probably meant.
    pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, Problem> {
        let root = parse::parse(text, vocabulary)?;
        Ok(Self {
            text: text.into(),
            root,
        })
    }

    /// The line as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The formula.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The part of the line at `place`.
    pub fn at(&self, place: Place) -> &str {
        self.text.get(place.range()).unwrap_or_default()
    }
}

impl Place {
    /// `start..end`.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Range<usize>> for Place {
    /// A line is at most [`parse::LONGEST`] bytes, so nothing is lost.
    fn from(range: Range<usize>) -> Self {
        let narrow = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Self {
            start: narrow(range.start),
            end: narrow(range.end),
        }
    }
}

impl Node {
    /// All of `nodes`, without a needless level.
    fn and(nodes: Vec<Self>) -> Self {
        Self::join(nodes, Self::And)
    }

    /// One of `nodes`, without a needless level.
    fn or(nodes: Vec<Self>) -> Self {
        Self::join(nodes, Self::Or)
    }

    fn join(mut nodes: Vec<Self>, over: fn(Vec<Self>) -> Self) -> Self {
        match (nodes.len(), nodes.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                nodes.extend(last);
                nodes.shrink_to_fit();
                over(nodes)
            }
        }
    }

    /// Every clause, in order of the line.
    pub fn clauses<'a>(&'a self, found: &mut Vec<&'a Clause>) {
        match self {
            Self::All => {}
            Self::Clause(clause) => found.push(clause),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|p| p.clauses(found)),
            Self::Not(part) => part.clauses(found),
        }
    }
}
