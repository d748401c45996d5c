//! `topic test`: what a configuration would do to stored items.

use super::archive::{ArchiveArgs, Text, texts};
use crate::cli::process::{ended, line};
use crate::cli::show::{evidence, pad};
use crate::cli::{CliError, Format, Global};
use crate::enrich::again::Change;
use crate::enrich::{decisions, topics_of};
use crate::item::Topic;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// `copydesk topic test`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TrialArgs {
    /// This topic only
    topic: Option<String>,
    #[command(flatten)]
    archive: ArchiveArgs,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

const LABEL: Style = AnsiColor::BrightBlack.on_default();
const GAINED: Style = AnsiColor::Green.on_default().bold();
const LOST: Style = AnsiColor::Red.on_default().bold();

/// An item that changes, for programs.
#[derive(Serialize)]
struct Changed<'a> {
    id: &'a str,
    title: &'a str,
    gained: &'a [&'a Topic],
    lost: &'a [&'a Topic],
}

/// Items that gain, lose and keep a topic.
#[derive(Default)]
struct Count {
    gained: usize,
    lost: usize,
    unchanged: usize,
}

pub(super) async fn trial(global: &Global, args: &TrialArgs) -> Result<(), CliError> {
    let config = global.load()?;
    if let Some(topic) = &args.topic {
        super::known(&super::taxonomy(global)?, topic)?;
    }
    let topics = &config.models.topics;
    let of_interest = |t: &Topic| args.topic.as_ref().is_none_or(|id| *id == t.id);
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let (mut seen, mut changed) = (0, 0);
    let mut out = anstream::stdout().lock();
    texts(global, &args.archive, |text| {
        let Text {
            item: Some(item), id, ..
        } = text
        else {
            return Err(CliError::Usage(
                "a bare text has no topics to compare with: give events, as `copydesk tail --format ndjson` prints them".into(),
            ));
        };
        seen += 1;
        let mut fresh = item.clone();
        let words = (item.headline(), item.body());
        fresh.set_topics(topics_of(item.enrichment.kind, topics, words));
        decisions::apply(&mut fresh, item.enrichment.decisions.clone(), topics);
        let wanted = |of: &[Topic]| -> Vec<Topic> {
            of.iter().filter(|t| of_interest(t)).cloned().collect()
        };
        let (old, new) = (
            wanted(&item.enrichment.topics),
            wanted(&fresh.enrichment.topics),
        );
        let change = Change::between(&old, &new);
        for topic in &change.gained {
            counts.entry(topic.id.clone()).or_default().gained += 1;
        }
        for topic in &change.lost {
            counts.entry(topic.id.clone()).or_default().lost += 1;
        }
        for topic in new.iter().filter(|t| old.iter().any(|o| o.id == t.id)) {
            counts.entry(topic.id.clone()).or_default().unchanged += 1;
        }
        if change == Change::default() {
            return Ok(());
        }
        changed += 1;
        let title = &item.item.title;
        let written = match args.format {
            Format::Pretty => print(&mut out, &id, title, &change),
            Format::Ndjson => line(
                &mut out,
                &Changed {
                    id: &id,
                    title,
                    gained: &change.gained,
                    lost: &change.lost,
                },
            ),
        };
        match ended(written)? {
            true => Err(CliError::Silent),
            false => Ok(()),
        }
    })
    .await?;
    if args.format == Format::Pretty {
        ended(summary(&mut out, &counts, seen, changed))?;
    }
    Ok(())
}

fn print(out: &mut impl Write, id: &str, title: &str, change: &Change<'_>) -> std::io::Result<()> {
    writeln!(out, "{LABEL}{id}{LABEL:#}\n  {title}")?;
    for topic in &change.gained {
        writeln!(
            out,
            "  {GAINED}+ {}{GAINED:#} {:.2}  {LABEL}{}{LABEL:#}",
            topic.name,
            topic.score,
            evidence(topic)
        )?;
    }
    for topic in &change.lost {
        writeln!(
            out,
            "  {LOST}- {}{LOST:#} {:.2}  {LABEL}{}{LABEL:#}",
            topic.name,
            topic.score,
            evidence(topic)
        )?;
    }
    Ok(())
}

fn summary(
    out: &mut impl Write,
    counts: &BTreeMap<String, Count>,
    seen: usize,
    changed: usize,
) -> std::io::Result<()> {
    writeln!(
        out,
        "\n{LABEL}{}{:>8}{:>8}{:>12}{LABEL:#}",
        pad("topic", 16),
        "gained",
        "lost",
        "unchanged"
    )?;
    for (id, count) in counts {
        writeln!(
            out,
            "{}{:>8}{:>8}{:>12}",
            pad(id, 16),
            count.gained,
            count.lost,
            count.unchanged
        )?;
    }
    writeln!(
        out,
        "\n{changed} of {seen} items would change; `copydesk reenrich` does it once the configuration is in place"
    )
}
