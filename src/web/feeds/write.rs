//! A page of a channel as JSON Feed 1.1 or Atom (RFC 4287). Pure.

use crate::event::Event;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event as Xml};
use serde::Serialize;
use std::io;

/// What a page shows.
pub(super) struct Feed<'a> {
    pub(super) channel: &'a str,
    /// `http://host`
    pub(super) base: &'a str,
    /// Address below the host: of this page, and of the one with older items.
    pub(super) this: &'a str,
    pub(super) next: Option<&'a str>,
    /// RFC 3339.
    pub(super) updated: &'a str,
    pub(super) events: &'a [Event],
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'static str,
    title: String,
    home_page_url: String,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<String>,
    language: &'static str,
    items: Vec<JsonItem<'a>>,
}

#[derive(Serialize)]
struct JsonItem<'a> {
    id: &'a str,
    url: String,
    title: &'a str,
    content_text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    date_published: &'a str,
    date_modified: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    language: &'a str,
    _copydesk: Extension<'a>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

/// The enrichment, in few words.
#[derive(Serialize)]
struct Extension<'a> {
    about: &'static str,
    id: &'a str,
    revision: u32,
    kind: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    topics: Vec<&'a str>,
    people: Vec<&'a str>,
    organisations: Vec<&'a str>,
    places: Vec<&'a str>,
}

impl Feed<'_> {
    fn title(&self) -> String {
        format!("copydesk: {}", self.channel)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn item_url(&self, event: &Event) -> String {
        format!("{}/items/{}", self.base, event.data.enrichment.id)
    }

    /// JSON Feed 1.1.
    pub(super) fn json(&self) -> Vec<u8> {
        let feed = JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            title: self.title(),
            home_page_url: self.url("/"),
            feed_url: self.url(self.this),
            next_url: self.next.map(|next| self.url(next)),
            language: "zh-Hans",
            items: self.events.iter().map(|e| self.json_item(e)).collect(),
        };
        serde_json::to_vec(&feed).unwrap_or_default()
    }

    fn json_item<'e>(&self, event: &'e Event) -> JsonItem<'e> {
        let (item, enrichment) = (&event.data.item, &event.data.enrichment);
        let names =
            |named: &'e [crate::item::Named]| named.iter().map(|n| n.name.as_str()).collect();
        JsonItem {
            id: &item.uri,
            url: self.item_url(event),
            title: &item.title,
            content_text: event.data.body(),
            summary: deck(event),
            date_published: published(event),
            date_modified: &event.time,
            authors: item.by.iter().map(|name| Author { name }).collect(),
            tags: enrichment.topics.iter().map(|t| t.name.as_str()).collect(),
            language: &item.language,
            _copydesk: Extension {
                about: "https://jsonfeed.org/version/1.1#extensions: the whole event is at /items/ID",
                id: &enrichment.id,
                revision: enrichment.revision,
                kind: enrichment.kind.as_str(),
                source: &enrichment.source_name,
                date: enrichment.issue.date.map(|d| d.to_string()),
                page: enrichment.issue.page.as_deref(),
                topics: enrichment.topics.iter().map(|t| t.id.as_str()).collect(),
                people: names(&item.people),
                organisations: names(&item.organisations),
                places: names(&item.places),
            },
        }
    }

    /// Atom.
    pub(super) fn atom(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = self.write_atom(&mut Writer::new(&mut bytes));
        bytes
    }

    fn write_atom(&self, xml: &mut Writer<&mut Vec<u8>>) -> io::Result<()> {
        xml.write_event(Xml::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let feed = xml.create_element("feed").with_attributes([
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xml:lang", "zh-Hans"),
        ]);
        feed.write_inner_content(|xml| {
            text(xml, "id", &format!("urn:copydesk:channel:{}", self.channel))?;
            text(xml, "title", &self.title())?;
            text(xml, "updated", self.updated)?;
            link(xml, "self", "application/atom+xml", &self.url(self.this))?;
            if let Some(next) = self.next {
                link(xml, "next", "application/atom+xml", &self.url(next))?;
            }
            for event in self.events {
                xml.create_element("entry")
                    .write_inner_content(|xml| self.entry(xml, event))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn entry(&self, xml: &mut Writer<&mut Vec<u8>>, event: &Event) -> io::Result<()> {
        let (item, enrichment) = (&event.data.item, &event.data.enrichment);
        text(xml, "id", &item.uri)?;
        text(xml, "title", &item.title)?;
        text(xml, "published", published(event))?;
        text(xml, "updated", &event.time)?;
        link(xml, "alternate", "application/json", &self.item_url(event))?;
        // One is required; a piece without a byline is its paper's.
        let publisher = item.info_sources.iter().find(|s| s.role == "publisher");
        let author = item.by.as_deref().or(publisher.map(|p| p.name.as_str()));
        xml.create_element("author").write_inner_content(|xml| {
            text(xml, "name", author.unwrap_or(&enrichment.source_name))
        })?;
        for topic in &enrichment.topics {
            let (term, label) = (clean(&topic.id), clean(&topic.name));
            let category = xml.create_element("category");
            category
                .with_attributes([("term", term.as_str()), ("label", label.as_str())])
                .write_empty()?;
        }
        if let Some(deck) = deck(event) {
            text(xml, "summary", deck)?;
        }
        let content = xml
            .create_element("content")
            .with_attribute(("type", "text"));
        content.write_text_content(BytesText::new(&clean(event.data.body())))?;
        Ok(())
    }
}

fn published(event: &Event) -> &str {
    event
        .data
        .item
        .first_created
        .as_deref()
        .unwrap_or(&event.time)
}

fn deck(event: &Event) -> Option<&str> {
    let mut headlines = event.data.item.headlines.iter();
    headlines
        .find(|h| h.role == "deck")
        .map(|h| h.value.as_str())
}

fn text(xml: &mut Writer<&mut Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(&clean(value)))?;
    Ok(())
}

fn link(xml: &mut Writer<&mut Vec<u8>>, rel: &str, kind: &str, href: &str) -> io::Result<()> {
    let link = xml.create_element("link");
    link.with_attributes([("rel", rel), ("type", kind), ("href", clean(href).as_str())])
        .write_empty()?;
    Ok(())
}

/// Without what XML 1.0 cannot say at all.
fn clean(text: &str) -> String {
    let sayable = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(sayable).collect()
}
