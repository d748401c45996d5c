//! `channel grant`, `channel revoke`: subscribers as users of NATS.

use super::super::process::ended;
use super::super::{CliError, Global};
use crate::broker::{Grant, Secret, USERS, User, Users, random_token};
use crate::bus::Bus;
use crate::config::{Config, is_token};
use crate::problem::nearest;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Rounds of bcrypt, a power of two, as the command line of NATS has it. What is hashed are 128 random bits.
const COST: u32 = 11;

/// `copydesk channel grant`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct GrantArgs {
    /// Name of the subscriber; its consumer has the same
    #[arg(value_name = "USER", required_unless_present = "list")]
    subscriber: Option<String>,
    /// What it may read: instead of what it could before
    #[arg(value_name = "CHANNEL", required_unless_present = "list")]
    channels: Vec<String>,
    /// The compact copies instead of the whole items
    #[arg(long)]
    compact: bool,
    /// It logs in with this public NKEY instead of a password made here
    #[arg(long, value_name = "NKEY", value_parser = public_key)]
    public_key: Option<String>,
    /// Users file that a NATS of yours includes
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show who may read what
    #[arg(long, conflicts_with_all = ["subscriber", "channels", "compact", "public_key"])]
    list: bool,
}

/// `copydesk channel revoke`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RevokeArgs {
    /// Name of the subscriber
    #[arg(value_name = "USER")]
    subscriber: String,
    /// Users file that a NATS of yours includes
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn grant(
    global: &Global,
    config: &Config,
    args: &GrantArgs,
) -> Result<(), CliError> {
    let file = users_file(global, config, args.output.as_deref())?;
    let names = crate::bus::layout::Names::new(&config.settings.nats.prefix);
    let users = Users::read(&file).map_err(CliError::failed)?;
    let Some(user) = &args.subscriber else {
        let line = |g: Grant| {
            let compact = if g.compact { "  (compact)" } else { "" };
            format!("{:<20}  {}{compact}\n", g.user, g.channels.join(" "))
        };
        let lines: String = users.grants(&names).into_iter().map(line).collect();
        return say(&lines);
    };
    if !is_name(user) || *user == config.settings.nats.prefix {
        return Err(CliError::Usage(format!(
            "`{user}` cannot name a subscriber; use a-z, then a-z, 0-9, - and _, and not the prefix of the desk's own subjects"
        )));
    }
    if users.is_foreign(user, &names) {
        return Err(CliError::Failed(format!(
            "there is a user `{user}` in {} that is no subscriber; give this one another name",
            file.display()
        )));
    }
    let bus = global.connect(&config.settings.nats).await?;
    all_known(&bus, config, &args.channels).await?;
    let mut channels = args.channels.clone();
    channels.sort_unstable();
    channels.dedup();
    let grant = Grant {
        user: user.clone(),
        channels,
        compact: args.compact,
    };
    let (secret, password) = match (&args.public_key, users.secret_of(user, &names)) {
        (Some(key), _) => (Secret::Key(key.clone()), None),
        (None, Some(secret)) => (secret, None),
        (None, None) => {
            let password = random_token().map_err(CliError::failed)?;
            let hash = bcrypt::hash(&password, COST).map_err(CliError::failed)?;
            (Secret::Password(hash), Some(password))
        }
    };
    bus.put_subscriber(user, grant.subjects(&names))
        .await
        .map_err(CliError::failed)?;
    Users::change(&file, |users| {
        users.put(user, User::granted(&grant, secret, &names), &names);
    })
    .map_err(CliError::failed)?;
    let mut text = format!(
        "`{user}` may read {}\n  stream    {}\n  consumer  {user}\n  inboxes   {}\n",
        grant.channels.join(", "),
        names.stream(crate::bus::layout::StreamName::Channels),
        grant.inbox()
    );
    if let Some(password) = password {
        text += &format!("  user      {user}\n  password  {password}     shown this once\n");
    }
    say(&(text + &remark(args.output.as_deref())))
}

pub(super) async fn revoke(
    global: &Global,
    config: &Config,
    args: &RevokeArgs,
) -> Result<(), CliError> {
    let user = &args.subscriber;
    let file = users_file(global, config, args.output.as_deref())?;
    let bus = global.connect(&config.settings.nats).await?;
    let mut was_there = false;
    Users::change(&file, |users| was_there = users.revoke(user, bus.names()))
        .map_err(CliError::failed)?;
    // Also when an earlier attempt came no further than the file.
    bus.remove_subscriber(user)
        .await
        .map_err(CliError::failed)?;
    match was_there {
        true => say(&format!(
            "`{user}` may read nothing any more\n{}",
            remark(args.output.as_deref())
        )),
        false => Err(CliError::Failed(format!(
            "there is no subscriber `{user}` in {}; `copydesk channel grant --list` shows them",
            file.display()
        ))),
    }
}

/// The file named, else that of the private server.
fn users_file(
    global: &Global,
    config: &Config,
    output: Option<&Path>,
) -> Result<PathBuf, CliError> {
    match (output, global.nats(&config.settings.nats)?) {
        (Some(file), _) => Ok(file.to_owned()),
        (None, None) => Ok(global.data.join(USERS)),
        (None, Some(_)) => Err(CliError::Usage(
            "name the users file that your NATS includes with --output FILE".into(),
        )),
    }
}

async fn all_known(bus: &Bus, config: &Config, channels: &[String]) -> Result<(), CliError> {
    let added = bus.added_channels().await.map_err(CliError::failed)?;
    let of_file = config.channels.list.iter().map(|c| c.name.as_str());
    let known: Vec<&str> = of_file.chain(added.keys().map(String::as_str)).collect();
    let unknown = channels.iter().find(|c| !known.contains(&c.as_str()));
    unknown.map_or(Ok(()), |name| {
        let meant = nearest(name, known.iter().copied());
        let meant = meant.map_or_else(String::new, |m| format!("; is `{m}` meant?"));
        Err(CliError::Failed(format!(
            "there is no channel `{name}`{meant}"
        )))
    })
}

/// A token that begins with a letter: a number could stand for a sequence in subjects.
fn is_name(user: &str) -> bool {
    is_token(user) && user.starts_with(|c: char| c.is_ascii_lowercase())
}

/// A key nats-server would not take must never reach its configuration.
fn public_key(key: &str) -> Result<String, String> {
    match nkeys::KeyPair::from_public_key(key) {
        Ok(pair) if matches!(pair.key_pair_type(), nkeys::KeyPairType::User) => Ok(key.to_owned()),
        _ => Err("no public NKEY of a user; it begins with U, has 56 characters".into()),
    }
}

fn remark(output: Option<&Path>) -> String {
    match output {
        Some(file) => format!(
            "in force when the server that includes {} has reloaded its configuration\n",
            file.display()
        ),
        None => "in force within a second, or when copydesk starts\n".to_owned(),
    }
}

fn say(text: &str) -> Result<(), CliError> {
    ended(write!(anstream::stdout(), "{text}")).map(|_| ())
}
