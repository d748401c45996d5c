//! Items as agencies send them: ids, versions, embargo and kills are kept, every sample of IPTC and dpa that carries a text gives it,
//! and nothing malformed is more than an error.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::print_stdout, reason = "says what is skipped")]

use copydesk::article::{Article, External, Kind, Origin, Page, PubStatus, Source};
use copydesk::event::Event;
use copydesk::item::{Action, Item, ModelVersions};
use copydesk::page::{self, ReadError};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn read(bytes: &[u8]) -> Result<Page, ReadError> {
    page::read(bytes, &Source::named("wire"), &Origin::default())
}

fn one(text: &str) -> Article {
    let page = read(text.as_bytes()).unwrap();
    assert_eq!(page.articles.len(), 1, "{page:?}");
    page.articles.into_iter().next().unwrap()
}

fn external(article: &Article) -> &External {
    article.external.as_ref().unwrap()
}

/// A news item of NewsML-G2 with the parts that differ between versions.
fn newsml(version: u32, status: &str, meta: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:hn.example:20240308:d17" version="{version}" standard="NewsML-G2" xml:lang="zh-Hans">
<itemMeta><itemClass qcode="ninat:text"/><versionCreated>2024-03-08T2{version}:30:00+08:00</versionCreated>
<pubStatus qcode="stat:{status}"/>{meta}</itemMeta>
<contentMeta><by>记者 卢小渡</by><located><name>河口</name></located><headline>河堤加固提前完工</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>
<h1>河堤加固提前完工</h1>{body}</body></html></inlineXML></contentSet></newsItem>"#
    )
}

const BODY: &str =
    "<p>三月七日，最后一车石料<b>运到</b>下湾村。</p><h2>提前一个月</h2><p>雨季之前可用。</p>";

#[test]
fn a_news_item_gives_its_parts() {
    let article = one(&newsml(1, "usable", "", BODY));
    assert_eq!(article.headline, "河堤加固提前完工");
    assert_eq!(
        article.body,
        "三月七日，最后一车石料运到下湾村。\n雨季之前可用。"
    );
    assert_eq!(article.subheads[0].value, "提前一个月");
    let byline = article.byline.as_ref().unwrap();
    assert_eq!(
        (byline.people[0].name.as_str(), byline.place.as_deref()),
        ("卢小渡", Some("河口"))
    );
    assert_eq!(article.issue.date, Some(jiff::civil::date(2024, 3, 8)));
    assert!(
        article.id.starts_with("wire-20240308-00-"),
        "{}",
        article.id
    );
    assert_eq!(external(&article).version.as_deref(), Some("1"));
}

#[test]
fn a_new_version_and_a_kill_keep_the_id_and_change_the_content() {
    let first = one(&newsml(1, "usable", "", BODY));
    let second = one(&newsml(
        2,
        "usable",
        "<signal qcode=\"sig:correction\"/>",
        "<p>改正。</p>",
    ));
    let resent = one(&newsml(2, "usable", "", BODY));
    let bare = r#"<newsItem guid="urn:newsml:hn.example:20240308:d17" version="3"><itemMeta>
        <itemClass qcode="ninat:text"/><pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/></itemMeta></newsItem>"#;
    let kill = one(bare);
    let signal = one(&newsml(3, "usable", "<signal qcode=\"sig:kill\"/>", BODY));
    for later in [&second, &resent, &kill, &signal] {
        assert_eq!(later.id, first.id);
        assert_ne!(later.content_hash(), first.content_hash());
    }
    assert_eq!(external(&second).signal.as_deref(), Some("sig:correction"));
    assert_eq!(external(&kill).status, PubStatus::Canceled);
    assert_eq!(external(&signal).status, PubStatus::Canceled);
    // Another source's item of the same name is another article.
    let other = page::read(bare.as_bytes(), &Source::named("other"), &Origin::default()).unwrap();
    assert_ne!(
        other.articles[0].id.split_once('-').unwrap().1,
        kill.id.split_once('-').unwrap().1
    );
}

/// ninjs refers to GeoJSON for a property copydesk does not fill; nothing is fetched.
struct Stub;

impl jsonschema::Retrieve for Stub {
    fn retrieve(
        &self,
        _: &jsonschema::Uri<String>,
    ) -> Result<serde_json::Value, Box<dyn std::error::Error + Send + Sync>> {
        Ok(serde_json::json!({}))
    }
}

fn ninjs() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("schemas/ninjs-schema_3.0.json")).unwrap();
    jsonschema::options()
        .with_retriever(Stub)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

