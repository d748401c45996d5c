//! What is printed on a page and belongs to no article: mastheads, date lines, editors' lines, page numbers, weather strips,
//! telephone numbers, dropped pictures.

use super::block::{Block, Mark};
use super::chars::exceeds;
use super::names::is_han;
use super::pattern;
use crate::article::Furniture;
use regex::Regex;
use std::sync::LazyLock;

/// Longest line that can be furniture, characters.
const LONGEST: usize = 90;

/// Date line: `2024年1月5日 星期五`, with the lunar date, the page and the issue number.
static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[^。]{0,20}(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?[^。]{0,50}$")
});

/// Page line: `02版 要闻`, `第A2版`, `A02 要闻`, `02要闻`, `要闻 02`, `3`; `12岁少年救人` is a headline.
static PAGE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:第?\s*[A-Za-z]?\d{1,3}\s*版(?:[\s·|｜/:：-]*\p{Han}{2,6})?|第?\s*[A-Za-z]?\d{1,3}(?:[\s·|｜/:：-]+\p{Han}{2,6})?|(?:0\d|[A-Za-z]\d{1,2})\p{Han}{2,4}|第?[一二三四五六七八九十]{1,3}版(?:[\s·|｜/:：-]*\p{Han}{2,6})?|\p{Han}{2,6}[\s·|｜/:：-]+第?[A-Za-z]?\d{1,3}\s*版?|[—\-–·]\s*\d{1,3}\s*[—\-–·]|[A-Za-z]\d{1,2})$",
    )
});

static PHONE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[^。]{0,20}(?:新闻热线|报料热线|爆料热线|投稿邮箱|投稿信箱|广告热线|发行热线|订报热线|本报热线|编辑部电话|广告电话|联系电话|值班电话|总编室|地址[:：]|邮编[:：]|邮政编码|E-?mail|电子信箱|电子邮箱|官方微信|官方微博|扫码关注|扫描二维码|零售价|定价|国内统一|邮发代号|CN\s?\d\d|印刷厂|开户|法律顾问|广告许可证)[^。]*$",
    )
});

static EDITOR_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s\[【(（]*(?:本版|今日|本期)?\s*(?:责任编辑|责任编校|责编|本版编辑|编辑|执行主编|主编|值班总编|值班编委|值班主任|值班编辑|值班|美术编辑|美编|版式|版面|组版|校对|检校|审校|校检|三审|终审|统筹|视觉|设计|一审|二审|总值班|编审|审读)\s*(?:[/／:：|｜]|\s).{0,80}$",
    )
});

/// Headings of weather strips.
const WEATHER_HEADS: [&str; 6] = [
    "天气",
    "天气预报",
    "今日天气",
    "今天天气",
    "天气速递",
    "城市天气",
];

static WEATHER_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[^。]{0,12}(?:今日天气|今天天气|今日|今天|明天|天气预报|天气)?[^。]{0,24}(?:晴|阴|多云|小雨|中雨|大雨|阵雨|雷阵雨|雪|雾|霾)[^。]{0,24}\d{1,2}\s*[℃°度].{0,20}$",
    )
});

/// Parts the furniture of a page from what is to be read.
pub(super) fn sift(blocks: Vec<Block>) -> (Vec<Block>, Vec<Furniture>) {
    let (mut kept, mut furniture) = (Vec::with_capacity(blocks.len()), Vec::new());
    for block in blocks {
        if is_furniture(&block) && !kept.last().is_some_and(|above| dates(above, &block)) {
            furniture.push(Furniture {
                line: block.line,
                text: block.text,
            });
        } else {
            kept.push(block);
        }
    }
    (kept, furniture)
}

/// The date below the name of whoever issues a notice.
fn dates(above: &Block, block: &Block) -> bool {
    let bare = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_digit() || "年月日".contains(c))
    };
    bare(&block.text)
        && block.text.ends_with('日')
        && above.level().is_none()
        && !exceeds(&above.text, 24)
        && above.text.ends_with(is_han)
}

