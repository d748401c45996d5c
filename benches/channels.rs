//! The index beside the plain loop over the same channels and items, in one run.
//!
//! `cargo bench --bench channels` prints the distribution over 1,000 items for 100,000 and 1,000,000 channels, then the
//! divan benches. `COPYDESK_PLOT=FILE` also writes time against number of matches as SVG.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/channels_support/mod.rs"]
mod channels_support;
mod plot;

use channels_support::generate::Region;
use copydesk::channels::{Channel, Matcher};
use copydesk::item::Item;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    let region = Region::new();
    let items = region.items(1_000);
    let points = report(&region, &items, 100_000, 20);
    report(&region, &items, 1_000_000, 200);
    if let Ok(file) = std::env::var("COPYDESK_PLOT") {
        std::fs::write(&file, plot::svg(&points)).unwrap();
        println!("time against matches: {file}");
    }
    divan::main();
}

/// Prints how long items take; the plain loop is asked for every `nth` item only. Returns (matches, time) of each item.
fn report(region: &Region, items: &[Item], count: usize, nth: usize) -> Vec<(usize, Duration)> {
    let channels = region.channels(0..count);
    let vocabulary = region.vocabulary();
    let before = resident_mib("VmRSS");
    let started = Instant::now();
    let (mut matcher, refused) = Matcher::new(&channels, &vocabulary);
    assert_eq!(refused, [], "generated channels are good ones");
    println!(
        "{count} channels: compiled in {:.1?}, {} MiB kept, {} MiB at the peak",
        started.elapsed(),
        resident_mib("VmRSS").saturating_sub(before),
        resident_mib("VmHWM").saturating_sub(before),
    );
    // The first item pays for what compiling left to the allocator.
    items
        .iter()
        .take(3)
        .for_each(|item| drop(black_box(matcher.matches(item))));
    let points = each(items.iter(), |item| matcher.matches(item).len());
    let plain = each(items.iter().step_by(nth), |item| {
        matcher.matches_plainly(item).len()
    });
    let beside: Vec<_> = points.iter().step_by(nth).copied().collect();
    assert!(
        beside.iter().zip(&plain).all(|(a, b)| a.0 == b.0),
        "both find the same"
    );
    let matches: usize = points.iter().map(|p| p.0).sum();
    println!("  matches per item {}", matches / points.len());
    show("index", &points);
    let (index, looped) = (show("of these", &beside), show("plain loop", &plain));
    println!(
        "  {:.0} times the loop, median against median of the same items",
        looped.as_secs_f64() / index.as_secs_f64()
    );
    add_one_by_one(&mut matcher, region, count, &vocabulary);
    points
}

/// (matches, time) of each item.
fn each<'i>(
    items: impl Iterator<Item = &'i Item>,
    run: impl Fn(&Item) -> usize,
) -> Vec<(usize, Duration)> {
    let one = |item| {
        let started = processor_time();
        let matches = black_box(run(item));
        (matches, processor_time().saturating_sub(started))
    };
    items.map(one).collect()
}

/// What this thread has used of a processor: other work on the machine does not count.
fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap()
}

/// Prints the distribution, returns its median.
fn show(name: &str, points: &[(usize, Duration)]) -> Duration {
    let mut times: Vec<Duration> = points.iter().map(|p| p.1).collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap();
    println!(
        "  {name:<10} mean {mean:>9.1?}  p50 {:>9.1?}  p99 {:>9.1?}  max {:>9.1?}",
        at(50),
        at(99),
        at(100)
    );
    at(50)
}

/// Adds a thousand channels to those there are, and takes them away again.
fn add_one_by_one(
    matcher: &mut Matcher,
    region: &Region,
    count: usize,
    vocabulary: &copydesk::channels::Vocabulary,
) {
    let more = region.channels(count..count + 1_000);
    let mut timed = |change: &mut dyn FnMut(&mut Matcher, &Channel)| -> Vec<(usize, Duration)> {
        let one = |channel| {
            let started = processor_time();
            change(matcher, channel);
            (0, processor_time().saturating_sub(started))
        };
        more.iter().map(one).collect()
    };
    let added = timed(&mut |matcher, channel| matcher.add(channel, vocabulary).unwrap());
    let removed = timed(&mut |matcher, channel| assert!(matcher.remove(&channel.name)));
    show("add one", &added);
    show("remove one", &removed);
}

/// Memory of this process; 0 where /proc does not tell.
fn resident_mib(which: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(which));
    let kib = line.and_then(|line| line.split_ascii_whitespace().nth(1)?.parse::<usize>().ok());
    kib.unwrap_or(0) / 1024
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn index(bencher: divan::Bencher<'_, '_>, channels: usize) {
    per_item(bencher, channels, |matcher, item| {
        matcher.matches(item).len()
    });
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 20)]
fn plain_loop(bencher: divan::Bencher<'_, '_>, channels: usize) {
    per_item(bencher, channels, |matcher, item| {
        matcher.matches_plainly(item).len()
    });
}

fn per_item(
    bencher: divan::Bencher<'_, '_>,
    channels: usize,
    run: impl Fn(&Matcher, &Item) -> usize + Sync,
) {
    let region = Region::new();
    let (matcher, _) = Matcher::new(&region.channels(0..channels), &region.vocabulary());
    let items = region.items(100);
    let next = std::sync::atomic::AtomicUsize::new(0);
    bencher
        .with_inputs(|| {
            &items[next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % items.len()]
        })
        .bench_refs(|item| run(&matcher, item));
}
