//! Making, changing and removing channels of the bucket: every fan-out takes it up with the next item.

use crate::bus::archive::Since;
use crate::bus::channels::Kept;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::bus::{Bus, BusError};
use crate::channels::Channel;
use crate::channels::definition::{Definition, Standing, Terms};
use crate::config::Config;
use crate::problem::Problem;
use futures_util::StreamExt;

/// How often a change is tried again that a fan-out was faster with.
const RACES: u32 = 10;

/// A channel as somebody wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// Whom it is for.
    pub note: String,
    /// Terms of its deliveries; none to leave those of the channel that is there.
    pub terms: Option<Terms>,
    /// Also deliver what came since then.
    pub backfill: Option<Since>,
    /// Change the channel that is there.
    pub replace: bool,
}

/// Why a channel is not changed.
#[derive(Debug, thiserror::Error)]
pub enum DefineError {
    /// Name or query.
    #[error(transparent)]
    Problem(Problem),
    /// It belongs to the configuration.
    #[error(
        "`{0}` is a channel of the configuration; change it in channels.toml, running fan-outs take it up"
    )]
    OfFile(String),
    /// It was to be made, and is there.
    #[error("there is a channel `{0}`; --replace gives it this query and these terms")]
    There(String),
    /// It was to be changed, and is not there.
    #[error("there is no channel `{0}`; `copydesk channel list` shows them")]
    Unknown(String),
    /// Others change it all the time.
    #[error("channel `{0}` changes faster than it can be read")]
    Races(String),
    /// NATS does not answer.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// NATS does not take it.
    #[error(transparent)]
    Publish(PublishError),
}

/// Makes a channel, or gives one another query and terms. Says whether it now gets what the archive has for it.
///
/// # Errors
/// See [`DefineError`].
pub async fn add(bus: &Bus, config: &Config, wanted: &Wanted) -> Result<bool, DefineError> {
    let name = &wanted.name;
    check(config, wanted)?;
    for _ in 0..RACES {
        let expect = bus.channel_sequence(name).await?;
        // One that nobody can read is as good as none, and may be replaced.
        let there = bus.channel(name).await.unwrap_or(None);
        if there.is_some() && !wanted.replace {
            return Err(DefineError::There(name.clone()));
        }
        let before = there.as_ref().map(|kept| kept.value.terms);
        let terms = wanted.terms.or(before).unwrap_or_default();
        let definition = Definition {
            query: wanted.query.clone(),
            note: wanted.note.clone(),
            terms,
            standing: standing(bus, wanted, terms, there).await?,
        };
        let behind = matches!(definition.standing, Standing::Behind { .. });
        match bus.put_channel(name, &definition, expect).await {
            Ok(_) => return Ok(behind),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(DefineError::Publish(error)),
        }
    }
    Err(DefineError::Races(name.clone()))
}

/// Whether a channel could be made so, without asking NATS.
///
/// # Errors
/// Its name, its query, or that it is one of the configuration.
pub fn check(config: &Config, wanted: &Wanted) -> Result<(), DefineError> {
    let channel = Channel {
        name: wanted.name.clone(),
        query: wanted.query.clone(),
    };
    let checked = channel.check(&config.vocabulary());
    checked.map_err(DefineError::Problem)?;
    not_of_file(config, &wanted.name)
}

/// Where a channel with these terms begins, or goes on.
async fn standing(
    bus: &Bus,
    wanted: &Wanted,
    terms: Terms,
    there: Option<Kept<Definition>>,
) -> Result<Standing, DefineError> {
    let behind = |from| Standing::Behind {
        from,
        run: bus.unique(),
        closing: false,
    };
    let before = there.map(|kept| kept.value.standing);
    match (wanted.backfill, before) {
        (Some(since), _) => Ok(behind(first_of(bus, since).await?)),
        // It is never live: see `service/backfill.rs`.
        (None, Some(Standing::Live { .. })) if terms.max_per_hour.is_some() => {
            Ok(behind(undelivered(bus).await?))
        }
        (None, Some(before)) => Ok(before),
        (None, None) if terms.max_per_hour.is_some() => Ok(behind(bus.items_sequence().await? + 1)),
        (None, None) => Ok(Standing::default()),
    }
}

