//! Paragraphs, sentences and clauses an OCR loop printed twice, removed.

use super::join::{belongs, headings};
use crate::article::flag;
use crate::page::draft::{Note, Para, Piece};
use crate::page::lm::Model;
use std::collections::VecDeque;

/// Shorter texts may be repeated on purpose.
const SHORTEST: usize = 12;

/// A sentence repeated from the paragraph before must be at least so long, characters.
const SENTENCE: usize = 14;

/// A tail shared with the paragraph before must be at least so long, characters.
const TAIL: usize = 18;

/// How many paragraphs back a repeat is looked for.
const WINDOW: usize = 4;

/// Removes repeats; what is removed stands in full in the flag.
pub(super) fn remove(pieces: &mut Vec<Piece>, model: &Model) {
    whole(pieces);
    tails(pieces, model);
    sentences_again(pieces);
}

/// Paragraphs, and clauses stuttered within one.
fn whole(pieces: &mut Vec<Piece>) {
    let mut window: VecDeque<(String, usize)> = VecDeque::with_capacity(WINDOW);
    let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in std::mem::take(pieces) {
        let Piece::Para(mut para) = piece else {
            kept.push(piece);
            continue;
        };
        let printed = para.text.clone();
        if printed.chars().nth(SHORTEST).is_some()
            && let Some((_, line)) = window.iter().find(|(old, _)| is_repeat(old, &printed))
        {
            let what = format!(
                "line {} repeats line {line}; removed “{printed}”",
                para.line
            );
            note_last(&mut kept, Note::whole(flag::DUPLICATE_PARAGRAPH, what));
            continue;
        }
        cut_stutter(&mut para);
        if window.len() == WINDOW {
            window.pop_front();
        }
        window.push_back((printed, para.line));
        kept.push(Piece::Para(para));
    }
    *pieces = kept;
}

fn is_repeat(old: &str, new: &str) -> bool {
    old == new
        || (new.chars().nth(TAIL).is_some()
            && old.ends_with(new)
            && sentence_before(old, old.len() - new.len()))
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
    text.split_inclusive(['。', '！', '？'])
}

/// Sentences of one paragraph that the loop printed in the next as well.
fn sentences_again(pieces: &mut [Piece]) {
    let mut before: Option<(String, usize)> = None;
    for piece in pieces {
        let Piece::Para(para) = piece else { continue };
        let printed = (para.text.clone(), para.line);
        if let Some((text, line)) = &before {
            cut_sentences(para, text, *line);
        }
        before = Some(printed);
    }
}

/// Whole sentences that stand word for word in the paragraph before.
fn cut_sentences(para: &mut Para, before: &str, line: usize) {
    if sentences(&para.text).count() < 2 {
        return;
    }
    let known: rustc_hash::FxHashSet<&str> = sentences(before)
        .filter(|s| s.ends_with('。') && s.chars().nth(SENTENCE).is_some())
        .collect();
    let mut text = String::with_capacity(para.text.len());
    let mut removed = Vec::new();
    let mut chars = 0;
    for sentence in sentences(&para.text) {
        if known.contains(sentence) {
            removed.push((chars, sentence.to_owned()));
        } else {
            text.push_str(sentence);
            chars += sentence.chars().count();
        }
    }
    if removed.is_empty() || text.is_empty() {
        return;
    }
    para.text = text;
    for (at, sentence) in removed {
        note_cut(para, at, chars, &sentence, line);
    }
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
    (start > 0 && text.get(start..)?.chars().nth(TAIL).is_some()).then_some(start)
}

/// A clause printed twice in a row: `…,举行活动,举行活动,…`.
fn cut_stutter(para: &mut Para) {
    let mut text = String::with_capacity(para.text.len());
    let mut removed = Vec::new();
    let mut last = "";
    let mut chars = 0;
    for clause in para
        .text
        .split_inclusive(['。', '！', '？', '；', '，', ',', ';'])
    {
        if clause == last && clause.chars().nth(SHORTEST).is_some() {
            removed.push((chars, clause.to_owned()));
        } else {
            text.push_str(clause);
            chars += clause.chars().count();
            last = clause;
        }
    }
    if removed.is_empty() {
        return;
    }
    let line = para.line;
    para.text = text;
    for (at, clause) in removed {
        note_cut(para, at, chars, &clause, line);
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