#[test]
fn what_the_agency_says_reaches_the_subscriber() {
    let meta = "<embargoed>2024-03-09T06:00:00+08:00</embargoed><signal qcode=\"sig:update\"/>";
    let article = one(&newsml(4, "withheld", meta, BODY));
    let item = Item::new(&article, vec![], vec![], ModelVersions::default());
    assert_eq!(item.item.pub_status, "withheld");
    assert_eq!(
        item.item.embargoed_until.as_deref(),
        Some("2024-03-09T06:00:00+08:00")
    );
    assert_eq!(item.item.ed_note.as_deref(), Some("sig:update"));
    let alt = |role: &str| {
        item.item
            .alt_ids
            .iter()
            .find(|a| a.role == role)
            .map(|a| a.value.as_str())
    };
    assert_eq!(alt("agencyId"), Some("urn:newsml:hn.example:20240308:d17"));
    assert_eq!(alt("agencyVersion"), Some("4"));
    let errors: Vec<String> = ninjs()
        .iter_errors(&serde_json::to_value(&item.item).unwrap())
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");

    let killed = one(&newsml(5, "canceled", "", BODY));
    let item = Item::new(&killed, vec![], vec![], ModelVersions::default());
    let event = Event::new(
        item,
        2,
        Action::Update,
        "2024-03-08T00:00:00Z",
        "2024-03-08T00:00:00Z",
        None,
    );
    assert_eq!(event.data.item.pub_status, "canceled");
    assert_eq!(event.data.enrichment.action, Action::Kill);
}

