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
