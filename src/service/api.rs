//! The service `copydesk`: whoever enriches answers requests, too.

use super::{Live, guarded, now};
use crate::api::{
    ChannelInfo, ChannelList, ChannelState, Endpoint, FILE, MAX_TEXT, Processed, Refusal, SOURCE,
};
use crate::article::{Origin, Source};
use crate::bus::api::Request;
use crate::bus::layout::{Names, StreamName, source_of};
use crate::bus::{Bus, BusError};
use crate::channels::definition::{Standing, Terms};
use crate::config::Config;
use crate::event::{Event, sha256_hex};
use crate::item::Action;
use crate::page;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Texts worked on at a time: what comes through the inbox goes first.
const AT_ONCE: usize = 2;

/// Answers until `stop`.
pub(super) async fn serve(
    bus: &Bus,
    config: &Live,
    stop: &CancellationToken,
) -> Result<(), BusError> {
    let api = Arc::new(Api {
        bus: bus.clone(),
        config: config.clone(),
        work: Semaphore::new(AT_ONCE),
    });
    let answer = move |request| {
        let api = api.clone();
        async move { api.answer(request).await }
    };
    bus.serve(answer, stop.clone()).await
}

struct Api {
    bus: Bus,
    config: Live,
    work: Semaphore,
}

impl Api {
    async fn answer(&self, request: Request) -> Result<Vec<u8>, Refusal> {
        match request.endpoint {
            Endpoint::Process => self.process(request).await,
            Endpoint::Get => self.get(&request.payload).await,
            Endpoint::Channels => self.channels().await,
        }
    }

    async fn process(&self, request: Request) -> Result<Vec<u8>, Refusal> {
        let config = self.config.now();
        let text = Text::of(&request, &config)?;
        let _turn = self.work.acquire().await;
        let work = move || guarded(|| text.process(&config)).map_err(defect)?;
        let processed = tokio::task::spawn_blocking(work).await;
        json(&processed.map_err(defect)??)
    }

    async fn get(&self, payload: &[u8]) -> Result<Vec<u8>, Refusal> {
        let id = std::str::from_utf8(payload).unwrap_or_default().trim();
        let source = source_of(id).ok_or_else(|| {
            Refusal::new(
                400,
                "that is no id; send one as events carry it, e.g. zzrb-20240105-02-k3v7q2ma",
            )
        })?;
        let subject = self.bus.names().item(source, id);
        let newest = self.bus.newest(StreamName::Items, &subject).await;
        let message = newest.map_err(|e| away(&e))?;
        let message = message.ok_or_else(|| Refusal::new(404, format!("there is no item {id}")))?;
        Ok(message.payload.to_vec())
    }

    async fn channels(&self) -> Result<Vec<u8>, Refusal> {
        let config = self.config.now();
        let names = self.bus.names();
        let of_file = config.channels.list.iter().zip(&config.channels.terms);
        let mut channels: Vec<_> = of_file
            .map(|(c, terms)| info(names, &c.name, &c.query, *terms))
            .collect();
        for (name, definition) in self.bus.added_channels().await.map_err(|e| away(&e))? {
            // The file's channel of the same name is the one in force.
            if channels.iter().any(|c| c.name == name) {
                continue;
            }
            channels.push(ChannelInfo {
                note: definition.note,
                state: match definition.standing {
                    Standing::Live { .. } => ChannelState::Live,
                    Standing::Behind { .. } => ChannelState::CatchingUp,
                    Standing::Paused { .. } => ChannelState::Paused,
                },
                ..info(names, &name, &definition.query, definition.terms)
            });
        }
        json(&ChannelList { channels })
    }
}

fn info(names: &Names, name: &str, query: &str, terms: Terms) -> ChannelInfo {
    ChannelInfo {
        name: name.to_owned(),
        query: query.to_owned(),
        note: String::new(),
        subject: names.channel(name, "*"),
        compact: terms.compact.then(|| names.compact(name, "*")),
        state: ChannelState::Live,
    }
}

/// What somebody wants to see processed.
struct Text {
    bytes: bytes::Bytes,
    source: Source,
    origin: Origin,
}

impl Text {
    fn of(request: &Request, config: &Config) -> Result<Self, Refusal> {
        let bytes = request.payload.clone();
        if bytes.is_empty() {
            return Err(Refusal::new(
                400,
                "there is no text; send a page or an article as the message itself",
            ));
        }
        if bytes.len() > MAX_TEXT {
            let message = format!(
                "the text has {} bytes, more than {MAX_TEXT}; put it into an inbox, or use `copydesk process`",
                bytes.len()
            );
            return Err(Refusal::new(413, message));
        }
        let name = request.header(SOURCE).unwrap_or("desk");
        if !crate::config::is_token(name) {
            let message = format!(
                "{SOURCE}: `{name}` cannot name a source; use lower-case ASCII letters, digits, `_` and `-`"
            );
            return Err(Refusal::new(400, message));
        }
        let known = config.settings.source(name);
        let origin = Origin {
            file: request.header(FILE).unwrap_or_default().to_owned(),
            sha256: sha256_hex(&bytes),
        };
        Ok(Self {
            bytes,
            source: known.unwrap_or_else(|| Source::named(name)),
            origin,
        })
    }

    fn process(&self, config: &Config) -> Result<Processed, Refusal> {
        let page = page::read(&self.bytes, &self.source, &self.origin)
            .map_err(|e| Refusal::new(422, e.to_string()))?;
        let articles = page::halves::join_all(&page.articles);
        if articles.is_empty() {
            let message = "no article was found in it; send a page of a newspaper, or an article with its headline";
            return Err(Refusal::new(422, message));
        }
        let time = now();
        let event = |article| {
            let item = crate::enrich::enrich(article, &config.models);
            Event::new(item, 1, Action::Publish, &time, &time, None)
        };
        Ok(Processed {
            events: articles.iter().map(event).collect(),
        })
    }
}

fn json(answer: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(answer).map_err(defect)
}

fn defect(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(500, format!("{error}; this is a defect, please report it"))
}

fn away(error: &BusError) -> Refusal {
    Refusal::new(503, format!("{error}; try again in a moment"))
}
