//! A subscriber of copydesk in Rust. Needs async-nats (features jetstream, ring), clap (derive), futures-util, serde_json and tokio
//! (full); here: `cargo run --example subscribe -- URL CHANNEL …`.
//!
//! URL is the line in `.copydesk/nats.url`. With a user that `copydesk channel grant` made, `--durable` is that user.
//! Prints a line for each change: action, id.revision, headline.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints what it gets"
)]

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{self, Message};
use async_nats::{ConnectOptions, Error, ServerAddr};
use clap::Parser;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

const STREAM: &str = "COPYDESK_CHANNELS";

/// Without --since and --durable: live, what comes from now on.
#[derive(Parser)]
struct Args {
    url: ServerAddr,
    channel: String,
    /// Replay what the channel holds, then live: `start`, or a number of hours
    #[arg(long)]
    since: Option<String>,
    /// Nothing missed: the server remembers how far NAME came
    #[arg(long, value_name = "NAME")]
    durable: Option<String>,
    /// End after so many changes
    #[arg(long)]
    count: Option<usize>,
}

/// Newest revision of every article and its headline; keep them where you keep the items. What was taken away leaves its
/// revision behind, so that nothing older brings it back.
#[derive(Default)]
struct Items(HashMap<String, (u64, Option<String>)>);

impl Items {
    /// Whether it changes anything: a message may come twice, or behind a later one of the same article.
    fn apply(&mut self, event: &Value) -> bool {
        let (item, enrichment) = (&event["data"]["item"], &event["data"]["enrichment"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let revision = enrichment["revision"].as_u64().unwrap_or(0);
        let newest = self.0.entry(text(&event["subject"])).or_default();
        if revision <= newest.0 {
            return false;
        }
        let gone = enrichment["action"] == "kill" || enrichment["action"] == "withdraw";
        *newest = (revision, (!gone).then(|| text(&item["title"])));
        true
    }
}

/// Messages of a consumer that the server remembers, or in order without one.
async fn messages(
    client: async_nats::Client,
    args: &Args,
) -> Result<BoxStream<'static, Result<Message, Error>>, Error> {
    let stream = jetstream::new(client).get_stream_no_info(STREAM).await?;
    let filter_subject = format!("copydesk.channel.{}.*", args.channel);
    if let Some(name) = &args.durable {
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject,
            ..pull::Config::default()
        };
        let consumer = stream.get_or_create_consumer(name, config).await?;
        return Ok(consumer.messages().await?.err_into().boxed());
    }
    let deliver_policy = match args.since.as_deref() {
        None => DeliverPolicy::New,
        Some("start") => DeliverPolicy::All,
        Some(hours) => DeliverPolicy::ByStartTime {
            start_time: (SystemTime::now() - Duration::from_secs(3600 * hours.parse::<u64>()?))
                .into(),
        },
    };
    let config = pull::OrderedConfig {
        filter_subject,
        deliver_policy,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await?;
    Ok(consumer.messages().await?.err_into().boxed())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let args = Args::parse();
    let mut options = ConnectOptions::new();
    if let (Some(user), Some(password)) = (args.url.username(), args.url.password()) {
        options = options.user_and_password(user.into(), password.into());
    }
    if let Some(name) = &args.durable {
        // A granted user hears the inboxes of its own name only.
        options = options.custom_inbox_prefix(format!("_INBOX_{name}"));
    }
    let address = format!("{}:{}", args.url.host(), args.url.port());
    let client = options.connect(address).await?;
    let mut messages = messages(client, &args).await?;
    eprintln!("listening");
    let (mut items, mut changes) = (Items::default(), 0);
    while let Some(message) = messages.try_next().await? {
        let event: Value = serde_json::from_slice(&message.payload)?;
        if items.apply(&event) {
            let action = event["data"]["enrichment"]["action"]
                .as_str()
                .unwrap_or_default();
            let (id, title) = (
                event["id"].as_str(),
                event["data"]["item"]["title"].as_str(),
            );
            println!(
                "{action} {} {}",
                id.unwrap_or_default(),
                title.unwrap_or_default()
            );
            changes += 1;
        }
        if args.durable.is_some() {
            message.double_ack().await?;
        }
        if Some(changes) == args.count {
            break;
        }
    }
    Ok(())
}
