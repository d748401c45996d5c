//! Updates, withdrawals and kills under fan-outs that are killed.

use super::{Desk, WORD, id, number};
use crate::support::{Wire, wait_until};
use copydesk::item::Action;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const CHANNELS: &str = "[[channel]]\nname = \"all\"\nquery = \"*\"\n\
    [[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\n\
    [[channel]]\nname = \"ponds\"\nquery = 'text:\"水塘\"'\n";
const BODIES: [&str; 4] = [WORD, "水塘", "蜂箱在水塘边", "青石板路"];
const ARTICLES: usize = 60;
const REVISIONS: u32 = 6;

/// The body of a revision: every article goes its own way through them.
fn body(article: usize, revision: u32) -> &'static str {
    BODIES[(article * 7 + revision as usize * (1 + article % 3)) % BODIES.len()]
}

/// Every third article is killed in the end.
fn action(article: usize, revision: u32) -> Action {
    match revision {
        1 => Action::Publish,
        REVISIONS if article.is_multiple_of(3) => Action::Kill,
        _ => Action::Update,
    }
}

fn wants(channel: &str, article: usize, revision: u32) -> bool {
    let body = body(article, revision);
    match channel {
        "bees" => body.contains(WORD),
        "ponds" => body.contains("水塘"),
        _ => true,
    }
}

#[test]
fn under_three_fanouts_of_which_one_is_killed_again_and_again_no_channel_goes_back_or_keeps_what_is_not_for_it()
 {
    let desk = Desk::new(CHANNELS);
    let fanouts = [desk.fanout(), desk.fanout()];
    let done = AtomicBool::new(false);
    let (seen, kills) = std::thread::scope(|scope| {
        let done = &done;
        let desk = &desk;
        let reader = scope.spawn(|| {
            let wire = Wire::to(&desk.nats.url);
            let mut channels = wire.subscribe("COPYDESK_CHANNELS");
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) {
                seen.extend(channels.some());
            }
            seen.extend(channels.rest());
            seen
        });
        let killer = scope.spawn(|| {
            let mut kills = 0;
            while !done.load(Ordering::Relaxed) {
                let third = desk.fanout();
                std::thread::sleep(Duration::from_millis(200));
                third.kill();
                kills += 1;
            }
            kills
        });
        for revision in 1..=REVISIONS {
            for article in 0..ARTICLES {
                let text = body(article, revision);
                desk.put(article, revision, action(article, revision), text);
                std::thread::sleep(Duration::from_millis(15));
            }
        }
        desk.drained();
        done.store(true, Ordering::Relaxed);
        (reader.join().unwrap(), killer.join().unwrap())
    });
    assert!(kills >= 3, "killed {kills} times");

    let mut last: BTreeMap<(String, usize), (u64, String)> = BTreeMap::new();
    for message in &seen {
        let (channel, article) = (message.channel(), number(message.id()));
        let revision = u32::try_from(message.revision()).unwrap();
        let wanted = wants(channel, article, revision);
        let expected = match (wanted, action(article, revision)) {
            (_, Action::Kill) => "kill",
            (false, _) => "withdraw",
            (true, Action::Publish) => "publish",
            (true, _) => "update",
        };
        let what = format!("{channel} article {article} revision {revision}");
        assert_eq!(message.action(), expected, "{what}");
        let state = (message.revision(), message.action().to_owned());
        let before = last.insert((channel.to_owned(), article), state);
        let before = before.map_or(0, |b| b.0);
        assert!(before < message.revision(), "{what} came after {before}");
    }
    // What a channel has in the end is for it, or it was told that it is not.
    for article in 0..ARTICLES {
        let record = desk.record(article);
        let wanted = |channel: &str| wants(channel, article, REVISIONS);
        let killed = action(article, REVISIONS) == Action::Kill;
        for channel in ["all", "bees", "ponds"].into_iter().filter(|c| wanted(c)) {
            assert!(record.channels.contains_key(channel), "{channel} {article}");
        }
        for channel in record.channels.keys() {
            let (revision, action) = &last[&(channel.clone(), article)];
            let expected = match (killed, wanted(channel)) {
                (true, _) => "kill",
                (false, true) => "update",
                (false, false) => "withdraw",
            };
            assert_eq!(action, expected, "{channel} {article}");
            let newest = u64::from(REVISIONS) == *revision;
            assert!(
                newest || expected == "withdraw",
                "{channel} {article} {revision}"
            );
        }
    }
    assert_eq!(desk.wire.published("COPYDESK_DEAD"), 0);
    println!("{} deliveries, {kills} fan-outs killed", seen.len());
    for fanout in fanouts {
        fanout.stop();
    }
}

#[test]
fn the_record_outlives_what_the_channel_keeps() {
    let desk = Desk::new(CHANNELS);
    let fanout = desk.fanout();
    desk.put_first(0..2);
    desk.drained();
    desk.wire.block_on(async {
        let channels = desk
            .wire
            .js()
            .get_stream("COPYDESK_CHANNELS")
            .await
            .unwrap();
        channels.purge().await.unwrap();
    });
    desk.put(0, 2, Action::Update, "水塘");
    desk.put(1, 2, Action::Kill, "水塘");
    desk.drained();
    assert_eq!(
        super::told(&desk.holds("bees")),
        ["0 2 withdraw", "1 2 kill"]
    );
    // The same once more changes nothing.
    let published = desk.wire.published("COPYDESK_CHANNELS");
    desk.put(0, 2, Action::Update, "水塘");
    desk.put(0, 1, Action::Publish, WORD);
    desk.drained();
    assert_eq!(desk.wire.published("COPYDESK_CHANNELS"), published);
    let withdrawn = &desk.holds("bees")[0].json["data"];
    assert_eq!(withdrawn["item"]["pubStatus"], "withheld");
    assert_eq!(withdrawn["enrichment"]["id"], id(0));
    wait_until("both at rest", || desk.wire.on_channel("ponds") == 2);
    fanout.stop();
}
