//! Jump lines: `▶▶下转02版①`, `◀◀上接01版①` and their other spellings.

use super::chars::{CharSet, first, last};
use super::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Which way a jump line points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// 下转: the rest is on another page.
    To,
    /// 上接: the beginning is on another page.
    From,
}

/// A jump line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// Its direction.
    pub(super) way: Way,
    /// The page it names, as [`page_name`] writes it.
    pub(super) page: String,
    /// Its circled number.
    pub(super) ordinal: Option<u32>,
    /// As printed.
    pub(super) raw: String,
}

impl Marker {
    /// With what an article's jump line says that is printed above this one.
    pub(super) fn after(mut self, above: Option<Self>) -> Self {
        if let Some(above) = above {
            self.ordinal = self.ordinal.or(above.ordinal);
            self.raw = format!("{} {}", above.raw, self.raw);
        }
        self
    }
}

static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[\s◀◁◄<＜《〈▶▷►>＞》〉★☆●■▲△◆→←⇨⇦—\-]*[(（【\[]?\s*[◀◁◄<＜▶▷►>＞→←]*\s*(?P<way>上接|紧接|接上|承接|上转|下转|转接|文转|转至|转|接)\s*(?:本报)?\s*第?\s*(?:(?P<page>[A-Za-z]{0,2}[\d０-９]{1,3}|[A-Za-z]?[一二三四五六七八九十]{1,3}|头)\s*版|(?P<bare>[A-Za-z][\d０-９]{1,2}|[0０][1-9１-９]))\s*(?P<ordinal>[①-⑳❶-❿⑴-⑽㈠-㈩]|[(（]\d{1,2}[)）])?\s*[)）】\]]?[\s▶▷►>＞◀◁◄<＜*→←]*",
    )
});

/// What a jump line begins with.
static BEGINS: CharSet = CharSet::of(" \u{3000}◀◁◄<＜《〈▶▷►>＞》〉★☆●■▲△◆→←⇨⇦—-(（【[上紧接承");

/// A jump line is looked for in so many characters.
const REACH: usize = 40;

/// The jump line that opens `text`, and the bytes it takes.
pub(super) fn opening(text: &str) -> Option<(Marker, usize)> {
    let head = first(text, REACH);
    if !BEGINS.begins(text) || !head.contains('接') {
        return None;
    }
    let found = MARKER.captures(head)?;
    let all = found.get(0).filter(|m| m.start() == 0)?;
    if is_bare(&found, &["接"]) {
        return None;
    }
    let marker = read(&found)?;
    (marker.way == Way::From).then_some((marker, all.end()))
}

/// The jump line that closes `text`, and the byte where it begins.
pub(super) fn closing(text: &str) -> Option<(Marker, usize)> {
    let tail = last(text, REACH);
    let from = text.len() - tail.len();
    if !tail.contains('转') || !(tail.contains('版') || tail.contains(|c: char| c.is_ascii_digit()))
    {
        return None;
    }
    let found = MARKER.captures_iter(tail).last()?;
    let all = found.get(0).filter(|m| m.end() == tail.len())?;
    if is_bare(&found, &["转", "转至", "文转"]) {
        return None;
    }
    let marker = read(&found)?;
    (marker.way == Way::To).then_some((marker, from + all.start()))
}

/// The jump line that opens a headline, `转四版 全县…`, and the bytes it takes.
pub(super) fn heading(text: &str) -> Option<(Marker, usize)> {
    let head = first(text, REACH);
    if !head.contains('转') {
        return None;
    }
    let found = MARKER.captures(head)?;
    let all = found.get(0).filter(|m| m.start() == 0)?;
    let apart = all.as_str().ends_with(|c: char| !c.is_alphanumeric()) && all.end() < text.len();
    let marker = read(&found)?;
    (apart && marker.way == Way::To).then_some((marker, all.end()))
}

/// Whether it has nothing of a jump line but a verb of every day, or no word for page, and stands neither in brackets nor behind
/// an arrow: “李强转二版” is none.
fn is_bare(found: &regex::Captures<'_>, verbs: &[&str]) -> bool {
    let printed = found.get(0).map_or("", |m| m.as_str().trim());
    let verb = found
        .name("way")
        .is_some_and(|way| verbs.contains(&way.as_str()));
    (verb || found.name("bare").is_some())
        && !printed.starts_with(|c: char| "▶▷►>＞◀◁◄<＜(（【[→⇨←⇦".contains(c))
}

/// `text` is nothing but a jump line.
pub(super) fn is_marker(text: &str) -> bool {
    opening(text).is_some_and(|(_, len)| len == text.len())
        || closing(text).is_some_and(|(_, at)| at == 0)
}

