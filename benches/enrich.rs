//! `enrich` and `Matcher` on the articles of the sample pages.

#![allow(clippy::expect_used, reason = "a bench without its input ends")]

use copydesk::article::{Article, Origin, Source};
use copydesk::config::Config;
use copydesk::enrich::enrich;
use copydesk::enrich::stories::{Index, Signature};
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

/// What an item's story is recognised by.
#[divan::bench]
fn signature(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ITEMS.len())).bench(|| {
        ITEMS
            .iter()
            .map(|i| Signature::of(i).encode().len())
            .sum::<usize>()
    });
}

/// Looking for an earlier item of the story among 20,000, and taking note of the new one.
#[divan::bench]
fn story(bencher: Bencher) {
    let mut bodies: Vec<Item> = ITEMS.clone();
    let mut index = Index::new(7, 20_000);
    // Letters shuffled word by word: shingles as different items have them.
    for i in 0..20_000usize {
        let item = &mut bodies[i % ITEMS.len()];
        let mut chars: Vec<char> = item.body().chars().collect();
        let length = chars.len().max(1);
        (0..length).for_each(|at| chars.swap(at, (at * 31 + i * 17) % length));
        if let Some(body) = item.item.bodies.first_mut() {
            body.value = chars.into_iter().collect();
        }
        index.expect(&format!("i{i}"), &Signature::of(item), 0);
    }
    let signatures: Vec<_> = ITEMS.iter().map(Signature::of).collect();
    bencher
        .counter(ItemsCount::new(signatures.len()))
        .bench_local(|| {
            for (i, signature) in signatures.iter().enumerate() {
                std::hint::black_box(index.expect(&format!("new{i}"), signature, 0));
            }
        });
}
