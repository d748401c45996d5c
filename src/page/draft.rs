//! An article being put together: heads, byline and the pieces of its text, each with its line.

use super::block::Block;
use super::jump::Marker;
use crate::article::Byline;

/// The blocks of one article, as the page splits.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    /// Headline with what stands above and below it.
    pub(super) heads: Vec<Block>,
    /// The rest.
    pub(super) body: Vec<Block>,
    /// The jump line it opens with; its text is already cut from the first block.
    pub(super) from: Option<Marker>,
}

/// One article, its anatomy known, its text still to be repaired.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) headline: String,
    pub(super) kicker: Option<String>,
    pub(super) deck: Option<String>,
    pub(super) slogan: Option<String>,
    pub(super) byline: Option<Byline>,
    /// Where the byline stands.
    pub(super) signed: Signed,
    pub(super) pieces: Vec<Piece>,
    pub(super) from: Option<Marker>,
    pub(super) to: Option<Marker>,
    /// First and last line.
    pub(super) lines: Option<[usize; 2]>,
    /// Flags about the whole article.
    pub(super) notes: Vec<Note>,
}

/// Where a byline stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Signed {
    /// Nowhere.
    #[default]
    Not,
    /// 讯头 or 电头.
    Dispatch,
    /// On its own below the headline.
    Head,
    /// Below the text.
    Tail,
}

/// Part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// A paragraph.
    Para(Para),
    /// A subhead.
    Subhead(String),
    /// Label of a box, without its brackets.
    Label(String),
}

/// A paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Para {
    pub(super) text: String,
    /// First line in the file.
    pub(super) line: usize,
    pub(super) notes: Vec<Note>,
    /// Breaks off, and the next paragraph is not what it goes on with.
    pub(super) torn: bool,
}

/// A flag in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// A word of [`crate::article::flag`].
    pub(super) code: &'static str,
    /// Code points of the paragraph; `None` for all of it.
    pub(super) at: Option<(usize, usize)>,
    /// For a person.
    pub(super) text: String,
}

impl Note {
    /// About the whole paragraph or article.
    pub(super) fn whole(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            at: None,
            text: text.into(),
        }
    }

    /// About code points `start..end` of the paragraph.
    pub(super) fn at(
        code: &'static str,
        start: usize,
        end: usize,
        text: impl Into<String>,
    ) -> Self {
        Self {
            code,
            at: Some((start, end)),
            text: text.into(),
        }
    }
}

impl Para {
    /// Moves the places noted when characters `from..to` have been cut.
    pub(super) fn forget(&mut self, from: usize, to: usize) {
        let moved = |at: usize| match at {
            at if at >= to => at - (to - from),
            at => at.min(from),
        };
        for (start, end) in self.notes.iter_mut().filter_map(|n| n.at.as_mut()) {
            (*start, *end) = (moved(*start), moved(*end));
        }
    }
}

impl Draft {
    /// Its paragraphs.
    pub(super) fn paras(&self) -> impl Iterator<Item = &Para> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Para(para) => Some(para),
            _ => None,
        })
    }
}
