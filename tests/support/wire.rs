//! An independent reader: a plain NATS client with durable consumers, knowing nothing of copydesk but its subjects.

use super::PATIENCE;
use async_nats::jetstream::{self, consumer};
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// A connection.
pub(crate) struct Wire {
    runtime: Runtime,
    js: jetstream::Context,
}

/// A message of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) subject: String,
    pub(crate) content_type: String,
    pub(crate) traceparent: String,
    pub(crate) json: Value,
}

impl Received {
    pub(crate) fn id(&self) -> &str {
        self.json["data"]["enrichment"]["id"].as_str().unwrap()
    }

    pub(crate) fn title(&self) -> &str {
        self.json["data"]["item"]["title"].as_str().unwrap()
    }

    pub(crate) fn revision(&self) -> u64 {
        self.json["data"]["enrichment"]["revision"]
            .as_u64()
            .unwrap()
    }

    pub(crate) fn action(&self) -> &str {
        self.json["data"]["enrichment"]["action"].as_str().unwrap()
    }

    /// `investment` of `copydesk.channel.investment.<id>`.
    pub(crate) fn channel(&self) -> &str {
        self.subject.split('.').nth(2).unwrap()
    }
}

impl Wire {
    /// Connects to one or several, comma-separated, with the credentials in the first address.
    pub(crate) fn to(urls: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let addresses: Vec<async_nats::ServerAddr> =
            urls.split(',').map(|url| url.parse().unwrap()).collect();
        let address = &addresses[0];
        let mut options = async_nats::ConnectOptions::new().retry_on_initial_connect();
        if let (Some(user), Some(password)) = (address.username(), address.password()) {
            options = options.user_and_password(user.to_owned(), password.to_owned());
        }
        let bare = addresses
            .iter()
            .map(|a| format!("nats://{}:{}", a.host(), a.port()).parse().unwrap())
            .collect::<Vec<async_nats::ServerAddr>>();
        let client = runtime.block_on(options.connect(bare)).unwrap();
        // It spawns a task.
        let inside = runtime.enter();
        let js = jetstream::new(client);
        drop(inside);
        Self { runtime, js }
    }

    /// Runs a request.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub(crate) fn js(&self) -> &jetstream::Context {
        &self.js
    }

    /// Everything a stream has and gets, from its beginning.
    pub(crate) fn subscribe(&self, stream: &str) -> Subscriber<'_> {
        self.subscribe_as("reader", stream, "")
    }

    /// The same of some subjects, for one reading.
    pub(crate) fn subscribe_to(&self, stream: &str, filter: &str) -> Subscriber<'_> {
        self.subscribe_as("", stream, filter)
    }

    /// As a durable consumer of this name, where it has one.
    pub(crate) fn subscribe_as(&self, name: &str, stream: &str, filter: &str) -> Subscriber<'_> {
        let config = consumer::pull::Config {
            durable_name: Some(name.to_owned()).filter(|n| !n.is_empty()),
            filter_subject: filter.to_owned(),
            ..consumer::pull::Config::default()
        };
        let consumer = self.block_on(async {
            let stream = self.js.get_stream(stream).await.unwrap();
            stream.create_consumer(config).await.unwrap()
        });
        Subscriber {
            wire: self,
            consumer,
        }
    }

    /// Sequence of the last message ever stored in a stream: what was published, whatever has been replaced since.
    pub(crate) fn published(&self, stream: &str) -> u64 {
        self.block_on(async {
            let stream = self.js.get_stream(stream).await.unwrap();
            stream.cached_info().state.last_sequence
        })
    }

    /// Messages in a stream now.
    pub(crate) fn waiting(&self, stream: &str) -> u64 {
        self.block_on(async {
            let stream = self.js.get_stream(stream).await.unwrap();
            stream.cached_info().state.messages
        })
    }

    /// Whether no consumer of the articles or the items has anything before it or in its hands.
    pub(crate) fn is_idle(&self) -> bool {
        let idle = async {
            for stream in ["COPYDESK_ARTICLES", "COPYDESK_ITEMS"] {
                let stream = self.js.get_stream(stream).await?;
                let mut consumers = stream.consumers();
                while let Some(consumer) = consumers.next().await {
                    let consumer = consumer?;
                    if consumer.num_pending > 0 || consumer.num_ack_pending > 0 {
                        return Ok(false);
                    }
                }
            }
            Ok::<_, async_nats::Error>(true)
        };
        self.block_on(idle).unwrap_or(false)
    }

    /// Consumers of a stream now.
    pub(crate) fn readers(&self, stream: &str) -> usize {
        self.block_on(async {
            let stream = self.js.get_stream(stream).await.unwrap();
            stream.cached_info().state.consumer_count
        })
    }

    /// Items a channel holds.
    pub(crate) fn on_channel(&self, channel: &str) -> u64 {
        self.block_on(async {
            let stream = self.js.get_stream("COPYDESK_CHANNELS").await.unwrap();
            let filter = format!("copydesk.channel.{channel}.*");
            let subjects = stream.info_with_subjects(filter).await.unwrap();
            subjects.count().await as u64
        })
    }

    /// Stores a message.
    pub(crate) fn publish(&self, subject: &str, payload: &str) {
        self.block_on(async {
            let ack = self
                .js
                .publish(subject.to_owned(), payload.to_owned().into());
            ack.await.unwrap().await.unwrap();
        });
    }
}

