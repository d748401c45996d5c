//! One item: its revisions, why it went where, and the lines it was read from.

use super::Desk;
use super::answer::Refusal;
use super::window::{Listed, Place};
use crate::article::ArticleOrigin;
use crate::bus::archive::{Message, Since};
use crate::bus::layout::StreamName;
use crate::channels::Query;
use crate::channels::plan::Record;
use crate::config::Config;
use crate::event::{Event, sha256_hex};
use crate::item::{Action, Item};
use crate::service::channels::{self, Answer};
use axum::Json;
use axum::extract::{Path, Query as Asked, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;

/// Lines shown before and after those that were read.
const AROUND: usize = 2;
/// Most channels of an item that are explained.
const CHANNELS: usize = 200;

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    revision: Option<u32>,
}

/// A revision, in a list of them.
#[derive(Serialize)]
struct Revision {
    revision: u32,
    action: Action,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Shown<'a> {
    event: &'a Event,
    revisions: Vec<Revision>,
    why: Vec<Answer<'a>>,
    /// The body of the revision before.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
}

#[derive(Serialize)]
struct Files {
    files: Vec<Source>,
}

/// Lines of a file.
#[derive(Debug, PartialEq, Serialize)]
struct Source {
    file: String,
    encoding: &'static str,
    lines: Vec<Line>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Line {
    n: usize,
    text: String,
    /// The item was read from it; else it stands beside.
    read: bool,
}

/// `GET /api/desk/items`: every row, oldest first, and where the stream goes on.
pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Response {
    #[derive(Serialize)]
    struct List<'a> {
        items: Vec<Listed<'a>>,
        at: String,
    }
    let window = desk.read();
    let list = List {
        items: window.listed().collect(),
        at: Place::to_string(&window.at()),
    };
    let json = serde_json::to_vec(&list).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

/// `GET /api/desk/items/{id}?revision=`
pub(super) async fn item(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Asked(which): Asked<Which>,
) -> Result<Response, Refusal> {
    let all = revisions(&desk, &id).await?;
    let (at, event) = chosen(&all, &which)?;
    let record = desk.bus.record(&id).await?.map(|kept| kept.value);
    let known = queries(&desk, record.as_ref()).await?;
    let shown = Shown {
        event,
        revisions: all
            .iter()
            .map(|event| {
                let e = &event.data.enrichment;
                Revision {
                    revision: e.revision,
                    action: e.action,
                    time: event.time.clone(),
                    reason: e.reason.clone(),
                }
            })
            .collect(),
        why: known
            .iter()
            .map(|(name, query)| Answer::new(name, query, &event.data, record.as_ref()))
            .collect(),
        before: at
            .checked_sub(1)
            .and_then(|before| all.get(before))
            .map(|before| before.data.body()),
    };
    Ok(Json(shown).into_response())
}

/// `GET /api/desk/items/{id}/why/{channel}`
pub(super) async fn why(
    State(desk): State<Arc<Desk>>,
    Path((id, channel)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let all = revisions(&desk, &id).await?;
    let (_, event) = chosen(&all, &Which { revision: None })?;
    let text = channels::query_of(&desk.bus, &desk.config.now(), &channel).await?;
    let text = text.ok_or_else(|| Refusal::Missing(format!("there is no channel `{channel}`")))?;
    let query = desk.query(&text)?;
    let record = desk.bus.record(&id).await?.map(|kept| kept.value);
    let answer = Answer::new(&channel, &query, &event.data, record.as_ref());
    Ok(Json(answer).into_response())
}

/// `GET /api/desk/items/{id}/source?revision=`
pub(super) async fn source(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Asked(which): Asked<Which>,
) -> Result<Response, Refusal> {
    let all = revisions(&desk, &id).await?;
    let (_, event) = chosen(&all, &which)?;
    let config = desk.config.now();
    let item = event.data.clone();
    let read = tokio::task::spawn_blocking(move || files(&config, &item)).await;
    let files = read.map_err(|e| Refusal::Away(e.to_string()))??;
    Ok(Json(Files { files }).into_response())
}

/// Every stored revision, oldest first.
async fn revisions(desk: &Desk, id: &str) -> Result<Vec<Event>, Refusal> {
    let missing = || Refusal::Missing(format!("there is no item {id}"));
    let subject = desk.bus.names().item_of(id).ok_or_else(missing)?;
    let stored = desk
        .bus
        .read_from(StreamName::Items, Some(subject), Since::Start, false)
        .await?;
    let stored: Vec<Message> = stored.try_collect().await?;
    let events: Vec<Event> = stored
        .iter()
        .filter_map(|m| serde_json::from_slice(&m.payload).ok())
        .collect();
    match events.is_empty() {
        true => Err(missing()),
        false => Ok(events),
    }
}

/// The revision asked for, else the newest, and its place.
fn chosen<'a>(all: &'a [Event], which: &Which) -> Result<(usize, &'a Event), Refusal> {
    let found = match which.revision {
        Some(number) => all
            .iter()
            .enumerate()
            .find(|(_, e)| e.data.enrichment.revision == number),
        None => all.iter().enumerate().next_back(),
    };
    found.ok_or_else(|| Refusal::Missing("that revision is not kept any more".to_owned()))
}

/// The channels that got an item, with their queries as they are now.
async fn queries(desk: &Desk, record: Option<&Record>) -> Result<Vec<(String, Query)>, Refusal> {
    let Some(record) = record.filter(|r| !r.channels.is_empty()) else {
        return Ok(Vec::new());
    };
    let config = desk.config.now();
    let vocabulary = config.vocabulary();
    let known = channels::all(&desk.bus, &config).await?;
    let got = known
        .into_iter()
        .filter(|k| record.channels.contains_key(&k.name));
    let parsed = got.filter_map(|k| Some((k.name, Query::parse(&k.query, &vocabulary).ok()?)));
    Ok(parsed.take(CHANNELS).collect())
}

/// The lines of an item's files.
fn files(config: &Config, item: &Item) -> Result<Vec<Source>, Refusal> {
    let name = &item.enrichment.source_name;
    let sources = &config.settings.sources;
    let settings = sources.iter().find(|s| s.name == *name).ok_or_else(|| {
        Refusal::Missing(format!(
            "the inbox of `{name}` is not known here: this web role runs without that [[source]]"
        ))
    })?;
    let limit = config.settings.limits.max_file_mb * 1_000_000;
    let mut found = Vec::new();
    let mut next = Some(&item.enrichment.source);
    while let Some(origin) = next {
        found.push(lines(&settings.inbox, origin, limit)?);
        next = origin.rest.as_deref();
    }
    Ok(found)
}

/// The lines of one file, if it is still what it was.
fn lines(inbox: &FilePath, origin: &ArticleOrigin, limit: u64) -> Result<Source, Refusal> {
    let gone = || {
        Refusal::Missing(format!(
            "{} is not there any more as it was read",
            origin.file
        ))
    };
    let relative = FilePath::new(&origin.file);
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !relative.components().all(inside) {
        return Err(gone());
    }
    let places = [
        inbox.join(relative),
        inbox.join(crate::watch::DONE).join(relative),
    ];
    let read = |path: &PathBuf| {
        let small = std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= limit);
        let bytes = small.then(|| std::fs::read(path).ok()).flatten()?;
        // What lies there now may be another file of that name.
        (sha256_hex(&bytes) == origin.sha256).then_some(bytes)
    };
    let bytes = places.iter().find_map(read).ok_or_else(gone)?;
    let (text, encoding) =
        crate::page::text(&bytes).map_err(|e| Refusal::Missing(e.to_string()))?;
    let near = |n: usize, by: usize| {
        let within = |[from, to]: &[usize; 2]| n + by >= *from && n <= to.saturating_add(by);
        origin.lines.iter().any(within)
    };
    Ok(Source {
        file: origin.file.clone(),
        encoding,
        lines: (1..)
            .zip(text.lines())
            .filter(|(n, _)| near(*n, AROUND))
            .map(|(n, text)| Line {
                n,
                text: text.to_owned(),
                read: near(n, 0),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(file: &str, bytes: &[u8], lines: &[[usize; 2]]) -> ArticleOrigin {
        ArticleOrigin {
            file: file.into(),
            sha256: sha256_hex(bytes),
            encoding: "UTF-8".into(),
            lines: lines.to_vec(),
            rest: None,
        }
    }

    #[test]
    fn lines_come_with_their_numbers_and_neighbours_from_the_inbox_and_from_done() {
        let inbox = tempfile::tempdir().unwrap();
        let text = (1..=20).map(|n| format!("第{n}行\n")).collect::<String>();
        let origin = origin("20250318/01.md", text.as_bytes(), &[[5, 6], [12, 12]]);
        for folder in ["", "done"] {
            let path = inbox.path().join(folder).join("20250318/01.md");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
            let source = lines(inbox.path(), &origin, 1_000_000).unwrap();
            let numbers: Vec<_> = source.lines.iter().map(|l| l.n).collect();
            assert_eq!(numbers, [3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14]);
            let read: Vec<_> = source
                .lines
                .iter()
                .filter(|l| l.read)
                .map(|l| l.n)
                .collect();
            assert_eq!(read, [5, 6, 12]);
            assert_eq!(source.lines[0].text, "第3行");
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn nothing_is_shown_but_the_file_that_was_read() {
        let inbox = tempfile::tempdir().unwrap();
        let outside = inbox.path().parent().unwrap().join("copydesk-outside.md");
        std::fs::write(&outside, "外面的文字").unwrap();
        std::fs::write(inbox.path().join("a.md"), "改过的文字").unwrap();
        let sha = "外面的文字".as_bytes();
        for file in [
            "../copydesk-outside.md",
            outside.to_str().unwrap(),
            "a.md",
            "b.md",
        ] {
            let answer = lines(inbox.path(), &origin(file, sha, &[[1, 1]]), 1_000_000);
            assert!(matches!(answer, Err(Refusal::Missing(_))), "{file}");
        }
        std::fs::remove_file(outside).unwrap();
    }
}
