//! Channels that come and go, good ones and bad ones.

use super::{Desk, WORD};
use crate::support::wait_until;
use std::time::{Duration, Instant};

#[test]
fn a_channel_is_live_in_every_fanout_within_a_second() {
    let desk = Desk::new("");
    let fanouts = [desk.fanout(), desk.fanout(), desk.fanout()];
    let mut worst = Duration::ZERO;
    let mut next = 0;
    for round in 0..10 {
        let channel = format!("round-{round}");
        desk.write(&channel, &format!(r#"{{"query":"text:{WORD}"}}"#));
        let began = Instant::now();
        // Whichever of them takes an item, the channel gets it.
        desk.put_first(next..next + 30);
        next += 30;
        wait_until("all of them on the channel", || {
            desk.wire.on_channel(&channel) == 30
        });
        worst = worst.max(began.elapsed());
        desk.drained();
        assert_eq!(desk.wire.on_channel(&channel), 30);
    }
    let status = desk.room.status(Some(&desk.nats));
    let roles = status["roles"].as_array().unwrap();
    let done = roles.iter().map(|r| r["counts"]["done"].as_u64().unwrap());
    assert!(done.filter(|n| *n > 0).count() == 3, "{status}");
    println!(
        "every item stored after the channel was on it, the last of 30 at most {worst:.0?} after the change"
    );
    for fanout in fanouts {
        fanout.stop();
    }
}

#[test]
fn a_bad_channel_is_refused_alone_and_named_and_what_it_was_before_stays() {
    let desk = Desk::new("[[channel]]\nname = \"all\"\nquery = \"*\"\n");
    let fanout = desk.fanout();
    desk.write("bees", &format!(r#"{{"query":"text:{WORD}"}}"#));
    desk.write("bees", r#"{"query":"topik:x"}"#);
    desk.write("garbage", "topic:sport");
    desk.write("Upper", r#"{"query":"*"}"#);
    desk.write("all", r#"{"query":"text:nothing"}"#);
    desk.write("good", r#"{"query":"*"}"#);
    desk.put_first(0..1);
    desk.drained();
    let on = |channel| desk.wire.on_channel(channel);
    assert_eq!(["all", "bees", "good", "garbage"].map(on), [1, 1, 1, 0]);

    let shown = desk.run(&["status"]);
    for named in [
        "channel `bees`: there is no field `topik`",
        "what it was before stays in force",
        "channel `garbage`: no definition of a channel",
        "channel `Upper`: `Upper` is no channel name",
        "channel `all`: channels.toml has one of this name",
    ] {
        assert!(shown.contains(named), "{named}\n{shown}");
    }
    assert!(!shown.contains("`good`"), "{shown}");
    // A fan-out that starts now decides the same.
    fanout.stop();
    let fanout = desk.fanout();
    desk.put_first(1..2);
    desk.drained();
    assert_eq!(["all", "bees", "good"].map(on), [2, 2, 2]);
    for name in ["bees", "garbage"] {
        desk.run(&["channel", "remove", name]);
    }
    desk.put_first(2..3);
    desk.drained();
    assert_eq!(["all", "bees", "good"].map(on), [3, 2, 3]);
    wait_until("status to know", || {
        !desk.run(&["status"]).contains("`garbage`")
    });
    fanout.stop();
}

#[test]
fn a_changed_file_is_taken_up_beside_the_bucket_and_a_bad_channel_in_it_stays_what_it_was() {
    let desk = Desk::new("[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\n");
    let fanout = desk.fanout();
    let on = |channels: [&str; 3]| channels.map(|c| desk.wire.on_channel(c));
    let all = ["bees", "more-bees", "added"];
    desk.write("added", r#"{"query":"*"}"#);
    let file = |text: &str| drop(desk.room.config("channels.toml", text));
    file("[[channel]]\nname = \"bees\"\nquery = 'topik:x'\n");
    fanout.says("channels are refused, and stay what they were before");
    desk.put_first(0..1);
    desk.drained();
    assert_eq!(on(all), [1, 0, 1]);

    let began = Instant::now();
    file("[[channel]]\nname = \"more-bees\"\nquery = 'text:\"蜂箱\"'\n");
    fanout.says_times("the changed configuration is in force", 2);
    println!("a changed file was in force after {:.0?}", began.elapsed());
    desk.put_first(1..2);
    desk.drained();
    assert_eq!(on(all), [1, 1, 2]);
    // A channel of the bucket gives way to one of the file, and comes back with its end.
    file("[[channel]]\nname = \"added\"\nquery = 'text:\"水塘\"'\n");
    fanout.says_times("the changed configuration is in force", 3);
    desk.put_first(2..3);
    desk.drained();
    assert_eq!(on(all), [1, 1, 2]);
    let shown = desk.run(&["status"]);
    assert!(
        shown.contains("channel `added`: channels.toml has one of this name"),
        "{shown}"
    );
    file("");
    fanout.says_times("the changed configuration is in force", 4);
    desk.put_first(3..4);
    desk.drained();
    assert_eq!(on(all), [1, 1, 3]);
    fanout.stop();
}
