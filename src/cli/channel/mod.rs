//! `channel`: what there is, what a query would have got, channels made while running, why, and for whom.

mod edit;
mod explain;
mod grant;
mod list;
mod test;

use super::{CliError, Format, Global, block_on};
use crate::bus::archive::Since;
use crate::config::Mistake;
use std::num::NonZeroU32;

/// `copydesk channel`
#[derive(Debug, clap::Subcommand)]
pub(super) enum ChannelCommand {
    /// List channels with their queries
    #[command(
        after_help = "Examples:\n  copydesk channel list\n  copydesk channel list --config /etc/copydesk/copydesk.toml"
    )]
    List,
    /// Show what a query would have got from the items stored: how many a day, and some of them with the reason
    #[command(
        after_help = "Examples:\n  copydesk channel test 'topic:agriculture^0.8 NOT kind:notice' --since 7d\n  copydesk channel test 'person:袁野 OR org:\"红十字会\"'\n  copydesk channel test 'topik:x'     a mistake is pointed at"
    )]
    Test {
        /// The query
        query: String,
        /// How far back: 90s, 15m, 2h, 7d, or `start`
        #[arg(long, value_name = "AGE", value_parser = super::tail::since, default_value = "start")]
        since: Since,
        /// Form of the output
        #[arg(long, value_enum, default_value = "pretty")]
        format: Format,
    },
    /// Make a channel, or give one other terms; every fan-out has it with the next item
    #[command(
        after_help = "Examples:\n  copydesk channel add zhuzhou 'topic:investment AND place:430200'\n  copydesk channel add zhuzhou 'topic:investment AND place:430200' --backfill 7d     the past, then the present\n  copydesk channel add ticker 'urgency<=3' --compact --max-per-hour 20 --max-age-hours 48"
    )]
    Add(AddArgs),
    /// Remove a channel; what it holds stays until it is too old
    #[command(after_help = "Examples:\n  copydesk channel remove zhuzhou")]
    Remove {
        /// The channel
        name: String,
    },
    /// Deliver nothing but kills, until `resume`
    #[command(after_help = "Examples:\n  copydesk channel pause zhuzhou")]
    Pause {
        /// The channel
        name: String,
    },
    /// Deliver what came since `pause`, in order, then go on
    #[command(after_help = "Examples:\n  copydesk channel resume zhuzhou")]
    Resume {
        /// The channel
        name: String,
    },
    /// Say why a channel gets an item or does not
    #[command(
        after_help = "Examples:\n  copydesk channel explain zhuzhou zzrb-20240105-02-k3v7q2ma\n  copydesk channel explain zhuzhou zzrb-20240105-02-k3v7q2ma --why-not     only what failed, and by how much"
    )]
    Explain(explain::ExplainArgs),
    /// Let a subscriber read some channels and nothing else: a user of NATS with a durable consumer of its own
    #[command(
        after_help = "docs/channels.md says what to give to the subscriber.\n\nExamples:\n  copydesk channel grant business fuzhou ticker\n  copydesk channel grant business fuzhou --output /etc/nats/users.conf -s nats://10.0.0.5     for a NATS of yours\n  copydesk channel grant --list"
    )]
    Grant(grant::GrantArgs),
    /// Take a subscriber's user and consumer away
    #[command(after_help = "Examples:\n  copydesk channel revoke business")]
    Revoke(grant::RevokeArgs),
}

/// `copydesk channel add`
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// a-z, 0-9, - and _
    name: String,
    /// The query
    query: String,
    /// Whom it is for; read by people only
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    note: String,
    /// Also deliver what came so long ago: 90s, 15m, 2h, 7d, or `start`
    #[arg(long, value_name = "AGE", value_parser = super::tail::since)]
    backfill: Option<Since>,
    /// Also have each item as compact JSON without its body
    #[arg(long)]
    compact: bool,
    /// How long an item stays on the channel
    #[arg(long, value_name = "HOURS")]
    max_age_hours: Option<NonZeroU32>,
    /// Most items in an hour; the others wait
    #[arg(long, value_name = "N")]
    max_per_hour: Option<NonZeroU32>,
    /// Change a channel that is there
    #[arg(long)]
    replace: bool,
}

pub(super) fn channel(global: &Global, command: &ChannelCommand) -> Result<(), CliError> {
    let config = global.load()?;
    block_on(async {
        match command {
            ChannelCommand::List => list::list(global, &config).await,
            ChannelCommand::Test {
                query,
                since,
                format,
            } => test::test(global, &config, query, *since, *format).await,
            ChannelCommand::Add(args) => edit::add(global, &config, args).await,
            ChannelCommand::Remove { name } => edit::remove(global, &config, name).await,
            ChannelCommand::Pause { name } => edit::pause(global, &config, name).await,
            ChannelCommand::Resume { name } => edit::resume(global, &config, name).await,
            ChannelCommand::Explain(args) => explain::explain(global, &config, args).await,
            ChannelCommand::Grant(args) => grant::grant(global, &config, args).await,
            ChannelCommand::Revoke(args) => grant::revoke(global, &config, args).await,
        }
    })
}

/// A mistake in a query, with a caret under it.
fn pointed(query: &str, problem: crate::problem::Problem) -> CliError {
    let mut text = String::new();
    let _ = miette::GraphicalReportHandler::new()
        .render_report(&mut text, &Mistake::new("query", query, problem));
    CliError::Usage(format!("the query cannot be used\n{text}"))
}
