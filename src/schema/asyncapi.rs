//! Every subject and what comes on it, as AsyncAPI 3.0. Addresses are the layout's own.

use crate::api::{ChannelList, Endpoint, FILE, Processed, SOURCE};
use crate::article::Article;
use crate::bus::dead;
use crate::bus::layout::{Names, StreamName};
use crate::channels::definition::Definition;
use crate::channels::delivered::{COMPACT_TYPE, Compact};
use crate::event::{CONTENT_TYPE, Event, SourceEvent};
use crate::trace::TRACEPARENT;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

const DESCRIPTION: &str = "\
Newspaper pages in, enriched items on NATS subjects out. Copydesk is the application described: what it sends, apps receive.

Read through JetStream: a durable consumer on the stream named with each channel gets everything at least once, in order of an \
article's revisions. Forget what was seen by `id` (`<article id>.<revision>`). `data.enrichment.action` says what to do: publish and \
update show the item, kill and withdraw take it away.";
const SCHEMAS: &str = "#/components/schemas/";

/// A subject: its address, what it is, what comes.
struct Subject {
    key: &'static str,
    address: String,
    description: String,
    message: Option<&'static str>,
    direction: Direction,
}

/// What copydesk does there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Send,
    Receive,
    /// Receives, and sends the answer.
    Answer(&'static str),
}

/// The document.
pub(super) fn document(names: &Names) -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = super::generator(settings);
    let messages = messages(&mut generator);
    super::add_delivery(&mut generator);
    let schemas = generator.take_definitions(true);
    let (mut channels, mut operations) = (Map::new(), Map::new());
    for subject in subjects(names) {
        channels.insert(subject.key.to_owned(), channel(&subject));
        operations.insert(operation_key(&subject), operation(&subject));
    }
    for (key, message) in [
        ("processed", "processed"),
        ("found", "item"),
        ("listed", "channelList"),
    ] {
        let answer = json!({
            "address": null,
            "description": "The answer, to the reply subject of the request; what is refused has the headers Nats-Service-Error-Code and Nats-Service-Error instead, with what to do.",
            "messages": {message: {"$ref": format!("#/components/messages/{message}")}},
        });
        channels.insert(key.to_owned(), answer);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "copydesk",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": env!("CARGO_PKG_LICENSE")},
        },
        "defaultContentType": "application/json",
        "servers": {"desk": {
            "host": "127.0.0.1:4222",
            "protocol": "nats",
            "description": "The private server of `copydesk up`: `.copydesk/nats.url` has the address with its credentials. Or a NATS of yours.",
        }},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    })
}

fn subjects(names: &Names) -> Vec<Subject> {
    use Direction::{Answer, Receive, Send};
    let stream = |which, text: &str| format!("{text} Stream {}.", names.stream(which));
    let subject = |key, address: String, description: String, message, direction| Subject {
        key,
        address,
        description,
        message,
        direction,
    };
    let (source, id, channel) = ("{source}", "{id}", "{channel}");
    let api = |key, endpoint: Endpoint, message, answer| {
        let about = format!("{}.", endpoint.description());
        subject(
            key,
            names.api(endpoint.as_str()),
            about,
            message,
            Answer(answer),
        )
    };
    vec![
        subject(
            "channel",
            names.channel(channel, id),
            stream(
                StreamName::Channels,
                "What a channel gets, with the reason. What applications subscribe to; the newest revision of each item is kept and can be replayed.",
            ),
            Some("item"),
            Send,
        ),
        subject(
            "compact",
            names.compact(channel, id),
            stream(
                StreamName::Channels,
                "The same in few words, for channels that want it.",
            ),
            Some("compact"),
            Send,
        ),
        subject(
            "item",
            names.item(source, id),
            stream(
                StreamName::Items,
                "Every item, whatever channel wants it: the archive. The newest 16 revisions of each are kept.",
            ),
            Some("item"),
            Send,
        ),
        subject(
            "event",
            names.event(source, "{what}"),
            format!(
                "A source has gone quiet against its habit, or is heard of again. Stream {}.",
                names.events()
            ),
            Some("source"),
            Send,
        ),
        subject(
            "dead",
            names.dead("{role}", id),
            stream(
                StreamName::Dead,
                "What failed for good: the message as it was, with the reason in its headers. `copydesk dead` shows and retries.",
            ),
            Some("dead"),
            Send,
        ),
        subject(
            "article",
            names.article(source, id),
            stream(
                StreamName::Articles,
                "Articles on their way from watch to enrich: a work queue, internal, gone once enriched.",
            ),
            Some("article"),
            Send,
        ),
        subject(
            "definition",
            format!("$KV.{}.{channel}", names.channels_bucket()),
            format!(
                "A channel made while running is a key of the bucket {}: put one with any NATS client, or `copydesk channel add`.",
                names.channels_bucket()
            ),
            Some("definition"),
            Receive,
        ),
        subject(
            "kill",
            names.control("kill"),
            "Internal, core NATS: the subject of an item that was killed, so that fan-outs need not come to it in the stream first."
                .into(),
            Some("text"),
            Receive,
        ),
        subject(
            "retry",
            names.control("retry"),
            "Internal, core NATS: `<source> <path in base64>` of a file to be looked at again; its watcher answers.".into(),
            Some("text"),
            Receive,
        ),
        api("process", Endpoint::Process, Some("page"), "processed"),
        api("get", Endpoint::Get, Some("id"), "found"),
        api("channels", Endpoint::Channels, None, "listed"),
    ]
}

