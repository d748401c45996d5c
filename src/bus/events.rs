//! What happens to sources: a stream in which the newest event of a source is what is known of it.

use super::archive::Message;
use super::channels::Kept;
use super::layout::Names;
use super::publish::{Outgoing, PublishError};
use super::{Bus, BusError};
use crate::event::SourceEvent;
use async_nats::jetstream::stream;
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::time::Duration;

/// A source that was quiet for longer has no habit any more.
const MAX_AGE: Duration = Duration::from_secs(28 * 86_400);
/// Header: of which subjects the expected message has to be the newest.
const EXPECTED_OF: &str = "Nats-Expected-Last-Subject-Sequence-Subject";

impl Names {
    /// `copydesk.event.<source>.<what>`
    pub fn event(&self, source: &str, what: &str) -> String {
        self.subject(&["event", source, what])
    }

    /// `COPYDESK_EVENTS`
    pub fn events(&self) -> String {
        format!("{}_EVENTS", self.subject(&[]).to_ascii_uppercase())
    }
}

pub(super) fn wanted(names: &Names, replicas: usize) -> stream::Config {
    stream::Config {
        name: names.events(),
        description: Some("copydesk: sources gone quiet, and heard of again".into()),
        subjects: vec![names.event("*", "*")],
        storage: stream::StorageType::File,
        num_replicas: replicas,
        max_messages_per_subject: 1,
        max_age: MAX_AGE,
        allow_atomic_publish: true,
        allow_direct: true,
        max_bytes: -1,
        max_messages: -1,
        duplicate_window: Duration::from_secs(120),
        ..stream::Config::default()
    }
}

impl Bus {
    /// The newest event of every source.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn source_events(&self) -> Result<BTreeMap<String, Kept<SourceEvent>>, BusError> {
        let messages = self.read_stream(&self.names.events(), 1).await?;
        let mut messages = Box::pin(messages);
        let mut newest = BTreeMap::new();
        while let Some(message) = messages.next().await {
            let Message {
                payload, sequence, ..
            } = message?;
            // What somebody else has put there is no event of ours.
            if let Ok(value) = serde_json::from_slice::<SourceEvent>(&payload) {
                newest.insert(value.subject.clone(), Kept { value, sequence });
            }
        }
        Ok(newest)
    }

    /// Stores an event of a source over the one at `expect`, 0 for none; returns its sequence.
    ///
    /// # Errors
    /// [`PublishError::WrongLastSequence`]: another process was faster.
    pub async fn tell(&self, event: &SourceEvent, expect: u64) -> Result<u64, PublishError> {
        let source = &event.subject;
        let payload =
            serde_json::to_vec(event).map_err(|e| PublishError::Refused(e.to_string()))?;
        let message = Outgoing {
            subject: self.names.event(source, event.what()),
            id: self.unique(),
            headers: vec![
                ("Content-Type", crate::event::CONTENT_TYPE.to_owned()),
                (EXPECTED_OF, self.names.event(source, "*")),
            ],
            payload: payload.into(),
            expect: Some(expect),
        };
        self.publish(&message).await.map(|stored| stored.sequence)
    }
}
