//! Texts to learn from and to test on: the items stored, or a file of them.

use crate::bus::layout::StreamName;
use crate::bus::sweep::Parts;
use crate::cli::{CliError, Global};
use crate::event::Event;
use crate::item::{Action, Item, Judgement};
use futures_util::StreamExt;
use indicatif::ProgressBar;
use serde::Deserialize;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which texts.
#[derive(Debug, clap::Args)]
pub(super) struct ArchiveArgs {
    /// Read items from a file instead of the archive: events as `tail --format ndjson` prints them, or {"headline","body"} a line
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Only items stored at most so long ago: 15m, 2h, 7d
    #[arg(long, value_name = "AGE", value_parser = crate::cli::tail::age, conflicts_with = "from")]
    since: Option<Duration>,
}

/// A text.
#[derive(Debug)]
pub(super) struct Text {
    /// Empty in a file without ids.
    pub(super) id: String,
    pub(super) headline: String,
    pub(super) body: String,
    /// As it is stored; `None` for a bare text.
    pub(super) item: Option<Item>,
}

impl Text {
    /// A person's word on it.
    pub(super) fn decided(&self, topic: &str) -> Option<bool> {
        let decisions = &self.item.as_ref()?.enrichment.decisions;
        let decision = decisions.iter().find(|d| d.topic == topic)?;
        Some(decision.verdict == Judgement::Asserted)
    }
}

impl From<Item> for Text {
    fn from(item: Item) -> Self {
        Self {
            id: item.enrichment.id.clone(),
            headline: item.headline().to_owned(),
            body: item.body().to_owned(),
            item: Some(item),
        }
    }
}

/// A line of a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Event(Box<Event>),
    Text {
        #[serde(default)]
        id: String,
        #[serde(default)]
        headline: String,
        body: String,
    },
}

/// Calls `each` with every text: the newest revision of each item, but for killed ones.
pub(super) async fn texts(
    global: &Global,
    args: &ArchiveArgs,
    mut each: impl FnMut(Text) -> Result<(), CliError>,
) -> Result<(), CliError> {
    if let Some(file) = &args.from {
        return lines(file, |line: Line| {
            each(match line {
                Line::Event(event) => event.data.into(),
                Line::Text { id, headline, body } => Text {
                    id,
                    headline,
                    body,
                    item: None,
                },
            })
        });
    }
    let (_, bus) = global.open().await?;
    let oldest = args
        .since
        .and_then(|age| jiff::Timestamp::now().checked_sub(age).ok());
    let sweep = bus.newest_of_each(StreamName::Items, 0, Parts::All).await;
    let sweep = sweep.map_err(CliError::failed)?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(sweep.total),
        false => ProgressBar::hidden(),
    };
    let mut messages = std::pin::pin!(sweep.messages);
    while let Some(message) = messages.next().await {
        let message = message.map_err(CliError::failed)?;
        bar.inc(1);
        let stored = message.time.parse::<jiff::Timestamp>();
        if oldest.is_some_and(|oldest| stored.is_ok_and(|stored| stored < oldest)) {
            continue;
        }
        let event: Event = serde_json::from_slice(&message.payload)
            .map_err(|e| CliError::Failed(format!("{}: {e}", message.subject)))?;
        if event.data.enrichment.action != Action::Kill {
            bar.suspend(|| each(event.data.into()))?;
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Calls `each` with every line of a file of one JSON a line.
pub(super) fn lines<T: serde::de::DeserializeOwned>(
    file: &Path,
    mut each: impl FnMut(T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let failed = |why: String| CliError::Failed(format!("{}{why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| failed(format!(": {e}")))?;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let line =
            serde_json::from_str(line).map_err(|e| failed(format!(" line {number}: {e}")))?;
        each(line)?;
    }
    Ok(())
}
