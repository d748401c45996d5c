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

#[test]
fn a_paragraph_that_begins_a_sentence_was_joined_to_what_breaks_off_above_it() {
    let read = |broken: &str, next: &str| {
        read(&format!(
            "## 水渠通了水\n\n昨日,临水县北干渠开闸放水。\n\n{broken}\n\n{next}\n\n沿线村民忙着引水泡田。\n"
        ))
    };
    let broken = "渠道全长三十公里。守渠人石大爷每天沿渠巡查,遇到";
    let next = "会议强调,各乡镇要抓紧检修泵站,确保用水。";
    let article = read(broken, next);
    assert!(
        article.body.contains(&format!("{broken}\n{next}")),
        "{article:?}"
    );
    assert!(codes(&article).contains(&flag::LOST_COLUMN));
    assert!(!codes(&article).contains(&flag::JOINED_PARAGRAPH));
    // What goes on is joined, brackets and a byline broken in two as well.
    for (broken, next) in [
        (
            "渠道全长三十公里,灌区群众的获得",
            "感明显增强,用水纠纷少了。",
        ),
        (
            "渠道全长三十公里,去年完成投资,特别是维修经费",
            "（含村级配套）比上年增加一倍。",
        ),
    ] {
        let article = read(broken, next);
        assert!(
            article.body.contains(&format!("{broken}{next}")),
            "{article:?}"
        );
        assert!(!codes(&article).contains(&flag::LOST_COLUMN), "{broken}");
    }
}

#[test]
fn sentences_as_short_as_labels_were_taken_for_stumps() {
    let article = read(
        "## 守渠人的三件事\n\n守渠人石大爷每天做三件事,一做三十年。\n\n巡渠。天不亮出门,来回三十公里。\n\n\
         除草。渠坡上的草一年要割四遍。\n\n记账。哪一段漏水,哪天修好,一笔一笔写在本子上。\n",
    );
    assert!(!codes(&article).contains(&flag::LOST_COLUMN), "{article:?}");
}

#[test]
fn a_text_that_ends_in_the_middle_of_a_sentence_was_not_flagged() {
    let article = read(
        "## 水渠通了水\n\n昨日,临水县北干渠开闸放水。\n\n渠道全长三十公里。守渠人石大爷每天沿渠巡查,遇到堵塞就下到渠\n",
    );
    assert!(codes(&article).contains(&flag::LOST_COLUMN), "{article:?}");
}

#[test]
fn what_was_printed_twice_is_cut_once() {
    let page = |body: &str| {
        format!("## 一江清水\n\n昨日,临水县召开治水现场推进会。\n\n{body}\n\n群众都说水清了。\n")
    };
    let cases = [
        // Over a column break.
        (
            "全县种植观赏油菜三千亩,同比增加八百亩,\n\n同比增加八百亩,带动农户开办农家乐四十七家。",
            "全县种植观赏油菜三千亩,同比增加八百亩,带动农户开办农家乐四十七家。",
        ),
        // Once read right and once wrong.
        (
            "治水办主任说,竹梢做扫把,竹节做餐具,没有一样是废料。\n\n治水办主任说,竹梢做扫把,竹节做餐具,没有一样是废科。",
            "治水办主任说,竹梢做扫把,竹节做餐具,没有一样是废料。",
        ),
        // The beginning of a paragraph again.
        (
            "全县三百名河长每周巡河两次,发现问题随手拍照上传,由乡镇限期办结。\n\n全县三百名河长每周巡河两次,发现问题随手拍照",
            "全县三百名河长每周巡河两次,发现问题随手拍照上传,由乡镇限期办结。",
        ),
        // Several clauses in turn.
        (
            "河长们白天巡河查隐患,晚上开会定措施,白天巡河查隐患,晚上开会定措施,一个月没有休息。",
            "河长们白天巡河查隐患,晚上开会定措施,白天巡河查隐患,晚上开会定措施,一个月没有休息。",
        ),
        (
            "河长们说,白天巡河查隐患,晚上开会定措施,白天巡河查隐患,晚上开会定措施,一个月没有休息。",
            "河长们说,白天巡河查隐患,晚上开会定措施,一个月没有休息。",
        ),
    ];
    for (printed, want) in cases {
        let article = read(&page(printed));
        assert_eq!(article.body.lines().nth(1), Some(want), "{article:?}");
        assert_eq!(
            codes(&article).contains(&flag::DUPLICATE_PARAGRAPH),
            printed != want,
            "{printed}"
        );
    }
    for meant in [
        "问题随手拍,马上办,马上办,一件一件销号。",
        "第一季度完成投资三千二百万元,占全年计划的百分之三十。\n\n第二季度完成投资三千二百万元,占全年计划的百分之三十。",
        "河长石有福巡河三十公里,清理垃圾两车,劝阻电鱼一起。\n\n河长石有田巡河三十公里,清理垃圾两车,劝阻电鱼一起。",
    ] {
        let article = read(&page(meant));
        assert!(
            !codes(&article).contains(&flag::DUPLICATE_PARAGRAPH),
            "{article:?}"
        );
    }
}

#[test]
fn a_second_column_moved_in_one_article_kept_both_from_being_put_back() {
    let first = [
        "今年以来，临水县坚持把改善群众生活放在首位，先后投入资金三千多万元，用于农村道路、饮水和电网等基础设施建",
        "设，全县二百一十个村全部通了水泥路。",
    ];
    let second = [
        "县农业局组织三十名技术人员分片包村，深入田间地头，向农民群众讲解科学种田知识，推广水稻旱育秧等先进农业技",
        "术，受到了广大农民的欢迎。",
    ];
    let strays = [
        "“现在路修好了，客商直接把车开到地头来收菜。”村民罗大爷高兴地说。",
        "目前，这项工程已经进入收尾阶段，预计年底前全部完工。",
    ];
    let article = read(&format!(
        "# 临水县为民办实事\n\n昨日,临水县的各项工程进展顺利。\n\n{}\n\n{}\n\n{}\n\n{}\n\n{}\n\n{}\n",
        first[0], strays[0], first[1], second[0], strays[1], second[1]
    ));
    for whole in [first.concat(), second.concat()] {
        assert!(article.body.lines().any(|p| p == whole), "{}", article.body);
    }
    for stray in strays {
        assert!(article.body.lines().any(|p| p == stray), "{}", article.body);
    }
    let moved = codes(&article)
        .iter()
        .filter(|c| **c == flag::REORDERED)
        .count();
    assert_eq!(moved, 2);
}
