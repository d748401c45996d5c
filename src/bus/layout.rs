//! Streams, buckets and subjects: made at start, or checked against what is there.

use super::{Bus, BusError};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream;
use std::time::Duration;

/// How long a half waits for its partner's file; held pieces go out much earlier.
const HALVES_AGE: Duration = Duration::from_secs(14 * 86_400);

/// Definitions of a channel that are kept.
const CHANNEL_HISTORY: i64 = 16;

/// Names derived from one prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    prefix: String,
}

/// A stream of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamName {
    /// Articles waiting to be enriched: a work queue.
    Articles,
    /// Every revision of every item: archive and ledger.
    Items,
    /// What each channel got.
    Channels,
    /// What failed, with its reason.
    Dead,
}

impl StreamName {
    /// All of them, in the order the data flows.
    pub const ALL: [Self; 4] = [Self::Articles, Self::Items, Self::Channels, Self::Dead];
}

/// Limits of the streams, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamLimits {
    /// Copies kept in a cluster.
    pub replicas: usize,
    /// Bytes of articles that may wait; then the watcher waits and files stay in the inbox.
    pub articles_max_bytes: i64,
    /// Bytes of items kept, 0 for no limit of its own.
    pub items_max_bytes: i64,
    /// How long channels can be replayed.
    pub channels_max_age: Duration,
    /// How long dead letters are kept.
    pub dead_max_age: Duration,
    /// How long a message id is remembered by the server; the ledger decides afterwards.
    pub duplicate_window: Duration,
}

impl Names {
    /// Names below `prefix`, lower-case ASCII.
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// `COPYDESK_ARTICLES`
    pub fn stream(&self, stream: StreamName) -> String {
        let suffix = match stream {
            StreamName::Articles => "ARTICLES",
            StreamName::Items => "ITEMS",
            StreamName::Channels => "CHANNELS",
            StreamName::Dead => "DEAD",
        };
        format!("{}_{suffix}", self.prefix.to_ascii_uppercase())
    }

    /// Everything a stream holds: `copydesk.article.>`
    pub fn subjects(&self, stream: StreamName) -> Vec<String> {
        let compact = (stream == StreamName::Channels).then_some("compact");
        let tokens = std::iter::once(token(stream)).chain(compact);
        tokens.map(|t| format!("{}.{t}.>", self.prefix)).collect()
    }

    /// `copydesk.article.<source>.<id>`
    pub fn article(&self, source: &str, id: &str) -> String {
        format!("{}.article.{source}.{id}", self.prefix)
    }

    /// `copydesk.item.<source>.<id>`
    pub fn item(&self, source: &str, id: &str) -> String {
        format!("{}.item.{source}.{id}", self.prefix)
    }

    /// The same from the id alone; none for what is no id.
    pub fn item_of(&self, id: &str) -> Option<String> {
        source_of(id).map(|source| self.item(source, id))
    }

    /// `copydesk.channel.<channel>.<id>`
    pub fn channel(&self, channel: &str, id: &str) -> String {
        format!("{}.channel.{channel}.{id}", self.prefix)
    }

    /// `copydesk.compact.<channel>.<id>`: the same without the body.
    pub fn compact(&self, channel: &str, id: &str) -> String {
        format!("{}.compact.{channel}.{id}", self.prefix)
    }

    /// `copydesk.dead.<role>.<id>`
    pub fn dead(&self, role: &str, id: &str) -> String {
        format!("{}.dead.{role}.{id}", self.prefix)
    }

    /// `copydesk.control.<what>`: core NATS, outside every stream.
    pub fn control(&self, what: &str) -> String {
        format!("{}.control.{what}", self.prefix)
    }

    /// `copydesk.api.<what>`: services.
    pub fn api(&self, what: &str) -> String {
        format!("{}.api.{what}", self.prefix)
    }

    /// Bucket of halves of pieces that jump from page to page.
    pub fn halves_bucket(&self) -> String {
        self.bucket("halves")
    }

    /// Bucket of how far long work has come.
    pub fn jobs_bucket(&self) -> String {
        self.bucket("jobs")
    }

    /// Bucket of the watcher's memory.
    pub fn files_bucket(&self) -> String {
        self.bucket("files")
    }

