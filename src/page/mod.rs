//! Bytes of one damaged page → the articles an editor would see. Pure: no I/O, no clock.
//!
//! `decode` (bytes → text) → `block` (lines and their marks) → `unwrap` (wrapped lines → paragraphs) → `furniture` (what belongs to no article) → `split` or `plain`
//! (one chunk an article) → `anatomy` (heads, byline, pieces) → `repair` (what the printing and the OCR broke) → `assemble`
//! (an [`Article`](crate::article::Article) with every part's place) → `id`.
//!
//! `formats` tells by its content what is no page of text: an e-paper in HTML gives blocks too, an agency's item an article.

mod anatomy;
mod assemble;
mod block;
mod byline;
mod chars;
mod cohesion;
mod credits;
pub mod dates;
mod decode;
mod draft;
mod formats;
mod furniture;
pub mod halves;
mod id;
mod issue;
mod jump;
mod kind;
pub mod lm;
mod names;
mod plain;
mod repair;
mod roles;
mod split;
mod subheads;
mod unwrap;

use crate::article::{DateFrom, Origin, Page, Source, flag};
use assemble::Shared;
use draft::Note;
use formats::Input;
use regex::Regex;

/// Why a file holds no page. Every message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No text at all.
    #[error("the file is empty: deliver it again")]
    Empty,
    /// Not text in any encoding we read.
    #[error(
        "this is not text: {0}; copydesk reads text, Markdown, HTML, NewsML, NITF and ninjs, in UTF-8, GB18030, Big5 or UTF-16"
    )]
    NotText(String),
    /// XML, JSON or front matter that breaks its own rules.
    #[error(
        "line {line} is not well-formed {format}: {what}; correct it or deliver the file again"
    )]
    Malformed {
        /// `XML`, `JSON`, `YAML`, `TOML`.
        format: &'static str,
        /// 1-based line of the file.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Well-formed, and nothing to publish in it.
    #[error("there is no article in it: {0}; deliver the news items themselves, with their text")]
    NoArticle(String),
}

/// Reads one page.
///
/// # Errors
/// [`ReadError`] when the bytes hold no text.
pub fn read(bytes: &[u8], source: &Source, origin: &Origin) -> Result<Page, ReadError> {
    let decoded = decode::decode(bytes)?;
    let (blocks, furniture, front) = match formats::open(&decoded.text)? {
        Input::Items(items) => return items.page(source, origin, &decoded),
        Input::Blocks {
            blocks,
            furniture,
            front,
        } => (blocks, furniture, front),
        Input::Text => {
            let blocks = block::blocks(&decoded.text);
            (unwrap::unwrap(&decoded.text, blocks), Vec::new(), None)
        }
    };
    let (blocks, sifted) = furniture::sift(blocks);
    let furniture = [furniture, sifted].concat();
    let chunks = if blocks.iter().any(|b| b.level().is_some()) {
        subheads::gather(split::by_marks(blocks))
    } else {
        plain::by_shape(blocks)
    };
    let mut drafts: Vec<_> = chunks.into_iter().map(anatomy::dissect).collect();
    drafts.iter_mut().for_each(repair::repair);
    let issue = issue::issue(source, origin, &furniture, &drafts);
    for byline in drafts.iter_mut().filter_map(|d| d.byline.as_mut()) {
        byline.date = byline
            .date
            .take()
            .and_then(|d| dates::dateline(&d, issue.date));
    }
    let mut notes = Vec::new();
    if decoded.replaced {
        notes.push(Note::whole(
            flag::UNDECODABLE,
            format!("bytes that are not {} were replaced", decoded.encoding),
        ));
    }
    match issue.date_from {
        DateFrom::Inferred => {
            notes.push(Note::whole(flag::INFERRED_DATE, issue.evidence.join("; ")))
        }
        DateFrom::None => notes.push(Note::whole(
            flag::NO_DATE,
            "no issue date in path, header or text",
        )),
        DateFrom::Path | DateFrom::Header => {}
    }
    let source = issue::known(source, &drafts);
    let shared = Shared {
        source: &source,
        origin,
        issue: &issue,
        encoding: decoded.encoding,
        notes: &notes,
    };
    let mut articles: Vec<_> = drafts
        .into_iter()
        .map(|d| assemble::article(d, &shared))
        .collect();
    id::assign(&mut articles);
    let mut page = Page {
        articles,
        furniture,
    };
    if let Some(front) = front {
        front.apply(&mut page);
    }
    Ok(page)
}

/// A file's text, as the lines of an article's origin count in it, and the encoding it was decoded from.
///
/// # Errors
/// [`ReadError`] when the bytes hold no text.
pub fn text(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
    let decoded = decode::decode(bytes)?;
    Ok((decoded.text.into_owned(), decoded.encoding))
}

/// Compiles a pattern of this module.
#[expect(
    clippy::expect_used,
    reason = "patterns are literals; the tests compile every one"
)]
fn pattern(literal: &str) -> Regex {
    Regex::new(literal).expect("a literal pattern")
}
