//! What must hold for any text: nothing is lost, nothing is out of place, ids are what an article is.

use copydesk::article::{Article, Origin, Page, Source};
use copydesk::page;
use proptest::prelude::*;
use std::collections::HashMap;

fn read(text: &str) -> Option<Page> {
    page::read(text.as_bytes(), &Source::named("a"), &Origin::default()).ok()
}

/// Everything a page shows: articles with their notes, and furniture.
fn shown(page: &Page) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    let mut add = |text: &str| {
        text.chars()
            .for_each(|c| *counts.entry(c).or_default() += 1)
    };
    for article in &page.articles {
        parts(article).for_each(|t| add(&t));
    }
    page.furniture.iter().for_each(|f| add(&f.text));
    counts
}

fn parts(a: &Article) -> impl Iterator<Item = String> + '_ {
    let slogan_is_kicker = a.slogan.is_some() && a.kicker == a.slogan;
    let heads = [
        Some(&a.headline),
        a.kicker.as_ref(),
        a.deck.as_ref(),
        a.slogan.as_ref().filter(|_| !slogan_is_kicker),
    ];
    heads
        .into_iter()
        .flatten()
        .cloned()
        // A byline that runs on into the sentence stays in the body as well.
        .chain(a.byline.iter().map(|b| b.raw.clone()))
        .chain([a.body.clone()])
        .chain(a.subheads.iter().map(|s| s.value.clone()))
        .chain(a.sections.iter().map(|s| s.label.clone()))
        .chain(a.flags.iter().map(|f| f.note.clone()))
        .collect::<Vec<_>>()
        .into_iter()
}

/// Words and marks as pages have them, in any order.
fn line() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "## ",
        "### ",
        "# ",
        "**",
        "- ",
        "本报讯",
        "(记者 张三)",
        "新华社北京1月4日电",
        "◀◀上接01版①",
        "▶▶下转02版②",
        "(下转第三版)",
        "【理】",
        "——摘自报告",
        "昨日,",
        "全市春耕备耕工作有序推进",
        "。",
        "的概念",
        "市民王女士说:“",
        "”",
        "遗失声明",
        "责任编辑:李四",
        "第02版 要闻",
        "2024年1月5日 星期五",
        "记者 何明远 摄",
        "一、",
        "●",
        "，",
        "工作人员在现场忙碌,大家表示收获很大。",
        "张三",
        "图片",
        "1",
        " ",
        "!",
    ]);
    prop::collection::vec(word, 0..8).prop_map(|w| w.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_character_is_in_an_article_in_the_furniture_or_in_a_note(lines in prop::collection::vec(line(), 1..16)) {
        let text = lines.join("\n");
        if let Some(page) = read(&text) {
            let shown = shown(&page);
            let mut printed: HashMap<char, usize> = HashMap::new();
            text.chars().filter(|c| c.is_alphanumeric()).for_each(|c| *printed.entry(c).or_default() += 1);
            for (c, n) in printed {
                prop_assert!(shown.get(&c).copied().unwrap_or(0) >= n, "{c} is printed {n} times, shown {:?}\n{text}", shown.get(&c));
            }
        }
    }

    #[test]
    fn places_lie_in_the_body_and_ids_are_unique_and_stable(lines in prop::collection::vec(line(), 1..16)) {
        let text = lines.join("\n");
        if let Some(page) = read(&text) {
            let mut ids = Vec::new();
            for article in &page.articles {
                let len = article.body.chars().count();
                let spans = article.subheads.iter().map(|s| s.span).chain(article.sections.iter().map(|s| s.span)).chain(article.flags.iter().filter_map(|f| f.span));
                for span in spans {
                    prop_assert!(span.start <= span.end && span.end <= len, "{span:?} of {len}\n{text}");
                }
                prop_assert!(article.id.is_ascii() && article.id.starts_with("a-"));
                ids.push(article.id.clone());
            }
            let elsewhere = page::read(text.as_bytes(), &Source::named("a"), &Origin { file: "other/page.md".into(), sha256: "f".into() }).unwrap();
            prop_assert_eq!(&ids, &elsewhere.articles.iter().map(|a| a.id.clone()).collect::<Vec<_>>());
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), page.articles.len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = page::read(&bytes, &Source::named("a"), &Origin::default());
    }
}
