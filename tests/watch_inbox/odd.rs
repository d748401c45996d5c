//! What else lies in folders.

use crate::support::{Desk, as_another_user, block_on};
use copydesk::watch::{After, Inbox, InboxError, InboxOptions, Notice, Outcome, ReadFault};
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::Duration;

#[tokio::test]
async fn a_name_that_is_not_utf_8_is_ordinary() {
    let mut desk = Desk::after(After::Move).started().await;
    let name = OsStr::from_bytes(b"\xd2\xbb\xb0\xe6.md");
    desk.write(PathBuf::from("05").join(name), "一版");
    let candidate = desk.next().await;
    assert_eq!(candidate.path.file_name(), Some(name));
    assert_eq!(candidate.display_name(), "05/һ\u{FFFD}\u{FFFD}.md");
    desk.finish(candidate, Outcome::Done).await;
    assert!(desk.path("done/05").join(name).exists());
}

#[tokio::test]
async fn a_file_too_large_is_not_read() {
    let mut desk = Desk::open().started().await;
    desk.write("01.md", "12345");
    let candidate = desk.next().await;
    assert_eq!(candidate.read(5).unwrap(), b"12345");
    assert!(matches!(
        candidate.read(4),
        Err(ReadFault::TooLarge { size: 5, limit: 4 })
    ));
    fs::remove_file(&candidate.path).unwrap();
    assert!(matches!(candidate.read(5), Err(ReadFault::Gone)));
    symlink("/dev/zero", &candidate.path).unwrap();
    assert!(
        matches!(candidate.read(5), Err(ReadFault::Changed)),
        "a link is not the file"
    );
}

#[tokio::test]
async fn links_are_left_alone_and_said_once() {
    let mut desk = Desk::with(|options| options.reconcile = Duration::from_millis(50))
        .started()
        .await;
    let target = desk.root.with_file_name("target.md");
    fs::write(&target, "outside").unwrap();
    symlink(&target, desk.path("link.md")).unwrap();
    assert_eq!(
        desk.notice().await,
        Notice::LinkIgnored {
            relative: "link.md".into()
        }
    );
    symlink("nowhere", desk.path("broken.md")).unwrap();
    assert_eq!(
        desk.notice().await,
        Notice::BrokenLink {
            relative: "broken.md".into()
        }
    );
    desk.write("01.md", "one");
    assert_eq!(desk.take().await.0, "01.md");
    desk.quiet().await;
    assert!(
        desk.notices.try_recv().is_err(),
        "each once, in spite of many walks"
    );
}

