//! Completions and manual pages.

use crate::support::Room;
use crate::tool;
use std::process::Command;

#[test]
fn every_shell_gets_a_script_that_it_takes_and_that_knows_the_commands() {
    let room = Room::new();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let ran = room.run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        for word in ["process", "channel", "explain", "tlsca"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
        let script = room.path(shell);
        std::fs::write(&script, &ran.out).unwrap();
        if let Some(checked) = tool(Command::new(shell).arg(check).arg(&script)) {
            assert_eq!(checked.code, 0, "{checked:?}");
        }
    }
    let offered = "source ./bash; COMP_WORDS=(copydesk cha); COMP_CWORD=1; _copydesk copydesk cha copydesk; echo ${COMPREPLY[@]}";
    let offered = tool(
        Command::new("bash")
            .args(["-c", offered])
            .current_dir(room.path(".")),
    );
    if let Some(offered) = offered {
        assert_eq!(offered.out.trim(), "channel", "{offered:?}");
    }
    assert_eq!(room.run(&["completions", "sh"]).code, 2);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let room = Room::new();
    let folder = room.path("man/man1");
    let ran = room.run(&["man", "--out", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for page in ["copydesk", "copydesk-up", "copydesk-channel-grant"] {
        let file = folder.join(format!("{page}.1"));
        let shown = tool(Command::new("man").args(["--warnings", "-l"]).arg(&file));
        let Some(shown) = shown else { continue };
        assert!(
            shown.code == 0 && shown.err.is_empty(),
            "{page}: {}",
            shown.err
        );
        assert!(shown.out.contains("SYNOPSIS"), "{page}: {}", shown.out);
    }
    let printed = room.run(&["man"]);
    let written = std::fs::read_to_string(folder.join("copydesk.1")).unwrap();
    assert!(printed.code == 0 && printed.out == written);
    let refused = room.run(&["man", "--out", "/proc/none"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("cannot write to /proc/none"),
        "{refused:?}"
    );
}
