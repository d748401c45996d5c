//! Which lines are headings, and of what.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use copydesk::article::{Article, Origin, Source};
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
