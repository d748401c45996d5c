//! The watcher's memory: what came of each file. Restarts and second watchers publish nothing twice because of it.

use super::publish::Outgoing;
use super::{Bus, BusError};
use async_nats::jetstream::kv;
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path below the inbox, for people.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex; empty when it could not be read.
    pub sha256: String,
    /// Size, time and inode it had: equal means not looked at again.
    pub stamp: String,
    /// How it ended.
    pub outcome: FileOutcome,
    /// Articles found in it.
    #[serde(default)]
    pub articles: usize,
}

/// How a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileOutcome {
    /// Its articles are stored.
    Published,
    /// The same bytes were published before, under this or another name.
    Known,
    /// It is with the dead letters.
    Failed,
}

/// A record with the revision that a later one must build on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The record.
    pub record: FileRecord,
    /// Revision of the key.
    pub revision: u64,
}

/// A file somebody asked to be looked at again.
#[derive(Debug, Clone)]
pub struct RetryRequest {
    /// Its source.
    pub source: String,
    /// Its path below the inbox, as bytes in base64.
    pub path: String,
    reply: Option<async_nats::Subject>,
}

/// The files bucket.
#[derive(Clone, Debug)]
pub struct Files {
    store: kv::Store,
    bus: Bus,
}

impl Bus {
    /// Opens the files bucket.
    ///
    /// # Errors
    /// It is not there: [`Bus::ensure_layout`] makes it.
    pub async fn files(&self) -> Result<Files, BusError> {
        let bucket = self.names.files_bucket();
        let store = self
            .js
            .get_key_value(&bucket)
            .await
            .map_err(|e| BusError::request(format!("bucket {bucket}"), e))?;
        Ok(Files {
            store,
            bus: self.clone(),
        })
    }

    /// Forgets a file and has its watcher look again. `path` is its path below the inbox, as bytes in base64.
    ///
    /// # Errors
    /// NATS does not answer, or nobody watches the source.
    pub async fn forget_file(&self, source: &str, key: &str, path: &str) -> Result<(), BusError> {
        let files = self.files().await?;
        let path_key = path_key(source, key);
        files
            .store
            .delete(&path_key)
            .await
            .map_err(|e| BusError::request("forgetting the file", e))?;
        let request = format!("{source} {path}");
        match self
            .client
            .request(self.names.control("retry"), request.into())
            .await
        {
            Ok(_) => Ok(()),
            Err(e) => Err(BusError::request(
                format!("asking the watcher of `{source}` to look again"),
                format!("{e}; is `copydesk up` or `copydesk run watch` at work for it?"),
            )),
        }
    }

    /// Files somebody asked to be looked at again. Ends with the connection.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn retries(
        &self,
    ) -> Result<impl futures_util::Stream<Item = RetryRequest> + use<>, BusError> {
        let subscription = self
            .client
            .subscribe(self.names.control("retry"))
            .await
            .map_err(|e| BusError::request("subscribing to retries", e))?;
        Ok(subscription.filter_map(|message| {
            let pair = std::str::from_utf8(&message.payload)
                .ok()
                .and_then(|text| text.split_once(' '));
            std::future::ready(pair.map(|(source, path)| RetryRequest {
                source: source.to_owned(),
                path: path.to_owned(),
                reply: message.reply.clone(),
            }))
        }))
    }

    /// Tells whoever asked that the file will be looked at. Only the watcher of its source answers.
    pub async fn answer_retry(&self, request: &RetryRequest) {
        if let Some(reply) = request.reply.clone() {
            // Without an answer the asker keeps the dead letter, and may ask again.
            let _ = self.client.publish(reply, Bytes::new()).await;
        }
    }
}

fn path_key(source: &str, key: &str) -> String {
    format!("{source}.path.{key}")
}

fn content_key(source: &str, sha256: &str) -> String {
    format!("{source}.sha256.{sha256}")
}

impl Files {
    /// What came of the file at a path, by the hash of that path.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn by_path(&self, source: &str, key: &str) -> Result<Option<Known>, BusError> {
        self.get(path_key(source, key)).await
    }

    /// What came of these bytes, under any name.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn by_content(&self, source: &str, sha256: &str) -> Result<Option<Known>, BusError> {
        self.get(content_key(source, sha256)).await
    }

    /// Remembers what came of files, by (source, key): one commit for all of them.
    ///
    /// # Errors
    /// NATS does not answer; nothing bad follows but work done again.
    pub async fn remember(&self, records: &[(&str, &str, FileRecord)]) -> Result<(), BusError> {
        let mut messages: HashMap<String, Outgoing> = HashMap::new();
        for (source, key, record) in records {
            let payload = Bytes::from(
                serde_json::to_vec(record).map_err(|e| BusError::Message(e.to_string()))?,
            );
            let by_content = (record.outcome == FileOutcome::Published)
                .then(|| content_key(source, &record.sha256));
            for key in by_content.into_iter().chain([path_key(source, key)]) {
                let subject = format!("$KV.{}.{key}", self.bus.names.files_bucket());
                let id = self.bus.client.new_inbox();
                let message = Outgoing {
                    subject: subject.clone(),
                    id,
                    headers: Vec::new(),
                    payload: payload.clone(),
                    expect: None,
                };
                messages.insert(subject, message);
            }
        }
        for result in self.bus.publish_all(messages.into_values().collect()).await {
            result.map_err(|e| BusError::publish("remembering a file", &e))?;
        }
        Ok(())
    }

    async fn get(&self, key: String) -> Result<Option<Known>, BusError> {
        if !self.bus.is_connected() {
            return Err(BusError::request("looking up a file", "not connected"));
        }
        let entry = self
            .store
            .entry(key)
            .await
            .map_err(|e| BusError::request("looking up a file", e))?;
        Ok(entry
            .filter(|e| e.operation == kv::Operation::Put)
            .and_then(|entry| {
                // A record nobody can read any more is as good as none: the ledger of items still decides.
                let record = serde_json::from_slice(&entry.value).ok()?;
                Some(Known {
                    record,
                    revision: entry.revision,
                })
            }))
    }
}
