//! The unit, as systemd reads it.

use crate::support::Room;
use crate::{checkout, tool};
use std::process::Command;

const UNIT: &str = "deploy/systemd/copydesk.service";
/// Exposure as `systemd-analyze security` counts it, in tenths: 0 nothing, 100 everything.
const MOST_EXPOSED: &str = "20";

/// `systemd-analyze` on the unit, with the program under test where the package would have put it.
fn analyze(room: &Room, words: &[&str]) -> Option<crate::support::Ran> {
    let text = std::fs::read_to_string(checkout(UNIT)).unwrap();
    let unit = room.path("copydesk.service");
    let here = text.replace("/usr/bin/copydesk", env!("CARGO_BIN_EXE_copydesk"));
    std::fs::write(&unit, here).unwrap();
    tool(Command::new("systemd-analyze").args(words).arg(unit))
}

#[test]
fn systemd_finds_no_fault_with_the_unit() {
    let room = Room::new();
    if let Some(ran) = analyze(&room, &["verify", "--man=no"]) {
        assert_eq!((ran.code, ran.err.trim()), (0, ""), "{}", ran.out);
    }
}

#[test]
fn the_unit_gives_the_daemon_no_more_than_it_needs() {
    let room = Room::new();
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let words = ["security", "--offline=true", "--no-pager", &threshold];
    if let Some(ran) = analyze(&room, &words) {
        assert_eq!(ran.code, 0, "{}", ran.out);
    }
}

/// A value of the unit: the last line that gives it.
fn value(key: &str) -> String {
    let text = std::fs::read_to_string(checkout(UNIT)).unwrap();
    let mut given = text
        .lines()
        .filter_map(|l| l.strip_prefix(key)?.strip_prefix('='));
    given
        .next_back()
        .unwrap_or_else(|| panic!("no {key}"))
        .to_owned()
}

#[test]
fn a_drain_has_time_to_end_and_a_mistake_is_not_tried_again() {
    let room = Room::new();
    // The drain's deadline, and what a private server may take to stop after it.
    let drain = std::fs::read_to_string(checkout("config/copydesk.toml")).unwrap();
    let drain = drain.lines().find_map(|l| l.strip_prefix("drain_secs = "));
    let drain: u64 = drain
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(value("TimeoutStopSec").parse::<u64>().unwrap() >= drain + 15);

    let config = room.config("copydesk.toml", "[nats]\nprefixx = \"desk\"\n");
    let mistake = room.run(&["up", "--config", &config]).code;
    let usage = room.run(&["up"]).code;
    let never_again = value("RestartPreventExitStatus");
    let never_again: Vec<&str> = never_again.split(' ').collect();
    assert_eq!(never_again, [usage.to_string(), mistake.to_string()]);
    // What may pass by itself is tried again.
    let away = room.run(&[
        "run",
        "enrich",
        "-s",
        "nats://127.0.0.1:1",
        "--timeout",
        "1",
    ]);
    assert!(away.code != 0 && !never_again.contains(&away.code.to_string().as_str()));
}
