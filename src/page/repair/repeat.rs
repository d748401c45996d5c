//! Paragraphs, sentences and clauses an OCR loop printed twice, removed.

use super::join::{belongs, headings};
use super::shape::{End, end};
use super::suspect;
use crate::article::flag;
use crate::page::chars::{CharSet, exceeds};
use crate::page::draft::{Note, Para, Piece};
use crate::page::lm::Model;
use std::collections::VecDeque;
use std::ops::Range;

/// Shorter texts may be repeated on purpose.
const SHORTEST: usize = 12;

/// A sentence repeated from the paragraph before must be at least so long, characters.
const SENTENCE: usize = 14;

/// A tail shared with the paragraph before must be at least so long, characters.
const TAIL: usize = 18;

/// Marks that end a sentence.
static SENTENCE_ENDS: CharSet = CharSet::of("。！？");

/// Marks that end a clause.
static CLAUSE_ENDS: CharSet = CharSet::of("。！？；，,;");

/// How many paragraphs back a repeat is looked for.
const WINDOW: usize = 4;

/// A clause repeated over a column break must be at least so long, characters.
const CLAUSE: usize = 5;

/// Of so many characters one at most may be misread in a repeat.
const MISREAD: usize = 12;

/// Most clauses that are stuttered together.
const PERIOD: usize = 3;

/// Removes repeats; what is removed stands in full in the flag.
pub(super) fn remove(pieces: &mut Vec<Piece>, model: &Model) {
    whole(pieces);
    over_breaks(pieces);
    tails(pieces, model);
    sentences_again(pieces);
}

/// Paragraphs, and clauses stuttered within one.
fn whole(pieces: &mut Vec<Piece>) {
    let repeats = repeats(pieces);
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    for (mut piece, repeat) in std::mem::take(pieces).into_iter().zip(repeats) {
        if let Piece::Para(para) = &mut piece {
            if let Some(line) = repeat {
                let what = format!(
                    "line {} repeats line {line}; removed “{}”",
                    para.line, para.text
                );
                note_last(&mut kept, Note::whole(flag::DUPLICATE_PARAGRAPH, what));
                continue;
            }
            cut_stutter(para);
        }
        kept.push(piece);
    }
    *pieces = kept;
}

/// For every piece, the line of the paragraph not far above that it repeats.
fn repeats(pieces: &[Piece]) -> Vec<Option<usize>> {
    let mut window: VecDeque<&Para> = VecDeque::with_capacity(WINDOW);
    pieces
        .iter()
        .map(|piece| {
            let Piece::Para(para) = piece else {
                return None;
            };
            let old = window
                .iter()
                .find(|old| is_repeat(&old.text, &para.text))
                .map(|old| old.line);
            if old.is_none() {
                if window.len() == WINDOW {
                    window.pop_front();
                }
                window.push_back(para);
            }
            old
        })
        .collect()
}

fn is_repeat(old: &str, new: &str) -> bool {
    if !exceeds(new, SHORTEST) {
        return false;
    }
    let end_again = old.ends_with(new)
        && (old.len() == new.len()
            || (exceeds(new, TAIL) && sentence_before(old, old.len() - new.len())));
    let broken = || exceeds(new, TAIL) && end(new) == End::Open;
    end_again || (broken() && old.starts_with(new)) || is_misread(old, new)
}

/// The same paragraph read twice, a few characters once right and once wrong.
fn is_misread(old: &str, new: &str) -> bool {
    if old.len() != new.len() || !exceeds(new, TAIL) {
        return false;
    }
    let (mut chars, mut differ) = (0, 0);
    for (a, b) in old.chars().zip(new.chars()) {
        chars += 1;
        if a != b {
            differ += 1;
            // Numbers and names that differ make another paragraph of it.
            if !suspect::alike(a, b) || differ * MISREAD > chars + TAIL {
                return false;
            }
        }
    }
    differ > 0 && differ * MISREAD <= chars
}

