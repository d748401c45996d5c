//! Which lines are headings, and of what.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use copydesk::article::{Article, Kind, Origin, Source};
use copydesk::page;

fn read(text: &str) -> Vec<Article> {
    page::read(text.as_bytes(), &Source::named("a"), &Origin::default())
        .unwrap()
        .articles
}

#[test]
fn a_bold_line_right_above_a_headline_was_lost_into_the_article_before() {
    let before = "## 渡口小学添了新操场\n\n本报讯(记者 车前子) 昨日,渡口小学的新操场投入使用。\n\n**家长点赞**\n\n家长们说,孩子们跑得更欢了。\n";
    let after = "## 古戏台上锣鼓响\n\n本报讯(记者 商陆) 昨晚,临水县古戏台重新开锣,村民坐满院子。\n";
    let cases = [
        ("\n\n\n**水乡年味 戏里戏外**\n\n", Some("水乡年味 戏里戏外")),
        // Labels, bylines and attributions are never kickers.
        ("\n**【释】**\n\n", None),
        ("\n**本报记者 车前子 摄**\n\n", None),
        ("\n**——摘自《渡口志》**\n\n", None),
        // Nor is a bold sentence.
        ("\n**操场每天早上六点开放。**\n\n", None),
    ];
    for (between, kicker) in cases {
        let articles = read(&format!("{before}{between}{after}"));
        assert_eq!(articles.len(), 2, "{between}");
        assert_eq!(articles[1].kicker.as_deref(), kicker, "{between}");
        assert_eq!(articles[1].headline, "古戏台上锣鼓响");
        let subheads: Vec<_> = articles[0]
            .subheads
            .iter()
            .map(|s| s.value.as_str())
            .collect();
        assert_eq!(subheads, ["家长点赞"], "{between}");
        assert!(!articles[0].body.contains("水乡年味"));
    }
}

#[test]
fn a_bold_line_above_the_first_headline_of_a_page_is_its_kicker() {
    let articles = read("**水乡年味 戏里戏外**\n\n## 古戏台上锣鼓响\n\n昨晚,古戏台重新开锣。\n");
    assert_eq!(articles.len(), 1);
    assert_eq!(articles[0].kicker.as_deref(), Some("水乡年味 戏里戏外"));
    assert_eq!(articles[0].origin.lines, [[1, 5]]);
}

fn read_page(name: &str) -> Vec<Article> {
    let path = format!("{}/tests/pages/headings/{name}", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read_to_string(path).unwrap())
}

fn find<'a>(articles: &'a [Article], headline: &str) -> &'a Article {
    articles.iter().find(|a| a.headline == headline).unwrap()
}

#[test]
fn a_bold_line_after_a_dash_was_taken_for_the_kicker() {
    let articles = read_page("shuangfeng-0305-03.md");
    let article = find(&articles, "护好一江清水");
    assert_eq!(article.deck.as_deref(), Some("——双峰县推进小流域治理观察"));
    assert_eq!((&article.kicker, &article.slogan), (&None, &None));
    let subheads: Vec<_> = article.subheads.iter().map(|s| s.value.as_str()).collect();
    assert_eq!(subheads, ["治污先治源", "管水靠众人"]);
}

#[test]
fn a_quoted_sentence_was_taken_for_a_headline() {
    let articles = read_page("wushui-1102-04.txt");
    assert!(articles.iter().all(|a| !a.headline.contains("章大椿")));
    let first = find(&articles, "做好柚子文章 鼓起果农腰包");
    assert!(first.body.ends_with("日处理能力达八百吨。"));
}

#[test]
fn notices_were_lost_in_the_article_before() {
    let articles = read_page("wushui-1102-04.txt");
    assert_eq!(find(&articles, "招聘启事").kind, Kind::Notice);
    assert!(
        find(&articles, "古寨来了考古队")
            .body
            .ends_with("一把一把擦亮。")
    );
    let articles = read_page("shuangfeng-0305-02.md");
    assert_eq!(find(&articles, "停水通知").kind, Kind::Notice);

    let before = "渡口小学添了新操场\n\n本报讯(记者 车前子) 昨日,渡口小学的新操场投入使用,家长们说,孩子们跑得更欢了。\n\n孩子们把操场围得满满当当。\n\n";
    let after = "\n\n因管道检修,3月9日8时至16时城西片区停水,请用户储水备用。\n";
    for (line, notice) in [
        ("停水通知", true),
        ("失物招领", true),
        ("征稿启事", true),
        ("道路封闭通告", true),
        ("讣告", true),
        // What is done with a notice is news, or a sentence.
        ("县教育局发出通知", false),
        ("通知", false),
    ] {
        let articles = read(&format!("{before}{line}{after}"));
        let found = articles
            .iter()
            .any(|a| a.headline == line && a.kind == Kind::Notice);
        assert_eq!(found, notice, "{line}");
    }
}

