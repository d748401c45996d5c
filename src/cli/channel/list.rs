//! `channel list`

use super::super::process::ended;
use super::super::{CliError, Global, show};
use crate::config::Config;
use crate::service::channels;
use anstyle::{AnsiColor, Style};
use std::io::Write;

pub(super) async fn list(global: &Global, config: &Config) -> Result<(), CliError> {
    let known = match global.connect(&config.settings.nats).await {
        Ok(bus) => channels::all(&bus, config)
            .await
            .map_err(CliError::failed)?,
        Err(_) => {
            let _ = writeln!(
                anstream::stderr(),
                "channels of the configuration only: there is no NATS to ask for others"
            );
            channels::of_file(config).collect()
        }
    };
    const NAME: Style = AnsiColor::Green.on_default();
    const STATE: Style = AnsiColor::Yellow.on_default();
    let mut out = anstream::stdout().lock();
    let width = known.iter().map(|k| k.name.len()).max().unwrap_or(0) + 2;
    for channel in &known {
        let name = show::pad(&channel.name, width);
        let state = match channel.standing() {
            None => "",
            Some("behind") => "  from the archive",
            Some(_) => "  paused",
        };
        if ended(writeln!(
            out,
            "{NAME}{name}{NAME:#}{}{STATE}{state}{STATE:#}",
            channel.query
        ))? {
            break;
        }
    }
    Ok(())
}
