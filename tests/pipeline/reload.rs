//! The configuration changes while the desk runs; a supervisor is told how it stands.

use crate::support::{Room, article, kill, wait_until};
use rustix::process::Signal;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

const ONE_SOURCE: &str = "[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n";

fn channel(query: &str) -> String {
    format!("defaults = false\n[[channel]]\nname = \"ponds\"\nquery = '{query}'\n")
}

#[test]
fn changes_are_taken_up_while_running_and_a_broken_one_keeps_what_is_in_force() {
    let room = Room::new();
    room.config("channels.toml", &channel("headline:水渠"));
    let config = room.config("copydesk.toml", ONE_SOURCE);
    let desk = room.daemon(&["up", "--config", &config]);

    room.config("channels.toml", &channel("headline:水塘"));
    desk.says_times("the changed configuration is in force", 1);
    room.put(
        "20250318/01.md",
        article("南城县水塘清淤", "水塘清淤今天完工。"),
    );
    wait_until("the changed channel", || {
        room.wire().on_channel("ponds") == 1
    });

    room.config(
        "channels.toml",
        &format!("{}quer", channel("headline:水渠")),
    );
    desk.says("what was in force stays");
    let status = room.run(&["status"]).out;
    assert!(
        status.contains("configuration not taken up") && status.contains("channels.toml: line 5"),
        "{status}"
    );
    room.put(
        "20250318/02.md",
        article("崇仁县水塘清淤", "水塘清淤昨天完工。"),
    );
    wait_until("the channel as it was", || {
        room.wire().on_channel("ponds") == 2
    });

    room.config("channels.toml", &channel("headline:水塘"));
    desk.says_times("the changed configuration is in force", 2);
    assert!(!room.run(&["status"]).out.contains("not taken up"));
    desk.stop();
}

#[test]
fn a_bad_channel_in_the_file_is_refused_alone_and_stays_what_it_was() {
    let room = Room::new();
    let file = |ponds: &str, more: &str| {
        let of = |name: &str, query: &str| {
            format!("[[channel]]\nname = \"{name}\"\nquery = '{query}'\n")
        };
        room.config(
            "channels.toml",
            &format!(
                "{}{}{more}",
                of("ponds", ponds),
                of("ditches", "headline:水渠")
            ),
        );
    };
    file("headline:水塘", "");
    let config = room.config("copydesk.toml", ONE_SOURCE);
    let desk = room.daemon(&["up", "--config", &config]);

    file(
        "headlin:水塘",
        "[[channel]]\nname = \"bridges\"\nquery = 'headline:大桥'\n[[channel]]\nname = \"ditches\"\nquery = '*'\n",
    );
    desk.says("stay what they were before");
    let status = room.run(&["status"]).out;
    assert!(
        status.contains("channels.toml: line 3")
            && status.contains("and 1 more")
            && status.contains("the other channels are in force"),
        "{status}"
    );
    room.put(
        "20250318/01.md",
        article("南城县水塘清淤", "水塘清淤今天完工。"),
    );
    room.put(
        "20250318/02.md",
        article("崇仁县大桥通车", "崇仁县大桥昨天通车。"),
    );
    wait_until("the channel as it was, and the new one", || {
        room.wire().on_channel("ponds") == 1 && room.wire().on_channel("bridges") == 1
    });
    assert_eq!(
        room.wire().on_channel("ditches"),
        0,
        "the second of that name"
    );

    file("headline:水塘", "");
    desk.says_times("the changed configuration is in force", 2);
    assert!(!room.run(&["status"]).out.contains("not taken up"));
    desk.stop();
}

#[test]
fn sources_come_and_go_while_running_and_what_needs_a_restart_is_said() {
    let room = Room::new();
    let config = room.config("copydesk.toml", ONE_SOURCE);
    let desk = room.daemon(&["up", "--config", &config]);
    let second = room.path("second");
    std::fs::create_dir(&second).unwrap();
    let two = format!(
        "{ONE_SOURCE}[[source]]\nname = \"hyrb\"\ninbox = \"{}\"\n[daemon]\ndrain_secs = 9\n",
        second.display()
    );
    room.config("copydesk.toml", &two);
    desk.says("changed, but in force only after a restart: [daemon]");
    std::fs::write(
        second.join("01.md"),
        article("资溪县修渠", "水渠今天完工。"),
    )
    .unwrap();
    wait_until("an article of the new source", || {
        room.wire().published("COPYDESK_ITEMS") == 1
    });

    room.config("copydesk.toml", ONE_SOURCE);
    desk.says("watched no more");
    std::fs::write(
        second.join("02.md"),
        article("资溪县修路", "公路今天完工。"),
    )
    .unwrap();
    room.put("20250318/01.md", article("南城县修桥", "大桥今天完工。"));
    wait_until("the source that stayed", || {
        room.wire().published("COPYDESK_ITEMS") == 2
    });
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(room.wire().published("COPYDESK_ITEMS"), 2);
    desk.stop();
}

#[test]
fn systemd_is_told_of_readiness_life_reload_and_the_end() {
    let room = Room::new();
    let told = UnixDatagram::bind(room.path("notify")).unwrap();
    told.set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let hears = |what: &str| {
        let mut buffer = [0; 4096];
        loop {
            let length = told
                .recv(&mut buffer)
                .unwrap_or_else(|e| panic!("{what}: {e}"));
            let text = String::from_utf8_lossy(&buffer[..length]);
            if text.lines().any(|line| line.starts_with(what)) {
                return text.into_owned();
            }
        }
    };
    let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
    command
        .env("NOTIFY_SOCKET", room.path("notify"))
        .env("WATCHDOG_USEC", "900000");
    let desk = crate::support::Daemon::start(&mut command);
    assert!(hears("READY=1").contains("STATUS=at work: watch enrich fanout"));
    hears("WATCHDOG=1");
    kill(desk.pid(), Signal::HUP);
    assert!(hears("RELOADING=1").contains("MONOTONIC_USEC="));
    hears("READY=1");
    kill(desk.pid(), Signal::TERM);
    hears("STOPPING=1");
    drop(desk);
}
