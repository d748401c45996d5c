//! `copydesk top --once` against a running desk, and where there is none.

use crate::support::{Room, SAMPLES, sample, wait_until};
use unicode_width::UnicodeWidthStr;

#[test]
fn top_prints_roles_items_channels_and_dead_letters_and_says_when_nats_is_away() {
    let room = Room::new();
    let away = room.run(&["top", "--once"]);
    assert_eq!(away.code, 1, "{away:?}");
    assert!(away.err.contains("start `copydesk up`"), "{away:?}");

    let desk = room.up();
    let wire = room.wire();
    room.put(SAMPLES[0], std::fs::read(sample(SAMPLES[0])).unwrap());
    room.put("20250318/bad.md", b"\0\x01\x02");
    wait_until("items and a dead letter", || {
        wire.waiting("COPYDESK_DEAD") == 1 && wire.on_channel("all") > 5
    });
    let ran = room.run(&["top", "--once"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let items = wire.subscribe("COPYDESK_ITEMS").rest();
    for what in [
        "watch ",
        "enrich ",
        "fanout ",
        "COPYDESK_ITEMS",
        "not text",
        "dead 1",
        "p99",
        items[0].title(),
    ] {
        // Long titles are cut.
        let start: String = what.chars().take(8).collect();
        assert!(ran.out.contains(&start), "{what} is missing:\n{}", ran.out);
    }
    for row in ran.out.lines().filter(|l| l.starts_with(['│', '┌', '└'])) {
        assert_eq!(row.width(), 100, "{row}");
    }
    // Not a terminal: told how.
    let screen = room.run(&["top"]);
    assert!(
        screen.code == 2 && screen.err.contains("--once"),
        "{screen:?}"
    );
    desk.stop();
}
