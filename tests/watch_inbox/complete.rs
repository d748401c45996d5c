//! Which files are completely written: each trap once, on a real file system.

use crate::support::{Desk, PATIENCE, text};
use copydesk::watch::{Outcome, ReadFault};
use std::fs::{self, File};
use std::io::Write;
use std::time::{Duration, Instant};

fn pair(name: &str, content: &str) -> (String, String) {
    (name.into(), content.into())
}

#[tokio::test]
async fn what_was_there_before_is_handed_out() {
    let mut desk = Desk::with(|options| {
        fs::create_dir(options.root.join("05")).unwrap();
        fs::write(options.root.join("05/01.md"), "一版").unwrap();
    });
    assert_eq!(desk.take().await, pair("05/01.md", "一版"));
    desk.quiet().await;
}

#[tokio::test]
async fn a_closed_file_is_handed_out_at_once_and_only_once() {
    let mut desk = Desk::open().started().await;
    let mut waits = Vec::new();
    for n in 0..40 {
        desk.write(format!("{n}.md"), format!("page {n}"));
        let closed = Instant::now();
        let candidate = desk.next().await;
        waits.push(closed.elapsed());
        assert_eq!(text(&candidate), format!("page {n}"));
        desk.finish(candidate, Outcome::Done).await;
    }
    waits.sort();
    println!("close to next: p50 {:?}, max {:?}", waits[20], waits[39]);
    assert!(
        waits[20] < Duration::from_millis(150),
        "the settle time must not enter: {waits:?}"
    );
    desk.quiet().await;
}

#[tokio::test]
async fn a_new_file_found_by_a_walk_waits_for_the_settle_time_and_no_longer() {
    let mut waits = Vec::new();
    for _ in 0..3 {
        let mut desk = Desk::with(|options| fs::write(options.root.join("01.md"), "page").unwrap());
        let opened = Instant::now();
        desk.take().await;
        waits.push(opened.elapsed());
    }
    // Best of three, for machines that are busy otherwise.
    assert!(
        waits.iter().min() < Some(&Duration::from_millis(900)),
        "{waits:?}"
    );
}

#[tokio::test]
async fn a_slow_writer_is_handed_out_whole() {
    let mut desk = Desk::open().started().await;
    let path = desk.path("slow.md");
    let writer = tokio::task::spawn_blocking(move || {
        let mut file = File::create(path).unwrap();
        for n in 0..10 {
            writeln!(file, "line {n}").unwrap();
            std::thread::sleep(Duration::from_millis(60));
        }
    });
    let (_, content) = desk.take().await;
    assert_eq!(content.lines().count(), 10);
    writer.await.unwrap();
    desk.quiet().await;
}

#[tokio::test]
async fn a_stalled_writer_is_never_handed_out_half() {
    let mut desk = Desk::open().started().await;
    let mut file = File::create(desk.path("stalled.md")).unwrap();
    write!(file, "first half, ").unwrap();
    desk.quiet().await;
    write!(file, "second half").unwrap();
    drop(file);
    assert_eq!(
        desk.take().await,
        pair("stalled.md", "first half, second half")
    );
    desk.quiet().await;
}

#[tokio::test]
async fn a_writer_stalled_since_before_the_start_is_never_handed_out_half() {
    let mut file = None;
    let mut desk = Desk::with(|options| {
        let mut half = File::create(options.root.join("stalled.md")).unwrap();
        write!(half, "first half, ").unwrap();
        file = Some(half);
    });
    desk.quiet().await;
    let mut file = file.unwrap();
    write!(file, "second half").unwrap();
    drop(file);
    assert_eq!(
        desk.take().await,
        pair("stalled.md", "first half, second half")
    );
}

#[tokio::test]
async fn a_file_renamed_into_place_is_handed_out_under_its_name() {
    let mut desk = Desk::open().started().await;
    let temporary = desk.write("01.md.tmp", "一版");
    desk.quiet().await;
    fs::rename(temporary, desk.path("01.md")).unwrap();
    assert_eq!(desk.take().await, pair("01.md", "一版"));
}

#[tokio::test]
async fn a_file_overwritten_while_read_is_a_fault_and_comes_again() {
    let mut desk = Desk::open().started().await;
    let path = desk.write("01.md", "old");
    let candidate = desk.next().await;
    fs::write(&path, "new and longer").unwrap();
    assert!(matches!(candidate.read(100), Err(ReadFault::Changed)));
    desk.finish(
        candidate,
        Outcome::Retry {
            after: Duration::ZERO,
        },
    )
    .await;
    assert_eq!(desk.take().await, pair("01.md", "new and longer"));
    desk.quiet().await;
}