#[test]
fn the_name_of_the_paper_was_an_article() {
    for (line, plate) in [
        ("# 临水日报", true),
        ("## 临水晨报 · 城事", true),
        ("中共临水县委机关报 临水日报社出版", true),
        ("## 天气", true),
        ("## 临水日报社开展读者日活动", false),
        ("## 我与临水日报", false),
        ("## 天气转凉 羊肉粉热卖", false),
    ] {
        let page = page::read(
            format!("{line}\n\n## 古戏台上锣鼓响\n\n昨晚,临水县古戏台重新开锣。\n").as_bytes(),
            &Source::named("a"),
            &Origin::default(),
        )
        .unwrap();
        assert_eq!(page.furniture.len(), usize::from(plate), "{line}");
        assert_eq!(page.articles.last().unwrap().headline, "古戏台上锣鼓响");
    }
}

#[test]
fn a_column_head_of_the_same_level_was_an_article_without_text() {
    let text = "\n\n本报讯(记者 车前子) 昨晚,临水县古戏台重新开锣。\n";
    for (heads, kicker) in [
        ("## 【热点关注】\n\n## 古戏台上锣鼓响", Some("【热点关注】")),
        ("# 新华时评\n\n# 古戏台上锣鼓响", Some("新华时评")),
        ("## 短新闻\n\n### 古戏台上锣鼓响", Some("短新闻")),
        ("## 古戏台上锣鼓响\n\n### 县长主持并讲话", None),
    ] {
        let articles = read(&format!("{heads}{text}"));
        assert_eq!(articles.len(), 1, "{heads}");
        assert_eq!(articles[0].headline, "古戏台上锣鼓响", "{heads}");
        assert_eq!(articles[0].kicker.as_deref(), kicker, "{heads}");
    }
}

#[test]
fn a_jump_line_stayed_in_the_headline() {
    for head in [
        "转四版 古戏台上锣鼓响",
        "古戏台上锣鼓响(下转四版)",
        "古戏台上锣鼓响 ▶▶转04版",
    ] {
        let articles = read(&format!("## {head}\n\n昨晚,临水县古戏台重新开锣。\n"));
        let article = find(&articles, "古戏台上锣鼓响");
        let to = article.continuation.as_ref().and_then(|c| c.to.as_deref());
        assert_eq!(to, Some("04"), "{head}");
    }
    for head in ["国企转制三年记", "车间主任转岗A4纸厂", "接02路公交回家"] {
        let articles = read(&format!("## {head}\n\n昨晚,临水县古戏台重新开锣。\n"));
        assert_eq!(find(&articles, head).continuation, None);
    }
}

#[test]
fn who_closes_a_brief_signs_it() {
    let articles = read(
        "## 古戏台上锣鼓响\n\n本报讯 昨晚,临水县古戏台重新开锣,村民坐满院子。(车前子 商陆)\n\n\
         ## 渡口小学添了新操场\n\n本报讯 昨日,渡口小学的新操场投入使用。(记者 连翘)\n",
    );
    let names = |a: &Article| -> Vec<String> {
        let people = a.byline.iter().flat_map(|b| &b.people);
        people.map(|p| p.name.clone()).collect()
    };
    assert_eq!(names(&articles[0]), ["车前子", "商陆"]);
    assert_eq!(names(&articles[1]), ["连翘"]);
}

#[test]
fn the_date_below_a_notice_was_taken_for_a_page_header() {
    let articles = read(
        "## 停水通知\n\n因管网检修,3月9日城西片区停水,请提前储水。\n\n临水县自来水有限公司\n\n2024年3月8日\n",
    );
    assert!(articles[0].body.ends_with("\n2024年3月8日"));
}
