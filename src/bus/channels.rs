//! Channels that come and go while the fan-out runs: their definitions, who got what, and catching up with the archive.

use super::layout::{Names, StreamName};
use super::publish::{Outgoing, PublishError};
use super::{Bus, BusError};
use crate::channels::definition::Definition;
use crate::channels::plan::Record;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How key-value clients mark a key that was removed.
const OPERATION: &str = "KV-Operation";
/// Consumer of the items that all fan-outs share.
pub const FANOUT: &str = "fanout";

/// A change of a channel's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Name of the channel.
    pub name: String,
    /// Place among all changes.
    pub sequence: u64,
    /// As written, by whomever; none where it was removed.
    pub value: Option<Bytes>,
}

/// A value of a bucket with the sequence that a change of it must build on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// The value.
    pub value: T,
    /// Its sequence.
    pub sequence: u64,
}

/// Who brings a channel up to date from the archive, and how far. A beat that stays out for some seconds is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// See [`crate::channels::definition::Standing::Behind`].
    pub run: String,
    /// Who.
    pub owner: String,
    /// The next item to be looked at.
    pub next: u64,
}

impl Bus {
    /// A name nobody else has.
    pub fn unique(&self) -> String {
        let inbox = self.client.new_inbox();
        inbox.rsplit('.').next().unwrap_or(&inbox).to_owned()
    }