/// Clauses printed on both sides of a column break: `…增加八百亩, │ 增加八百亩,带动…`.
fn over_breaks(pieces: &mut Vec<Piece>) {
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    for mut piece in std::mem::take(pieces) {
        if let (Piece::Para(this), Some(Piece::Para(before))) = (&mut piece, kept.last_mut())
            && let Some(clause) = last_clause(&before.text)
            && this.text.starts_with(clause)
        {
            let (len, line) = (clause.len(), before.line);
            if this.text.len() == len {
                let what = format!(
                    "line {} repeats words of line {line}; removed “{}”",
                    this.line, this.text
                );
                before
                    .notes
                    .push(Note::whole(flag::DUPLICATE_PARAGRAPH, what));
                continue;
            }
            cut(this, std::iter::once(0..len), line);
        }
        kept.push(piece);
    }
    *pieces = kept;
}

/// The clause a paragraph breaks off after, with its comma.
fn last_clause(text: &str) -> Option<&str> {
    let bare = text.strip_suffix([',', '，'])?;
    let start = bare
        .char_indices()
        .rev()
        .take(TAIL * 2)
        .find(|(_, c)| CLAUSE_ENDS.contains(*c))
        .map(|(at, mark)| at + mark.len_utf8())?;
    text.get(start..).filter(|clause| exceeds(clause, CLAUSE))
}

/// A sentence or clause ends right before byte `at`.
fn sentence_before(text: &str, at: usize) -> bool {
    text.get(..at)
        .is_some_and(|t| t.is_empty() || t.ends_with(['。', '！', '？', '；', '”', ',', '，']))
}

fn note_last(kept: &mut [Piece], note: Note) {
    if let Some(Piece::Para(para)) = kept.iter_mut().rev().find(|p| matches!(p, Piece::Para(_))) {
        para.notes.push(note);
    }
}

/// Sentences with the mark that ends each.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(|c| SENTENCE_ENDS.contains(c))
}

/// Sentences of one paragraph that the loop printed in the next as well.
fn sentences_again(pieces: &mut [Piece]) {
    let mut before: Option<&Para> = None;
    let mut again = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if let Piece::Para(this) = piece
            && let Some(before) = before.replace(this)
        {
            let words = shared_sentences(&this.text, &before.text);
            if !words.is_empty() {
                again.push((at, words, before.line));
            }
        }
    }
    for (at, words, line) in again {
        if let Some(Piece::Para(para)) = pieces.get_mut(at) {
            cut(para, words, line);
        }
    }
}

/// Whole sentences of `text` that stand word for word in the paragraph before; none when nothing would be left.
fn shared_sentences(text: &str, before: &str) -> Vec<Range<usize>> {
    if sentences(text).nth(1).is_none() {
        return Vec::new();
    }
    let known: rustc_hash::FxHashSet<&str> = sentences(before)
        .filter(|s| s.ends_with('。') && exceeds(s, SENTENCE))
        .collect();
    let shared = places(sentences(text), |sentence| known.contains(sentence));
    if shared.iter().map(Range::len).sum::<usize>() == text.len() {
        return Vec::new();
    }
    shared
}

/// Where those of the parts that make up a text stand in it of which `is` holds.
fn places<'a>(
    parts: impl Iterator<Item = &'a str>,
    mut is: impl FnMut(&'a str) -> bool,
) -> Vec<Range<usize>> {
    let mut end = 0;
    parts
        .filter_map(|part| {
            let start = end;
            end += part.len();
            is(part).then_some(start..end)
        })
        .collect()
}

/// Tails: a loop can print the end of the paragraph before in the middle of a sentence. That it did is proved by the next paragraph,
/// which goes on where the tail is cut.
fn tails(pieces: &mut [Piece], model: &Model) {
    let lines = headings(pieces);
    for at in 1..pieces.len() {
        let (Some(Piece::Para(before)), Some(Piece::Para(this)), Some(Piece::Para(next))) =
            (pieces.get(at - 1), pieces.get(at), pieces.get(at + 1))
        else {
            continue;
        };
        let Some(cut) = shared_tail(&this.text, &before.text) else {
            continue;
        };
        let (kept, removed) = this.text.split_at(cut);
        if belongs(kept, &next.text, lines, model).is_none() {
            continue;
        }
        let (kept, removed, line) = (kept.to_owned(), removed.to_owned(), before.line);
        if let Some(Piece::Para(para)) = pieces.get_mut(at) {
            para.text = kept;
            let len = para.text.chars().count();
            para.forget(len, len + removed.chars().count());
            note_cut(para, len, len, &removed, line);
        }
    }
}

