//! A line → its formula: brackets, AND, OR, NOT. What the clauses say is read by [`super::clause`].

use super::Node;
use super::clause::{Context, clause};
use crate::channels::Vocabulary;
use crate::problem::Problem;
use pest::Parser;
use pest::error::InputLocation;
use pest::iterators::Pair;
use std::ops::Range;

/// Bytes a line may have.
pub(super) const LONGEST: usize = 64 * 1024;

/// Brackets that may stand inside each other: keeps the stack small on any input.
const DEEPEST: usize = 64;

/// Keeps what the macro makes out of the documentation.
mod grammar {
    #![allow(missing_docs, unreachable_pub)]
    #[derive(pest_derive::Parser)]
    #[grammar = "channels/query/grammar.pest"]
    pub struct Grammar;
}
use grammar::Grammar;
pub(super) use grammar::Rule;

/// The formula of a line.
pub(super) fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Node, Problem> {
    check_size(text)?;
    let mut query = Grammar::parse(Rule::query, text).map_err(|e| mistake(text, &e.location))?;
    match query.next().and_then(|q| q.into_inner().next()) {
        Some(first) => any(first, &Context::new(vocabulary)),
        None => Err(Problem::at(0..text.len(), "the query is empty")),
    }
}

/// Terms of which one must hold.
pub(super) fn any(pair: Pair<'_, Rule>, context: &Context<'_>) -> Result<Node, Problem> {
    let alternatives = pair.into_inner().filter(|p| p.as_rule() == Rule::all);
    let nodes: Result<_, _> = alternatives.map(|p| all(p, context)).collect();
    Ok(Node::or(nodes?))
}

/// Terms that must all hold.
fn all(pair: Pair<'_, Rule>, context: &Context<'_>) -> Result<Node, Problem> {
    let terms = pair.into_inner().filter(|p| p.as_rule() == Rule::term);
    let nodes: Result<_, _> = terms.map(|p| term(p, context)).collect();
    Ok(Node::and(nodes?))
}

/// A clause or a bracket, with the NOTs before it.
fn term(pair: Pair<'_, Rule>, context: &Context<'_>) -> Result<Node, Problem> {
    let mut node = Node::All;
    let mut negated = false;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::not => negated = !negated,
            Rule::group => node = group(part, context)?,
            _ => node = clause(part, context)?,
        }
    }
    Ok(match negated {
        true => Node::Not(Box::new(node)),
        false => node,
    })
}

/// What stands in brackets.
pub(super) fn group(pair: Pair<'_, Rule>, context: &Context<'_>) -> Result<Node, Problem> {
    let inner = pair.into_inner().map(|p| any(p, context)).next();
    inner.unwrap_or(Ok(Node::All))
}

fn check_size(text: &str) -> Result<(), Problem> {
    if text.len() > LONGEST {
        let message = format!(
            "a query has at most {LONGEST} bytes, this one {}",
            text.len()
        );
        return Err(Problem::at(0..text.len(), message).help("split it into several channels"));
    }
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let message = format!("more than {DEEPEST} brackets inside each other");
            return Err(Problem::at(at..at + c.len_utf8(), message));
        }
    }
    Ok(())
}

/// What is wrong with a line the grammar refuses at `location`.
fn mistake(text: &str, location: &InputLocation) -> Problem {
    let at = match *location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    if text.trim().is_empty() {
        return Problem::at(0..text.len(), "the query is empty").help("`*` asks for everything");
    }
    if let Some((open, message, help)) = unclosed(text) {
        return Problem::at(open, message).help(help);
    }
    let rest = text.get(at..).unwrap_or_default();
    let culprit = rest.trim_start();
    let at = text.len() - culprit.len();
    let Some(first) = culprit.chars().next() else {
        return Problem::at(last_word(text), "the query breaks off here")
            .help("a field with a value, or a word, has to follow");
    };
    let letters = culprit
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(culprit.len());
    let end = at + letters.max(first.len_utf8());
    let shown = text.get(at..end).unwrap_or_default();
    let problem = Problem::at(at..end, format!("`{shown}` is not expected here"));
    match first {
        ')' | '）' => problem.help("no bracket is open, or nothing stands in it"),
        _ => problem
            .help("clauses are separated by space; a phrase with signs goes in quotation marks"),
    }
}

/// The bracket or quotation mark that is never closed.
fn unclosed(text: &str) -> Option<(Range<usize>, &'static str, &'static str)> {
    let mut brackets = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let closing: &[char] = match c {
            '\\' => {
                chars.next();
                continue;
            }
            '"' => &['"'],
            '“' | '”' => &['“', '”'],
            '「' => &['」'],
            '(' | '（' => {
                brackets.push(at..at + c.len_utf8());
                continue;
            }
            ')' | '）' => {
                brackets.pop();
                continue;
            }
            _ => continue,
        };
        let mut escaped = false;
        let close = chars.find(|(_, c)| {
            let closes = !escaped && closing.contains(c);
            escaped = *c == '\\' && !escaped;
            closes
        });
        if close.is_none() {
            let message = "this quotation is not closed";
            return Some((
                at..text.len(),
                message,
                "close it, or write \\ before the mark",
            ));
        }
    }
    let open = brackets.pop()?;
    Some((open, "this bracket is not closed", "close it with )"))
}

/// The last word of a line: where to point when something is missing behind it.
fn last_word(text: &str) -> Range<usize> {
    let end = text.trim_end().len();
    let words = text.get(..end).unwrap_or_default();
    let start = words.rfind(char::is_whitespace).map_or(0, |at| {
        at + words
            .get(at..)
            .and_then(|w| w.chars().next())
            .map_or(0, char::len_utf8)
    });
    start..end
}