/// A durable consumer on a stream.
pub(crate) struct Subscriber<'a> {
    wire: &'a Wire,
    consumer: consumer::PullConsumer,
}

impl Subscriber<'_> {
    /// The next `count` messages.
    pub(crate) fn take(&mut self, count: usize) -> Vec<Received> {
        let mut came: Vec<Received> = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        while came.len() < count {
            assert!(
                Instant::now() < deadline,
                "{} of {count} messages came: {:?}",
                came.len(),
                came.iter().map(|m| &m.subject).collect::<Vec<_>>()
            );
            came.extend(self.fetch(count - came.len(), Duration::from_secs(2)));
        }
        came
    }

    /// Nothing comes for a while.
    pub(crate) fn quiet(&mut self) {
        let came = self.fetch(10, super::NEVER);
        assert!(came.is_empty(), "came: {came:?}");
    }

    /// All there is.
    pub(crate) fn rest(&mut self) -> Vec<Received> {
        let mut all = Vec::new();
        loop {
            let came = self.fetch(500, super::NEVER);
            if came.is_empty() {
                return all;
            }
            all.extend(came);
        }
    }

    /// Takes messages and never acks them; says how many there were.
    pub(crate) fn hold(&mut self, most: usize) -> usize {
        self.wire.block_on(async {
            let batch = self.consumer.fetch().max_messages(most).messages().await;
            // It ends with an error where no more are handed out.
            let messages = batch.unwrap().filter(|m| std::future::ready(m.is_ok()));
            messages.count().await
        })
    }

    /// What comes within a moment.
    pub(crate) fn some(&mut self) -> Vec<Received> {
        self.fetch(500, super::NEVER)
    }

    /// How often each subject came, of all there is.
    pub(crate) fn tally(&mut self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for message in self.rest() {
            *times.entry(message.subject).or_default() += 1;
        }
        times
    }

    fn fetch(&self, most: usize, wait: Duration) -> Vec<Received> {
        self.wire.block_on(async {
            let batch = self
                .consumer
                .fetch()
                .max_messages(most)
                .expires(wait)
                .messages()
                .await;
            // A server that is away is asked again.
            let Ok(mut batch) = batch else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                return Vec::new();
            };
            let mut came = Vec::new();
            while let Ok(Some(Ok(message))) =
                tokio::time::timeout(wait + Duration::from_secs(1), batch.next()).await
            {
                let header = |name: &str| {
                    let headers = message.headers.as_ref();
                    headers
                        .and_then(|h| h.get(name))
                        .map_or_else(String::new, ToString::to_string)
                };
                came.push(Received {
                    subject: message.subject.to_string(),
                    content_type: header("Content-Type"),
                    traceparent: header("traceparent"),
                    json: serde_json::from_slice(&message.payload).unwrap_or_default(),
                });
                message.ack().await.unwrap();
            }
            came
        })
    }
}
