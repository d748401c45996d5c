//! `train`: makes the models copydesk comes with from text. A command for developers, run in a checkout.

mod entities;
mod topics;

use super::CliError;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::Command;

/// `copydesk train`
#[derive(Debug, clap::Subcommand)]
pub(super) enum TrainCommand {
    /// The entity tagger's word list and weights, models/entities.bin
    Entities(entities::EntitiesArgs),
    /// The topic model, models/topics.bin
    Topics(topics::TopicsArgs),
}

pub(super) fn train(command: &TrainCommand) -> Result<(), CliError> {
    match command {
        TrainCommand::Entities(args) => entities::train(args),
        TrainCommand::Topics(args) => topics::train(args),
    }
}

/// The text of a file; `.xz` is unpacked with the program of that name.
fn text(file: &Path) -> Result<String, CliError> {
    let failed = |why: String| CliError::Failed(format!("{}: {why}", file.display()));
    if file.extension().is_none_or(|e| e != "xz") {
        return std::fs::read_to_string(file).map_err(|e| failed(e.to_string()));
    }
    let unpacked = Command::new("xz")
        .args(["--decompress", "--stdout", "--"])
        .arg(file)
        .output()
        .map_err(|e| {
            failed(format!(
                "it is read by the program xz: {e}; install xz-utils"
            ))
        })?;
    if !unpacked.status.success() {
        return Err(failed(
            String::from_utf8_lossy(&unpacked.stderr).trim().to_owned(),
        ));
    }
    String::from_utf8(unpacked.stdout).map_err(|e| failed(e.to_string()))
}

/// A file of one JSON a line.
fn lines<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Vec<T>, CliError> {
    text(file)?
        .lines()
        .enumerate()
        .map(|(n, line)| {
            serde_json::from_str(line)
                .map_err(|e| CliError::Failed(format!("{} line {}: {e}", file.display(), n + 1)))
        })
        .collect()
}

/// Shows the stages of long work: a bar on a terminal, a line each elsewhere.
struct Stages {
    bar: ProgressBar,
    lines: bool,
}

impl Stages {
    fn new(stages: u64) -> Self {
        let lines = !std::io::stderr().is_terminal();
        let bar = match lines {
            true => ProgressBar::hidden(),
            false => ProgressBar::new(stages),
        };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed:>4} {msg}") {
            bar.set_style(style);
        }
        Self { bar, lines }
    }

    /// A stage begins.
    fn begin(&self, stage: String) {
        if self.lines {
            let _ = writeln!(std::io::stderr(), "{stage}");
        }
        self.bar.set_message(stage);
        self.bar.inc(1);
        self.bar.tick();
    }

    fn end(self) {
        self.bar.finish_and_clear();
    }
}
