//! `enrich` and `Matcher` on the articles of the sample pages.

#![allow(clippy::expect_used, reason = "a bench without its input ends")]

use copydesk::article::{Article, Origin, Source};
use copydesk::config::Config;
use copydesk::enrich::enrich;
use copydesk::item::Item;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use std::sync::LazyLock;

static CONFIG: LazyLock<Config> =
    LazyLock::new(|| Config::load(None).expect("the built-in configuration is good"));

static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    ["01", "02"]
        .iter()
        .flat_map(|page| {
            let file = format!("samples/rsrb/20250318/{page}.md");
            let bytes = std::fs::read(&file).expect("benches run from the checkout");
            let origin = Origin {
                file,
                sha256: String::new(),
            };
            copydesk::page::read(&bytes, &Source::named("rsrb"), &origin)
                .expect("the samples are pages")
                .articles
        })
        .collect()
});

static ITEMS: LazyLock<Vec<Item>> =
    LazyLock::new(|| ARTICLES.iter().map(|a| enrich(a, &CONFIG.models)).collect());

fn main() {
    divan::main();
}

/// Topics, entities and the item made of them.
#[divan::bench]
fn whole(bencher: Bencher) {
    let bytes: usize = ARTICLES.iter().map(|a| a.body.len()).sum();
    bencher
        .counter(ItemsCount::new(ARTICLES.len()))
        .counter(BytesCount::new(bytes))
        .bench(|| {
            ARTICLES
                .iter()
                .map(|a| enrich(a, &CONFIG.models).enrichment.entities.len())
                .sum::<usize>()
        });
}

/// Topics alone.
#[divan::bench]
fn topics(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ARTICLES.len())).bench(|| {
        ARTICLES
            .iter()
            .map(|a| CONFIG.models.topics.classify(&a.headline, &a.body).len())
            .sum::<usize>()
    });
}

/// Entities alone.
#[divan::bench]
fn entities(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ARTICLES.len())).bench(|| {
        ARTICLES
            .iter()
            .map(|a| CONFIG.models.entities.entities(a).len())
            .sum::<usize>()
    });
}

/// The default channels over enriched items.
#[divan::bench]
fn matcher(bencher: Bencher) {
    let (matcher, _) =
        copydesk::channels::Matcher::new(&CONFIG.channels.list, &CONFIG.vocabulary());
    bencher.counter(ItemsCount::new(ITEMS.len())).bench(|| {
        ITEMS
            .iter()
            .map(|item| matcher.matches(item).len())
            .sum::<usize>()
    });
}
