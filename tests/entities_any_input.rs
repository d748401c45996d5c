//! Any text: no panic, mentions in order and inside the text, time that grows with its length.

use copydesk::enrich::entities::Tagger;
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static TAGGER: LazyLock<Tagger> = LazyLock::new(Tagger::default);

#[track_caller]
fn sound(text: &str) {
    let length = text.chars().count();
    let mut end = 0;
    for mention in TAGGER.tag(text) {
        assert!(
            mention.span.start >= end,
            "{mention:?} overlaps in {text:?}"
        );
        assert!(
            mention.span.start < mention.span.end && mention.span.end <= length,
            "{mention:?} in {text:?}"
        );
        assert!((0.0..=1.0).contains(&mention.score), "{mention:?}");
        end = mention.span.end;
    }
}

proptest! {
    #[test]
    fn anything_is_tagged_soundly(text in any::<String>()) {
        sound(&text);
    }

    #[test]
    fn news_like_text_is_tagged_soundly(text in "[一二三十百千万亿余多约近年月日时点分元至到—\\-,。、今去明天省市县区镇村路王李张某委局公司大学中心第上下半个名%0-9(). \n]{0,80}") {
        sound(&text);
    }
}

/// Ten times the text takes about ten times as long, whatever it is made of.
#[test]
fn time_grows_with_length_and_no_faster() {
    sound("热身");
    for piece in [
        "株",
        "9",
        "1,",
        "九",
        "年",
        "2024年",
        "约",
        "至",
        "株洲市",
        "天元区钱文山说",
        "王某",
        "王",
        "市",
        "(",
        "一至",
        "孙立(钳工)、",
        "由与及",
        "1月1日至",
        "、",
        "[",
        "\"",
        "·",
        "钱文山、",
        "有限公司",
        "市委",
        "某",
        "村",
        "初",
    ] {
        let time = |chars: usize| {
            let text: String = piece.chars().cycle().take(chars).collect();
            let start = Instant::now();
            TAGGER.tag(&text);
            start.elapsed()
        };
        let (short, long) = (time(1_500), time(15_000));
        assert!(
            long < short * 40 + Duration::from_millis(200),
            "{piece}: {short:?} for 1,500 characters, {long:?} for 15,000"
        );
    }
}

/// A line of 10 MB without punctuation takes about ten times as long as one of 1 MB, in print and as spoken; without optimisation
/// a tenth of either.
#[test]
fn ten_megabytes_without_punctuation_take_ten_times_one() {
    let megabyte = if cfg!(debug_assertions) {
        100_000
    } else {
        1_000_000
    };
    for piece in [
        "株洲市天元区群丰镇村民钱文山说2024年3月5日起公司将投入760余万元改造生产线带动周边三百多名村民就业",
        "市长常景和到惠民县魏集镇调研春季农业生产并走进丰穗粮食种植专业合作社看望老社员扈长青一家",
    ] {
        // The best of several: what else the machine does takes time too.
        let time = |megabytes: usize, tries: usize| {
            let line: String = piece
                .chars()
                .cycle()
                .take(megabytes * megabyte / 3)
                .collect();
            let mut times = std::iter::repeat_with(|| {
                let start = Instant::now();
                assert!(!TAGGER.tag(&line).is_empty());
                start.elapsed()
            });
            times.by_ref().take(tries).min().unwrap_or_default()
        };
        let (short, long) = (time(1, 5), time(10, 2));
        assert!(
            long < short * 12,
            "{piece}: {short:?} for 1 MB, {long:?} for 10 MB"
        );
    }
}
