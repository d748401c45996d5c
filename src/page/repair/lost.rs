//! Text that is missing: nothing on the page repairs it, so it is flagged and never joined.

use super::shape::{End, begins_afresh, cut_short, end, has_stop, is_entry, is_prose};
use crate::article::flag;
use crate::page::chars::exceeds;
use crate::page::draft::{Note, Piece};
use crate::page::lm::Model;

/// Bits by which a beginning must be likelier in the middle of a sentence.
const ODD: f32 = 9.0;

/// A line of more characters that has a comma is a sentence.
const LONG: usize = 45;

/// Bits from which a sentence does not end.
const UNENDED: f32 = 8.0;

/// A first sentence of at most so many characters may be a label, where others are as well.
const LABEL: usize = 4;

/// Characters no paragraph of prose begins with.
const NEVER_FIRST: &str = "的了们吗呢吧矣焉乎";

/// Begins in the middle of a sentence.
pub(super) fn is_odd_start(text: &str, model: &Model) -> bool {
    super::shape::goes_on(text)
        || (text.starts_with(|c| NEVER_FIRST.contains(c)) && !text.starts_with("的确"))
        || (!opens_rarely(text) && model.odd_start(text) + cut_short(text) >= ODD && is_prose(text))
}

/// Begins in a way that is rare and sound: with somebody who is the theme (`他,`), or as the caption of a table (`表1`).
fn opens_rarely(text: &str) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('他' | '她' | '它' | '我' | '你'), _) => true,
        (Some('表' | '图'), Some(c)) => c.is_numeric() || "一二三四五六七八九十".contains(c),
        _ => false,
    }
}

/// Flags paragraphs that begin or end in the middle of a sentence. The first of a continuation and the last of a truncated piece
/// may.
pub(super) fn flag(pieces: &mut [Piece], from: bool, to: bool, model: &Model) {
    let last = pieces.iter().rposition(|p| matches!(p, Piece::Para(_)));
    let first = pieces.iter().position(|p| matches!(p, Piece::Para(_)));
    let mut closed = true;
    let breaks = |p: &Piece| matches!(p, Piece::Para(para) if end(&para.text) == End::Open);
    let labels = pieces
        .iter()
        .filter(|p| matches!(p, Piece::Para(para) if is_labelled(&para.text)))
        .count()
        > 1;
    let list = pieces.iter().any(breaks)
        && pieces
            .iter()
            .filter(|p| matches!(p, Piece::Para(para) if begins_afresh(&para.text)))
            .count()
            > 2;
    for (at, piece) in pieces.iter_mut().enumerate() {
        let Piece::Para(para) = piece else {
            continue;
        };
        if closed
            && !(from && Some(at) == first)
            && Some(at) != first
            && !(labels && is_labelled(&para.text))
            && is_odd_start(&para.text, model)
        {
            para.notes.push(Note::at(
                flag::LOST_COLUMN,
                0,
                usize::from(!para.text.is_empty()),
                "begins in the middle of a sentence: text is missing before it",
            ));
        }
        let ends = end(&para.text);
        if ends == End::Open
            && !list
            && is_prose(&para.text)
            && !(to && Some(at) == last)
            && breaks_off(&para.text, model)
        {
            let len = para.text.chars().count();
            para.notes.push(Note::at(
                flag::LOST_COLUMN,
                len.saturating_sub(1),
                len,
                "breaks off: text is missing after it",
            ));
        }
        closed = ends != End::Open;
    }
}

/// A paragraph hardly ever ends like this: with a comma, or, where it has whole sentences, in the middle of another, or a long
/// sentence where none ends.
fn breaks_off(text: &str, model: &Model) -> bool {
    text.ends_with([',', '，', '、'])
        || (!is_entry(text)
            && (has_stop(text)
                || (exceeds(text, LONG)
                    && text.contains(['，', ','])
                    && model.stop(text) > UNENDED)))
}

/// Opens with a sentence as short as a label: `堵嘴。针对…`.
fn is_labelled(text: &str) -> bool {
    text.chars().take(LABEL + 1).any(|c| c == '。')
}
