//! What an editor changes: topics of an item, an item killed, channels. The same functions as on the command line.

use super::Desk;
use super::answer::Refusal;
use crate::bus::archive::Since;
use crate::bus::layout::StreamName;
use crate::item::Judgement;
use crate::service::amend::Amended;
use crate::service::define::{self, Wanted};
use crate::service::kill::{self, Killed};
use crate::service::{channels, decisions};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Longest name of whoever decides, code points.
const NAME: usize = 80;
/// Longest reason and note.
const REASON: usize = 500;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    topic: String,
    verdict: Verdict,
    by: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Assert,
    Reject,
    Undo,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kill {
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Define {
    query: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    backfill: bool,
}

/// What was done, for a person.
#[derive(Serialize)]
struct Said {
    said: String,
}

fn said(text: String) -> Response {
    Json(Said { said: text }).into_response()
}

/// A text a person wrote, not empty and not too long.
fn line(text: &str, what: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= most && !text.contains(char::is_control);
    match good {
        true => Ok(text.to_owned()),
        false => Err(Refusal::Bad(format!(
            "{what}: say it in one line of at most {most} characters"
        ))),
    }
}

/// `POST /api/desk/items/{id}/topics`
pub(super) async fn decide(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Json(told): Json<Decide>,
) -> Result<Response, Refusal> {
    let by = line(&told.by, "who decides", NAME)?;
    let missing = || Refusal::Missing(format!("there is no item {id}"));
    let subject = desk.bus.names().item_of(&id).ok_or_else(missing)?;
    let config = desk.config.now();
    let topics = &config.models.topics;
    let verdict = match told.verdict {
        Verdict::Assert => Some(Judgement::Asserted),
        Verdict::Reject => Some(Judgement::Rejected),
        Verdict::Undo => None,
    };
    if verdict.is_some() && !topics.topics().any(|t| t.id == told.topic) {
        return Err(Refusal::Bad(format!("there is no topic `{}`", told.topic)));
    }
    let done = decisions::decide(&desk.bus, &subject, &told.topic, verdict, &by, topics).await?;
    match done {
        Amended::Published(items) => {
            let revision = items.1.enrichment.revision;
            Ok(said(format!("decided: this is revision {revision}")))
        }
        Amended::Unchanged => Ok(said("it was so already".to_owned())),
        Amended::Killed => Err(Refusal::Conflict(format!(
            "{id} is killed, and stays as it is"
        ))),
        Amended::Missing => Err(missing()),
    }
}

/// `POST /api/desk/items/{id}/kill`
pub(super) async fn kill(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Json(told): Json<Kill>,
) -> Result<Response, Refusal> {
    let reason = line(&told.reason, "the reason", REASON)?;
    let missing = || Refusal::Missing(format!("there is no item {id}"));
    let subject = desk.bus.names().item_of(&id).ok_or_else(missing)?;
    // What waits to be enriched now came before the kill, and does not bring it back.
    let order = desk.bus.newest_order(StreamName::Articles).await?;
    match kill::kill(&desk.bus, &subject, &reason, Some(order)).await? {
        Killed::By(revision) => Ok(said(format!("killed by revision {revision}"))),
        Killed::Before => Ok(said("it was killed before".to_owned())),
        Killed::Unknown => Err(missing()),
    }
}

/// `GET /api/desk/channels`
pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Result<Response, Refusal> {
    Ok(Json(known(&desk).await?).into_response())
}

/// A channel, for the page.
#[derive(Serialize)]
pub(super) struct Told {
    name: String,
    query: String,
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
    /// It belongs to the configuration and is changed there.
    fixed: bool,
}

/// Every channel.
pub(super) async fn known(desk: &Desk) -> Result<Vec<Told>, Refusal> {
    let all = channels::all(&desk.bus, &desk.config.now()).await?;
    let told = all.into_iter().map(|known| Told {
        standing: known.standing(),
        fixed: known.definition.is_none(),
        note: known.definition.map(|d| d.note).unwrap_or_default(),
        name: known.name,
        query: known.query,
    });
    Ok(told.collect())
}

/// `PUT /api/desk/channels/{name}`
pub(super) async fn define(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    Json(told): Json<Define>,
) -> Result<Response, Refusal> {
    let note = match told.note.trim() {
        "" => String::new(),
        note => line(note, "the note", REASON)?,
    };
    let wanted = Wanted {
        name: name.clone(),
        query: told.query.clone(),
        note,
        terms: None,
        backfill: told.backfill.then_some(Since::Start),
        replace: told.replace,
    };
    let added = define::add(&desk.bus, &desk.config.now(), &wanted).await;
    let behind = added.map_err(|e| Refusal::define(&told.query, e))?;
    let more = match behind {
        true => " and gets what the archive has for it",
        false => "",
    };
    Ok(said(format!("channel {name} is there{more}")))
}

/// `DELETE /api/desk/channels/{name}`
pub(super) async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let removed = define::remove(&desk.bus, &desk.config.now(), &name).await;
    removed.map_err(|e| Refusal::define("", e))?;
    Ok(said(format!("channel {name} is removed")))
}
