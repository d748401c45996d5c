//! NewsML 1, the older form that press releases and some agencies still come in.

use super::Items;
use super::nitf::{self, fill};
use super::tree::Element;
use super::wire::Wire;

/// Reads every `NewsItem` of a `NewsML` document, up to `last`, its last line.
pub(super) fn read(root: &Element, last: usize) -> Items {
    let mut items = Items::default();
    let all: Vec<&Element> = root.all("NewsItem").collect();
    for (index, item) in all.iter().enumerate() {
        let end = all.get(index + 1).map_or(last, |next| next.line);
        let wire = news(item, end.max(item.line));
        let name = wire.external.uri.clone().unwrap_or_default();
        items.push(&format!("NewsItem {name}"), wire);
    }
    items
}

fn news(item: &Element, last: usize) -> Wire {
    let mut wire = Wire {
        extent: [item.line, last],
        ..Wire::default()
    };
    if let Some(id) = item.find("NewsIdentifier") {
        let word = |name: &str| id.child(name).and_then(Element::words);
        // The public identifier ends in the revision; what stands before is the same through all of them.
        wire.external.uri = match (word("ProviderId"), word("DateId"), word("NewsItemId")) {
            (Some(provider), Some(date), Some(name)) => {
                Some(format!("urn:newsml:{provider}:{date}:{name}"))
            }
            _ => word("PublicIdentifier"),
        };
        wire.external.version = word("RevisionId");
    }
    if let Some(management) = item.child("NewsManagement") {
        if let Some(status) = formal(management.child("Status")) {
            wire.status(status);
            if status.eq_ignore_ascii_case("embargoed")
                && let Some(time) = management.find("DateAndTime").and_then(Element::words)
            {
                wire.embargo(&time);
            }
        }
        if let Some(instruction) = formal(management.child("Instruction")) {
            wire.signal(instruction);
        }
        wire.times = ["FirstCreated", "ThisRevisionCreated"]
            .iter()
            .filter_map(|name| management.child(name)?.words())
            .collect();
    }
    wire.external.language = formal(item.find("Language")).map(str::to_owned);
    fill(&mut wire.headline, item.find("HeadLine"));
    fill(&mut wire.deck, item.find("SubHeadLine"));
    fill(&mut wire.byline, item.find("ByLine"));
    fill(&mut wire.place, item.find("DateLine"));
    let role = |words: &[&str]| {
        item.find_by(&|e| {
            e.name == "NewsComponent"
                && formal(e.child("Role"))
                    .is_some_and(|r| words.contains(&r.to_ascii_lowercase().as_str()))
        })
    };
    let body = role(&["body", "main", "text", "story"]).unwrap_or(item);
    if let Some(content) = body.find("DataContent") {
        match content.find("nitf") {
            Some(story) => nitf::story(story, &mut wire),
            None => wire.lines = nitf::text(content),
        }
    }
    let caption = role(&["caption"]).and_then(|c| c.find("DataContent"));
    wire.picture = caption.is_some() && wire.lines.is_empty();
    fill(&mut wire.summary, caption);
    wire
}

/// The word of an element whose meaning is an attribute.
fn formal(element: Option<&Element>) -> Option<&str> {
    element?.attribute("FormalName")
}
