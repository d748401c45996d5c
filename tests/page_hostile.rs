//! Texts no paper prints: four times as long, they take about four times as long to read, and no more.

#![allow(clippy::unwrap_used, reason = "a test may unwrap")]

use copydesk::article::{Origin, Source};
use copydesk::page;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Bytes of the shorter text.
const BYTES: usize = 50_000;

/// Processor time of this thread: what else the machine does is none of it.
fn now() -> Duration {
    let t = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(t.tv_sec).unwrap(),
        u32::try_from(t.tv_nsec).unwrap(),
    )
}

/// The shortest of three readings.
fn cost(text: &str) -> Duration {
    let (source, origin) = (Source::named("a"), Origin::default());
    let once = || {
        let start = now();
        let _ = page::read(text.as_bytes(), &source, &origin);
        now() - start
    };
    (0..3).map(|_| once()).min().unwrap()
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let paragraph = "区里的负责人介绍,今年将统筹推进小区改造和街巷整治,让居民看得见变化。";
    let shapes = [
        ("one line", paragraph.to_owned()),
        (
            "no stops",
            "居民们高兴地说小区的路面坑洼不平管网老化".to_owned(),
        ),
        ("one paragraph again and again", format!("{paragraph}\n\n")),
        (
            "paragraphs that break off",
            "每到下雨天就积水,出行很不方便的情况下居民说小区\n\n".to_owned(),
        ),
        ("lines like headings", "一个可能是标题的短行\n".to_owned()),
        (
            "wrapped lines",
            "区里的负责人介绍，今年将统筹推进小区\n改造和街巷整治，让居民看得见变化，听\n得见好消息。\n".to_owned(),
        ),
        ("headings", "# 标题\n".to_owned()),
        ("hashes", "#".to_owned()),
        ("line feeds", "\n".to_owned()),
        ("spaces", " ".to_owned()),
        ("stars", "**".to_owned()),
        ("bullets", "- ".to_owned()),
        ("one character", "张".to_owned()),
        ("names", "张 ".to_owned()),
        ("reporters", "记者张三李四".to_owned()),
        ("bylines", "本报记者 张三\n".to_owned()),
        ("bold bylines", "**本报记者**\n".to_owned()),
        ("jump lines", "▶▶下转02版①\n\n◀◀上接01版①\n\n".to_owned()),
        ("jump lines in a row", "▶▶下转02版①◀◀上接01版①".to_owned()),
        ("brackets", "（".to_owned()),
        ("boxes", "【理】\n".to_owned()),
        ("quotation marks", "“".to_owned()),
        ("commas", "，".to_owned()),
        ("dashes", "—".to_owned()),
        ("dates", "2024年1月5日".to_owned()),
        ("tags", "<p>".to_owned()),
        ("JSON", "[{\"a\":".to_owned()),
    ];
    for (name, unit) in shapes {
        // Between two characters white space is no margin.
        let text = |bytes: usize| format!("一{}二", unit.repeat(bytes / unit.len()));
        let (short, long) = (text(BYTES), text(BYTES * 4));
        // A noisy measurement is made again; a quadratic one stays at 16.
        let linear = (0..3).any(|_| cost(&long) < cost(&short) * 8 + Duration::from_millis(5));
        assert!(linear, "{name}: {:?}, then {:?}", cost(&short), cost(&long));
    }
}
