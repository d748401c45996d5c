//! `channel list`

use super::super::process::ended;
use super::super::{CliError, Global, show};
use crate::channels::definition::Standing;
use crate::config::Config;
use anstyle::{AnsiColor, Style};
use std::io::Write;

pub(super) async fn list(global: &Global, config: &Config) -> Result<(), CliError> {
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for channel in &config.channels.list {
        rows.push((channel.name.clone(), channel.query.clone(), String::new()));
    }
    match global.connect(&config.settings.nats).await {
        Ok(bus) => {
            let added = bus.added_channels().await.map_err(CliError::failed)?;
            let added = added.into_iter().filter(|(name, _)| {
                let of_file = |row: &(String, String, String)| row.0 == *name;
                !rows.iter().any(of_file)
            });
            let more: Vec<_> = added
                .map(|(name, d)| (name, d.query.clone(), standing(&d.standing)))
                .collect();
            rows.extend(more);
        }
        Err(_) => {
            let _ = writeln!(
                anstream::stderr(),
                "channels of the configuration only: there is no NATS to ask for others"
            );
        }
    }
    const NAME: Style = AnsiColor::Green.on_default();
    const STATE: Style = AnsiColor::Yellow.on_default();
    let mut out = anstream::stdout().lock();
    let width = rows.iter().map(|r| r.0.len()).max().unwrap_or(0) + 2;
    for (name, query, state) in &rows {
        let name = show::pad(name, width);
        let space = if state.is_empty() { "" } else { "  " };
        if ended(writeln!(
            out,
            "{NAME}{name}{NAME:#}{query}{space}{STATE}{state}{STATE:#}"
        ))? {
            break;
        }
    }
    Ok(())
}

fn standing(standing: &Standing) -> String {
    match standing {
        Standing::Live { .. } => String::new(),
        Standing::Behind { .. } => "from the archive".to_owned(),
        Standing::Paused { .. } => "paused".to_owned(),
    }
}
