//! Handing messages of a stream to workers, each once at a time, until it is acked.

use super::dead::ORDER;
use super::layout::StreamName;
use super::{Bus, BusError, Link};
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use std::time::{Duration, Instant};

/// How long a worker may take before a message goes to another.
pub const ACK_WAIT: Duration = Duration::from_secs(20);
/// Most messages a worker holds unfinished.
const PREFETCH: usize = 256;
/// Most messages all workers together hold unfinished, continuations waiting for their heads among them.
const MAX_UNFINISHED: i64 = 20_000;
/// Confirmed acks are quick or lost with a crashed broker: then the message comes again and is dropped as a duplicate.
const ACK_TIMEOUT: Duration = Duration::from_secs(2);

/// A message to work on.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its subject.
    pub subject: String,
    /// Its body.
    pub payload: Bytes,
    /// Its place among all messages of its stream.
    pub order: Order,
    /// Its place in the stream it is handed out from.
    pub sequence: u64,
    /// How often it was handed out, this time included.
    pub attempt: u32,
    /// How long ago it was stored.
    pub age: Duration,
    came: Instant,
    headers: Option<async_nats::HeaderMap>,
    reply: Option<async_nats::Subject>,
}

impl Delivery {
    /// How long ago it was stored, counted on since it came.
    pub fn waited(&self) -> Duration {
        self.age + self.came.elapsed()
    }

    /// How long ago it came.
    pub fn worked(&self) -> Duration {
        self.came.elapsed()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .as_ref()?
            .get(name)
            .map(async_nats::HeaderValue::as_str)
    }

    fn new(message: async_nats::jetstream::Message, epoch: u64) -> Option<Self> {
        let info = message.info().ok()?;
        let stored = i64::try_from(info.published.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        let age = jiff::Timestamp::now()
            .as_millisecond()
            .saturating_sub(stored);
        let (sequence, attempt) = (
            info.stream_sequence,
            u32::try_from(info.delivered).unwrap_or(u32::MAX),
        );
        // Splitting would take the reply subject with it, and acks go there.
        let message = message.message;
        // A message brought back from the dead letters keeps the place it had.
        let kept = message
            .headers
            .as_ref()
            .and_then(|h| h.get(ORDER))
            .and_then(|v| v.as_str().parse().ok());
        Some(Self {
            subject: message.subject.to_string(),
            payload: message.payload,
            order: kept.unwrap_or(Order { epoch, sequence }),
            sequence,
            attempt,
            age: Duration::from_millis(u64::try_from(age).unwrap_or(0)),
            came: Instant::now(),
            headers: message.headers,
            reply: message.reply,
        })
    }
}

/// The order in which messages came into a stream, also across a stream that was removed and made anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// When the stream was made, milliseconds since 1970.
    pub epoch: u64,
    /// Place in the stream.
    pub sequence: u64,
}

impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.epoch, self.sequence)
    }
}

impl std::str::FromStr for Order {
    type Err = std::num::ParseIntError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let (epoch, sequence) = s.split_once('.').unwrap_or(("0", s));
        Ok(Self {
            epoch: epoch.parse()?,
            sequence: sequence.parse()?,
        })
    }
}

/// What is to become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done with.
    Ack,
    /// Again, later.
    Retry(Duration),
}

/// The messages of one durable consumer. Survives restarts of the broker and the deletion of the consumer.
pub struct Deliveries {
    bus: Bus,
    stream: StreamName,
    durable: String,
    open: Option<Open>,
    pause: Duration,
}

/// A running pull.
struct Open {
    generation: u64,
    epoch: u64,
    stream: pull::Stream,
}

impl Bus {
    /// The place of the newest message of `stream`.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn newest_order(&self, stream: StreamName) -> Result<Order, BusError> {
        let stream = self.stream(stream).await?;
        let info = stream.cached_info();
        let created = info.created.unix_timestamp_nanos() / 1_000_000;
        Ok(Order {
            epoch: u64::try_from(created).unwrap_or(0),
            sequence: info.state.last_sequence,
        })
    }

    /// Messages of `stream` for the consumer `durable`, which any number of processes share.
    ///
    /// # Errors
    /// The stream or the consumer cannot be had.
    pub async fn deliveries(
        &self,
        stream: StreamName,
        durable: &str,
    ) -> Result<Deliveries, BusError> {
        let mut deliveries = Deliveries {
            bus: self.clone(),
            stream,
            durable: durable.to_owned(),
            open: None,
            pause: Duration::ZERO,
        };
        deliveries.open().await?;
        Ok(deliveries)
    }
}

impl Deliveries {
    /// Waits for work and takes what is there, at most `most` messages. Faults are waited out.
    pub async fn next_group(&mut self, most: usize) -> Vec<Delivery> {
        loop {
            if let Some(group) = self.try_group(most).await {
                self.pause = Duration::ZERO;
                return group;
            }
            // Whatever was prefetched is dead: the server hands it out again.
            self.open = None;
            self.pause = (self.pause * 2).clamp(Duration::from_millis(50), Duration::from_secs(2));
            tokio::time::sleep(self.pause).await;
            self.bus.connected().await;
            if let Err(error) = self.open().await {
                tracing::debug!(%error, stream = ?self.stream, "consumer is not back yet");
            }
        }
    }

