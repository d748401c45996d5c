//! NITF, on its own or inside NewsML: heads, byline, dateline and the paragraphs of a story. Also the text of XHTML bodies.

use super::flow::{self, Line, Role, Take};
use super::tree::Element;
use super::wire::Wire;

/// Reads a `nitf` element that is a whole file.
pub(super) fn item(nitf: &Element) -> Wire {
    let mut wire = Wire::default();
    if let Some(docdata) = nitf.find("docdata") {
        docs(docdata, &mut wire);
    }
    wire.external.language = nitf.attribute("lang").map(str::to_owned);
    story(nitf, &mut wire);
    wire
}

/// Adds what a `nitf` element tells of its story to what is known already.
pub(super) fn story(nitf: &Element, wire: &mut Wire) {
    if let Some(head) = nitf.find("body.head") {
        let hedline = head.find("hedline").unwrap_or(head);
        fill(&mut wire.headline, hedline.find("hl1"));
        fill(&mut wire.deck, hedline.find("hl2"));
        fill(&mut wire.byline, head.find("byline"));
        if let Some(dateline) = head.find("dateline") {
            fill(
                &mut wire.place,
                Some(dateline.find("location").unwrap_or(dateline)),
            );
        }
        fill(&mut wire.summary, head.find("abstract"));
    }
    if wire.headline.is_none() {
        fill(
            &mut wire.headline,
            nitf.child("head").and_then(|h| h.child("title")),
        );
    }
    let content = nitf.find("body.content").or_else(|| nitf.find("body"));
    wire.lines = text(content.unwrap_or(nitf));
}

/// Puts the words of an element where nothing stands yet.
pub(super) fn fill(slot: &mut Option<String>, element: Option<&Element>) {
    if slot.is_none() {
        *slot = element.and_then(Element::words);
    }
}

fn docs(docdata: &Element, wire: &mut Wire) {
    let norm = |name: &str| docdata.child(name).and_then(|e| e.attribute("norm"));
    wire.external.uri = docdata.child("doc-id").and_then(|id| {
        let name = id.attribute("id-string")?;
        // The id is unique only among those of its registrar.
        Some(match id.attribute("regsrc") {
            Some(source) => format!("{source}:{name}"),
            None => name.to_owned(),
        })
    });
    wire.external.version = docdata
        .child("du-key")
        .and_then(|key| key.attribute("version"))
        .map(str::to_owned);
    wire.times = ["date.issue", "date.release"]
        .iter()
        .filter_map(|name| norm(name).map(str::to_owned))
        .collect();
    if let Some(status) = docdata.attribute("management-status") {
        wire.status(status);
        if status.eq_ignore_ascii_case("embargoed")
            && let Some(release) = norm("date.release")
        {
            wire.embargo(release);
        }
    }
    for message in docdata.all("ed-msg") {
        if let Some(kind) = message.attribute("msg-type") {
            wire.signal(kind);
        }
    }
}

/// The lines of a story in NITF or XHTML: no pictures, no boxes for the desk, no navigation.
pub(super) fn text(root: &Element) -> Vec<Line> {
    let title = root.find("body").unwrap_or(root);
    flow::lines(title, &take, &|_| None)
}

fn take(element: &Element) -> Take {
    let dropped = matches!(
        element.name.as_str(),
        "aside"
            | "body.end"
            | "body.head"
            | "figure"
            | "footer"
            | "head"
            | "header"
            | "media"
            | "nav"
            | "script"
            | "style"
            | "time"
    );
    // Notes from desk to desk, some of them not for publication, stand in the text under these classes.
    let noted = element.attribute("class").is_some_and(|classes| {
        classes.split_ascii_whitespace().any(|class| {
            matches!(
                class,
                "notepad" | "closingline" | "teaser" | "linkbox" | "embargoed"
            ) || class.starts_with("np-")
        })
    });
    if dropped || noted {
        Take::Drop
    } else {
        Take::As(Role::Content)
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml;
    use super::*;
    use crate::article::PubStatus;

    #[test]
    fn a_story_on_its_own() {
        let doc = xml::parse(
            r#"<nitf><head><title>不用这个</title><docdata management-status="canceled">
            <doc-id regsrc="hna" id-string="20240308-17"/><du-key version="3"/>
            <date.issue norm="20240308T083000+0800"/><ed-msg msg-type="kill"/></docdata></head>
            <body><body.head><hedline><hl1>河堤加固完工</hl1><hl2>比计划早一个月</hl2></hedline>
            <byline>记者 <person>卢小渡</person></byline><dateline><location>河口</location></dateline></body.head>
            <body.content><media><media-caption>图</media-caption></media><p>三月八日,河堤
            加固完工。</p><hl2>早一个月</hl2><p>雨季之前可用。</p></body.content>
            <body.end><tagline>编辑室</tagline></body.end></body></nitf>"#,
        )
        .unwrap();
        let wire = item(doc.child("nitf").unwrap());
        assert_eq!(wire.headline.as_deref(), Some("河堤加固完工"));
        assert_eq!(wire.deck.as_deref(), Some("比计划早一个月"));
        assert_eq!(wire.byline.as_deref(), Some("记者 卢小渡"));
        assert_eq!(wire.place.as_deref(), Some("河口"));
        assert_eq!(wire.external.uri.as_deref(), Some("hna:20240308-17"));
        assert_eq!(wire.external.version.as_deref(), Some("3"));
        assert_eq!(wire.external.status, PubStatus::Canceled);
        let lines: Vec<_> = wire
            .lines
            .iter()
            .map(|l| (l.text.as_str(), l.heading))
            .collect();
        assert_eq!(
            lines,
            [
                ("三月八日,河堤加固完工。", 0),
                ("早一个月", 2),
                ("雨季之前可用。", 0)
            ]
        );
    }
}
