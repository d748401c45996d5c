//! Desks for the browser, and items made for one purpose, put into the archive as an enricher would.

use crate::support::{Daemon, Nats, Room, wait_for};
use bytes::Bytes;
use copydesk::article::{Origin, Source};
use copydesk::bus::Bus;
use copydesk::bus::connect::NatsOptions;
use copydesk::bus::publish::Outgoing;
use copydesk::config::Config;
use copydesk::enrich::Models;
use copydesk::event::Event;
use copydesk::item::{Action, Item};
use tokio::runtime::Runtime;

/// The web role alone, on a NATS of its own: what it shows is what a test stores.
pub(crate) struct Stage {
    desk: Daemon,
    _nats: Nats,
    _room: Room,
    runtime: Runtime,
    bus: Bus,
    models: Models,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let (nats, room) = (Nats::start(), Room::new());
        let desk = room.daemon(&["run", "web", "-s", &nats.url]);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let options = NatsOptions {
            server: Some(nats.url.clone()),
            timeout: 30,
            ..NatsOptions::default()
        };
        let bus = runtime.block_on(Bus::connect(&options, "copydesk", "test"));
        Self {
            desk,
            _nats: nats,
            _room: room,
            runtime,
            bus: bus.unwrap(),
            models: Config::load(None).unwrap().models,
        }
    }

    /// What the enricher makes of the first article of a page.
    pub(crate) fn item(&self, page: &str) -> Item {
        let origin = Origin {
            file: "20250318/01.md".into(),
            sha256: String::new(),
        };
        let source = Source::named("rsrb");
        let page = copydesk::page::read(page.as_bytes(), &source, &origin).unwrap();
        copydesk::enrich::enrich(&page.articles[0], &self.models)
    }

    /// Stores items as their first revisions.
    pub(crate) fn store(&self, items: impl IntoIterator<Item = Item>) {
        let now = "2025-03-18T01:00:00.000Z";
        let messages = items.into_iter().map(|item| {
            let event = Event::new(item, 1, Action::Publish, now, now, None);
            let id = &event.subject;
            Outgoing {
                subject: self
                    .bus
                    .names()
                    .item(&event.data.enrichment.source_name, id),
                id: format!("{id}:item:1"),
                headers: Vec::new(),
                payload: Bytes::from(serde_json::to_vec(&event).unwrap()),
                expect: Some(0),
            }
        });
        let stored = self
            .runtime
            .block_on(self.bus.publish_all(messages.collect()));
        stored
            .into_iter()
            .for_each(|s| assert!(!s.unwrap().duplicate));
    }

    /// Where the desk page is.
    pub(crate) fn address(&self) -> String {
        address(&self.desk)
    }
}

/// Where the page of a desk is, as its log says.
pub(crate) fn address(desk: &Daemon) -> String {
    wait_for("the address of the desk page", || {
        let log = desk.log();
        let line = log.lines().find(|l| l.contains("the desk page is up"))?;
        let address = line.split("http://").nth(1)?;
        let end = address.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))?;
        Some(format!("http://{}/", &address[..end]))
    })
}
