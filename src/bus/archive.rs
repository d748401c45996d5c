//! Reading back: the newest revision of an item, all of them, a channel from some point on.

use super::layout::StreamName;
use super::{Bus, BusError};
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::{DirectGetErrorKind, Stream as JsStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::time::Duration;

/// How often a stream is opened again before a live reading ends; twice a second.
const REOPENINGS: u32 = 60;

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
    pub(super) headers: async_nats::HeaderMap,
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
    /// With what stands behind this place.
    After(u64),
}

impl Message {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }

    /// How long ago it was stored.
    pub fn age(&self) -> Duration {
        let stored: Result<jiff::Timestamp, _> = self.time.parse();
        let age = stored.map(|t| jiff::Timestamp::now().as_millisecond() - t.as_millisecond());
        Duration::from_millis(age.ok().and_then(|a| u64::try_from(a).ok()).unwrap_or(0))
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

pub(super) fn rfc3339(unix_nanos: i128) -> String {
    jiff::Timestamp::from_nanosecond(unix_nanos)
        .map(|t| format!("{t:.3}"))
        .unwrap_or_default()
}

impl Bus {
    /// Place of the newest message of a stream, 0 when there never was one.
    ///
    /// # Errors
    /// The stream is not there, or NATS does not answer.
    pub async fn last_place(&self, which: StreamName) -> Result<u64, BusError> {
        Ok(self.stream(which).await?.cached_info().state.last_sequence)
    }

    pub(super) async fn stream(&self, which: StreamName) -> Result<JsStream, BusError> {
        self.stream_named(&self.names.stream(which)).await
    }

    async fn stream_named(&self, name: &str) -> Result<JsStream, BusError> {
        self.js.get_stream(name).await.map_err(|e| {
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

    /// The message at a place of a stream; none where it is no more.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn message_at(
        &self,
        which: StreamName,
        place: u64,
    ) -> Result<Option<Message>, BusError> {
        let name = self.names.stream(which);
        let stream = self.js.get_stream_no_info(&name).await;
        let stream = stream.map_err(|e| BusError::request(format!("stream {name}"), e))?;
        match stream.direct_get(place).await {
            Ok(message) => Ok(Some(Message::from_raw(message))),
            Err(e) if e.kind() == DirectGetErrorKind::NotFound => Ok(None),
            Err(e) => Err(BusError::request(format!("reading {name} at {place}"), e)),
        }
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

    /// Messages of a stream in order, from `since` on, those of `filter` only; without `live` it ends with the newest,
    /// with it it outlives a restart of the server.
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
        let from = self.from(which, since).await?;
        let name = self.names.stream(which);
        self.read(name, filter.unwrap_or_default(), from, live, false)
            .await
    }

    /// The same of all messages of a stream, without their bodies.
    ///
    /// # Errors
    /// The stream is not there, or NATS does not answer.
    pub async fn read_headers(
        &self,
        which: StreamName,
        since: Since,
        live: bool,
    ) -> Result<impl Stream<Item = Result<Message, BusError>> + use<>, BusError> {
        let from = self.from(which, since).await?;
        self.read(self.names.stream(which), String::new(), from, live, true)
            .await
    }

    async fn from(&self, which: StreamName, since: Since) -> Result<DeliverPolicy, BusError> {
        Ok(match since {
            Since::Start => DeliverPolicy::All,
            // Named by its place, so that what comes while the server restarts is not passed over.
            Since::Now => DeliverPolicy::ByStartSequence {
                start_sequence: self.last_place(which).await? + 1,
            },
            Since::After(place) => DeliverPolicy::ByStartSequence {
                start_sequence: place + 1,
            },
            Since::Ago(age) => DeliverPolicy::ByStartTime {
                start_time: std::time::SystemTime::now()
                    .checked_sub(age)
                    .unwrap_or(std::time::UNIX_EPOCH)
                    .into(),
            },
        })
    }

    /// Messages of any stream in order, from `first` on, ending with the newest.
    pub(super) async fn read_stream(
        &self,
        name: &str,
        first: u64,
    ) -> Result<impl Stream<Item = Result<Message, BusError>> + use<>, BusError> {
        let from = DeliverPolicy::ByStartSequence {
            start_sequence: first,
        };
        self.read(name.to_owned(), String::new(), from, false, false)
            .await
    }

    async fn read(
        &self,
        name: String,
        filter: String,
        from: DeliverPolicy,
        live: bool,
        headers_only: bool,
    ) -> Result<impl Stream<Item = Result<Message, BusError>> + use<>, BusError> {
        let mut reader = Reader {
            bus: self.clone(),
            name,
            filter,
            headers_only,
            live,
            from,
            messages: None,
        };
        reader.open().await?;
        Ok(stream::unfold(reader, |mut reader| async move {
            reader.next().await.map(|message| (message, reader))
        }))
    }
}

/// A stream being read in order.
struct Reader {
    bus: Bus,
    name: String,
    filter: String,
    headers_only: bool,
    live: bool,
    /// Where to begin, or to go on.
    from: DeliverPolicy,
    /// `None` at the end, or when it has to be opened again.
    messages: Option<pull::Ordered>,
}

impl Reader {
    async fn open(&mut self) -> Result<(), BusError> {
        let name = self.name.clone();
        let failed = |e: String| BusError::request(format!("reading {name}"), e);
        let config = pull::OrderedConfig {
            filter_subject: self.filter.clone(),
            deliver_policy: self.from,
            headers_only: self.headers_only,
            ..pull::OrderedConfig::default()
        };
        let stream = self.bus.stream_named(&self.name).await?;
        let consumer = stream
            .create_consumer(config)
            .await
            .map_err(|e| failed(e.to_string()))?;
        let waiting = consumer.cached_info().num_pending;
        let messages = consumer
            .messages()
            .await
            .map_err(|e| failed(e.to_string()))?;
        self.messages = (self.live || waiting > 0).then_some(messages);
        Ok(())
    }

    async fn next(&mut self) -> Option<Result<Message, BusError>> {
        loop {
            let error = match self.messages.as_mut()?.next().await? {
                Ok(message) => match self.take(message) {
                    Ok(message) => return Some(Ok(message)),
                    Err(error) => error,
                },
                Err(error) => error.to_string(),
            };
            self.messages = None;
            let error = BusError::request(format!("reading {}", self.name), error);
            // A server that restarts has forgotten the consumer.
            if let Err(error) = self.reopen(error).await {
                return Some(Err(error));
            }
        }
    }

    fn take(&mut self, message: async_nats::jetstream::Message) -> Result<Message, String> {
        let info = message.info().map_err(|e| e.to_string())?;
        let (sequence, pending) = (info.stream_sequence, info.pending);
        let time = rfc3339(info.published.unix_timestamp_nanos());
        let (message, _) = message.split();
        self.from = DeliverPolicy::ByStartSequence {
            start_sequence: sequence + 1,
        };
        if !self.live && pending == 0 {
            self.messages = None;
        }
        Ok(Message {
            subject: message.subject.to_string(),
            sequence,
            time,
            payload: message.payload,
            headers: message.headers.unwrap_or_default(),
        })
    }

    /// Opens it where it was, once the connection stands.
    async fn reopen(&mut self, mut error: BusError) -> Result<(), BusError> {
        if !self.live {
            return Err(error);
        }
        for _ in 0..REOPENINGS {
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.bus.connected().await;
            match self.open().await {
                Ok(()) => return Ok(()),
                Err(e) => error = e,
            }
        }
        Err(error)
    }
}
