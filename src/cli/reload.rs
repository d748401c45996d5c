//! Takes up changes of the configuration while the daemon runs: when a file of it changes, and on SIGHUP. A broken change
//! keeps what is in force, and says why; a broken channel keeps itself alone.

use super::{CliError, systemd};
use crate::config::{Config, ConfigError, Settings};
use crate::service::Change;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::Signal;

/// How often the files are looked at. Looking costs four `stat`s, works on every file system and through links, which
/// events of a file system do not.
const LOOK: Duration = Duration::from_millis(400);

/// Another configuration, and what is wrong with channels of the file that are not in it as written there.
pub(super) type Reloaded = (Config, Option<ConfigError>);

/// What a file looked like: nothing while it is not there.
type Looks = Vec<Option<(SystemTime, u64)>>;

/// Follows the files until dropped.
pub(super) async fn follow(
    files: Vec<PathBuf>,
    mut hangup: Signal,
    change: Change,
    load: impl Fn(&Config) -> Result<Reloaded, CliError> + Clone + Send + 'static,
) {
    let mut tick = tokio::time::interval(LOOK);
    let mut in_force = looks(&files);
    let mut before = in_force.clone();
    loop {
        let told = tokio::select! {
            _ = tick.tick() => false,
            Some(()) = hangup.recv() => true,
        };
        let now = looks(&files);
        // Seen twice alike: not in the middle of being written.
        let settled = std::mem::replace(&mut before, now.clone()) == now;
        if !told && (now == in_force || !settled) {
            continue;
        }
        in_force = now;
        systemd::reloading();
        let (load, in_use) = (load.clone(), change.now());
        match tokio::task::spawn_blocking(move || load(&in_use)).await {
            Ok(Ok(reloaded)) => take_up(&change, reloaded),
            Ok(Err(error)) => {
                let why = match &error {
                    CliError::Config(config) => config.report(&plain()),
                    other => other.to_string(),
                };
                change.refuse(match &error {
                    CliError::Config(config) => config.brief(),
                    other => other.to_string(),
                });
                tracing::error!(
                    "the changed configuration is not taken up, what was in force stays:\n{why}"
                );
            }
            Err(error) => {
                tracing::error!(%error, "reading the configuration panicked; what was in force stays")
            }
        }
        systemd::reloaded();
    }
}

fn take_up(change: &Change, (config, refused): Reloaded) {
    let fixed = needs_restart(&change.now().settings, &config.settings);
    change.replace(config);
    tracing::info!("the changed configuration is in force");
    if let Some(refused) = refused {
        change.refuse(format!(
            "{}; the other channels are in force",
            refused.brief()
        ));
        tracing::error!(
            "channels are refused, and stay what they were before; the others are in force:\n{}",
            refused.report(&plain())
        );
    }
    if !fixed.is_empty() {
        let keys = fixed.join(", ");
        tracing::warn!("changed, but in force only after a restart: {keys}");
    }
}

/// Tables that are read at start alone and differ.
fn needs_restart(old: &Settings, new: &Settings) -> Vec<&'static str> {
    [
        ("[nats]", old.nats != new.nats),
        ("[broker]", old.broker != new.broker),
        ("[quiet]", old.quiet != new.quiet),
        ("[streams]", old.streams != new.streams),
        ("[web]", old.web != new.web),
        ("[telemetry]", old.telemetry != new.telemetry),
        ("[daemon]", old.daemon != new.daemon),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// For a log: no colours.
fn plain() -> miette::GraphicalReportHandler {
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
}

fn looks(files: &[PathBuf]) -> Looks {
    let look = |file: &PathBuf| {
        let meta = std::fs::metadata(file).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    files.iter().map(look).collect()
}
