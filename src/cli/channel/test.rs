//! `channel test`

use super::super::process::{ended, line};
use super::super::{CliError, Format, Global, show};
use super::pointed;
use crate::bus::archive::Since;
use crate::channels::delivered::Why;
use crate::config::Config;
use crate::item::Item;
use crate::service::trial::{Found, Trial};
use anstyle::{AnsiColor, Style};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Most items shown.
const SAMPLES: usize = 10;
/// Width of the longest bar.
const BAR: usize = 40;

/// An item the query would have got.
struct Got {
    day: String,
    item: Box<Item>,
    why: Vec<Why>,
}

pub(super) async fn test(
    global: &Global,
    config: &Config,
    query: &str,
    since: Since,
    format: Format,
) -> Result<(), CliError> {
    let trial = Trial::of(query, &config.vocabulary()).map_err(|p| pointed(query, p))?;
    let bus = global.connect(&config.settings.nats).await?;
    let mut out = anstream::stdout().lock();
    let mut fault = None;
    let keep = |found: Found| {
        if format == Format::Ndjson {
            match ended(line(&mut out, &found.event)) {
                Ok(false) => {}
                Ok(true) => return None,
                Err(error) => {
                    fault = Some(error);
                    return None;
                }
            }
        }
        Some(Got {
            day: found.time.get(..10).unwrap_or_default().to_owned(),
            item: Box::new(found.event.data),
            why: found.why,
        })
    };
    let outcome = trial.run(&bus, since, keep).await;
    let outcome = outcome.map_err(CliError::failed)?;
    if let Some(error) = fault {
        return Err(error);
    }
    let Some(outcome) = outcome else {
        return Ok(());
    };
    let (all, got) = (outcome.searched, outcome.kept);
    if format == Format::Pretty && ended(print(&mut out, &got))? {
        return Ok(());
    }
    let _ = writeln!(anstream::stderr(), "{} of {all} items match", got.len());
    Ok(())
}

/// How many a day, and the newest ones.
fn print(out: &mut impl Write, got: &[Got]) -> io::Result<()> {
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    const STRONG: Style = Style::new().bold();
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    for g in got {
        *days.entry(&g.day).or_default() += 1;
    }
    let most = days.values().copied().max().unwrap_or(1);
    for (day, count) in &days {
        let bar = "▪".repeat((count * BAR).div_ceil(most));
        writeln!(out, "{day}{count:>7}  {LABEL}{bar}{LABEL:#}")?;
    }
    for g in got.iter().rev().take(SAMPLES) {
        let title = &g.item.item.title;
        let id = &g.item.enrichment.id;
        writeln!(out, "\n{STRONG}{title}{STRONG:#} {LABEL}{id}{LABEL:#}")?;
        show::why(out, &g.item, &g.why)?;
    }
    Ok(())
}
