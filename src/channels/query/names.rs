//! Names in a query → what they stand for; a name nobody knows is a mistake, with the nearest one offered.

use super::Field;
use super::clause::Raw;
use super::value::Glob;
use crate::article::{Kind, flag};
use crate::channels::Vocabulary;
use crate::channels::fold::fold;
use crate::gazetteer::{self, Division, Level};
use crate::problem::{Problem, nearest};
use std::ops::Range;

/// Values of `pubStatus`.
const STATUSES: &[&str] = &["usable", "withheld", "canceled"];

/// The words that a value of `topic`, `kind`, `source`, `flag` or `status` stands for, in order.
pub(super) fn words(
    field: Field,
    value: &Raw<'_>,
    vocabulary: &Vocabulary,
) -> Result<Box<[Box<str>]>, Problem> {
    let known: Vec<&str> = match field {
        Field::Topic => vocabulary.topics.iter().map(|t| t.id.as_str()).collect(),
        Field::Kind => Kind::ALL.iter().map(|k| k.as_str()).collect(),
        Field::Source => vocabulary.sources.iter().map(String::as_str).collect(),
        Field::Flag => flag::ALL.to_vec(),
        _ => STATUSES.to_vec(),
    };
    let mut named: Vec<&str> = match value.literal() {
        Some(name) => {
            let name = fold(name.trim());
            let id = match field {
                Field::Topic => vocabulary.topic(&name),
                _ => known.iter().copied().find(|k| *k == name),
            };
            match id {
                Some(id) => vec![id],
                None => return Err(unknown(field, value, &known, vocabulary)),
            }
        }
        None => {
            let glob = Glob::new(&value.parts);
            known.iter().copied().filter(|k| glob.fits(k)).collect()
        }
    };
    if named.is_empty() {
        return Err(unknown(field, value, &known, vocabulary));
    }
    if field == Field::Topic {
        named = named.iter().flat_map(|id| vocabulary.below(id)).collect();
        named.sort_unstable();
        named.dedup();
    }
    Ok(named.into_iter().map(Box::from).collect())
}

fn unknown(field: Field, value: &Raw<'_>, known: &[&str], vocabulary: &Vocabulary) -> Problem {
    let name = field.as_str();
    let problem = Problem::at(
        value.span.clone(),
        format!("there is no {name} `{}`", value.text),
    );
    let chinese = vocabulary.topics.iter().map(|t| t.name.as_str());
    let also = chinese.filter(|n| field == Field::Topic && related(n, value.text));
    match nearest(&fold(value.text), known.iter().copied().chain(also)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => problem.help(format!("no {name} is configured")),
        None => problem.help(format!("there are {}", known.join(", "))),
    }
}

/// The start of the codes of everything in a division, by its code or name.
pub(super) fn place(value: &str, span: &Range<usize>) -> Result<Box<str>, Problem> {
    let value = fold(value.trim());
    let found = match value.bytes().all(|b| b.is_ascii_digit()) {
        true => by_code(&value),
        false => by_name(&value, span)?,
    };
    match found {
        Some(division) => Ok(gazetteer::prefix(division.code).into()),
        None => Err(unknown_place(&value, span)),
    }
}

/// By a full code, one without its trailing zeros (`43`, `4302`), or one of twelve digits.
fn by_code(code: &str) -> Option<Division> {
    match code.len() {
        2 | 4 => gazetteer::by_code(&format!("{code:0<6}")),
        12 => gazetteer::by_code(code.strip_suffix("000")?),
        _ => gazetteer::by_code(code),
    }
}

/// The one division of this name that stands highest; a full name goes before a short one.
fn by_name(name: &str, span: &Range<usize>) -> Result<Option<Division>, Problem> {
    let mut found = gazetteer::by_name(name);
    if found.iter().any(|d| d.name == name) {
        found.retain(|d| d.name == name);
    }
    let highest = found.first().map(Division::level);
    found.retain(|d| Some(d.level()) == highest);
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let choices: Vec<String> = found.iter().take(4).map(described).collect();
    let more = if found.len() > 4 { ", …" } else { "" };
    let message = format!("{} places are called `{name}`", found.len());
    let help = format!("say which by its code: {}{more}", choices.join(", "));
    Err(Problem::at(span.clone(), message).help(help))
}

/// `320106 江苏省南京市鼓楼区`
fn described(division: &Division) -> String {
    let above = gazetteer::parents(division.code);
    let names: String = above.iter().rev().map(|d| d.name).collect();
    format!("{} {names}{}", division.code, division.name)
}

fn unknown_place(value: &str, span: &Range<usize>) -> Problem {
    let problem = Problem::at(span.clone(), format!("there is no place `{value}`"));
    let names = gazetteer::all().filter(|d| d.level() < Level::Street);
    let candidates = names.map(|d| d.name).filter(|n| related(n, value));
    match nearest(value, candidates) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("a division of China by its name or its GB/T 2260 code"),
    }
}

/// Whether two names share a character: edit distance alone makes any two short names alike.
fn related(a: &str, b: &str) -> bool {
    a.chars().any(|c| b.contains(c))
}