/// The byte from which `text` ends like `before`, at the beginning of a clause.
fn shared_tail(text: &str, before: &str) -> Option<usize> {
    let shared: usize = text
        .chars()
        .rev()
        .zip(before.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let from = text.len() - shared;
    let start = if sentence_before(text, from) {
        from
    } else {
        let (at, mark) = text
            .get(from..)?
            .char_indices()
            .find(|(_, c)| matches!(c, '。' | '！' | '？' | '；' | '，' | ','))?;
        from + at + mark.len_utf8()
    };
    (start > 0 && exceeds(text.get(start..)?, TAIL)).then_some(start)
}

/// Clauses printed twice in a row: `…,举行活动,举行活动,…`. Short ones may be meant: `马上办,马上办`.
fn cut_stutter(para: &mut Para) {
    let clauses: Vec<&str> = para
        .text
        .split_inclusive(|c| CLAUSE_ENDS.contains(c))
        .collect();
    let mut words = Vec::new();
    let (mut at, mut from) = (0, 0);
    while let Some(clause) = clauses.get(at) {
        let again = (1..=PERIOD.min(at)).find_map(|period| {
            let now = clauses.get(at..at + period)?;
            let same = clauses.get(at - period..at) == Some(now);
            let len: usize = now.iter().map(|c| c.len()).sum();
            (same && exceeds(para.text.get(from..from + len)?, SHORTEST)).then_some((period, len))
        });
        let (period, len) = again.unwrap_or((1, clause.len()));
        if again.is_some() {
            words.push(from..from + len);
        }
        (at, from) = (at + period, from + len);
    }
    if !words.is_empty() {
        cut(para, words, para.line);
    }
}

/// Cuts words that line `line` has already.
fn cut(para: &mut Para, words: impl IntoIterator<Item = Range<usize>>, line: usize) {
    let printed = std::mem::take(&mut para.text);
    let (mut chars, mut end) = (0, 0);
    let mut keep = |text: &str| {
        para.text.push_str(text);
        chars += text.chars().count();
        chars
    };
    let mut cuts = Vec::new();
    for range in words {
        let at = keep(printed.get(end..range.start).unwrap_or_default());
        end = range.end;
        cuts.push((at, printed.get(range).unwrap_or_default()));
    }
    let len = keep(printed.get(end..).unwrap_or_default());
    // Places noted before are moved one cut after the other, each as if the later ones were still there.
    for (at, removed) in &cuts {
        para.forget(*at, at + removed.chars().count());
    }
    for (at, removed) in cuts {
        note_cut(para, at, len, removed, line);
    }
}

/// Notes what was cut at character `at` of a paragraph that now has `len`.
fn note_cut(para: &mut Para, at: usize, len: usize, removed: &str, line: usize) {
    let what = format!(
        "line {} repeats words of line {line}; removed “{removed}”",
        para.line
    );
    para.notes.push(Note::at(
        flag::DUPLICATE_PARAGRAPH,
        at.min(len),
        (at + 1).min(len),
        what,
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by the fuzzer: a flag pointed behind the end of the body.
    #[test]
    fn what_is_cut_before_a_place_noted_earlier_moves_it() {
        let para = |text: &str| {
            Piece::Para(Para {
                text: text.into(),
                ..Para::default()
            })
        };
        let mut pieces = vec![
            para("市里昨天召开春季农业生产现场推进会议。"),
            para(
                "市里昨天召开春季农业生产现场推进会议。会后大家来到田间察看育秧情况,\
                 会后大家来到田间察看育秧情况,都说今年秧苗长势很好。",
            ),
        ];
        remove(&mut pieces, crate::page::lm::model());
        let [_, Piece::Para(para)] = pieces.as_slice() else {
            panic!("{pieces:?}")
        };
        assert_eq!(
            para.text,
            "会后大家来到田间察看育秧情况,都说今年秧苗长势很好。"
        );
        let places: Vec<_> = para.notes.iter().map(|n| n.at).collect();
        assert_eq!(places, [Some((15, 16)), Some((0, 1))]);
    }
}
