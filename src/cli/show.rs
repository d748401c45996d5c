//! Items for a person: colour on a terminal, full-width text measured as it is shown.

use crate::article::Flag;
use crate::channels::delivered::Why;
use crate::item::{Action, Entity, EntityKind, Item, Judgement, Topic};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const LABEL: Style = AnsiColor::BrightBlack.on_default();
const STRONG: Style = Style::new().bold();
const TOPIC: Style = AnsiColor::Green.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default();

/// How much of an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The beginning of the body.
    Lead,
    /// All of it.
    Whole,
}

/// Columns of the terminal; 100 where there is none.
pub(super) fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).map(|s| usize::from(s.ws_col));
    size.ok().filter(|c| *c >= 40).unwrap_or(100).min(120)
}

/// Writes an item; `channel` and the reason where it came by one.
pub(super) fn item(
    out: &mut impl Write,
    item: &Item,
    channel: Option<(&str, &[Why])>,
    extent: Extent,
) -> io::Result<()> {
    let width = columns();
    let e = &item.enrichment;
    let (name, reasons) = channel.unwrap_or_default();
    let channel = match name {
        "" => String::new(),
        name => format!("{TOPIC}{name}{TOPIC:#} "),
    };
    let date = e
        .issue
        .date
        .map_or("date unknown".to_owned(), |d| d.to_string());
    let page = e
        .issue
        .page
        .as_ref()
        .map_or(String::new(), |p| format!(" {p}版"));
    let action = match e.action {
        Action::Publish => String::new(),
        Action::Update => format!(" {WARN}update {}{WARN:#}", e.revision),
        Action::Kill => format!(" {WARN}KILL {}{WARN:#}", e.revision),
        Action::Withdraw => format!(" {WARN}withdrawn {}{WARN:#}", e.revision),
    };
    writeln!(
        out,
        "{channel}{LABEL}{} {date}{page} {} {}{LABEL:#}{action}",
        e.source_name,
        e.kind.as_str(),
        e.id
    )?;
    for headline in &item.item.headlines {
        match headline.role.as_str() {
            "main" => writeln!(out, "  {STRONG}{}{STRONG:#}", headline.value)?,
            _ => writeln!(out, "  {}", headline.value)?,
        }
    }
    if item.headline().is_empty() {
        writeln!(out, "  {STRONG}({}){STRONG:#}", item.item.title)?;
    }
    if let Some(by) = &item.item.by {
        writeln!(out, "  {LABEL}{by}{LABEL:#}")?;
    }
    body(out, item.body(), width, extent)?;
    for topic in &e.topics {
        writeln!(
            out,
            "  {TOPIC}{}{TOPIC:#} {:.2} {LABEL}{}{}{LABEL:#}",
            topic.name,
            topic.score,
            topic
                .by
                .as_ref()
                .map_or(String::new(), |by| format!("set by {by}  ")),
            evidence(topic)
        )?;
    }
    for decision in &e.decisions {
        if decision.verdict == Judgement::Rejected {
            writeln!(
                out,
                "  {LABEL}not {}: {}{LABEL:#}",
                decision.topic, decision.by
            )?;
        }
    }
    for (kind, label) in [
        (EntityKind::Person, "people"),
        (EntityKind::Organisation, "organisations"),
        (EntityKind::Place, "places"),
        (EntityKind::Date, "dates"),
        (EntityKind::Money, "money"),
        (EntityKind::Quantity, "quantities"),
    ] {
        let names: Vec<String> = e
            .entities
            .iter()
            .filter(|x| x.kind == kind)
            .map(entity)
            .collect();
        if !names.is_empty() {
            labelled(out, label, &names.join("  "), width)?;
        }
    }
    for Flag { code, note, .. } in &e.quality.flags {
        writeln!(out, "  {WARN}{code}{WARN:#} {LABEL}{note}{LABEL:#}")?;
    }
    why(out, item, reasons)?;
    writeln!(out)
}