#[test]
fn content_is_dated_by_the_stamp_of_the_agency() {
    let news = |times: &str| {
        let dated = newsml(1, "usable", "", BODY)
            .replace("<contentMeta>", &format!("<contentMeta>{times}"));
        one(&dated)
    };
    let ninjs = |times: &str| {
        one(&format!(
            r#"{{"uri":"urn:x:5","version":"1",{times},"headline":"河堤加固提前完工","body_text":"最后一车石料运到。"}}"#
        ))
    };
    let nitf = |issue: &str| {
        one(&format!(
            r#"<nitf><head><docdata><doc-id id-string="x6"/><date.issue norm="{issue}"/></docdata></head><body><body.head>
            <hedline><hl1>河堤加固提前完工</hl1></hedline></body.head><body.content><p>最后一车石料运到。</p></body.content></body></nitf>"#
        ))
    };
    let picture = |times: &str| {
        one(&format!(
            r#"{{"uri":"urn:x:7","type":"picture",{times},"headline":"旧堤","description":"当年的旧堤。"}}"#
        ))
    };
    for (article, created, day) in [
        (
            news("<contentCreated>2024-03-07T18:05:00+08:00</contentCreated>"),
            "2024-03-07T18:05:00+08:00",
            7,
        ),
        (news(""), "2024-03-08T21:30:00+08:00", 8),
        // One that is no time is passed over.
        (
            news("<contentCreated>昨晚</contentCreated>"),
            "2024-03-08T21:30:00+08:00",
            8,
        ),
        (
            ninjs(
                r#""contentCreated":"2024-03-07T10:00:00Z","versionCreated":"2024-03-08T09:00:00+08:00""#,
            ),
            "2024-03-07T10:00:00Z",
            7,
        ),
        (
            ninjs(
                r#""firstcreated":"2024-03-08T08:00:00+08:00","versioncreated":"2024-03-09T09:00:00+08:00""#,
            ),
            "2024-03-08T08:00:00+08:00",
            8,
        ),
        (
            ninjs(r#""versioncreated":"2024-03-08 09:30""#),
            "2024-03-08T09:30:00+08:00",
            8,
        ),
        (nitf("20240308T093000+0800"), "2024-03-08T01:30:00Z", 8),
        // An old picture is of its own time and appears on the day.
        (
            picture(
                r#""contentCreated":"1998-08-01T12:00:00+08:00","versionCreated":"2024-03-08T09:00:00+08:00""#,
            ),
            "1998-08-01T12:00:00+08:00",
            8,
        ),
    ] {
        let item = Item::new(&article, vec![], vec![], ModelVersions::default());
        assert_eq!(item.item.content_created.as_deref(), Some(created));
        assert_eq!(
            article.issue.date,
            Some(jiff::civil::date(2024, 3, day)),
            "{created}"
        );
    }
    // A paper's article is dated by its day.
    let mut article = ninjs(r#""versioncreated":"2024-03-08T09:00:00+08:00""#);
    article.external = None;
    let item = Item::new(&article, vec![], vec![], ModelVersions::default());
    assert_eq!(
        item.item.content_created.as_deref(),
        Some("2024-03-08T00:00:00+08:00")
    );
}

#[test]
fn a_message_gives_every_item_and_says_what_it_left() {
    let item = newsml(1, "usable", "", BODY);
    let item = item.split_once("?>").unwrap().1;
    let other = item.replace("d17", "d18").replace("河堤", "江堤");
    let picture = r#"<newsItem guid="p1" version="1"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentMeta>
        <headline>新堤</headline><description role="drol:caption">新堤上的村民。</description></contentMeta></newsItem>"#;
    let package = r#"<packageItem guid="k1" version="1"><groupSet/></packageItem>"#;
    let message = format!(
        "<newsMessage><header/><itemSet>{item}{package}{picture}{other}</itemSet></newsMessage>"
    );
    let page = read(message.as_bytes()).unwrap();
    let heads: Vec<_> = page
        .articles
        .iter()
        .map(|a| (a.headline.as_str(), a.kind))
        .collect();
    assert_eq!(
        heads,
        [
            ("河堤加固提前完工", Kind::News),
            ("新堤", Kind::Photo),
            ("江堤加固提前完工", Kind::News)
        ]
    );
    assert_eq!(page.articles[1].body, "新堤上的村民。");
    assert!(
        page.furniture[0].text.contains("packageItem k1"),
        "{:?}",
        page.furniture
    );
    let alone = read(package.as_bytes());
    assert!(
        matches!(&alone, Err(ReadError::NoArticle(why)) if why.contains("packageItem")),
        "{alone:?}"
    );
}

#[test]
fn ninjs_of_every_version_is_the_same_article() {
    let one_point = r#"{"uri":"http://hn.example/20240308/9","type":"text","version":"2","versioncreated":"2024-03-08T09:00:00+08:00",
        "pubstatus":"usable","language":"zh","byline":"卢小渡","located":"河口","headline":"河堤加固提前完工",
        "body_xhtml":"<p>最后一车石料运到。</p><p>雨季之前可用。</p>","body_text":"最后一车石料运到。雨季之前可用。"}"#;
    let two = r#"{"uri":"http://hn.example/20240308/9","type":"text","version":"2","versioncreated":"2024-03-08T09:00:00+08:00",
        "pubstatus":"usable","language":"zh","by":"卢小渡","located":"河口","headlines":[{"role":"main","value":"河堤加固提前完工"}],
        "bodies":[{"role":"text","contenttype":"text/plain","value":"最后一车石料运到。\n雨季之前可用。"}]}"#;
    let three = r#"{"uri":"http://hn.example/20240308/9","type":"text","version":"2","versionCreated":"2024-03-08T09:00:00+08:00",
        "pubStatus":"usable","language":"zh","by":"卢小渡","located":"河口","headlines":[{"role":"main","value":"河堤加固提前完工"}],
        "bodies":[{"role":"main","contentType":"application/nitf+xml","value":"<nitf><body><body.content><p>最后一车石料运到。</p><p>雨季之前可用。</p></body.content></body></nitf>"}]}"#;
    let [a, b, c] = [one_point, two, three].map(one);
    assert_eq!(a.body, "最后一车石料运到。\n雨季之前可用。");
    for other in [&b, &c] {
        assert_eq!(
            (&other.id, &other.body, &other.headline),
            (&a.id, &a.body, &a.headline)
        );
        assert_eq!(other.content_hash(), a.content_hash());
    }
    assert_eq!(external(&a).language.as_deref(), Some("zh"));
    let both = read(format!("{one_point}\n{}", three.replace("/9", "/10")).as_bytes()).unwrap();
    assert_eq!(both.articles.len(), 2);
    assert_eq!(both.articles[1].origin.lines, [[4, 6]]);
}

#[test]
fn embargo_and_kill_in_ninjs() {
    let text = r#"{"uri":"urn:x:1","pubStatus":"canceled","version":"3"}"#;
    assert_eq!(external(&one(text)).status, PubStatus::Canceled);
    let text = r#"{"uri":"urn:x:1","embargoedUntil":"2024-03-09T06:00:00+08:00","headlines":[{"value":"题"}],"bodies":[{"value":"文。"}]}"#;
    let article = one(text);
    assert_eq!(
        external(&article).embargoed_until.as_deref(),
        Some("2024-03-09T06:00:00+08:00")
    );
    assert_eq!(external(&article).status, PubStatus::Usable);
}

