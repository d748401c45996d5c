//! Files of which events do not tell, or not in time.

use crate::support::{Desk, PATIENCE};
use copydesk::watch::{Notice, Outcome, Polling};
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

/// What comes of `expected` names, each once.
async fn all_once(desk: &mut Desk, expected: usize) {
    let came = desk.drain(expected).await;
    assert_eq!(came.len(), expected);
    let twice: Vec<_> = came.iter().filter(|(_, (times, _))| *times != 1).collect();
    assert!(twice.is_empty(), "not once: {twice:?}");
}

#[tokio::test]
async fn nested_folders_made_and_filled_at_once_300_times() {
    let mut desk = Desk::open().started().await;
    for n in 0..300 {
        desk.write(format!("{n}/s1/s2/f.txt"), format!("{n}"));
    }
    all_once(&mut desk, 300).await;
}

#[tokio::test]
async fn a_burst_of_20_000_files_overflows_nothing_for_good() {
    let mut desk = Desk::open().started().await;
    let root = desk.root.clone();
    let writer = std::thread::spawn(move || {
        for n in 0..20_000 {
            fs::write(root.join(format!("{n}.md")), "page").unwrap();
        }
    });
    all_once(&mut desk, 20_000).await;
    writer.join().unwrap();
    assert_eq!(desk.handle.stats().borrow().out, 0);
}

#[tokio::test]
async fn more_files_than_are_kept_in_mind_wait_on_disk() {
    let mut desk = Desk::with(|options| {
        for n in 0..10_000 {
            fs::write(options.root.join(format!("{n}.md")), "page").unwrap();
        }
    });
    let candidate = desk.next().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stats = *desk.handle.stats().borrow();
    assert!(stats.settling + stats.out < 5000, "{stats:?}");
    desk.finish(candidate, Outcome::Done).await;
    all_once(&mut desk, 9_999).await;
}

#[tokio::test]
async fn files_that_come_while_nobody_takes_any_wait_on_disk() {
    let mut desk = Desk::open().started().await;
    for n in 0..6_000 {
        desk.write(format!("{n}.md"), "page");
        if n % 100 == 0 {
            // Slow enough for no hint to be lost.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    all_once(&mut desk, 6_000).await;
}

#[tokio::test]
async fn a_folder_moved_in_with_all_that_is_in_it() {
    let mut desk = Desk::open().started().await;
    let outside = tempfile::tempdir_in(desk.root.parent().unwrap()).unwrap();
    for n in 0..50 {
        let folder = outside.path().join(format!("issue/{}", n % 5));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{n}.md")), "page").unwrap();
    }
    fs::rename(outside.path().join("issue"), desk.path("issue")).unwrap();
    all_once(&mut desk, 50).await;
    desk.write("issue/3/late.md", "written after the move");
    assert_eq!(desk.take().await.0, "issue/3/late.md");
}

#[tokio::test]
async fn a_folder_renamed_within_is_watched_under_its_new_name() {
    let mut desk = Desk::open().started().await;
    desk.write("old/01.md", "one");
    assert_eq!(desk.take().await.0, "old/01.md");
    fs::rename(desk.path("old"), desk.path("new")).unwrap();
    assert_eq!(desk.take().await.0, "new/01.md");
    desk.write("new/02.md", "two");
    assert_eq!(desk.take().await.0, "new/02.md");
    desk.quiet().await;
}

#[tokio::test]
async fn a_folder_deleted_and_made_again_at_once_is_watched() {
    let mut desk = Desk::open().started().await;
    desk.write("a/b/01.md", "one");
    assert_eq!(desk.take().await.0, "a/b/01.md");
    for n in 0..50 {
        fs::remove_dir_all(desk.path("a")).unwrap();
        desk.write("a/b/01.md", format!("again {n}"));
        assert_eq!(desk.take().await.1, format!("again {n}"));
    }
}

#[tokio::test]
async fn a_hard_link() {
    let mut desk = Desk::open().started().await;
    let original = desk.root.with_file_name("original.md");
    fs::write(&original, "linked").unwrap();
    fs::hard_link(&original, desk.path("01.md")).unwrap();
    assert_eq!(desk.take().await, ("01.md".into(), "linked".into()));
    desk.quiet().await;
}

#[tokio::test]
async fn a_root_deleted_and_made_again_is_watched_again() {
    let mut desk = Desk::open().started().await;
    desk.write("01.md", "one");
    assert_eq!(desk.take().await.0, "01.md");
    fs::remove_dir_all(&desk.root).unwrap();
    assert_eq!(desk.notice().await, Notice::Gone);
    desk.write("02.md", "two");
    assert_eq!(desk.notice().await, Notice::Back);
    assert_eq!(desk.take().await.0, "02.md");
    desk.write("a/03.md", "three");
    assert_eq!(desk.take().await.0, "a/03.md");
}

#[tokio::test]
async fn a_root_made_again_before_anybody_looks_is_watched_again() {
    let mut desk = Desk::open().started().await;
    for n in 0..20 {
        fs::remove_dir_all(&desk.root).unwrap();
        fs::create_dir(&desk.root).unwrap();
        desk.write("a/01.md", format!("{n}"));
        let candidate = desk.next().await;
        desk.finish(candidate, Outcome::Done).await;
    }
}

#[tokio::test]
async fn a_root_moved_away_and_replaced_is_the_new_one() {
    let mut desk = Desk::open().started().await;
    fs::rename(&desk.root, desk.root.with_file_name("old")).unwrap();
    fs::create_dir(&desk.root).unwrap();
    fs::write(
        desk.root.with_file_name("old").join("old.md"),
        "not in the inbox any more",
    )
    .unwrap();
    desk.write("new.md", "new");
    assert_eq!(desk.take().await.0, "new.md");
    desk.quiet().await;
}

#[tokio::test]
async fn a_root_that_is_a_link_may_be_led_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        fs::create_dir(dir.path().join(name)).unwrap();
        fs::write(dir.path().join(name).join(format!("{name}.md")), name).unwrap();
    }
    let root = dir.path().join("inbox");
    symlink("one", &root).unwrap();
    let mut desk = Desk::on(crate::support::options(&root));
    assert_eq!(desk.take().await.0, "one.md");
    fs::remove_file(&root).unwrap();
    symlink("two", &root).unwrap();
    assert_eq!(desk.take().await.0, "two.md");
}

