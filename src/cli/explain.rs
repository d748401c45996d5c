//! `explain`: why an article has a topic, or why not, for an editor.

use super::article::source_of;
use super::process::{self, ended, line};
use super::show::{self, pad};
use super::{CliError, Format, Global, block_on};
use crate::article::Source;
use crate::bus::layout::StreamName;
use crate::enrich::enrich;
use crate::enrich::topics::{Classifier, Explanation, MOST, Reason};
use crate::event::Event;
use crate::item::{Evidence, Field, Item, Judgement};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr;

/// `copydesk explain`
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// Id of an item, or a file of pages or articles
    #[arg(value_name = "ID|FILE")]
    what: String,
    /// These topics only, whole; else the ones given and the near misses
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

const LABEL: Style = AnsiColor::BrightBlack.on_default();
const STRONG: Style = Style::new().bold();
const YES: Style = AnsiColor::Green.on_default().bold();
const NO: Style = AnsiColor::Red.on_default();

/// A topic not given is mentioned from this score on.
const NEAR: f64 = 0.1;
/// Columns of labels.
const INDENT: usize = 12;

pub(super) fn explain(global: &Global, args: &ExplainArgs) -> Result<(), CliError> {
    let config = global.load()?;
    let classifier = &config.models.topics;
    for topic in &args.topics {
        let mut ids = classifier.topics().map(|t| t.id);
        if ids.all(|id| id != topic) {
            let ids: Vec<&str> = classifier.topics().map(|t| t.id).collect();
            return Err(CliError::Usage(format!(
                "there is no topic `{topic}`; there are {}",
                ids.join(", ")
            )));
        }
    }
    let items = match Path::new(&args.what).exists() {
        true => {
            let file = PathBuf::from(&args.what);
            let limit = config.settings.limits.max_file_mb * 1_000_000;
            let articles = process::read(&file, &Source::named("desk"), limit)
                .map_err(|e| CliError::Failed(format!("{}: {e}", file.display())))?;
            articles
                .iter()
                .map(|article| enrich(article, &config.models))
                .collect()
        }
        false => vec![block_on(stored(global, &args.what))?],
    };
    let mut out = anstream::stdout().lock();
    for item in &items {
        let shown = explanations(classifier, item, &args.topics);
        let written = match args.format {
            Format::Pretty => print(&mut out, item, &shown),
            Format::Ndjson => shown
                .iter()
                .try_for_each(|why| line(&mut out, &Line::of(item, why))),
        };
        if ended(written)? {
            break;
        }
    }
    Ok(())
}

async fn stored(global: &Global, id: &str) -> Result<Item, CliError> {
    let source = source_of(id)?;
    let (_, bus) = global.open().await?;
    let newest = bus
        .newest(StreamName::Items, &bus.names().item(source, id))
        .await
        .map_err(CliError::failed)?
        .ok_or_else(|| CliError::Failed(format!("there is no item {id}")))?;
    let event: Event = serde_json::from_slice(&newest.payload).map_err(CliError::failed)?;
    Ok(event.data)
}

/// The topics asked for, or those with a score worth a word, best first.
fn explanations(classifier: &Classifier, item: &Item, asked: &[String]) -> Vec<Explanation> {
    let decided = |id: &str| item.enrichment.decisions.iter().any(|d| d.topic == id);
    let mut shown: Vec<Explanation> = classifier
        .topics()
        .filter(|t| asked.is_empty() || asked.iter().any(|a| a == t.id))
        .filter_map(|t| classifier.explain(item.headline(), item.body(), t.id))
        .filter(|why| !asked.is_empty() || why.given || why.score >= NEAR || decided(&why.topic))
        .collect();
    shown.sort_by(|a, b| b.given.cmp(&a.given).then(b.score.total_cmp(&a.score)));
    shown
}

fn print(out: &mut impl Write, item: &Item, shown: &[Explanation]) -> io::Result<()> {
    let e = &item.enrichment;
    writeln!(
        out,
        "{LABEL}{} {}{LABEL:#}\n{STRONG}{}{STRONG:#}\n",
        e.id,
        e.kind.as_str(),
        item.item.title
    )?;
    if e.kind == crate::article::Kind::Notice {
        writeln!(
            out,
            "  a notice: notices have no topics, whatever their words\n"
        )?;
    }
    if shown.is_empty() {
        writeln!(out, "  nothing in it speaks for any topic\n")?;
    }
    for why in shown {
        verdict(out, item, why)?;
    }
    Ok(())
}

