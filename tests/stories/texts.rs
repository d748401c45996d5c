//! The texts the measurements rest on, as signatures.

use copydesk::article::{Article, Origin, Source};
use copydesk::config::Config;
use copydesk::enrich::enrich;
use copydesk::enrich::stories::Signature;
use serde_json::Value;
use std::sync::LazyLock;

static CONFIG: LazyLock<Config> = LazyLock::new(|| Config::load(None).unwrap());

static BLANK: LazyLock<Article> = LazyLock::new(|| {
    let origin = Origin {
        file: "20250318/01.md".into(),
        sha256: String::new(),
    };
    let page = copydesk::page::read(
        "## 题\n\n昨日,全市开展义诊。".as_bytes(),
        &Source::named("rsrb"),
        &origin,
    );
    page.unwrap().articles.remove(0)
});

#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) headline: String,
    pub(crate) body: String,
}

impl Text {
    pub(crate) fn signature(&self) -> Signature {
        let article = Article {
            headline: self.headline.clone(),
            body: self.body.clone(),
            ..BLANK.clone()
        };
        Signature::of(&enrich(&article, &CONFIG.models))
    }
}

/// The invented articles of the gold sets.
pub(crate) fn invented() -> Vec<Text> {
    let lines = |text: &'static str| {
        text.lines()
            .map(|l| serde_json::from_str::<Value>(l).unwrap())
    };
    let topics = lines(include_str!("../gold/topics.jsonl"))
        .map(|v| (v["headline"].clone(), v["body"].clone()));
    let entities = lines(include_str!("../gold/entities.jsonl"))
        .map(|v| (Value::String(String::new()), v["t"].clone()));
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    topics
        .chain(entities)
        .map(|(headline, body)| Text {
            headline: text(&headline),
            body: text(&body),
        })
        .filter(|t| t.body.chars().count() >= 80)
        .collect()
}

/// `h:` and `b:` lines.
fn told(text: &str) -> Vec<Text> {
    let value = |prefix| {
        text.lines()
            .filter_map(move |l| l.strip_prefix(prefix))
            .map(|l| l.trim().to_owned())
    };
    let texts = value("h:").zip(value("b:"));
    texts
        .map(|(headline, body)| Text { headline, body })
        .collect()
}

/// Pairs of the same story.
pub(crate) fn resent() -> Vec<[Text; 2]> {
    let texts = told(include_str!("resent.txt"));
    texts
        .chunks_exact(2)
        .map(|pair| [pair[0].clone(), pair[1].clone()])
        .collect()
}

/// Families of different events told alike.
pub(crate) fn alike() -> Vec<Vec<Text>> {
    let families = include_str!("alike.txt").split("\n= ").skip(1);
    families
        .map(|family| {
            let mould = &told(family)[0];
            let rows = family.lines().filter_map(|l| l.strip_prefix("- "));
            rows.map(|row| {
                let fill = |text: &str| {
                    let values = row.split('|').map(str::trim).enumerate();
                    let full = values.fold(text.to_owned(), |t, (i, v)| {
                        t.replace(&format!("{{{}}}", i + 1), v)
                    });
                    assert!(!full.contains('{'), "a value is missing: {full}");
                    full
                };
                Text {
                    headline: fill(&mould.headline),
                    body: fill(&mould.body),
                }
            })
            .collect()
        })
        .collect()
}
