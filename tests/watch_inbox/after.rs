//! What becomes of files.

use crate::support::{Desk, PATIENCE, text};
use copydesk::watch::{After, Fate, Outcome};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

fn failed() -> Outcome {
    Outcome::Failed {
        reason: "no article found".into(),
    }
}

fn content(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn kept_files_stay_and_are_not_handed_out_again() {
    let mut desk = Desk::with(|options| options.reconcile = Duration::from_millis(50))
        .started()
        .await;
    let (good, bad) = (desk.write("good.md", "good"), desk.write("bad.md", "bad"));
    for _ in 0..2 {
        let candidate = desk.next().await;
        let outcome = if candidate.path == bad {
            failed()
        } else {
            Outcome::Done
        };
        assert_eq!(desk.finish(candidate, outcome).await, Fate::Kept);
    }
    desk.quiet().await;
    assert_eq!((content(good), content(bad)), ("good".into(), "bad".into()));
}

#[tokio::test]
async fn moved_files_keep_their_relative_path_and_overwrite_nothing() {
    let mut desk = Desk::after(After::Move).started().await;
    for (n, wanted) in ["done/05/01.md", "done/05/01.2.md", "done/05/01.3.md"]
        .iter()
        .enumerate()
    {
        desk.write("05/01.md", format!("{n}"));
        let candidate = desk.next().await;
        assert_eq!(
            desk.finish(candidate, Outcome::Done).await,
            Fate::Moved(desk.path(wanted))
        );
    }
    assert!(!desk.path("05/01.md").exists());
    for (n, name) in ["done/05/01.md", "done/05/01.2.md", "done/05/01.3.md"]
        .iter()
        .enumerate()
    {
        assert_eq!(content(desk.path(name)), format!("{n}"));
    }
    desk.quiet().await;
}

#[tokio::test]
async fn failed_files_move_with_their_reason_and_come_back_when_forgotten() {
    for after in [After::Move, After::Delete] {
        let mut desk = Desk::after(after).started().await;
        desk.write("05/01.md", "bad");
        let candidate = desk.next().await;
        let relative = candidate.relative.clone();
        assert_eq!(
            desk.finish(candidate, failed()).await,
            Fate::Moved(desk.path("failed/05/01.md"))
        );
        assert_eq!(content(desk.path("failed/05/01.md")), "bad");
        assert_eq!(
            content(desk.path("failed/05/01.md.reason.txt")),
            "no article found\n"
        );
        desk.quiet().await;

        desk.handle.forget(&relative).await.unwrap();
        assert_eq!(desk.take().await, ("05/01.md".into(), "bad".into()));
        assert!(
            !desk.path("failed/05/01.md").exists()
                && !desk.path("failed/05/01.md.reason.txt").exists()
        );
    }
}

#[tokio::test]
async fn a_kept_file_comes_again_when_forgotten() {
    let mut desk = Desk::open().started().await;
    desk.write("01.md", "one");
    for _ in 0..3 {
        let candidate = desk.next().await;
        let relative = candidate.relative.clone();
        desk.finish(candidate, failed()).await;
        desk.handle.forget(&relative).await.unwrap();
    }
    desk.take().await;
    desk.handle
        .forget(Path::new("../outside.md"))
        .await
        .unwrap();
    desk.quiet().await;
}

#[tokio::test]
async fn deleted_files_are_gone_with_their_marker_and_nothing_else_is() {
    let mut desk = Desk::with(|options| {
        options.after = After::Delete;
        options.done_marker = Some(".ok".into());
    })
    .started()
    .await;
    desk.write("01.md", "one");
    desk.write("01.md.ok", "");
    desk.write("02.md", "unmarked");
    let candidate = desk.next().await;
    assert_eq!(desk.finish(candidate, Outcome::Done).await, Fate::Deleted);
    let mut left: Vec<_> = fs::read_dir(&desk.root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["02.md"]);
}

#[tokio::test]
async fn a_file_changed_before_it_was_finished_is_neither_moved_nor_deleted() {
    for after in [After::Move, After::Delete] {
        let mut desk = Desk::after(after).started().await;
        let path = desk.write("01.md", "old");
        let candidate = desk.next().await;
        assert_eq!(text(&candidate), "old");
        fs::write(&path, "new").unwrap();
        assert_eq!(desk.finish(candidate, Outcome::Done).await, Fate::Again);
        assert_eq!(desk.take().await, ("01.md".into(), "new".into()));
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn a_file_being_written_again_is_neither_moved_nor_deleted() {
    for after in [After::Move, After::Delete] {
        let mut desk = Desk::after(after).started().await;
        let path = desk.write("01.md", "old");
        let candidate = desk.next().await;
        let writer = fs::File::options().append(true).open(&path).unwrap();
        assert_eq!(desk.finish(candidate, Outcome::Done).await, Fate::Again);
        assert!(path.exists());
        drop(writer);
        assert_eq!(desk.take().await.1, "old");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_no_error() {
    let mut desk = Desk::after(After::Move).started().await;
    let path = desk.write("01.md", "one");
    let candidate = desk.next().await;
    fs::remove_file(path).unwrap();
    assert_eq!(desk.finish(candidate, Outcome::Done).await, Fate::Gone);
}

#[tokio::test]
async fn across_devices_files_are_copied_whole_and_then_removed() {
    let Ok(other) = tempfile::tempdir_in("/dev/shm") else {
        return println!("skipped: no second file system");
    };
    let target = other.path().to_path_buf();
    let mut desk = Desk::with(|options| {
        options.after = After::Move;
        symlink(target, options.root.join("done")).unwrap();
    })
    .started()
    .await;
    for (n, wanted) in ["done/05/01.md", "done/05/01.2.md"].iter().enumerate() {
        let path = desk.write("05/01.md", format!("{n}"));
        let candidate = desk.next().await;
        let mtime = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(
            desk.finish(candidate, Outcome::Done).await,
            Fate::Moved(desk.path(wanted))
        );
        assert!(!path.exists());
        assert_eq!(content(desk.path(wanted)), format!("{n}"));
        assert_eq!(
            fs::metadata(desk.path(wanted)).unwrap().modified().unwrap(),
            mtime
        );
    }
    assert_eq!(
        fs::read_dir(other.path().join("05")).unwrap().count(),
        2,
        "nothing partial is left"
    );
}

#[tokio::test]
async fn a_failed_move_leaves_the_original_and_says_why() {
    let mut desk = Desk::after(After::Move).started().await;
    let path = desk.write("05/01.md", "one");
    let candidate = desk.next().await;
    desk.write("done/05", "a file where a folder must be");
    let error = desk
        .handle
        .finish(candidate, Outcome::Done)
        .await
        .unwrap_err();
    assert_eq!(error.path, path);
    assert!(
        error.to_string().contains("it stays in the inbox"),
        "{error}"
    );
    assert_eq!(content(path), "one");
    desk.quiet().await;
}

#[tokio::test]
async fn what_died_between_setting_aside_and_deleting_comes_back() {
    let mut desk = Desk::with(|options| {
        options.after = After::Delete;
        fs::write(options.root.join(".deleting-01.md"), "one").unwrap();
    });
    assert_eq!(desk.take().await, ("01.md".into(), "one".into()));
}

#[tokio::test]
async fn files_in_flight_are_finished_after_the_end() {
    let mut desk = Desk::after(After::Move).started().await;
    let path = desk.write("01.md", "one");
    let candidate = desk.next().await;
    desk.handle.shutdown();
    assert_eq!(desk.inbox.next().await, None);
    assert_eq!(
        desk.finish(candidate, Outcome::Done).await,
        Fate::Moved(desk.path("done/01.md"))
    );
    assert!(!path.exists());
}

#[tokio::test]
async fn two_watchers_share_an_inbox() {
    let mut first = Desk::after(After::Move).started().await;
    let mut options = crate::support::options(&first.root);
    options.after = After::Move;
    let mut second = Desk::on(options).started().await;
    for n in 0..50 {
        first.write(format!("{n}.md"), "page");
    }
    let done = first.path("done");
    let moved = || fs::read_dir(&done).map_or(0, Iterator::count);
    let deadline = Instant::now() + PATIENCE;
    while moved() < 50 && Instant::now() < deadline {
        let handle = [first.handle.clone(), second.handle.clone()];
        let (candidate, handle) = tokio::select! {
            candidate = first.next() => (candidate, &handle[0]),
            candidate = second.next() => (candidate, &handle[1]),
            () = tokio::time::sleep(Duration::from_millis(50)) => continue,
        };
        handle.finish(candidate, Outcome::Done).await.unwrap();
    }
    first.drain(0).await;
    second.drain(0).await;
    assert_eq!(moved(), 50, "each moved once");
}
