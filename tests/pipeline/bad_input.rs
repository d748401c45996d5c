//! Input nothing can be made of: said clearly, kept, with the dead letters; nothing else stops.

use crate::support::{Daemon, NEVER, Ran, Room, page, wait_until};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;

const SOURCE: &str = "[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n";

/// `copydesk dead list`, until it holds `count` letters.
fn dead(room: &Room, count: usize) -> String {
    let mut text = String::new();
    wait_until(&format!("{count} dead letters"), || {
        let ran = room.run(&["dead", "list"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        text = ran.out;
        text.lines().filter(|l| l.contains("rsrb: ")).count() == count
    });
    text
}

/// The number `dead list` gives the letter of a file.
fn number(list: &str, file: &str) -> String {
    let line = list.lines().find(|l| l.contains(file)).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

/// A number past which no other byte sequence is valid in any Chinese encoding.
fn undecodable() -> Vec<u8> {
    (0..4000u32)
        .map(|i| [0x81, 0xff, 0x80, 0x02][(i % 4) as usize])
        .collect()
}

#[test]
fn each_bad_file_is_named_with_its_reason_and_stops_nothing_else() {
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        &format!("[limits]\nmax_file_mb = 1\n{SOURCE}follow_symlinks = true\n"),
    );
    let bad: [(&str, Vec<u8>, &str); 6] = [
        ("empty.md", Vec::new(), "the file is empty"),
        ("blank.md", b" \n\n \n".to_vec(), "the file is empty"),
        (
            "large.md",
            "汝水".repeat(200_000).into_bytes(),
            "more than the limit of 1000000: raise the limit",
        ),
        (
            "picture.md",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            "it is a PNG picture; run OCR on it first",
        ),
        (
            "binary.md",
            [0u8, 1, 2, 3, 250, 0, 7].repeat(300),
            "this is not text",
        ),
        ("noise.md", undecodable(), "this is not text"),
    ];
    let desk = room.daemon(&["up", "--config", &config]);
    for (name, bytes, _) in &bad {
        room.put(name, bytes);
    }
    symlink(room.path("nowhere.md"), room.inbox().join("broken.md")).unwrap();
    let odd = Room::odd_name(b"20250318-\xb1\xb1-01.md");
    room.put(odd, page(1, 2));
    room.put("20250318/02.md", page(2, 3));

    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let came = items.take(5);
    let files = came
        .iter()
        .map(|i| &i.json["data"]["enrichment"]["source"]["file"]);
    let odd_shown = "20250318-\u{fffd}\u{fffd}-01.md";
    assert_eq!(files.filter(|f| *f == odd_shown).count(), 2);
    desk.says("a symbolic link leads nowhere (restore its target or remove it)");

    let list = dead(&room, bad.len());
    for (name, _, reason) in &bad {
        let at = list
            .lines()
            .position(|l| l.contains(&format!("rsrb: {name}")))
            .expect(name);
        assert!(
            list.lines().nth(at + 1).unwrap().contains(reason),
            "{name}: {list}"
        );
        assert_eq!(
            desk.count(&format!("\"file\":\"{name}\"")),
            1,
            "said once: {}",
            desk.log()
        );
        assert!(room.inbox().join(name).exists(), "{name} is kept");
        let show = room.run(&["dead", "show", &number(&list, name)]);
        assert!(
            show.code == 0 && show.out.contains(reason) && show.out.contains(name),
            "{show:?}"
        );
    }
    desk.stop();

    // Nothing of it is said or stored again after a restart.
    let desk = room.daemon(&["up", "--config", &config]);
    room.put("20250318/03.md", page(3, 1));
    let wire = room.wire();
    wait_until("the new page", || wire.published("COPYDESK_ITEMS") == 6);
    assert_eq!(desk.count("file not published"), 0, "{}", desk.log());
    assert_eq!(wire.published("COPYDESK_DEAD"), bad.len() as u64);
    desk.stop();
}

#[test]
fn a_file_of_50_mb_is_refused_by_default_and_not_read() {
    let room = Room::new();
    let desk = room.up();
    let line = page(9, 1);
    room.put("huge.md", line.repeat(50_000_000 / line.len() + 1));
    room.put("20250318/01.md", page(1, 2));
    desk.says("more than the limit of 20000000: raise the limit or split the file");
    wait_until("the good page", || {
        room.wire().published("COPYDESK_ITEMS") == 2
    });
    assert!(dead(&room, 1).contains("rsrb: huge.md"));
    desk.stop();
}

/// The daemon as a user who may not read everything: root may.
fn as_nobody(room: &Room, args: &[&str]) -> Option<Daemon> {
    let mut command = room.copydesk(args);
    if rustix::process::getuid().is_root() {
        let nobody = 64_321;
        let probe = room
            .copydesk(&["--version"])
            .uid(nobody)
            .gid(nobody)
            .output();
        if !probe.is_ok_and(|p| p.status.success()) {
            println!(
                "skipped: root reads everything, and another user cannot run the program where it is"
            );
            return None;
        }
        fs::create_dir(room.path("data")).unwrap();
        for folder in ["", "inbox", "data"] {
            std::os::unix::fs::chown(room.path(folder), Some(nobody), Some(nobody)).unwrap();
        }
        command.uid(nobody).gid(nobody);
    }
    Some(Daemon::start(&mut command).ready())
}

#[test]
fn an_unreadable_file_is_said_and_comes_when_it_can_be_read() {
    let room = Room::new();
    let inbox = room.rsrb();
    let Some(desk) = as_nobody(&room, &["up", "--inbox", &inbox]) else {
        return;
    };
    // Made aside and moved in: readable at no moment.
    let aside = room.path("secret.md");
    fs::write(&aside, page(1, 2)).unwrap();
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o000)).unwrap();
    let path = room.inbox().join("secret.md");
    fs::rename(&aside, &path).unwrap();
    desk.says("the file cannot be read: Permission denied");
    desk.says("give this user read permission");
    room.put("20250318/02.md", page(2, 3));
    let wire = room.wire();
    wait_until("the good page", || wire.published("COPYDESK_ITEMS") == 3);
    assert!(dead(&room, 1).contains("rsrb: secret.md"));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    wait_until("the repaired page", || {
        wire.published("COPYDESK_ITEMS") == 5
    });
    desk.stop();
}

