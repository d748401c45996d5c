//! A subscriber reads its channels and nothing else.

use super::{Desk, WORD, id};
use crate::support::{Received, Room, article, wait_until};
use async_nats::jetstream::{self, consumer::PullConsumer};
use async_nats::{ConnectOptions, Event};
use copydesk::item::Action;
use futures_util::StreamExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// What is refused is never answered.
const ANSWER: Duration = Duration::from_secs(5);

/// A client of somebody else's, with its own user.
struct Client {
    runtime: Runtime,
    client: async_nats::Client,
    refusals: Arc<Mutex<Vec<String>>>,
}

impl Client {
    fn log_in(url: &str, options: ConnectOptions, inbox: &str) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let address = url
            .rsplit('@')
            .next()
            .unwrap()
            .trim_start_matches("nats://");
        let refusals = Arc::new(Mutex::new(Vec::new()));
        let said = refusals.clone();
        let options = options
            .custom_inbox_prefix(inbox)
            .request_timeout(Some(ANSWER))
            .max_reconnects(1)
            .event_callback(move |event| {
                if let Event::ServerError(error) = event {
                    said.lock().unwrap().push(error.to_string());
                }
                std::future::ready(())
            });
        let client = runtime.block_on(options.connect(format!("nats://{address}")));
        let client = client.map_err(|e| e.to_string())?;
        Ok(Self {
            runtime,
            client,
            refusals,
        })
    }

    fn with_password(url: &str, user: &str, password: &str) -> Result<Self, String> {
        let options = ConnectOptions::with_user_and_password(user.into(), password.into());
        Self::log_in(url, options, &format!("_INBOX_{user}"))
    }

    /// All there is for its consumer, acked.
    fn read(&self, consumer: &str) -> Vec<Received> {
        self.runtime.block_on(async {
            let js = jetstream::new(self.client.clone());
            let consumer: PullConsumer = js
                .get_consumer_from_stream(consumer, "COPYDESK_CHANNELS")
                .await
                .unwrap();
            let mut batch = consumer
                .fetch()
                .max_messages(100)
                .expires(Duration::from_secs(1))
                .messages()
                .await
                .unwrap();
            let mut came = Vec::new();
            while let Some(Ok(message)) = batch.next().await {
                came.push(Received {
                    subject: message.subject.to_string(),
                    content_type: String::new(),
                    traceparent: String::new(),
                    json: serde_json::from_slice(&message.payload).unwrap(),
                });
                message.double_ack().await.unwrap();
            }
            came
        })
    }

    /// Whether the server refuses a subject and says so.
    fn is_refused(&self, verb: &str, subject: &str) {
        let marked = format!("to \"{subject}\"").to_lowercase();
        self.runtime.block_on(async {
            match verb {
                "publish" => {
                    let payload = "+NXT".into();
                    let reply = self.client.new_inbox();
                    self.client
                        .publish_with_reply(subject.to_owned(), reply, payload)
                        .await
                        .unwrap();
                }
                _ => drop(self.client.subscribe(subject.to_owned()).await.unwrap()),
            }
            self.client.flush().await.unwrap();
        });
        wait_until(&format!("a refusal to {verb} {subject}"), || {
            let said = self.refusals.lock().unwrap();
            said.iter().any(|e| {
                let e = e.to_lowercase();
                e.contains("permissions violation") && e.contains(verb) && e.contains(&marked)
            })
        });
    }
}

