//! A source that goes quiet against its habit.

use crate::support::{Room, article, wait_until};
use serde_json::Value;
use std::time::Duration;

#[test]
fn a_source_gone_quiet_is_told_of_once_and_again_when_it_is_back() {
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        "[quiet]\nslot_secs = 2\ncycle_secs = 2\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\nsettle_ms = 100\n",
    );
    let desk = room.daemon(&["up", "--config", &config]);
    let other = room.daemon(&["run", "fanout", "--config", &config]);
    let wire = room.wire();
    let put = |n: usize| {
        let text = article(
            &format!("第{n}处水渠完工"),
            &format!("第{n}处水渠今天完工,村民用上了水。"),
        );
        room.put(format!("20250318/{n:02}.md"), text);
    };
    let events = || -> Vec<Value> {
        let mut all = wire.subscribe_to("COPYDESK_EVENTS", "").rest();
        all.drain(..).map(|r| r.json).collect()
    };
    for n in 1..=12 {
        put(n);
        std::thread::sleep(Duration::from_millis(900));
    }
    wait_until("the source to be quiet", || !events().is_empty());
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(
        wire.published("COPYDESK_EVENTS"),
        1,
        "one of two says it, once"
    );
    let quiet = events().remove(0);
    assert_eq!(quiet["type"], "copydesk.source.quiet.v1");
    assert_eq!(quiet["subject"], "rsrb");
    let text = room.run(&["status"]).out;
    assert!(text.contains("source rsrb is quiet"), "{text}");
    assert_eq!(room.status(None)["quiet"][0]["source"], "rsrb");

    put(13);
    wait_until("the source to be back", || {
        wire.published("COPYDESK_EVENTS") >= 2
    });
    let resumed = events()
        .into_iter()
        .find(|e| e["type"] == "copydesk.source.resumed.v1");
    assert!(resumed.unwrap()["data"]["last"].as_str() > quiet["data"]["last"].as_str());
    other.stop();
    desk.stop();
}
