//! Bylines in all their forms: 讯头, 电头, credits on a line of their own, credits that close a text.

use super::chars::{CharSet, exceeds, first};
use super::credits::{Credits, credits, signed};
use super::names::{is_han, is_name};
use super::pattern;
use crate::article::{Byline, Contributor};
use regex::Regex;
use std::sync::LazyLock;

/// A byline at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leading {
    /// What it says.
    pub(super) byline: Byline,
    /// Bytes of the text it takes, with the space after it.
    pub(super) len: usize,
    /// It stands apart from the sentence: followed by a space, closed by a bracket, or filling the line.
    pub(super) apart: bool,
}

/// A byline is looked for in so many characters.
const REACH: usize = 160;

/// `本报讯`, `株洲日报讯`, `据新华社北京1月4日电`.
static DISPATCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[□■◆●▲△◎○☆★▶►【\[]\s*)?(?P<relay>综合|据)?\s*(?P<paper>(?:(?:新华社|新华网|中新社|中新网|中国新闻网|人民网|央视新闻|本报|本刊|本台|本网|\p{Han}{2,8}?(?:日报|晚报|早报|晨报|时报|商报|都市报|青年报|快报|周报|导报|法治报|法制报|农民报|工人报|经济报|教育报|卫生报|新报|融媒体中心|融媒体|融媒|新闻网|在线|通讯社|电视台|广播电台|新闻客户端))[、,，/\s]?){1,3})(?:综合)?\s*(?:(?P<place>[\p{Han}·]{2,10}?)\s?)?(?P<date>(?:(?:[\d〇零一二三四五六七八九]{2,4}年)?[\d一二三四五六七八九十]{1,3}月)?[\d一二三四五六七八九十]{1,3}日)?\s*(?P<word>[电讯])[】\]]?",
    )
});

/// Characters after 电 or 讯 that make another word of it.
const NOT_A_DISPATCH: &str = "子视影力话台网器动机商信息问号脑池梯缆车";

/// A byline that opens `text`, with or without text after it.
pub(super) fn leading(text: &str) -> Option<Leading> {
    let head = first(text, REACH);
    dispatch(head)
        .or_else(|| opening_credits(head))
        .map(|mut found| {
            found.byline.raw = text.get(..found.len).unwrap_or_default().trim().to_owned();
            found.apart |= found.len == text.len();
            found
        })
}

/// A byline that fills `text`.
pub(super) fn whole(text: &str) -> Option<Byline> {
    leading(text)
        .filter(|found| found.fills(text))
        .map(|found| found.filling(text))
}

impl Leading {
    /// Nothing but a closing mark follows it in `text`.
    pub(super) fn fills(&self, text: &str) -> bool {
        text.get(self.len..).is_some_and(|rest| {
            rest.chars()
                .all(|c| c.is_whitespace() || "。.)）】]".contains(c))
        })
    }

    /// As the byline that fills `text`.
    pub(super) fn filling(self, text: &str) -> Byline {
        Byline {
            raw: text.trim().to_owned(),
            ..self.byline
        }
    }
}

/// Names alone, as an author signs below a headline: `张三`, `张 三 李小明`, `□ 张三`.
pub(super) fn signature(text: &str) -> Option<Byline> {
    let bare =
        text.trim_start_matches(|c: char| c.is_whitespace() || "□■◆●▲△◎○☆★—-/（(".contains(c));
    let bare = bare.trim_end_matches([')', '）', ' ', '\u{3000}']);
    if bare.is_empty() || exceeds(bare, 24) {
        return None;
    }
    let tokens: Vec<&str> = bare
        .split(|c: char| c.is_whitespace() || "、,，/".contains(c))
        .filter(|t| !t.is_empty())
        .collect();
    // `张 三`: a name of two characters spaced out to the width of three.
    let names: Vec<String> = if tokens.iter().all(|t| t.chars().count() == 1) {
        if tokens.len() == 2 {
            vec![tokens.concat()]
        } else {
            return None;
        }
    } else {
        glue_spaced(&tokens)
    };
    names.iter().all(|n| is_name(n)).then(|| Byline {
        raw: text.trim().to_owned(),
        people: names
            .into_iter()
            .map(|name| Contributor {
                name,
                role: String::new(),
                org: None,
            })
            .collect(),
        ..Byline::default()
    })
}

fn glue_spaced(tokens: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut open = false;
    for token in tokens {
        let single = token.chars().count() == 1;
        match names.last_mut() {
            Some(last) if open && single => {
                last.push_str(token);
                open = false;
            }
            _ => {
                names.push((*token).to_owned());
                open = single;
            }
        }
    }
    names
}

/// A credit in brackets that closes `text`: `(记者 张三)`, `(新华社记者张三摄)`. Gives the byte where it begins.
pub(super) fn closing(text: &str) -> Option<(usize, Byline)> {
    let trimmed = text.trim_end();
    if !trimmed.ends_with([')', '）']) {
        return None;
    }
    let at = trimmed.rfind(['(', '（'])?;
    let group = trimmed.get(at..)?;
    if at == 0 || exceeds(group, 60) {
        return None;
    }
    let inner = inside(group)?;
    let found = credits(inner)?;
    let whole = inner
        .get(found.len..)
        .is_some_and(|rest| rest.trim().is_empty());
    (whole && found.named() && found.has_role).then(|| (at, found.into_byline(group)))
}

