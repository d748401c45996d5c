//! The private NATS server: it lives and dies with the daemon, and what is wrong at start is said.

use crate::support::{Room, Wire, finish, is_alive, kill, page, wait_until};
use rustix::process::Signal;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

const PAGES: usize = 12;
const EACH: usize = 10;
const ARTICLES: u64 = (PAGES * EACH) as u64;

fn put_pages(room: &Room) {
    for number in 0..PAGES {
        room.put(format!("20250318/{number:02}.md"), page(number, EACH));
    }
}

/// Every article came out once, as an item and on `all`.
fn all_came_once(wire: &Wire) {
    wait_until("every article on `all`", || {
        wire.waiting("COPYDESK_ITEMS") >= ARTICLES
            && wire.waiting("COPYDESK_ARTICLES") == 0
            && wire.on_channel("all") >= ARTICLES
    });
    assert_eq!(
        wire.published("COPYDESK_ITEMS"),
        ARTICLES,
        "nothing doubled"
    );
    let delivered = wire.subscribe("COPYDESK_CHANNELS").tally();
    let all = delivered
        .keys()
        .filter(|s| s.starts_with("copydesk.channel.all."));
    assert_eq!(all.count() as u64, ARTICLES);
    assert_eq!(wire.published("COPYDESK_CHANNELS"), delivered.len() as u64);
    assert_eq!(wire.published("COPYDESK_DEAD"), 0);
}

#[test]
fn a_killed_server_is_started_again_and_nothing_is_lost_or_doubled() {
    let room = Room::new();
    let desk = room.up_without_page();
    let url = room.url();
    put_pages(&room);
    wait_until("the first items", || {
        room.wire().published("COPYDESK_ITEMS") > 0
    });
    let first = desk.broker_pid();
    let mut command = room.copydesk(&[
        "tail",
        "all",
        "--since",
        "start",
        "--count",
        &ARTICLES.to_string(),
    ]);
    let viewer = std::thread::spawn(move || finish(command.args(["--format", "ndjson"]), ""));
    wait_until("a viewer", || room.wire().readers("COPYDESK_CHANNELS") > 0);
    kill(first, Signal::KILL);
    desk.says("the private NATS server ended, starting it again; nothing is lost");
    wait_until("another server", || desk.broker_pid() != first);
    let wire = room.wire();
    all_came_once(&wire);
    assert_eq!(room.url(), url, "subscribers keep their address");
    let seen = viewer.join().unwrap();
    assert_eq!(
        (seen.code, seen.out.lines().count() as u64),
        (0, ARTICLES),
        "{}",
        seen.err
    );
    desk.stop();
}

#[test]
fn a_killed_daemon_leaves_no_server_behind_and_its_successor_takes_over_on_the_same_port() {
    let room = Room::new();
    let desk = room.up();
    let url = room.url();
    put_pages(&room);
    wait_until("the first items", || {
        room.wire().published("COPYDESK_ITEMS") > 0
    });
    let broker = desk.broker_pid();
    desk.kill();
    // At once: the old server may still be on its way down.
    let desk = room.up();
    wait_until("the old server to be gone", || !is_alive(broker));
    assert_eq!(room.url(), url);
    all_came_once(&room.wire());
    desk.stop();
}

#[test]
fn sigterm_drains_within_its_deadline_and_what_is_left_is_done_at_the_next_start() {
    let room = Room::new();
    let mut desk = room.up();
    let broker = desk.broker_pid();
    put_pages(&room);
    wait_until("the first items", || {
        room.wire().published("COPYDESK_ITEMS") > 0
    });
    desk.signal(Signal::TERM);
    // 20 s for what was begun, and a little for the server.
    let status = desk.ended_within(Duration::from_secs(25));
    assert!(status.success(), "{status}:\n{}", desk.log());
    desk.says("stopping, finishing what was begun");
    assert!(!is_alive(broker), "the server stops with the daemon");
    assert!(
        !room.path("data/nats.url").exists(),
        "nobody is told of a server that is gone"
    );

    let desk = room.up();
    all_came_once(&room.wire());
    desk.stop();
}

#[test]
fn the_address_is_private_to_its_owner() {
    let room = Room::new();
    let desk = room.up();
    for (name, mode) in [
        ("", 0o700),
        ("nats.url", 0o600),
        ("nats.password", 0o600),
        ("nats.conf", 0o600),
    ] {
        let meta = std::fs::metadata(room.path("data").join(name)).unwrap();
        assert_eq!(meta.permissions().mode() & 0o777, mode, "data/{name}");
    }
    let password = std::fs::read_to_string(room.path("data/nats.password")).unwrap();
    assert!(
        !desk.stop().contains(password.trim()),
        "the password is in the log"
    );
}

#[test]
fn a_second_daemon_on_the_same_data_folder_is_refused() {
    let room = Room::new();
    let desk = room.up();
    let second = room.run(&["up", "--inbox", &room.rsrb()]);
    assert_eq!(second.code, 1, "{second:?}");
    let wanted = format!(
        "another copydesk (process {}) runs on the data folder",
        desk.pid()
    );
    assert!(second.err.contains(&wanted), "{second:?}");
    assert!(second.err.contains("--data"), "{second:?}");
    room.put("20250318/01.md", page(1, 1));
    wait_until("the first goes on", || {
        room.wire().published("COPYDESK_ITEMS") == 1
    });
    desk.stop();
}

#[test]
fn what_keeps_the_server_from_starting_is_said_with_its_remedy() {
    let room = Room::new();
    let old = room.path("old-nats-server");
    std::fs::write(&old, "#!/bin/sh\necho 'nats-server: v2.9.10'\n").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
    let broken = room.path("broken-nats-server");
    std::fs::write(
        &broken,
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'nats-server: v2.15.1' && exit\nexit 3\n",
    )
    .unwrap();
    std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o755)).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    std::fs::write(room.path("file"), "in the way").unwrap();

    let program =
        |path: &std::path::Path| format!("[broker]\nprogram = {:?}\n", path.to_str().unwrap());
    let cases = [
        (program(&old), "data", "is version 2.9.10; copydesk needs 2.14 or later (atomic batches). deploy/install-nats-server.sh gets one".to_owned()),
        (program(&room.path("none")), "data", "nats-server was not found".to_owned()),
        (program(&broken), "data", "nats-server did not come up: it ended with exit status: 3".to_owned()),
        (
            format!("[broker]\nport = {port}\n"),
            "data",
            format!("port {port} of the private NATS server is taken by another program; free it, or set another `broker.port`"),
        ),
        (String::new(), "file", "cannot be used: ".to_owned()),
        (String::new(), "file/below", "give another with --data, or mend its permissions".to_owned()),
    ];
    for (settings, data, message) in cases {
        let config = room.config(
            "copydesk.toml",
            &format!("{settings}[[source]]\nname = \"rsrb\"\ninbox = \"{{inbox}}\"\n"),
        );
        let data = room.path(data);
        let ran = room.run(&["up", "--config", &config, "--data", data.to_str().unwrap()]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains(&message), "{message}\n{}", ran.err);
        assert_eq!(ran.out, "", "never ready");
    }
}

#[test]
fn daemons_started_at_once_find_a_port_each() {
    let rooms = [Room::new(), Room::new(), Room::new()];
    let desks = std::thread::scope(|scope| {
        let starting = rooms.each_ref().map(|room| scope.spawn(|| room.up()));
        starting.map(|thread| thread.join().unwrap())
    });
    let mut urls: Vec<_> = rooms.iter().map(Room::url).collect();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 3);
    for desk in desks {
        desk.stop();
    }
}
