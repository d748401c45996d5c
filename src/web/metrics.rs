//! `/metrics`: what this process counted, and what it sees when it is asked.

use super::Surroundings;
use crate::bus::Bus;
use crate::bus::roles::StreamStatus;
use crate::metrics::{self, PREFIX};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The text format every Prometheus reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long a reading of the streams is shown again: scrapers in numbers ask NATS no more than one does.
const FRESH: Duration = Duration::from_secs(2);
/// How long NATS may take; without an answer its figures are left out.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most consumers shown.
const MOST_CONSUMERS: usize = 500;

struct Scrape {
    bus: Bus,
    streams: Mutex<Option<(Instant, Arc<Vec<StreamStatus>>)>>,
}

pub(super) fn router(around: &Surroundings) -> Router {
    let scrape = Scrape {
        bus: around.bus.clone(),
        streams: Mutex::default(),
    };
    Router::new()
        .route("/metrics", get(show))
        .with_state(Arc::new(scrape))
}

async fn show(State(scrape): State<Arc<Scrape>>) -> Response {
    let mut registry = Registry::default();
    process(&mut registry);
    let desk = registry.sub_registry_with_prefix(PREFIX);
    scrape.nats(desk);
    tasks(desk);
    if let Some(streams) = scrape.streams().await {
        backlog(desk, &streams);
    }
    match metrics::exposition(&registry) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStream {
    stream: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfConsumer {
    stream: String,
    consumer: String,
}

impl Scrape {
    fn nats(&self, registry: &mut Registry) {
        let connected = ConstGauge::new(i64::from(self.bus.is_connected()));
        registry.register(
            "nats_connected",
            "Whether the connection to NATS stands",
            connected,
        );
        let lost = ConstCounter::new(self.bus.disconnects());
        registry.register(
            "nats_disconnects",
            "Times the connection to NATS was lost",
            lost,
        );
    }

    async fn streams(&self) -> Option<Arc<Vec<StreamStatus>>> {
        let mut kept = self.streams.lock().await;
        if let Some((read, streams)) = &*kept
            && read.elapsed() < FRESH
        {
            return Some(streams.clone());
        }
        if !self.bus.is_connected() {
            return None;
        }
        let read = tokio::time::timeout(PATIENCE, self.bus.streams()).await;
        let streams = Arc::new(read.ok()?.ok()?);
        *kept = Some((Instant::now(), streams.clone()));
        Some(streams)
    }
}

/// Tasks that do not end with their work are a leak: a long run watches them.
fn tasks(registry: &mut Registry) {
    let alive = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    let gauge = ConstGauge::new(i64::try_from(alive).unwrap_or(i64::MAX));
    registry.register("tasks", "Tasks of the async runtime", gauge);
}

fn backlog(registry: &mut Registry, streams: &[StreamStatus]) {
    let messages = Family::<OfStream, Gauge>::default();
    let bytes = Family::<OfStream, Gauge>::default();
    let waiting = Family::<OfConsumer, Gauge>::default();
    let unacked = Family::<OfConsumer, Gauge>::default();
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    for status in streams {
        let stream = OfStream {
            stream: status.name.clone(),
        };
        messages.get_or_create(&stream).set(whole(status.messages));
        bytes.get_or_create(&stream).set(whole(status.bytes));
        for consumer in status.backlog.iter().take(MOST_CONSUMERS) {
            let label = OfConsumer {
                stream: status.name.clone(),
                consumer: consumer.consumer.clone(),
            };
            waiting.get_or_create(&label).set(whole(consumer.waiting));
            unacked
                .get_or_create(&label)
                .set(whole(consumer.unacked as u64));
        }
    }
    registry.register("stream_messages", "Messages a stream holds", messages);
    registry.register_with_unit("stream_size", "What a stream holds", Unit::Bytes, bytes);
    registry.register(
        "backlog_messages",
        "Messages not handed out yet, by consumer",
        waiting,
    );
    registry.register(
        "unacked_messages",
        "Messages handed out and not finished, by consumer",
        unacked,
    );
}

/// What the kernel says of this process, under the names every client library uses; left out where there is no `/proc`.
fn process(registry: &mut Registry) {
    let file = |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).ok();
    let pages = file("statm").and_then(|s| s.split(' ').nth(1)?.parse::<u64>().ok());
    if let Some(pages) = pages {
        let bytes = pages.saturating_mul(rustix::param::page_size() as u64);
        let gauge = ConstGauge::new(i64::try_from(bytes).unwrap_or(i64::MAX));
        registry.register_with_unit(
            "process_resident_memory",
            "Resident memory size",
            Unit::Bytes,
            gauge,
        );
    }
    // Fields 14 and 15, behind the name in brackets.
    let ticks = file("stat").and_then(|s| {
        let mut fields = s.rsplit_once(") ")?.1.split(' ').skip(11);
        let mut tick = || fields.next()?.parse::<u64>().ok();
        Some(tick()? + tick()?)
    });
    if let Some(ticks) = ticks {
        #[expect(clippy::cast_precision_loss, reason = "exact for ten million years")]
        let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
        registry.register_with_unit(
            "process_cpu",
            "User and system CPU time",
            Unit::Seconds,
            ConstCounter::new(seconds),
        );
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        let gauge = ConstGauge::new(i64::try_from(open.count()).unwrap_or(i64::MAX));
        registry.register("process_open_fds", "Open file descriptors", gauge);
    }
}
