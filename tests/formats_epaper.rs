//! E-papers in HTML of several ages and systems: heads, bylines and text are found, all that stands around them is not.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use copydesk::article::{Article, Kind, Origin, Page, Source};
use copydesk::page::{self, ReadError};
use encoding_rs::GB18030;

fn read(bytes: &[u8]) -> Page {
    page::read(bytes, &Source::named("test"), &Origin::default()).unwrap()
}

fn names(article: &Article) -> Vec<&str> {
    let byline = article.byline.iter();
    byline
        .flat_map(|b| &b.people)
        .map(|p| p.name.as_str())
        .collect()
}

/// Headline, kicker, deck, names and number of paragraphs of an article.
type Outline<'a> = (&'a str, &'a str, &'a str, Vec<&'a str>, usize);

fn outline(page: &Page) -> Vec<Outline<'_>> {
    page.articles
        .iter()
        .map(|a| {
            (
                a.headline.as_str(),
                a.kicker.as_deref().unwrap_or_default(),
                a.deck.as_deref().unwrap_or_default(),
                names(a),
                a.body.split('\n').count(),
            )
        })
        .collect()
}

/// Words of what stands around an article, in no article.
fn assert_clean(page: &Page) {
    for article in &page.articles {
        for word in [
            "上一",
            "下一",
            "版权",
            "分享",
            "Copyright",
            "首页",
            "打印",
            "function",
            "备案",
            "当前位置",
            "相关新闻",
            "ICP",
        ] {
            let all = format!("{article:?}");
            assert!(!all.contains(word), "{word} in {all}");
        }
    }
}

#[test]
fn a_page_of_the_founder_system() {
    let page = read(include_bytes!("formats/founder.html"));
    assert_eq!(
        outline(&page),
        [(
            "三十里河堤提前加固",
            "赶在雨季之前",
            "沿河六村雨季前吃下定心丸",
            vec!["卢小渡", "白一舟"],
            3
        )]
    );
    let article = &page.articles[0];
    assert!(
        article
            .body
            .contains("“往年一下雨就睡不着，今年心里踏实了。”村民 何老四站在堤上说。")
    );
    assert_eq!(article.issue.date, Some(jiff::civil::date(2024, 3, 8)));
    assert_clean(&page);
}

#[test]
fn tables_of_the_2000s_in_gb2312() {
    let text = include_str!("formats/tables.html");
    let (bytes, _, lost) = GB18030.encode(text);
    assert!(!lost);
    let page = read(&bytes);
    assert_eq!(
        outline(&page),
        [
            ("桥头夜市搬了新家", "城管连夜出动", "", vec!["温如玉"], 3),
            ("老渡口有了第一盏灯", "", "", vec!["柯一帆", "谷雨声"], 2),
        ]
    );
    assert_eq!(
        page.articles[0].issue.date,
        Some(jiff::civil::date(2006, 5, 12))
    );
    assert_eq!(page.articles[0].issue.page.as_deref(), Some("A3"));
    assert_eq!(page.articles[0].origin.encoding, "gb18030");
    assert_clean(&page);
}

#[test]
fn a_modern_article_page() {
    let page = read(include_bytes!("formats/modern.html"));
    assert_eq!(
        outline(&page),
        [("山里的孩子有了足球场", "", "", vec!["穆长河"], 3)]
    );
    let subheads: Vec<_> = page.articles[0]
        .subheads
        .iter()
        .map(|s| s.value.as_str())
        .collect();
    assert_eq!(subheads, ["从泥地到草皮", "请来了教练"]);
    assert_eq!(
        page.articles[0].issue.date,
        Some(jiff::civil::date(2023, 9, 15))
    );
    assert_clean(&page);
}

#[test]
fn a_whole_page_with_several_articles() {
    let page = read(include_bytes!("formats/whole-page.html"));
    assert_eq!(
        outline(&page),
        [
            ("早市开到家门口", "", "", vec!["尤小满"], 2),
            ("旧书换绿植活动周末举行", "", "", vec![], 1),
            ("停水通知", "", "", vec![], 1),
        ]
    );
    assert_eq!(page.articles[0].issue.page.as_deref(), Some("03"));
    assert_clean(&page);
}

#[test]
fn a_system_nobody_has_seen() {
    let page = read(include_bytes!("formats/unknown.html"));
    assert_eq!(
        outline(&page),
        [(
            "良种良机下田来",
            "全市春耕现场会在云台召开",
            "",
            vec!["管一鸣"],
            2
        )]
    );
    assert_clean(&page);
}

#[test]
fn a_table_of_contents_is_no_page() {
    let toc = "<html><body><ul><li><a href='c1.htm'>桥头夜市搬了新家</a></li><li><a href='c2.htm'>停水通知</a></li></ul></body></html>";
    let found = page::read(toc.as_bytes(), &Source::named("test"), &Origin::default());
    assert!(matches!(found, Err(ReadError::NoArticle(_))), "{found:?}");
}

