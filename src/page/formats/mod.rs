//! Shapes of input other than a page of text: what agencies send (NewsML-G2, NITF, ninjs), e-papers in HTML, and articles with front
//! matter. The content tells which it is, not the name of the file.

mod flow;
mod html;
mod newsml;
mod ninjs;
mod nitf;
mod tree;
mod wire;
mod xml;

use super::ReadError;
use super::decode::Decoded;
use super::id;
use crate::article::{Furniture, Origin, Page, Source};
use flow::Line;
use tree::collapse;
use wire::Wire;

/// How much of a text is looked at to tell what it is.
const SAMPLE: usize = 4096;

/// Reads a page in one of these shapes; `None` when the text is a page of plain text or Markdown.
///
/// # Errors
/// [`ReadError`] when it is malformed or holds no article.
pub(super) fn read(
    decoded: &Decoded,
    source: &Source,
    origin: &Origin,
) -> Result<Option<Page>, ReadError> {
    let text = decoded.text.trim_start_matches(super::block::is_blank);
    let items = if is_json(text) {
        Some(ninjs::read(&decoded.text)?)
    } else if is_xml(text) {
        agency_xml(&decoded.text)?
    } else {
        None
    };
    let Some(items) = items else {
        return Ok(None);
    };
    items.page(source, origin, decoded).map(Some)
}

/// Items of one file, and what in it is none.
#[derive(Debug, Default)]
struct Items {
    wires: Vec<Wire>,
    skipped: Vec<Furniture>,
}

impl Items {
    /// Keeps an item, or says why it is no article.
    fn push(&mut self, name: &str, wire: Wire) {
        if wire.is_article() {
            self.wires.push(wire);
        } else {
            self.skipped.push(Furniture {
                line: wire.extent[0],
                text: format!("{name}: it has neither text nor caption"),
            });
        }
    }

    fn page(self, source: &Source, origin: &Origin, decoded: &Decoded) -> Result<Page, ReadError> {
        if self.wires.is_empty() {
            let why: Vec<String> = self.skipped.into_iter().map(|f| f.text).take(3).collect();
            return Err(ReadError::NoArticle(why.join("; ")));
        }
        let mut articles: Vec<_> = self
            .wires
            .into_iter()
            .map(|wire| wire.article(source, origin, decoded))
            .collect();
        id::assign(&mut articles);
        Ok(Page {
            articles,
            furniture: self.skipped,
        })
    }
}

fn is_json(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    match chars.next() {
        Some('{') => matches!(chars.next(), Some('"' | '}')),
        Some('[') => chars.next() == Some('{'),
        _ => false,
    }
}

/// An XML declaration, or the root of a format we read.
fn is_xml(text: &str) -> bool {
    let head = text.get(..SAMPLE).unwrap_or(text);
    if !head.starts_with('<') {
        return false;
    }
    let root = root_name(head);
    head.starts_with("<?xml") && !root.eq_ignore_ascii_case("html")
        || [
            "newsItem",
            "newsMessage",
            "packageItem",
            "conceptItem",
            "knowledgeItem",
            "planningItem",
            "catalogItem",
            "contentSet",
            "contentMeta",
            "groupSet",
            "nitf",
            "NewsML",
        ]
        .contains(&root)
}

/// Name of the first element, without prefix.
fn root_name(head: &str) -> &str {
    let mut rest = head;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, after)| after);
        } else if !rest.starts_with(['!', '?']) {
            let name = rest
                .split(|c: char| c.is_whitespace() || c == '>' || c == '/')
                .next()
                .unwrap_or_default();
            return name.rsplit(':').next().unwrap_or(name);
        }
    }
    ""
}

fn agency_xml(text: &str) -> Result<Option<Items>, ReadError> {
    let document = xml::parse(text)?;
    let last = text.trim_end().matches('\n').count() + 1;
    let root = document
        .elements()
        .next()
        .ok_or_else(|| ReadError::NoArticle("the XML has no elements".to_owned()))?;
    if let Some(items) = newsml::read(root, last) {
        return Ok(Some(items));
    }
    let mut items = Items::default();
    match root.name.as_str() {
        "nitf" => {
            let wire = Wire {
                extent: [root.line, last],
                ..nitf::item(root)
            };
            items.push("nitf", wire);
        }
        other => {
            return Err(ReadError::NoArticle(format!(
                "the root element is <{other}>, none of NewsML-G2, NITF or HTML"
            )));
        }
    }
    Ok(Some(items))
}

/// Lines of a text without mark-up.
fn plain(text: &str, first: usize) -> Vec<Line> {
    text.split('\n')
        .enumerate()
        .map(|(index, raw)| Line {
            text: collapse(raw.trim_matches(super::block::is_blank)),
            line: first + index,
            ..Line::default()
        })
        .filter(|line| !line.text.is_empty())
        .collect()
}
