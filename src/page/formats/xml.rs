//! XML → a tree. No document type is read, so there are no external entities and none that expand; names lose their prefixes.

use super::tree::{Builder, Element, MAX_DEPTH, MAX_ELEMENTS};
use crate::page::ReadError;
use quick_xml::Reader;
use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

/// Reads a document; its root is the only element of the one given back.
///
/// # Errors
/// [`ReadError::Malformed`] with the line.
pub(super) fn parse(text: &str) -> Result<Element, ReadError> {
    let mut reader = Reader::from_str(text);
    let mut builder = Builder::new();
    let mut lines = Lines::new(text);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                return Err(malformed(Lines::new(text).at(at), error.to_string()));
            }
        };
        let line = lines.at(usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX));
        match event {
            Event::Start(tag) => {
                if builder.depth() >= MAX_DEPTH {
                    let what = format!("elements are nested more than {MAX_DEPTH} deep");
                    return Err(malformed(line, what));
                }
                builder.start(element(&tag, line));
            }
            Event::Empty(tag) => builder.leaf(element(&tag, line)),
            Event::End(_) => builder.end(),
            Event::Text(text) => builder.text(&text.xml10_content(), line),
            Event::CData(text) => builder.text(&text.xml10_content(), line),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(c)) => builder.text(c.encode_utf8(&mut [0; 4]), line),
                // An entity of a document type we do not read stays as it is written.
                _ => match resolve_html5_entity(&name) {
                    Some(value) => builder.text(value, line),
                    None => builder.text(&format!("&{};", &*name), line),
                },
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
        if builder.is_full() {
            return Err(malformed(
                line,
                format!("more than {MAX_ELEMENTS} elements"),
            ));
        }
    }
    if builder.depth() > 0 {
        let unclosed = builder.names().next().unwrap_or_default().to_owned();
        let what = format!("the file ends before </{unclosed}>; it may have been cut off");
        return Err(malformed(text.matches('\n').count() + 1, what));
    }
    Ok(builder.finish())
}

fn malformed(line: usize, what: String) -> ReadError {
    ReadError::Malformed {
        format: "XML",
        line,
        what,
    }
}

fn element(tag: &BytesStart<'_>, line: usize) -> Element {
    let mut attributes = tag.html_attributes();
    Element {
        name: tag.local_name().as_ref().to_owned(),
        attributes: attributes
            .with_checks(false)
            .flatten()
            .map(|a| {
                let value = unescape_with(&a.value, resolve_html5_entity);
                let value = value.map_or_else(|_| a.value.to_string(), |v| v.into_owned());
                (a.key.local_name().as_ref().to_owned(), value)
            })
            .collect(),
        children: Vec::new(),
        line,
    }
}

/// Line numbers of ascending offsets, counted once.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    seen: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    /// At the start of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            seen: 0,
            line: 1,
        }
    }

    /// 1-based line of byte `offset`; of the greatest offset asked for so far when that is greater.
    pub(super) fn at(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let passed = self.text.get(self.seen..offset).unwrap_or_default();
        self.line += passed.iter().filter(|b| **b == b'\n').count();
        self.seen = self.seen.max(offset);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_entities_and_cdata_are_read() {
        let doc =
            parse("<?xml version='1.0'?><!DOCTYPE x SYSTEM 'x.dtd'><a:x xml:lang='zh' k='1&amp;2'>一&lt;二&mdash;&#19977;<![CDATA[<b>]]>&own;</a:x>")
                .unwrap();
        let x = doc.child("x").unwrap();
        assert_eq!(
            (x.attribute("lang"), x.attribute("k")),
            (Some("zh"), Some("1&2"))
        );
        assert_eq!(x.text(), "一<二—三<b>&own;");
    }

    #[test]
    fn what_is_malformed_is_told_with_its_line() {
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        let laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><l>&b;</l>";
        for (text, line, word) in [
            ("<a>\n<b>\n</a>", 3, "b"),
            ("<a>\n<b></b>\n", 3, "cut off"),
            (deep.as_str(), 1, "nested"),
        ] {
            let Err(ReadError::Malformed { line: at, what, .. }) = parse(text) else {
                panic!("{text} was read");
            };
            assert_eq!(at, line, "{what}");
            assert!(what.contains(word), "{what}");
        }
        assert_eq!(parse(laughs).unwrap().text(), "&b;");
    }
}
