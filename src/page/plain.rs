//! Blocks → articles, where the page marks no headings: found by length, punctuation, place, and what stands below them.

use super::block::{Block, Mark};
use super::byline;
use super::chars::exceeds;
use super::cohesion::Words;
use super::draft::Chunk;
use super::jump;
use super::kind;
use super::lm::{self, Model};
use super::names::is_han;
use super::split::push;

/// Longest headline, characters.
const HEADLINE: usize = 45;

/// A paragraph of text has more characters.
const PARAGRAPH: usize = 45;

/// Score from which a line opens an article.
const OPENS: f32 = 2.0;

/// Share of rare words known from the article above at which a passage belongs to it.
const SAME: f32 = 0.03;

/// What is known of the article at hand.
#[derive(Default)]
struct State {
    /// Paragraphs so far.
    body: usize,
    /// It has a 讯头 or 电头.
    dispatch: bool,
    /// An author signs below the headline.
    author: bool,
    /// Its words, as far as some line had to be compared with them.
    words: Words,
    /// First line not yet in `words`.
    unread: usize,
}

/// Splits a page without marked headings.
pub(super) fn by_shape(blocks: Vec<Block>) -> Vec<Chunk> {
    let model = lm::model();
    let sorts: Vec<Sort> = blocks.iter().map(sort).collect();
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut state = State::default();
    let opens: Vec<bool> = (0..blocks.len())
        .map(|at| {
            let opens = at == 0 || opens(&blocks, &sorts, at, &mut state, model);
            if opens {
                state = State {
                    unread: at,
                    ..State::default()
                };
            }
            note(&mut state, &sorts, at);
            opens
        })
        .collect();
    let mut headed = false;
    for ((mut block, sort), opens) in blocks.into_iter().zip(sorts).zip(opens) {
        let labels = opens && is_label(&block.text);
        if opens {
            chunks.push(Chunk::default());
            headed = sort == Sort::Line || labels;
        }
        let is_head = sort == Sort::Line || labels;
        // Lines right below a headline are its deck, or it is a kicker and they are the headline.
        if let Some(chunk) = chunks
            .last_mut()
            .filter(|c| headed && c.body.is_empty() && is_head && c.heads.len() < 3)
        {
            block.mark = Mark::Plain;
            chunk.heads.push(block);
            continue;
        }
        headed = false;
        push(&mut chunks, block);
    }
    chunks
}

/// What a line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Could be a headline.
    Line,
    /// A name or a byline of its own.
    Signature,
    /// Text that opens with 讯头 or 电头.
    Dispatch,
    /// Text, captions, entries of lists.
    Text,
}

fn sort(block: &Block) -> Sort {
    let text = block.text.as_str();
    let short = !exceeds(text, HEADLINE);
    let leading = byline::leading(text);
    let signed = || leading.as_ref().is_some_and(|l| l.fills(text));
    if short && (signed() || byline::signature(text).is_some()) {
        return Sort::Signature;
    }
    if leading.is_some() {
        return Sort::Dispatch;
    }
    let quoted = text.trim_end_matches(['”', '’', '』', '」', '"']);
    let closed =
        text.ends_with(['；', ';', '，', ',', '、', '：', ':', '…']) || quoted.ends_with('。');
    let bracketed = text.starts_with(['（', '(']) && text.ends_with(['）', ')']);
    let caption = [
        "图片", "压题", "题图", "图为", "来源", "编者", "左图", "右图", "上图", "下图",
    ]
    .iter()
    .any(|w| text.starts_with(w))
        || ["摄）", "摄)", "报道）", "报道)"]
            .iter()
            .any(|w| text.ends_with(w));
    if short && !closed && !bracketed && !caption && !is_entry(text) && !jump::is_marker(text) {
        Sort::Line
    } else {
        Sort::Text
    }
}

/// Entry of a list, or a numbered subhead: `一、`, `（二）`, `3.`, `●`.
fn is_entry(text: &str) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    let digit = |c: char| c.is_numeric() || "一二三四五六七八九十百".contains(c);
    let bare = text.trim_start_matches(['（', '(', '第']);
    let rest = bare.trim_start_matches(digit);
    "●■▲◆□△○★☆※·—＊*－".contains(first)
        || (rest.len() < bare.len()
            && rest.starts_with(['）', ')', '、', '．', '.', '：', ':', '·']))
}

