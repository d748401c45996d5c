//! `copydesk up`: pages in, items and channels out; what was there before gives nothing.

use crate::support::{Received, Room, SAMPLES, page, sample, wait_until};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What `copydesk process` reads in a sample page: (id, title, channels).
fn expected(room: &Room, name: &str) -> BTreeSet<(String, String)> {
    let path = sample(name);
    let path = path.to_str().unwrap();
    let ran = room.run(&["process", path, "--source", "rsrb", "--format", "ndjson"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let events = ran
        .out
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    events
        .map(|e| (text(&e["subject"]), text(&e["data"]["item"]["title"])))
        .collect()
}

fn ids_and_titles(items: &[Received]) -> BTreeSet<(String, String)> {
    let pair = |i: &Received| (i.id().to_owned(), i.title().to_owned());
    items.iter().map(pair).collect()
}

/// The broader topic of each that has one.
fn parents() -> BTreeMap<String, String> {
    let config: toml::Table = include_str!("../../config/topics.toml").parse().unwrap();
    let topics = config["topic"].as_array().unwrap().iter();
    let text = |t: &toml::Value, key: &str| t.get(key).map(|v| v.as_str().unwrap().to_owned());
    topics
        .filter_map(|t| Some((text(t, "id")?, text(t, "parent")?)))
        .collect()
}

#[test]
fn a_page_put_into_a_running_desk_comes_out_as_items_and_on_channels() {
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let expected = expected(&room, SAMPLES[0]);
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let mut channels = wire.subscribe("COPYDESK_CHANNELS");
    items.quiet();

    room.put(SAMPLES[0], std::fs::read(sample(SAMPLES[0])).unwrap());
    let items_came = items.take(expected.len());
    assert_eq!(ids_and_titles(&items_came), expected);
    for item in &items_came {
        assert_eq!(item.subject, format!("copydesk.item.rsrb.{}", item.id()));
        assert_eq!((item.revision(), item.action()), (1, "publish"));
        assert_eq!(item.content_type, "application/cloudevents+json");
    }

    // `all` has everything; each house topic what carries it or a topic below it.
    let parents = parents();
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    for item in &items_came {
        let enrichment = &item.json["data"]["enrichment"];
        wanted.insert(("all".into(), item.id().into()));
        if enrichment["kind"] != "notice" {
            for topic in enrichment["topics"].as_array().unwrap() {
                let topic = topic["id"].as_str().unwrap().to_owned();
                let parent = parents.get(&topic).cloned();
                wanted.extend(
                    parent
                        .into_iter()
                        .chain([topic])
                        .map(|t| (t, item.id().into())),
                );
            }
        }
    }
    let delivered = channels.take(wanted.len());
    let delivered: BTreeSet<_> = delivered
        .iter()
        .map(|m| (m.channel().to_owned(), m.id().to_owned()))
        .collect();
    assert_eq!(delivered, wanted);
    items.quiet();
    channels.quiet();
    for line in desk.stop().lines() {
        let entry: Value = serde_json::from_str(line).expect("JSON where there is no terminal");
        assert!(
            entry["message"].is_string() && entry["level"].is_string(),
            "{line}"
        );
    }
}

#[test]
fn the_same_file_again_renamed_touched_or_after_a_restart_gives_nothing() {
    let room = Room::new();
    let desk = room.up();
    let text = page(1, 3);
    let path = room.put("20250318/01.md", &text);
    {
        let wire = room.wire();
        let mut items = wire.subscribe("COPYDESK_ITEMS");
        assert_eq!(items.take(3).len(), 3);

        room.put("20250318/01.md", &text);
        desk.says_times("known already", 1);
        let renamed = path.with_file_name("01-copy.md");
        std::fs::rename(&path, &renamed).unwrap();
        desk.says_times("known already", 2);
        let touched = std::fs::File::options()
            .append(true)
            .open(&renamed)
            .unwrap();
        touched
            .set_modified(
                std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000),
            )
            .unwrap();
        drop(touched);
        desk.says_times("known already", 3);
        room.put("a/b/01.md", &text);
        desk.says_times("known already", 4);
        items.quiet();
        assert_eq!(wire.published("COPYDESK_ARTICLES"), 3);
    }
    desk.stop();

    let desk = room.up();
    let wire = room.wire();
    // Something new after the old: when it is through, the old has been looked at.
    room.put("20250319/01.md", page(2, 2));
    wait_until("the new page", || wire.published("COPYDESK_ITEMS") == 5);
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    // The durable consumer goes on where it was before the restart.
    assert_eq!(items.rest().len(), 2);
    assert_eq!(wire.published("COPYDESK_ARTICLES"), 5);
    let mut channels = wire.subscribe("COPYDESK_CHANNELS");
    assert!(channels.tally().values().all(|times| *times == 1));
    desk.stop();
}