/// Sequence of the first item that is not older.
async fn first_of(bus: &Bus, since: Since) -> Result<u64, DefineError> {
    // Asked first: an item that comes in between is not passed over.
    let newest = bus.items_sequence().await?;
    let items = bus.read_from(StreamName::Items, None, since, false).await?;
    match Box::pin(items).next().await {
        Some(item) => Ok(item?.sequence),
        None => Ok(newest + 1),
    }
}

/// Sequence of the first item that may not have gone to its channels yet.
async fn undelivered(bus: &Bus) -> Result<u64, DefineError> {
    Ok(bus.items_delivered().await? + 1)
}

/// Removes a channel; what it holds stays until it is too old.
///
/// # Errors
/// See [`DefineError`].
pub async fn remove(bus: &Bus, config: &Config, name: &str) -> Result<(), DefineError> {
    not_of_file(config, name)?;
    for _ in 0..RACES {
        let expect = bus.channel_sequence(name).await?;
        // What nobody can read may be removed too.
        if matches!(bus.channel(name).await, Ok(None)) {
            return Err(DefineError::Unknown(name.to_owned()));
        }
        match bus.remove_channel(name, expect).await {
            Ok(()) => return Ok(()),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(DefineError::Publish(error)),
        }
    }
    Err(DefineError::Races(name.to_owned()))
}

/// Delivers nothing but kills, until [`resume`].
///
/// # Errors
/// See [`DefineError`].
pub async fn pause(bus: &Bus, config: &Config, name: &str) -> Result<(), DefineError> {
    not_of_file(config, name)?;
    change(bus, name, async |standing| {
        let from = match standing {
            Standing::Paused { .. } => return Ok(None),
            Standing::Live { .. } => undelivered(bus).await?,
            Standing::Behind { from, run, .. } => {
                let lease = bus.lease(name).await?;
                let lease = lease.filter(|kept| kept.value.run == *run);
                lease.map_or(*from, |kept| kept.value.next)
            }
        };
        Ok(Some(Standing::Paused { from }))
    })
    .await
}

/// Delivers what came since [`pause`], in order, then goes on.
///
/// # Errors
/// See [`DefineError`].
pub async fn resume(bus: &Bus, config: &Config, name: &str) -> Result<(), DefineError> {
    not_of_file(config, name)?;
    change(bus, name, async |standing| {
        Ok(match standing {
            Standing::Paused { from } => Some(Standing::Behind {
                from: *from,
                run: bus.unique(),
                closing: false,
            }),
            _ => None,
        })
    })
    .await
}

/// Gives a channel another standing; none for leaving it as it is.
async fn change(
    bus: &Bus,
    name: &str,
    to: impl AsyncFn(&Standing) -> Result<Option<Standing>, DefineError>,
) -> Result<(), DefineError> {
    for _ in 0..RACES {
        let there = bus.channel(name).await?;
        let Some(Kept {
            mut value,
            sequence,
        }) = there
        else {
            return Err(DefineError::Unknown(name.to_owned()));
        };
        let Some(standing) = to(&value.standing).await? else {
            return Ok(());
        };
        value.standing = standing;
        match bus.put_channel(name, &value, sequence).await {
            Ok(_) => return Ok(()),
            Err(PublishError::WrongLastSequence) => {}
            Err(error) => return Err(DefineError::Publish(error)),
        }
    }
    Err(DefineError::Races(name.to_owned()))
}

/// Whether a channel may be changed here at all.
///
/// # Errors
/// It is one of the configuration.
pub fn not_of_file(config: &Config, name: &str) -> Result<(), DefineError> {
    match config.channels.list.iter().any(|c| c.name == name) {
        true => Err(DefineError::OfFile(name.to_owned())),
        false => Ok(()),
    }
}