fn read(found: &regex::Captures<'_>) -> Option<Marker> {
    let way = match found.name("way")?.as_str() {
        "上接" | "紧接" | "接上" | "承接" | "接" => Way::From,
        _ => Way::To,
    };
    Some(Marker {
        way,
        page: page_name(found.name("page").or(found.name("bare"))?.as_str()),
        ordinal: found.name("ordinal").and_then(|m| ordinal(m.as_str())),
        raw: found.get(0)?.as_str().trim().to_owned(),
    })
}

fn ordinal(text: &str) -> Option<u32> {
    let first = text.chars().next()?;
    let base = match first {
        '①'..='⑳' => '①',
        '❶'..='❿' => '❶',
        '⑴'..='⑽' => '⑴',
        '㈠'..='㈩' => '㈠',
        _ => return text.trim_matches(['(', ')', '（', '）']).parse().ok(),
    };
    Some(u32::from(first) - u32::from(base) + 1)
}

/// A page as ids and jump lines write it: `01`, `12`, `A1`, from `1`, `一`, `十二`, `头`, `a01`.
pub(super) fn page_name(raw: &str) -> String {
    let plain: String = raw.trim().chars().map(digit_of).collect();
    let raw = plain.as_str();
    let letters: String = raw.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = raw.get(letters.len()..).unwrap_or_default();
    let number = if rest.chars().all(|c| c.is_ascii_digit()) {
        rest.parse::<u32>().ok()
    } else {
        chinese_number(rest)
    };
    match number {
        Some(n) if letters.is_empty() => format!("{n:02}"),
        Some(n) => format!("{}{n}", letters.to_ascii_uppercase()),
        None => raw.to_owned(),
    }
}

/// A digit in full width, or misread for a letter that no paper's sections have.
fn digit_of(c: char) -> char {
    match c {
        'O' | 'o' => '0',
        'l' | 'I' => '1',
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        _ => c,
    }
}

/// `一` to `九十九`, and 头 for the first.
pub(super) fn chinese_number(text: &str) -> Option<u32> {
    let digit = |c: char| {
        "一二三四五六七八九"
            .chars()
            .zip(1..)
            .find(|(d, _)| *d == c)
            .map(|(_, n)| n)
    };
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        ['头'] => Some(1),
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', ones] => Some(10 + digit(*ones)?),
        [tens, '十'] => Some(10 * digit(*tens)?),
        [tens, '十', ones] => Some(10 * digit(*tens)? + digit(*ones)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_jump_line_is_read() {
        let opening_cases = [
            ("◀◀上接01版①", "01", Some(1)),
            ("上接第一版", "01", None),
            ("(上接A1版)", "A1", None),
            ("（紧接第三版）", "03", None),
            ("<<<上接01版②", "01", Some(2)),
            ("上接1版", "01", None),
            ("【上接第十二版】", "12", None),
            ("(上接一版)", "01", None),
            ("（接A1版）", "A1", None),
            ("◀◀ 接A1版", "A1", None),
            ("◀◀上接A01", "A1", None),
            ("紧接第三版", "03", None),
            ("（上接第０１版）", "01", None),
            ("◀◀上接O1版②", "01", Some(2)),
            ("◀上接头版", "01", None),
        ];
        for (raw, page, ordinal) in opening_cases {
            let (marker, len) = opening(raw).unwrap_or_else(|| panic!("{raw}"));
            assert_eq!(
                (marker.page.as_str(), marker.ordinal, len),
                (page, ordinal, raw.len()),
                "{raw}"
            );
        }
        let closing_cases = [
            ("文末。▶▶下转02版①", "02", Some(1)),
            ("文末(下转第三版)", "03", None),
            ("文末 下转A2版", "A2", None),
            ("文末（转第4版）", "04", None),
            ("文末。下转第3版", "03", None),
            ("文末。(下转四版)", "04", None),
            ("文末▶▶ 转A4", "A4", None),
            ("文末。(▶▶ 转A4)", "A4", None),
            ("文末下转02版①", "02", Some(1)),
            ("文末。▶▶下转O2版①", "02", Some(1)),
            ("文末。▶▶下转０2版②", "02", Some(2)),
            ("文末。▶▶下转l2版", "12", None),
            ("文末→转05版", "05", None),
        ];
        for (raw, page, ordinal) in closing_cases {
            let (marker, at) = closing(raw).unwrap_or_else(|| panic!("{raw}"));
            assert_eq!(
                (marker.page.as_str(), marker.ordinal),
                (page, ordinal),
                "{raw}"
            );
            assert!(
                raw.get(..at).is_some_and(|t| t.starts_with("文末")),
                "{raw}"
            );
        }
        for none in [
            "详见第二版",
            "他在第二版上接着写道",
            "李强转二版",
            "出版",
            "接02版记者电话",
            "列车在站台接转03次",
            "市里接一版海报",
            "他转A4",
            "",
        ] {
            assert!(opening(none).is_none() && closing(none).is_none(), "{none}");
        }
    }
}