    /// The prefix and what is below it.
    pub(super) fn subject(&self, tokens: &[&str]) -> String {
        let prefix = std::iter::once(self.prefix.as_str());
        let tokens: Vec<&str> = prefix.chain(tokens.iter().copied()).collect();
        tokens.join(".")
    }

    pub(super) fn bucket(&self, what: &str) -> String {
        format!("{}_{what}", self.prefix)
    }
}

/// The source an id begins with: everything before date, page and hash. Subjects are made of it, so it must be a token.
pub fn source_of(id: &str) -> Option<&str> {
    let mut parts = id.rsplitn(4, '-');
    let (_hash, _page, _date, source) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let clean = id
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (clean && crate::config::is_token(source)).then_some(source)
}

fn token(stream: StreamName) -> &'static str {
    match stream {
        StreamName::Articles => "article",
        StreamName::Items => "item",
        StreamName::Channels => "channel",
        StreamName::Dead => "dead",
    }
}

fn wanted(names: &Names, which: StreamName, limits: &StreamLimits) -> stream::Config {
    let base = stream::Config {
        name: names.stream(which),
        subjects: names.subjects(which),
        storage: stream::StorageType::File,
        num_replicas: limits.replicas,
        duplicate_window: limits.duplicate_window,
        allow_atomic_publish: true,
        allow_direct: true,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        ..stream::Config::default()
    };
    match which {
        StreamName::Articles => stream::Config {
            description: Some("copydesk: articles waiting to be enriched".into()),
            retention: stream::RetentionPolicy::WorkQueue,
            discard: stream::DiscardPolicy::New,
            max_bytes: limits.articles_max_bytes,
            ..base
        },
        StreamName::Items => stream::Config {
            description: Some("copydesk: enriched items, archive and ledger".into()),
            max_messages_per_subject: 16,
            max_bytes: if limits.items_max_bytes == 0 {
                -1
            } else {
                limits.items_max_bytes
            },
            ..base
        },
        StreamName::Channels => stream::Config {
            description: Some("copydesk: what each channel got".into()),
            // A channel may keep its items for a shorter time than the stream.
            allow_message_ttl: true,
            max_messages_per_subject: 1,
            max_age: limits.channels_max_age,
            duplicate_window: limits.duplicate_window.min(limits.channels_max_age),
            ..base
        },
        StreamName::Dead => stream::Config {
            description: Some("copydesk: what failed, with its reason".into()),
            max_messages_per_subject: 1,
            max_age: limits.dead_max_age,
            duplicate_window: limits.duplicate_window.min(limits.dead_max_age),
            ..base
        },
    }
}

/// What an existing stream does otherwise, where that breaks an invariant. Sizes, ages and replicas are the operator's.
fn differences(have: &stream::Config, want: &stream::Config) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, have: String, want: String| {
        if have != want {
            found.push(format!("{what} is {have}, not {want}"));
        }
    };
    differ(
        "subjects",
        format!("{:?}", have.subjects),
        format!("{:?}", want.subjects),
    );
    differ(
        "retention",
        format!("{:?}", have.retention),
        format!("{:?}", want.retention),
    );
    differ(
        "discard",
        format!("{:?}", have.discard),
        format!("{:?}", want.discard),
    );
    differ(
        "storage",
        format!("{:?}", have.storage),
        format!("{:?}", want.storage),
    );
    differ(
        "max_msgs_per_subject",
        have.max_messages_per_subject.to_string(),
        want.max_messages_per_subject.to_string(),
    );
    differ(
        "allow_atomic",
        have.allow_atomic_publish.to_string(),
        want.allow_atomic_publish.to_string(),
    );
    differ(
        "allow_msg_ttl",
        have.allow_message_ttl.to_string(),
        want.allow_message_ttl.to_string(),
    );
    differ(
        "allow_direct",
        have.allow_direct.to_string(),
        want.allow_direct.to_string(),
    );
    found
}