#[test]
fn an_inbox_that_vanishes_is_said_and_awaited() {
    let room = Room::new();
    let other = room.path("other");
    fs::create_dir(&other).unwrap();
    let inbox = room.rsrb();
    let second = format!("jxsb={}", other.display());
    let desk = room.daemon(&["up", "--inbox", &inbox, "--inbox", &second]);
    let wire = room.wire();
    room.put("20250318/01.md", page(1, 2));
    wait_until("the first page", || wire.published("COPYDESK_ITEMS") == 2);

    fs::remove_dir_all(room.inbox()).unwrap();
    desk.says("the inbox folder is gone; waiting for it to come back");
    fs::write(other.join("20250318-01.md"), page(2, 2)).unwrap();
    wait_until("a page of another source", || {
        wire.published("COPYDESK_ITEMS") == 4
    });

    fs::create_dir(room.inbox()).unwrap();
    room.put("20250318/03.md", page(3, 2));
    desk.says("the inbox folder is back");
    wait_until("the page after it", || {
        wire.published("COPYDESK_ITEMS") == 6
    });
    desk.stop();
}

#[test]
fn a_dead_file_repaired_and_retried_comes_back_and_one_still_broken_is_dead_again() {
    let room = Room::new();
    let config = room.config("copydesk.toml", &format!("{SOURCE}after = \"move\"\n"));
    let desk = room.daemon(&["up", "--config", &config]);
    room.put("20250318/01.md", "");
    room.put("20250318/02.md", "");
    let list = dead(&room, 2);
    let failed = room.inbox().join("failed/20250318");
    wait_until("both set aside", || {
        failed.join("01.md").exists() && failed.join("02.md").exists()
    });

    let retry = |which: &str| -> Ran {
        let ran = room.run(&["dead", "retry", which]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    };
    fs::write(failed.join("01.md"), page(1, 3)).unwrap();
    let ran = retry(&number(&list, "20250318/01.md"));
    assert!(
        ran.out.contains("rsrb: 20250318/01.md goes back to work"),
        "{ran:?}"
    );
    let wire = room.wire();
    wait_until("the repaired page", || {
        wire.published("COPYDESK_ITEMS") == 3
    });
    wait_until("it is done", || {
        room.inbox().join("done/20250318/01.md").exists()
    });

    // Within the time in which the server remembers message ids: a second failure like the first is no duplicate.
    let list = dead(&room, 1);
    retry(&number(&list, "20250318/02.md"));
    desk.says_times("\"file\":\"20250318/02.md\"", 2);
    std::thread::sleep(NEVER);
    let again = dead(&room, 1);
    assert_ne!(
        number(&again, "20250318/02.md"),
        number(&list, "20250318/02.md")
    );
    wait_until("set aside again", || failed.join("02.md").exists());

    let unknown = room.run(&["dead", "show", "99"]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.err.contains("there is no dead letter 99"),
        "{unknown:?}"
    );
    desk.stop();
}
