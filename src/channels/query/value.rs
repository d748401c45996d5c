//! The values a query can name: phrases, patterns, numbers, sums, dates, pages.

use super::super::fold::{fold, is_latin};
use jiff::ToSpan;
use jiff::civil::Date;
use std::ops::{Range, RangeInclusive};

/// A phrase looked for in folded text. Latin words and numbers in it are whole ones: `AI` is not in `MAIL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Box<str>);

impl Phrase {
    /// The phrase as `fold` spells it; none when nothing but space is left.
    pub fn new(text: &str) -> Option<Self> {
        let folded = fold(text);
        let trimmed = folded.trim();
        (!trimmed.is_empty()).then(|| Self(trimmed.into()))
    }

    /// Its folded text, never empty.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the occurrence of this phrase at `bytes` of `text` is not cut out of a longer Latin word or number.
    pub fn is_whole(&self, text: &str, bytes: &Range<usize>) -> bool {
        let before = text.get(..bytes.start).and_then(|t| t.chars().next_back());
        let after = text.get(bytes.end..).and_then(|t| t.chars().next());
        let joined = |inside: Option<char>, outside: Option<char>| {
            inside.is_some_and(is_latin) && outside.is_some_and(is_latin)
        };
        !joined(self.0.chars().next(), before) && !joined(self.0.chars().next_back(), after)
    }

    /// Where it stands in folded text, bytes, overlaps included.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let step = self.0.chars().next().map_or(1, char::len_utf8);
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = from + text.get(from..)?.find(&*self.0)?;
            from = start + step;
            Some(start..start + self.0.len())
        })
        .filter(|bytes| self.is_whole(text, bytes))
    }
}

/// A pattern over a whole value: literal parts with anything between them. `袁*`, `*公告`, `关于*办法`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Box<[Box<str>]>);

impl Glob {
    /// From the literal parts before, between and after the stars; folds them.
    pub fn new(parts: &[String]) -> Self {
        Self(parts.iter().map(|p| fold(p).into()).collect())
    }

    /// Whether it fits all of a folded value.
    pub fn fits(&self, value: &str) -> bool {
        let [first, middle @ .., last] = &*self.0 else {
            return self.0.first().is_some_and(|only| **only == *value);
        };
        let Some(mut rest) = value.strip_prefix(&**first) else {
            return false;
        };
        for part in middle {
            match rest
                .find(&**part)
                .and_then(|at| rest.get(at + part.len()..))
            {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }

    /// The longest literal part: what every value that fits contains. Empty for stars alone.
    pub fn longest(&self) -> &str {
        self.0.iter().max_by_key(|p| p.len()).map_or("", |p| p)
    }
}

/// Sums of one currency between two bounds, both included, in ten-thousandths of its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// ISO 4217.
    pub currency: &'static str,
    /// Least and greatest.
    pub range: RangeInclusive<i128>,
}

/// Currencies as Chinese names them; the first is meant when none is named.
const CURRENCIES: &[(&str, &str)] = &[
    ("元", "CNY"),
    ("人民币", "CNY"),
    ("元人民币", "CNY"),
    ("cny", "CNY"),
    ("美元", "USD"),
    ("usd", "USD"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("欧元", "EUR"),
    ("日元", "JPY"),
    ("英镑", "GBP"),
    ("韩元", "KRW"),
    ("卢布", "RUB"),
    ("新台币", "TWD"),
];

/// A sum: `3567万元`, `1.5亿`, `2亿美元`, `5000`. Currency and ten-thousandths of its unit.
pub(super) fn sum(text: &str) -> Option<(&'static str, i128)> {
    let text = fold(text).replace([',', ' '], "");
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let mut amount = decimal(number)?;
    let mut rest = unit;
    while let Some(c) = rest.chars().next() {
        let times = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            '万' => 10_000,
            '亿' => 100_000_000,
            _ => break,
        };
        amount = amount.checked_mul(times)?;
        rest = rest.get(c.len_utf8()..)?;
    }
    let (_, currency) = match rest {
        "" => CURRENCIES.first(),
        named => CURRENCIES.iter().find(|(name, _)| *name == named),
    }?;
    Some((currency, amount))
}

/// A decimal number in ten-thousandths; further decimals are cut off.
pub(in crate::channels) fn decimal(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) {
        return None;
    }
    let part = part.get(..part.len().min(4))?;
    format!("{whole}{part:0<4}").parse().ok()
}

/// A page in the order of the paper: the letters before its number, then the number. `A2` < `A10` < `B1`; `1` is `01`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageNumber {
    /// Letters, folded; empty for a plain number.
    pub section: Box<str>,
    /// Number, 0 where there is none.
    pub number: u32,
}

/// A page as printed → its place in the paper.
pub(in crate::channels) fn page(text: &str) -> PageNumber {
    let folded = fold(text.trim());
    let folded = folded.trim_start_matches('第').trim_end_matches('版');
    let split = folded.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (section, digits) = folded.split_at_checked(split).unwrap_or((folded, ""));
    match digits.parse() {
        Ok(number) => PageNumber {
            section: section.into(),
            number,
        },
        Err(_) => PageNumber {
            section: folded.into(),
            number: 0,
        },
    }
}

