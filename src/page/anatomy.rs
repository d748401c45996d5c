//! The parts of one article: kicker, headline, deck, slogan, byline, subheads, boxes.

use super::block::{Block, Mark};
use super::byline;
use super::chars::exceeds;
use super::draft::{Chunk, Draft, Note, Para, Piece, Signed};
use super::jump;
use super::names::is_han;
use crate::article::{Byline, flag};

/// Longest subhead, characters.
const SUBHEAD: usize = 40;

/// Nobody signs with more: what goes on like that is no byline.
const CROWD: usize = 64;

/// Longest subhead set off by a mark in front, characters.
const MARKED: usize = 16;

/// How many paragraphs may stand before the one that carries the byline.
const LEADS: usize = 3;

/// Rank of a line above or below a headline that is not marked as a heading: below all that are.
const UNMARKED: u8 = 7;

/// Reads the anatomy of one article.
pub(super) fn dissect(chunk: Chunk) -> Draft {
    let mut draft = Draft {
        lines: span(&chunk),
        notes: unwrapped(&chunk).into_iter().collect(),
        from: chunk.from,
        ..Draft::default()
    };
    heads(&mut draft, chunk.heads);
    let body = preamble(&mut draft, chunk.body);
    text(&mut draft, body);
    jump_out(&mut draft);
    draft
}

fn span(chunk: &Chunk) -> Option<[usize; 2]> {
    let blocks = || chunk.heads.iter().chain(&chunk.body);
    Some([
        blocks().map(|b| b.line).min()?,
        blocks().map(|b| b.last).max()?,
    ])
}

/// One note for all wrapped lines of an article.
fn unwrapped(chunk: &Chunk) -> Option<Note> {
    let blocks = chunk.heads.iter().chain(&chunk.body);
    let joined: Vec<usize> = blocks
        .map(|b| b.last - b.line)
        .filter(|lines| *lines > 0)
        .collect();
    let (lines, paragraphs) = (joined.iter().sum::<usize>() + joined.len(), joined.len());
    (paragraphs > 0).then(|| {
        let what = format!("{lines} wrapped lines were joined into {paragraphs} paragraphs");
        Note::whole(flag::UNWRAPPED, what)
    })
}

/// The headline is the heading of the highest rank; what stands above it is the kicker, below it the deck or the author.
fn heads(draft: &mut Draft, heads: Vec<Block>) {
    let Some(main) = main(&heads) else {
        return;
    };
    for (index, mut block) in heads.into_iter().enumerate() {
        mark_note(draft, &block);
        if index == main {
            draft.to = pointer(&mut block.text);
            draft.headline = block.text;
        } else if let Some(byline) = byline::whole(&block.text).or_else(|| author(&block.text)) {
            sign(draft, byline, Signed::Head);
        } else if index < main {
            append(&mut draft.kicker, block.text);
        } else {
            append(&mut draft.deck, block.text);
        }
    }
}

/// The heading of the highest rank. Among equals the first, unless it is much the longer: headlines are set large and kept short,
/// kickers are not.
fn main(heads: &[Block]) -> Option<usize> {
    let rank = |b: &Block| b.level().unwrap_or(UNMARKED);
    let top = heads.iter().map(rank).min()?;
    let mut equals = heads
        .iter()
        .enumerate()
        .filter(|(_, b)| rank(b) == top && byline::signature(&b.text).is_none());
    let (first, block) = equals.next().or_else(|| heads.iter().enumerate().next())?;
    if is_column(&block.text)
        && let Some(below) = heads.get(first + 1)
        && byline::whole(&below.text).is_none()
        && byline::signature(&below.text).is_none()
    {
        return Some(first + 1);
    }
    let shorter = equals.next().filter(|(_, second)| {
        !second.text.starts_with('—')
            && second.text.chars().count() * 3 < block.text.chars().count() * 2
            && second.text.chars().count() >= 6
            && !PRESIDED.iter().any(|w| second.text.ends_with(w))
    });
    Some(shorter.map_or(first, |(i, _)| i))
}

/// Ends of decks that say who led a meeting: `某某主持并讲话`.
const PRESIDED: [&str; 9] = [
    "讲话",
    "主持",
    "出席",
    "致辞",
    "参加",
    "批示",
    "主持会议",
    "陪同",
    "部署",
];

/// Standing heads of columns: `简讯`, `【热点关注】`.
const COLUMNS: [&str; 14] = [
    "简讯",
    "短讯",
    "快讯",
    "短波",
    "短新闻",
    "速览",
    "速递",
    "时评",
    "社论",
    "短评",
    "新闻集装箱",
    "一句话新闻",
    "今日关注",
    "热点关注",
];

