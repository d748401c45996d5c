//! The schemas in `docs/schemas`: what the types say, and true of what is published.
#![cfg(test)]

mod support;

use copydesk::bus::layout::Names;
use copydesk::schema;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use support::{Room, SAMPLES, sample};

fn kept(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/schemas")
        .join(file);
    std::fs::read_to_string(&path).unwrap_or_default()
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema).unwrap()
}

fn errors(validator: &Validator, instance: &Value) -> Vec<String> {
    let errors = validator.iter_errors(instance);
    errors
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect()
}

/// The events of the sample pages.
fn events(room: &Room) -> Vec<Value> {
    let pages: Vec<_> = SAMPLES.iter().map(|name| sample(name)).collect();
    let mut args = vec!["process", "--format", "ndjson", "--source", "rsrb"];
    args.extend(pages.iter().map(|p| p.to_str().unwrap()));
    let ran = room.run(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    let events = ran.out.lines().map(|l| serde_json::from_str(l).unwrap());
    events.collect()
}

#[test]
fn the_files_are_what_the_types_say_and_what_the_command_prints() {
    let room = Room::new();
    for (what, file, made) in [
        ("item", "item.schema.json", schema::item_json().unwrap()),
        (
            "asyncapi",
            "asyncapi.yaml",
            schema::asyncapi_yaml(&Names::new("copydesk")).unwrap(),
        ),
    ] {
        let ran = room.run(&["schema", what]);
        assert_eq!((ran.code, &ran.out), (0, &made), "{}", ran.err);
        assert!(
            kept(file) == made,
            "docs/schemas/{file} is not what the types say; if they are right: copydesk schema {what} > docs/schemas/{file}"
        );
    }
}

#[test]
fn events_of_the_sample_pages_are_valid_and_with_a_part_missing_or_wrong_they_are_not() {
    let schema = validator(&serde_json::from_str(&kept("item.schema.json")).unwrap());
    let events = events(&Room::new());
    assert!(events.len() > 10);
    for event in &events {
        let found = errors(&schema, event);
        assert!(found.is_empty(), "{found:#?}\n{event:#}");
    }
    for (pointer, key, value) in [
        ("", "specversion", json!("0.3")),
        ("", "type", json!("copydesk.item.v2")),
        ("", "subject", Value::Null),
        ("/data/enrichment", "action", json!("delete")),
        ("/data/enrichment", "revision", json!(-1)),
        ("/data/enrichment/issue", "date", json!("yesterday")),
        ("/data/item", "bodies", json!("text")),
        ("/data", "enrichment", Value::Null),
        ("/data", "delivery", json!({"channel": "all"})),
    ] {
        let mut event = events[0].clone();
        let object = event.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        object.insert(key.to_owned(), value.clone());
        assert!(
            !schema.is_valid(&event),
            "{pointer}/{key} = {value} is taken"
        );
        // Absent instead: what every event has is required.
        let object = event.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        object.remove(key);
        let optional = ["date", "delivery"].contains(&key);
        assert_eq!(
            schema.is_valid(&event),
            optional && key != "date",
            "{pointer}/{key} absent"
        );
    }
}

/// Names of all properties an object schema has, wherever it stands.
fn described(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                names.extend(properties.keys().cloned());
            }
            object.values().for_each(|v| described(v, names));
        }
        Value::Array(list) => list.iter().for_each(|v| described(v, names)),
        _ => {}
    }
}

fn keys(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            names.extend(object.keys().cloned());
            object.values().for_each(|v| keys(v, names));
        }
        Value::Array(list) => list.iter().for_each(|v| keys(v, names)),
        _ => {}
    }
}

#[test]
fn every_key_of_an_event_is_described() {
    let (mut known, mut used) = (BTreeSet::new(), BTreeSet::new());
    described(&schema::item(), &mut known);
    events(&Room::new()).iter().for_each(|e| keys(e, &mut used));
    let unknown: Vec<_> = used.difference(&known).collect();
    assert!(used.len() > 50 && unknown.is_empty(), "{unknown:?}");
}

#[test]
fn asyncapi_is_valid_and_names_every_subject_of_the_prefix() {
    let text = schema::asyncapi_yaml(&Names::new("desk2")).unwrap();
    let document: Value = serde_saphyr::from_str(&text).unwrap();
    let asyncapi = include_str!("schemas/asyncapi-3.0.0.json");
    let asyncapi = validator(&serde_json::from_str(asyncapi).unwrap());
    let found = errors(&asyncapi, &document);
    assert!(found.is_empty(), "{found:#?}");
    let mut bad = document.clone();
    bad["operations"]["sendItem"]["action"] = json!("publish");
    assert!(!asyncapi.is_valid(&bad));

    let addresses: BTreeSet<&str> = document["channels"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|c| c["address"].as_str())
        .collect();
    let wanted = [
        "$KV.desk2_channels.{channel}",
        "desk2.api.channels",
        "desk2.api.get",
        "desk2.api.process",
        "desk2.article.{source}.{id}",
        "desk2.channel.{channel}.{id}",
        "desk2.compact.{channel}.{id}",
        "desk2.control.kill",
        "desk2.control.retry",
        "desk2.dead.{role}.{id}",
        "desk2.event.{source}.{what}",
        "desk2.item.{source}.{id}",
    ];
    assert_eq!(addresses, wanted.into());
    // Every reference leads somewhere.
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                found.push(reference.clone());
            }
            object.values().for_each(|v| collect_references(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| collect_references(v, found)),
        _ => {}
    }
}
