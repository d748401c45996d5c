//! Figures the classifier must keep: on our own articles (`tests/gold`, the part never trained on) and, where it is at hand, on
//! the shared development set.

#![allow(clippy::unwrap_used)] // helpers are tests too

use copydesk::enrich::topics::Classifier;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Gold {
    #[serde(default)]
    id: String,
    split: String,
    headline: String,
    body: String,
    topics: BTreeSet<String>,
    optional: BTreeSet<String>,
}

/// Hits, answers and gold labels.
#[derive(Default, Clone, Copy)]
struct Count(f64, f64, f64);

impl Count {
    fn f1(self) -> f64 {
        2.0 * self.0 / (self.1 + self.2).max(1.0)
    }
}

/// Micro-F1, and F1 by topic; optional topics count neither way.
fn measure(classifier: &Classifier, gold: &[Gold]) -> (f64, BTreeMap<String, Count>) {
    let mut all = Count::default();
    let mut per: BTreeMap<String, Count> = BTreeMap::new();
    for article in gold {
        let found = classifier.classify(&article.headline, &article.body);
        let found: BTreeSet<String> = found
            .into_iter()
            .map(|t| t.id)
            .filter(|id| !article.optional.contains(id))
            .collect();
        for id in article.topics.union(&found) {
            let hit = f64::from(article.topics.contains(id) && found.contains(id));
            let counts = (
                hit,
                f64::from(found.contains(id)),
                f64::from(article.topics.contains(id)),
            );
            for count in [&mut all, per.entry(id.clone()).or_default()] {
                *count = Count(count.0 + counts.0, count.1 + counts.1, count.2 + counts.2);
            }
        }
    }
    (all.f1(), per)
}

/// How far the scores of given topics are from how often they are right, over ten bins.
fn calibration_error(classifier: &Classifier, gold: &[Gold]) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    let mut n = 0.0;
    for article in gold {
        for topic in classifier.classify(&article.headline, &article.body) {
            if article.optional.contains(&topic.id) {
                continue;
            }
            let bin = &mut bins[((topic.score * 10.0) as usize).min(9)];
            bin.0 += topic.score;
            bin.1 += f64::from(article.topics.contains(&topic.id));
            n += 1.0;
        }
    }
    bins.iter()
        .map(|(score, right): &(f64, f64)| (score - right).abs())
        .sum::<f64>()
        / n
}

fn own() -> Vec<Gold> {
    include_str!("gold/topics.jsonl")
        .lines()
        .chain(include_str!("gold/regional.jsonl").lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn our_own_articles_get_their_topics() {
    let test: Vec<Gold> = own().into_iter().filter(|g| g.split == "test").collect();
    assert!(test.len() >= 60);
    let classifier = Classifier::embedded().unwrap();
    let (f1, per) = measure(&classifier, &test);
    for (topic, count) in &per {
        println!("{topic:12} F1 {:.2} of {}", count.f1(), count.2);
    }
    assert!(f1 >= 0.92, "micro-F1 {f1:.3}");
    let first: Vec<Gold> = own()
        .into_iter()
        .filter(|g| g.split == "test" && g.id.starts_with('t'))
        .collect();
    let (first, _) = measure(&classifier, &first);
    assert!(first >= 0.92, "micro-F1 of the first half {first:.3}");
    // Of a daily's usual length, labelled before any was scored: secondary topics are harder.
    let regional: Vec<Gold> = own()
        .into_iter()
        .filter(|g| g.split == "test" && g.id.starts_with("daily-"))
        .collect();
    assert!(regional.len() >= 60);
    let (regional, _) = measure(&classifier, &regional);
    println!("of a daily's length: micro-F1 {regional:.3}");
    assert!(regional >= 0.87, "micro-F1 {regional:.3}");
    for (topic, bar) in [
        ("investment", 0.85),
        ("agriculture", 0.85),
        ("housing", 0.85),
        ("integrity", 0.85),
        // Often an article's second topic, and missed as such: .82 and .83.
        ("volunteers", 0.80),
        ("employment", 0.80),
    ] {
        assert!(per[topic].f1() >= bar, "{topic} {:.2}", per[topic].f1());
    }
    let error = calibration_error(&classifier, &test);
    println!("micro-F1 {f1:.3}, calibration error {error:.3}");
    assert!(error <= 0.08, "calibration error {error:.3}");
}

#[test]
fn announcements_have_no_topic() {
    let classifier = Classifier::embedded().unwrap();
    for notice in own().iter().filter(|g| g.topics.is_empty()) {
        let mut found = classifier.classify(&notice.headline, &notice.body);
        found.retain(|t| !notice.optional.contains(&t.id));
        assert!(found.is_empty(), "{}: {found:?}", notice.headline);
    }
}

#[test]
fn the_development_set_stays_above_its_bar() {
    let folder = std::env::var("COPYDESK_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let Ok(text) = std::fs::read_to_string(format!("{folder}/topics/gold150.json")) else {
        println!("skipped: no gold150.json below {folder}");
        return;
    };
    let house = [
        ("eco", "economy"),
        ("inv", "investment"),
        ("agr", "agriculture"),
        ("vol", "volunteers"),
        ("edu", "education"),
        ("emp", "employment"),
        ("hea", "health"),
        ("env", "environment"),
        ("hou", "housing"),
        ("tra", "transport"),
        ("sci", "science"),
        ("cul", "culture"),
        ("tou", "tourism"),
        ("spo", "sport"),
        ("law", "law"),
        ("pol", "politics"),
        ("int", "integrity"),
        ("dis", "disaster"),
        ("soc", "society"),
        ("wor", "world"),
    ];
    let ids = |value: &serde_json::Value| -> BTreeSet<String> {
        let short = value
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap());
        short
            .map(|s| house.iter().find(|(h, _)| *h == s).unwrap().1.to_owned())
            .collect()
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let gold: Vec<Gold> = rows
        .iter()
        .map(|row| Gold {
            id: String::new(),
            split: String::new(),
            headline: row["title"].as_str().unwrap().to_owned(),
            body: row["text"].as_str().unwrap().to_owned(),
            topics: ids(&row["req"]),
            optional: ids(&row["opt"]),
        })
        .collect();
    let (f1, _) = measure(&Classifier::embedded().unwrap(), &gold);
    println!("gold150 micro-F1 {f1:.3}");
    assert!(f1 >= 0.90, "micro-F1 {f1:.3}");
}
