//! How a paragraph begins and ends.

use crate::page::chars::{CharSet, exceeds, last};
use crate::page::names::is_han;

/// Running text has at least so many characters.
const PROSE: usize = 12;

/// Headings and verses have at most so many.
const LINE: usize = 30;

/// Characters at the end of a text among which the dash of an attribution is looked for.
const ATTRIBUTION: usize = 15;

/// Marks that can only go on.
static GO_ON: CharSet = CharSet::of("，,。、；;：:！？）)》%％℃");

/// Marks of an entry or a section.
static ENTRIES: CharSet = CharSet::of("●■▲◆□△○★☆※·•＊*—#（(【");

/// Marks that end a clause.
static CLAUSE_ENDS: CharSet = CharSet::of("，,。！？!?；;：:");

/// How a paragraph ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// With the sentence.
    Closed,
    /// With a bracket or quotation mark that may close a sentence or not.
    Doubtful,
    /// In the middle of a sentence.
    Open,
}

/// How `text` ends.
pub(super) fn end(text: &str) -> End {
    let text = text.trim_end();
    match last_mark(text) {
        // `——编者`, `———摘自…`: an attribution closes a text.
        End::Open | End::Doubtful if last(text, ATTRIBUTION).contains("——") => End::Closed,
        end => end,
    }
}

/// How the last characters of `text` end it.
fn last_mark(text: &str) -> End {
    let mut back = text.chars().rev();
    let Some(mark) = back.next() else {
        return End::Closed;
    };
    match mark {
        '。' | '！' | '？' | '!' | '?' | '…' | '；' | ';' | ':' | '：' | '—' | '～' | '~' | '.'
        | '*' => End::Closed,
        '”' | '’' | '』' | '」' | '"' => match back.next() {
            Some('。' | '！' | '？' | '!' | '?' | '…' | '；' | ';' | '—' | '.') => {
                End::Closed
            }
            _ => End::Doubtful,
        },
        ')' | '）' | '】' | '》' | '〉' | ']' => End::Doubtful,
        _ => End::Open,
    }
}

/// Begins with a mark that can only go on.
pub(super) fn goes_on(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        // `’97` is a year.
        Some('”' | '’' | '』' | '」') => !chars.next().is_some_and(char::is_numeric),
        Some(c) => GO_ON.contains(c),
        None => false,
    }
}

/// Begins with a mark of an entry: `●`.
pub(super) fn is_entry(text: &str) -> bool {
    ENTRIES.begins(text)
}

/// Begins what is an entry, a section or an article of its own: `●`, `一、`, `（二）`, `3.`, `第三，`, `本报讯`.
pub(super) fn begins_afresh(text: &str) -> bool {
    let number = |c: char| c.is_numeric() || "一二三四五六七八九十".contains(c);
    let bare = text.trim_start_matches(['第', '（', '(']);
    let rest = bare.trim_start_matches(number);
    let listed = rest.len() < bare.len()
        && rest.starts_with(['、', '．', '.', '，', ',', '）', ')', '：', '条', '章'])
        && !rest
            .get(1..)
            .is_some_and(|r| r.starts_with(char::is_numeric));
    [
        "编者按",
        "编后",
        "图为",
        "图片",
        "附：",
        "注：",
        "新闻链接",
        "相关链接",
    ]
    .iter()
    .any(|w| text.starts_with(w))
        || ENTRIES.begins(text)
        || listed
        || crate::page::byline::leading(text).is_some()
}

/// How much likelier a first sentence of this length is the rest of a broken one than the first of a paragraph, in bits: few
/// paragraphs open with a very short sentence, unless somebody speaks. Measured on breaks at random places in a month of a
/// national daily.
pub(super) fn cut_short(text: &str) -> f32 {
    let Some((chars, (_, mark))) = text
        .char_indices()
        .enumerate()
        .find(|(_, (_, c))| CLAUSE_ENDS.contains(*c))
    else {
        return -1.0;
    };
    match (mark, chars) {
        _ if !text.starts_with(is_han) => -1.5,
        ('：' | ':', ..=12) => -1.1,
        ('：' | ':', _) => -2.3,
        ('，' | ',', ..=18) => -0.3,
        ('，' | ',', _) => -1.0,
        ('。', ..=3) => 5.0,
        (_, ..=12) => 2.3,
        (_, ..=18) => 0.8,
        _ => 0.0,
    }
}

/// A quotation, title or bracket is open at the end of `text`.
pub(super) fn inside_marks(text: &str) -> bool {
    let mut open = [0isize; 6];
    for c in text.chars() {
        match c {
            '“' => open[0] += 1,
            '”' => open[0] -= 1,
            '《' => open[1] += 1,
            '》' => open[1] -= 1,
            '『' => open[2] += 1,
            '』' => open[2] -= 1,
            '「' => open[3] += 1,
            '」' => open[3] -= 1,
            '‘' => open[4] += 1,
            '’' => open[4] -= 1,
            '(' | '（' => open[5] += 1,
            ')' | '）' => open[5] -= 1,
            _ => {}
        }
    }
    open.iter().any(|n| *n > 0)
}

/// Ends with a word that something must follow.
pub(super) fn ends_hanging(text: &str) -> bool {
    text.ends_with([
        '的', '和', '与', '及', '或', '把', '被', '从', '将', '并', '而',
    ])
}

/// Holds a whole sentence and the beginning of another: no heading does.
pub(super) fn has_stop(text: &str) -> bool {
    text.contains(['。', '！', '？'])
}

/// Looks like running text: more than a heading, a verse or an entry of a list.
pub(super) fn is_prose(text: &str) -> bool {
    let (mut chars, mut han) = (0, 0);
    for c in text.chars() {
        chars += 1;
        han += usize::from(is_han(c));
    }
    han * 2 > chars && chars >= PROSE
}

/// A line that ends without a mark and could be a heading, a verse or an entry of a list.
pub(super) fn is_line(text: &str) -> bool {
    !exceeds(text, LINE) && end(text) == End::Open && !has_stop(text)
}
