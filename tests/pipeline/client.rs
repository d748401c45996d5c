//! A client of another make: nats-py with a durable JetStream consumer.

use crate::support::{Ran, Room, finish, page, python};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn a_durable_consumer_of_nats_py_gets_each_item_once_across_its_own_restart() {
    let Some(python) = python() else { return };
    let read = |url: &str, count: usize, timeout: u32| -> Ran {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/durable.py");
        let mut command = Command::new(&python);
        command
            .arg(script)
            .args([url, "--count", &count.to_string()]);
        finish(command.args(["--timeout", &timeout.to_string()]), "")
    };
    let room = Room::new();
    let desk = room.up();
    let url = room.url();
    room.put("20250318/01.md", page(1, 14));

    let mut subjects = BTreeSet::new();
    for count in [5, 9] {
        let ran = read(&url, count, 30);
        assert_eq!(ran.code, 0, "{ran:?}");
        for line in ran.out.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            assert_eq!(event["specversion"], "1.0");
            assert!(
                subjects.insert(event["subject"].as_str().unwrap().to_owned()),
                "twice: {event}"
            );
        }
    }
    assert_eq!(subjects.len(), 14);
    let nothing = read(&url, 1, 1);
    assert_eq!(
        (nothing.code, nothing.out.as_str()),
        (1, ""),
        "{}",
        nothing.err
    );
    desk.stop();
}
