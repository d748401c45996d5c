//! `channel explain`

use super::super::process::{ended, line};
use super::super::{CliError, Global, article, show};
use super::pointed;
use crate::channels::Query;
use crate::config::Config;
use crate::item::Item;
use crate::service::channels::{self, Answer};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use std::io::{self, Write};

/// `copydesk channel explain`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExplainArgs {
    /// The channel
    channel: String,
    /// Id of the item
    id: String,
    /// Only the clauses that failed, and by how much
    #[arg(long)]
    why_not: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For a person.
    Pretty,
    /// The verdict on every part of the query.
    Json,
}

pub(super) async fn explain(
    global: &Global,
    config: &Config,
    args: &ExplainArgs,
) -> Result<(), CliError> {
    let bus = global.connect(&config.settings.nats).await?;
    let text = channels::query_of(&bus, config, &args.channel).await;
    let text = text.map_err(CliError::failed)?.ok_or_else(|| {
        CliError::Failed(format!(
            "there is no channel `{}`; `copydesk channel list` shows them",
            args.channel
        ))
    })?;
    let query =
        Query::parse(&text, &config.vocabulary()).map_err(|problem| pointed(&text, problem))?;
    let event = article::newest(&bus, &args.id).await?;
    let record = bus.record(&args.id).await.map_err(CliError::failed)?;
    let record = record.map(|kept| kept.value);
    let answer = Answer::new(&args.channel, &query, &event.data, record.as_ref());
    let mut out = anstream::stdout().lock();
    let written = match (args.format, args.why_not) {
        (ExplainFormat::Json, _) => line(&mut out, &answer),
        (ExplainFormat::Pretty, true) => why_not(&mut out, &answer),
        (ExplainFormat::Pretty, false) => print(&mut out, &answer, &event.data),
    };
    ended(written).map(|_| ())
}

fn print(out: &mut impl Write, answer: &Answer<'_>, item: &Item) -> io::Result<()> {
    const STRONG: Style = Style::new().bold();
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    let verdict = match answer.explanation.holds {
        true => "matches",
        false => "does not match",
    };
    let got = match answer.got {
        None => "the channel never got it".to_owned(),
        Some(got) if got.withdrawn => format!("withdrawn from it with revision {}", got.revision),
        Some(got) => format!("it got revision {}", got.revision),
    };
    let title = &item.item.title;
    writeln!(
        out,
        "{STRONG}{title}{STRONG:#} {LABEL}{} revision {}{LABEL:#}",
        answer.id, answer.revision
    )?;
    writeln!(out, "{verdict} {}; {got}\n", answer.channel)?;
    write!(out, "{}", answer.explanation)?;
    let mut shown = false;
    for part in answer.explanation.decisive().iter().filter(|p| p.holds) {
        for hit in part.hits.iter().take(5) {
            if !shown {
                writeln!(out)?;
                shown = true;
            }
            let place = hit.r#in.as_str();
            let words = show::excerpt(item, place, hit.span.start, hit.span.end);
            let what = &part.what;
            writeln!(
                out,
                "{what}  {LABEL}{place} {}–{}{LABEL:#}  {words}",
                hit.span.start, hit.span.end
            )?;
        }
    }
    Ok(())
}

/// The clauses that failed, one a line.
fn why_not(out: &mut impl Write, answer: &Answer<'_>) -> io::Result<()> {
    if answer.explanation.holds {
        return writeln!(out, "it matches {}: nothing failed", answer.channel);
    }
    for part in answer.explanation.decisive() {
        let excluded = if part.holds { "NOT " } else { "" };
        let note = match part.note.as_str() {
            "" if part.holds => "it is there",
            "" => "it is not so",
            note => note,
        };
        writeln!(out, "{excluded}{}: {note}", part.what)?;
    }
    Ok(())
}
