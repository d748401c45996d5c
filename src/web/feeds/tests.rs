use super::*;
use crate::item::Item;
use proptest::prelude::*;
use serde_json::{Value, json};

fn event(id: &str, title: &str, body: &str) -> Event {
    let item: Item = serde_json::from_value(json!({
        "item": {
            "uri": format!("urn:copydesk:{id}"), "type": "text", "representationType": "full", "version": "1", "pubStatus": "usable",
            "urgency": 5, "language": "zh-Hans", "title": title, "standard": {"name": "ninjs", "version": "3.0", "schema": ""},
            "bodies": [{"role": "main", "contentType": "text/plain", "value": body}],
        },
        "enrichment": {
            "id": id, "revision": 1, "action": "publish", "sourceName": "rsrb", "kind": "news",
            "issue": {"date": "2025-03-18", "page": "01", "dateFrom": "path"}, "subheads": [], "sections": [],
            "source": {"file": "", "sha256": "", "encoding": "", "lines": []},
            "text": {"unit": "codepoint", "ref": "bodies[0].value", "sha256": ""},
            "topics": [{"id": "agriculture", "name": "农业\u{1}<&\"", "score": 0.7, "evidence": []}],
            "entities": [], "quality": {"flags": []}, "models": {"entities": "", "topics": ""}
        }
    }))
    .unwrap();
    let time = "2025-03-18T01:02:03.000Z";
    Event::new(item, 1, Action::Publish, time, time, None)
}

fn page(events: &[Event]) -> Feed<'_> {
    Feed {
        channel: "agriculture",
        base: "http://127.0.0.1:8470",
        this: "/feeds/agriculture.atom",
        next: Some("/feeds/agriculture.atom?before=3&limit=7"),
        updated: "2025-03-18T01:02:03.000Z",
        events,
    }
}

#[test]
fn json_feed_has_what_version_1_1_requires() {
    let events = [event(
        "rsrb-20250318-01-k3v7q2ma",
        "水塘清淤完工",
        "三月十七日,工程完工。",
    )];
    let feed: Value = serde_json::from_slice(&page(&events).json()).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert!(feed["title"].is_string() && feed["next_url"].is_string());
    let item = &feed["items"][0];
    assert_eq!(item["id"], "urn:copydesk:rsrb-20250318-01-k3v7q2ma");
    assert_eq!(
        item["url"],
        "http://127.0.0.1:8470/items/rsrb-20250318-01-k3v7q2ma"
    );
    assert_eq!(item["content_text"], "三月十七日,工程完工。");
    for date in ["date_published", "date_modified"] {
        assert!(item[date].as_str().unwrap().parse::<Timestamp>().is_ok());
    }
    let known = [
        "id",
        "url",
        "title",
        "content_text",
        "summary",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
    ];
    let keys = item.as_object().unwrap().keys();
    for key in keys {
        assert!(
            key.starts_with('_') || known.contains(&key.as_str()),
            "{key}"
        );
    }
}

#[test]
fn http_dates_are_read_as_they_are_written() {
    let stamps = Stamps {
        tag: "W/\"a\"".into(),
        modified: "2025-03-18T01:02:03.400Z".parse().ok(),
    };
    let headers = stamps.headers();
    assert_eq!(
        headers[header::LAST_MODIFIED],
        "Tue, 18 Mar 2025 01:02:03 GMT"
    );
    for (name, value, known) in [
        (
            header::IF_MODIFIED_SINCE,
            "Tue, 18 Mar 2025 01:02:03 GMT",
            true,
        ),
        (
            header::IF_MODIFIED_SINCE,
            "Tue, 18 Mar 2025 01:02:02 GMT",
            false,
        ),
        (header::IF_MODIFIED_SINCE, "yesterday", false),
        (header::IF_NONE_MATCH, "W/\"a\"", true),
        (header::IF_NONE_MATCH, "\"b\", \"a\"", true),
        (header::IF_NONE_MATCH, "*", true),
        (header::IF_NONE_MATCH, "W/\"b\"", false),
    ] {
        let asked = HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        assert_eq!(stamps.is_known(&asked), known, "{value}");
    }
}

proptest! {
    #[test]
    fn any_text_gives_an_atom_feed_that_a_library_reads_back(title in any::<String>(), body in any::<String>()) {
        let events = [event("rsrb-20250318-01-k3v7q2ma", &title, &body)];
        let atom = page(&events).atom();
        let feed = atom_syndication::Feed::read_from(&atom[..]).unwrap();
        prop_assert_eq!(feed.id(), "urn:copydesk:channel:agriculture");
        prop_assert_eq!(feed.links().len(), 2);
        prop_assert_eq!(feed.links()[1].href(), "http://127.0.0.1:8470/feeds/agriculture.atom?before=3&limit=7");
        let entry = &feed.entries()[0];
        prop_assert_eq!(entry.id(), "urn:copydesk:rsrb-20250318-01-k3v7q2ma");
        prop_assert_eq!(entry.authors()[0].name(), "rsrb");
        prop_assert_eq!(entry.categories()[0].label(), Some("农业<&\""));
        prop_assert_eq!(entry.updated().timestamp(), 1_742_259_723);
    }
}