    /// Gives back what was prefetched and not taken, so that others have it at once and not after [`ACK_WAIT`].
    pub async fn release(mut self) {
        let Some(Open { mut stream, .. }) = self.open.take() else {
            return;
        };
        while let Some(Some(Ok(message))) = stream.next().now_or_never() {
            let _ = message
                .ack_with(async_nats::jetstream::AckKind::Nak(None))
                .await;
        }
    }

    async fn try_group(&mut self, most: usize) -> Option<Vec<Delivery>> {
        let Open {
            generation,
            epoch,
            stream,
        } = self.open.as_mut()?;
        let (generation, epoch) = (*generation, *epoch);
        let mut link = self.bus.link.clone();
        let first = tokio::select! {
            biased;
            _ = link.wait_for(|l: &Link| l.generation != generation) => return None,
            message = stream.next() => message,
        };
        let mut group = Vec::new();
        let mut next = first;
        loop {
            match next {
                Some(Ok(message)) => group.extend(Delivery::new(message, epoch)),
                Some(Err(error)) => {
                    tracing::debug!(%error, stream = ?self.stream, "consumer interrupted");
                    self.open = None;
                    break;
                }
                None => {
                    self.open = None;
                    break;
                }
            }
            if group.len() >= most {
                break;
            }
            match stream.next().now_or_never() {
                Some(message) => next = message,
                None => break,
            }
        }
        (!group.is_empty()).then_some(group)
    }

    async fn open(&mut self) -> Result<(), BusError> {
        let generation = self.bus.link.borrow().generation;
        let (consumer, epoch) = self.consumer().await?;
        let stream = consumer
            .stream()
            .max_messages_per_batch(PREFETCH)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(5))
            .messages()
            .await
            .map_err(|e| BusError::request(format!("consuming as `{}`", self.durable), e))?;
        self.open = Some(Open {
            generation,
            epoch,
            stream,
        });
        Ok(())
    }

    /// The consumer and when its stream was made.
    async fn consumer(&self) -> Result<(PullConsumer, u64), BusError> {
        let name = self.bus.names.stream(self.stream);
        let stream = self
            .bus
            .js
            .get_stream(&name)
            .await
            .map_err(|e| BusError::request(format!("stream {name}"), e))?;
        let config = pull::Config {
            durable_name: Some(self.durable.clone()),
            description: Some(format!("copydesk {}", self.durable)),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            // Never given up by the server: a message stays until a worker has put it with the dead letters.
            max_deliver: -1,
            max_ack_pending: MAX_UNFINISHED,
            deliver_policy: DeliverPolicy::All,
            ..pull::Config::default()
        };
        let made = |e| BusError::request(format!("consumer `{}` on {name}", self.durable), e);
        let consumer: PullConsumer = stream
            .get_or_create_consumer(&self.durable, config.clone())
            .await
            .map_err(|e| made(e.to_string()))?;
        let created = stream.cached_info().created.unix_timestamp_nanos() / 1_000_000;
        let epoch = u64::try_from(created).unwrap_or(0);
        // After a restore from backup a consumer can be ahead of its stream and would stay silent for ever. The stream is
        // asked after the consumer: asked before, it seems behind whenever others are at work.
        let delivered = consumer.cached_info().delivered.stream_sequence;
        let last = match stream.get_info().await {
            Ok(info) => info.state.last_sequence,
            Err(e) => return Err(made(e.to_string())),
        };
        if delivered > last {
            tracing::warn!(consumer = %self.durable, stream = %name, "consumer is ahead of its stream, made anew");
            stream
                .delete_consumer(&self.durable)
                .await
                .map_err(|e| made(e.to_string()))?;
            let consumer = stream
                .get_or_create_consumer(&self.durable, config)
                .await
                .map_err(|e| made(e.to_string()))?;
            return Ok((consumer, epoch));
        }
        Ok((consumer, epoch))
    }

    /// Tells the server what became of a message and waits for its word. `false` when there was none: then the message
    /// will come again, and the ledger drops it.
    pub async fn settle(&self, delivery: &Delivery, verdict: Verdict) -> bool {
        let Some(reply) = delivery.reply.clone() else {
            return false;
        };
        let payload = match verdict {
            Verdict::Ack => Bytes::from_static(b"+ACK"),
            Verdict::Retry(delay) => {
                Bytes::from(format!("-NAK {{\"delay\":{}}}", delay.as_nanos()))
            }
        };
        // A plain request: its answer, or the server's 503 when the consumer is gone, which `double_ack` takes for an ack.
        let request = async_nats::Request::new()
            .payload(payload)
            .timeout(Some(ACK_TIMEOUT));
        match self.bus.client.send_request(reply, request).await {
            Ok(answer) => {
                answer.status.is_none() || answer.status == Some(async_nats::StatusCode::OK)
            }
            Err(error) => {
                tracing::debug!(%error, subject = %delivery.subject, "ack not confirmed, the message comes again");
                false
            }
        }
    }
}
