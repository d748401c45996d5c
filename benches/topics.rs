//! Classification alone, on articles of 330 characters, beside looking for every term by itself.
//! `cargo bench --bench topics`; items a second are articles a second on one core.

use copydesk::enrich::topics::{Classifier, EMBEDDED, TopicsConfig};
use divan::counter::{CharsCount, ItemsCount};

fn main() {
    divan::main();
}

/// Our own gold articles, headline and 330 characters of body; short bodies go on with the next article's.
fn articles() -> Vec<(String, String)> {
    let gold: Vec<serde_json::Value> = include_str!("../tests/gold/topics.jsonl")
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or("").to_owned();
    let bodies: Vec<String> = gold.iter().map(|g| text(g, "body")).collect();
    gold.iter()
        .enumerate()
        .map(|(i, g)| {
            let body = bodies
                .iter()
                .cycle()
                .skip(i)
                .flat_map(|b| b.chars())
                .take(330)
                .collect();
            (text(g, "headline"), body)
        })
        .collect()
}

fn characters(articles: &[(String, String)]) -> usize {
    articles
        .iter()
        .map(|(h, b)| h.chars().count() + b.chars().count())
        .sum()
}

#[divan::bench]
fn classify(bencher: divan::Bencher<'_, '_>) {
    let Ok(classifier) = Classifier::embedded() else {
        return;
    };
    let articles = articles();
    bencher
        .counter(ItemsCount::new(articles.len()))
        .counter(CharsCount::new(characters(&articles)))
        .bench(|| {
            articles
                .iter()
                .map(|(headline, body)| classifier.classify(headline, body).len())
                .sum::<usize>()
        });
}

/// What a first attempt would do: every term of the taxonomy looked for by itself, its topic's hits counted.
#[divan::bench]
fn every_term_by_itself(bencher: divan::Bencher<'_, '_>) {
    let Ok(config) = TopicsConfig::parse(EMBEDDED) else {
        return;
    };
    let articles = articles();
    bencher
        .counter(ItemsCount::new(articles.len()))
        .counter(CharsCount::new(characters(&articles)))
        .bench(|| {
            articles
                .iter()
                .map(|(headline, body)| {
                    let hits = config.topic.iter().map(|topic| {
                        let terms = topic
                            .decisive
                            .iter()
                            .chain(&topic.strong)
                            .chain(&topic.hints);
                        terms
                            .map(|t| {
                                headline.matches(t.get_ref()).count()
                                    + body.matches(t.get_ref()).count()
                            })
                            .sum::<usize>()
                    });
                    hits.max().unwrap_or(0)
                })
                .sum::<usize>()
        });
}

/// Compiling the embedded taxonomy and model: what a changed configuration costs.
#[divan::bench]
fn compile() -> bool {
    Classifier::embedded().is_ok()
}
