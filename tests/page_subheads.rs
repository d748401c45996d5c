//! Pages that mark subheads with the same `#` as headlines: two articles must never become one, and what the text proves to be
//! one article is read as one.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use copydesk::article::{Article, Origin, Source};
use copydesk::page;

fn read(name: &str) -> Vec<Article> {
    let path = format!(
        "{}/tests/pages/subheads/{name}.md",
        env!("CARGO_MANIFEST_DIR")
    );
    let bytes = std::fs::read(path).unwrap();
    page::read(&bytes, &Source::named("a"), &Origin::default())
        .unwrap()
        .articles
}

fn subheads(article: &Article) -> Vec<&str> {
    article.subheads.iter().map(|s| s.value.as_str()).collect()
}

#[test]
fn no_article_is_taken_for_a_passage_of_another() {
    let pages: [(&str, &[&str]); 13] = [
        (
            "lanjiang-0412-03",
            &["一条背街小巷", "白沙洲汽渡", "市图书馆推出"],
        ),
        (
            "qinghe-0903-02",
            &["全县秋粮", "大山里来了", "青禾一中操场"],
        ),
        (
            "fengzhou-1120-04",
            &["丰洲:一座", "遗失声明", "我市开展冬季", "渔家灯谜会"],
        ),
        (
            "zhexi-0619-02",
            &["种粮大户", "高温津贴", "县城公交", "柘溪龙舟队"],
        ),
        (
            "beiyuan-0227-05",
            &["老工厂里", "滑雪场缆车", "市区三条公交"],
        ),
        (
            "yunze-0516-01",
            &["全市项目建设", "向荒坡要效益", "五月十九日"],
        ),
        (
            "dongling-0808-06",
            &["“我们村的", "天气热了", "招领启事", "东陵至省城"],
        ),
        ("qingjiang-1009-07", &["乌篷渡", "全市小微企业", "市博物馆"]),
        (
            "hezhou-0701-02",
            &["城市公园", "城南公园", "城东书房", "城西菜场"],
        ),
        (
            "hezhou-0604-03",
            &["人社部门", "医保断缴", "公积金", "社保卡"],
        ),
        ("hezhou-0521-06", &["全市中学生", "男篮", "女篮", "男足"]),
        ("hezhou-0703-04", &["山里娃", "县医院"]),
        ("hezhou-1009-05", &["老城的早点铺", "国庆假期"]),
    ];
    for (name, headlines) in pages {
        let articles = read(name);
        for headline in headlines {
            assert!(
                articles.iter().any(|a| a.headline.starts_with(headline)),
                "{name}: {headline} is no article"
            );
        }
    }
}

#[test]
fn numbered_subheads_were_split_off_as_articles() {
    for (name, headline, expected) in [
        (
            "lanjiang-0412-03",
            "一条背街小巷的三次变身",
            [
                "一、先治水,地下管网换新",
                "二、再治乱,飞线入地还天",
                "三、后治心,老街坊自己管",
            ],
        ),
        (
            "qingjiang-1009-07",
            "乌篷渡:渡口没了,渡工还在",
            ["(一)一根竹篙", "(二)一本名册", "(三)一条新船"],
        ),
    ] {
        let articles = read(name);
        assert_eq!(articles.len(), 3, "{name}");
        let article = articles.iter().find(|a| a.headline == headline).unwrap();
        assert_eq!(subheads(article), expected);
        for pair in article.subheads.windows(2) {
            assert_eq!(pair[0].span.end + 1, pair[1].span.start, "{name}");
        }
    }
}

#[test]
fn headings_built_alike_were_split_off_as_articles() {
    for (name, headline, expected) in [
        (
            "fengzhou-1120-04",
            "丰洲:一座小城的咖啡香",
            ["从码头到厂房", "从厂房到街头", "从街头到课堂"],
        ),
        (
            "yunze-0516-01",
            "向荒坡要效益",
            ["选准一棵树", "链起一群人", "做活一篇文章"],
        ),
        (
            "dongling-0808-06",
            "“我们村的篮球赛,一票难求”",
            [
                "为什么是大榕树村?",
                "谁来出钱、谁来组织?",
                "火了以后怎么办?",
            ],
        ),
        (
            "hezhou-0703-04",
            "山里娃的第一堂游泳课",
            ["把泳池搬进大山", "把胆怯留在岸上", "把规矩记在心里"],
        ),
        (
            "hezhou-1009-05",
            "老城的早点铺",
            ["卖糍粑的罗婶", "打豆浆的老丁", "修钟表的聋爷"],
        ),
    ] {
        let articles = read(name);
        let article = articles.iter().find(|a| a.headline == headline).unwrap();
        assert_eq!(subheads(article), expected, "{name}");
    }
}

#[test]
fn passages_that_come_back_to_the_same_names_were_split_off_as_articles() {
    let articles = read("qinghe-0903-02");
    let article = articles
        .iter()
        .find(|a| a.headline == "大山里来了“云医生”")
        .unwrap();
    assert!(subheads(article).starts_with(&["一根网线连到村卫生室", "一张排班表管住专家时间"]));
    assert!(article.body.contains("石老根的房颤"));
}
