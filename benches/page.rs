//! `page::read` in bytes a second, beside the least any reader does, and how its time grows with the page:
//! `cargo bench --bench page`.

use copydesk::article::{Origin, Source};
use copydesk::page;
use divan::{Bencher, black_box, counter::BytesCount};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    divan::main();
    for marked in [true, false] {
        report(marked);
    }
}

/// A page of `bytes` bytes in the manner of a regional daily, damaged here and there.
fn sample(bytes: usize, marked: bool) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    let mut n = 0;
    while text.len() < bytes {
        n += 1;
        let mark = if marked { "## " } else { "" };
        text.push_str(&format!(
            "{mark}临江区第{n}批老旧小区改造项目开工\n\n本报讯(记者 周启明 通讯员 何小满) 3月{}日,临江区举行老旧小区改造项目集中开工仪式。\
             本批改造涉及{n}个小区、{}栋楼房,惠及居民两千余户,总投资{}万元,预计今年10月底前全部完工。\n\n\
             “盼了好多年,终于等到了这一天。”家住桐花巷的居民陈桂香高兴地说,小区的路面坑洼不平,管网老化严重,每到下雨天就积水,大家出行很不方\n\n\
             便。改造完成后,小区将新增停车位、充电桩和休闲健身场地,并加装电梯第{n}部。\n\n\
             区住建局负责人介绍,今年全区将统筹推进老旧小区改造、口袋公园建设和背街小巷整治,让群众在家门口感受到看得见的变化。\n\n",
            n % 28 + 1,
            n * 3,
            n * 120,
        ));
    }
    text
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000])]
fn marked(bencher: Bencher<'_, '_>, bytes: usize) {
    run(bencher, &sample(bytes, true));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000])]
fn plain(bencher: Bencher<'_, '_>, bytes: usize) {
    run(bencher, &sample(bytes, false));
}

/// The least a reader of pages does: it makes sure of the encoding, parts the lines and copies them.
#[divan::bench(args = [100_000, 1_000_000, 10_000_000])]
fn lines_alone(bencher: Bencher<'_, '_>, bytes: usize) {
    let text = sample(bytes, true);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| lines(black_box(text.as_bytes())));
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect()
}

fn run(bencher: Bencher<'_, '_>, text: &str) {
    let (source, origin) = (Source::named("sample"), Origin::default());
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| page::read(black_box(text.as_bytes()), &source, &origin));
}

/// One line a mode, in processor time, so that it holds on a busy machine: MB/s, time of 10 MB over time of 1 MB, and time over
/// that of [`lines`].
#[expect(clippy::print_stdout, reason = "a bench reports")]
fn report(marked: bool) {
    let (source, origin) = (Source::named("sample"), Origin::default());
    let (small, large) = (sample(1_000_000, marked), sample(10_000_000, marked));
    let read = |text: &str| seconds(|| drop(page::read(text.as_bytes(), &source, &origin)));
    let (one, ten) = (read(&small), read(&large));
    let least = seconds(|| drop(black_box(lines(small.as_bytes()))));
    println!(
        "{}: {:.1} MB/s; 10 MB take {:.1} times 1 MB; {:.0} times as long as lines alone",
        if marked { "marked" } else { "plain" },
        small.len() as f64 / 1e6 / one,
        ten / one,
        one / least,
    );
}

/// Processor time of the quickest of five runs.
fn seconds(work: impl Fn()) -> f64 {
    let now = || {
        let t = clock_gettime(ClockId::ThreadCPUTime);
        t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
    };
    (0..5)
        .map(|_| {
            let start = now();
            work();
            now() - start
        })
        .fold(f64::INFINITY, f64::min)
}
