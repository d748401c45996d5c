//! Subheads marked like headlines: a page that sets both with the same `#` is split at every one of them, and here what is one
//! article is put together again. Two real articles made one are worse than one made two, so the text must prove it.

use super::block::{Block, Mark};
use super::byline;
use super::cohesion;
use super::draft::Chunk;
use super::jump;
use super::lm::{self, Model};
use super::names::is_han;
use rustc_hash::FxHashSet;

/// Longest subhead, characters.
const LONGEST: usize = 20;

/// Fewest subheads an article has: a lone one proves nothing.
const FEWEST: usize = 2;

/// Most subheads an article has.
const MOST: usize = 12;

/// Chunks around a group in which the words of the page, not of the article, are looked for.
const NEAR: usize = 4;

/// Rare runs of three characters a passage must share with its article.
const SHARED: usize = 3;

/// How many of them do where the headings are numbered from one on, and on average where they are built alike.
const SHARED_NUMBERED: usize = 1;

/// Fewest headings built alike.
const ALIKE: usize = 3;

/// Characters that headlines of different articles begin with or hold at the same place.
const PLACES: &str = "市县区镇村乡省州全我本新";

/// Words in the opening of a piece of news.
const NEWS: [&str; 12] = [
    "昨日",
    "昨天",
    "今日",
    "今天",
    "日前",
    "近日",
    "近期",
    "记者从",
    "记者昨",
    "连日来",
    "据悉",
    "日下午",
];

/// Headings of pieces of their own.
const OWN: [&str; 14] = [
    "启事", "公告", "声明", "通告", "公示", "简讯", "短波", "通知", "名单", "招领", "预报", "图片",
    "讣告", "更正",
];

type Run = [char; 3];

/// Puts passages below subheads back into their articles.
pub(super) fn gather(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let could: Vec<bool> = chunks.iter().map(could_be_passage).collect();
    let mut joins = vec![false; chunks.len()];
    let mut at = 1;
    while at < chunks.len() {
        let length = could.iter().skip(at).take(MOST).take_while(|c| **c).count();
        if length < FEWEST {
            at += length.max(1);
            continue;
        }
        let proved = proved(&chunks, at - 1, length, lm::model());
        if let Some(stretch) = joins.get_mut(at..at + proved) {
            stretch.fill(true);
        }
        at += proved.max(1);
    }
    let mut out: Vec<Chunk> = Vec::with_capacity(chunks.len());
    for (chunk, joins) in chunks.into_iter().zip(joins) {
        match out.last_mut() {
            Some(article) if joins => {
                article.body.extend(chunk.heads);
                article.body.extend(chunk.body);
            }
            _ => out.push(chunk),
        }
    }
    out
}

/// One short heading, and below it text that nobody signs and that does not open as news does.
fn could_be_passage(chunk: &Chunk) -> bool {
    let [head] = chunk.heads.as_slice() else {
        return false;
    };
    let Some(first) = chunk.body.first() else {
        return false;
    };
    let title = head.text.as_str();
    let opening: String = first.text.chars().take(12).collect();
    chunk.from.is_none()
        && head.level().is_some()
        && title.chars().nth(LONGEST).is_none()
        && !OWN.iter().any(|w| title.contains(w))
        && !NEWS.iter().any(|w| opening.contains(w))
        && !opens_with_a_day(&opening)
        && !chunk.body.iter().take(2).any(is_signed)
        && first.text.contains('。')
}

/// `3月6日,`: a piece of news. A year alone, `2021年,`, opens many a passage.
fn opens_with_a_day(opening: &str) -> bool {
    opening.split_once('月').is_some_and(|(month, rest)| {
        month.chars().all(char::is_numeric)
            && rest.trim_start_matches(char::is_numeric).starts_with('日')
    })
}

fn is_signed(block: &Block) -> bool {
    block.mark != Mark::Bold
        && (byline::leading(&block.text).is_some() || byline::signature(&block.text).is_some())
        || byline::whole(&block.text).is_some()
        || jump::is_marker(&block.text)
}

/// How many of the `length` chunks after `opener` the text proves to be its passages; 0, or at least [`FEWEST`].
fn proved(chunks: &[Chunk], opener: usize, length: usize, model: &Model) -> usize {
    let Some(article) = chunks.get(opener).filter(|c| opens_an_article(c)) else {
        return 0;
    };
    let group = chunks.get(opener + 1..=opener + length).unwrap_or_default();
    let page = words_of_the_page(chunks, opener, length, model);
    let alike = if has_author(article) || group.iter().take(ALIKE).all(asks) {
        alike(group)
    } else {
        0
    };
    let (count, shared) = passages(article, group, alike, &page, model);
    if alike == 0 || shared >= alike * SHARED_NUMBERED {
        return count;
    }
    passages(article, group, 0, &page, model).0
}

