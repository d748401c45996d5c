//! Jump lines: `▶▶下转02版①`, `◀◀上接01版①` and their other spellings.

use super::chars::{first, last};
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

static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[\s◀◁◄<＜《〈▶▷►>＞》〉★☆●■▲△◆→←⇨⇦—\-]*[(（【\[]?\s*[◀◁◄<＜▶▷►>＞→←]*\s*(?P<way>上接|紧接|接上|上转|下转|转接|文转|转至|转)\s*(?:本报)?\s*第?\s*(?P<page>[A-Za-z]{0,2}\d{1,3}|[A-Za-z]?[一二三四五六七八九十]{1,3}|头)\s*版\s*(?P<ordinal>[①-⑳❶-❿⑴-⑽㈠-㈩]|[(（]\d{1,2}[)）])?\s*[)）】\]]?[\s▶▷►>＞◀◁◄<＜*→←]*",
    )
});

/// A jump line is looked for in so many characters.
const REACH: usize = 40;

/// The jump line that opens `text`, and the bytes it takes.
pub(super) fn opening(text: &str) -> Option<(Marker, usize)> {
    let head = first(text, REACH);
    if !head.contains('版') {
        return None;
    }
    let found = MARKER.captures(head)?;
    let all = found.get(0).filter(|m| m.start() == 0)?;
    let marker = read(&found)?;
    (marker.way == Way::From).then_some((marker, all.end()))
}

/// The jump line that closes `text`, and the byte where it begins.
pub(super) fn closing(text: &str) -> Option<(Marker, usize)> {
    let tail = last(text, REACH);
    let from = text.len() - tail.len();
    if !tail.contains('版') || !tail.contains('转') {
        return None;
    }
    let found = MARKER.captures_iter(tail).last()?;
    let all = found.get(0).filter(|m| m.end() == tail.len())?;
    // Without 下 it must stand in brackets or behind an arrow: “李强转二版” is no jump line.
    let printed = all.as_str().trim();
    let bare = matches!(found.name("way")?.as_str(), "转" | "转至" | "文转");
    if bare && !printed.starts_with(|c: char| "▶▷►>＞(（【[→⇨".contains(c)) {
        return None;
    }
    let marker = read(&found)?;
    (marker.way == Way::To).then_some((marker, from + all.start()))
}

/// `text` is nothing but a jump line.
pub(super) fn is_marker(text: &str) -> bool {
    opening(text).is_some_and(|(_, len)| len == text.len())
        || closing(text).is_some_and(|(_, at)| at == 0)
}

fn read(found: &regex::Captures<'_>) -> Option<Marker> {
    let way = match found.name("way")?.as_str() {
        "上接" | "紧接" | "接上" => Way::From,
        _ => Way::To,
    };
    Some(Marker {
        way,
        page: page_name(found.name("page")?.as_str()),
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
    let raw = raw.trim();
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
            "",
        ] {
            assert!(opening(none).is_none() && closing(none).is_none(), "{none}");
        }
    }
}
