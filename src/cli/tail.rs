//! `tail`: what a channel gets.

use super::process::ended;
use super::show::{self, Extent};
use super::{CliError, Format, Global};
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::channels::delivered::delivery;
use crate::event::Event;
use futures_util::StreamExt;
use std::io::Write;
use std::time::Duration;

/// `copydesk tail`
#[derive(Debug, clap::Args)]
pub(super) struct TailArgs {
    /// Channel; '*' for all of them
    channel: String,
    /// Begin so far back: 90s, 15m, 2h, 7d, or `start`
    #[arg(long, value_name = "AGE", value_parser = since)]
    since: Option<Since>,
    /// End with what is there instead of waiting for more
    #[arg(long)]
    no_follow: bool,
    /// End after so many items
    #[arg(long, value_name = "N")]
    count: Option<usize>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

pub(super) async fn tail(global: &Global, args: &TailArgs) -> Result<(), CliError> {
    if args.channel != "*" && !crate::config::is_token(&args.channel) {
        return Err(CliError::Usage(format!(
            "`{}` is no channel name; `copydesk channel list` shows them",
            args.channel
        )));
    }
    let (_, bus) = global.open().await?;
    let filter = bus.names().channel(&args.channel, "*");
    let since = args.since.unwrap_or(if args.no_follow {
        Since::Start
    } else {
        Since::Now
    });
    let messages = bus
        .read_from(StreamName::Channels, Some(filter), since, !args.no_follow)
        .await
        .map_err(CliError::failed)?;
    let mut messages = Box::pin(messages.take(args.count.unwrap_or(usize::MAX)));
    let mut out = anstream::stdout().lock();
    while let Some(message) = messages.next().await {
        let message = message.map_err(CliError::failed)?;
        let event: Event = serde_json::from_slice(&message.payload).map_err(|e| {
            CliError::Failed(format!(
                "message {} on {}: {e}",
                message.sequence, message.subject
            ))
        })?;
        let channel = message.subject.rsplit('.').nth(1);
        let written = match args.format {
            Format::Pretty => {
                let why = delivery(&message.payload).map_or(Vec::new(), |d| d.why);
                let channel = channel.map(|c| (c, &why[..]));
                show::item(&mut out, &event.data, channel, Extent::Lead)
            }
            // As it came, with the reason.
            Format::Ndjson => out.write_all(&message.payload).and_then(|()| writeln!(out)),
        };
        if ended(written.and_then(|()| out.flush()))? {
            break;
        }
    }
    Ok(())
}

/// `90s`, `15m`, `2h`, `7d`, `start`.
pub(super) fn since(text: &str) -> Result<Since, String> {
    if text == "start" {
        return Ok(Since::Start);
    }
    age(text).map(Since::Ago)
}

/// `90s`, `15m`, `2h`, `7d`.
pub(super) fn age(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no age; write 90s, 15m, 2h or 7d");
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text
        .get(..text.len() - 1)
        .and_then(|n| n.parse().ok())
        .ok_or_else(wrong)?;
    number
        .checked_mul(unit)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_anything_else_is_told_how() {
        assert_eq!(since("2d"), Ok(Since::Ago(Duration::from_secs(172_800))));
        assert_eq!(since("start"), Ok(Since::Start));
        for bad in [
            "",
            "d",
            "2",
            "2w",
            "-1h",
            "两天",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert!(since(bad).unwrap_err().contains("15m"), "{bad}");
        }
    }
}
