//! `channel add`, `remove`, `pause`, `resume`: changes of the bucket, which every fan-out takes up.

use super::super::process::ended;
use super::super::{CliError, Global};
use super::{AddArgs, pointed};
use crate::channels::definition::Terms;
use crate::config::Config;
use crate::service::define::{self, DefineError, Wanted};
use std::io::Write;

pub(super) async fn add(global: &Global, config: &Config, args: &AddArgs) -> Result<(), CliError> {
    let AddArgs { name, query, .. } = args;
    let wanted = Wanted {
        name: name.clone(),
        query: query.clone(),
        note: args.note.clone(),
        terms: Some(Terms {
            compact: args.compact,
            max_age_hours: args.max_age_hours,
            max_per_hour: args.max_per_hour,
        }),
        backfill: args.backfill,
        replace: args.replace,
    };
    // Mistakes of the query first: they are told without a NATS too.
    define::check(config, &wanted).map_err(|e| refused(query, e))?;
    let bus = global.connect(&config.settings.nats).await?;
    let added = define::add(&bus, config, &wanted).await;
    match added.map_err(|e| refused(query, e))? {
        true => say(&format!(
            "channel `{name}` is there and gets what the archive has for it"
        )),
        false => say(&format!("channel `{name}` is there")),
    }
}

pub(super) async fn remove(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    define::not_of_file(config, name).map_err(|e| refused("", e))?;
    let bus = global.connect(&config.settings.nats).await?;
    let removed = define::remove(&bus, config, name).await;
    removed.map_err(|e| refused("", e))?;
    say(&format!("channel `{name}` is removed"))
}

pub(super) async fn pause(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    define::not_of_file(config, name).map_err(|e| refused("", e))?;
    let bus = global.connect(&config.settings.nats).await?;
    let paused = define::pause(&bus, config, name).await;
    paused.map_err(|e| refused("", e))?;
    say(&format!("channel `{name}` is paused"))
}

pub(super) async fn resume(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    define::not_of_file(config, name).map_err(|e| refused("", e))?;
    let bus = global.connect(&config.settings.nats).await?;
    let resumed = define::resume(&bus, config, name).await;
    resumed.map_err(|e| refused("", e))?;
    say(&format!("channel `{name}` goes on where it was"))
}

fn refused(query: &str, error: DefineError) -> CliError {
    match error {
        DefineError::Problem(problem) if problem.span.is_some() => pointed(query, problem),
        DefineError::Problem(problem) => CliError::Usage(problem.message),
        DefineError::OfFile(_) => CliError::Usage(error.to_string()),
        _ => CliError::failed(error),
    }
}

fn say(text: &str) -> Result<(), CliError> {
    ended(writeln!(anstream::stdout(), "{text}")).map(|_| ())
}