/// Whether a line belongs to no article.
pub(super) fn is_furniture(block: &Block) -> bool {
    let text = block.text.as_str();
    if is_picture(text) || is_rule(text) {
        return true;
    }
    // In the body of a text only what cannot be prose is taken out.
    if exceeds(text, LONGEST) || text.ends_with(['。', '！', '？', '”']) {
        return false;
    }
    masthead(text)
        || nameplate(text)
        || WEATHER_HEADS.contains(&text)
        || (block.mark != Mark::Bold
            && text.len() <= 60
            && PAGE_LINE.is_match(text)
            && !bare_year(text))
        || PHONE_LINE.is_match(text)
        || (text.contains(['编', '校', '审', '版', '班', '筹', '觉', '计'])
            && EDITOR_LINE.is_match(text)
            && !text.contains('。'))
        || (block.level().is_none()
            && text.contains(['℃', '°', '度'])
            && WEATHER_LINE.is_match(text))
}

fn bare_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `![](images/3.jpg)`, `<img …>`, `<div …>`.
fn is_picture(text: &str) -> bool {
    (text.starts_with("![") && text.ends_with(')'))
        || [
            "<img", "<div", "</div", "<center", "</center", "<figure", "<br", "<!--",
        ]
        .iter()
        .any(|tag| text.starts_with(tag))
}

/// `---`, `***`, `====`.
fn is_rule(text: &str) -> bool {
    text.len() >= 2
        && !text
            .chars()
            .any(|c| c.is_alphanumeric() || is_han(c) || c == '\u{fffd}')
        && text.chars().all(|c| "-*_=—─━·. ~～".contains(c))
}

/// The line below the name of the paper.
pub(super) fn masthead(text: &str) -> bool {
    let telling = [
        "星期", "农历", "版", "期", "刊", "廿", "腊月", "正月", "癸", "甲", "乙", "丙", "丁", "戊",
        "己", "庚", "辛", "壬", "责", "编",
    ];
    text.bytes().filter(u8::is_ascii_digit).count() >= 6
        && DATE_LINE.is_match(text)
        && !text.contains(['，', '；', '！', '？'])
        && (telling.iter().any(|w| text.contains(w))
            || !text.chars().any(|c| is_han(c) && !"年月日".contains(c))
            || names_paper(text))
        && !text.contains("讯(")
        && !text.contains("电(")
}

/// What names of papers end in.
const PAPERS: [&str; 11] = [
    "日报",
    "晚报",
    "早报",
    "晨报",
    "时报",
    "商报",
    "都市报",
    "周报",
    "快报",
    "导报",
    "新报",
];

fn names_paper(text: &str) -> bool {
    let head: String = text
        .chars()
        .take_while(|c| is_han(*c) || *c == ' ')
        .filter(|c| *c != ' ')
        .collect();
    head.chars().count() <= 8 && PAPERS.iter().any(|s| head.ends_with(s))
}

/// The name of the paper on a line of its own, with that of the section perhaps, and whose organ it is.
fn nameplate(text: &str) -> bool {
    let (name, section) = text
        .split_once(['·', '|', '｜', '　'])
        .unwrap_or((text, ""));
    let (name, section) = (name.trim(), section.trim());
    // A place of two or three characters; `我与临水日报` is a headline.
    let longest = if name.ends_with("都市报") { 6 } else { 5 };
    let named = (4..=longest).contains(&name.chars().count())
        && name.chars().all(is_han)
        && names_paper(name)
        && !exceeds(section, 8)
        && section.chars().all(is_han);
    let organ = !text.contains(['。', '，', ','])
        && [
            "委机关报",
            "报社出版",
            "报社主办",
            "主管主办",
            "报业集团主办",
            "报业集团出版",
        ]
        .iter()
        .any(|w| text.contains(w));
    named || organ
}
