//! Every event is valid CloudEvents and ninjs, and every offset means what it says.

use crate::support::{Received, Room, SAMPLES, sample, wait_until};
use copydesk::event::sha256_hex;
use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// ninjs refers to GeoJSON for a property copydesk does not fill; nothing is fetched.
struct Stub;

impl Retrieve for Stub {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        match uri.as_str() {
            "https://geojson.org/schema/GeoJSON.json" => Ok(json!({})),
            other => Err(format!("{other} is not to be fetched").into()),
        }
    }
}

struct Schemas {
    cloudevents: Validator,
    ninjs: Validator,
}

impl Schemas {
    fn load() -> Self {
        let build = |text: &str| {
            let schema = serde_json::from_str(text).unwrap();
            jsonschema::options()
                .with_retriever(Stub)
                .should_validate_formats(true)
                .build(&schema)
                .unwrap()
        };
        Self {
            cloudevents: build(include_str!("../schemas/cloudevents.json")),
            ninjs: build(include_str!("../schemas/ninjs-schema_3.0.json")),
        }
    }

    fn check(&self, event: &Value) {
        for (schema, instance) in [
            (&self.cloudevents, event),
            (&self.ninjs, &event["data"]["item"]),
        ] {
            let errors: Vec<_> = schema
                .iter_errors(instance)
                .map(|e| format!("{} at {}", e, e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}\n{instance:#}");
        }
    }
}

#[test]
fn the_schemas_refuse_what_is_no_event_of_theirs() {
    let schemas = Schemas::load();
    assert!(!schemas.cloudevents.is_valid(&json!({"specversion": "1.0"})));
    assert!(schemas.ninjs.is_valid(&json!({"uri": "urn:a:b"})));
    assert!(
        !schemas
            .ninjs
            .is_valid(&json!({"uri": "urn:a:b", "enrichment": {}}))
    );
}

/// `text[start:end]` as Python has it, of an object with `start` and `end`.
fn slice<'a>(chars: &'a [char], span: &Value) -> &'a [char] {
    let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
    let (start, end) = (at("start"), at("end"));
    assert!(
        start < end && end <= chars.len(),
        "{span} in {} code points",
        chars.len()
    );
    &chars[start..end]
}

fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or([].iter(), |a| a.iter())
}

fn offsets(event: &Value) {
    let (item, enrichment) = (&event["data"]["item"], &event["data"]["enrichment"]);
    let body_text = item["bodies"][0]["value"].as_str().unwrap();
    let body: Vec<char> = body_text.chars().collect();
    let headline = list(&item["headlines"]).find(|h| h["role"] == "main");
    let headline: Vec<char> = headline.map_or(Vec::new(), |h| {
        h["value"].as_str().unwrap().chars().collect()
    });
    let text = |chars: &[char]| chars.iter().collect::<String>();

    assert_eq!(enrichment["text"]["unit"], "codepoint");
    assert_eq!(enrichment["text"]["ref"], "bodies[0].value");
    assert_eq!(
        enrichment["text"]["sha256"],
        sha256_hex(body_text.as_bytes())
    );

    for topic in list(&enrichment["topics"]) {
        assert!(
            !list(&topic["evidence"]).as_slice().is_empty(),
            "{topic} rests on nothing"
        );
        for evidence in list(&topic["evidence"]) {
            let field = if evidence["in"] == "headline" {
                &headline
            } else {
                &body
            };
            assert_eq!(
                text(slice(field, evidence)),
                evidence["term"].as_str().unwrap(),
                "{evidence}"
            );
        }
    }
    for entity in list(&enrichment["entities"]) {
        let mentions = list(&entity["mentions"]);
        if mentions.as_slice().is_empty() {
            let name = entity["name"].as_str().unwrap();
            let mut heads = list(&item["headlines"]).map(|h| h["value"].as_str().unwrap());
            // A resolved place has its full name, the headline may have the short one.
            let stem: String = name.chars().take(2).collect();
            assert!(heads.any(|h| h.contains(&stem)), "{entity} stands nowhere");
            continue;
        }
        for mention in mentions {
            let said = text(slice(&body, mention));
            assert_eq!(said.trim(), said, "{entity}");
            assert!(!said.contains('\n'), "{entity}: {said:?}");
        }
        let name = entity["name"].as_str().unwrap();
        if entity["kind"] == "person" {
            let said = list(&entity["mentions"]).map(|m| text(slice(&body, m)));
            assert!(
                said.into_iter().any(|s| s == name),
                "{name} is nowhere called so: {entity}"
            );
        }
    }
    for part in list(&enrichment["subheads"]).chain(list(&enrichment["sections"])) {
        // Nothing may stand below a subhead: a picture did, or the column is lost.
        if part["start"] != part["end"] {
            let passage = text(slice(&body, part));
            assert_eq!(
                passage.trim(),
                passage,
                "{part} does not begin and end with a paragraph"
            );
        }
        assert!(part["end"].as_u64().unwrap() <= body.len() as u64, "{part}");
    }
    for flag in list(&enrichment["quality"]["flags"]) {
        if flag.get("start").is_some() {
            let at = |key: &str| usize::try_from(flag[key].as_u64().unwrap()).unwrap();
            // A flag may mark a point: what is missing stands nowhere.
            assert!(
                at("start") <= at("end") && at("end") <= body.len(),
                "{flag}"
            );
        }
        let known = copydesk::article::flag::ALL;
        assert!(known.contains(&flag["code"].as_str().unwrap()), "{flag}");
    }
}

