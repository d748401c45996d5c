//! Shapes of input other than a page of text: what agencies send (NewsML-G2, NITF, ninjs), e-papers in HTML, and articles with front
//! matter. The content tells which it is, not the name of the file.

pub(super) mod charset;
mod epaper;
mod facts;
mod flow;
mod front;
mod hints;
mod html;
mod newsml;
mod newsml1;
mod ninjs;
mod nitf;
mod tree;
mod wire;
mod xml;

use super::ReadError;
use super::block::Block;
use super::decode::Decoded;
use super::id;
use crate::article::{Furniture, Origin, Page, Source};
use flow::Line;
pub(super) use front::Front;
use tree::collapse;
use wire::Wire;

/// How many characters of a text are looked at to tell what it is.
const SAMPLE: usize = 4096;

/// A file, its shape known.
pub(super) enum Input {
    /// Plain text or Markdown.
    Text,
    /// Blocks as such a page has them, with what an e-paper shows beside its articles, and what front matter says.
    Blocks {
        /// Heads, bylines, paragraphs.
        blocks: Vec<Block>,
        /// No part of any article.
        furniture: Vec<Furniture>,
        /// To be applied to what is read.
        front: Option<Box<Front>>,
    },
    /// An agency's items.
    Items(Items),
}

/// Tells the shape of a file and opens it.
///
/// # Errors
/// [`ReadError`] when it is malformed or holds no article.
pub(super) fn open(text: &str) -> Result<Input, ReadError> {
    if let Some((front, blocks)) = front::read(text)? {
        if blocks.is_empty()
            && let Some(notice) = front.notice()
        {
            let mut items = Items::default();
            items.push("front matter", notice);
            return Ok(Input::Items(items));
        }
        return Ok(Input::Blocks {
            blocks,
            furniture: Vec::new(),
            front: Some(Box::new(front)),
        });
    }
    let head = text.trim_start_matches(super::block::is_blank);
    if is_json(head) {
        return ninjs::read(text).map(Input::Items);
    }
    if is_html(head) {
        let epaper = epaper::read(text)?;
        return Ok(Input::Blocks {
            blocks: epaper.blocks,
            furniture: epaper.furniture,
            front: None,
        });
    }
    if is_xml(head) {
        return agency_xml(text).map(Input::Items);
    }
    Ok(Input::Text)
}

/// Items of one file, and what in it is none.
#[derive(Debug, Default)]
pub(super) struct Items {
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

    /// The articles they are.
    ///
    /// # Errors
    /// [`ReadError::NoArticle`] when none is one.
    pub(super) fn page(
        self,
        source: &Source,
        origin: &Origin,
        decoded: &Decoded,
    ) -> Result<Page, ReadError> {
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

fn sample(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(SAMPLE)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn is_json(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    match chars.next() {
        Some('{') => matches!(chars.next(), Some('"' | '}')),
        Some('[') => chars.next() == Some('{'),
        _ => false,
    }
}

/// A document, the marks of a paper's own system, or a fragment that is mark-up from end to end. A page of Markdown with some HTML in
/// it is none of these.
fn is_html(text: &str) -> bool {
    let head = sample(text);
    if !head.starts_with('<') {
        return false;
    }
    let lower = head.to_ascii_lowercase();
    let document = [
        "<!doctype html",
        "<html",
        "<head>",
        "<body",
        "<founder-",
        "<!--enp",
    ]
    .iter()
    .any(|tag| lower.contains(tag));
    let foreign = ["<nitf", "<newsitem", "<newsmessage", "<newsml"]
        .iter()
        .any(|tag| lower.contains(tag));
    let block = html::is_block(root_name(&lower));
    let fragment = block
        && text.trim_end().ends_with('>')
        && (lower.contains("</p>") || lower.contains("<br"))
        && !text.lines().any(|line| line.starts_with('#'));
    (document && !foreign) || fragment
}

/// An XML declaration, or the root of a format we read.
fn is_xml(text: &str) -> bool {
    let head = sample(text);
    if !head.starts_with('<') {
        return false;
    }
    let root = root_name(head);
    head.starts_with("<?xml")
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

fn agency_xml(text: &str) -> Result<Items, ReadError> {
    let document = xml::parse(text)?;
    let last = text.trim_end().matches('\n').count() + 1;
    let root = document
        .elements()
        .next()
        .ok_or_else(|| ReadError::NoArticle("the XML has no elements".to_owned()))?;
    if let Some(items) = newsml::read(root, last) {
        return Ok(items);
    }
    let mut items = Items::default();
    match root.name.as_str() {
        "NewsML" => return Ok(newsml1::read(root, last)),
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
    Ok(items)
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
