//! The past in order, then the present: no gap, no repeat.

use super::{Desk, WORD, number, put};
use crate::support::{Wire, wait_until};
use copydesk::item::Action;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const RUNS: usize = 20;

/// Every second item has the word.
fn body(number: usize) -> &'static str {
    if number.is_multiple_of(2) {
        WORD
    } else {
        "青石板路"
    }
}

/// What a channel that asks for the word got of `count` items: each once, those of the archive first and in order.
fn all_once(desk: &Desk, channel: &str, count: usize, after: u64) {
    let got: Vec<usize> = desk.holds(channel).iter().map(|m| number(m.id())).collect();
    // The item with number n has sequence n + 1.
    let past = got.iter().take_while(|n| (**n as u64) < after).count();
    let archive: Vec<usize> = (0..usize::try_from(after).unwrap())
        .filter(|n| n.is_multiple_of(2))
        .collect();
    assert_eq!(
        got[..past],
        archive,
        "{channel}: the past in order, then the present"
    );
    let mut sorted = got.clone();
    sorted.sort_unstable();
    let wanted: Vec<usize> = (0..count).filter(|n| n.is_multiple_of(2)).collect();
    assert_eq!(sorted, wanted, "{channel}: each once");
}

#[test]
fn from_backfill_to_live_while_items_come_without_gap_or_repeat_twenty_times() {
    let desk = Desk::new("");
    for number in 0..400 {
        put(&desk.wire, number, 1, Action::Publish, body(number));
    }
    let fanouts = [desk.fanout(), desk.fanout()];
    let done = AtomicBool::new(false);
    let (count, ends) = std::thread::scope(|scope| {
        let (desk, done) = (&desk, &done);
        let publisher = scope.spawn(|| {
            let wire = Wire::to(&desk.nats.url);
            let mut number = 400;
            while !done.load(Ordering::Relaxed) {
                put(&wire, number, 1, Action::Publish, body(number));
                number += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            number
        });
        let ends: Vec<u64> = (0..RUNS)
            .map(|run| {
                let channel = format!("run-{run}");
                let query = "text:\"蜂箱\"";
                desk.run(&["channel", "add", &channel, query, "--backfill", "start"]);
                desk.live_after(&channel)
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        (publisher.join().unwrap(), ends)
    });
    desk.drained();
    for (run, after) in ends.iter().enumerate() {
        all_once(&desk, &format!("run-{run}"), count, *after);
    }
    let stored = desk.wire.waiting("COPYDESK_CHANNELS");
    assert_eq!(
        desk.wire.published("COPYDESK_CHANNELS"),
        stored,
        "nothing was stored twice"
    );
    println!("{count} items, live after {ends:?}");
    for fanout in fanouts {
        fanout.stop();
    }
}

#[test]
fn when_the_one_that_backfills_is_killed_another_goes_on() {
    let desk = Desk::new("");
    let count = 6_000;
    for number in 0..count {
        put(&desk.wire, number, 1, Action::Publish, body(number));
    }
    let mut fanouts = vec![desk.fanout(), desk.fanout()];
    desk.drained();
    desk.run(&[
        "channel",
        "add",
        "late",
        "text:\"蜂箱\"",
        "--backfill",
        "start",
    ]);
    let mut at = 0;
    wait_until("the backfill begun", || {
        let busy = |f: &crate::support::Daemon| f.count("bringing a channel up to date") > 0;
        at = fanouts.iter().position(busy).unwrap_or(usize::MAX);
        at != usize::MAX && desk.wire.on_channel("late") > 0
    });
    fanouts.swap_remove(at).kill();
    let before = desk.wire.on_channel("late");
    let after = desk.live_after("late");
    all_once(&desk, "late", count, after);
    assert_eq!(desk.wire.published("COPYDESK_CHANNELS"), count as u64 / 2);
    println!("killed after {before} of {} items", count / 2);
    fanouts.remove(0).stop();
}

#[test]
fn what_a_paused_channel_missed_comes_in_order_when_it_goes_on_and_kills_do_not_wait() {
    let desk = Desk::new("");
    let fanout = desk.fanout();
    desk.run(&["channel", "add", "bees", "text:\"蜂箱\""]);
    desk.put_first(0..3);
    desk.drained();
    desk.run(&["channel", "pause", "bees"]);
    assert!(desk.run(&["channel", "list"]).contains("paused"));
    desk.put_first(3..6);
    desk.put(0, 2, Action::Update, "青石板路");
    desk.put(1, 2, Action::Kill, WORD);
    desk.drained();
    let told = |desk: &Desk| super::told(&desk.holds("bees"));
    assert_eq!(told(&desk), ["0 1 publish", "2 1 publish", "1 2 kill"]);
    desk.run(&["channel", "resume", "bees"]);
    desk.live_after("bees");
    let past = [
        "2 1 publish",
        "1 2 kill",
        "3 1 publish",
        "4 1 publish",
        "5 1 publish",
        "0 2 withdraw",
    ];
    assert_eq!(told(&desk), past);
    desk.put_first(6..7);
    desk.drained();
    assert_eq!(told(&desk).last().unwrap(), "6 1 publish");
    fanout.stop();
}

#[test]
fn above_its_limit_a_channel_waits_but_a_kill_does_not() {
    let desk = Desk::new("");
    let fanout = desk.fanout();
    desk.put_first(0..10);
    let limited = [
        "channel",
        "add",
        "slow",
        "text:\"蜂箱\"",
        "--backfill",
        "start",
        "--max-per-hour",
        "4",
    ];
    desk.run(&limited);
    wait_until("as many as it may have", || {
        desk.wire.on_channel("slow") == 4
    });
    desk.put(1, 2, Action::Kill, WORD);
    desk.drained();
    let expected = ["0 1 publish", "2 1 publish", "3 1 publish", "1 2 kill"];
    assert_eq!(super::told(&desk.holds("slow")), expected);
    // Restarted, it knows what it has had.
    fanout.stop();
    let fanout = desk.fanout();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(desk.wire.on_channel("slow"), 4);
    // Without the limit the rest comes, and then it is live.
    desk.run(&["channel", "add", "slow", "text:\"蜂箱\"", "--replace"]);
    desk.live_after("slow");
    assert_eq!(desk.wire.on_channel("slow"), 10);
    fanout.stop();
}
