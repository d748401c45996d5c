//! The desk page: what arrives, what it is made of, why it went where, and an editor's word on it.
//!
//! The page is plain modules in `../assets`, served from the binary. What it lists is read once for everybody
//! ([`reader`]) into a [`window::Window`], from which every listener is told by server-sent events ([`stream`]). What it
//! asks beyond that — an item, a query over the archive — is read when it is asked.

mod actions;
mod answer;
mod archive;
mod assets;
mod items;
mod reader;
mod stream;
mod window;

use crate::bus::Bus;
use crate::channels::Query;
use crate::service::Live;
use answer::Refusal;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio_util::sync::CancellationToken;
use window::Window;

/// Most listeners at once.
const LISTENERS: usize = 512;
/// Queries over the archive at once, and how long one waits for its turn.
const SWEEPS: usize = 2;
const TURN: Duration = Duration::from_secs(20);

/// What every request for the desk page is given.
pub(crate) struct Desk {
    bus: Bus,
    config: Live,
    shutdown: CancellationToken,
    window: RwLock<Window>,
    /// Counts what came into the window.
    changed: watch::Sender<u64>,
    status: watch::Sender<Option<Arc<reader::Status>>>,
    history: Mutex<VecDeque<reader::Point>>,
    listeners: Arc<Semaphore>,
    sweeps: Semaphore,
}

/// The desk page over `bus`; reads along until `shutdown`.
pub(crate) fn open(bus: Bus, config: Live, shutdown: CancellationToken) -> Arc<Desk> {
    let desk = Arc::new(Desk {
        bus,
        config,
        shutdown,
        window: RwLock::default(),
        changed: watch::Sender::new(0),
        status: watch::Sender::new(None),
        history: Mutex::default(),
        listeners: Arc::new(Semaphore::new(LISTENERS)),
        sweeps: Semaphore::new(SWEEPS),
    });
    tokio::spawn(reader::follow(desk.clone()));
    tokio::spawn(reader::measure(desk.clone()));
    desk
}

/// Its routes.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    let api = Router::new()
        .route("/overview", get(overview))
        .route("/items", get(items::list))
        .route("/items/{id}", get(items::item))
        .route("/items/{id}/why/{channel}", get(items::why))
        .route("/items/{id}/source", get(items::source))
        .route("/items/{id}/topics", post(actions::decide))
        .route("/items/{id}/kill", post(actions::kill))
        .route("/channels", get(actions::list))
        .route(
            "/channels/{name}",
            put(actions::define).delete(actions::remove),
        )
        .route("/search", get(archive::search))
        .route("/trial", get(archive::trial))
        .route("/stream", get(stream::stream));
    Router::new()
        .route("/", get(assets::page))
        .route("/desk/{name}", get(assets::asset))
        .nest("/api/desk", api)
        .with_state(desk)
}

/// `GET /api/desk/overview`: what the page has to know before anything else.
async fn overview(State(desk): State<Arc<Desk>>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Overview<'a> {
        version: &'static str,
        topics: Vec<Topic<'a>>,
        sources: Vec<Source<'a>>,
        channels: Vec<actions::Told>,
        history: Vec<reader::Point>,
    }
    #[derive(Serialize)]
    struct Topic<'a> {
        id: &'a str,
        name: &'a str,
    }
    #[derive(Serialize)]
    struct Source<'a> {
        name: &'a str,
        title: &'a str,
    }
    let config = desk.config.now();
    let topics = config.models.topics.topics();
    let sources = config.settings.sources.iter();
    let overview = Overview {
        version: env!("CARGO_PKG_VERSION"),
        topics: topics
            .map(|t| Topic {
                id: t.id,
                name: t.name,
            })
            .collect(),
        sources: sources
            .map(|s| Source {
                name: &s.name,
                title: &s.title,
            })
            .collect(),
        channels: actions::known(&desk).await?,
        history: desk.history().iter().cloned().collect(),
    };
    Ok(Json(overview).into_response())
}

impl Desk {
    /// Understands a query.
    fn query(&self, text: &str) -> Result<Query, Refusal> {
        let vocabulary = self.config.now().vocabulary();
        Query::parse(text, &vocabulary).map_err(|p| Refusal::query(text, p))
    }

    /// Waits for a turn to read the archive.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        match tokio::time::timeout(TURN, self.sweeps.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Refusal::Busy),
        }
    }

    fn history(&self) -> MutexGuard<'_, VecDeque<reader::Point>> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Window> {
        self.window.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Window> {
        self.window.write().unwrap_or_else(PoisonError::into_inner)
    }
}
