//! NewsML-G2: a news item, or a message with several. Packages and other items that carry no story are told apart, not read.

use super::nitf::{self, fill};
use super::tree::Element;
use super::wire::Wire;
use super::{Items, html};
use crate::article::Furniture;

/// Items of NewsML-G2 that are no stories, and what they are.
const OTHERS: [(&str, &str); 5] = [
    (
        "packageItem",
        "it groups other items and has no text of its own",
    ),
    ("conceptItem", "it defines a concept"),
    ("knowledgeItem", "it defines concepts"),
    ("planningItem", "it plans coverage"),
    ("catalogItem", "it lists schemes"),
];

/// Reads every news item of a document, up to `last`, its last line. `None` when the document is not NewsML-G2.
pub(super) fn read(root: &Element, last: usize) -> Option<Items> {
    let mut items = Items::default();
    match root.name.as_str() {
        "newsMessage" => {
            let all: Vec<&Element> = root.all("itemSet").flat_map(Element::elements).collect();
            for (index, item) in all.iter().enumerate() {
                let end = all.get(index + 1).map_or(last, |next| next.line.max(1));
                add(item, end.max(item.line), &mut items);
            }
        }
        // Parts of an item, as documentation and some mail gateways have them.
        "contentSet" => {
            let mut wire = Wire {
                extent: [root.line, last],
                ..Wire::default()
            };
            content(root, &mut wire);
            items.push("contentSet", wire);
        }
        "newsItem" => add(root, last, &mut items),
        name if OTHERS.iter().any(|(other, _)| *other == name) => add(root, last, &mut items),
        _ => return None,
    }
    Some(items)
}

fn add(item: &Element, last: usize, items: &mut Items) {
    let guid = item.attribute("guid").unwrap_or("without guid");
    if item.name == "newsItem" {
        items.push(&format!("newsItem {guid}"), news(item, last));
    } else if let Some((name, what)) = OTHERS.iter().find(|(name, _)| *name == item.name) {
        items.skipped.push(Furniture {
            line: item.line,
            text: format!("{name} {guid}: {what}"),
        });
    }
}

/// A code, whichever way it is written: `qcode`, `uri`, `literal`.
fn code(element: &Element) -> Option<&str> {
    ["qcode", "uri", "literal"]
        .iter()
        .find_map(|name| element.attribute(name))
}

fn news(item: &Element, last: usize) -> Wire {
    let mut wire = Wire {
        extent: [item.line, last],
        ..Wire::default()
    };
    wire.external.uri = item.attribute("guid").map(str::to_owned);
    wire.external.version = item.attribute("version").map(str::to_owned);
    wire.external.language = item.attribute("lang").map(str::to_owned);
    let content_meta = item.child("contentMeta");
    let meta = item.child("itemMeta");
    if let Some(meta) = meta {
        wire.picture = meta.child("itemClass").and_then(code).is_some_and(|class| {
            ["picture", "graphic", "audio", "video"]
                .iter()
                .any(|w| class.ends_with(w))
        });
        if let Some(status) = meta.child("pubStatus").and_then(code) {
            wire.status(status);
        }
        for signal in meta.all("signal").filter_map(code) {
            wire.signal(signal);
        }
        if let Some(time) = meta.child("embargoed").and_then(Element::words) {
            wire.embargo(&time);
        }
    }
    let time = |parent: Option<&Element>, name| parent.and_then(|p| p.child(name)?.words());
    wire.created = time(content_meta, "contentCreated");
    wire.times = [
        time(meta, "firstCreated"),
        wire.created.clone().filter(|_| !wire.picture),
        time(meta, "versionCreated"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(meta) = content_meta {
        describe(meta, &mut wire);
    }
    if let Some(set) = item.child("contentSet") {
        content(set, &mut wire);
    }
    // Sound or film without a text is shown like a picture; with one it is a story.
    wire.picture &= wire.lines.is_empty();
    wire
}

/// Headlines, byline, place and summary of a `contentMeta`.
fn describe(meta: &Element, wire: &mut Wire) {
    for headline in meta.all("headline") {
        let role = headline
            .attribute("role")
            .unwrap_or_default()
            .to_lowercase();
        // Rank 1 is the headline, 2 what stands above and 3 what stands below it.
        let slot = match headline.attribute("rank") {
            _ if ["kicker", "over", "dach", "topic"]
                .iter()
                .any(|w| role.contains(w)) =>
            {
                &mut wire.kicker
            }
            _ if ["sub", "deck", "second"].iter().any(|w| role.contains(w)) => &mut wire.deck,
            Some("2") => &mut wire.kicker,
            Some("3") => &mut wire.deck,
            _ => &mut wire.headline,
        };
        fill(slot, Some(headline));
    }
    fill(&mut wire.byline, meta.child("by"));
    let name = |e: &Element| {
        e.child("name")
            .or_else(|| e.find("name"))
            .and_then(Element::words)
    };
    wire.place = meta.child("located").and_then(name);
    fill(&mut wire.place, meta.child("dateline"));
    let described = |word: &str| {
        meta.all("description").find(|d| {
            d.attribute("role")
                .is_some_and(|r| r.to_lowercase().contains(word))
        })
    };
    let best = ["caption", "summary", "abstract"]
        .iter()
        .find_map(|w| described(w));
    fill(
        &mut wire.summary,
        best.or_else(|| meta.child("description")),
    );
    if let Some(tag) = meta.child("language").and_then(|l| l.attribute("tag")) {
        wire.external.language = Some(tag.to_owned());
    }
}

/// The first content that holds a text.
fn content(set: &Element, wire: &mut Wire) {
    for part in set.elements() {
        match part.name.as_str() {
            "inlineXML" => match part.find("nitf") {
                Some(story) => nitf::story(story, wire),
                None => {
                    // A text in mark-up we know is read as such; of any other, the words.
                    wire.lines = nitf::text(part);
                    let head = part.find("head").and_then(|h| h.child("title"));
                    let heading = part.find("h1").or_else(|| part.find("h2"));
                    fill(&mut wire.headline, head.or(heading));
                }
            },
            "inlineData" => {
                let html_inside = part
                    .attribute("contenttype")
                    .is_some_and(|t| t.contains("html"));
                let raw = part.raw_text();
                wire.lines = if html_inside {
                    nitf::text(&html::parse(&raw))
                } else {
                    super::plain(&raw, part.line)
                };
            }
            _ => continue,
        }
        if !wire.lines.is_empty() {
            break;
        }
    }
}
