//! Blocks → articles, where the page marks its headings.

use super::anatomy;
use super::block::{Block, Mark};
use super::byline;
use super::draft::Chunk;
use super::jump;

/// Splits a page that marks headings with `#`.
pub(super) fn by_marks(blocks: Vec<Block>) -> Vec<Chunk> {
    let rank = rank(&blocks);
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    while let Some(block) = blocks.next() {
        let Some(level) = block.level() else {
            push(&mut chunks, block);
            continue;
        };
        // All headings that follow each other without text between.
        let mut group = vec![(level, block)];
        while let Some(next) = blocks.next_if(|b| b.level().is_some()) {
            group.push((next.level().unwrap_or(level), next));
        }
        let signed = blocks
            .peek()
            .is_some_and(|b| byline::leading(&b.text).is_some());
        place(&mut chunks, group, rank, signed);
    }
    chunks
}

/// The level most articles have: the commonest one followed by text, the higher one when in doubt.
fn rank(blocks: &[Block]) -> u8 {
    let mut count = [0u32; 7];
    let mut above: Option<u8> = None;
    for block in blocks {
        let level = block.level();
        if let Some(level) = level
            && above.is_none_or(|a| level < a)
            && let Some(n) = count.get_mut(usize::from(level))
        {
            *n += 1;
        }
        above = level;
    }
    (1..=6u8)
        .max_by_key(|l| (count.get(usize::from(*l)).copied().unwrap_or(0), 7 - l))
        .unwrap_or(1)
}

/// Opens the articles a group of headings stands for, or files it as subheads of the article before.
fn place(chunks: &mut Vec<Chunk>, group: Vec<(u8, Block)>, rank: u8, signed: bool) {
    let top = group.iter().map(|(level, _)| *level).min().unwrap_or(rank);
    let inside = chunks
        .last()
        .is_some_and(|c| !c.heads.is_empty() && !c.body.is_empty());
    if top > rank && inside && !signed {
        for (_, block) in group {
            push(chunks, block);
        }
        return;
    }
    let mut kicker = take_kicker(chunks);
    let count = group.len();
    // Deeper headings go with the one above them, or, at the start, with the one below.
    let mut main = false;
    let mut open = true;
    for (index, (level, block)) in group.into_iter().enumerate() {
        // The standing head of a column opens nothing by itself.
        let is_main = level == top && !(index + 1 < count && anatomy::is_column(&block.text));
        if open || (is_main && main) {
            chunks.push(Chunk {
                heads: kicker.take().into_iter().collect(),
                ..Chunk::default()
            });
            main = false;
            open = false;
        }
        main |= is_main;
        if let Some(chunk) = chunks.last_mut() {
            chunk.heads.push(block);
        }
    }
}

/// Takes back the bold line right above a headline: nothing of the article before follows it, so it is no subhead of it but the
/// kicker of what comes.
fn take_kicker(chunks: &mut Vec<Chunk>) -> Option<Block> {
    let chunk = chunks.last_mut()?;
    let kicker = chunk.body.pop_if(|b| {
        b.mark == Mark::Bold
            && b.bold > 0
            && anatomy::is_heading(b)
            && byline::whole(&b.text).is_none()
            && byline::signature(&b.text).is_none()
    })?;
    if chunk.body.is_empty() && chunk.heads.is_empty() && chunk.from.is_none() {
        chunks.pop();
    }
    Some(kicker)
}

/// Adds a block to the article at hand, or opens a continuation.
pub(super) fn push(chunks: &mut Vec<Chunk>, mut block: Block) {
    if let Some((marker, len)) = jump::opening(&block.text) {
        // A chunk that is still empty, or has only its headline, is the continuation's own.
        // So has one whose jump line is printed twice.
        let open = chunks.last().is_some_and(|c| match &c.from {
            None => c.body.is_empty(),
            Some(from) => from.page == marker.page && c.body.iter().all(|b| b.text.is_empty()),
        });
        if !open {
            chunks.push(Chunk::default());
        }
        block.text = block.text.get(len..).unwrap_or_default().trim().to_owned();
        block.bold = 0;
        block.mark = Mark::Plain;
        if let Some(chunk) = chunks.last_mut() {
            chunk.from = Some(marker.after(chunk.from.take()));
            // The line counts although nothing of it may be left.
            chunk.body.push(block);
        }
        return;
    }
    if chunks.is_empty() {
        chunks.push(Chunk::default());
    }
    if let Some(chunk) = chunks.last_mut() {
        chunk.body.push(block);
    }
}