#[tokio::test]
async fn links_are_followed_where_it_is_allowed() {
    let mut desk = Desk::with(|options| {
        options.follow_symlinks = true;
        options.reconcile = Duration::from_millis(100);
    })
    .started()
    .await;
    let outside = desk.root.with_file_name("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("01.md"), "one").unwrap();
    symlink(outside.join("01.md"), desk.path("link.md")).unwrap();
    assert_eq!(desk.take().await, ("link.md".into(), "one".into()));
    symlink(&outside, desk.path("folder")).unwrap();
    assert_eq!(desk.take().await, ("folder/01.md".into(), "one".into()));
    symlink("nowhere", desk.path("broken.md")).unwrap();
    assert_eq!(
        desk.notice().await,
        Notice::BrokenLink {
            relative: "broken.md".into()
        }
    );
    symlink(&desk.root, desk.path("loop")).unwrap();
    assert_eq!(
        desk.notice().await,
        Notice::LinkLoop {
            relative: "loop".into()
        }
    );
    fs::write(outside.join("02.md"), "two").unwrap();
    assert_eq!(desk.take().await, ("folder/02.md".into(), "two".into()));
    desk.quiet().await;
}

#[tokio::test]
async fn what_is_no_file_is_left_alone() {
    let mut desk = Desk::open().started().await;
    let _socket = std::os::unix::net::UnixListener::bind(desk.path("socket")).unwrap();
    assert_eq!(
        desk.notice().await,
        Notice::NotAFile {
            relative: "socket".into()
        }
    );
    desk.write("01.md", "one");
    assert_eq!(desk.take().await.0, "01.md");
}

#[test]
fn an_unreadable_file_stops_no_other_and_comes_again_when_it_is_readable() {
    let ran = as_another_user(|| {
        block_on(async {
            let mut desk = Desk::open().started().await;
            let path = desk.write("secret.md", "secret");
            fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
            let candidate = loop {
                // Handed out before the change of mode, it is handed out again with it.
                let candidate = desk.next().await;
                match candidate.read(100) {
                    Err(ReadFault::Unreadable { .. }) => break candidate,
                    _ => drop(desk.finish(candidate, Outcome::Done).await),
                }
            };
            let fault = candidate.read(100).unwrap_err().to_string();
            assert!(fault.contains("give this user read permission"), "{fault}");
            desk.finish(candidate, Outcome::Failed { reason: fault })
                .await;
            desk.write("01.md", "one");
            assert_eq!(desk.take().await.0, "01.md");
            desk.quiet().await;
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            assert_eq!(desk.take().await.1, "secret");
        });
    });
    if !ran {
        println!("skipped: needs root to become another user");
    }
}

#[test]
fn an_unreadable_folder_stops_no_other_and_is_said_once() {
    // Not to be listed; to be listed and not to be entered.
    for mode in [0o000, 0o600] {
        unreadable_folder(mode);
    }
}

fn unreadable_folder(mode: u32) {
    let ran = as_another_user(|| {
        block_on(async {
            let mut desk = Desk::with(|options| {
                options.reconcile = Duration::from_millis(50);
                let folder = options.root.join("closed");
                fs::create_dir(&folder).unwrap();
                fs::write(folder.join("02.md"), "two").unwrap();
                fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
                fs::write(options.root.join("01.md"), "one").unwrap();
            });
            assert_eq!(desk.take().await.0, "01.md");
            assert!(
                matches!(desk.notice().await, Notice::UnreadableFolder { relative, .. } if relative == *"closed")
            );
            desk.quiet().await;
            assert!(desk.notices.try_recv().is_err(), "once");
            fs::set_permissions(desk.path("closed"), Permissions::from_mode(0o700)).unwrap();
            assert_eq!(desk.take().await.0, "closed/02.md");
        });
    });
    if !ran {
        println!("skipped: needs root to become another user");
    }
}

#[test]
fn files_of_another_user_wait_for_the_close_that_was_heard() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let root = dir.path().to_path_buf();
    // This thread goes on as the owner of what it writes.
    let ran = crate::support::beside_another_user(
        move || {
            block_on(async {
                let mut desk = Desk::on(crate::support::options(&root)).started().await;
                assert_eq!(desk.take().await.1, "first half, second half");
                assert_eq!(desk.notices.try_recv(), Ok(Notice::NoLease));
                desk.quiet().await;
            });
        },
        || {
            use std::io::Write;
            std::thread::sleep(Duration::from_millis(500));
            let mut file = fs::File::create(dir.path().join("01.md")).unwrap();
            write!(file, "first half, ").unwrap();
            std::thread::sleep(Duration::from_millis(1500));
            write!(file, "second half").unwrap();
        },
    );
    if !ran {
        println!("skipped: needs root to become another user");
    }
}

#[test]
fn an_inbox_that_cannot_work_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let open = |options: InboxOptions| Inbox::open(options).unwrap_err();
    let missing = open(InboxOptions::new("a", dir.path().join("missing")));
    assert!(
        matches!(missing, InboxError::Missing { .. }) && missing.to_string().contains("mkdir -p"),
        "{missing}"
    );
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(
        open(InboxOptions::new("a", &file)),
        InboxError::NotAFolder { .. }
    ));
    assert!(matches!(
        open(InboxOptions::new("a", file.join("below"))),
        InboxError::Unreachable { .. }
    ));
    for marker in ["", "a/b", ".tmp"] {
        let mut options = InboxOptions::new("a", dir.path());
        options.done_marker = Some(marker.into());
        assert!(
            matches!(open(options), InboxError::Marker { .. }),
            "{marker:?}"
        );
    }
    fs::write(dir.path().join("done"), "x").unwrap();
    let mut options = InboxOptions::new("a", dir.path());
    options.after = After::Move;
    assert!(matches!(open(options), InboxError::InTheWay { .. }));
}

#[test]
fn an_inbox_closed_to_us_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    fs::set_permissions(&root, Permissions::from_mode(0o755)).unwrap();
    let ran = as_another_user(move || {
        let mut options = InboxOptions::new("a", &root);
        options.after = After::Move;
        let error = Inbox::open(options).unwrap_err();
        assert!(matches!(error, InboxError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("choose `keep`"), "{error}");
    });
    let root = dir.path().to_path_buf();
    fs::set_permissions(&root, Permissions::from_mode(0o700)).unwrap();
    as_another_user(move || {
        let error = Inbox::open(InboxOptions::new("a", &root)).unwrap_err();
        assert!(matches!(error, InboxError::Unreadable { .. }), "{error}");
    });
    if !ran {
        println!("skipped: needs root to become another user");
    }
}
