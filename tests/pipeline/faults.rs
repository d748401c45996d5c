//! What the invariants are for: full streams, killed workers, a frozen server, a memory that is lost.

use crate::support::{NEVER, Nats, Room, Wire, kill, page, wait_until};
use rustix::process::Signal;
use std::time::Duration;

const MOVE: &str = "[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\nafter = \"move\"\n";

/// Each of so many articles once, as an item and on `all`.
fn each_once(wire: &Wire, articles: u64) {
    wait_until("every article on `all`", || {
        wire.waiting("COPYDESK_ARTICLES") == 0 && wire.on_channel("all") >= articles
    });
    assert_eq!(
        wire.published("COPYDESK_ITEMS"),
        articles,
        "nothing doubled"
    );
    let delivered = wire.subscribe("COPYDESK_CHANNELS").tally();
    assert_eq!(wire.published("COPYDESK_CHANNELS"), delivered.len() as u64);
    assert_eq!(wire.published("COPYDESK_DEAD"), 0);
}

#[test]
fn when_the_article_stream_is_full_files_wait_in_the_inbox() {
    let (room, nats) = (Room::new(), Nats::start());
    let config = room.config(
        "copydesk.toml",
        &format!("[streams]\narticles_max_mb = 1\n{MOVE}"),
    );
    let watch = room.daemon(&["run", "watch", "--config", &config, "-s", &nats.url]);
    let files: Vec<_> = (0..40)
        .map(|n| room.put(format!("20250318/{n:02}.md"), page(n, 30)))
        .collect();
    watch.says("files stay in the inbox until it does");
    std::thread::sleep(NEVER * 4);
    let waiting = files.iter().filter(|f| f.exists()).count();
    assert!((1..40).contains(&waiting), "{waiting} of 40 wait");
    let wire = Wire::to(&nats.url);
    assert_eq!(
        wire.waiting("COPYDESK_ARTICLES") % 30,
        0,
        "no file is stored in part"
    );
    assert_eq!(
        watch.count("files stay in the inbox until it does"),
        1,
        "{}",
        watch.log()
    );

    let rest = room.daemon(&[
        "run", "enrich", "fanout", "--config", &config, "-s", &nats.url,
    ]);
    wait_until("all files done", || !files.iter().any(|f| f.exists()));
    each_once(&wire, 40 * 30);
    watch.stop();
    rest.stop();
}

#[test]
fn what_a_killed_worker_held_another_does_once() {
    let (room, nats) = (Room::new(), Nats::start());
    let inbox = room.rsrb();
    let run = |role: &str| room.daemon(&["run", role, "-s", &nats.url]);
    let (enrich, fanout) = (
        [run("enrich"), run("enrich")],
        [run("fanout"), run("fanout")],
    );
    let watch = room.daemon(&["run", "watch", "-s", &nats.url, "--inbox", &inbox]);
    for number in 0..30 {
        room.put(format!("20250318/{number:02}.md"), page(number, 20));
    }
    let wire = Wire::to(&nats.url);
    wait_until("work begun", || wire.published("COPYDESK_CHANNELS") > 50);
    let [first, second] = enrich;
    let [third, fourth] = fanout;
    first.kill();
    third.kill();
    // What they held comes again when the server has waited for it long enough.
    each_once(&wire, 600);
    for daemon in [second, fourth, watch] {
        daemon.stop();
    }
}

#[test]
fn a_server_frozen_for_longer_than_the_ping_interval_loses_nothing() {
    let room = Room::new();
    let desk = room.up();
    let broker = desk.broker_pid();
    for number in 0..10 {
        room.put(format!("20250318/{number:02}.md"), page(number, 10));
    }
    wait_until("work begun", || room.wire().published("COPYDESK_ITEMS") > 0);
    kill(broker, Signal::STOP);
    room.put("20250318/10.md", page(10, 10));
    std::thread::sleep(Duration::from_secs(12));
    kill(broker, Signal::CONT);
    each_once(&room.wire(), 110);
    desk.stop();
}

#[test]
fn past_the_duplicate_window_and_without_its_memory_the_ledger_decides() {
    let (room, nats) = (Room::new(), Nats::start());
    let config = room.config(
        "copydesk.toml",
        "[streams]\nduplicate_window_secs = 1\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n",
    );
    let run = || {
        let roles = [
            "run", "watch", "enrich", "fanout", "--config", &config, "-s", &nats.url,
        ];
        room.daemon(&roles)
    };
    let desk = run();
    for number in 0..3 {
        room.put(format!("20250318/{number:02}.md"), page(number, 10));
    }
    let wire = Wire::to(&nats.url);
    wait_until("all on `all`", || wire.on_channel("all") == 30);
    desk.stop();
    std::thread::sleep(Duration::from_secs(2));
    wire.block_on(async {
        let memory = wire.js().get_stream("KV_copydesk_files").await.unwrap();
        memory.purge().await.unwrap();
    });
    let desk = run();
    wait_until("all read again", || {
        wire.published("COPYDESK_ARTICLES") == 60
    });
    each_once(&wire, 30);
    desk.stop();
}

#[test]
fn a_dead_file_nobody_watches_is_not_taken_off_the_list() {
    let (room, nats) = (Room::new(), Nats::start());
    let config = room.config("copydesk.toml", MOVE);
    let run = || {
        room.daemon(&[
            "run", "watch", "enrich", "fanout", "--config", &config, "-s", &nats.url,
        ])
    };
    let dead =
        |args: &[&str]| room.run(&[&["dead", "-s", &nats.url, "--timeout", "2"], args].concat());
    let watch = run();
    room.put("20250318/01.md", "");
    let failed = room.inbox().join("failed/20250318/01.md");
    wait_until("set aside", || failed.exists());
    watch.stop();

    let ran = dead(&["retry", "1"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("is `copydesk up` or `copydesk run watch` at work for it?"),
        "{ran:?}"
    );
    assert!(dead(&["list"]).out.contains("rsrb: 20250318/01.md"));

    let watch = run();
    std::fs::write(&failed, page(1, 2)).unwrap();
    let ran = dead(&["retry", "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let wire = Wire::to(&nats.url);
    wait_until("the repaired page", || {
        wire.published("COPYDESK_ITEMS") == 2
    });
    assert!(dead(&["list"]).out.starts_with("no dead letters"));
    watch.stop();
}

#[test]
fn a_frozen_server_holds_the_end_no_longer_than_the_deadline() {
    let (room, nats) = (Room::new(), Nats::start());
    let config = room.config(
        "copydesk.toml",
        "[daemon]\ndrain_secs = 2\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n",
    );
    let run = || {
        room.daemon(&[
            "run", "watch", "enrich", "fanout", "--config", &config, "-s", &nats.url,
        ])
    };
    let mut desk = run();
    for number in 0..20 {
        room.put(format!("20250318/{number:02}.md"), page(number, 20));
    }
    desk.says("published");
    nats.freeze();
    desk.signal(Signal::TERM);
    let status = desk.ended_within(Duration::from_secs(20));
    assert_eq!(status.code(), Some(1), "{status}:\n{}", desk.log());
    desk.says("could not finish within 2 s what was begun; it will be done again at the next start, nothing is lost");

    nats.thaw();
    let desk = run();
    each_once(&Wire::to(&nats.url), 400);
    desk.stop();
}