fn parameter(name: &str) -> Value {
    let description = match name {
        "source" => "Name of the newspaper or feed: lower-case ASCII letters, digits, `_`, `-`",
        "id" => "The article's id, `<source>-<yyyymmdd>-<page>-<hash>`; of a dead file, its key",
        "channel" => "Name of the channel",
        "role" => "Who gave up",
        _ => "What happened",
    };
    match name {
        "role" => {
            let roles: Vec<_> = crate::service::Role::ALL
                .iter()
                .map(|r| r.as_str())
                .collect();
            json!({"description": description, "enum": roles})
        }
        "what" => json!({"description": description, "enum": ["quiet", "resumed"]}),
        _ => json!({"description": description}),
    }
}

fn channel(subject: &Subject) -> Value {
    let names = subject.address.split('.').filter_map(|token| {
        let name = token.strip_prefix('{')?.strip_suffix('}')?;
        Some((name.to_owned(), parameter(name)))
    });
    let message = subject.message.unwrap_or("nothing");
    json!({
        "address": subject.address,
        "description": subject.description,
        "parameters": names.collect::<Map<_, _>>(),
        "messages": {message: {"$ref": format!("#/components/messages/{message}")}},
    })
}

fn operation_key(subject: &Subject) -> String {
    let verb = match subject.direction {
        Direction::Send => "send",
        Direction::Receive => "take",
        Direction::Answer(_) => "answer",
    };
    let mut letters = subject.key.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    verb.chars().chain(first).chain(letters).collect()
}

fn operation(subject: &Subject) -> Value {
    let reference = |key: &str| json!({"$ref": format!("#/channels/{key}")});
    let mut operation = json!({
        "action": if subject.direction == Direction::Send { "send" } else { "receive" },
        "channel": reference(subject.key),
    });
    if let Direction::Answer(answer) = subject.direction {
        operation["reply"] = json!({"channel": reference(answer)});
        // Queue group of the NATS Services API: each request goes to one process.
        operation["bindings"] = json!({"nats": {"queue": "q", "bindingVersion": "0.1.0"}});
    }
    operation
}

fn messages(generator: &mut SchemaGenerator) -> Value {
    let text = json!({"type": "string"});
    let headers = |list: &[(&str, &str)]| {
        let property = |&(name, about): &(&str, &str)| {
            (
                name.to_owned(),
                json!({"type": "string", "description": about}),
            )
        };
        json!({"type": "object", "properties": list.iter().map(property).collect::<Map<_, _>>()})
    };
    let sent = headers(&[
        ("Nats-Msg-Id", "Unique for article, stage and revision"),
        (
            TRACEPARENT,
            "W3C trace context, from the file to every channel",
        ),
    ]);
    let message = |title: &str, kind: &str, payload: Value| json!({"title": title, "contentType": kind, "payload": payload});
    let with = |mut message: Value, headers: Value| {
        message["headers"] = headers;
        message
    };
    json!({
        "item": with(message("An item, structured CloudEvents", CONTENT_TYPE, schema::<Event>(generator)), sent.clone()),
        "compact": with(message("An item in few words", COMPACT_TYPE, schema::<Compact<'_>>(generator)), sent.clone()),
        "source": message("What happened to a source", CONTENT_TYPE, schema::<SourceEvent>(generator)),
        "article": with(message("An article", "application/json", schema::<Article>(generator)), sent),
        "dead": with(
            message("A message nobody could work on, as it was", "application/octet-stream", json!({})),
            headers(&[
                (dead::REASON, "Why"),
                (dead::ROLE, "Who gave up"),
                (dead::ATTEMPTS, "How often it was tried"),
                (dead::SUBJECT, "Where it came from, to be published to again"),
                (dead::ORDER, "Its place among the articles"),
            ]),
        ),
        "definition": message("A channel", "application/json", schema::<Definition>(generator)),
        "page": with(
            message("A page or an article, as an inbox takes it", "text/plain", text.clone()),
            headers(&[
                (SOURCE, "Source it is of: one of the configuration, or any name; else `desk`"),
                (FILE, "Path of the file, from which issue date and page are read: 20240105/02.md"),
            ]),
        ),
        "processed": message("Its events", "application/json", schema::<Processed>(generator)),
        "id": message("An id", "text/plain", text.clone()),
        "channelList": message("Channels", "application/json", schema::<ChannelList>(generator)),
        "text": message("One line", "text/plain", text),
        "nothing": message("An empty message", "text/plain", json!({"type": "string", "maxLength": 0})),
    })
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>();
    json!({"$ref": format!("{SCHEMAS}{}", T::schema_name())})
}
