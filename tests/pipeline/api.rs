//! The NATS Services API, asked by nats-py.

use crate::support::{Room, SAMPLES, finish, python, sample, wait_until};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

#[test]
fn roles_are_seen_and_the_service_answers_any_client() {
    let Some(python) = python() else { return };
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let page = sample(SAMPLES[0]);
    room.put(SAMPLES[0], std::fs::read(&page).unwrap());
    let path = page.to_str().unwrap();
    let by_hand = room.run(&["process", path, "--source", "rsrb", "--format", "ndjson"]);
    let articles = by_hand.out.lines().count();
    wait_until("the page", || {
        wire.published("COPYDESK_ITEMS") >= articles as u64
    });
    let added = room.run(&[
        "channel",
        "add",
        "villages",
        "text:村",
        "--note",
        "给农业版",
    ]);
    assert_eq!(added.code, 0, "{added:?}");
    let stored = wire.published("COPYDESK_ITEMS");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/services.py");
    let ran = finish(
        Command::new(&python).arg(script).arg(room.url()).arg(&page),
        "",
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let seen: Value = serde_json::from_str(&ran.out).unwrap();

    let mut names: Vec<_> = list(&seen["ping"])
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "copydesk",
            "copydesk-enrich",
            "copydesk-fanout",
            "copydesk-watch",
            "copydesk-web"
        ]
    );
    for service in list(&seen["ping"]) {
        assert_eq!(service["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(service["metadata"]["prefix"], "copydesk", "{service}");
    }
    let endpoints = list(&seen["info"][0]["endpoints"]);
    let subjects: Vec<_> = endpoints.map(|e| e["subject"].as_str().unwrap()).collect();
    let wanted = ["process", "get", "channels"].map(|e| format!("copydesk.api.{e}"));
    assert!(
        wanted.iter().all(|w| subjects.contains(&w.as_str())),
        "{subjects:?}"
    );

    let events = seen["processed"]["events"].as_array().unwrap();
    assert_eq!(events.len(), articles);
    assert_eq!(
        wire.published("COPYDESK_ITEMS"),
        stored,
        "what was asked is not published"
    );
    assert_eq!(seen["got"]["subject"], events[0]["subject"]);
    assert_eq!(
        seen["got"]["data"]["item"]["title"],
        events[0]["data"]["item"]["title"]
    );
    let named = |name: &str| {
        list(&seen["channels"]["channels"])
            .find(|c| c["name"] == name)
            .cloned()
    };
    assert_eq!(named("all").unwrap()["subject"], "copydesk.channel.all.*");
    let villages = named("villages").unwrap();
    assert_eq!(
        (&villages["query"], &villages["note"], &villages["state"]),
        (&json!("text:村"), &json!("给农业版"), &json!("live"))
    );

    // More at once than are taken in hand: answered or told to come again, none left waiting.
    let burst: Vec<_> = list(&seen["burst"]).map(|c| c.as_u64().unwrap()).collect();
    assert!(burst.len() == 200 && burst.contains(&200), "{burst:?}");
    assert!(burst.iter().all(|c| [200, 503].contains(c)), "{burst:?}");

    let refused: Vec<_> = list(&seen["refused"]).collect();
    let codes: Vec<_> = refused
        .iter()
        .map(|r| r["code"].as_u64().unwrap())
        .collect();
    assert_eq!(
        codes,
        [400, 413, 400, 422, 400, 400, 404, 400],
        "{refused:#?}"
    );
    for (refusal, remedy) in refused.iter().zip([
        "send a page",
        "inbox",
        "lower-case",
        "",
        "e.g.",
        "e.g.",
        "no item",
        "e.g.",
    ]) {
        assert!(
            refusal["error"].as_str().unwrap().contains(remedy),
            "{refusal}"
        );
    }
    let process = list(&seen["stats"][0]["endpoints"])
        .find(|e| e["name"] == "process")
        .unwrap();
    assert_eq!(
        (&process["num_requests"], &process["num_errors"]),
        (&json!(5), &json!(4)),
        "{process}"
    );
    desk.stop();
}

fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or([].iter(), |a| a.iter())
}