#[test]
fn a_chinese_dispatch_line_is_read_where_no_byline_is_sent() {
    let text = r#"{"uri":"urn:x:2","headline":"河堤加固提前完工","body_text":"本报讯(记者 卢小渡) 三月七日，最后一车石料运到。"}"#;
    let article = one(text);
    assert_eq!(article.byline.unwrap().people[0].name, "卢小渡");
    assert_eq!(article.body, "三月七日，最后一车石料运到。");
}

#[test]
fn what_is_malformed_is_told_with_line_and_remedy() {
    let cut = newsml(1, "usable", "", BODY);
    let cut = &cut[..cut.len() / 2];
    let cut = &cut[..cut.rfind('<').unwrap()];
    for (text, line, format) in [
        (cut, None, "XML"),
        ("{\"uri\": \"urn:x\",\n \"headline\": }", Some(2), "JSON"),
        ("<newsItem>\n<itemMeta></newsItem>", Some(2), "XML"),
        ("---\ntitle: a\nbad: [1,\n---\n正文。\n", None, "YAML"),
        (
            "+++\ntitle = \"a\"\ndate = = 1\n+++\n正文。\n",
            Some(3),
            "TOML",
        ),
    ] {
        let found = read(text.as_bytes());
        let Err(ReadError::Malformed {
            format: f, line: l, ..
        }) = &found
        else {
            panic!("{text}: {found:?}");
        };
        assert_eq!(*f, format);
        assert!(line.is_none_or(|line| line == *l), "{text}: {found:?}");
        assert!(found.unwrap_err().to_string().contains("correct it"));
    }
}

fn shared() -> Option<PathBuf> {
    let near = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("COPYDESK_SHARED").map(PathBuf::from);
    let found = named
        .into_iter()
        .chain([near.join("../shared"), near.join("../../shared")])
        .map(|root| root.join("pages/formats"))
        .find(|root| root.is_dir());
    if found.is_none() {
        println!("skipped: the agencies' samples are not here");
    }
    found
}

/// Samples without a story of their own, and a word of the reason given.
const NONE: [(&str, &str); 24] = [
    ("LISTING_10_", "conceptItem"),
    ("LISTING_11_", "conceptItem"),
    ("LISTING_12_", "knowledgeItem"),
    ("LISTING_13_", "catalogItem"),
    ("LISTING_14_", "conceptItem"),
    ("LISTING_15_", "knowledgeItem"),
    ("LISTING_17_", "planningItem"),
    ("LISTING_18_", "planningItem"),
    ("LISTING_19_", "planningItem"),
    ("LISTING_20_", "planningItem"),
    ("LISTING_23_", "packageItem"),
    ("LISTING_24_", "packageItem"),
    ("LISTING_28_", "contentMeta"),
    ("LISTING_29_", "neither text"),
    ("LISTING_6_", "packageItem"),
    ("LISTING_7_", "groupSet"),
    ("LISTING_8_", "groupSet"),
    ("LISTING_9_", "groupSet"),
    ("ap_metadata_example", "neither text"),
    ("facet-example", "neither text"),
    ("008_extension", "neither text"),
    ("schema.json", "ninjs"),
    ("vent", "event"),
    ("catalog", "catalog"),
];