#[tokio::test]
async fn two_writers_are_waited_for_both() {
    let mut desk = Desk::open().started().await;
    let mut first = File::create(desk.path("01.md")).unwrap();
    let mut second = File::options()
        .append(true)
        .open(desk.path("01.md"))
        .unwrap();
    write!(first, "first, ").unwrap();
    drop(first);
    desk.quiet().await;
    write!(second, "second").unwrap();
    drop(second);
    assert_eq!(desk.take().await, pair("01.md", "first, second"));
    desk.quiet().await;
}

#[tokio::test]
async fn a_file_appended_to_piece_by_piece_ends_whole() {
    let mut desk = Desk::open().started().await;
    let path = desk.path("01.md");
    for n in 0..20 {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        writeln!(file, "line {n}").unwrap();
    }
    let came = desk.drain(1).await;
    assert_eq!(came["01.md"].1.lines().count(), 20);
}

#[tokio::test]
async fn a_changed_file_comes_again_and_so_does_a_touched_one() {
    let mut desk = Desk::open().started().await;
    let path = desk.write("01.md", "one");
    let first = desk.next().await;
    desk.finish(first.clone(), Outcome::Done).await;
    fs::write(&path, "two").unwrap();
    assert_eq!(desk.take().await, pair("01.md", "two"));
    let later = std::time::SystemTime::now() + Duration::from_secs(5);
    File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    let touched = desk.next().await;
    assert_eq!(touched.path, first.path);
    assert_ne!(touched.stamp, first.stamp);
    desk.finish(touched, Outcome::Done).await;
    desk.quiet().await;
}

#[tokio::test]
async fn a_file_overwritten_while_it_is_out_comes_again() {
    let mut desk = Desk::open().started().await;
    let path = desk.write("01.md", "old");
    let candidate = desk.next().await;
    assert_eq!(text(&candidate), "old");
    fs::write(&path, "new").unwrap();
    desk.quiet().await;
    desk.finish(candidate, Outcome::Done).await;
    assert_eq!(desk.take().await, pair("01.md", "new"));
    desk.quiet().await;
}

#[tokio::test]
async fn a_file_with_an_old_mtime_still_being_written_is_held() {
    let mut desk = Desk::open().started().await;
    let mut file = File::create(desk.path("copied.md")).unwrap();
    write!(file, "half").unwrap();
    file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000))
        .unwrap();
    desk.quiet().await;
    drop(file);
    assert_eq!(desk.take().await, pair("copied.md", "half"));
}

#[tokio::test]
async fn an_empty_file_is_handed_out_when_it_has_settled() {
    let mut desk = Desk::open().started().await;
    desk.write("empty.md", "");
    assert_eq!(desk.take().await, pair("empty.md", ""));
    desk.quiet().await;
}

#[tokio::test]
async fn a_file_made_empty_and_then_filled_is_handed_out_only_filled() {
    let mut desk = Desk::with(|options| options.settle = PATIENCE)
        .started()
        .await;
    let path = desk.write("01.md", "");
    desk.quiet().await;
    fs::write(path, "filled").unwrap();
    assert_eq!(desk.take().await, pair("01.md", "filled"));
    desk.quiet().await;
}

#[tokio::test]
async fn temporary_names_are_left_alone() {
    let mut desk = Desk::with(|options| fs::write(options.root.join(".01.md.swp"), "x").unwrap())
        .started()
        .await;
    for name in [
        "01.md.tmp",
        "01.MD.PART",
        "01.md~",
        ".01.md",
        "a.crdownload",
        "05.part/01.md",
        ".git/config",
    ] {
        desk.write(name, "not yet");
    }
    desk.write("01.md", "the page");
    assert_eq!(desk.take().await, pair("01.md", "the page"));
    desk.quiet().await;
}

#[tokio::test]
async fn with_a_done_marker_a_file_waits_for_it() {
    let mut desk = Desk::with(|options| {
        options.done_marker = Some(".done".into());
        options.reconcile = Duration::from_millis(100);
    })
    .started()
    .await;
    desk.write("01.md", "one");
    desk.quiet().await;
    desk.write("01.md.done", "");
    assert_eq!(desk.take().await, pair("01.md", "one"));
    desk.write("02.md.done", "");
    desk.quiet().await;
    desk.write("02.md", "two");
    assert_eq!(desk.take().await, pair("02.md", "two"));
    desk.quiet().await;
}

#[tokio::test]
async fn a_file_not_done_now_is_handed_out_again_later() {
    let mut desk = Desk::open().started().await;
    desk.write("01.md", "one");
    let candidate = desk.next().await;
    let given_back = Instant::now();
    let after = Duration::from_millis(300);
    desk.finish(candidate.clone(), Outcome::Retry { after })
        .await;
    let again = desk.next().await;
    assert!(given_back.elapsed() >= after);
    assert_eq!(again, candidate);
    desk.finish(again, Outcome::Done).await;
    desk.quiet().await;
}
