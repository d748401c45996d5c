//! On a NATS of the user's: away, wrongly set up, restarted, meddled with.

use crate::support::{Daemon, NEVER, Nats, Room, Wire, article, page, wait_until};
use async_nats::jetstream::stream;

#[test]
fn a_nats_that_is_away_at_start_is_said_with_its_address_and_without_its_password() {
    let room = Room::new();
    let ran = room.run(&[
        "run",
        "enrich",
        "-s",
        "nats://desk:hush@127.0.0.1:1",
        "--timeout",
        "2",
    ]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("cannot connect to NATS at nats://127.0.0.1:1"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("hush"), "{ran:?}");
    let none = room.run(&["run", "enrich"]);
    assert_eq!(none.code, 2, "{none:?}");
    assert!(
        none.err
            .contains("name it with --server, NATS_URL or a context"),
        "{none:?}"
    );
}

#[test]
fn a_stream_with_other_settings_is_reported_and_left_as_it_is() {
    let (room, nats) = (Room::new(), Nats::start());
    let wire = Wire::to(&nats.url);
    let config = stream::Config {
        name: "COPYDESK_ARTICLES".into(),
        subjects: vec!["copydesk.article.>".into()],
        description: Some("somebody else's".into()),
        ..stream::Config::default()
    };
    wire.block_on(wire.js().create_stream(config)).unwrap();
    let ran = room.run(&["run", "enrich", "-s", &nats.url]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for part in [
        "stream COPYDESK_ARTICLES exists with other settings: ",
        "retention is Limits, not WorkQueue",
        "discard is Old, not New",
        "copydesk does not change it. Use another `nats.prefix`, or remove the stream",
    ] {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
    let after = wire
        .block_on(wire.js().get_stream("COPYDESK_ARTICLES"))
        .unwrap();
    assert_eq!(
        after.cached_info().config.description.as_deref(),
        Some("somebody else's")
    );
    assert_eq!(
        after.cached_info().config.retention,
        stream::RetentionPolicy::Limits
    );

    // Beside it, under another prefix.
    let mut command = room.copydesk(&["run", "enrich", "-s", &nats.url]);
    command.env("COPYDESK_NATS__PREFIX", "desk2");
    Daemon::start(&mut command).ready().stop();
    assert!(
        wire.block_on(wire.js().get_stream("DESK2_ARTICLES"))
            .is_ok()
    );
}

#[test]
fn while_nats_is_gone_files_stay_in_the_inbox_and_it_is_said_once() {
    let (room, mut nats) = (Room::new(), Nats::start());
    let config = room.config(
        "copydesk.toml",
        "[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\nafter = \"move\"\n",
    );
    let watch = room.daemon(&["run", "watch", "--config", &config, "-s", &nats.url]);
    let rest = room.daemon(&["run", "enrich", "fanout", "-s", &nats.url]);
    nats.kill();
    watch.says("lost the connection to NATS, reconnecting; nothing is lost");
    let files: Vec<_> = (0..6)
        .map(|n| {
            std::thread::sleep(NEVER / 5);
            room.put(format!("20250318/{n:02}.md"), page(n, 2))
        })
        .collect();
    watch.says("files stay in the inbox until it does");
    std::thread::sleep(NEVER * 3);
    assert!(
        files.iter().all(|f| f.exists()),
        "a file was moved though nothing could be published"
    );
    assert_eq!(
        watch.count("files stay in the inbox until it does"),
        1,
        "{}",
        watch.log()
    );

    nats.restart();
    let wire = Wire::to(&nats.url);
    wait_until("all articles on `all`", || wire.on_channel("all") == 12);
    wait_until("all files done", || !files.iter().any(|f| f.exists()));
    assert_eq!(wire.published("COPYDESK_ITEMS"), 12);
    watch.stop();
    rest.stop();
}

#[test]
fn a_poison_message_goes_to_the_dead_letters_and_the_rest_flows() {
    let (room, nats) = (Room::new(), Nats::start());
    let inbox = room.rsrb();
    let desk = room.daemon(&[
        "run", "watch", "enrich", "fanout", "-s", &nats.url, "--inbox", &inbox,
    ]);
    let wire = Wire::to(&nats.url);
    wire.publish(
        "copydesk.article.rsrb.rsrb-20250318-09-poison",
        "this is not JSON",
    );
    wire.publish("copydesk.item.rsrb.rsrb-20250318-09-venom", "{\"data\": 7}");
    room.put("20250318/01.md", page(1, 3));
    desk.says_times("cannot be worked on, put with the dead letters", 2);
    wait_until("the rest", || wire.on_channel("all") == 3);
    wait_until("an empty queue", || wire.waiting("COPYDESK_ARTICLES") == 0);

    let list = |args: &[&str]| {
        let mut all = vec!["dead", "-s", &nats.url];
        all.extend(args);
        let ran = room.run(&all);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let before = list(&["list"]);
    for part in [
        "enrich",
        "rsrb-20250318-09-poison",
        "not an article of copydesk: expected",
        "fanout",
        "rsrb-20250318-09-venom",
        "not an event of copydesk: ",
    ] {
        assert!(before.contains(part), "{part}\n{before}");
    }
    let poison = before.lines().find(|l| l.contains("poison")).unwrap();
    let number = poison.split_whitespace().next().unwrap();
    assert!(list(&["show", number]).contains("this is not JSON"));

    // Tried again it fails again, and is not lost.
    let again = list(&["retry", "--all"]);
    assert!(
        again.contains("rsrb-20250318-09-poison goes back to work"),
        "{again}"
    );
    desk.says_times("cannot be worked on, put with the dead letters", 4);
    wait_until("both dead again", || wire.waiting("COPYDESK_DEAD") == 2);
    assert!(list(&["list"]).contains("not an article of copydesk: expected"));
    desk.stop();
}

#[test]
fn a_consumer_deleted_under_a_worker_is_made_again() {
    let (room, nats) = (Room::new(), Nats::start());
    let inbox = room.rsrb();
    let desk = room.daemon(&[
        "run", "watch", "enrich", "fanout", "-s", &nats.url, "--inbox", &inbox,
    ]);
    let wire = Wire::to(&nats.url);
    room.put("20250318/01.md", page(1, 2));
    wait_until("the first page", || wire.on_channel("all") == 2);
    for (stream, consumer) in [
        ("COPYDESK_ARTICLES", "enrich"),
        ("COPYDESK_ITEMS", "fanout"),
    ] {
        wire.block_on(async {
            let stream = wire.js().get_stream(stream).await.unwrap();
            stream.delete_consumer(consumer).await.unwrap();
        });
    }
    room.put("20250318/02.md", page(2, 2));
    wait_until("the page after it", || wire.on_channel("all") == 4);
    assert_eq!(wire.published("COPYDESK_ITEMS"), 4);
    desk.stop();
}

#[test]
fn a_nats_without_jetstream_is_said_with_what_to_enable() {
    let (room, nats) = (Room::new(), Nats::with(""));
    let ran = room.run(&["run", "enrich", "-s", &nats.url, "--timeout", "2"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("JetStream does not answer at nats://127.0.0.1:"),
        "{ran:?}"
    );
    assert!(ran.err.contains("enable it (`jetstream {}`"), "{ran:?}");
}

#[test]
fn credentials_are_asked_for_and_taken_from_address_flags_environment_or_context() {
    let room = Room::new();
    let nats = Nats::with("jetstream {}\nauthorization { user: desk, password: hush }");
    let with_password = nats.url.replace("nats://", "nats://desk:hush@");
    let refused = room.run(&["run", "enrich", "-s", &nats.url, "--timeout", "2"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.to_lowercase().contains("authorization"),
        "{refused:?}"
    );

    room.daemon(&["run", "enrich", "-s", &with_password]).stop();
    room.daemon(&[
        "run",
        "enrich",
        "-s",
        &nats.url,
        "--user",
        "desk",
        "--password",
        "hush",
    ])
    .stop();
    let mut command = room.copydesk(&["run", "enrich"]);
    command.envs([
        ("NATS_URL", &nats.url),
        ("NATS_USER", &"desk".into()),
        ("NATS_PASSWORD", &"hush".into()),
    ]);
    Daemon::start(&mut command).ready().stop();
    std::fs::create_dir_all(room.path("xdg/nats/context")).unwrap();
    let context = serde_json::json!({"url": nats.url, "user": "desk", "password": "hush"});
    std::fs::write(room.path("xdg/nats/context/desk.json"), context.to_string()).unwrap();
    room.daemon(&["run", "enrich", "--context", "desk"]).stop();
    // `up` with a NATS of the user's starts none of its own.
    std::fs::write(room.path("xdg/nats/context.txt"), "desk").unwrap();
    room.up().stop();
    assert!(!room.path("data").exists());
}

#[test]
fn an_article_or_event_larger_than_the_server_takes_is_dead_and_the_rest_flows() {
    let (room, nats) = (Room::new(), Nats::with("jetstream {}\nmax_payload: 100000"));
    let long = |times: usize| {
        let paragraph = |i| format!("3月17日,南城县投入{i}万元清理水塘,周边农田灌溉有了保障。\n\n");
        (0..times).map(paragraph).collect::<String>()
    };
    // Its event has every date and sum beside the text.
    room.put(
        "20250318/01.md",
        article("南城县清塘记", &long(500)) + &page(1, 1),
    );
    room.put(
        "20250318/02.md",
        article("南城县清塘续记", &long(2000)) + &page(2, 1),
    );
    room.put("20250318/03.md", page(3, 2));
    let inbox = room.rsrb();
    let desk = room.daemon(&[
        "run", "watch", "enrich", "fanout", "-s", &nats.url, "--inbox", &inbox,
    ]);
    let wire = Wire::to(&nats.url);
    wait_until("the rest", || wire.on_channel("all") == 3);
    wait_until("both dead", || wire.waiting("COPYDESK_DEAD") == 2);
    wait_until("an empty queue", || wire.waiting("COPYDESK_ARTICLES") == 0);
    let list = room.run(&["dead", "list", "-s", &nats.url]).out;
    assert!(
        list.contains("rsrb: 20250318/02.md") && list.contains("enrich"),
        "{list}"
    );
    assert_eq!(
        list.matches("the message is larger than the server takes")
            .count(),
        2,
        "{list}"
    );
    desk.stop();
}
