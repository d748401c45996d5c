//! What printing and OCR broke: put right where the text proves it, flagged where it does not.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use copydesk::article::{Article, Origin, Source, flag};
use copydesk::page;

fn read(text: &str) -> Article {
    page::read(text.as_bytes(), &Source::named("a"), &Origin::default())
        .unwrap()
        .articles
        .remove(0)
}

fn codes(article: &Article) -> Vec<&str> {
    article.flags.iter().map(|f| f.code.as_str()).collect()
}

const ABOVE: &str = "## 老街修旧如旧\n\n**【事】**\n\n临水县北门老街的修缮工程昨日开工,施工队先从三座临街的木楼做起,预计年底前完成。\n\n“换一块砖都要先拍照编号。”项目负责人白芨说,拆下的构件全部登记入库。\n\n";
const BELOW: &str = "老街现有木楼四十余座,去年雨季曾有两座出现险情,居民已经全部搬出。\n\n";

#[test]
fn a_column_without_a_doubled_character_stayed_in_the_wrong_box() {
    let rest = "工艺都照原样。修缮之前,专家对每座木楼作了测绘。\n\n";
    let end =
        "**【释】**\n\n修旧如旧,是古建筑修缮的一条原则。它要求修缮时要保持原来的材料、结构和\n";
    let article = read(&format!("{ABOVE}{rest}{BELOW}{end}"));
    assert!(codes(&article).contains(&flag::REORDERED), "{article:?}");
    assert!(!codes(&article).contains(&flag::LOST_COLUMN));
    assert!(article.body.contains("材料、结构和工艺都照原样。修缮之前"));
    assert!(article.body.ends_with("已经全部搬出。"));
}

#[test]
fn a_lost_column_takes_no_paragraph_that_begins_a_sentence() {
    let end =
        "**【释】**\n\n修旧如旧,是古建筑修缮的一条原则。它要求修缮时要保持原来的材料、结构和\n";
    let article = read(&format!("{ABOVE}{BELOW}{end}"));
    assert_eq!(
        codes(&article)
            .iter()
            .filter(|c| **c == flag::REORDERED)
            .count(),
        0
    );
    assert!(codes(&article).contains(&flag::LOST_COLUMN));
    assert!(article.body.ends_with("材料、结构和"));
}

#[test]
fn the_stump_of_a_sentence_after_a_lost_column_was_not_seen() {
    let read = |second: &str| {
        read(&format!(
            "## 水渠通了水\n\n昨日,临水县北干渠开闸放水。\n\n{second}\n\n沿线村民忙着引水泡田。\n"
        ))
    };
    for stump in [
        "务中心。渠道全长三十公里,可灌溉良田两万亩。",
        "量大增。渠道全长三十公里,可灌溉良田两万亩。",
        "的灌溉难题。渠道全长三十公里。",
    ] {
        let article = read(stump);
        assert!(codes(&article).contains(&flag::LOST_COLUMN), "{stump}");
        assert!(article.body.contains(&format!("。\n{stump}")), "{stump}");
    }
    for sound in [
        "他,今年七十岁,守了三十年的渠。",
        "的确,渠道通水来之不易。",
        "表1:北干渠各段长度和受益面积一览。",
        "着蓝色工装的巡渠员沿着渠岸一路走来。",
        "水来了。渠道全长三十公里,可灌溉良田两万亩。",
    ] {
        let article = read(sound);
        assert!(!codes(&article).contains(&flag::LOST_COLUMN), "{sound}");
    }
}
