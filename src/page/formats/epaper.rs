//! Pages of e-papers in HTML → the blocks a marked page of text gives, so that everything after goes the same way.
//!
//! Headlines are found by what names and classes say, else by the title of the document, else by headings, else by type and place:
//! a line that stands out above prose. What stands around the articles becomes furniture.

use super::facts::Facts;
use super::flow::{self, Line, Role};
use super::hints;
use super::html;
use crate::article::Furniture;
use crate::page::block::{Block, Mark};
use crate::page::pattern;
use crate::page::{ReadError, byline};
use regex::Regex;
use std::sync::LazyLock;

/// A page turned into what a page of text is read into.
#[derive(Debug, Default)]
pub(super) struct Epaper {
    /// Heads, bylines and paragraphs.
    pub(super) blocks: Vec<Block>,
    /// Everything else that is visible.
    pub(super) furniture: Vec<Furniture>,
}

/// Longest headline, characters.
const HEADLINE: usize = 60;

/// A line of so many characters is prose even without a full stop.
const PROSE: usize = 30;

/// Lines that every page has: to other pages, to print, whose rights.
static BOILERPLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s\[【(（<《|]*(?:上一?[篇版期条页]|下一?[篇版期条页]|前一[篇版期]|后一[篇版期]|返回|打印|关闭|收藏|分享|字号|字体|放大|缩小|默认|大\s*中\s*小|更多|相关[新链阅]|热[点门]新闻|推荐阅读|网友评论|我要评论|发表评论|点击|浏览|阅读[:：量]|扫一扫|扫码|手机版|登录|注册|首页|搜索|朗读|PDF|版面导航|版面目录|标题导航|往期回顾|按日期|当前位置|您[的现所]*在?位置)|版权所有|ICP备|Copyright|All Rights Reserved|公网安备|分享到|未经授权|主办单位|技术支持|建议使用",
    )
});

/// Who wrote it, in a line of facts: `作者：张三 来源：河口日报 2024-03-08`.
static AUTHOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:作\s*者|撰文|文)\s*[:：]\s*(?P<who>.*?)\s*(?:(?:来源|编辑|责编|日期|时间|发布|更新|浏览|点击|阅读|字数|版次|[|｜]|(?:19|20)\d\d[-年/.]).*)?$",
    )
});

/// Reads a page.
///
/// # Errors
/// [`ReadError::NoArticle`] when there is nothing but links and titles.
pub(super) fn read(text: &str) -> Result<Epaper, ReadError> {
    let document = html::parse(text);
    let facts = Facts::of(&document);
    let marked = ["enpcontent", "founder-content"]
        .iter()
        .any(|m| text.contains(m));
    let printed = |pruned| {
        flow::lines(
            &document,
            &|e| hints::take(e, marked, pruned),
            &|comment| match comment.trim().to_ascii_lowercase().as_str() {
                "enpcontent" => Some(Role::Content),
                "/enpcontent" => Some(Role::None),
                _ => None,
            },
        )
    };
    let mut lines = printed(true);
    if !lines.iter().any(is_prose) {
        // A class like `share` may stand on what holds the whole page.
        lines = printed(false);
    }
    let mut out = Epaper::default();
    if let Some(fact) = &facts.date {
        out.furniture.push(Furniture {
            line: 1,
            text: fact.clone(),
        });
    }
    // Links are to other pages; their numbers and dates are not of this one.
    let (furniture, mut lines): (Vec<Line>, Vec<Line>) = lines
        .into_iter()
        .filter(|line| !line.linked || line.role == Role::Headline)
        .partition(|line| is_boilerplate(&line.text));
    furniture.into_iter().for_each(|line| out.drop(line));
    if !lines.iter().any(is_prose) {
        return Err(ReadError::NoArticle(
            "the HTML holds links and titles only".to_owned(),
        ));
    }
    let headlines = headlines(&lines, &facts);
    if headlines.is_empty() && !facts.title_given.is_empty() {
        // The headline is printed as a picture; the paper's system knows it.
        let line = lines.first().map_or(1, |l| l.line);
        out.blocks
            .push(block(facts.title_given.clone(), line, Mark::Heading(1)));
        out.sign(&facts, line, &lines);
    }
    let mut ends = headlines.clone();
    ends.push(lines.len());
    let first = headlines.first().copied().unwrap_or(0);
    let start = first - kickers_above(&lines, first);
    let mut rest = lines.split_off(start);
    lines.into_iter().for_each(|line| {
        // Without a headline everything is text.
        out.drop(line);
    });
    let mut at = start;
    for (index, _) in headlines.iter().enumerate() {
        let next = ends.get(index + 1).copied().unwrap_or(at + rest.len());
        let mut cut = next.saturating_sub(at);
        if index + 1 < headlines.len() {
            cut -= rest
                .get(..cut)
                .map_or(0, |before| kickers_above(before, cut));
        }
        let after = rest.split_off(cut.min(rest.len()));
        let headline = headlines.get(index).map_or(0, |h| h.saturating_sub(at));
        out.article(rest, headline, &facts, headlines.len() == 1);
        at += cut;
        rest = after;
    }
    if headlines.is_empty() {
        out.text(rest);
    }
    Ok(out)
}

