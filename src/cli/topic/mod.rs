//! `topic`: the newsroom's own topics, and people's word on single items.

mod archive;
mod decide;
mod learn;
mod suggest;
mod trial;

use super::{CliError, Global, block_on};
use crate::enrich::topics::TopicsConfig;
use std::path::PathBuf;

/// `copydesk topic`
#[derive(Debug, clap::Subcommand)]
pub(super) enum TopicCommand {
    /// Offer terms for a topic from the archive; nothing is changed
    #[command(
        after_help = "Copy those that fit into the topic's lists in topics.toml.\n\nExamples:\n  copydesk topic suggest heritage --config copydesk.toml\n  copydesk topic suggest heritage --since 90d --most 30\n  copydesk topic suggest heritage --from items.ndjson --format ndjson"
    )]
    Suggest(suggest::SuggestArgs),
    /// Learn a topic's head from examples, decisions and the archive; no other topic changes
    #[command(
        after_help = "A line of the examples: {\"headline\":\"…\",\"body\":\"…\",\"about\":true}. Decisions in the archive (topic assert, topic reject) are\nexamples too. The head is put into heads/NAME.json beside topics.toml, where the topic's line `head` names it.\n\nExamples:\n  copydesk topic learn heritage --examples heritage.ndjson --config copydesk.toml\n  copydesk topic learn heritage --config copydesk.toml                 from decisions and the archive\n  copydesk topic learn heritage --examples heritage.ndjson --alone     without an archive"
    )]
    Learn(learn::LearnArgs),
    /// Show what this configuration would do to stored items: gained, lost, unchanged
    #[command(
        after_help = "Change topics.toml in a copy of your configuration, test it, then put it in place.\n\nExamples:\n  copydesk topic test --config draft/copydesk.toml --since 7d\n  copydesk topic test heritage --config draft/copydesk.toml\n  copydesk topic test --from items.ndjson --format ndjson"
    )]
    Test(trial::TrialArgs),
    /// Set a topic on an item, whatever models say
    #[command(
        after_help = "Examples:\n  copydesk topic assert zzrb-20240105-02-k3v7q2ma heritage --by 龚岚"
    )]
    Assert(decide::DecideArgs),
    /// Take a topic off an item, whatever models say
    #[command(
        after_help = "Examples:\n  copydesk topic reject zzrb-20240105-02-k3v7q2ma economy --by 龚岚"
    )]
    Reject(decide::DecideArgs),
    /// Take a decision back: the topic is the model's again
    #[command(
        after_help = "Examples:\n  copydesk topic undo zzrb-20240105-02-k3v7q2ma economy --by 龚岚"
    )]
    Undo(decide::DecideArgs),
    /// List decisions
    #[command(
        after_help = "Examples:\n  copydesk topic decisions\n  copydesk topic decisions --topic heritage --format ndjson"
    )]
    Decisions(decide::DecisionsArgs),
}

pub(super) fn topic(global: &Global, command: &TopicCommand) -> Result<(), CliError> {
    use crate::item::Judgement::{Asserted, Rejected};
    match command {
        TopicCommand::Suggest(args) => block_on(suggest::suggest(global, args)),
        TopicCommand::Learn(args) => block_on(learn::learn(global, args)),
        TopicCommand::Test(args) => block_on(trial::trial(global, args)),
        TopicCommand::Assert(args) => block_on(decide::decide(global, args, Some(Asserted))),
        TopicCommand::Reject(args) => block_on(decide::decide(global, args, Some(Rejected))),
        TopicCommand::Undo(args) => block_on(decide::decide(global, args, None)),
        TopicCommand::Decisions(args) => block_on(decide::decisions(global, args)),
    }
}

/// The taxonomy file beside the configuration, where there is one.
fn file(global: &Global) -> Option<PathBuf> {
    let folder = global.config.as_ref()?.parent()?;
    Some(folder.join("topics.toml")).filter(|f| f.exists())
}

/// The taxonomy in force, its topics as written.
fn taxonomy(global: &Global) -> Result<TopicsConfig, CliError> {
    match file(global) {
        Some(file) => Ok(crate::config::topics(&file)?),
        None => TopicsConfig::parse(crate::enrich::topics::EMBEDDED).map_err(CliError::failed),
    }
}

/// Says which topics there are when one was named that is none.
fn known(taxonomy: &TopicsConfig, topic: &str) -> Result<(), CliError> {
    let ids = || taxonomy.topic.iter().map(|t| t.id.get_ref().as_str());
    if ids().any(|id| id == topic) {
        return Ok(());
    }
    let meant = crate::problem::nearest(topic, ids())
        .map(|id| format!("did you mean {id}? "))
        .unwrap_or_default();
    Err(CliError::Usage(format!(
        "there is no topic `{topic}`; {meant}The taxonomy in force has {}; a new one is added to topics.toml, named by --config",
        ids().collect::<Vec<_>>().join(", ")
    )))
}