/// Every place a reason names lies in the text it names.
fn reasons(event: &Value, why: &Value) {
    for hit in list(why).flat_map(|clause| list(&clause["hits"])) {
        let item = &event["data"]["item"];
        let text = match hit["in"].as_str().unwrap() {
            "body" => item["bodies"][0]["value"].as_str().unwrap(),
            role => {
                let role = if role == "headline" { "main" } else { role };
                let head = list(&item["headlines"]).find(|h| h["role"] == role);
                head.unwrap()["value"].as_str().unwrap()
            }
        };
        slice(&text.chars().collect::<Vec<_>>(), hit);
    }
}

fn envelope(message: &Received) {
    let (event, id) = (&message.json, message.id());
    assert_eq!(message.content_type, "application/cloudevents+json");
    assert_eq!(event["type"], "copydesk.item.v1");
    assert_eq!(event["id"], format!("{id}.{}", message.revision()));
    assert_eq!(
        (&event["subject"], &event["partitionkey"]),
        (&json!(id), &json!(id))
    );
    assert_eq!(event["data"]["item"]["uri"], format!("urn:copydesk:{id}"));
    assert!(message.subject.is_ascii() && id.is_ascii());
    // One trace from the file to every channel.
    let trace = |context: &str| context.split('-').nth(1).unwrap().to_owned();
    let own = event["traceparent"].as_str().unwrap();
    assert_eq!(own.len(), 55);
    assert_eq!(trace(own), trace(&message.traceparent));
}

fn check(messages: &[Received]) {
    let schemas = Schemas::load();
    for message in messages {
        schemas.check(&message.json);
        offsets(&message.json);
        envelope(message);
    }
}

#[test]
fn events_of_the_sample_pages_are_valid_and_their_offsets_true() {
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    for name in SAMPLES {
        room.put(name, std::fs::read(sample(name)).unwrap());
    }
    // 19 pieces; three of them begin on one page and end on the other, and are whole in the end.
    let mut came = items.take(19);
    wait_until("three joined", || {
        came.extend(items.rest());
        let joined = |i: &&Received| i.json["data"]["enrichment"]["continuation"]["joined"] == true;
        came.iter()
            .filter(joined)
            .map(Received::id)
            .collect::<BTreeSet<_>>()
            .len()
            == 3
    });
    assert_eq!(
        came.iter().map(Received::id).collect::<BTreeSet<_>>().len(),
        19
    );
    check(&came);
    let mut channels = wire.subscribe("COPYDESK_CHANNELS");
    let delivered = channels.rest();
    assert!(delivered.len() > came.len());
    for message in &delivered {
        let item = came
            .iter()
            .find(|i| i.json["id"] == message.json["id"])
            .unwrap();
        let mut event = message.json.clone();
        let data = event["data"].as_object_mut().unwrap();
        let delivery = data.remove("delivery").unwrap();
        assert_eq!(item.json, event, "a channel gets the event as it is");
        assert_eq!(delivery["channel"], message.channel());
        reasons(&item.json, &delivery["why"]);
        envelope(message);
    }
    desk.stop();
}

#[test]
fn the_seed_page_comes_out_as_14_valid_items() {
    let shared = std::env::var_os("COPYDESK_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        Into::into,
    );
    let Ok(seed) = std::fs::read(shared.join("pages/seed/page.md")) else {
        println!(
            "skipped: no {} (COPYDESK_SHARED names its folder)",
            shared.display()
        );
        return;
    };
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    room.put("page.md", seed);
    let mut came = items.take(14);
    came.extend(items.rest());
    assert_eq!(
        came.len(),
        14,
        "{:?}",
        came.iter().map(Received::title).collect::<Vec<_>>()
    );
    check(&came);
    desk.stop();
}
