//! An independent consumer per channel, which outlives whatever happens to the server.

use crate::books::Delivery;
use crate::support::Wire;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use futures_util::StreamExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Reads one channel until dropped.
pub(crate) struct Reader {
    pub(crate) channel: &'static str,
    got: Arc<Mutex<Vec<Delivery>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    pub(crate) fn of(channel: &'static str, url: &str) -> Self {
        let (got, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (sink, end, url) = (Arc::clone(&got), stop.clone(), url.to_owned());
        let thread = std::thread::spawn(move || {
            let wire = Wire::to(&url);
            while !end.load(Ordering::SeqCst) {
                if wire.block_on(read(&wire, channel, &sink, &end)).is_err() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        });
        Self {
            channel,
            got,
            stop,
            thread: Some(thread),
        }
    }

    /// What came so far.
    pub(crate) fn got(&self) -> Vec<Delivery> {
        self.got.lock().unwrap().clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn read(
    wire: &Wire,
    channel: &str,
    sink: &Mutex<Vec<Delivery>>,
    end: &AtomicBool,
) -> Result<(), async_nats::Error> {
    let config = pull::Config {
        durable_name: Some(format!("books-{channel}")),
        filter_subject: format!("copydesk.channel.{channel}.>"),
        ack_policy: AckPolicy::Explicit,
        ..pull::Config::default()
    };
    let stream = wire.js().get_stream("COPYDESK_CHANNELS").await?;
    let consumer = stream
        .get_or_create_consumer(&format!("books-{channel}"), config)
        .await?;
    while !end.load(Ordering::SeqCst) {
        let fetch = consumer.fetch().max_messages(200);
        let mut batch = fetch.expires(Duration::from_millis(500)).messages().await?;
        while let Ok(Some(message)) =
            tokio::time::timeout(Duration::from_secs(2), batch.next()).await
        {
            let message = message?;
            let sequence = message.info()?.stream_sequence;
            let event: serde_json::Value = serde_json::from_slice(&message.payload)?;
            let (item, enrichment) = (&event["data"]["item"], &event["data"]["enrichment"]);
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            sink.lock().unwrap().push(Delivery {
                sequence,
                id: text(&enrichment["id"]),
                headline: text(&item["title"]),
                revision: enrichment["revision"].as_u64().unwrap_or_default(),
                body: text(&item["bodies"][0]["value"]),
            });
            message.ack().await?;
        }
    }
    Ok(())
}
