//! Feeds and items by id.

use crate::http::Site;
use crate::support::{Room, page, wait_for, wait_until};
use std::collections::BTreeSet;

#[test]
fn a_feed_is_paged_and_read_again_only_when_it_changed_and_what_is_killed_leaves_it() {
    let room = Room::new();
    let desk = room.up();
    let site = Site::of(&desk);
    room.put("20250318/01.md", page(1, 5));
    let wire = room.wire();
    wait_until("five items on the channel", || wire.on_channel("all") == 5);

    let whole = wait_for("five items in the feed", || {
        let feed = site.get("/feeds/all.json");
        assert_eq!(feed.status, 200, "{feed:?}");
        let items = feed.json()["items"].as_array().unwrap().len();
        (items == 5).then_some(feed)
    });
    assert!(
        whole
            .header("content-type")
            .unwrap()
            .starts_with("application/feed+json")
    );
    assert!(
        whole
            .header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );

    let mut ids = BTreeSet::new();
    let mut path = "/feeds/all.json?limit=2".to_owned();
    for count in [2, 2, 1] {
        let feed = site.get(&path).json();
        let items = feed["items"].as_array().unwrap();
        assert_eq!(items.len(), count, "{path}");
        ids.extend(
            items
                .iter()
                .map(|i| i["_copydesk"]["id"].as_str().unwrap().to_owned()),
        );
        let next = feed["next_url"].as_str().unwrap_or_default();
        path = next.replace(&format!("http://{}", site.address), "");
    }
    assert_eq!((ids.len(), path.as_str()), (5, ""));

    let atom = site.get("/feeds/all.atom");
    assert_eq!(
        atom.header("content-type"),
        Some("application/atom+xml; charset=utf-8")
    );
    let atom = atom_syndication::Feed::read_from(atom.body.as_bytes()).unwrap();
    assert_eq!(atom.entries().len(), 5);
    for entry in atom.entries() {
        assert!(!entry.title().is_empty() && !entry.authors().is_empty());
        assert!(entry.content().unwrap().value().unwrap().contains("水塘"));
    }

    let tag = whole.header("etag").unwrap();
    let modified = whole.header("last-modified").unwrap();
    for known in [("if-none-match", tag), ("if-modified-since", modified)] {
        let again = site.ask("GET", "/feeds/all.json", &[known]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known:?}");
    }

    let id = ids.first().unwrap();
    let item = site.ask(
        "GET",
        &format!("/items/{id}"),
        &[("accept", "application/cloudevents+json")],
    );
    assert_eq!(
        (item.status, item.json()["subject"].as_str()),
        (200, Some(id.as_str()))
    );
    assert_eq!(
        site.get(&format!("/items/{id}")).json()["enrichment"]["id"],
        id.as_str()
    );

    let ran = room.run(&["kill", id, "--reason", "人名有误,撤稿"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    wait_until("the killed item to leave the feed", || {
        let feed = site.ask("GET", "/feeds/all.json", &[("if-none-match", tag)]);
        feed.status == 200 && !feed.body.contains(id.as_str())
    });
    assert!(!site.get("/feeds/all.atom").body.contains(id.as_str()));
    let gone = site.get(&format!("/items/{id}"));
    assert_eq!(
        (gone.status, gone.json()["enrichment"]["action"].as_str()),
        (410, Some("kill"))
    );
}

#[test]
fn what_is_not_there_is_said_and_a_channel_without_items_is_an_empty_feed() {
    let room = Room::new();
    let desk = room.up();
    let site = Site::of(&desk);
    wait_until("the channels to be read", || {
        site.get("/feeds/sport.json").status == 200
    });
    let empty = site.get("/feeds/sport.json").json();
    assert_eq!(empty["items"].as_array().map(Vec::len), Some(0));
    let atom = site.get("/feeds/sport.atom");
    assert!(atom_syndication::Feed::read_from(atom.body.as_bytes()).is_ok());
    for (path, status) in [
        ("/feeds/nothing.json", 404),
        ("/feeds/all.xml", 400),
        ("/feeds/all.json?before=x", 400),
        ("/feeds/%ff.json", 400),
        ("/items/rsrb-20250318-01-k3v7q2ma", 404),
        ("/items/*", 404),
        ("/items/a.b-1-2-3", 404),
        ("/nowhere", 404),
    ] {
        assert_eq!(site.get(path).status, status, "{path}");
    }
}
