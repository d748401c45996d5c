//! Prints every complete file of a folder as the watcher hands it out: length, SHA-256, path, with tabs between.
//!
//! ```text
//! cargo run --release --example watch_print -- FOLDER
//! ```
//!
//! `make bench-watchers` sets it beside other watchers (benches/peer/watchers.py).

#![allow(clippy::print_stdout, reason = "what it prints is its result")]

use copydesk::event::sha256_hex;
use copydesk::watch::{Inbox, InboxOptions, Outcome};
use std::error::Error;
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: watch_print FOLDER")?;
    let mut inbox = Inbox::open(InboxOptions::new("print", folder))?;
    let handle = inbox.handle();
    while let Some(candidate) = inbox.next().await {
        let outcome = match candidate.read(u64::MAX) {
            Ok(bytes) => {
                let (hash, name) = (sha256_hex(&bytes), candidate.display_name());
                println!("{}\t{hash}\t{name}", bytes.len());
                Outcome::Done
            }
            // It changed or went away since: handed out again when it is complete.
            Err(_) => Outcome::Retry {
                after: Duration::ZERO,
            },
        };
        handle.finish(candidate, outcome).await?;
    }
    Ok(())
}
