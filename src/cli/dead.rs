//! `dead`: what failed for good.

use super::{CliError, Global, process, show};
use crate::bus::dead::DeadLetter;
use anstyle::{AnsiColor, Style};
use std::io::Write;

/// `copydesk dead`
#[derive(Debug, clap::Subcommand)]
pub(super) enum DeadCommand {
    /// List dead letters, oldest first
    #[command(
        after_help = "Examples:\n  copydesk dead list\n  copydesk dead list --data /var/lib/copydesk"
    )]
    List,
    /// Show one whole, with its reason
    #[command(after_help = "Examples:\n  copydesk dead show 17")]
    Show {
        /// Its number, from the list
        number: u64,
    },
    /// Work on it again: an article or item goes back where it came from, a file is read again
    #[command(after_help = "Examples:\n  copydesk dead retry 17\n  copydesk dead retry --all")]
    Retry {
        /// Its number, from the list
        #[arg(required_unless_present = "all")]
        number: Option<u64>,
        /// All of them
        #[arg(long, conflicts_with = "number")]
        all: bool,
    },
}

const LABEL: Style = AnsiColor::BrightBlack.on_default();
const BAD: Style = AnsiColor::Red.on_default();

pub(super) async fn dead(global: &Global, command: &DeadCommand) -> Result<(), CliError> {
    let (_, bus) = global.open().await?;
    let mut out = anstream::stdout().lock();
    match command {
        DeadCommand::List => {
            let letters = bus.dead_letters().await.map_err(CliError::failed)?;
            process::ended(list(&mut out, &letters)).map(|_| ())
        }
        DeadCommand::Show { number } => {
            let letter = bus.dead_letter(*number).await.map_err(CliError::failed)?;
            process::ended(show_one(&mut out, &letter)).map(|_| ())
        }
        DeadCommand::Retry { number, .. } => {
            let letters = match number {
                Some(number) => vec![bus.dead_letter(*number).await.map_err(CliError::failed)?],
                None => bus.dead_letters().await.map_err(CliError::failed)?,
            };
            for letter in &letters {
                bus.revive(letter).await.map_err(CliError::failed)?;
                let _ = writeln!(
                    out,
                    "{} {} {} goes back to work",
                    letter.sequence,
                    letter.role,
                    what(letter)
                );
            }
            bus.close(std::time::Duration::from_secs(2)).await;
            Ok(())
        }
    }
}

fn list(out: &mut impl Write, letters: &[DeadLetter]) -> std::io::Result<()> {
    if letters.is_empty() {
        return writeln!(out, "no dead letters");
    }
    writeln!(
        out,
        "{LABEL}{:>6}  {:<26}{:<8}{:>6}  what and why{LABEL:#}",
        "number", "when", "role", "tries"
    )?;
    for letter in letters {
        writeln!(
            out,
            "{:>6}  {:<26}{}{:>6}  {}",
            letter.sequence,
            letter.time,
            show::pad(&letter.role, 8),
            letter.attempts,
            what(letter)
        )?;
        writeln!(out, "{:>50}{BAD}{}{BAD:#}", "", letter.reason)?;
    }
    Ok(())
}

fn show_one(out: &mut impl Write, letter: &DeadLetter) -> std::io::Result<()> {
    writeln!(
        out,
        "number    {}\nrole      {}\nwhat      {}\nwhen      {}\ntries     {}",
        letter.sequence,
        letter.role,
        what(letter),
        letter.time,
        letter.attempts
    )?;
    writeln!(
        out,
        "reason    {BAD}{}{BAD:#}\nsubject   {}\n",
        letter.reason, letter.subject
    )?;
    match serde_json::from_slice::<serde_json::Value>(&letter.payload) {
        Ok(json) => writeln!(out, "{json:#}"),
        Err(_) => writeln!(out, "{}", String::from_utf8_lossy(&letter.payload)),
    }
}

/// The article's id, or the file's name.
fn what(letter: &DeadLetter) -> String {
    let file = || {
        let json: serde_json::Value = serde_json::from_slice(&letter.payload).ok()?;
        Some(format!(
            "{}: {}",
            json.get("source")?.as_str()?,
            json.get("file")?.as_str()?
        ))
    };
    (letter.role == "watch")
        .then(file)
        .flatten()
        .unwrap_or_else(|| letter.id.clone())
}
