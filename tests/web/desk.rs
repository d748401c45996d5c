//! What the desk page asks: answers, events that go on where they were, refusals that say why.

use crate::http::{Answer, Site};
use crate::support::{Room, SAMPLES, page, sample, wait_for, wait_until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

const OWN: (&str, &str) = ("x-copydesk-csrf", "1");
const JSON: (&str, &str) = ("content-type", "application/json");

fn post(web: &Site, request: &str, body: &Value) -> Answer {
    web.send(request, &[OWN, JSON], &body.to_string())
}

/// A room with the sample pages on its desk, and the ids.
fn with_samples(room: &Room, web: &Site) -> Vec<String> {
    for name in SAMPLES {
        room.put(name, std::fs::read(sample(name)).unwrap());
    }
    let items = wait_for("19 items, each on `all`", || {
        let list = web.get("/api/desk/items").json();
        let items = list["items"].as_array().unwrap().clone();
        let on_all = |i: &Value| i["channels"].as_array().unwrap().contains(&json!("all"));
        (items.len() == 19 && items.iter().all(on_all)).then_some(items)
    });
    let id = |i: &Value| i["id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}

/// Events of the stream until `count` of them are of this kind: kind, id, data.
fn events(
    web: &Site,
    path: &str,
    headers: &str,
    kind: &str,
    count: usize,
) -> Vec<(String, String, Value)> {
    let mut line = TcpStream::connect(&web.address).unwrap();
    let host = &web.address;
    write!(line, "GET {path} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n").unwrap();
    line.set_read_timeout(Some(crate::support::PATIENCE))
        .unwrap();
    let (mut events, mut event) = (Vec::new(), (String::new(), String::new(), Value::Null));
    for line in BufReader::new(line).lines() {
        let line = line.unwrap();
        if let Some(value) = line.strip_prefix("event: ") {
            event.0 = value.to_owned();
        } else if let Some(value) = line.strip_prefix("id: ") {
            event.1 = value.to_owned();
        } else if let Some(value) = line.strip_prefix("data: ") {
            event.2 = serde_json::from_str(value).unwrap();
        } else if line.is_empty() && !event.0.is_empty() {
            events.push(std::mem::take(&mut event));
            if events.iter().filter(|e| e.0 == kind).count() == count {
                return events;
            }
        }
    }
    panic!("the stream ended with {events:?}");
}

#[test]
fn the_stream_goes_on_where_a_browser_was_and_tells_what_its_filter_wants() {
    let room = Room::new();
    let desk = room.up();
    let web = Site::of(&desk);
    let at = web.get("/api/desk/items").json()["at"]
        .as_str()
        .unwrap()
        .to_owned();
    room.put("20250318/01.md", page(1, 3));
    let path = format!("/api/desk/stream?after={at}");
    let first = events(&web, &path, "", "item", 3);
    let ids: Vec<&str> = first.iter().filter_map(|e| e.2["id"].as_str()).collect();
    // Again from there: a browser sends Last-Event-ID, which goes before what the address says.
    let last = wait_for("a place behind three items", || {
        let at = web.get("/api/desk/items").json()["at"]
            .as_str()
            .unwrap()
            .to_owned();
        at.starts_with("3-").then_some(at)
    });
    room.put("20250318/02.md", page(2, 2));
    let header = format!("last-event-id: {last}\r\n");
    let again = events(&web, &path, &header, "item", 2);
    let items: Vec<_> = again.iter().filter(|e| e.0 == "item").collect();
    assert!(
        items
            .iter()
            .all(|e| !ids.contains(&e.2["id"].as_str().unwrap())),
        "{again:?}"
    );
    // All five, those the filter wants told apart.
    let path = format!("/api/desk/stream?after={at}&q=%E7%AC%AC2%E6%89%B9");
    let wanted = events(&web, &path, "", "match", 2);
    assert!(
        wanted
            .iter()
            .filter(|e| e.0 == "match")
            .all(|e| e.2["title"].as_str().unwrap().contains("第2批"))
    );
    // A place nobody remembers.
    let gone = events(&web, "/api/desk/stream?after=999999-1", "", "reset", 1);
    assert_eq!(gone.last().unwrap().0, "reset");
    // Somebody listening does not hold the end of the daemon.
    let _listener = TcpStream::connect(&web.address).and_then(|mut line| {
        let host = &web.address;
        write!(
            line,
            "GET /api/desk/stream HTTP/1.1\r\nhost: {host}\r\n\r\n"
        )?;
        Ok(line)
    });
    desk.stop();
}

#[test]
fn an_item_comes_with_its_revisions_reasons_and_source_lines() {
    let room = Room::new();
    let desk = room.up();
    let web = Site::of(&desk);
    let ids = with_samples(&room, &web);
    for id in &ids {
        let shown = web.get(&format!("/api/desk/items/{id}")).json();
        let enrichment = &shown["event"]["data"]["enrichment"];
        assert_eq!(enrichment["id"], **id);
        let revisions = shown["revisions"].as_array().unwrap();
        assert_eq!(
            revisions.last().unwrap()["revision"],
            enrichment["revision"]
        );
        let why = shown["why"].as_array().unwrap();
        assert!(
            why.iter()
                .any(|w| w["channel"] == "all" && w["holds"] == true),
            "{shown:#}"
        );
        let source = web.get(&format!("/api/desk/items/{id}/source")).json();
        let read = source["files"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|f| f["lines"].as_array().unwrap());
        let text: String = read
            .filter(|l| l["read"] == true)
            .map(|l| l["text"].as_str().unwrap())
            .collect();
        let body = shown["event"]["data"]["item"]["bodies"][0]["value"]
            .as_str()
            .unwrap();
        let words: String = body.chars().take(6).collect();
        assert!(text.contains(&words), "{id}: {words} is not in {text}");
    }
    let why_not = web
        .get(&format!("/api/desk/items/{}/why/sport", ids[0]))
        .json();
    assert_eq!(why_not["channel"], "sport");
    let found = web.get("/api/desk/search?q=topic:law").json();
    assert_eq!(found["searched"], 19);
    assert_eq!(found["matched"], found["items"].as_array().unwrap().len());
    let trial = web.get("/api/desk/trial?q=kind:notice&days=1").json();
    assert!(
        trial["matched"].as_u64().unwrap() > 0 && trial["searched"] == 19,
        "{trial:#}"
    );
    assert_eq!(trial["days"][0][1], trial["matched"]);
    desk.stop();
}

#[test]
fn changes_are_made_as_on_the_command_line_and_refused_with_a_reason() {
    let room = Room::new();
    let desk = room.up();
    let web = Site::of(&desk);
    let ids = with_samples(&room, &web);
    let id = &ids[0];
    let topics = format!("POST /api/desk/items/{id}/topics");
    let told = json!({"topic": "sport", "verdict": "assert", "by": "龚岚"});
    // Not from a form of another page.
    assert_eq!(web.send(&topics, &[JSON], &told.to_string()).status, 403);
    let done = post(&web, &topics, &told);
    assert_eq!(done.status, 200, "{done:?}");
    wait_until("it is on the channel", || {
        let list = web.get("/api/desk/items").json();
        let item = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["id"] == **id)
            .cloned();
        item.is_some_and(|i| i["channels"].as_array().unwrap().contains(&json!("sport")))
    });
    let undo = json!({"topic": "sport", "verdict": "undo", "by": "龚岚"});
    assert_eq!(post(&web, &topics, &undo).status, 200);
    wait_until("it is withdrawn from the channel", || {
        let list = web.get("/api/desk/items").json();
        let item = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["id"] == **id)
            .cloned();
        item.is_some_and(|i| !i["channels"].as_array().unwrap().contains(&json!("sport")))
    });
    for (request, body, status, says) in [
        (
            topics.as_str(),
            json!({"topic": "nothing", "verdict": "assert", "by": "a"}),
            400,
            "there is no topic",
        ),
        (
            topics.as_str(),
            json!({"topic": "sport", "verdict": "assert", "by": " "}),
            400,
            "who decides",
        ),
        (
            "POST /api/desk/items/rsrb-1-2-3/kill",
            json!({"reason": "x"}),
            404,
            "there is no item",
        ),
        (
            "POST /api/desk/items/rs%3Eb-1-2-3/kill",
            json!({"reason": "x"}),
            404,
            "there is no item",
        ),
        (
            "PUT /api/desk/channels/all",
            json!({"query": "*"}),
            409,
            "channel of the configuration",
        ),
        (
            "PUT /api/desk/channels/No",
            json!({"query": "*"}),
            422,
            "is no channel name",
        ),
        (
            "PUT /api/desk/channels/a",
            json!({"query": "topik:x"}),
            422,
            "there is no field",
        ),
        (
            "DELETE /api/desk/channels/nothing",
            json!({}),
            404,
            "there is no channel",
        ),
    ] {
        let answer = post(&web, request, &body);
        assert_eq!(answer.status, status, "{request} {body} {answer:?}");
        assert!(
            answer.json()["message"].as_str().unwrap().contains(says),
            "{answer:?}"
        );
    }
    let wrong = web.get("/api/desk/search?q=%E5%86%9C%20topik:x").json();
    assert_eq!(
        (&wrong["start"], &wrong["end"]),
        (&json!(2), &json!(7)),
        "{wrong}"
    );
    let made = post(
        &web,
        "PUT /api/desk/channels/notices",
        &json!({"query": "kind:notice", "note": "n"}),
    );
    assert_eq!(made.status, 200, "{made:?}");
    assert!(room.run(&["channel", "list"]).out.contains("notices"));
    let killed = post(
        &web,
        &format!("POST /api/desk/items/{id}/kill"),
        &json!({"reason": "人名有误"}),
    );
    assert_eq!(killed.status, 200, "{killed:?}");
    let got = room.run(&["get", id, "--format", "json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&got.out).unwrap()["data"]["enrichment"]["action"],
        "kill"
    );
    let after = post(&web, &topics, &told);
    assert_eq!(after.status, 409, "{after:?}");
    desk.stop();
}
