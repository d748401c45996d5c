//! `channel`: list the channels, test a query.

use super::process::{ended, line};
use super::show::{self, Extent};
use super::{CliError, Format, Global, block_on};
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::channels::{Channel, Matcher};
use crate::config::Mistake;
use crate::event::Event;
use anstyle::{AnsiColor, Style};
use futures_util::StreamExt;
use std::io::Write;

/// `copydesk channel`
#[derive(Debug, clap::Subcommand)]
pub(super) enum ChannelCommand {
    /// List channels with their queries
    #[command(
        after_help = "Examples:\n  copydesk channel list\n  copydesk channel list --config /etc/copydesk/copydesk.toml"
    )]
    List,
    /// Show what a query would have got from the items stored
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
}

pub(super) fn channel(global: &Global, command: &ChannelCommand) -> Result<(), CliError> {
    let config = global.load()?;
    match command {
        ChannelCommand::List => {
            const NAME: Style = AnsiColor::Green.on_default();
            let mut out = anstream::stdout().lock();
            let width = config
                .channels
                .list
                .iter()
                .map(|c| c.name.len())
                .max()
                .unwrap_or(0)
                + 2;
            for channel in &config.channels.list {
                if ended(writeln!(
                    out,
                    "{NAME}{}{NAME:#}{}",
                    show::pad(&channel.name, width),
                    channel.query
                ))? {
                    break;
                }
            }
            Ok(())
        }
        ChannelCommand::Test {
            query,
            since,
            format,
        } => {
            let channel = Channel {
                name: "test".into(),
                query: query.clone(),
            };
            let (matcher, refused) = Matcher::new(&[channel], &config.vocabulary());
            if let Some((_, problem)) = refused.into_iter().next() {
                return Err(pointed(query, problem));
            }
            block_on(test(global, &matcher, *since, *format))
        }
    }
}

/// A mistake in a query, with a caret under it.
fn pointed(query: &str, problem: crate::problem::Problem) -> CliError {
    let mut text = String::new();
    let _ = miette::GraphicalReportHandler::new()
        .render_report(&mut text, &Mistake::new("query", query, problem));
    CliError::Usage(format!("the query cannot be used\n{text}"))
}

async fn test(
    global: &Global,
    matcher: &Matcher,
    since: Since,
    format: Format,
) -> Result<(), CliError> {
    let (_, bus) = global.open().await?;
    let messages = bus
        .read_from(StreamName::Items, None, since, false)
        .await
        .map_err(CliError::failed)?;
    let mut messages = Box::pin(messages);
    let (mut seen, mut matched) = (0, 0);
    let mut out = anstream::stdout().lock();
    while let Some(message) = messages.next().await {
        let message = message.map_err(CliError::failed)?;
        let event: Event = serde_json::from_slice(&message.payload).map_err(CliError::failed)?;
        seen += 1;
        if matcher.matches(&event.data).is_empty() {
            continue;
        }
        matched += 1;
        let written = match format {
            Format::Pretty => show::item(&mut out, &event.data, None, Extent::Lead),
            Format::Ndjson => line(&mut out, &event),
        };
        if ended(written)? {
            return Ok(());
        }
    }
    let _ = writeln!(anstream::stderr(), "{matched} of {seen} items match");
    Ok(())
}