fn verdict(out: &mut impl Write, item: &Item, why: &Explanation) -> io::Result<()> {
    let decision = item
        .enrichment
        .decisions
        .iter()
        .find(|d| d.topic == why.topic);
    let given = decision.map_or(why.given, |d| d.verdict == Judgement::Asserted);
    let (mark, style) = if given { ("✔", YES) } else { ("✘", NO) };
    let relation = if why.score >= why.threshold {
        "reaches"
    } else {
        "is below"
    };
    writeln!(
        out,
        "{style}{mark} {}{style:#}{LABEL}{}{LABEL:#} {:.2} {LABEL}{relation} {:.2}{LABEL:#}",
        pad(&why.name, INDENT),
        pad(&why.topic, 14),
        why.score,
        why.threshold
    )?;
    if let Some(decision) = decision {
        let set = if given { "set" } else { "taken off" };
        let time = decision.time.get(..16).unwrap_or("").replace('T', " ");
        row(
            out,
            "person",
            &format!("{set} by {} at {time}", decision.by),
            " ",
        )?;
    }
    for (label, sign, evidence) in [
        ("for it", '+', &why.evidence),
        ("against it", '-', &why.against),
    ] {
        if !evidence.is_empty() {
            row(out, label, &words(evidence, sign), "  ")?;
        }
    }
    if !why.masked.is_empty() {
        let masks: Vec<&str> = why.masked.iter().map(|m| m.term.as_str()).collect();
        row(out, "masked", &masks.join("  "), "  ")?;
    }
    for reason in &why.reasons {
        row(out, "why not", &sentence(reason), " ")?;
    }
    writeln!(out)
}

/// Words with what each adds, one of several places counted; `▲` for one that stands in the headline.
fn words(evidence: &[Evidence], sign: char) -> String {
    let mut words: Vec<(&str, f64, usize, bool)> = Vec::new();
    for e in evidence {
        let headline = e.r#in == Field::Headline;
        match words.iter_mut().find(|w| w.0 == e.term) {
            Some(word) => {
                word.1 += e.weight;
                word.2 += 1;
                word.3 |= headline;
            }
            None => words.push((&e.term, e.weight, 1, headline)),
        }
    }
    words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let shown = words.iter().map(|(term, weight, times, headline)| {
        let times = if *times > 1 {
            format!("×{times}")
        } else {
            String::new()
        };
        let mark = if *headline { "▲" } else { "" };
        format!("{mark}{term}{times} {sign}{weight:.1}")
    });
    shown.collect::<Vec<_>>().join("  ")
}

fn sentence(reason: &Reason) -> String {
    match reason {
        Reason::Notice => "it reads as an announcement, and those have no topic".into(),
        Reason::NoTerm => "none of the topic's terms stands in it".into(),
        Reason::Passing { sum, enough } => format!(
            "a passing mention: its terms add up to {sum:.1}, in a text about it to {enough:.1} or more"
        ),
        Reason::Outweighed { by, share } => format!(
            "it is much more about {by}: this topic's terms have {:.0} % of that one's weight",
            share * 100.0
        ),
        Reason::OneWord => "one word alone speaks for it, however often".into(),
        Reason::BelowThreshold => "what speaks for it does not suffice".into(),
        Reason::Crowded => format!("{MOST} other topics score higher, and there are no more"),
    }
}

/// A label and text beside it, broken where `between` stands.
fn row(out: &mut impl Write, label: &str, text: &str, between: &str) -> io::Result<()> {
    let width = show::columns().saturating_sub(INDENT + 2);
    let (mut first, mut used) = (true, 0);
    write!(out, "  {LABEL}{}{LABEL:#}", pad(label, INDENT))?;
    for word in text.split(between) {
        if !first && used + between.len() + word.width() > width {
            write!(out, "\n{}", " ".repeat(INDENT + 2))?;
            (first, used) = (true, 0);
        }
        let gap = if first { "" } else { between };
        write!(out, "{gap}{word}")?;
        used += gap.len() + word.width();
        first = false;
    }
    writeln!(out)
}

/// An explanation for programs.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    topic: &'a str,
    name: &'a str,
    given: bool,
    score: f64,
    threshold: f64,
    evidence: &'a [Evidence],
    against: &'a [Evidence],
    masked: &'a [Evidence],
    reasons: Vec<String>,
}

impl<'a> Line<'a> {
    fn of(item: &'a Item, why: &'a Explanation) -> Self {
        let given = item.enrichment.topics.iter().any(|t| t.id == why.topic);
        Self {
            id: &item.enrichment.id,
            topic: &why.topic,
            name: &why.name,
            given,
            score: why.score,
            threshold: why.threshold,
            evidence: &why.evidence,
            against: &why.against,
            masked: &why.masked,
            reasons: why.reasons.iter().map(sentence).collect(),
        }
    }
}
