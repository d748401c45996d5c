//! One story from two sources through two enrichers: whatever the race, there is one first, and both say so.

use crate::support::{Nats, Received, Room, Subscriber, Wire, article, wait_until};
use copydesk::article::{Article, Origin, Source};
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

/// An article as the watcher reads it.
fn read(source: &str, file: &str, headline: &str, body: &str) -> Article {
    let origin = Origin {
        file: file.into(),
        sha256: String::new(),
    };
    let page = article(headline, body);
    let page = copydesk::page::read(page.as_bytes(), &Source::named(source), &origin).unwrap();
    page.articles.into_iter().next().unwrap()
}

/// Stores articles at one moment.
fn send(wire: &Wire, articles: &[Article]) {
    wire.block_on(async {
        let stored = articles.iter().map(|a| async {
            let subject = format!("copydesk.article.{}.{}", a.source.name, a.id);
            let payload = serde_json::to_vec(a).unwrap();
            wire.js()
                .publish(subject, payload.into())
                .await
                .unwrap()
                .await
                .unwrap();
        });
        futures_util::future::join_all(stored).await;
    });
}

/// Takes note of the newest revision of every item.
fn newest(all: &mut BTreeMap<String, Received>, items: &mut Subscriber<'_>) {
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
    let config = room.config("copydesk.toml", "[stories]\nwindow_days = 7\n");
    let enricher = || room.daemon(&["run", "enrich", "-s", &nats.url, "--config", &config]);
    let enrichers = [enricher(), enricher()];
    let wire = Wire::to(&nats.url);
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let mut all = BTreeMap::new();

    let stories = stories();
    for (i, (headline, body)) in stories.iter().enumerate() {
        let lead = format!("记者从有关方面获悉,{body}");
        let other = format!("读者关注:{headline}");
        // Handed out to whoever waits longest: mostly one each.
        send(
            &wire,
            &[
                read("north", &format!("20250318/{i:02}.md"), headline, body),
                read("south", &format!("20250319/{i:02}.md"), &other, &lead),
            ],
        );
        if i % 2 == 0 {
            wait_until("the queue to be empty", || {
                wire.waiting("COPYDESK_ARTICLES") == 0
            });
        }
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
        newest(&mut all, &mut items);
        all.len() == 2 * ROUNDS && pairs(&all).len() == ROUNDS
    });
    newest(&mut all, &mut items);
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

    assert!(corrected > 0, "no race was run");
    println!("{corrected} of {ROUNDS} copies were corrected after a race");

    // A restart keeps it: the window is read again.
    for daemon in enrichers {
        daemon.kill();
    }
    let enricher = enricher();
    let stored = wire.published("COPYDESK_ITEMS");
    let (headline, body) = &stories[7];
    let again = |title: &str, file: &str| read("north", file, &format!("{title}:{headline}"), body);
    // Ten days later the window is over: it is counted between the issues.
    let (within, after) = (
        again("回顾", "20250320/91.md"),
        again("旬报", "20250330/92.md"),
    );
    send(&wire, &[within, after]);
    wait_until("both", || wire.published("COPYDESK_ITEMS") >= stored + 2);
    newest(&mut all, &mut items);
    let find = |title: &str| all.values().find(|i| i.title().starts_with(title)).unwrap();
    let first = find(headline);
    assert_eq!(story(find("回顾")), story(first));
    assert_eq!(story(find("旬报")), find("旬报").id());
    assert_eq!(
        wire.published("COPYDESK_ITEMS"),
        stored + 2,
        "nothing corrected after the restart"
    );
    enricher.stop();
}