    /// Sequence of the last change of any channel, as the stream's leader has it.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn channels_sequence(&self) -> Result<u64, BusError> {
        self.last_of(&bucket_stream(&self.names.channels_bucket()))
            .await
    }

    /// Changes of channels after the one at `after`, in order.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn channel_changes(&self, after: u64) -> Result<Vec<Change>, BusError> {
        let bucket = self.names.channels_bucket();
        let prefix = format!("$KV.{bucket}.");
        let messages = self.read_stream(&bucket_stream(&bucket), after + 1).await?;
        let mut messages = Box::pin(messages);
        let mut changes = Vec::new();
        while let Some(message) = messages.next().await {
            let message = message?;
            let removed = message.header(OPERATION).is_some();
            changes.push(Change {
                name: message
                    .subject
                    .strip_prefix(&prefix)
                    .unwrap_or_default()
                    .to_owned(),
                sequence: message.sequence,
                value: (!removed).then_some(message.payload),
            });
        }
        Ok(changes)
    }

    /// Channels made while running; of a definition nobody can read, the one before.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn added_channels(&self) -> Result<BTreeMap<String, Definition>, BusError> {
        let mut channels = BTreeMap::new();
        for change in self.channel_changes(0).await? {
            match change.value.map(|v| serde_json::from_slice(&v)) {
                Some(Ok(definition)) => {
                    channels.insert(change.name, definition);
                }
                Some(Err(_)) => {}
                None => {
                    channels.remove(&change.name);
                }
            }
        }
        Ok(channels)
    }

    /// The definition of a channel, where the bucket has one.
    ///
    /// # Errors
    /// NATS does not answer, or somebody wrote what is no definition.
    pub async fn channel(&self, name: &str) -> Result<Option<Kept<Definition>>, BusError> {
        self.kept(&self.names.channels_bucket(), name).await
    }

    /// Sequence of what the bucket has of a channel, good or bad; 0 for nothing.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn channel_sequence(&self, name: &str) -> Result<u64, BusError> {
        let bucket = self.names.channels_bucket();
        let newest = self
            .newest_of(bucket_stream(&bucket), &key(&bucket, name))
            .await?;
        Ok(newest.map_or(0, |m| m.sequence))
    }

    /// Writes the definition of a channel over the one at `expect`; returns its sequence.
    ///
    /// # Errors
    /// [`PublishError::WrongLastSequence`]: somebody was faster.
    pub async fn put_channel(
        &self,
        name: &str,
        definition: &Definition,
        expect: u64,
    ) -> Result<u64, PublishError> {
        self.keep(&self.names.channels_bucket(), name, definition, expect)
            .await
    }

    /// Removes a channel. What it holds stays until it is too old.
    ///
    /// # Errors
    /// [`PublishError::WrongLastSequence`]: somebody was faster.
    pub async fn remove_channel(&self, name: &str, expect: u64) -> Result<(), PublishError> {
        let message = Outgoing {
            subject: key(&self.names.channels_bucket(), name),
            id: self.client.new_inbox(),
            headers: vec![(OPERATION, "DEL".to_owned())],
            payload: Bytes::new(),
            expect: Some(expect),
        };
        self.publish(&message).await.map(|_| ())
    }

    /// Who got what of an article.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn record(&self, id: &str) -> Result<Option<Kept<Record>>, BusError> {
        self.kept(&self.names.delivered_bucket(), id).await
    }

    /// A record as a message, to be stored over the one at `expect`.
    pub fn record_message(&self, id: &str, record: &Record, expect: u64) -> Outgoing {
        Outgoing {
            subject: key(&self.names.delivered_bucket(), id),
            id: self.client.new_inbox(),
            headers: Vec::new(),
            payload: Bytes::from(serde_json::to_vec(record).unwrap_or_default()),
            expect: Some(expect),
        }
    }

    /// Who brings a channel up to date.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn lease(&self, channel: &str) -> Result<Option<Kept<Lease>>, BusError> {
        self.kept(&self.names.backfill_bucket(), channel).await
    }

    /// Takes or renews a lease over the one at `expect`; returns its sequence.
    ///
    /// # Errors
    /// [`PublishError::WrongLastSequence`]: somebody else has it.
    pub async fn put_lease(
        &self,
        channel: &str,
        lease: &Lease,
        expect: u64,
    ) -> Result<u64, PublishError> {
        self.keep(&self.names.backfill_bucket(), channel, lease, expect)
            .await
    }

    /// Sequence of the newest item.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn items_sequence(&self) -> Result<u64, BusError> {
        self.last_of(&self.names.stream(StreamName::Items)).await
    }

    /// Sequence up to which all items went to their channels.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn items_delivered(&self) -> Result<u64, BusError> {
        let stream = self.stream(StreamName::Items).await?;
        match stream.consumer_info(FANOUT).await {
            Ok(info) => Ok(info.ack_floor.stream_sequence),
            // No fan-out ever ran: nothing went anywhere.
            Err(_) => Ok(0),
        }
    }

    /// Tells the fan-outs of a kill, so that it does not wait behind what is queued. A hint: it is in the stream too.
    pub async fn hint_kill(&self, subject: &str) {
        let control = self.names.control("kill");
        let _ = self
            .client
            .publish(control, subject.to_owned().into())
            .await;
    }

    /// Subjects of kills, each told to one fan-out. Ends with the connection.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn kill_hints(&self) -> Result<impl Stream<Item = String> + use<>, BusError> {
        let subscription = self
            .client
            .queue_subscribe(self.names.control("kill"), FANOUT.to_owned())
            .await
            .map_err(|e| BusError::request("subscribing to kills", e))?;
        Ok(subscription.map(|m| String::from_utf8_lossy(&m.payload).into_owned()))
    }

    async fn kept<T: DeserializeOwned>(
        &self,
        bucket: &str,
        name: &str,
    ) -> Result<Option<Kept<T>>, BusError> {
        let newest = self
            .newest_of(bucket_stream(bucket), &key(bucket, name))
            .await?;
        let Some(message) = newest.filter(|m| m.header(OPERATION).is_none()) else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&message.payload)
            .map_err(|e| BusError::Message(format!("key `{name}` of bucket {bucket}: {e}")))?;
        Ok(Some(Kept {
            value,
            sequence: message.sequence,
        }))
    }

    async fn keep<T: Serialize + Sync>(
        &self,
        bucket: &str,
        name: &str,
        value: &T,
        expect: u64,
    ) -> Result<u64, PublishError> {
        let payload =
            serde_json::to_vec(value).map_err(|e| PublishError::Refused(e.to_string()))?;
        let message = Outgoing {
            subject: key(bucket, name),
            id: self.client.new_inbox(),
            headers: Vec::new(),
            payload: payload.into(),
            expect: Some(expect),
        };
        self.publish(&message).await.map(|stored| stored.sequence)
    }

    /// Asked of the leader: a replica may not know yet.
    async fn last_of(&self, stream: &str) -> Result<u64, BusError> {
        let found = self.js.get_stream(stream).await;
        let found = found.map_err(|e| BusError::request(format!("stream {stream}"), e))?;
        Ok(found.cached_info().state.last_sequence)
    }
}

impl Names {
    /// Bucket of the channels made while running.
    pub fn channels_bucket(&self) -> String {
        self.bucket("channels")
    }

    /// Bucket of who got what, a key for each article.
    pub fn delivered_bucket(&self) -> String {
        self.bucket("delivered")
    }

    /// Bucket of who brings which channel up to date.
    pub fn backfill_bucket(&self) -> String {
        self.bucket("backfill")
    }
}

fn bucket_stream(bucket: &str) -> String {
    format!("KV_{bucket}")
}

fn key(bucket: &str, name: &str) -> String {
    format!("$KV.{bucket}.{name}")
}
