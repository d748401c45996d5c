//! `get` and `kill`: one item.

use super::process::line;
use super::show::{self, Extent};
use super::{CliError, Global};
use crate::bus::Bus;
use crate::bus::layout::StreamName;
use crate::event::Event;
use crate::service::kill::{self, Killed};
use clap::ValueEnum;
use std::io::Write;

/// `copydesk get`
#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    /// Id of the item, as every event carries it
    id: String,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: GetFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GetFormat {
    /// For a person, whole.
    Pretty,
    /// The event.
    Json,
}

/// `copydesk kill`
#[derive(Debug, clap::Args)]
pub(super) struct KillArgs {
    /// Id of the item, as every event carries it
    id: String,
    /// Why; every subscriber reads it
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) async fn kill(global: &Global, args: &KillArgs) -> Result<(), CliError> {
    let source = source_of(&args.id)?;
    let (_, bus) = global.open().await?;
    let subject = bus.names().item(source, &args.id);
    // What waits to be enriched now came before the kill, and does not bring it back.
    let order = bus.newest_order(StreamName::Articles).await;
    let order = order.map_err(CliError::failed)?;
    let killed = kill::kill(&bus, &subject, &args.reason, Some(order)).await;
    bus.close(std::time::Duration::from_secs(2)).await;
    let said = match killed.map_err(CliError::failed)? {
        Killed::By(revision) => format!("{} is killed by revision {revision}", args.id),
        Killed::Before => format!("{} was killed before", args.id),
        Killed::Unknown => return Err(unknown(&args.id)),
    };
    super::process::ended(writeln!(anstream::stdout(), "{said}")).map(|_| ())
}

/// The newest revision of an item.
pub(super) async fn newest(bus: &Bus, id: &str) -> Result<Event, CliError> {
    let subject = bus.names().item(source_of(id)?, id);
    let newest = bus.newest(StreamName::Items, &subject).await;
    let message = newest
        .map_err(CliError::failed)?
        .ok_or_else(|| unknown(id))?;
    serde_json::from_slice(&message.payload).map_err(CliError::failed)
}

fn unknown(id: &str) -> CliError {
    CliError::Failed(format!("there is no item {id}"))
}

pub(super) async fn get(global: &Global, args: &GetArgs) -> Result<(), CliError> {
    source_of(&args.id)?;
    let (_, bus) = global.open().await?;
    let event = newest(&bus, &args.id).await?;
    let mut out = anstream::stdout().lock();
    let written = match args.format {
        GetFormat::Pretty => show::item(&mut out, &event.data, None, Extent::Whole),
        GetFormat::Json => line(&mut out, &event),
    };
    super::process::ended(written).map(|_| ())
}

/// Its source: everything before date, page and hash. Subjects are made of it, so it must be a token.
pub(super) fn source_of(id: &str) -> Result<&str, CliError> {
    crate::bus::layout::source_of(id).ok_or_else(|| {
        CliError::Usage(format!(
            "`{id}` is no id; one looks like zzrb-20240105-02-k3v7q2ma"
        ))
    })
}
