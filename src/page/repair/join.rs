//! Paragraphs broken by a column or page break, joined.

use super::shape::{
    End, begins_afresh, end, ends_hanging, goes_on, has_stop, inside_marks, is_line, is_prose,
};
use crate::article::flag;
use crate::page::byline;
use crate::page::chars::{exceeds, last};
use crate::page::draft::{Note, Para, Piece};
use crate::page::lm::Model;
use crate::page::names::is_han;

/// Bits that join two stretches of running text.
const LIKELY: f32 = 0.0;

/// Bits by which the second of them may fit worse than the beginning of a paragraph does: beyond that one begins there, and what
/// the first wants is lost. Of breaks at random places one in a hundred is beyond it, of paragraphs after a lost column one in four.
const AFRESH: f32 = -5.0;

/// Bits that join a long stretch without a stop, which might be a deck, with the text below it.
const PROBABLE: f32 = 4.6;

/// Bits that join a line that might be a heading with the text below it.
const SURE: f32 = 6.6;

/// Bits that join such a line in an article that has headings.
const STRONG: f32 = 11.0;

/// Bits that join what ends in a bracket or quotation mark.
const VERY_SURE: f32 = 14.0;

/// An article with so many lines like headings has headings, or verse, or a table.
const HEADINGS: usize = 2;

/// Characters before a break that are looked at: a joined paragraph may be long.
const TAIL: usize = 200;

/// Joins paragraphs that a column broke.
pub(super) fn join(pieces: Vec<Piece>, model: &Model) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    let lines = headings(&pieces);
    // Characters of the last paragraph: counted once, however often it grows.
    let mut seam = 0;
    for piece in pieces {
        let Piece::Para(next) = piece else {
            out.push(piece);
            continue;
        };
        let len = next.text.chars().count();
        if let Some(Piece::Para(last)) = out.last_mut()
            && !last.torn
            && let Some(bits) = belongs(&last.text, &next.text, lines, model)
        {
            let what = format!(
                "joined over a column break with line {} ({bits:.0} bits)",
                next.line
            );
            append(last, next, 0, seam, &what);
            seam += len;
        } else {
            out.push(Piece::Para(next));
            seam = len;
        }
    }
    out
}

/// How many lines of a text could be headings.
pub(super) fn headings(pieces: &[Piece]) -> usize {
    pieces
        .iter()
        .filter(|p| matches!(p, Piece::Para(para) if is_line(&para.text)))
        .count()
}

/// Whether `after` goes on where `before` breaks off: how sure, in bits. `lines`: see [`headings`].
pub(super) fn belongs(before: &str, after: &str, lines: usize, model: &Model) -> Option<f32> {
    let bits = || model.joint(before, after);
    let before = last(before, TAIL);
    if goes_on(after) {
        return Some(bits());
    }
    let ends = end(before);
    let fragment = !exceeds(after, 7) && !has_stop(after);
    if ends == End::Closed
        || (begins_afresh(after) && !names_employer(before, after) && !explains(before, after))
        || fragment
        || after.starts_with(before)
    {
        return None;
    }
    let comma = before.ends_with(['，', ',', '、']) && is_prose(before);
    let hanging = comma || inside_marks(before) || (lines < HEADINGS && ends_hanging(before));
    let needed = match ends {
        End::Doubtful => VERY_SURE,
        _ if !is_prose(before) && !hanging => return None,
        // A list goes on line by line, and none of its lines ends with a stop.
        _ if end(after) == End::Open && !has_stop(after) && !hanging => VERY_SURE,
        _ if end(after) == End::Doubtful && !has_stop(after) && !comma => VERY_SURE,
        _ if has_stop(before) => LIKELY,
        _ if !is_line(before) => PROBABLE,
        _ if hanging => LIKELY,
        // Where news comes from stands at the beginning of a paragraph, never of a heading.
        _ if byline::leading(before).is_some() => LIKELY,
        _ if begins_afresh(before) => VERY_SURE,
        _ if lines >= HEADINGS => STRONG,
        _ => SURE,
    };
    let bits = bits();
    let afresh = has_stop(before) && !comma && model.link(before, after) < AFRESH;
    (bits >= needed && !afresh).then_some(bits)
}

/// `…的营业账户 │ （指收入…）…`: brackets in the middle of a sentence.
fn explains(before: &str, after: &str) -> bool {
    after.starts_with(['（', '('])
        && before.contains(['，', ',', '。'])
        && after
            .find(['）', ')'])
            .and_then(|at| after.get(at..)?.chars().nth(1))
            .is_some_and(is_han)
        && byline::leading(after).is_none()
}

/// `…、本报 │ 记者张三报道`: a byline broken between employer and role.
fn names_employer(before: &str, after: &str) -> bool {
    after.starts_with("记者") && before.ends_with(['报', '社', '台', '网', '、'])
}

/// Adds `next`, without its first `skip` characters, to `para`, which has `seam` characters.
pub(super) fn append(para: &mut Para, next: Para, skip: usize, seam: usize, what: &str) {
    let cut = next
        .text
        .char_indices()
        .nth(skip)
        .map_or(next.text.len(), |(i, _)| i);
    let added = next.text.get(cut..).unwrap_or_default();
    let len = added.chars().count();
    para.text.push_str(added);
    para.notes.push(Note::at(
        flag::JOINED_PARAGRAPH,
        seam,
        seam + len.min(1),
        what,
    ));
    for mut note in next.notes {
        let (from, to) = note.at.unwrap_or((0, skip + len));
        note.at = Some((
            seam + from.saturating_sub(skip),
            seam + to.saturating_sub(skip),
        ));
        para.notes.push(note);
    }
}