/// A heading that names a column: what stands below it is the headline.
pub(super) fn is_column(text: &str) -> bool {
    let boxed = text.starts_with('【') && text.ends_with('】');
    let marked = text.starts_with(['◆', '■', '●', '▲', '★', '□', '○', '☆']);
    !exceeds(text, if boxed || marked { 10 } else { 6 })
        && (boxed || marked || COLUMNS.iter().any(|w| text.ends_with(w)))
}

/// Takes a jump line off the beginning or the end of a headline.
fn pointer(headline: &mut String) -> Option<jump::Marker> {
    if let Some((marker, len)) = jump::heading(headline) {
        *headline = headline.get(len..).unwrap_or_default().trim().to_owned();
        return Some(marker);
    }
    let (marker, at) = jump::closing(headline).filter(|(_, at)| *at > 0)?;
    headline.truncate(at);
    headline.truncate(headline.trim_end().len());
    Some(marker)
}

fn append(slot: &mut Option<String>, text: String) {
    match slot {
        Some(old) => {
            old.push(' ');
            old.push_str(&text);
        }
        None => *slot = Some(text),
    }
}

/// What stands between headline and text. Gives back the rest.
fn preamble(draft: &mut Draft, body: Vec<Block>) -> Vec<Block> {
    if draft.headline.is_empty() || draft.from.is_some() {
        return body;
    }
    let mut taken = 0;
    for (index, block) in body.iter().enumerate().take(LEADS) {
        let next = body.get(index + 1);
        let before_byline = next.is_some_and(|b| byline::leading(&b.text).is_some_and(|l| l.apart));
        if label(block).is_some() {
            break;
        }
        if let Some(byline) = byline::whole(&block.text) {
            sign(
                draft,
                byline,
                if next.is_some() {
                    Signed::Head
                } else {
                    Signed::Tail
                },
            );
        } else if let Some(byline) = author(&block.text).filter(|_| next.is_some()) {
            sign(draft, byline, Signed::Head);
        } else if is_short(&block.text) && is_dashed(block, next.is_some()) {
            append(&mut draft.deck, block.text.clone());
        } else if block.mark == Mark::Bold
            && block.bold > 0
            && is_short(&block.text)
            && before_byline
        {
            mark_note(draft, block);
            append(&mut draft.slogan, block.text.clone());
        } else if is_short(&block.text)
            && block.mark == Mark::Plain
            && before_byline
            && byline::leading(&block.text).is_none()
        {
            append(&mut draft.deck, block.text.clone());
        } else {
            break;
        }
        taken = index + 1;
    }
    body.into_iter().skip(taken).collect()
}

/// A second headline after a dash, printed below the first.
fn is_dashed(block: &Block, followed: bool) -> bool {
    block.text.starts_with("——") && followed && !is_quotation(&block.text)
}

/// `——摘自…` says where a quotation is from.
fn is_quotation(text: &str) -> bool {
    ["摘自", "选自", "引自", "出自", "编者", "题记"]
        .iter()
        .any(|w| text.contains(w))
}

fn author(text: &str) -> Option<Byline> {
    byline::signature(text)
}

/// A line like a heading: short, and not a sentence.
fn is_short(text: &str) -> bool {
    !exceeds(text, SUBHEAD) && !text.ends_with(['。', '，', ',', '；', ';', '、', ':', '：'])
}

/// A line like a heading, and neither the label of a box nor an attribution nor a jump line.
pub(super) fn is_heading(block: &Block) -> bool {
    is_short(&block.text)
        && label(block).is_none()
        && !block.text.starts_with("——")
        && !jump::is_marker(&block.text)
}

/// `【理】`, on a line of its own or bold before the text: the label and the bytes it takes.
fn label(block: &Block) -> Option<(String, usize)> {
    let rest = block.text.strip_prefix('【')?;
    let (inner, after) = rest.split_once('】')?;
    let len = block.text.len() - after.len();
    let alone = after.trim().is_empty();
    let fits = !inner.is_empty() && !exceeds(inner, 10);
    (fits && (alone || block.bold >= len)).then(|| (inner.trim().to_owned(), len))
}