fn is_boilerplate(text: &str) -> bool {
    text.chars().nth(80).is_none()
        && !text.ends_with(['。', '！', '”'])
        && BOILERPLATE.is_match(text)
}

fn is_short(text: &str) -> bool {
    text.chars().nth(HEADLINE).is_none() && !text.ends_with(['。', '；', '，', ','])
}

/// Text of an article rather than a title or a label.
fn is_prose(line: &Line) -> bool {
    let long = line.text.chars().nth(PROSE).is_some();
    let sentence =
        line.text.ends_with(['。', '！', '？', '”', '…']) && line.text.chars().nth(8).is_some();
    let plain = !line.linked && line.heading == 0 && line.role != Role::Headline;
    plain && (long || sentence) && !is_facts(line)
}

/// Places of the headlines, each with prose below it.
fn headlines(lines: &[Line], facts: &Facts) -> Vec<usize> {
    let all = |test: &dyn Fn(&Line) -> bool| -> Vec<usize> {
        let places: Vec<usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, l)| is_short(&l.text) && test(l))
            .map(|(i, _)| i)
            .collect();
        with_prose(lines, &places)
    };
    let told = all(&|l| l.role == Role::Headline);
    let titled = all(&|l| facts.names(&l.text) && l.role != Role::Byline && !is_prose(l));
    // Of one article the title tells best; of several it names the page.
    if told.len() > 1 || (told.len() == 1 && (titled.is_empty() || titled.contains(&told[0]))) {
        return told;
    }
    if let Some(best) = titled.iter().copied().max_by_key(|i| {
        lines
            .get(*i)
            .map_or((0, 0), |l| (l.text.chars().count(), usize::MAX - i))
    }) {
        return vec![best];
    }
    if !told.is_empty() {
        return told;
    }
    let headed = (1..=6u8)
        .map(|level| all(&|l| l.heading == level))
        .find(|found| !found.is_empty());
    headed.unwrap_or_else(|| {
        let standing = standing_out(lines);
        with_prose(lines, &standing)
    })
}

/// Those of `places` with prose before the next.
fn with_prose(lines: &[Line], places: &[usize]) -> Vec<usize> {
    places
        .iter()
        .enumerate()
        .filter(|(n, at)| {
            let end = places.get(n + 1).copied().unwrap_or(lines.len());
            lines
                .get(*at + 1..end)
                .is_some_and(|below| below.iter().any(is_prose))
        })
        .map(|(_, at)| *at)
        .collect()
}

/// The line set largest of every group of lines that stand out together.
fn standing_out(lines: &[Line]) -> Vec<usize> {
    let rank = |l: &Line| (l.size, l.bold, l.text.chars().count().min(HEADLINE));
    let stands =
        |l: &Line| (l.size > 0 || l.bold) && is_short(&l.text) && byline::whole(&l.text).is_none();
    // Where there is larger type, bold or centred lines alone are subheads, captions, signatures.
    let large = lines.iter().any(|l| l.size > 3 && stands(l));
    let mut found: Vec<usize> = Vec::new();
    let mut group: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if !stands(line) || (large && line.size <= 3) {
            if is_prose(line) {
                group = None;
            }
            continue;
        }
        match group.and_then(|_| found.last_mut()) {
            Some(best) => {
                if lines.get(*best).is_some_and(|b| rank(line) > rank(b)) {
                    *best = index;
                }
            }
            None => found.push(index),
        }
        group = Some(index);
    }
    found
}

