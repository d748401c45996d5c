//! What is in `deploy/`, each checked by the tool that is going to read it. Where that tool cannot be had a test says so and skips.
#![cfg(test)]
#![allow(clippy::print_stdout, reason = "a test that skips says so")]

mod containers;
mod nats;
mod package;
mod shell;
#[path = "../support/mod.rs"]
mod support;
mod systemd;

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file or folder of the checkout.
fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a tool to its end; `None`, said aloud, where there is none.
fn tool(command: &mut Command) -> Option<support::Ran> {
    let name = command.get_program().to_string_lossy().into_owned();
    if command.output().is_err() {
        println!("skipped: {name} cannot be had here");
        return None;
    }
    Some(support::finish(command, ""))
}