/// The days of `2024`, `2024-01`, `2024-01-05` or `20240105`.
pub(super) fn days(text: &str) -> Option<RangeInclusive<Date>> {
    let text = fold(text);
    let digits = text.replace(['-', '/', '.'], "");
    let shaped = matches!((text.len(), digits.len()), (4, 4) | (7, 6) | (8 | 10, 8));
    if !shaped || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |at: Range<usize>| digits.get(at)?.parse::<i8>().ok();
    let year = digits.get(..4)?.parse().ok()?;
    match (number(4..6), number(6..8)) {
        (None, _) => Some(Date::new(year, 1, 1).ok()?..=Date::new(year, 12, 31).ok()?),
        (Some(month), None) => {
            let first = Date::new(year, month, 1).ok()?;
            Some(first..=first.last_of_month())
        }
        (Some(month), Some(day)) => {
            let day = Date::new(year, month, day).ok()?;
            Some(day..=day)
        }
    }
}

/// Values with an order and neighbours, for open and exclusive bounds.
pub(super) trait Ordered: Clone {
    /// The least value comparable with it.
    fn least(&self) -> Self;
    /// The greatest value comparable with it.
    fn greatest(&self) -> Self;
    /// The one just below.
    fn below(&self) -> Self;
    /// The one just above.
    fn above(&self) -> Self;
}

impl Ordered for f64 {
    fn least(&self) -> Self {
        Self::NEG_INFINITY
    }
    fn greatest(&self) -> Self {
        Self::INFINITY
    }
    fn below(&self) -> Self {
        self.next_down()
    }
    fn above(&self) -> Self {
        self.next_up()
    }
}

impl Ordered for i128 {
    fn least(&self) -> Self {
        Self::MIN
    }
    fn greatest(&self) -> Self {
        Self::MAX
    }
    fn below(&self) -> Self {
        self.saturating_sub(1)
    }
    fn above(&self) -> Self {
        self.saturating_add(1)
    }
}

impl Ordered for Date {
    fn least(&self) -> Self {
        Self::MIN
    }
    fn greatest(&self) -> Self {
        Self::MAX
    }
    fn below(&self) -> Self {
        self.saturating_sub(1.day())
    }
    fn above(&self) -> Self {
        self.saturating_add(1.day())
    }
}

impl PageNumber {
    fn numbered(&self, number: u32) -> Self {
        Self {
            section: self.section.clone(),
            number,
        }
    }
}

/// Within its section: `page>=2` does not ask for `B3`.
impl Ordered for PageNumber {
    fn least(&self) -> Self {
        self.numbered(0)
    }
    fn greatest(&self) -> Self {
        self.numbered(u32::MAX)
    }
    fn below(&self) -> Self {
        self.numbered(self.number.saturating_sub(1))
    }
    fn above(&self) -> Self {
        self.numbered(self.number.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whole() {
        for (phrase, text, found) in [
            ("冷链物流", "建设冷链物流和冷链物流园", 2),
            ("ＡＩ", "AI赋能", 1),
            ("ai", "mail", 0),
            ("100", "1000万元", 0),
            ("100", "共100人", 1),
            ("人人", "人人人", 2),
        ] {
            let phrase = Phrase::new(phrase).unwrap();
            assert_eq!(
                phrase.find(&fold(text)).count(),
                found,
                "{phrase:?} in {text}"
            );
        }
        assert_eq!(Phrase::new(" 　"), None);
    }

    #[test]
    fn patterns_fit_whole_values() {
        let glob = |parts: &[&str]| Glob::new(&parts.iter().map(|&p| p.into()).collect::<Vec<_>>());
        for (parts, value, fits) in [
            (&["袁", ""][..], "袁野", true),
            (&["袁", ""], "小袁", false),
            (&["", "公告"], "拍卖公告", true),
            (&["", "招商", ""], "全市招商大会", true),
            (&["关于", "的", "办法"], "关于补贴的办法", true),
            (&["关于", "的", "办法"], "关于补贴办法", false),
            (&["ab", "ba"], "aba", false),
            (&["ab", "b", "b"], "abb", false),
        ] {
            assert_eq!(glob(parts).fits(value), fits, "{parts:?} on {value}");
        }
    }

    #[test]
    fn sums_are_exact() {
        for (text, meant) in [
            ("1亿", Some(("CNY", 1_000_000_000_000))),
            ("3567万元", Some(("CNY", 356_700_000_000))),
            ("３千万", Some(("CNY", 300_000_000_000))),
            ("0.1", Some(("CNY", 1_000))),
            ("2亿美元", Some(("USD", 2_000_000_000_000))),
            ("1,500万", Some(("CNY", 150_000_000_000))),
            ("亿", None),
            ("1斤", None),
            ("1亿亿亿亿亿亿", None),
        ] {
            assert_eq!(sum(text), meant, "{text}");
        }
    }

    #[test]
    fn dates_cover_what_they_leave_open() {
        let range = |text: &str| days(text).map(|d| format!("{}..{}", d.start(), d.end()));
        assert_eq!(range("2024-02").as_deref(), Some("2024-02-01..2024-02-29"));
        assert_eq!(range("2024").as_deref(), Some("2024-01-01..2024-12-31"));
        assert_eq!(range("20240105"), range("2024-01-05"));
        for bad in ["2024-13", "2024-02-30", "24-1-5", "昨天", ""] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }

    #[test]
    fn pages_stand_in_order() {
        assert_eq!(page("01"), page("1"));
        assert_eq!(page("A01"), page("第A1版"));
        assert!(page("A2") < page("A10") && page("A10") < page("B1"));
    }
}
