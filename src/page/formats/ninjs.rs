//! ninjs 1 to 3, and what agencies send that is nearly ninjs: JSON objects with a headline and a body.
//!
//! Versions differ in case (`versioncreated`, `versionCreated`, `version_created`) and in shape (`headline`, `headline_main`,
//! `headlines: [{role, value}]`); names are compared without case and underscores, and both shapes are read.

use super::flow::Line;
use super::wire::Wire;
use super::xml::{self, Lines};
use super::{Items, html, nitf, plain};
use crate::article::Furniture;
use crate::page::ReadError;
use serde_json::{Map, Value};

/// Reads a JSON document: an item, a list of items, or items one after the other.
///
/// # Errors
/// [`ReadError::Malformed`] with the line.
pub(super) fn read(text: &str) -> Result<Items, ReadError> {
    let mut items = Items::default();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut lines = Lines::new(text);
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let begin = lines.at(end + rest.len() - rest.trim_start().len());
        let Some(value) = stream.next() else { break };
        let value = value.map_err(|error| ReadError::Malformed {
            format: "JSON",
            line: error.line().max(begin),
            what: error.to_string(),
        })?;
        end = stream.byte_offset();
        let extent = [begin, lines.at(end)];
        match value {
            Value::Object(object) => add(&object, extent, &mut items),
            Value::Array(list) => {
                for value in &list {
                    match value {
                        Value::Object(object) => add(object, extent, &mut items),
                        other => skip(other, begin, &mut items),
                    }
                }
            }
            other => skip(&other, begin, &mut items),
        }
    }
    Ok(items)
}

fn skip(value: &Value, line: usize, items: &mut Items) {
    items.skipped.push(Furniture {
        line,
        text: format!(
            "{:.40}: not a JSON object, so not an item",
            value.to_string()
        ),
    });
}

fn add(object: &Map<String, Value>, extent: [usize; 2], items: &mut Items) {
    let item = Fields::of(object);
    let sort = item.string(&["type"]).unwrap_or("item");
    let name = item.string(&ID).unwrap_or("without uri");
    let wire = item.wire(extent);
    // A schema, a configuration, an event without a story.
    if wire.external.uri.is_none() && wire.lines.is_empty() {
        items.skipped.push(Furniture {
            line: extent[0],
            text: "JSON without the uri and the body of a ninjs item".to_owned(),
        });
    } else if ["event", "planning"].contains(&sort) {
        items.skipped.push(Furniture {
            line: extent[0],
            text: format!("{sort} {name}: it announces and has no story"),
        });
    } else {
        items.push(&format!("{sort} {name}"), wire);
    }
}

const ID: [&str; 4] = ["uri", "urn", "guid", "id"];

/// Properties of an object by name without case and underscores.
struct Fields<'a>(Vec<(String, &'a Value)>);

impl<'a> Fields<'a> {
    fn of(object: &'a Map<String, Value>) -> Self {
        let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
        Self(object.iter().map(|(k, v)| (plain(k), v)).collect())
    }

