//! `channel test`

use super::super::process::{ended, line};
use super::super::{CliError, Format, Global, show};
use super::pointed;
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::channels::delivered::Why;
use crate::channels::{Channel, Matcher};
use crate::config::Config;
use crate::event::Event;
use crate::item::{Action, Item};
use anstyle::{AnsiColor, Style};
use futures_util::StreamExt;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// Most items shown.
const SAMPLES: usize = 10;
/// Width of the longest bar.
const BAR: usize = 40;

/// An item the query would have got.
struct Got {
    day: String,
    /// Place in the order of arrival.
    place: usize,
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
    let channel = Channel {
        name: "test".into(),
        query: query.to_owned(),
    };
    let (matcher, refused) = Matcher::new(&[channel], &config.vocabulary());
    if let Some((_, problem)) = refused.into_iter().next() {
        return Err(pointed(query, problem));
    }
    let bus = global.connect(&config.settings.nats).await?;
    let messages = bus.read_from(StreamName::Items, None, since, false).await;
    let mut messages = Box::pin(messages.map_err(CliError::failed)?);
    let mut out = anstream::stdout().lock();
    // The newest revision of an article is the one that counts.
    let mut seen: HashMap<String, Option<Got>> = HashMap::new();
    let mut place = 0;
    while let Some(message) = messages.next().await {
        let message = message.map_err(CliError::failed)?;
        let event: Event = serde_json::from_slice(&message.payload).map_err(CliError::failed)?;
        let matches = matcher.matches(&event.data);
        let wanted = matches
            .first()
            .filter(|_| event.data.enrichment.action != Action::Kill);
        let id = event.data.enrichment.id.clone();
        let Some(found) = wanted else {
            seen.insert(id, None);
            continue;
        };
        let why = found.why.iter().map(Why::from).collect();
        if format == Format::Ndjson && ended(line(&mut out, &event))? {
            return Ok(());
        }
        place += 1;
        let got = Got {
            day: message.time.get(..10).unwrap_or_default().to_owned(),
            place,
            item: Box::new(event.data),
            why,
        };
        seen.insert(id, Some(got));
    }
    let all = seen.len();
    let mut got: Vec<Got> = seen.into_values().flatten().collect();
    got.sort_by_key(|g| g.place);
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
