//! Queries over the archive: the filter of the list, and the trial of a channel.

use super::Desk;
use super::answer::Refusal;
use super::reader::millis;
use super::window::{Listed, Place, Row};
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::bus::sweep::Parts;
use crate::channels::delivered::Why;
use crate::event::Event;
use crate::service::trial::{Found, Trial};
use axum::Json;
use axum::extract::{Query as Asked, State};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Most items found that are listed, the newest.
const FOUND: usize = 5_000;
/// Most items of a trial that are shown.
const SAMPLES: usize = 20;
/// Most places named for a clause in them.
const HITS: usize = 5;
const DAY: Duration = Duration::from_secs(86_400);

#[derive(Debug, Deserialize)]
pub(super) struct Search {
    q: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Try {
    q: String,
    /// How far back; the whole archive without.
    #[serde(default)]
    days: String,
}

/// `GET /api/desk/search?q=`: items of the whole archive in their newest revision, oldest first.
pub(super) async fn search(
    State(desk): State<Arc<Desk>>,
    Asked(asked): Asked<Search>,
) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Answer<'a> {
        matched: usize,
        searched: usize,
        items: Vec<Listed<'a>>,
        /// Where the stream goes on.
        at: String,
    }
    let query = desk.query(&asked.q)?;
    let _turn = desk.turn().await?;
    let sweep = desk
        .bus
        .newest_of_each(StreamName::Items, 0, Parts::All)
        .await?;
    let end = sweep.end;
    let mut messages = std::pin::pin!(sweep.messages);
    let (mut searched, mut matched) = (0, 0);
    let mut found: VecDeque<Row> = VecDeque::new();
    while let Some(message) = messages.next().await {
        let message = message?;
        let Ok(event) = serde_json::from_slice::<Event>(&message.payload) else {
            continue;
        };
        searched += 1;
        if !query.holds(&event.data) {
            continue;
        }
        matched += 1;
        if found.len() == FOUND {
            found.pop_front();
        }
        found.push_back(Row::new(
            &event.data,
            message.sequence,
            millis(&message.time),
        ));
    }
    let window = desk.read();
    let at = window.at();
    let answer = Answer {
        matched,
        searched,
        items: found.iter().map(|row| window.list(row)).collect(),
        at: Place {
            items: at.items.min(end),
            ..at
        }
        .to_string(),
    };
    let answer = Json(answer).into_response();
    Ok(answer)
}

/// `GET /api/desk/trial?q=&days=`: what a channel with this query would have got.
pub(super) async fn trial(
    State(desk): State<Arc<Desk>>,
    Asked(asked): Asked<Try>,
) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Answer<'a> {
        matched: usize,
        searched: usize,
        /// Day and how many.
        days: Vec<(&'a str, usize)>,
        /// The newest, newest first.
        samples: Vec<&'a Sample>,
    }
    let vocabulary = desk.config.now().vocabulary();
    let trial = Trial::of(&asked.q, &vocabulary).map_err(|p| Refusal::query(&asked.q, p))?;
    let since = match asked.days.as_str() {
        "" => Since::Start,
        days => {
            let days: u32 = days
                .parse()
                .map_err(|_| Refusal::Bad(format!("`{days}` is no number of days")))?;
            Since::Ago(DAY * days)
        }
    };
    let _turn = desk.turn().await?;
    let outcome = trial
        .run(&desk.bus, since, |found| Some(Sample::of(found)))
        .await?;
    let (searched, kept) = outcome.map_or((0, Vec::new()), |o| (o.searched, o.kept));
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in &kept {
        *days
            .entry(sample.time.get(..10).unwrap_or_default())
            .or_default() += 1;
    }
    let answer = Answer {
        matched: kept.len(),
        searched,
        days: days.into_iter().collect(),
        samples: kept.iter().rev().take(SAMPLES).collect(),
    };
    Ok(Json(answer).into_response())
}

/// An item a query would have got.
#[derive(Debug, Serialize)]
struct Sample {
    id: String,
    title: String,
    time: String,
    why: Vec<Why>,
}

impl Sample {
    fn of(found: Found) -> Self {
        let item = found.event.data;
        let mut why = found.why;
        for clause in &mut why {
            clause.hits.truncate(HITS);
        }
        Self {
            id: item.enrichment.id,
            title: item.item.title,
            time: found.time,
            why,
        }
    }
}
