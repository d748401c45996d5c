//! One clause of the grammar → what it asks, every name in it checked.

use super::bounds::Bounds;
use super::parse::{Rule, group};
use super::value::{Glob, Phrase};
use super::{Clause, Field, Node, Test, names};
use crate::channels::Vocabulary;
use crate::channels::fold::fold;
use crate::problem::Problem;
use pest::iterators::Pair;
use std::ops::Range;

/// What holds for everything in a bracket.
pub(super) struct Context<'a> {
    vocabulary: &'a Vocabulary,
    /// The field before the bracket.
    field: Option<Field>,
    /// The least score after it.
    least: Option<f32>,
}

impl<'a> Context<'a> {
    /// The context of a whole line.
    pub(super) fn new(vocabulary: &'a Vocabulary) -> Self {
        Self {
            vocabulary,
            field: None,
            least: None,
        }
    }
}

/// A value as written.
pub(super) struct Raw<'t> {
    /// Without its quotation marks.
    pub(super) text: &'t str,
    /// Where that is.
    pub(super) span: Range<usize>,
    /// Where that is with them.
    whole: Range<usize>,
    /// The literal parts between unescaped stars; one part, no star.
    pub(super) parts: Vec<String>,
    quoted: bool,
}

impl Raw<'_> {
    /// Whether it is `*`.
    fn is_anything(&self) -> bool {
        self.parts.len() > 1 && self.parts.iter().all(String::is_empty)
    }

    /// Its literal text, when there is no star in it.
    pub(super) fn literal(&self) -> Option<&str> {
        match &*self.parts {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The literal text.
    fn exact(&self, field: Field) -> Result<&str, Problem> {
        self.literal().ok_or_else(|| {
            let message = format!("`{}` takes no star inside a value", field.as_str());
            Problem::at(self.span.clone(), message)
                .help(format!("`{}:*` asks for any value", field.as_str()))
        })
    }
}

/// The formula of a clause.
pub(super) fn clause(pair: Pair<'_, Rule>, outer: &Context<'_>) -> Result<Node, Problem> {
    let whole = bytes(&pair);
    let mut inner = pair.into_inner();
    let Some(body) = inner.next() else {
        return Ok(Node::All);
    };
    let least = inner.next().map(|p| least(&p)).transpose()?;
    let mut context = Context {
        vocabulary: outer.vocabulary,
        field: outer.field,
        least: least.or(outer.least),
    };
    let form = body.as_rule();
    if form == Rule::value {
        return bare(&raw(body), &context, whole);
    }
    let mut parts = body.into_inner();
    let name = parts.next().map_or((String::new(), whole.clone()), |p| {
        (p.as_str().to_owned(), bytes(&p))
    });
    let field = Field::named(&name.0, name.1)?;
    context.field = Some(field);
    let Some(first) = parts.next() else {
        return Err(Problem::at(whole, "this set is empty").help("`IN [a b]` names its values"));
    };
    match (form, first.as_rule()) {
        (Rule::set, _) => {
            let values = std::iter::once(first).chain(parts).map(raw);
            let nodes: Result<_, _> = values
                .map(|value| one(field, &value, &context, value.span.clone()))
                .collect();
            Ok(Node::or(nodes?))
        }
        (_, Rule::group) => group(first, &context),
        (_, Rule::range) => range(field, first, &context, whole),
        (_, Rule::operator) => match parts.next() {
            Some(value) => compare(field, first.as_str(), &raw(value), &context, whole),
            None => Ok(Node::All),
        },
        _ => one(field, &raw(first), &context, whole),
    }
}

/// A value without a field of its own.
fn bare(value: &Raw<'_>, context: &Context<'_>, whole: Range<usize>) -> Result<Node, Problem> {
    if let Some(field) = context.field {
        return one(field, value, context, whole);
    }
    if value.is_anything() {
        return Ok(Node::All);
    }
    if !value.quoted && matches!(value.text, "and" | "or" | "not") {
        let upper = value.text.to_ascii_uppercase();
        let message = format!("`{}` here is a word to look for", value.text);
        return Err(
            Problem::at(whole, message).help(format!("write `{upper}`, or \"{}\"", value.text))
        );
    }
    one(Field::Text, value, context, whole)
}

/// A field and one value.
fn one(
    field: Field,
    value: &Raw<'_>,
    context: &Context<'_>,
    whole: Range<usize>,
) -> Result<Node, Problem> {
    let test = if value.is_anything() {
        Test::Exists
    } else {
        match field {
            Field::Text | Field::Headline | Field::Body | Field::Byline | Field::Slogan => {
                phrase(value)?
            }
            Field::Person | Field::Org | Field::Entity => name(value)?,
            Field::Source if context.vocabulary.sources.is_empty() => name(value)?,
            Field::Topic | Field::Kind | Field::Source | Field::Flag | Field::Status => {
                Test::OneOf(names::words(field, value, context.vocabulary)?)
            }
            Field::Place => Test::Within(names::place(value.exact(field)?, &value.span)?),
            Field::Page if value.literal().is_none() => Test::Like(Glob::new(&value.parts)),
            Field::Page | Field::Urgency | Field::Score | Field::Money | Field::Date => {
                return compare(field, "=", value, context, whole);
            }
        }
    };
    finish(field, test, value.span.clone(), context, whole)
}

fn phrase(value: &Raw<'_>) -> Result<Test, Problem> {
    let Some(text) = value.literal() else {
        return Ok(Test::Like(Glob::new(&value.parts)));
    };
    match Phrase::new(text) {
        Some(phrase) => Ok(Test::Phrase(phrase)),
        None => Err(empty(value)),
    }
}

fn name(value: &Raw<'_>) -> Result<Test, Problem> {
    match value.literal().map(str::trim) {
        Some("") => Err(empty(value)),
        Some(name) => Ok(Test::OneOf(Box::new([fold(name).into()]))),
        None => Ok(Test::Like(Glob::new(&value.parts))),
    }
}

fn empty(value: &Raw<'_>) -> Problem {
    Problem::at(
        value.whole.clone(),
        "there is nothing between the quotation marks",
    )
}

/// `money>=1亿`, `date=2024-01`. `headline=…` asks for all of a text, where `headline:…` asks for a part.
fn compare(
    field: Field,
    operator: &str,
    value: &Raw<'_>,
    context: &Context<'_>,
    whole: Range<usize>,
) -> Result<Node, Problem> {
    let operator = fold(operator).replace('≥', ">=").replace('≤', "<=");
    if !field.is_ordered() {
        if operator == "=" && field.is_text() && !value.is_anything() {
            let test = Test::Like(Glob::new(&value.parts));
            return finish(field, test, value.span.clone(), context, whole);
        }
        if operator == "=" {
            return one(field, value, context, whole);
        }
        return Err(unordered(field, whole));
    }
    let bound = Some(value);
    let bounds = match operator.as_str() {
        ">=" => Bounds {
            from: bound,
            to: None,
            open: (false, false),
        },
        ">" => Bounds {
            from: bound,
            to: None,
            open: (true, false),
        },
        "<=" => Bounds {
            from: None,
            to: bound,
            open: (false, false),
        },
        "<" => Bounds {
            from: None,
            to: bound,
            open: (false, true),
        },
        _ => Bounds {
            from: bound,
            to: bound,
            open: (false, false),
        },
    };
    finish(
        field,
        bounds.test(field)?,
        value.span.clone(),
        context,
        whole,
    )
}

/// `[2024-01-01 TO 2024-02-01}`: square brackets include the bound, braces do not.
fn range(
    field: Field,
    pair: Pair<'_, Rule>,
    context: &Context<'_>,
    whole: Range<usize>,
) -> Result<Node, Problem> {
    if !field.is_ordered() {
        return Err(unordered(field, whole));
    }
    let span = bytes(&pair);
    let open = (pair.as_str().starts_with('{'), pair.as_str().ends_with('}'));
    let values = pair.into_inner().filter(|p| p.as_rule() == Rule::value);
    let ends: Vec<Raw<'_>> = values.map(raw).collect();
    let end = |at: usize| ends.get(at).filter(|value| !value.is_anything());
    let bounds = Bounds {
        from: end(0),
        to: end(1),
        open,
    };
    let test = match (bounds.from, bounds.to) {
        (None, None) => Test::Exists,
        _ => bounds.test(field)?,
    };
    finish(field, test, span, context, whole)
}

fn unordered(field: Field, span: Range<usize>) -> Problem {
    let name = field.as_str();
    Problem::at(
        span,
        format!("`{name}` has no order, so it cannot be more or less"),
    )
    .help("urgency, score, money, date and page have one")
}

/// The clause, with its least score where it may have one.
fn finish(
    field: Field,
    test: Test,
    value: Range<usize>,
    context: &Context<'_>,
    whole: Range<usize>,
) -> Result<Node, Problem> {
    if context.least.is_some() && !field.is_scored() {
        let message = format!("`{}` has no score, so it takes no `^`", field.as_str());
        return Err(
            Problem::at(whole, message).help("topic, place, person, org and entity have one")
        );
    }
    Ok(Node::Clause(Clause {
        field,
        test,
        least: context.least.unwrap_or(0.0),
        value: value.into(),
        span: whole.into(),
    }))
}

/// `^0.8`.
fn least(pair: &Pair<'_, Rule>) -> Result<f32, Problem> {
    let number: Option<f32> = pair.as_str().strip_prefix('^').and_then(|n| n.parse().ok());
    number.filter(|n| (0.0..=1.0).contains(n)).ok_or_else(|| {
        let message = format!("`{}` is no score", pair.as_str());
        Problem::at(bytes(pair), message).help("a score is between 0 and 1: `^0.8`")
    })
}

/// A value with its escapes read: `\\` takes the next character as it is.
fn raw(pair: Pair<'_, Rule>) -> Raw<'_> {
    let whole = (pair.as_str(), bytes(&pair));
    let mut parts = vec![String::new()];
    let mut put = |c: Option<char>| match c {
        Some(c) => parts.last_mut().into_iter().for_each(|p| p.push(c)),
        None => parts.push(String::new()),
    };
    let mut inner = pair.into_inner();
    let first = inner.next();
    let quoted = first.as_ref().is_some_and(|p| p.as_rule() == Rule::quoted);
    let content = first.and_then(|p| {
        if quoted {
            p.into_inner().next()
        } else {
            Some(p)
        }
    });
    let (text, span) = content.map_or(whole.clone(), |p| (p.as_str(), bytes(&p)));
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => put(chars.next()),
            '*' if !quoted => put(None),
            _ => put(Some(c)),
        }
    }
    if inner.next().is_some() {
        put(None);
    }
    Raw {
        text,
        span,
        whole: whole.1,
        parts,
        quoted,
    }
}

fn bytes(pair: &Pair<'_, Rule>) -> Range<usize> {
    let span = pair.as_span();
    span.start()..span.end()
}
