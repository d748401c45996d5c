//! Reading back: the newest revision of an item, all of them, a channel from some point on.

use super::layout::StreamName;
use super::{Bus, BusError};
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::{DirectGetErrorKind, Stream as JsStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::time::Duration;

/// A stored message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its subject.
    pub subject: String,
    /// Its place in the stream.
    pub sequence: u64,
    /// When it was stored, RFC 3339.
    pub time: String,
    /// Its body.
    pub payload: Bytes,
    headers: async_nats::HeaderMap,
}

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// With the oldest there is.
    Start,
    /// With what comes from now on.
    Now,
    /// With what is at most so old.
    Ago(Duration),
}

impl Message {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }

    pub(super) fn from_raw(message: async_nats::jetstream::message::StreamMessage) -> Self {
        Self {
            subject: message.subject.to_string(),
            sequence: message.sequence,
            time: rfc3339(message.time.unix_timestamp_nanos()),
            payload: message.payload,
            headers: message.headers,
        }
    }
}

fn rfc3339(unix_nanos: i128) -> String {
    jiff::Timestamp::from_nanosecond(unix_nanos)
        .map(|t| format!("{t:.3}"))
        .unwrap_or_default()
}

impl Bus {
    pub(super) async fn stream(&self, which: StreamName) -> Result<JsStream, BusError> {
        let name = self.names.stream(which);
        self.js.get_stream(&name).await.map_err(|e| {
            BusError::request(
                format!("stream {name}"),
                format!("{e}; has copydesk run on this NATS with this prefix? `copydesk up` or `copydesk run` makes it"),
            )
        })
    }

    /// The newest message on a subject.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn newest(
        &self,
        which: StreamName,
        subject: &str,
    ) -> Result<Option<Message>, BusError> {
        self.newest_of(self.names.stream(which), subject).await
    }

    pub(super) async fn newest_of(
        &self,
        name: String,
        subject: &str,
    ) -> Result<Option<Message>, BusError> {
        // No look at the stream first: this stands on the path of every changed article.
        let stream = self
            .js
            .get_stream_no_info(&name)
            .await
            .map_err(|e| BusError::request(format!("stream {name}"), e))?;
        match stream.direct_get_last_for_subject(subject).await {
            Ok(message) => Ok(Some(Message::from_raw(message))),
            Err(e) if e.kind() == DirectGetErrorKind::NotFound => Ok(None),
            Err(e) => Err(BusError::request(format!("reading {subject}"), e)),
        }
    }

    /// Channels that hold a revision of an article.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn channels_holding(&self, id: &str) -> Result<Vec<String>, BusError> {
        let name = self.names.stream(StreamName::Channels);
        let failed = |e: String| BusError::request(format!("stream {name}"), e);
        let stream = self
            .js
            .get_stream_no_info(&name)
            .await
            .map_err(|e| failed(e.to_string()))?;
        let mut subjects = stream
            .info_with_subjects(self.names.channel("*", id))
            .await
            .map_err(|e| failed(e.to_string()))?;
        let mut channels = Vec::new();
        while let Some(subject) = subjects.next().await {
            let (subject, _) = subject.map_err(|e| failed(e.to_string()))?;
            channels.extend(subject.rsplit('.').nth(1).map(str::to_owned));
        }
        Ok(channels)
    }

    /// Messages of a stream in order, from `since` on, those of `filter` only; without `live` it ends with the newest.
    ///
    /// # Errors
    /// The stream is not there, or NATS does not answer.
    pub async fn read_from(
        &self,
        which: StreamName,
        filter: Option<String>,
        since: Since,
        live: bool,
    ) -> Result<impl Stream<Item = Result<Message, BusError>> + use<>, BusError> {
        let name = self.names.stream(which);
        let stream = self.stream(which).await?;
        let config = pull::OrderedConfig {
            filter_subject: filter.unwrap_or_default(),
            deliver_policy: match since {
                Since::Start => DeliverPolicy::All,
                Since::Now => DeliverPolicy::New,
                Since::Ago(age) => DeliverPolicy::ByStartTime {
                    start_time: std::time::SystemTime::now()
                        .checked_sub(age)
                        .unwrap_or(std::time::UNIX_EPOCH)
                        .into(),
                },
            },
            ..pull::OrderedConfig::default()
        };
        let failed = move |e: String| BusError::request(format!("reading {name}"), e);
        let consumer = stream
            .create_consumer(config)
            .await
            .map_err(|e| failed(e.to_string()))?;
        let waiting = consumer.cached_info().num_pending;
        let messages = consumer
            .messages()
            .await
            .map_err(|e| failed(e.to_string()))?;
        let open = (live || waiting > 0).then_some((messages, failed));
        Ok(stream::unfold(open, move |state| async move {
            let (mut messages, failed) = state?;
            let message = match messages.next().await? {
                Ok(message) => message,
                Err(e) => return Some((Err(failed(e.to_string())), None)),
            };
            let (sequence, pending, published) = match message.info() {
                Ok(info) => (
                    info.stream_sequence,
                    info.pending,
                    info.published.unix_timestamp_nanos(),
                ),
                Err(e) => return Some((Err(failed(e.to_string())), None)),
            };
            let (message, _) = message.split();
            let stored = Message {
                subject: message.subject.to_string(),
                sequence,
                time: rfc3339(published),
                payload: message.payload,
                headers: message.headers.unwrap_or_default(),
            };
            let rest = (live || pending > 0).then_some((messages, failed));
            Some((Ok(stored), rest))
        }))
    }
}
