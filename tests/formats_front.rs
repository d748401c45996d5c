//! One article a file, with front matter in YAML or TOML.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use copydesk::article::{Article, DateFrom, Origin, PubStatus, Source};
use copydesk::page;

fn articles(text: &str) -> Vec<Article> {
    let page = page::read(text.as_bytes(), &Source::named("test"), &Origin::default());
    page.unwrap().articles
}

fn one(text: &str) -> Article {
    let mut all = articles(text);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

const BODY: &str = "# 桥头夜市搬了新家\n\n昨晚，两百个摊位搬进新场地。\n\n## 水电到摊位\n\n摊主老郝说：“比从前方便。”\n";

#[test]
fn yaml_and_toml_say_the_same() {
    let yaml = format!(
        "---\ntitle: 桥头夜市搬了新家\nkicker: 城管连夜出动\ndeck: \"摊主: 更方便\"\ndate: 2024-05-12\npage: 3\nsource: 江湾晚报\n\
         authors: [记者 温如玉, {{role: 通讯员, name: 谷雨声}}]\nid: jw-77\nversion: 2\nembargo: 2024-05-12 06:00\nstatus: withheld\ntags: [夜市]\n---\n{BODY}"
    );
    let toml = format!(
        "+++\ntitle = \"桥头夜市搬了新家\"\nkicker = \"城管连夜出动\"\ndeck = \"摊主: 更方便\"\ndate = 2024-05-12\npage = \"03\"\nsource = \"江湾晚报\"\n\
         byline = \"记者 温如玉 通讯员 谷雨声\"\nid = \"jw-77\"\nversion = \"2\"\nembargo = 2024-05-12T06:00:00\nstatus = \"withheld\"\n+++\n{BODY}"
    );
    let [yaml, toml] = [yaml, toml].map(|t| one(&t));
    for article in [&yaml, &toml] {
        assert_eq!(article.headline, "桥头夜市搬了新家");
        assert_eq!(article.kicker.as_deref(), Some("城管连夜出动"));
        assert_eq!(article.deck.as_deref(), Some("摊主: 更方便"));
        assert_eq!(
            article.body,
            "昨晚，两百个摊位搬进新场地。\n摊主老郝说：“比从前方便。”"
        );
        assert_eq!(article.subheads[0].value, "水电到摊位");
        assert_eq!(article.issue.date, Some(jiff::civil::date(2024, 5, 12)));
        assert_eq!(article.issue.date_from, DateFrom::Header);
        assert_eq!(article.issue.page.as_deref(), Some("03"));
        assert_eq!(article.source.title, "江湾晚报");
        assert!(
            article.flags.iter().all(|f| f.code != "no-date"),
            "{:?}",
            article.flags
        );
        let people: Vec<_> = article
            .byline
            .iter()
            .flat_map(|b| &b.people)
            .map(|p| (p.role.as_str(), p.name.as_str()))
            .collect();
        assert_eq!(people, [("记者", "温如玉"), ("通讯员", "谷雨声")]);
        let external = article.external.as_ref().unwrap();
        assert_eq!(external.uri.as_deref(), Some("jw-77"));
        assert_eq!(external.version.as_deref(), Some("2"));
        assert_eq!(external.status, PubStatus::Withheld);
        assert_eq!(
            external.embargoed_until.as_deref(),
            Some("2024-05-12T06:00:00+08:00")
        );
    }
    assert_eq!(yaml.id, toml.id);
    assert_eq!(yaml.content_hash(), toml.content_hash());
}

#[test]
fn plain_text_below_front_matter() {
    let article =
        one("---\nheadline: 停水通知\ndate: 2024年5月12日\n---\n因管道检修，河西路一带停水。\n");
    assert_eq!(article.headline, "停水通知");
    assert_eq!(article.body, "因管道检修，河西路一带停水。");
    assert_eq!(article.origin.lines, [[1, 5]]);
    assert!(article.external.is_none());
}

#[test]
fn front_matter_of_a_page_goes_to_all_its_articles() {
    let all = articles(
        "---\ndate: 2024-05-12\npage: A3\n---\n## 夜市搬家\n\n本报讯(记者 温如玉) 昨晚，夜市搬家。\n\n## 渡口有灯\n\n本报讯(记者 柯一帆) 渡口装上了路灯。\n",
    );
    assert_eq!(all.len(), 2);
    for article in &all {
        assert_eq!(article.issue.page.as_deref(), Some("A3"));
        assert!(
            article.id.starts_with("test-20240512-A3-"),
            "{}",
            article.id
        );
    }
}

#[test]
fn a_rule_above_a_page_is_no_front_matter() {
    for text in [
        "---\n## 夜市搬家\n\n昨晚，夜市搬家。\n---\n",
        "---\n\n本报讯: 昨晚，夜市搬家。\n\n---\n\n好。\n",
        "---\n昨晚，夜市搬家。\n",
    ] {
        let all = articles(text);
        assert!(
            all.iter().any(|a| format!("{a:?}").contains("夜市搬家")),
            "{text}"
        );
    }
}

#[test]
fn a_kill_needs_no_text() {
    let text = |status: &str, body: &str| {
        format!("---\nid: jw-20240512-77\nstatus: {status}\n---\n{body}")
    };
    let sent = one(&text("usable", "## 夜市搬家\n\n昨晚，夜市搬家。\n"));
    let kill = one(&text("canceled", ""));
    assert_eq!(kill.id, sent.id);
    assert_eq!(kill.external.unwrap().status, PubStatus::Canceled);
}
