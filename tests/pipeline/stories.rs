//! One story from two sources through two enrichers: whatever the race, there is one first, and both say so.

use crate::support::{Nats, Received, Room, Wire, article, wait_until};
use serde_json::Value;
use std::collections::BTreeMap;

const ROUNDS: usize = 50;

/// Invented stories, each unlike the others: (headline, body).
fn stories() -> Vec<(String, String)> {
    let lines = include_str!("../gold/topics.jsonl").lines();
    let text = |v: &Value, key: &str| v[key].as_str().unwrap().to_owned();
    lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|v| (text(&v, "headline"), text(&v, "body")))
        .filter(|(headline, body)| !headline.is_empty() && body.chars().count() > 100)
        .take(ROUNDS)
        .collect()
}

/// The newest revision of every item.
fn newest(
    wire: &Wire,
    all: &mut BTreeMap<String, Received>,
    items: &mut crate::support::Subscriber<'_>,
) {
    let _ = wire;
    for item in items.rest() {
        all.insert(item.id().to_owned(), item);
    }
}

fn story(item: &Received) -> &str {
    item.json["data"]["enrichment"]["story"].as_str().unwrap()
}

fn elder(item: &Received) -> Option<&str> {
    item.json["data"]["enrichment"]["elder"]["id"].as_str()
}

#[test]
fn two_sources_tell_one_story_through_two_enrichers_and_one_is_first() {
    let (room, nats) = (Room::new(), Nats::start());
    let enricher = || room.daemon(&["run", "enrich", "-s", &nats.url]);
    let enrichers = [enricher(), enricher()];
    let inbox = |name: &str| format!("{name}={}", room.inbox().join(name).display());
    for name in ["north", "south"] {
        std::fs::create_dir(room.inbox().join(name)).unwrap();
    }
    let (north, south) = (inbox("north"), inbox("south"));
    let args = [
        "run", "watch", "fanout", "-s", &nats.url, "--inbox", &north, "--inbox", &south,
    ];
    let others = room.daemon(&args);
    let wire = Wire::to(&nats.url);
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let mut all = BTreeMap::new();

    let stories = stories();
    for (i, (headline, body)) in stories.iter().enumerate() {
        room.put(format!("north/20250318/{i:02}.md"), article(headline, body));
        let lead = format!("记者从有关方面获悉,{body}");
        room.put(
            format!("south/20250319/{i:02}.md"),
            article(&format!("读者关注:{headline}"), &lead),
        );
    }
    let flagged = |item: &Received| {
        let flags = item.json["data"]["enrichment"]["quality"]["flags"]
            .as_array()
            .unwrap();
        let found = flags.iter().find(|f| f["code"] == "duplicate");
        found.map(|f| f["note"].as_str().unwrap().to_owned())
    };
    let pairs = |all: &BTreeMap<String, Received>| -> Vec<Vec<Received>> {
        let mut by_story: BTreeMap<String, Vec<Received>> = BTreeMap::new();
        for item in all.values() {
            by_story
                .entry(story(item).to_owned())
                .or_default()
                .push(item.clone());
        }
        by_story.into_values().collect()
    };
    wait_until("two items of each story", || {
        newest(&wire, &mut all, &mut items);
        all.len() == 2 * ROUNDS && pairs(&all).len() == ROUNDS
    });
    newest(&wire, &mut all, &mut items);
    for pair in pairs(&all) {
        let (firsts, copies): (Vec<_>, Vec<_>) = pair.iter().partition(|i| elder(i).is_none());
        assert_eq!((firsts.len(), copies.len()), (1, 1), "{pair:#?}");
        let (first, copy) = (firsts[0], copies[0]);
        assert_eq!(story(first), first.id());
        assert_eq!(elder(copy), Some(first.id()));
        assert_eq!(flagged(copy).as_deref(), Some(first.id()));
        assert_eq!(flagged(first), None);
        let corrected = &copy.json["data"]["enrichment"]["reason"];
        assert!(copy.revision() == 1 || corrected == "story", "{copy:?}");
    }
    let corrected = all.values().filter(|i| i.revision() > 1).count();
    println!("{corrected} of {ROUNDS} copies were corrected after a race");

    // A restart keeps it: the window is read again.
    for daemon in enrichers {
        daemon.kill();
    }
    let enricher = enricher();
    let stored = wire.published("COPYDESK_ITEMS");
    let (headline, body) = &stories[7];
    room.put(
        "north/20250320/91.md",
        article(&format!("回顾:{headline}"), body),
    );
    // Ten days later the window is over: it is counted between the issues.
    room.put(
        "north/20250330/92.md",
        article(&format!("旬报:{headline}"), body),
    );
    wait_until("both", || wire.published("COPYDESK_ITEMS") >= stored + 2);
    newest(&wire, &mut all, &mut items);
    let find = |title: &str| all.values().find(|i| i.title().starts_with(title)).unwrap();
    let first = find(headline);
    assert_eq!(story(find("回顾")), story(first));
    assert_eq!(story(find("旬报")), find("旬报").id());
    assert_eq!(
        wire.published("COPYDESK_ITEMS"),
        stored + 2,
        "nothing corrected after the restart"
    );
    for daemon in [enricher, others] {
        daemon.stop();
    }
}
