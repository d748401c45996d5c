//! `completions` and `man`: what a shell and `man` know of the command line, made from the command line itself.

use super::process::ended;
use super::{Cli, CliError};
use clap::CommandFactory;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `copydesk completions`
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// Shell it is for
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// `copydesk man`
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Folder to write a page for every command to, instead of the page of copydesk to stdout
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "copydesk", &mut script);
    print(&script)
}

pub(super) fn man(args: &ManArgs) -> Result<(), CliError> {
    match &args.out {
        None => {
            let mut page = Vec::new();
            let written = clap_mangen::Man::new(command()).render(&mut page);
            written.map_err(CliError::failed)?;
            print(&page)
        }
        Some(folder) => pages(folder)
            .map_err(|e| CliError::Failed(format!("cannot write to {}: {e}", folder.display()))),
    }
}

fn pages(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)
}

/// As a manual knows it: `copydesk help` is no page of its own.
fn command() -> clap::Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

fn print(bytes: &[u8]) -> Result<(), CliError> {
    ended(std::io::stdout().lock().write_all(bytes)).map(|_| ())
}
