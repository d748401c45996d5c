//! Any line is read or refused, never fatal; a mistake is pointed at inside the line; what is read means the same to the
//! index as to the plain evaluation.

#![no_main]

use copydesk::channels::{Channel, Matcher, Query, TopicName, Vocabulary};
use copydesk::item::Item;
use libfuzzer_sys::fuzz_target;

/// An item whose body is the line itself, so that its phrases are found.
fn item(body: &str) -> Option<Item> {
    serde_json::from_value(serde_json::json!({
        "item": {
            "uri": "urn:copydesk:a", "type": "text", "representationType": "full", "version": "1", "pubStatus": "usable",
            "urgency": 5, "language": "zh-Hans", "title": "", "standard": {"name": "ninjs", "version": "3.0", "schema": ""},
            "bodies": [{"role": "main", "contentType": "text/plain", "value": body}]
        },
        "enrichment": {
            "id": "a", "revision": 1, "action": "publish", "sourceName": "zzrb", "kind": "news",
            "issue": {"date": "2024-01-05", "page": "01", "dateFrom": "path"}, "subheads": [], "sections": [],
            "source": {"file": "", "sha256": "", "encoding": "", "lines": []},
            "text": {"unit": "codepoint", "ref": "bodies[0].value", "sha256": ""},
            "topics": [{"id": "sport", "name": "体育", "score": 0.7, "evidence": []}],
            "entities": [], "quality": {"flags": []}, "models": {"entities": "", "topics": ""}
        }
    }))
    .ok()
}

fuzz_target!(|line: &str| {
    let topic = |id: &str, parents: &[&str]| TopicName {
        id: id.to_owned(),
        name: String::new(),
        parents: parents.iter().map(|&p| p.to_owned()).collect(),
    };
    let vocabulary = Vocabulary {
        topics: vec![topic("society", &[]), topic("sport", &["society"])],
        sources: Vec::new(),
    };
    match Query::parse(line, &vocabulary) {
        Err(problem) => assert!(problem.span.is_some_and(|span| line.get(span).is_some())),
        Ok(query) => {
            let item = item(line).expect("the frame above is an item");
            let channel = Channel {
                name: "a".to_owned(),
                query: line.to_owned(),
            };
            let (matcher, refused) = Matcher::new(&[channel], &vocabulary);
            assert!(refused.is_empty());
            assert_eq!(!matcher.matches(&item).is_empty(), query.holds(&item));
            assert_eq!(query.explain(&item).holds, query.holds(&item));
        }
    }
});