/// The password that a command has made.
fn password(said: &str) -> String {
    let line = said
        .lines()
        .find(|l| l.trim_start().starts_with("password"));
    line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

const CHANNELS: &str = "defaults = false\n[[channel]]\nname = \"bees\"\nquery = 'headline:蜂箱'\ncompact = true\n\
    [[channel]]\nname = \"ponds\"\nquery = 'headline:水塘'\n";

#[test]
fn a_subscriber_of_the_private_server_reads_its_channels_and_nothing_else() {
    let room = Room::new();
    room.config("channels.toml", CHANNELS);
    let config = room.config(
        "copydesk.toml",
        // The desk page reads channels too; here readers are counted.
        "[web]\nenabled = false\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n",
    );
    let desk = room.daemon(&["up", "--config", &config]);
    let run = |args: &[&str]| {
        let ran = room.run(&[args, &["--config", &config]].concat());
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.out
    };
    let url = room.url();
    let put = |name: &str, word: &str| {
        let text = article(
            &format!("{word}进山村"),
            &format!("村民说,{name}里的{word}今年多了。"),
        );
        room.put(name, text);
    };
    put("20250318/01.md", "蜂箱");
    put("20250318/02.md", "水塘");
    wait_until("both channels", || {
        let wire = room.wire();
        wire.on_channel("bees") == 1 && wire.on_channel("ponds") == 1
    });

    let ed = password(&run(&["channel", "grant", "ed", "bees"]));
    let li = password(&run(&["channel", "grant", "li", "ponds"]));
    let log_in = |user: &str, password: &str| Client::with_password(&url, user, password);
    wait_until("both users", || {
        log_in("ed", &ed).is_ok() && log_in("li", &li).is_ok()
    });
    let users = std::fs::read_to_string(room.path("data/users.conf")).unwrap();
    assert!(
        !users.contains(&ed) && users.contains("\"$2b$11$"),
        "{users}"
    );
    assert_eq!(
        run(&["channel", "grant", "--list"])
            .split_whitespace()
            .collect::<Vec<_>>(),
        ["ed", "bees", "li", "ponds"]
    );

    let client = log_in("ed", &ed).unwrap();
    let came = client.read("ed");
    assert_eq!(
        came.iter().map(Received::channel).collect::<Vec<_>>(),
        ["bees"]
    );
    for subject in [
        "copydesk.channel.bees.x",
        "copydesk.item.rsrb.x",
        "copydesk.control.kill",
        "$KV.copydesk_channels.bees",
        "_INBOX_li.x",
        "$JS.API.INFO",
        "$JS.API.STREAM.INFO.COPYDESK_CHANNELS",
        "$JS.API.STREAM.MSG.GET.COPYDESK_CHANNELS",
        "$JS.API.DIRECT.GET.COPYDESK_CHANNELS.copydesk.channel.ponds.x",
        "$JS.API.CONSUMER.CREATE.COPYDESK_CHANNELS",
        "$JS.API.CONSUMER.CREATE.COPYDESK_CHANNELS.ed",
        "$JS.API.CONSUMER.CREATE.COPYDESK_CHANNELS.ed.copydesk.channel.ponds.*",
        "$JS.API.CONSUMER.DURABLE.CREATE.COPYDESK_CHANNELS.ed",
        "$JS.API.CONSUMER.DELETE.COPYDESK_CHANNELS.ed",
        "$JS.API.CONSUMER.INFO.COPYDESK_CHANNELS.li",
        "$JS.API.CONSUMER.MSG.NEXT.COPYDESK_CHANNELS.li",
        "$JS.API.CONSUMER.MSG.NEXT.COPYDESK_ITEMS.fanout",
        "$JS.ACK.COPYDESK_CHANNELS.li.1.1.1.1.1",
        // An ack of the older form for a consumer of somebody else's, dressed as one of the newer form for its own.
        "$JS.ACK.COPYDESK_ITEMS.fanout.COPYDESK_CHANNELS.ed.1.1.1",
    ] {
        client.is_refused("publish", subject);
    }
    for subject in [
        ">",
        "copydesk.>",
        "copydesk.channel.*.*",
        "copydesk.channel.ponds.*",
        "copydesk.compact.bees.*",
        "_INBOX.>",
        "_INBOX_li.>",
        "_INBOX_copydesk.>",
        "$JS.>",
        "$SRV.>",
    ] {
        client.is_refused("subscription", subject);
    }
    drop(client);

    // It goes on where it was, also with other channels.
    put("20250318/03.md", "蜂箱");
    wait_until("another one", || room.wire().on_channel("bees") == 2);
    let client = log_in("ed", &ed).unwrap();
    assert_eq!(client.read("ed").len(), 1);
    assert!(!run(&["channel", "grant", "ed", "bees", "ponds"]).contains("password"));
    wait_until("the wider grant", || {
        let Ok(client) = log_in("ed", &ed) else {
            return false;
        };
        client
            .runtime
            .block_on(client.client.subscribe("copydesk.channel.ponds.*"))
            .unwrap();
        client.runtime.block_on(client.client.flush()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        client.refusals.lock().unwrap().is_empty()
    });
    put("20250318/04.md", "水塘");
    wait_until("one more", || room.wire().on_channel("ponds") == 2);
    let came = log_in("ed", &ed).unwrap().read("ed");
    assert!(came.iter().any(|m| m.channel() == "ponds"), "{came:?}");

    let witness = log_in("ed", &ed).unwrap();
    run(&["channel", "revoke", "ed"]);
    wait_until("ed to be shut out", || log_in("ed", &ed).is_err());
    wait_until("ed to be put out", || {
        witness.client.connection_state() != async_nats::connection::State::Connected
    });
    assert_eq!(log_in("li", &li).unwrap().read("li").len(), 2);
    assert_eq!(room.wire().readers("COPYDESK_CHANNELS"), 1);
    let again = room.run(&["channel", "revoke", "ed", "--config", &config]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(
        again.err.contains("there is no subscriber `ed`"),
        "{again:?}"
    );

    // The desk has not noticed any of it; the users outlive it.
    assert_eq!(desk.count("lost the connection"), 0, "{}", desk.log());
    desk.stop();
    let desk = room.daemon(&["up", "--config", &config]);
    assert!(log_in("li", &li).is_ok() && log_in("ed", &ed).is_err());
    desk.stop();
}

#[test]
fn on_a_nats_of_ones_own_a_file_is_written_that_it_includes() {
    let desk = Desk::new("[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\ncompact = true\n");
    let fanout = desk.fanout();
    desk.put(0, 1, Action::Publish, WORD);
    desk.drained();
    fanout.stop();
    let mut nats = desk.nats;
    let users = nats.beside("users.conf");
    let output = users.to_str().unwrap();
    let config = desk.room.path("copydesk.toml");
    let more = [
        "--output",
        output,
        "--config",
        config.to_str().unwrap(),
        "-s",
        &nats.url.clone(),
    ];
    let run = |args: &[&str]| desk.room.run(&[args, &more].concat());

    std::fs::write(
        &users,
        "users: [\n{\"user\": \"desk\", \"password\": \"own\"}\n]\n",
    )
    .unwrap();
    let pair = nkeys::KeyPair::new_user();
    let key = pair.public_key();
    let granted = run(&[
        "channel",
        "grant",
        "ed",
        "bees",
        "--compact",
        "--public-key",
        &key,
    ]);
    assert_eq!(granted.code, 0, "{granted:?}");
    assert!(!granted.out.contains("password"), "{granted:?}");
    for (args, said) in [
        (
            ["channel", "grant", "desk", "bees"],
            "that is no subscriber",
        ),
        (
            ["channel", "grant", "copydesk", "bees"],
            "cannot name a subscriber",
        ),
        (
            ["channel", "grant", "7", "bees"],
            "cannot name a subscriber",
        ),
        (
            ["channel", "grant", "a.b", "bees"],
            "cannot name a subscriber",
        ),
        (["channel", "grant", "li", "bee"], "is `bees` meant?"),
    ] {
        let refused = run(&args);
        assert!(
            refused.code != 0 && refused.err.contains(said),
            "{args:?}: {refused:?}"
        );
    }
    let bad = run(&[
        "channel",
        "grant",
        "li",
        "bees",
        "--public-key",
        &key.replace('U', "X"),
    ]);
    assert_eq!(bad.code, 2, "{bad:?}");

    nats.kill();
    nats.configure("jetstream {}\nauthorization { include \"users.conf\" }\n");
    nats.restart();
    let log_in =
        |seed: String| Client::log_in(&nats.url, ConnectOptions::with_nkey(seed), "_INBOX_ed");
    let client = log_in(pair.seed().unwrap()).unwrap();
    let came = client.read("ed");
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].subject, format!("copydesk.compact.bees.{}", id(0)));
    client.is_refused("publish", "copydesk.item.rsrb.x");
    assert!(log_in(nkeys::KeyPair::new_user().seed().unwrap()).is_err());
    assert!(Client::with_password(&nats.url, "desk", "own").is_ok());
}
