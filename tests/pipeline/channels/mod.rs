//! Channels while running: the present and the past, corrections and kills, and who is in nobody's way.

mod backfill;
mod changes;
mod docs;
mod grants;
mod kills;
mod order;
mod subscribers;

use crate::channels_support::item;
use crate::support::{Daemon, Nats, Received, Room, Wire, wait_until};
use async_nats::HeaderMap;
use copydesk::channels::plan::Record;
use copydesk::event::Event;
use copydesk::item::Action;
use serde_json::Value;

/// The word that the channels of these tests ask for.
const WORD: &str = "蜂箱";

/// An id as the page reader makes them; the number comes back with [`number`].
fn id(number: usize) -> String {
    format!("rsrb-20250318-01-{number:08}")
}

fn number(id: &str) -> usize {
    id.rsplit('-').next().unwrap().parse().unwrap()
}

/// A revision of an article with this body, as the enricher stores it.
fn event(number: usize, revision: u32, action: Action, body: &str) -> Event {
    let mut item = item()
        .headline("山里人家的甜蜜账")
        .body(body)
        .source("rsrb")
        .build();
    item.enrichment.id = id(number);
    item.item.title = "山里人家的甜蜜账".into();
    let time = "2025-03-18T00:00:00.000Z";
    Event::new(item, revision, action, time, time, None)
}

/// Fan-outs on a NATS, and items put where the enricher would put them.
struct Desk {
    room: Room,
    nats: Nats,
    wire: Wire,
}

impl Desk {
    /// With `channels.toml`, and its streams made.
    fn new(channels: &str) -> Self {
        let (room, nats) = (Room::new(), Nats::start());
        room.config("channels.toml", channels);
        room.config("copydesk.toml", "");
        let wire = Wire::to(&nats.url);
        let desk = Self { room, nats, wire };
        desk.fanout().stop();
        desk
    }

    fn fanout(&self) -> Daemon {
        let config = self.room.path("copydesk.toml");
        let config = config.to_str().unwrap();
        let args = ["run", "fanout", "--config", config, "-s", &self.nats.url];
        self.room.daemon(&args)
    }

    fn run(&self, args: &[&str]) -> String {
        let ran = self.try_run(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.out
    }

    fn try_run(&self, args: &[&str]) -> crate::support::Ran {
        let config = self.room.path("copydesk.toml");
        let more = ["--config", config.to_str().unwrap(), "-s", &self.nats.url];
        self.room.run(&[args, &more].concat())
    }

    /// Stores a revision.
    fn put(&self, number: usize, revision: u32, action: Action, body: &str) {
        put(&self.wire, number, revision, action, body);
    }

    /// Stores first revisions that have the word.
    fn put_first(&self, numbers: std::ops::Range<usize>) {
        for number in numbers {
            self.put(number, 1, Action::Publish, WORD);
        }
    }

    /// Everything went where it had to.
    fn drained(&self) {
        wait_until("every item delivered", || {
            self.wire.block_on(async {
                let stream = self.wire.js().get_stream("COPYDESK_ITEMS").await.unwrap();
                let consumer = stream.consumer_info("fanout").await.unwrap();
                consumer.num_pending == 0 && consumer.num_ack_pending == 0
            })
        });
    }

    /// Where the deliveries into a channel of the bucket stand.
    fn standing(&self, channel: &str) -> Value {
        self.wire.block_on(async {
            let bucket = self.wire.js().get_key_value("copydesk_channels").await;
            let value = bucket.unwrap().get(channel).await.unwrap().unwrap();
            serde_json::from_slice::<Value>(&value).unwrap()["standing"].clone()
        })
    }

    /// Sequence behind which a channel is live, once it is.
    fn live_after(&self, channel: &str) -> u64 {
        wait_until("the channel to be live", || {
            self.standing(channel)["live"].is_object()
        });
        self.standing(channel)["live"]["after"].as_u64().unwrap()
    }

    /// Who got what of an article.
    fn record(&self, article: usize) -> Record {
        self.wire.block_on(async {
            let bucket = self.wire.js().get_key_value("copydesk_delivered").await;
            let value = bucket.unwrap().get(id(article)).await.unwrap().unwrap();
            serde_json::from_slice(&value).unwrap()
        })
    }

    /// Writes into the bucket of channels as any client may.
    fn write(&self, key: &str, value: &str) {
        self.wire.block_on(async {
            let bucket = self.wire.js().get_key_value("copydesk_channels").await;
            let value = value.to_owned().into();
            bucket.unwrap().put(key, value).await.unwrap();
        });
    }

    /// What a channel holds, in order.
    fn holds(&self, channel: &str) -> Vec<Received> {
        let filter = format!("copydesk.channel.{channel}.*");
        self.wire.subscribe_to("COPYDESK_CHANNELS", &filter).rest()
    }
}

fn put(wire: &Wire, number: usize, revision: u32, action: Action, body: &str) {
    let event = event(number, revision, action, body);
    let mut headers = HeaderMap::new();
    headers.insert("Copydesk-Revision", revision.to_string());
    let subject = format!("copydesk.item.rsrb.{}", id(number));
    let payload = serde_json::to_vec(&event).unwrap();
    wire.block_on(async {
        let js = wire.js();
        let ack = js.publish_with_headers(subject, headers, payload.into());
        ack.await.unwrap().await.unwrap();
    });
}

/// `<number> <revision> <action>` of each.
fn told(received: &[Received]) -> Vec<String> {
    let one = |r: &Received| format!("{} {} {}", number(r.id()), r.revision(), r.action());
    received.iter().map(one).collect()
}