/// Names in brackets that close `text`: `(张三 李四)`. Gives the byte where they begin.
pub(super) fn closing_names(text: &str) -> Option<(usize, Byline)> {
    let trimmed = text.trim_end();
    let at = trimmed.rfind(['(', '（']).filter(|at| *at > 0)?;
    let group = trimmed.get(at..)?;
    if !group.ends_with([')', '）']) || exceeds(group, 24) {
        return None;
    }
    signature(inside(group)?).map(|byline| {
        (
            at,
            Byline {
                raw: group.to_owned(),
                ..byline
            },
        )
    })
}

fn inside(group: &str) -> Option<&str> {
    let open = group.chars().next()?;
    let close = group.chars().next_back()?;
    group.get(open.len_utf8()..group.len() - close.len_utf8())
}

/// What names of papers and agencies end in.
static PAPER_ENDS: CharSet = CharSet::of("报社网台刊体心线端闻");

fn dispatch(head: &str) -> Option<Leading> {
    // The pattern is only worth trying where its last character is near, with a name of a paper or agency before it.
    let near = head
        .char_indices()
        .take(44)
        .find(|(_, c)| matches!(c, '电' | '讯'))
        .map(|(i, _)| i)?;
    if !head.get(..near)?.contains(|c| PAPER_ENDS.contains(c)) {
        return None;
    }
    let found = DISPATCH.captures(head)?;
    let get = |name: &str| found.name(name).map(|m| m.as_str().trim().to_owned());
    let mut len = found.get(0)?.end();
    let wire = get("word").as_deref() == Some("电");
    let paper = get("paper")?;
    let (date, relay) = (get("date"), get("relay"));
    let rest = head.get(len..)?;
    if rest
        .chars()
        .next()
        .is_some_and(|c| NOT_A_DISPATCH.contains(c))
        || (wire
            && date.is_none()
            && relay.is_none()
            && !rest.trim_start().starts_with(['(', '（']))
    {
        return None;
    }
    let mut byline = Byline {
        paper: Some(paper.trim_end_matches(['、', ',', '，', '/']).to_owned()),
        place: get("place"),
        date,
        ..Byline::default()
    };
    let mut apart = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let spaces = rest.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    if let Some((group, inner)) = bracketed(rest) {
        if let Some(found) = credits(inner)
            .filter(|f| f.all_of(inner))
            .or_else(|| Credits::bare(inner))
        {
            len += spaces + group;
            byline.people = found.people;
            let after = head.get(len..).unwrap_or_default();
            apart = !wire || after.is_empty() || after.starts_with(char::is_whitespace);
        }
    } else if let Some(found) = credits(rest).filter(|f| f.named() && f.role_first)
        && (found.closed || ends_names(rest.get(found.len..).unwrap_or_default()))
    {
        len += spaces + found.len;
        apart = found.spaced(rest);
        byline.people = found.people;
    }
    let after = head.get(len..).unwrap_or_default();
    len += after.len() - after.trim_start().len();
    Some(Leading { byline, len, apart })
}

/// Credits without 讯 or 电.
fn opening_credits(head: &str) -> Option<Leading> {
    let trimmed =
        head.trim_start_matches(|c: char| c.is_whitespace() || "□■◆●▲△◎○☆★▶►".contains(c));
    let marked = trimmed.len() < head.trim_start().len();
    let start = head.len() - trimmed.len();
    if let Some((group, inner)) = bracketed(trimmed) {
        let found = credits(inner).filter(|f| f.all_of(inner) && f.named())?;
        let len = start + group;
        let after = head.get(len..).unwrap_or_default();
        let len = len + after.len() - after.trim_start().len();
        return Some(Leading {
            byline: found.into_byline(""),
            len,
            apart: true,
        });
    }
    let found = credits(trimmed)
        .filter(|f| f.named() && f.has_role)
        .or_else(|| marked.then(|| signed(trimmed)).flatten())?;
    let after = trimmed.get(found.len..).unwrap_or_default();
    let spaced = found.closed || found.spaced(trimmed);
    if !spaced || (!found.closed && runs_on(after.trim_start())) {
        return None;
    }
    let len = start + found.len + after.len() - after.trim_start().len();
    Some(Leading {
        byline: found.into_byline(""),
        len,
        apart: true,
    })
}

/// Length of a bracketed group at the start of `text`, and what it holds.
fn bracketed(text: &str) -> Option<(usize, &str)> {
    let open = text
        .chars()
        .next()
        .filter(|c| matches!(c, '(' | '（' | '【' | '['))?;
    let close = text
        .char_indices()
        .find(|(_, c)| matches!(c, ')' | '）' | '】' | ']'))?;
    let inner = text.get(open.len_utf8()..close.0)?;
    Some((close.0 + close.1.len_utf8(), inner.trim()))
}

/// Words after a name that show the sentence has begun.
const RUN_ON: [&str; 30] = [
    "从", "在", "对", "就", "向", "日前", "近日", "昨", "今", "获悉", "了解", "来到", "走进",
    "看到", "发现", "采访", "前往", "来自", "通过", "联系", "跟随", "随", "见到", "走访", "现场",
    "参加", "说", "介绍", "告诉", "于",
];

/// The text after a name in running text ends the name.
fn ends_names(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || !rest.starts_with(is_han) || RUN_ON.iter().any(|w| rest.starts_with(w))
}

/// The text goes on with what a subject does: `记者 李明 在现场看到`.
fn runs_on(rest: &str) -> bool {
    [
        "从",
        "在现场",
        "看到",
        "获悉",
        "了解",
        "来到",
        "走进",
        "发现",
        "采访",
        "前往",
        "说",
        "介绍",
        "告诉",
        "和",
    ]
    .iter()
    .any(|w| rest.starts_with(w))
}