#[test]
fn every_sample_of_the_agencies_gives_its_headline_and_text_or_a_reason() {
    let Some(root) = shared() else { return };
    let mut count = 0;
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.unwrap();
        let name = entry
            .path()
            .strip_prefix(&root)
            .unwrap()
            .display()
            .to_string();
        if !(name.ends_with(".xml") || name.ends_with(".json")) {
            continue;
        }
        count += 1;
        match read(&std::fs::read(entry.path()).unwrap()) {
            Ok(page) => {
                for article in &page.articles {
                    let bare = [
                        "facet-example-3",
                        "002_renditions",
                        "LISTING_4_",
                        "LISTING_16_",
                    ];
                    let titled =
                        !article.headline.is_empty() || bare.iter().any(|b| name.contains(b));
                    // An alert is a headline alone.
                    let text = !article.body.is_empty() || name.contains("LISTING_1_");
                    assert!(titled && text, "{name}: {article:?}");
                    for mark in ["<p", "</", "/>", "&lt;", "&amp;"] {
                        assert!(!article.body.contains(mark), "{name}: {}", article.body);
                    }
                }
            }
            Err(ReadError::NoArticle(why)) => {
                let known = NONE
                    .iter()
                    .any(|(n, word)| name.contains(n) && why.contains(word));
                assert!(known, "{name}: {why}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(count > 100, "{count} samples");
}

#[test]
fn notes_for_the_desk_are_not_published() {
    let Some(root) = shared() else { return };
    for name in [
        "dpa/tests/data/output/with_dateline.xml",
        "dpa/tests/data/input/with_dateline.json",
    ] {
        let article = &read(&std::fs::read(root.join(name)).unwrap())
            .unwrap()
            .articles[0];
        assert!(!format!("{article:?}").contains("@dpa.com"), "{name}");
        assert_eq!(article.subheads.len(), 5, "{name}");
    }
}

/// Pieces from which files of every format are put together.
const PIECES: [&str; 40] = [
    "<",
    ">",
    "/",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<table>",
    "<td>",
    "<tr>",
    "<html>",
    "<body",
    " class=\"title\"",
    "<h1>",
    "</h1>",
    "<!--enpcontent-->",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\"?>",
    "<newsItem>",
    "<contentSet>",
    "<nitf>",
    "&amp;",
    "&#",
    "{\"uri\":\"a\"",
    ",\"body\":\"",
    "\"}",
    "[{",
    "---\n",
    "+++\n",
    "title: ",
    "a = 1\n",
    "春耕忙",
    "。",
    "\n",
    "本报讯(记者 张小明) ",
    "<founder-title>",
    "\u{fffd}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), head in 0..6usize) {
        let heads: [&[u8]; 6] = [b"", b"<html>", b"<?xml?><nitf>", b"{\"uri\":", b"---\na: b\n", b"+++\n"];
        let _ = read(&[heads[head], &bytes].concat());
    }

    #[test]
    fn no_mark_up_panics(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60)) {
        let _ = read(pieces.concat().as_bytes());
    }
}

/// Runs `read` over a text of about `bytes` bytes.
fn time(make: &dyn Fn(usize) -> String, bytes: usize) -> std::time::Duration {
    let text = make(bytes);
    let begin = std::time::Instant::now();
    let _ = read(text.as_bytes());
    begin.elapsed()
}

#[test]
fn nothing_takes_more_than_linear_time() {
    fn fill(
        open: &'static str,
        piece: &'static str,
        close: &'static str,
    ) -> Box<dyn Fn(usize) -> String> {
        Box::new(move |bytes| format!("{open}{}{close}", piece.repeat(bytes / piece.len())))
    }
    let attributes =
        |bytes: usize| -> String { (0..bytes / 8).map(|i| format!(" a{i}")).collect() };
    let cases: [Box<dyn Fn(usize) -> String>; 16] = [
        fill("<html>", "<div>", ""),
        fill("<html>", "<table><tr><td>", ""),
        fill("<html>", "<p><font color=1>", ""),
        fill("<html>", "</div>", ""),
        fill(
            "<html>",
            "<h1>题目</h1><p>本报讯 一段话，说得够长，是一个句子。</p>",
            "",
        ),
        fill(
            "<html><center>",
            "题目<br>",
            "<p>一段话，说得够长，是一个句子。",
        ),
        fill("<html>", "<tr><td>一</td><td>二</td></tr>", ""),
        fill("<newsItem>", "<a>", ""),
        fill("<newsItem>", "<a/>", "</newsItem>"),
        fill(
            "<newsMessage><itemSet>",
            "<newsItem guid='a'/>",
            "</itemSet></newsMessage>",
        ),
        fill("{\"uri\":\"a\",\"bodies\":", "[", ""),
        fill("[", "{\"uri\":\"a\",\"body\":\"b\"},", "{}]"),
        fill("{", "\"headline_1\":\"a\",", "\"a\":1}"),
        // Longer front matter is none.
        Box::new(|bytes| {
            let fields: String = (0..bytes / 80)
                .map(|i| format!("a{i}: [b, {{c: d}}]\n"))
                .collect();
            format!("---\ntitle: a\n{fields}---\n正文。")
        }),
        Box::new(move |bytes| format!("<html><body><a{}>", attributes(bytes))),
        Box::new(move |bytes| format!("<newsItem {}/>", attributes(bytes))),
    ];
    for make in cases {
        let (small, large) = (time(&make, 30_000), time(&make, 240_000));
        // Eight times the text; a square would be 64.
        let bound = (small * 28).max(std::time::Duration::from_millis(400));
        assert!(large < bound, "{small:?} and {large:?}: {:.60}", make(100));
    }
}
