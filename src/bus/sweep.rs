//! Going once through a stream: the newest message of every subject.

use super::archive::{Message, rfc3339};
use super::layout::StreamName;
use super::{Bus, BusError};
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::{Stream, StreamExt, stream};

/// Whether bodies are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Headers and body.
    All,
    /// Headers alone: much less to send.
    Headers,
}

/// A stream's messages, counted.
pub struct Sweep<S> {
    /// How many there were to come when it began.
    pub total: u64,
    /// The place of the last of them.
    pub end: u64,
    /// They.
    pub messages: S,
}

impl Bus {
    /// The newest message of every subject of a stream, in order of place, as far as they are stored by now. Beyond place
    /// `after`, where it is not 0, older messages of a subject come as well.
    ///
    /// # Errors
    /// The stream is not there, or NATS does not answer.
    pub async fn newest_of_each(
        &self,
        which: StreamName,
        after: u64,
        parts: Parts,
    ) -> Result<Sweep<impl Stream<Item = Result<Message, BusError>> + use<>>, BusError> {
        let name = self.names.stream(which);
        let failed = move |e: String| BusError::request(format!("reading {name}"), e);
        let found = self.stream(which).await?;
        let end = found.cached_info().state.last_sequence;
        let config = pull::OrderedConfig {
            deliver_policy: match after {
                0 => DeliverPolicy::LastPerSubject,
                place => DeliverPolicy::ByStartSequence {
                    start_sequence: place + 1,
                },
            },
            // Without one the server gives no newest of each.
            filter_subjects: self.names.subjects(which),
            headers_only: parts == Parts::Headers,
            ..pull::OrderedConfig::default()
        };
        let consumer = found.create_consumer(config).await;
        let consumer = consumer.map_err(|e| failed(e.to_string()))?;
        let total = consumer.cached_info().num_pending;
        let messages = consumer.messages().await;
        let messages = messages.map_err(|e| failed(e.to_string()))?;
        // A consumer with nothing to give would wait for what never comes; what comes while it reads is no part of it.
        let messages = stream::unfold((total > 0).then_some(messages), move |messages| {
            let failed = failed.clone();
            async move {
                let mut messages = messages?;
                let message = messages.next().await?.map_err(|e| e.to_string());
                match message.and_then(read) {
                    Ok((message, _)) if message.sequence > end => None,
                    Ok((message, pending)) => {
                        let more = pending > 0 && message.sequence < end;
                        Some((Ok(message), more.then_some(messages)))
                    }
                    Err(error) => Some((Err(failed(error)), None)),
                }
            }
        });
        Ok(Sweep {
            total,
            end,
            messages,
        })
    }

    /// How many messages a durable consumer has not finished; 0 where there is no such consumer.
    ///
    /// # Errors
    /// The stream is not there, or NATS does not answer.
    pub async fn behind(&self, which: StreamName, durable: &str) -> Result<u64, BusError> {
        let stream = self.stream(which).await?;
        match stream.consumer_info(durable).await {
            Ok(info) => Ok(info.num_pending + info.num_ack_pending as u64),
            Err(_) => Ok(0),
        }
    }
}

/// A message, and how many come after it.
fn read(message: async_nats::jetstream::Message) -> Result<(Message, u64), String> {
    let info = message.info().map_err(|e| e.to_string())?;
    let (sequence, pending) = (info.stream_sequence, info.pending);
    let time = rfc3339(info.published.unix_timestamp_nanos());
    let (message, _) = message.split();
    let message = Message {
        subject: message.subject.to_string(),
        sequence,
        time,
        payload: message.payload,
        headers: message.headers.unwrap_or_default(),
    };
    Ok((message, pending))
}