/// How many lines right above line `at` belong to its head.
fn kickers_above(lines: &[Line], at: usize) -> usize {
    lines
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .take(2)
        .take_while(|l| {
            let stands =
                l.role == Role::Kicker || (l.role != Role::Byline && (l.size > 0 || l.heading > 0));
            stands && !is_prose(l) && is_short(&l.text)
        })
        .count()
}

fn block(text: String, line: usize, mark: Mark) -> Block {
    Block {
        line,
        last: line,
        mark,
        text,
        bold: 0,
        gap: 1,
        bullet: false,
        unbalanced: false,
    }
}

impl Epaper {
    fn drop(&mut self, line: Line) {
        self.furniture.push(Furniture {
            line: line.line,
            text: line.text,
        });
    }

    /// An author the paper's system names and the page does not print.
    fn sign(&mut self, facts: &Facts, line: usize, lines: &[Line]) {
        let printed = lines.iter().take(8).any(|l| {
            l.role == Role::Byline && author(&l.text).is_some()
                || byline::leading(&l.text).is_some()
        });
        if let Some(who) = facts.author.as_ref().filter(|_| !printed)
            && (byline::whole(who).is_some() || byline::signature(who).is_some())
        {
            self.blocks.push(block(who.clone(), line, Mark::Plain));
        }
    }

    /// One article: the line `headline` of `lines`, what stands above it, and all below.
    fn article(&mut self, mut lines: Vec<Line>, headline: usize, facts: &Facts, alone: bool) {
        let prose = lines
            .iter()
            .enumerate()
            .position(|(i, l)| i > headline && is_prose(l))
            .unwrap_or(lines.len());
        let body = lines.split_off(prose);
        let (mut above, mut main, mut below, mut plain) = (vec![], vec![], vec![], vec![]);
        for (index, line) in lines.into_iter().enumerate() {
            match line.role {
                _ if index == headline => main.push(line),
                Role::Kicker => above.push(line),
                Role::Deck => below.push(line),
                Role::Byline => plain.push(line),
                _ if index < headline => above.push(line),
                _ if (line.size > 1 || line.heading > 0) && byline::whole(&line.text).is_none() => {
                    below.push(line);
                }
                _ => plain.push(line),
            }
        }
        let at = main.first().map_or(1, |l| l.line);
        for (lines, level) in [(above, 2), (main, 1), (below, 2)] {
            for line in lines {
                self.blocks
                    .push(block(line.text, line.line, Mark::Heading(level)));
            }
        }
        if alone {
            self.sign(facts, at, &plain);
        }
        for line in plain {
            match author(&line.text) {
                Some(who) => self.blocks.push(block(who, line.line, Mark::Plain)),
                None if is_facts(&line) => self.drop(line),
                None => self.blocks.push(block(line.text, line.line, Mark::Plain)),
            }
        }
        self.text(body);
    }

    /// Paragraphs, and what is no text among them.
    fn text(&mut self, lines: Vec<Line>) {
        let contained = lines.iter().any(|l| l.role == Role::Content && is_prose(l));
        let captioned_only = !lines.iter().any(|l| l.role != Role::Caption && is_prose(l));
        let last = lines.iter().rposition(is_prose).unwrap_or(0);
        for (index, line) in lines.into_iter().enumerate() {
            let outside = contained && line.role != Role::Content;
            let caption = line.role == Role::Caption && !captioned_only;
            let trailing = index > last
                && line.role != Role::Content
                && byline::whole(&line.text).is_none()
                && byline::signature(&line.text).is_none();
            if outside || caption || trailing || (index > last && is_facts(&line)) {
                self.drop(line);
                continue;
            }
            let mark = if line.bold || line.heading > 0 {
                Mark::Bold
            } else {
                Mark::Plain
            };
            self.blocks.push(block(line.text, line.line, mark));
        }
    }
}

/// The names in a line of facts about the article.
fn author(text: &str) -> Option<String> {
    let who = AUTHOR.captures(text)?.name("who")?.as_str().trim();
    (!who.is_empty()).then(|| who.to_owned())
}

/// A line that tells when and where it was published, and no more.
fn is_facts(line: &Line) -> bool {
    static FACTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|第\s*[A-Za-z]?\d+\s*版|来源\s*[:：]|作者\s*[:：]|编辑\s*[:：]",
        )
    });
    line.text.chars().nth(60).is_none()
        && !line.text.contains(['。', '，', ','])
        && byline::leading(&line.text).is_none()
        && FACTS.is_match(&line.text)
}