#[tokio::test]
async fn polling_needs_no_events() {
    let mut desk = Desk::with(|options| options.poll = Polling::Every(Duration::from_millis(50)))
        .started()
        .await;
    assert!(desk.handle.stats().borrow().polled);
    assert_eq!(desk.handle.stats().borrow().folders, 0, "no watches");
    for n in 0..100 {
        desk.write(format!("{}/{n}.md", n % 7), "page");
    }
    all_once(&mut desk, 100).await;
    fs::write(desk.path("0/0.md"), "changed").unwrap();
    assert_eq!(desk.take().await, ("0/0.md".into(), "changed".into()));
}

#[tokio::test]
async fn without_watches_it_is_polled_and_says_which_limit_to_raise() {
    let ran = crate::support::as_another_user(|| {
        // Uses up this user's inotify instances, and nobody else's.
        let flags = rustix::fs::inotify::CreateFlags::CLOEXEC;
        let used: Vec<_> = std::iter::from_fn(|| rustix::fs::inotify::init(flags).ok())
            .take(4096)
            .collect();
        if used.len() == 4096 {
            return println!("skipped: no limit of inotify instances");
        }
        crate::support::block_on(async {
            let mut desk = Desk::with(|options| options.reconcile = Duration::from_millis(50));
            match desk.notice().await {
                Notice::Polled { why, .. } => {
                    assert!(why.contains("fs.inotify.max_user_instances"), "{why}")
                }
                other => panic!("{other:?}"),
            }
            let mut desk = desk.started().await;
            desk.write("01.md", "one");
            assert_eq!(desk.take().await.0, "01.md");
            desk.quiet().await;
            assert!(desk.handle.stats().borrow().walks > 2);
            assert!(desk.notices.try_recv().is_err(), "said once");
        });
    });
    if !ran {
        println!("skipped: needs root to become another user");
    }
}

#[tokio::test]
async fn the_periodic_walk_forgets_what_is_gone() {
    let mut desk = Desk::with(|options| options.reconcile = Duration::from_millis(100))
        .started()
        .await;
    for n in 0..20 {
        desk.write(format!("{n}.md"), "page");
    }
    all_once(&mut desk, 20).await;
    assert_eq!(desk.handle.stats().borrow().known, 20);
    (0..20).for_each(|n| fs::remove_file(desk.path(format!("{n}.md"))).unwrap());
    let mut stats = desk.handle.stats();
    tokio::time::timeout(PATIENCE, stats.wait_for(|stats| stats.known == 0))
        .await
        .unwrap()
        .unwrap();
}
