//! The log: on stderr, readable for a person and JSON for a program.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

/// Starts the log. `filter` is a level or a tracing filter such as `info,copydesk::watch=debug`.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(format: LogFormat, filter: &str) -> Result<(), String> {
    // The client library's own talk repeats ours and shows addresses; it can still be asked for by name.
    let filter = EnvFilter::try_new(format!("async_nats=off,{filter}"))
        .map_err(|e| format!("--log `{filter}`: {e}; give a level (error, warn, info, debug, trace) or a filter such as info,copydesk::watch=debug"))?;
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let json = match format {
        LogFormat::Auto => !terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    // A second start in one process (tests) keeps the first.
    let _ = if json {
        builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init()
    } else {
        let colour = terminal && std::env::var_os("NO_COLOR").is_none();
        builder
            .with_ansi(colour)
            .with_target(false)
            .compact()
            .try_init()
    };
    Ok(())
}
