//! `topic assert|reject|undo|decisions`: people's word on items.

use crate::cli::article::source_of;
use crate::cli::process::{ended, line};
use crate::cli::show::pad;
use crate::cli::{CliError, Format, Global};
use crate::item::{Decision, Item, Judgement};
use crate::service::amend::Amended;
use crate::service::decisions;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::Write;

/// `copydesk topic assert`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DecideArgs {
    /// Id of the item, as every event carries it
    id: String,
    /// Topic of topics.toml
    topic: String,
    /// Who decides; shown on the item
    #[arg(long, value_name = "WHO")]
    by: String,
}

/// `copydesk topic decisions`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct DecisionsArgs {
    /// On this topic only
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

/// A decision with the item it is about, for programs.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(flatten)]
    decision: &'a Decision,
}

pub(super) async fn decide(
    global: &Global,
    args: &DecideArgs,
    verdict: Option<Judgement>,
) -> Result<(), CliError> {
    let source = source_of(&args.id)?;
    if args.by.trim().is_empty() {
        return Err(CliError::Usage("--by: say who decides".into()));
    }
    if verdict.is_some() {
        super::known(&super::taxonomy(global)?, &args.topic)?;
    }
    let topics = global.load()?.models.topics;
    let (_, bus) = global.open().await?;
    let subject = bus.names().item(source, &args.id);
    let done = decisions::decide(&bus, &subject, &args.topic, verdict, &args.by, &topics)
        .await
        .map_err(CliError::failed)?;
    let mut out = anstream::stdout().lock();
    match done {
        Amended::Published(items) => {
            let item = &items.1;
            let names: Vec<&str> = item
                .enrichment
                .topics
                .iter()
                .map(|t| t.name.as_str())
                .collect();
            let names = match names.is_empty() {
                true => "none".to_owned(),
                false => names.join(" "),
            };
            let _ = writeln!(
                out,
                "{} revision {}: {}\n  topics now: {names}",
                args.id, item.enrichment.revision, item.item.title
            );
            Ok(())
        }
        Amended::Unchanged => {
            let _ = match verdict {
                Some(_) => writeln!(out, "it was decided so already"),
                None => writeln!(out, "there is no decision about {} on it", args.topic),
            };
            Ok(())
        }
        Amended::Killed => Err(CliError::Failed(format!(
            "{} is killed, and stays as it is",
            args.id
        ))),
        Amended::Missing => Err(CliError::Failed(format!("there is no item {}", args.id))),
    }
}

pub(super) async fn decisions(global: &Global, args: &DecisionsArgs) -> Result<(), CliError> {
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    let (_, bus) = global.open().await?;
    let items = decisions::decided(&bus).await.map_err(CliError::failed)?;
    let mut found: Vec<(&Item, &Decision)> = items
        .iter()
        .flat_map(|item| item.enrichment.decisions.iter().map(move |d| (item, d)))
        .filter(|(_, d)| args.topic.as_ref().is_none_or(|t| *t == d.topic))
        .collect();
    found.sort_by(|a, b| a.1.time.cmp(&b.1.time));
    let mut out = anstream::stdout().lock();
    if found.is_empty() && args.format == Format::Pretty {
        return ended(writeln!(out, "no decisions")).map(|_| ());
    }
    for (item, decision) in found {
        let (id, title) = (&item.enrichment.id, &item.item.title);
        let written = match args.format {
            Format::Ndjson => line(
                &mut out,
                &Listed {
                    id,
                    title,
                    decision,
                },
            ),
            Format::Pretty => {
                let verdict = match decision.verdict {
                    Judgement::Asserted => "asserted",
                    Judgement::Rejected => "rejected",
                };
                let time = decision.time.get(..16).unwrap_or("").replace('T', " ");
                writeln!(
                    out,
                    "{LABEL}{time}{LABEL:#}  {}{}{}{LABEL}{id}{LABEL:#}  {title}",
                    pad(&decision.by, 12),
                    pad(verdict, 10),
                    pad(&decision.topic, 14),
                )
            }
        };
        if ended(written)? {
            break;
        }
    }
    Ok(())
}