/// The standing head of a column, set off by a mark: `◆大美栖云`.
fn is_label(text: &str) -> bool {
    text.strip_prefix(['◆', '■', '●', '▲', '★', '□', '○', '☆'])
        .is_some_and(|name| !exceeds(name, 8) && name.chars().all(is_han))
}

/// Whether line `at` opens an article.
fn opens(blocks: &[Block], sorts: &[Sort], at: usize, state: &mut State, model: &Model) -> bool {
    let sort_at = |i: usize| sorts.get(i).copied();
    let (Some(block), Some(before)) = (
        blocks.get(at),
        at.checked_sub(1).and_then(|i| blocks.get(i)),
    ) else {
        return true;
    };
    let jumps = jump::closing(&before.text).is_some();
    match sort_at(at) {
        Some(Sort::Text) if jumps && is_label(&block.text) => return true,
        // A second dispatch is an untitled brief of its own.
        Some(Sort::Dispatch) => return state.dispatch && state.body > 0,
        Some(Sort::Line) => {}
        _ => return false,
    }
    let text = block.text.as_str();
    if state.body > 0 && kind::heads_notice(text) {
        return true;
    }
    let chars = text.chars().count();
    let signed = |i: usize| matches!(sort_at(i), Some(Sort::Dispatch | Sort::Signature));
    let mut score = 0.0;
    if signed(at + 1) || (sort_at(at + 1) == Some(Sort::Line) && signed(at + 2)) {
        score += 3.0;
    }
    if text.contains("图片") || text.contains("附图") {
        score += 3.0;
    }
    // A credit, or a jump line, closes an article.
    let credited = state.body > 0 && sort_at(at - 1) == Some(Sort::Signature);
    score += if jumps { 1.5 } else { 0.0 };
    score += if credited
        || before
            .text
            .ends_with(['。', '！', '？', '…', '”', '』', '）', ')'])
    {
        1.0
    } else {
        -2.0
    };
    score += if before.text.ends_with(['）', ')']) {
        1.5
    } else {
        0.0
    };
    score += if blocks
        .get(at + 1)
        .is_some_and(|b| exceeds(&b.text, PARAGRAPH))
    {
        0.5
    } else {
        0.0
    };
    score += if (8..=32).contains(&chars) { 0.5 } else { 0.0 };
    score += if chars >= 14 { 0.5 } else { 0.0 };
    score -= if chars < 6 { 1.0 } else { 0.0 };
    score -= if state.body == 0 { 2.5 } else { 0.0 };
    score -= if state.author && !state.dispatch {
        1.0
    } else {
        0.0
    };
    if [
        "启事", "公告", "声明", "通告", "公示", "简讯", "新闻", "预报", "概览", "短波", "速览",
        "快讯", "速递",
    ]
    .iter()
    .any(|w| text.ends_with(w))
    {
        score += 1.5;
    }
    // Wider gaps, and bold, are how a page without headings sets them off.
    score += if block.gap > before.gap.max(1) {
        1.0
    } else {
        0.0
    };
    score += if block.mark == Mark::Bold { 1.0 } else { 0.0 };
    if (OPENS - 1.5..OPENS + 1.5).contains(&score) {
        let end = (at + 1..blocks.len())
            .find(|i| sort_at(*i) == Some(Sort::Line))
            .unwrap_or(blocks.len());
        let passage = blocks.get(at + 1..end.min(at + 7)).unwrap_or_default();
        for block in blocks.get(state.unread..at).unwrap_or_default() {
            state.words.read(&block.text, model);
        }
        state.unread = at;
        match state
            .words
            .share(passage.iter().map(|b| b.text.as_str()), model)
        {
            Some(share) if share >= SAME => score -= 1.5,
            Some(share) if share < 0.004 => score += 0.5,
            _ => {}
        }
    }
    score >= OPENS
}

/// Takes line `at` into account.
fn note(state: &mut State, sorts: &[Sort], at: usize) {
    match sorts.get(at) {
        Some(Sort::Signature) => state.author |= state.body == 0,
        Some(Sort::Dispatch) => {
            state.dispatch = true;
            state.body += 1;
        }
        Some(Sort::Text) => state.body += 1,
        _ => {}
    }
}