/// How many chunks of `group` are passages of `article`, the first `alike` of them unless they are too few; and how many rare runs
/// those share with what stands before them.
fn passages(
    article: &Chunk,
    group: &[Chunk],
    alike: usize,
    page: &FxHashSet<Run>,
    model: &Model,
) -> (usize, usize) {
    let level = article.heads.iter().filter_map(Block::level).min();
    let (numbered, authored) = (numbered(group), has_author(article));
    let mut known: FxHashSet<Run> = runs(article, model).collect();
    let (mut count, mut total) = (0, 0);
    for (index, passage) in group.iter().enumerate() {
        if passage.heads.first().and_then(Block::level) != level {
            break;
        }
        // A passage that closes with a credit is the last one.
        let words: FxHashSet<Run> = runs(passage, model).collect();
        let shared = words
            .iter()
            .filter(|w| known.contains(*w) && !page.contains(*w))
            .count();
        let needed = if index < numbered {
            SHARED_NUMBERED
        } else if index < alike {
            0
        } else if authored {
            SHARED
        } else {
            break;
        };
        if shared < needed {
            break;
        }
        total += if index < alike { shared } else { 0 };
        known.extend(words);
        count += 1;
        let last = passage.body.last();
        if last.is_some_and(|b| byline::closing(&b.text).is_some()) {
            break;
        }
    }
    (if count < FEWEST { 0 } else { count }, total)
}

/// An author signs it on a line of his own, as features are signed: below a piece of news others of its kind may follow.
fn has_author(article: &Chunk) -> bool {
    article
        .heads
        .iter()
        .chain(article.body.iter().take(3))
        .any(|b| byline::whole(&b.text).is_some() || byline::signature(&b.text).is_some())
}

/// Its heading is a question.
fn asks(chunk: &Chunk) -> bool {
    chunk.heads.iter().all(|b| b.text.ends_with(['？', '?']))
}

/// How many headings from the first on are built alike: `从码头到厂房`, `从厂房到街头`, `从街头到课堂`.
fn alike(group: &[Chunk]) -> usize {
    let titles: Vec<Vec<char>> = group
        .iter()
        .filter_map(|chunk| chunk.heads.first())
        .map(|head| head.text.chars().collect())
        .collect();
    (ALIKE..=titles.len())
        .rev()
        .find(|n| titles.get(..*n).is_some_and(are_alike))
        .unwrap_or(0)
}

/// All are questions, or all are of one length and have a character at one place, each to within one.
fn are_alike(titles: &[Vec<char>]) -> bool {
    let Some((first, others)) = titles.split_first() else {
        return false;
    };
    let asks = |title: &Vec<char>| matches!(title.last(), Some('？' | '?'));
    let has = |title: &Vec<char>, at: usize, c: char| {
        let near = title.get(at.saturating_sub(1)..(at + 2).min(title.len()));
        near.is_some_and(|near| near.contains(&c))
    };
    titles.iter().all(asks)
        || first.iter().enumerate().any(|(at, c)| {
            is_han(*c)
                && !PLACES.contains(*c)
                && others
                    .iter()
                    .all(|other| other.len().abs_diff(first.len()) <= 1 && has(other, at, *c))
        })
}

/// A headline, text, and somebody who signs it.
fn opens_an_article(chunk: &Chunk) -> bool {
    !chunk.heads.is_empty()
        && chunk.body.len() > 1
        && chunk
            .heads
            .iter()
            .chain(chunk.body.iter().take(3))
            .any(|b| byline::leading(&b.text).is_some() || byline::signature(&b.text).is_some())
        && !chunk
            .body
            .last()
            .is_some_and(|b| byline::closing(&b.text).is_some() || jump::closing(&b.text).is_some())
}

/// How many headings from the first on are numbered one, two, three.
fn numbered(group: &[Chunk]) -> usize {
    group
        .iter()
        .zip(1..)
        .take_while(|(chunk, n)| {
            chunk
                .heads
                .first()
                .is_some_and(|b| number(&b.text) == Some(*n))
        })
        .count()
}

/// The number a heading begins with: `一、`, `（二）`, `3.`.
fn number(text: &str) -> Option<u32> {
    let bare = text.trim_start_matches(['（', '(', '第']);
    let end = bare.find(['、', '）', ')', '．', '.', ' ', '　'])?;
    let digits = bare.get(..end)?;
    digits.parse().ok().or_else(|| jump::chinese_number(digits))
}

/// Runs that stand in other articles near by: the names of the town and the paper prove nothing.
fn words_of_the_page(
    chunks: &[Chunk],
    opener: usize,
    length: usize,
    model: &Model,
) -> FxHashSet<Run> {
    let after = opener + length + 1;
    let before = chunks.get(opener.saturating_sub(NEAR)..opener);
    let behind = chunks.get(after..(after + NEAR).min(chunks.len()));
    before
        .into_iter()
        .chain(behind)
        .flatten()
        .flat_map(|c| runs(c, model))
        .collect()
}

/// The rare runs of a chunk.
fn runs<'a>(chunk: &'a Chunk, model: &'a Model) -> impl Iterator<Item = Run> + 'a {
    chunk
        .heads
        .iter()
        .chain(&chunk.body)
        .flat_map(|b| cohesion::rare(&b.text, model))
}