#[test]
fn markdown_with_html_in_it_stays_markdown() {
    let text = "<div align=\"center\"><img src=\"1.jpg\"/></div>\n\n## 春耕忙\n\n本报讯(记者 张小明) 三月二日,农户下田。\n";
    let page = read(text.as_bytes());
    assert_eq!(page.articles.len(), 1);
    assert_eq!(page.articles[0].headline, "春耕忙");
    assert_ne!(page.articles[0].kind, Kind::Photo);
}

#[test]
fn the_declared_charset_is_not_believed_against_the_bytes() {
    let text = include_str!("formats/tables.html");
    // It says gb2312 and is UTF-8.
    let page = read(text.as_bytes());
    assert_eq!(page.articles[0].headline, "桥头夜市搬了新家");
    assert_eq!(page.articles[0].origin.encoding, "UTF-8");
}

/// Layouts in a few lines: HTML, then headline, kicker, deck, names, paragraphs of every article.
#[test]
fn small_layouts() {
    let prose = "三月二日，全市春耕现场会在云台镇召开，二十台新农机下田演示。";
    let more = "围观的农户一层又一层，种粮大户毕有田当场订了两台。";
    let plain =
        |body: &str| format!("<html><head><title>电子报</title></head><body>{body}</body></html>");
    let cases: [(String, Vec<Outline<'_>>); 7] = [
        // Headings without a class, several articles.
        (
            plain(&format!(
                "<h2>良种下田</h2><p>{prose}<h2>旧书换绿植</h2><p>{prose}<p>{more}"
            )),
            vec![
                ("良种下田", "", "", vec![], 1),
                ("旧书换绿植", "", "", vec![], 2),
            ],
        ),
        // A headline that is a picture: the paper's system names it, and the author.
        (
            plain(&format!(
                "<!--enpproperty <title>良种下田</title><author>管一鸣</author>/enpproperty--><img src=t.gif><div id=ozoom><!--enpcontent--><p>{prose}</p><!--/enpcontent--></div><p>这里是与本文毫不相干的一段说明文字，它站在正文的标记外面。</p>"
            )),
            vec![("良种下田", "", "", vec!["管一鸣"], 1)],
        ),
        // Kicker and deck by heading level around the headline.
        (
            plain(&format!(
                "<div class=yinti>春耕现场会召开</div><h1>良种下田</h1><div class=futi>——云台镇见闻</div><p>□ 记者 管一鸣</p><p>{prose}</p>"
            )),
            vec![(
                "良种下田",
                "春耕现场会召开",
                "——云台镇见闻",
                vec!["管一鸣"],
                1,
            )],
        ),
        // One cell with breaks and full-width indents; relative font sizes.
        (
            plain(&format!(
                "<center><font size=+2>良种下田</font></center><table><tr><td>　　本报讯(记者 管一鸣) {prose}<br>　　{more}<br></td></tr></table>"
            )),
            vec![("良种下田", "", "", vec!["管一鸣"], 2)],
        ),
        // A class of boilerplate on what holds everything.
        (
            plain(&format!(
                "<div class=share-page><h1>良种下田</h1><p>{prose}</p></div>"
            )),
            vec![("良种下田", "", "", vec![], 1)],
        ),
        // Title of the document against headings of boxes.
        (
            format!(
                "<html><head><title>良种下田_云台日报</title></head><body><h3>本站公告</h3><p>本站将于今晚十二点进行维护，届时暂停访问，请读者谅解为盼。</p><p class=x>良种下田</p><p>{prose}</p></body></html>"
            ),
            vec![("良种下田", "", "", vec![], 1)],
        ),
        // Poems and signatures below the text.
        (
            plain(&format!(
                "<h1>良种下田</h1><div class=content><p>{prose}</p><p>（记者 管一鸣）</p></div><p>更多内容请看客户端</p>"
            )),
            vec![("良种下田", "", "", vec!["管一鸣"], 1)],
        ),
    ];
    for (html, want) in cases {
        let page = read(html.as_bytes());
        assert_eq!(outline(&page), want, "{html}");
    }
}

#[test]
fn a_short_headline_that_begins_with_a_number_is_no_page_line() {
    let text = "## 12岁少年救人\n\n本报讯(记者 温如玉) 三月二日，少年下河救人，乡亲们都夸他勇敢。\n\n## 第3条路通车\n\n本报讯(记者 柯一帆) 三月二日，新路通车，进城快了半个钟头。\n";
    let heads: Vec<_> = read(text.as_bytes())
        .articles
        .into_iter()
        .map(|a| a.headline)
        .collect();
    assert_eq!(heads, ["12岁少年救人", "第3条路通车"]);
}
