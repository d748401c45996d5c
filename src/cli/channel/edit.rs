//! `channel add`, `remove`, `pause`, `resume`: changes of the bucket, which every fan-out takes up.

use super::super::process::ended;
use super::super::{CliError, Global};
use super::{AddArgs, pointed};
use crate::bus::Bus;
use crate::bus::archive::Since;
use crate::bus::channels::Kept;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::channels::Channel;
use crate::channels::definition::{Definition, Standing, Terms};
use crate::config::Config;
use futures_util::StreamExt;
use std::io::Write;

/// How often a change is tried again that a fan-out was faster with.
const RACES: u32 = 10;

pub(super) async fn add(global: &Global, config: &Config, args: &AddArgs) -> Result<(), CliError> {
    let AddArgs { name, query, .. } = args;
    let channel = Channel {
        name: name.clone(),
        query: query.clone(),
    };
    if let Err(problem) = channel.check(&config.vocabulary()) {
        return Err(match problem.span {
            Some(_) => pointed(query, problem),
            None => CliError::Usage(problem.message),
        });
    }
    not_of_file(config, name)?;
    let bus = global.connect(&config.settings.nats).await?;
    let terms = Terms {
        compact: args.compact,
        max_age_hours: args.max_age_hours,
        max_per_hour: args.max_per_hour,
    };
    for _ in 0..RACES {
        let expect = bus.channel_sequence(name).await.map_err(CliError::failed)?;
        // One that nobody can read is as good as none, and may be replaced.
        let there = bus.channel(name).await.unwrap_or(None);
        if there.is_some() && !args.replace {
            return Err(CliError::Failed(format!(
                "there is a channel `{name}`; --replace gives it this query and these terms"
            )));
        }
        let definition = Definition {
            query: query.clone(),
            note: args.note.clone(),
            terms,
            standing: standing(&bus, args, there).await?,
        };
        let behind = matches!(definition.standing, Standing::Behind { .. });
        match bus.put_channel(name, &definition, expect).await {
            Ok(_) if behind => {
                return say(&format!(
                    "channel `{name}` is there and gets what the archive has for it"
                ));
            }
            Ok(_) => return say(&format!("channel `{name}` is there")),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(CliError::failed(error)),
        }
    }
    Err(CliError::Failed(format!(
        "channel `{name}` changes faster than it can be read"
    )))
}

/// Where a channel with these terms begins, or goes on.
async fn standing(
    bus: &Bus,
    args: &AddArgs,
    there: Option<Kept<Definition>>,
) -> Result<Standing, CliError> {
    let behind = |from| Standing::Behind {
        from,
        run: bus.unique(),
        closing: false,
    };
    let before = there.map(|kept| kept.value.standing);
    match (args.backfill, before) {
        (Some(since), _) => Ok(behind(first_of(bus, since).await?)),
        // It is never live: see `service/backfill.rs`.
        (None, Some(Standing::Live { .. })) if args.max_per_hour.is_some() => {
            Ok(behind(undelivered(bus).await?))
        }
        (None, Some(before)) => Ok(before),
        (None, None) if args.max_per_hour.is_some() => {
            let newest = bus.items_sequence().await.map_err(CliError::failed)?;
            Ok(behind(newest + 1))
        }
        (None, None) => Ok(Standing::default()),
    }
}

/// Sequence of the first item that is not older.
async fn first_of(bus: &Bus, since: Since) -> Result<u64, CliError> {
    // Asked first: an item that comes in between is not passed over.
    let newest = bus.items_sequence().await.map_err(CliError::failed)?;
    let items = bus.read_from(StreamName::Items, None, since, false).await;
    let mut items = Box::pin(items.map_err(CliError::failed)?);
    match items.next().await {
        Some(item) => Ok(item.map_err(CliError::failed)?.sequence),
        None => Ok(newest + 1),
    }
}

/// Sequence of the first item that may not have gone to its channels yet.
async fn undelivered(bus: &Bus) -> Result<u64, CliError> {
    let delivered = bus.items_delivered().await.map_err(CliError::failed)?;
    Ok(delivered + 1)
}

pub(super) async fn remove(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    not_of_file(config, name)?;
    let bus = global.connect(&config.settings.nats).await?;
    for _ in 0..RACES {
        let expect = bus.channel_sequence(name).await.map_err(CliError::failed)?;
        // What nobody can read may be removed too.
        if matches!(bus.channel(name).await, Ok(None)) {
            return Err(unknown(name));
        }
        match bus.remove_channel(name, expect).await {
            Ok(()) => return say(&format!("channel `{name}` is removed")),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(CliError::failed(error)),
        }
    }
    Err(CliError::Failed(format!(
        "channel `{name}` changes faster than it can be read"
    )))
}

pub(super) async fn pause(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    not_of_file(config, name)?;
    let bus = global.connect(&config.settings.nats).await?;
    change(&bus, name, async |standing| {
        let from = match standing {
            Standing::Paused { .. } => return Ok(None),
            Standing::Live { .. } => undelivered(&bus).await?,
            Standing::Behind { from, run, .. } => {
                let lease = bus.lease(name).await.map_err(CliError::failed)?;
                let lease = lease.filter(|kept| kept.value.run == *run);
                lease.map_or(*from, |kept| kept.value.next)
            }
        };
        Ok(Some(Standing::Paused { from }))
    })
    .await?;
    say(&format!("channel `{name}` is paused"))
}

pub(super) async fn resume(global: &Global, config: &Config, name: &str) -> Result<(), CliError> {
    not_of_file(config, name)?;
    let bus = global.connect(&config.settings.nats).await?;
    change(&bus, name, async |standing| {
        Ok(match standing {
            Standing::Paused { from } => Some(Standing::Behind {
                from: *from,
                run: bus.unique(),
                closing: false,
            }),
            _ => None,
        })
    })
    .await?;
    say(&format!("channel `{name}` goes on where it was"))
}

/// Gives a channel another standing; none for leaving it as it is.
async fn change(
    bus: &Bus,
    name: &str,
    to: impl AsyncFn(&Standing) -> Result<Option<Standing>, CliError>,
) -> Result<(), CliError> {
    for _ in 0..RACES {
        let there = bus.channel(name).await.map_err(CliError::failed)?;
        let Some(Kept {
            mut value,
            sequence,
        }) = there
        else {
            return Err(unknown(name));
        };
        let Some(standing) = to(&value.standing).await? else {
            return Ok(());
        };
        value.standing = standing;
        match bus.put_channel(name, &value, sequence).await {
            Ok(_) => return Ok(()),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(CliError::failed(error)),
        }
    }
    Err(CliError::Failed(format!(
        "channel `{name}` changes faster than it can be read"
    )))
}

fn not_of_file(config: &Config, name: &str) -> Result<(), CliError> {
    match config.channels.list.iter().any(|c| c.name == name) {
        true => Err(CliError::Usage(format!(
            "`{name}` is a channel of the configuration; change it in channels.toml, running fan-outs take it up"
        ))),
        false => Ok(()),
    }
}

fn unknown(name: &str) -> CliError {
    CliError::Failed(format!(
        "there is no channel `{name}`; `copydesk channel list` shows them"
    ))
}

fn say(text: &str) -> Result<(), CliError> {
    ended(writeln!(anstream::stdout(), "{text}")).map(|_| ())
}
