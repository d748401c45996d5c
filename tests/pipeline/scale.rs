//! Several processes on one NATS of the user's.

use crate::support::{Nats, Room, page, wait_until};
use serde_json::Value;

const PAGES: usize = 40;
const EACH: usize = 20;
const ARTICLES: u64 = (PAGES * EACH) as u64;

#[test]
fn two_enrichers_beside_watch_and_fanout_share_the_work_and_double_nothing() {
    let (room, nats) = (Room::new(), Nats::start());
    let run = |roles: &[&str]| {
        let mut args = vec!["run"];
        args.extend(roles);
        args.extend(["-s", &nats.url]);
        room.daemon(&args)
    };
    let enrichers = [run(&["enrich"]), run(&["enrich"])];
    let inbox = room.rsrb();
    let others = room.daemon(&["run", "watch", "fanout", "-s", &nats.url, "--inbox", &inbox]);
    for number in 0..PAGES {
        room.put(format!("20250318/{number:02}.md"), page(number, EACH));
    }
    let wire = crate::support::Wire::to(&nats.url);
    wait_until("every article on a channel", || {
        wire.waiting("COPYDESK_ITEMS") == ARTICLES && wire.waiting("COPYDESK_ARTICLES") == 0
    });
    let mut items = wire.subscribe("COPYDESK_ITEMS").tally();
    assert_eq!(items.len() as u64, ARTICLES);
    items.retain(|_, times| *times != 1);
    assert!(items.is_empty(), "doubled: {items:?}");
    assert_eq!(wire.published("COPYDESK_ITEMS"), ARTICLES);

    let status = room.status(Some(&nats));
    let done: Vec<u64> = status["roles"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["role"] == "enrich")
        .map(|r| r["counts"]["done"].as_u64().unwrap())
        .collect();
    assert_eq!(done.len(), 2, "{status}");
    assert!(
        done.iter().all(|n| *n > 0),
        "one had nothing to do: {done:?}"
    );
    assert_eq!(done.iter().sum::<u64>(), ARTICLES, "{done:?}");

    wait_until("every item on `all`", || {
        let roles = room.status(Some(&nats));
        let fanout = |r: &&Value| r["role"] == "fanout";
        let done = roles["roles"]
            .as_array()
            .unwrap()
            .iter()
            .find(fanout)
            .map(|r| &r["counts"]["done"]);
        done.and_then(Value::as_u64) == Some(ARTICLES)
    });
    let delivered = wire.subscribe("COPYDESK_CHANNELS").tally();
    let all = delivered
        .keys()
        .filter(|s| s.starts_with("copydesk.channel.all."));
    assert_eq!(all.count() as u64, ARTICLES);
    assert_eq!(
        wire.published("COPYDESK_CHANNELS"),
        delivered.len() as u64,
        "every delivery was stored once"
    );
    for daemon in enrichers.into_iter().chain([others]) {
        daemon.stop();
    }
}

#[test]
fn two_watchers_on_one_inbox_publish_once() {
    let (room, nats) = (Room::new(), Nats::start());
    let inbox = room.rsrb();
    let watch = ["run", "watch", "-s", &nats.url, "--inbox", &inbox];
    let watchers = [room.daemon(&watch), room.daemon(&watch)];
    let rest = room.daemon(&["run", "enrich", "fanout", "-s", &nats.url]);
    for number in 0..10 {
        room.put(format!("20250318/{number:02}.md"), page(number, 3));
    }
    wait_until("both watchers through", || {
        let status = room.status(Some(&nats));
        let roles = status["roles"].as_array().unwrap();
        let seen = |r: &Value| {
            let count = |key: &str| r["counts"][key].as_u64().unwrap();
            count("done") + count("unchanged")
        };
        let watch = roles.iter().filter(|r| r["role"] == "watch");
        watch.filter(|r| seen(r) >= 10).count() == 2
    });
    let wire = crate::support::Wire::to(&nats.url);
    wait_until("the queue to be empty", || {
        wire.waiting("COPYDESK_ARTICLES") == 0
    });
    assert_eq!(wire.published("COPYDESK_ITEMS"), 30);
    let items = wire.subscribe("COPYDESK_ITEMS").tally();
    assert_eq!(items.len(), 30);
    for daemon in watchers.into_iter().chain([rest]) {
        daemon.stop();
    }
}
