//! Characters a second of the entity tagger, and what a start costs.

use copydesk::enrich::entities::Tagger;
use divan::Bencher;
use divan::counter::CharsCount;

/// Text in the manner of a regional daily, invented, without two sentences alike: every one has names and numbers of its own.
fn text(sentences: usize) -> String {
    const SURNAMES: [&str; 8] = ["钱", "孙", "周", "吴", "郑", "冯", "蒋", "沈"];
    const GIVEN: [&str; 8] = ["文山", "海明", "立", "远航", "晓梅", "建国", "雨桐", "志强"];
    const PLACES: [&str; 6] = [
        "天元区群丰镇",
        "攸县",
        "炎陵县",
        "渌口区",
        "湘潭市",
        "衡阳市",
    ];
    const TRADES: [&str; 6] = ["农业科技", "机械制造", "生态旅游", "新材料", "物流", "陶瓷"];
    let pick = |from: &[&'static str], n: usize| from[n % from.len()];
    (0..sentences)
        .map(|n| {
            format!(
                "{}月{}日,{}{}有限公司董事长{}{}介绍,公司今年投入{}.{}万元改造生产线,带动周边{}余名村民在家门口就业。\n",
                n % 12 + 1,
                n % 28 + 1,
                pick(&PLACES, n / 3),
                pick(&TRADES, n / 5),
                pick(&SURNAMES, n / 7),
                pick(&GIVEN, n),
                n * 37 % 900 + 100,
                n % 10,
                n * 13 % 400 + 20,
            )
        })
        .collect()
}

#[divan::bench]
fn tag_a_page(bencher: Bencher) {
    let tagger = Tagger::default();
    let page = text(100);
    tagger.tag(&page);
    bencher
        .counter(CharsCount::of_str(&page))
        .bench(|| tagger.tag(divan::black_box(&page)));
}

#[divan::bench]
fn tag_line_by_line(bencher: Bencher) {
    let tagger = Tagger::default();
    let page = text(100);
    tagger.tag(&page);
    bencher.counter(CharsCount::of_str(&page)).bench(|| {
        page.lines()
            .map(|line| tagger.tag(divan::black_box(line)).len())
            .sum::<usize>()
    });
}

/// One long line without a full stop: as fast a character as a page.
#[divan::bench(args = [10_000, 100_000, 1_000_000])]
fn tag_a_line_of(bencher: Bencher, chars: usize) {
    let tagger = Tagger::default();
    let line: String = "株洲市天元区钱文山".chars().cycle().take(chars).collect();
    bencher
        .counter(CharsCount::of_str(&line))
        .bench(|| tagger.tag(divan::black_box(&line)));
}

fn main() {
    divan::main();
}