impl Bus {
    /// Makes the streams that are missing and checks those that are there.
    ///
    /// # Errors
    /// [`BusError::Layout`] for a stream with settings that would break an invariant.
    pub async fn ensure_layout(&self, limits: &StreamLimits) -> Result<(), BusError> {
        for which in StreamName::ALL {
            self.ensure_stream(wanted(&self.names, which, limits))
                .await?;
        }
        let names = &self.names;
        self.ensure_stream(super::events::wanted(names, limits.replicas))
            .await?;
        for (bucket, description, max_age, history) in [
            (
                names.files_bucket(),
                "copydesk: what came of each file",
                Duration::ZERO,
                1,
            ),
            (
                names.halves_bucket(),
                "copydesk: halves of pieces that jump",
                HALVES_AGE,
                1,
            ),
            (
                names.channels_bucket(),
                "copydesk: channels made while running",
                Duration::ZERO,
                // The last good definition stays in force when bad ones come after it.
                CHANNEL_HISTORY,
            ),
            (
                names.delivered_bucket(),
                "copydesk: which channels got what of each article",
                Duration::ZERO,
                1,
            ),
            (
                names.backfill_bucket(),
                "copydesk: channels being brought up to date",
                Duration::ZERO,
                1,
            ),
        ] {
            self.ensure_bucket(bucket, description, limits.replicas, max_age, history)
                .await?;
        }
        Ok(())
    }

    async fn ensure_stream(&self, want: stream::Config) -> Result<(), BusError> {
        let name = want.name.clone();
        match self.js.get_stream(&name).await {
            Ok(stream) => {
                let differences = differences(&stream.cached_info().config, &want);
                if differences.is_empty() {
                    return Ok(());
                }
                Err(BusError::Layout {
                    stream: name,
                    differences: differences.join("; "),
                })
            }
            Err(e) if matches!(e.kind(), GetStreamErrorKind::JetStream(ref js) if js.code() == 404) =>
            {
                self.js
                    .create_stream(want)
                    .await
                    .map_err(|e| BusError::request(format!("creating stream {name}"), e))?;
                tracing::debug!(stream = %name, "stream created");
                Ok(())
            }
            Err(e) => Err(BusError::request(format!("looking for stream {name}"), e)),
        }
    }

    /// A key-value bucket is a stream by another name; made as one, so that records can be stored in batches.
    pub(super) async fn ensure_bucket(
        &self,
        bucket: String,
        description: &str,
        replicas: usize,
        max_age: Duration,
        history: i64,
    ) -> Result<(), BusError> {
        let want = stream::Config {
            name: format!("KV_{bucket}"),
            description: Some(description.into()),
            max_age,
            subjects: vec![format!("$KV.{bucket}.>")],
            storage: stream::StorageType::File,
            num_replicas: replicas,
            max_messages_per_subject: history,
            discard: stream::DiscardPolicy::New,
            allow_rollup: true,
            deny_delete: true,
            allow_direct: true,
            allow_atomic_publish: true,
            max_bytes: -1,
            max_messages: -1,
            duplicate_window: Duration::from_secs(1),
            ..stream::Config::default()
        };
        self.ensure_stream(want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> StreamLimits {
        StreamLimits {
            replicas: 1,
            articles_max_bytes: 1 << 20,
            items_max_bytes: 0,
            channels_max_age: Duration::from_secs(3600),
            dead_max_age: Duration::from_secs(3600),
            duplicate_window: Duration::from_secs(120),
        }
    }

    #[test]
    fn the_source_is_what_stands_before_date_page_and_hash() {
        assert_eq!(source_of("zzrb-20240105-02-k3v7q2ma"), Some("zzrb"));
        assert_eq!(
            source_of("daily-news-20240105-A1-k3v7q2ma"),
            Some("daily-news")
        );
        for bad in [
            "",
            "zzrb",
            "zz>-20240105-02-k3v7q2ma",
            "zz.*-1-2-3",
            "-1-2-3",
        ] {
            assert_eq!(source_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_stream_with_other_retention_is_named_and_one_with_another_age_is_the_operators() {
        let names = Names::new("copydesk");
        let want = wanted(&names, StreamName::Articles, &limits());
        assert_eq!(want.name, "COPYDESK_ARTICLES");
        let mut have = want.clone();
        have.max_age = Duration::from_secs(5);
        have.num_replicas = 3;
        assert!(differences(&have, &want).is_empty());
        have.retention = stream::RetentionPolicy::Limits;
        assert_eq!(
            differences(&have, &want),
            ["retention is Limits, not WorkQueue"]
        );
    }
}
