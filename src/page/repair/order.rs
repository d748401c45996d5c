//! Columns read in the wrong order, put back where the text proves it.

use super::join::append;
use super::shape::{End, begins_afresh, cut_short, end, ends_hanging, inside_marks};
use crate::article::flag;
use crate::page::chars::exceeds;
use crate::page::draft::{Note, Para, Piece};
use crate::page::lm::Model;

/// Bits that prove two ends belong together.
const PROOF: f32 = 10.0;

/// Bits by which a beginning that is not odd by itself must fit a hanging end.
const FITS: f32 = 3.5;

/// Bits by which it must fit better than any other.
const AHEAD: f32 = 3.0;

/// Most pieces a strayed column may hold when it lies between the two ends.
const STRAY: usize = 4;

/// Puts one misplaced column back: an end that breaks off and a start in the middle of a sentence that fit each other and nothing
/// else.
pub(super) fn restore(pieces: &mut Vec<Piece>, model: &Model) {
    let (ends, starts) = loose(pieces, model);
    let mut pairs = Vec::new();
    // Damage is rare: a page with many loose ends is no text that columns strayed in.
    if ends.len() > 12 || starts.len() > 12 {
        return;
    }
    for end in &ends {
        for start in starts.iter().filter(|s| *s != end && **s != end + 1) {
            if let (Some(before), Some(after)) = (para(pieces, *end), para(pieces, *start)) {
                let (bits, skip) = fit(before, after, model);
                if bits >= PROOF {
                    pairs.push((*end, *start, bits, skip));
                }
            }
        }
    }
    if pairs.is_empty() {
        pairs.extend(
            ends.iter()
                .filter_map(|end| column_above(pieces, *end, model)),
        );
    }
    let [(end, start, bits, skip)] = pairs.as_slice() else {
        return;
    };
    if start > end {
        over_a_stray(pieces, *end, *start, *bits, *skip);
    } else {
        into_the_box(pieces, *end, *start, *bits, *skip);
    }
}

fn para(pieces: &[Piece], at: usize) -> Option<&Para> {
    match pieces.get(at) {
        Some(Piece::Para(para)) => Some(para),
        _ => None,
    }
}

/// Paragraphs that break off without the next one going on, and those that begin inside a sentence without the one before
/// breaking off.
fn loose(pieces: &[Piece], model: &Model) -> (Vec<usize>, Vec<usize>) {
    let (mut ends, mut starts) = (Vec::new(), Vec::new());
    let lines = super::join::headings(pieces);
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Para(this) = piece else { continue };
        let next = para(pieces, at + 1);
        if end(&this.text) == End::Open
            && exceeds(&this.text, 8)
            && next
                .is_none_or(|n| super::join::belongs(&this.text, &n.text, lines, model).is_none())
        {
            ends.push(at);
        }
        let before = at.checked_sub(1).and_then(|b| para(pieces, b));
        if before.is_some_and(|b| end(&b.text) == End::Closed)
            && super::lost::is_odd_start(&this.text, model)
        {
            starts.push(at);
        }
    }
    (ends, starts)
}

/// How well `after` goes on from `before`, in bits, and how many of its first characters are printed twice.
fn fit(before: &Para, after: &Para, model: &Model) -> (f32, usize) {
    let doubled = before
        .text
        .chars()
        .next_back()
        .is_some_and(|c| after.text.starts_with(c));
    let skip = usize::from(doubled);
    let rest = after.text.chars().skip(skip).collect::<String>();
    // A character printed on both sides of the break is itself a proof.
    (model.joint(&before.text, &rest), skip)
}

/// Where a box holds nothing but an end that hangs: the paragraph of the passage above the box that goes on from it, by far the
/// best of all there.
fn column_above(pieces: &[Piece], end: usize, model: &Model) -> Option<(usize, usize, f32, usize)> {
    let before = para(pieces, end)?;
    let hangs = ends_hanging(&before.text)
        || before.text.ends_with(['、', '，', ','])
        || inside_marks(&before.text);
    if !hangs || para(pieces, end + 1).is_some() {
        return None;
    }
    let above = end.checked_sub(2)?;
    let mut best: Option<(usize, f32)> = None;
    let mut second = f32::NEG_INFINITY;
    for start in (1..=above)
        .rev()
        .take_while(|at| para(pieces, *at).is_some())
    {
        let (Some(previous), Some(this)) = (para(pieces, start - 1), para(pieces, start)) else {
            break;
        };
        if super::shape::end(&previous.text) != End::Closed || begins_afresh(&this.text) {
            continue;
        }
        let bits = model.link(&before.text, &this.text) + cut_short(&this.text);
        match best {
            Some((_, top)) if top >= bits => second = second.max(bits),
            _ => {
                second = best.map_or(second, |(_, top)| top);
                best = Some((start, bits));
            }
        }
    }
    let (start, _) = best.filter(|(_, top)| *top >= FITS && *top - second >= AHEAD)?;
    let (bits, skip) = fit(before, para(pieces, start)?, model);
    (bits >= PROOF).then_some((end, start, bits, skip))
}

/// `… end │ stray │ start …`: the stray goes below.
fn over_a_stray(pieces: &mut Vec<Piece>, end: usize, start: usize, bits: f32, skip: usize) {
    if start - end - 1 > STRAY
        || !pieces
            .get(end..start)
            .is_some_and(|s| s.iter().all(|p| matches!(p, Piece::Para(_))))
    {
        return;
    }
    let Piece::Para(rest) = pieces.remove(start) else {
        return;
    };
    glue(pieces, end, rest, bits, skip);
}

/// `start … │ label │ end`: the column that begins with `start` belongs into the box below it.
fn into_the_box(pieces: &mut Vec<Piece>, end: usize, start: usize, bits: f32, skip: usize) {
    let headed = end
        .checked_sub(1)
        .and_then(|l| pieces.get(l))
        .is_some_and(|p| !matches!(p, Piece::Para(_)));
    let plain = pieces
        .get(start..end.saturating_sub(1))
        .is_some_and(|s| s.iter().all(|p| matches!(p, Piece::Para(_))));
    if !headed || !plain {
        return;
    }
    // start..end-1 is the column, end-1 the label: after the rotation the label and its broken paragraph come first.
    if let Some(stretch) = pieces.get_mut(start..=end) {
        stretch.rotate_right(2);
    }
    let Piece::Para(rest) = pieces.remove(start + 2) else {
        return;
    };
    glue(pieces, start + 1, rest, bits, skip);
}

fn glue(pieces: &mut [Piece], at: usize, rest: Para, bits: f32, skip: usize) {
    let Some(Piece::Para(para)) = pieces.get_mut(at) else {
        return;
    };
    let line = rest.line;
    let doubled: String = rest.text.chars().take(skip).collect();
    let seam = para.text.chars().count();
    let what = if doubled.is_empty() {
        format!(
            "column moved: line {} goes on at line {line} ({bits:.0} bits)",
            para.line
        )
    } else {
        format!(
            "column moved: line {} goes on at line {line} ({bits:.0} bits); doubled “{doubled}” dropped",
            para.line
        )
    };
    para.notes
        .push(Note::at(flag::REORDERED, seam, seam + 1, what));
    append(
        para,
        rest,
        skip,
        seam,
        &format!("joined with line {line} after its column was moved"),
    );
}
