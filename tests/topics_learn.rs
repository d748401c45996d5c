//! Topics the model has never seen: ten terms make one work at once, twenty examples give it a head, and no other notices.

#![allow(clippy::unwrap_used)] // helpers are tests too

use copydesk::enrich::topics::{
    CannotLearn, Classifier, EMBEDDED, Example, Model, TopicsConfig, learn,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    id: String,
    split: String,
    headline: String,
    body: String,
    #[serde(default)]
    new: Vec<String>,
    /// Neither right nor wrong.
    #[serde(default)]
    new_optional: Vec<String>,
}

/// The first articles, those of a daily's usual length, and all: begins of their ids, and the bars.
const SETS: [(&str, f64, f64); 3] = [("t", 0.75, 0.85), ("daily-", 0.75, 0.85), ("", 0.75, 0.80)];

const SEEDS: [(&str, &str); 3] = [
    (
        "heritage",
        "非遗 非物质文化遗产 传承人 传统技艺 传习所 非遗工坊 老手艺 代表性项目 剪纸 皮影",
    ),
    (
        "eldercare",
        "养老 养老院 敬老院 养老服务 失能老人 护理员 助餐 适老化 居家养老 老年大学",
    ),
    (
        "fire",
        "消防 消防员 消防救援 火灾 灭火 消防车 消防通道 起火 灭火器 火灾隐患",
    ),
];

/// The embedded taxonomy with one topic more.
fn with(id: &str, terms: &str) -> TopicsConfig {
    let terms: Vec<&str> = terms.split(' ').collect();
    TopicsConfig::parse(&format!(
        "{EMBEDDED}\n[[topic]]\nid = \"{id}\"\nname = \"{id}\"\ndecisive = {terms:?}\n"
    ))
    .unwrap()
}

fn gold(split: &str) -> Vec<Gold> {
    include_str!("gold/topics.jsonl")
        .lines()
        .chain(include_str!("gold/regional.jsonl").lines())
        .map(|line| serde_json::from_str::<Gold>(line).unwrap())
        .filter(|g| g.split == split)
        .collect()
}

fn f1(classifier: &Classifier, id: &str, set: &str) -> f64 {
    let (mut hits, mut found, mut wanted) = (0.0, 0.0, 0.0);
    let optional = |g: &Gold| g.new_optional.iter().any(|n| n == id);
    for article in gold("test") {
        if !article.id.starts_with(set) || optional(&article) {
            continue;
        }
        let is = article.new.iter().any(|n| n == id);
        let topics = classifier.classify(&article.headline, &article.body);
        let given = topics.iter().any(|t| t.id == id);
        hits += f64::from(is && given);
        found += f64::from(given);
        wanted += f64::from(is);
    }
    2.0 * hits / (found + wanted)
}

/// Seven articles about it and thirteen that are not.
fn examples(id: &str) -> Vec<Example> {
    let (about, others): (Vec<Gold>, Vec<Gold>) = gold("train")
        .into_iter()
        .partition(|g| g.new.iter().any(|n| n == id));
    let example = |given| {
        move |g: Gold| Example {
            headline: g.headline,
            body: g.body,
            given,
        }
    };
    let others = others.into_iter().step_by(7).take(13);
    about
        .into_iter()
        .map(example(true))
        .chain(others.map(example(false)))
        .collect()
}

#[test]
fn ten_terms_make_a_topic() {
    for (id, terms) in SEEDS {
        let classifier = Classifier::new(&with(id, terms)).unwrap();
        for (set, bar, _) in SETS {
            let f1 = f1(&classifier, id, set);
            println!("{id} by its terms on {set:?}: F1 {f1:.2}");
            assert!(f1 >= bar, "{id} {f1:.2}");
        }
    }
}

#[test]
fn twenty_examples_make_a_head_and_no_other_topic_notices() {
    let model = Model::embedded().unwrap();
    for (id, terms) in SEEDS {
        let config = with(id, terms);
        let head = learn(&config, &model, id, &[], &examples(id)).unwrap();
        let before = Classifier::with_model(&config, &model).unwrap();
        let after = Classifier::with_model(&config, &model.with_head(&head)).unwrap();
        for (set, _, bar) in SETS {
            let f1 = f1(&after, id, set);
            println!("{id} by twenty examples on {set:?}: F1 {f1:.2}");
            assert!(f1 >= bar, "{id} {f1:.2}");
        }
        for article in gold("test") {
            let others = |classifier: &Classifier| -> Vec<(String, f64)> {
                let scores = classifier.scores(&article.headline, &article.body);
                scores
                    .into_iter()
                    .filter(|(t, _)| *t != id)
                    .map(|(t, s)| (t.to_owned(), s))
                    .collect()
            };
            assert_eq!(others(&before), others(&after), "{}", article.headline);
        }
    }
}

#[test]
fn a_head_needs_both_sides_and_a_topic() {
    let model = Model::embedded().unwrap();
    let config = with(SEEDS[0].0, SEEDS[0].1);
    let mut examples = examples("heritage");
    assert_eq!(
        learn(&config, &model, "heritgae", &[], &examples),
        Err(CannotLearn::NoTopic("heritgae".to_owned()))
    );
    examples.retain(|e| e.given);
    let others = 0;
    assert_eq!(
        learn(&config, &model, "heritage", &[], &examples),
        Err(CannotLearn::OneSided {
            given: examples.len(),
            others
        })
    );
}

#[test]
fn a_head_is_kept_as_json_and_a_model_as_bytes() {
    let model = Model::embedded().unwrap();
    let config = with(SEEDS[0].0, SEEDS[0].1);
    let head = learn(&config, &model, "heritage", &[], &examples("heritage")).unwrap();
    let read = serde_json::from_str(&serde_json::to_string(&head).unwrap()).unwrap();
    let once = model.with_head(&read);
    assert_eq!(once, model.with_head(&head));
    assert_eq!(Model::from_bytes(&once.to_bytes().unwrap()).unwrap(), once);
    assert_eq!(
        once.with_head(&head).to_bytes().unwrap().len(),
        once.to_bytes().unwrap().len()
    );
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    let bytes = Model::embedded().unwrap().to_bytes().unwrap();
    assert!(bytes.len() <= 1_000_000);
    for cut in [0, 10, 4000, 100_000, bytes.len() - 1] {
        let error = Model::from_bytes(&bytes[..cut]).unwrap_err();
        assert!(
            error.to_string().contains("copydesk train topics"),
            "{error}"
        );
    }
}
