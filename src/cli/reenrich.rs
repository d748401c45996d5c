//! `reenrich`: new models or configuration over the archive.

use super::process::{ended, line};
use super::{CliError, Format, Global};
use crate::enrich::again::Change;
use crate::item::{Item, Topic};
use crate::service::reenrich::{Plan, Report, Step, reenrich as sweep};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// `copydesk reenrich`
#[derive(Debug, clap::Args)]
pub(super) struct ReenrichArgs {
    /// Only items first published at most so long ago: 15m, 2h, 7d
    #[arg(long, value_name = "AGE", value_parser = super::tail::age)]
    since: Option<Duration>,
    /// Say what would change, and publish nothing
    #[arg(long)]
    dry_run: bool,
    /// New revisions a second at most; the desk's own work goes first in any case
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

/// An item that changes, for programs.
#[derive(Serialize)]
struct Changed<'a> {
    id: &'a str,
    revision: u32,
    title: &'a str,
    gained: Vec<String>,
    lost: Vec<String>,
}

pub(super) async fn reenrich(global: &Global, args: &ReenrichArgs) -> Result<(), CliError> {
    let config = global.load()?;
    let bus = global.connect(&config.settings.nats).await?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone()).map_err(CliError::failed)?;
    // Live articles are enriched on the same cores, maybe: they go first.
    let _ = rustix::process::nice(10);
    let plan = Plan {
        since: args.since,
        dry_run: args.dry_run,
        rate: args.rate,
    };
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(0),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} items {eta} {msg}") {
        bar.set_style(style);
    }
    let mut out = anstream::stdout().lock();
    let mut changed = 0;
    let mut written = Ok(());
    let done = sweep(&bus, &config, &plan, &stop, |step| match step {
        Step::Begins(total, earlier) => {
            bar.set_length(total);
            if let Some(earlier) = earlier {
                let _ = writeln!(
                    std::io::stderr(),
                    "goes on after {} items of an earlier run",
                    earlier.seen
                );
            }
        }
        Step::Seen => bar.inc(1),
        Step::Changed(old, new) => {
            changed += 1;
            bar.set_message(format!("{changed} changed"));
            written = bar.suspend(|| print(&mut out, old, new, args.format));
            if written.is_err() {
                stop.cancel();
            }
        }
    })
    .await
    .map_err(|e| CliError::Failed(format!("{e}; run it again to go on where it stopped")))?;
    bar.finish_and_clear();
    if ended(written)? {
        return Ok(());
    }
    let stopped = stop.is_cancelled();
    if args.format == Format::Pretty {
        ended(summary(&mut out, done, args.dry_run))?;
    }
    bus.close(Duration::from_secs(2)).await;
    match stopped {
        true => Err(CliError::Failed(
            "stopped; the same command goes on where it was".into(),
        )),
        false => Ok(()),
    }
}

fn print(out: &mut impl Write, old: &Item, new: &Item, format: Format) -> std::io::Result<()> {
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    const GAINED: Style = AnsiColor::Green.on_default();
    const LOST: Style = AnsiColor::Red.on_default();
    let change = Change::between(&old.enrichment.topics, &new.enrichment.topics);
    let e = &new.enrichment;
    if format == Format::Ndjson {
        let ids = |topics: &[&Topic]| topics.iter().map(|t| t.id.clone()).collect();
        return line(
            out,
            &Changed {
                id: &e.id,
                revision: e.revision,
                title: &new.item.title,
                gained: ids(&change.gained),
                lost: ids(&change.lost),
            },
        );
    }
    write!(out, "{LABEL}{}{LABEL:#} {}", e.id, new.item.title)?;
    for topic in &change.gained {
        write!(out, "  {GAINED}+{}{GAINED:#}", topic.name)?;
    }
    for topic in &change.lost {
        write!(out, "  {LOST}-{}{LOST:#}", topic.name)?;
    }
    if change == Change::default() {
        write!(out, "  {LABEL}scores, evidence or entities{LABEL:#}")?;
    }
    writeln!(out)
}

fn summary(out: &mut impl Write, done: Report, dry_run: bool) -> std::io::Result<()> {
    let what = match dry_run {
        true => "would get a new revision",
        false => "got a new revision",
    };
    writeln!(
        out,
        "{} of {} items {what}, {} are killed and stay as they are",
        done.changed, done.seen, done.killed
    )
}

/// Ctrl-C and SIGTERM end it after the item at hand.
fn stop_on_signal(stop: CancellationToken) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        stop.cancel();
    });
    Ok(())
}
