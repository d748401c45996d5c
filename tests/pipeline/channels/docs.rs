//! The commands in docs/channels.md, run as they stand.

use super::{Desk, id};
use std::process::Command;

const DOCUMENTATION: &str = include_str!("../../../docs/channels.md");

#[test]
fn every_command_in_the_documentation_works() {
    let desk = Desk::new("");
    let fanout = desk.fanout();
    desk.put_first(0..3);
    desk.drained();
    let blocks = DOCUMENTATION.split("```sh\n").skip(1);
    let lines: Vec<&str> = blocks
        .flat_map(|b| b.split("```").next().unwrap().lines())
        .collect();
    assert!(
        lines.len() >= 10 && lines.iter().all(|l| l.starts_with("copydesk ")),
        "{lines:?}"
    );
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_copydesk"))
        .parent()
        .unwrap();
    for line in lines {
        let mut command = Command::new("sh");
        let path = std::env::var("PATH").unwrap();
        command
            .args(["-euc", line])
            .current_dir(desk.room.path(""))
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("NATS_URL", &desk.nats.url)
            .env("ID", id(1));
        let ran = crate::support::finish(&mut command, "");
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
    }
    fanout.stop();
}