    fn get(&self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| {
            let found = self.0.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| *value).filter(|v| !v.is_null())
        })
    }

    /// The first of `names` that is text and not blank.
    fn string(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            let text = self.get(&[name])?.as_str()?.trim();
            (!text.is_empty()).then_some(text)
        })
    }

    /// Objects of a list, or, as ninjs 1 has associations, of an object.
    fn list(&self, name: &str) -> Vec<Fields<'a>> {
        let objects: Vec<&Value> = match self.get(&[name]) {
            Some(Value::Array(list)) => list.iter().collect(),
            Some(Value::Object(map)) => map.values().collect(),
            _ => Vec::new(),
        };
        objects
            .into_iter()
            .filter_map(|v| v.as_object().map(Fields::of))
            .collect()
    }

    /// Texts of a property in both shapes: with role and content type.
    fn texts(&self, plural: &str, singular: &str) -> Vec<Said<'a>> {
        let listed = self.list(plural).into_iter().filter_map(|f| {
            Some(Said {
                role: f.string(&["role"]).unwrap_or_default().to_lowercase(),
                sort: f
                    .string(&["contenttype"])
                    .unwrap_or_default()
                    .to_lowercase(),
                value: f.string(&["value", plural, singular])?,
            })
        });
        let single = self.0.iter().filter_map(|(name, value)| {
            let role = name.strip_prefix(singular)?;
            Some(Said {
                role: role.to_owned(),
                sort: role.to_owned(),
                value: value.as_str().filter(|v| !v.trim().is_empty())?,
            })
        });
        listed.chain(single).collect()
    }

    fn wire(&self, extent: [usize; 2]) -> Wire {
        let mut wire = Wire {
            extent,
            ..Wire::default()
        };
        let owned = |names: &[&str]| self.string(names).map(str::to_owned);
        wire.external.uri = owned(&ID);
        wire.external.version = self.get(&["version"]).map(|v| match v {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        wire.external.language = owned(&["language"]);
        if let Some(status) = self.string(&["pubstatus"]) {
            wire.status(status);
        }
        if let Some(signal) = self.string(&["signal"]) {
            wire.signal(signal);
        }
        if let Some(time) = self.string(&["embargoeduntil", "embargoed"]) {
            wire.embargo(time);
        }
        let sort = self.string(&["type"]).unwrap_or_default();
        wire.picture = ["picture", "graphic", "image"].contains(&sort);
        wire.created = owned(&["contentcreated"]);
        wire.times = [
            "firstcreated",
            "contentcreated",
            "versioncreated",
            "updated",
        ]
        .iter()
        .filter(|name| !(wire.picture && **name == "contentcreated"))
        .filter_map(|name| owned(&[name]))
        .collect();
        wire.byline = owned(&["by", "byline"]);
        wire.place = owned(&["located"]);
        self.heads(&mut wire);
        wire.lines = self.body();
        wire.summary = self.summary();
        if wire.lines.is_empty() && sort == "composite" {
            self.caption(&mut wire);
        }
        // Of a picture the caption counts; sound or film without a text is shown like one.
        if wire.picture && wire.summary.is_some() {
            wire.lines.clear();
        }
        wire.picture |= wire.lines.is_empty() && ["audio", "video"].contains(&sort);
        wire
    }

    fn heads(&self, wire: &mut Wire) {
        for said in self.texts("headlines", "headline") {
            let slot = match said.role.as_str() {
                "kicker" | "overline" | "strap" | "topic" => &mut wire.kicker,
                "deck" | "sub" | "subhead" | "subheadline" | "subtitle" | "secondary" => {
                    &mut wire.deck
                }
                "main" => {
                    wire.headline = said.line();
                    continue;
                }
                _ => &mut wire.headline,
            };
            if slot.is_none() {
                *slot = said.line();
            }
        }
        let owned = |names: &[&str]| self.string(names).map(str::to_owned);
        wire.headline = wire.headline.take().or_else(|| owned(&["title"]));
        wire.kicker = wire.kicker.take().or_else(|| owned(&["kicker"]));
        wire.deck = wire.deck.take().or_else(|| owned(&["subhead", "subtitle"]));
    }

    /// The lines of the body in which paragraphs are marked; of the plain one where there is none.
    fn body(&self) -> Vec<Line> {
        let bodies = self.texts("bodies", "body");
        let article = self.string(&["articlehtml"]).map(|value| Said {
            role: String::new(),
            sort: "html".to_owned(),
            value,
        });
        let (marked, bare): (Vec<_>, Vec<_>) =
            article.into_iter().chain(bodies).partition(Said::is_marked);
        marked
            .iter()
            .chain(&bare)
            .map(Said::lines)
            .find(|lines| !lines.is_empty())
            .unwrap_or_default()
    }

    fn summary(&self) -> Option<String> {
        let descriptions = self.texts("descriptions", "description");
        let by_role = |word: &str| descriptions.iter().find(|d| d.role.contains(word));
        ["caption", "text", "lead", "summary", "abstract", "main"]
            .iter()
            .find_map(|w| by_role(w))
            .or(descriptions.iter().find(|d| !d.role.contains("writer")))
            .and_then(Said::line)
            .or_else(|| self.string(&["teaser"]).map(str::to_owned))
    }

    /// A picture sent as a composite without text: its caption.
    fn caption(&self, wire: &mut Wire) {
        for picture in self.list("associations") {
            if picture
                .string(&["type"])
                .is_some_and(|t| ["image", "picture"].contains(&t))
            {
                wire.picture = true;
                let caption = picture.string(&["caption"]).map(str::to_owned);
                wire.summary = wire
                    .summary
                    .take()
                    .or(caption)
                    .or_else(|| picture.summary());
                return;
            }
        }
    }
}

/// A text with its role and content type.
struct Said<'a> {
    role: String,
    sort: String,
    value: &'a str,
}

impl Said<'_> {
    fn is_marked(&self) -> bool {
        ["html", "nitf", "xml", "richtext"]
            .iter()
            .any(|w| self.sort.contains(w) || self.role.contains(w))
            || self.value.trim_start().starts_with("<p")
    }

    fn lines(&self) -> Vec<Line> {
        if !self.is_marked() {
            return plain(self.value, 1);
        }
        if self.sort.contains("nitf") || self.value.contains("<nitf") {
            // NITF that is not well-formed is still read as mark-up.
            if let Ok(doc) = xml::parse(self.value) {
                let mut story = Wire::default();
                nitf::story(&doc, &mut story);
                return story.lines;
            }
        }
        nitf::text(&html::parse(self.value))
    }

    /// All of it on one line.
    fn line(&self) -> Option<String> {
        let lines: Vec<String> = self.lines().into_iter().map(|l| l.text).collect();
        Some(lines.join(" ")).filter(|t| !t.is_empty())
    }
}
