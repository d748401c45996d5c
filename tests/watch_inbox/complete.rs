//! Which files are completely written: each trap once, on a real file system.

use crate::support::{Desk, text};
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
