//! What subscribers get, each in its own time.

use super::{Desk, WORD, id, number};
use crate::support::Wire;
use copydesk::item::Action;
use std::time::{Duration, Instant};

const BEES: &str = "[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\" NOT kind:notice'\n\
    compact = true\nmax_age_hours = 48\n[[channel]]\nname = \"ponds\"\nquery = 'text:\"水塘\"'\n";

#[test]
fn one_subscriber_that_takes_nothing_holds_up_no_other() {
    let desk = Desk::new(BEES);
    let fanouts = [desk.fanout(), desk.fanout()];
    // It asks for a thousand messages, as many as a consumer may have unacked, and never says anything again.
    let asleep = Wire::to(&desk.nats.url);
    desk.put_first(0..1_100);
    desk.drained();
    let unread = asleep
        .subscribe_as("asleep", "COPYDESK_CHANNELS", "copydesk.channel.bees.*")
        .hold(1_000);
    assert_eq!(unread, 1_000);
    let mut awake = desk
        .wire
        .subscribe_as("awake", "COPYDESK_CHANNELS", "copydesk.channel.bees.*");
    assert_eq!(awake.take(1_100).len(), 1_100);
    let mut slowest = Duration::ZERO;
    for n in 1_100..1_150 {
        let began = Instant::now();
        desk.put_first(n..n + 1);
        let came = awake.take(1);
        slowest = slowest.max(began.elapsed());
        assert_eq!(number(came[0].id()), n);
    }
    println!("beside a subscriber asleep: at most {slowest:.0?} from the item to the other one");
    for fanout in fanouts {
        fanout.stop();
    }
}

#[test]
fn every_delivered_item_says_why_and_a_compact_copy_has_no_body() {
    let desk = Desk::new(BEES);
    let fanout = desk.fanout();
    desk.put(0, 1, Action::Publish, "村民摆上了蜂箱。蜂箱很多。");
    desk.drained();
    let full = desk.holds("bees").remove(0);
    let why = &full.json["data"]["delivery"]["why"];
    let hit = |start: u32| serde_json::json!({"in": "body", "start": start, "end": start + 2});
    let expected = serde_json::json!([{"field": "text", "value": WORD, "hits": [hit(5), hit(8)]}]);
    assert_eq!(*why, expected);

    let compact = |desk: &Desk| {
        desk.wire
            .subscribe_to("COPYDESK_CHANNELS", "copydesk.compact.bees.*")
            .rest()
    };
    let came = compact(&desk).remove(0);
    assert_eq!(came.content_type, "application/json");
    assert_eq!(came.subject, format!("copydesk.compact.bees.{}", id(0)));
    let expected = serde_json::json!({
        "id": id(0), "revision": 1, "action": "publish", "time": "2025-03-18T00:00:00.000Z", "channel": "bees",
        "source": "rsrb", "date": "2024-01-05", "page": "02", "kind": "news", "title": "山里人家的甜蜜账",
        "topics": [], "people": [], "organisations": [], "places": [], "why": ["text:蜂箱"],
    });
    assert_eq!(came.json, expected);
    // Both leave the stream when the channel says so.
    desk.wire.block_on(async {
        let stream = desk
            .wire
            .js()
            .get_stream("COPYDESK_CHANNELS")
            .await
            .unwrap();
        for form in ["channel", "compact"] {
            let subject = format!("copydesk.{form}.bees.{}", id(0));
            let message = stream.direct_get_last_for_subject(subject).await.unwrap();
            assert_eq!(message.headers.get("Nats-TTL").unwrap().as_str(), "172800");
        }
    });

    desk.put(0, 2, Action::Update, "村民挖了水塘。");
    desk.drained();
    assert_eq!(compact(&desk).remove(0).json["action"], "withdraw");
    fanout.stop();
}

#[test]
fn a_channel_explains_itself() {
    let desk = Desk::new(BEES);
    let fanout = desk.fanout();
    desk.put(0, 1, Action::Publish, "村民摆上了蜂箱。");
    desk.drained();
    let said = desk.run(&["channel", "explain", "bees", &id(0)]);
    for part in [
        "matches bees; it got revision 1",
        "✓ text:\"蜂箱\"",
        "body 5–7  村民摆上了【蜂箱】。",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let said = desk.run(&["channel", "explain", "ponds", &id(0)]);
    assert!(
        said.contains("does not match ponds; the channel never got it"),
        "{said}"
    );
    let said = desk.run(&["channel", "explain", "ponds", &id(0), "--why-not"]);
    assert_eq!(said, "text:\"水塘\": not in the text\n");

    desk.put(0, 2, Action::Update, "村民挖了水塘。");
    desk.drained();
    let said = desk.run(&["channel", "explain", "bees", &id(0), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&json["got"], &json["holds"]),
        (&(-2).into(), &false.into()),
        "{json}"
    );
    let said = desk.run(&["channel", "explain", "bees", &id(0)]);
    assert!(said.contains("withdrawn from it with revision 2"), "{said}");
    let unknown = desk.try_run(&["channel", "explain", "wasps", &id(0)]);
    assert!(
        unknown.code == 1 && unknown.err.contains("there is no channel `wasps`"),
        "{unknown:?}"
    );

    let said = desk.run(&["channel", "test", "text:\"水塘\""]);
    assert!(
        said.contains("山里人家的甜蜜账") && said.contains("text:水塘  村民挖了【水塘】。"),
        "{said}"
    );
    let shown = desk.run(&["tail", "ponds", "--since", "start", "--no-follow"]);
    assert!(
        shown.contains("because") && shown.contains("【水塘】"),
        "{shown}"
    );
    fanout.stop();
}