/// Lines such as `●关键词:便捷`, each above running text: subheads, where there are several. Their places in `body`.
fn marked(body: &[Block]) -> Vec<usize> {
    let is_marked = |b: &Block| {
        b.text.starts_with(['●', '◆', '■', '★', '▲'])
            && !exceeds(&b.text, MARKED)
            && is_short(&b.text)
            && b.text.ends_with(is_han)
    };
    let prose = |b: &Block| b.text.ends_with(['。', '！', '？', '”']) && !is_marked(b);
    let places: Vec<usize> = body
        .iter()
        .zip(body.iter().skip(1))
        .enumerate()
        .filter(|(_, (line, next))| is_marked(line) && prose(next))
        .map(|(at, _)| at)
        .collect();
    let alone = body.iter().filter(|b| is_marked(b)).count() == places.len();
    if places.len() > 1 && alone {
        places
    } else {
        Vec::new()
    }
}

fn text(draft: &mut Draft, body: Vec<Block>) {
    let marked = marked(&body);
    let last = body.len().saturating_sub(1);
    let mut leads = 0;
    for (index, mut block) in body.into_iter().enumerate() {
        if block.text.is_empty() {
            continue;
        }
        let mut notes = Vec::new();
        if block.unbalanced {
            notes.push(Note::whole(flag::MARKUP, "unbalanced ** dropped"));
        }
        if let Some((name, len)) = label(&block) {
            draft.pieces.push(Piece::Label(name));
            draft.notes.append(&mut notes);
            block.text = block.text.get(len..).unwrap_or_default().trim().to_owned();
            block.bold = 0;
            block.mark = Mark::Plain;
            leads = 0;
            if block.text.is_empty() {
                continue;
            }
        }
        let plausible = leads < LEADS || index == last || block.mark == Mark::Bold;
        let mut leading = plausible.then(|| byline::leading(&block.text)).flatten();
        if let Some(found) = leading.take_if(|l| l.fills(&block.text)) {
            let byline = found.filling(&block.text);
            let at = if leads == 0 {
                Signed::Head
            } else {
                Signed::Tail
            };
            sign(draft, byline, at);
            draft.notes.append(&mut notes);
            continue;
        }
        if (block.mark != Mark::Plain && is_heading(&block)) || marked.binary_search(&index).is_ok()
        {
            draft.pieces.push(Piece::Subhead(block.text));
            draft.notes.append(&mut notes);
            continue;
        }
        if leads < LEADS
            && draft.byline.is_none()
            && draft.from.is_none()
            && let Some(found) = leading
        {
            if found.apart || (block.bold > 0 && found.len >= block.bold) {
                block.text = block
                    .text
                    .get(found.len..)
                    .unwrap_or_default()
                    .trim()
                    .to_owned();
            }
            sign(draft, found.byline, Signed::Dispatch);
        }
        leads += 1;
        draft.pieces.push(Piece::Para(Para {
            text: block.text,
            line: block.line,
            notes,
            ..Para::default()
        }));
    }
    let open = draft.byline.as_ref().is_none_or(|b| b.people.is_empty());
    if open
        && let Some(Piece::Para(para)) = draft.pieces.last()
        && let Some((_, byline)) =
            byline::closing(&para.text).or_else(|| closing_names(draft, &para.text))
    {
        sign(draft, byline, Signed::Tail);
    }
}

/// `本报讯 …。(张三)`: names alone close a piece of news nobody has signed.
fn closing_names(draft: &Draft, text: &str) -> Option<(usize, Byline)> {
    (draft.signed == Signed::Dispatch)
        .then(|| byline::closing_names(text))
        .flatten()
}

/// A second byline on one article adds its people to the first.
fn sign(draft: &mut Draft, byline: Byline, at: Signed) {
    match &mut draft.byline {
        Some(old) => {
            old.raw.push(' ');
            old.raw.push_str(&byline.raw);
            for person in byline.people {
                if old.people.len() < CROWD && !old.people.iter().any(|p| p.name == person.name) {
                    old.people.push(person);
                }
            }
        }
        None => {
            draft.byline = Some(byline);
            draft.signed = at;
        }
    }
}

fn mark_note(draft: &mut Draft, block: &Block) {
    if block.unbalanced {
        draft
            .notes
            .push(Note::whole(flag::MARKUP, "unbalanced ** dropped"));
    }
}

/// Takes the jump line off the end of the text.
fn jump_out(draft: &mut Draft) {
    let Some(Piece::Para(para)) = draft
        .pieces
        .iter_mut()
        .rev()
        .find(|p| matches!(p, Piece::Para(_)))
    else {
        return;
    };
    if let Some((marker, at)) = jump::closing(&para.text) {
        para.text.truncate(at);
        let kept = para.text.trim_end().len();
        para.text.truncate(kept);
        draft.to = Some(marker.after(draft.to.take()));
        draft
            .pieces
            .retain(|p| !matches!(p, Piece::Para(p) if p.text.is_empty()));
    }
}
