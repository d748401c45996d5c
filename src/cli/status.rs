//! `status`: who is at work, what waits, what failed.

use super::{CliError, Global, process, show};
use crate::bus::roles::{RoleStatus, StreamStatus};
use crate::bus::{Bus, BusError};
use crate::service::Role;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::io::Write;
use std::time::Duration;

/// `copydesk status`
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    /// One JSON object for programs
    #[arg(long)]
    json: bool,
}

/// Time between the two readings a rate is made of.
const READING: Duration = Duration::from_secs(1);

/// The desk at a moment.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Status {
    pub(super) roles: Vec<RoleStatus>,
    pub(super) streams: Vec<StreamStatus>,
    /// Messages a second into each stream, in the same order.
    pub(super) rates: Vec<f64>,
    pub(super) dead: u64,
    /// Sources that are quiet against their habit.
    pub(super) quiet: Vec<crate::event::SourceData>,
}

pub(super) async fn status(global: &Global, args: &StatusArgs) -> Result<(), CliError> {
    let (_, bus) = global.open().await?;
    let status = read(&bus).await.map_err(CliError::failed)?;
    let mut out = anstream::stdout().lock();
    let written = if args.json {
        process::line(&mut out, &status)
    } else {
        print(&mut out, &status)
    };
    process::ended(written).map(|_| ())
}

/// Reads it, in the time of [`READING`].
pub(super) async fn read(bus: &Bus) -> Result<Status, BusError> {
    let before = bus.streams().await?;
    let started = tokio::time::Instant::now();
    let roles = bus.roles(READING).await?;
    let streams = bus.streams().await?;
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rates = streams
        .iter()
        .zip(&before)
        .map(|(now, then)| now.last_sequence.saturating_sub(then.last_sequence) as f64 / seconds)
        .collect();
    let dead = streams.last().map_or(0, |s| s.messages);
    let events = bus.source_events().await?;
    let events = events.into_values().map(|kept| kept.value);
    let quiet = events.filter(|e| e.is_quiet()).map(|e| e.data).collect();
    Ok(Status {
        roles,
        streams,
        rates,
        dead,
        quiet,
    })
}

fn print(out: &mut impl Write, status: &Status) -> std::io::Result<()> {
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    const GOOD: Style = AnsiColor::Green.on_default();
    const BAD: Style = AnsiColor::Red.on_default();
    writeln!(
        out,
        "{LABEL}{}{}{}{}{}up{LABEL:#}",
        show::pad("role", 10),
        show::pad("instance", 26),
        show::pad("done", 10),
        show::pad("known", 10),
        show::pad("failed", 10)
    )?;
    for role in Role::ALL {
        let at_work: Vec<_> = status
            .roles
            .iter()
            .filter(|r| r.role == role.as_str())
            .collect();
        // A desk can do without the page.
        if at_work.is_empty() && role != Role::Web {
            writeln!(
                out,
                "{BAD}{}nobody at work{BAD:#}",
                show::pad(role.as_str(), 10)
            )?;
        }
        for r in at_work {
            let c = r.counts;
            writeln!(
                out,
                "{GOOD}{}{GOOD:#}{:<26}{:<10}{:<10}{:<10}{}",
                show::pad(&r.role, 10),
                r.instance,
                c.done,
                c.unchanged,
                c.failed,
                uptime(c.seconds)
            )?;
        }
    }
    writeln!(
        out,
        "\n{LABEL}{:<24}{:>10}{:>12}{:>10}  backlog{LABEL:#}",
        "stream", "messages", "size", "in/s"
    )?;
    for (stream, rate) in status.streams.iter().zip(&status.rates) {
        let backlog: Vec<String> = stream
            .backlog
            .iter()
            .map(|b| {
                format!(
                    "{}: {} waiting, {} in work{}",
                    b.consumer,
                    b.waiting,
                    b.unacked,
                    if b.redelivered > 0 {
                        format!(", {} again", b.redelivered)
                    } else {
                        String::new()
                    }
                )
            })
            .collect();
        writeln!(
            out,
            "{:<24}{:>10}{:>12}{:>10.1}  {}",
            stream.name,
            stream.messages,
            size(stream.bytes),
            rate,
            backlog.join("; ")
        )?;
    }
    for role in &status.roles {
        for notice in &role.notices {
            writeln!(
                out,
                "\n{BAD}{} {}{BAD:#}: {notice}",
                role.role, role.instance
            )?;
        }
    }
    for quiet in &status.quiet {
        writeln!(
            out,
            "\n{BAD}source {} is quiet{BAD:#}: nothing since {}, expected at {}",
            quiet.source,
            quiet.last,
            quiet.expected.as_deref().unwrap_or("?")
        )?;
    }
    match status.dead {
        0 => writeln!(out, "\n{GOOD}no dead letters{GOOD:#}"),
        n => writeln!(
            out,
            "\n{BAD}{n} dead letter(s){BAD:#}; `copydesk dead list` shows them"
        ),
    }
}

pub(super) fn uptime(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

pub(super) fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