/// Writes why a channel got an item: each clause with the words it was found in.
pub(super) fn why(out: &mut impl Write, item: &Item, why: &[Why]) -> io::Result<()> {
    let width = columns();
    for why in why {
        let mut found: Vec<String> = Vec::new();
        for place in &why.hits {
            let words = excerpt(item, &place.r#in, place.start, place.end);
            if !words.is_empty() && !found.contains(&words) && found.len() < 5 {
                found.push(words);
            }
        }
        let clause = format!("{}:{}", why.field, why.value);
        labelled(
            out,
            "because",
            &[vec![clause], found].concat().join("  "),
            width,
        )?;
    }
    Ok(())
}

/// The words at a place of a text, in brackets, with a few before and behind.
pub(super) fn excerpt(item: &Item, text: &str, start: usize, end: usize) -> String {
    const AROUND: usize = 6;
    let headline = |role: &str| item.item.headlines.iter().find(|h| h.role == role);
    let text = match text {
        "body" => item.body(),
        "headline" => item.headline(),
        "byline" => item.enrichment.byline.as_ref().map_or("", |b| &b.raw),
        "slogan" => item.enrichment.slogan.as_deref().unwrap_or_default(),
        role => headline(role).map_or("", |h| &h.value),
    };
    let part = |from: usize, to: usize| -> String {
        let chars = text.chars().skip(from).take(to.saturating_sub(from));
        chars
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    };
    // Of a long passage its beginning will do.
    let shown = end.min(start + 30);
    match part(start, shown) {
        words if words.is_empty() => words,
        words => format!(
            "{}【{words}】{}",
            part(start.saturating_sub(AROUND), start),
            part(shown, shown + AROUND)
        ),
    }
}

fn body(out: &mut impl Write, body: &str, width: usize, extent: Extent) -> io::Result<()> {
    let lines = wrap(body, width.saturating_sub(2));
    let shown = match extent {
        Extent::Lead => 2,
        Extent::Whole => lines.len(),
    };
    for line in lines.iter().take(shown) {
        writeln!(out, "  {line}")?;
    }
    if lines.len() > shown {
        writeln!(
            out,
            "  {LABEL}… {} characters{LABEL:#}",
            body.chars().count()
        )?;
    }
    Ok(())
}

/// The words a topic rests on, each once, heaviest first.
pub(super) fn evidence(topic: &Topic) -> String {
    let mut words: Vec<(&str, usize)> = Vec::new();
    for evidence in &topic.evidence {
        match words.iter_mut().find(|(term, _)| *term == evidence.term) {
            Some((_, count)) => *count += 1,
            None => words.push((&evidence.term, 1)),
        }
    }
    let shown = words.iter().take(8).map(|(term, n)| {
        if *n > 1 {
            format!("{term}×{n}")
        } else {
            (*term).to_owned()
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn entity(entity: &Entity) -> String {
    let role = entity
        .role
        .as_ref()
        .map_or(String::new(), |r| format!("{LABEL}({r}){LABEL:#}"));
    let code = entity
        .code
        .as_ref()
        .map_or(String::new(), |c| format!("{LABEL}[{}]{LABEL:#}", c.value));
    let value = match (&entity.kind, &entity.value) {
        (EntityKind::Date, Some(crate::item::Value::Date(edtf))) => {
            format!("{LABEL}={edtf}{LABEL:#}")
        }
        _ => String::new(),
    };
    format!("{}{role}{code}{value}", entity.name)
}

fn labelled(out: &mut impl Write, label: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = 16;
    for (i, line) in wrap_words(text, width.saturating_sub(indent))
        .iter()
        .enumerate()
    {
        let label = if i == 0 { label } else { "" };
        writeln!(out, "  {LABEL}{label:<14}{LABEL:#}{line}")?;
    }
    Ok(())
}

/// Breaks text into lines of at most `width` columns, a full-width character counting two.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for c in paragraph.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
        lines.push(line);
    }
    lines
}

/// Breaks at double spaces only; styles count nothing.
fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split("  ") {
        let wide = anstream::adapter::strip_str(word).to_string().width();
        if used > 0 && used + 2 + wide > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push_str("  ");
                used += 2;
            }
            line.push_str(word);
            used += wide;
        }
    }
    lines
}

/// Pads to `width` columns; a full-width character counts two.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_text_is_wrapped_by_columns_not_characters() {
        assert_eq!(wrap("一二三四五ab", 6), ["一二三", "四五ab"]);
        assert_eq!(wrap("一二\n三", 6), ["一二", "三"]);
        assert_eq!(pad("一二", 6), "一二  ");
    }

    #[test]
    fn entities_are_not_broken_and_colours_take_no_room() {
        let coloured = "\u{1b}[90m三\u{1b}[0m四";
        assert_eq!(
            wrap_words(&format!("一二  {coloured}  五"), 10),
            [format!("一二  {coloured}"), "五".to_owned()]
        );
    }
}
