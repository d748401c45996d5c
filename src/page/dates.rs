//! Dates as texts give them, resolved against the day of issue, in EDTF (ISO 8601-2).

use super::pattern;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use regex::Regex;
use std::sync::LazyLock;

/// `2023年12月29日`, `去年9月`, `1月4日`, `本月4日`, `4日`, `今年`.
static EXPRESSION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?P<y>(?:19|20)\d{2})年|(?P<ry>今年|去年|前年|明年|本年))?(?:(?P<m>\d{1,2})月(?:份)?|(?P<rm>本月|上月|下月|上个月|下个月))?(?:(?P<d>\d{1,2})[日号])?$",
    )
});

/// What `expression` means in a paper of `issue`, in EDTF: a day `2024-01-04`, a month `2023-09`, a year `2023`, or for 近日 and the
/// like the open interval up to the issue (`../2024-01-05`). `None` when it is no date or names no day that exists.
pub fn resolve(expression: &str, issue: Date) -> Option<String> {
    let text = arabic(
        &expression
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(narrow)
            .collect::<String>(),
    );
    if let Some(day) = relative_day(&text) {
        return Some(issue.checked_add(day).ok()?.to_string());
    }
    if ["近日", "日前", "近期", "最近", "连日来"].contains(&text.as_str()) {
        return Some(format!("../{issue}"));
    }
    let found = EXPRESSION
        .captures(&text)
        .filter(|f| f.get(0).is_some_and(|m| !m.as_str().is_empty()))?;
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|m| m.as_str().parse::<i16>().ok())
    };
    let word = |name: &str| found.name(name).map(|m| m.as_str());
    let (month_given, day) = (number("m"), number("d"));
    let mut month = month_given.or(word("rm").map(|_| i16::from(issue.month())));
    let mut year = number("y").or(word("ry").map(|w| issue.year() + year_shift(w)));
    if let Some(rm) = word("rm") {
        let shift = if rm.starts_with('上') {
            -1
        } else {
            i16::from(rm.starts_with('下'))
        };
        let moved = Date::new(issue.year(), issue.month(), 1)
            .ok()?
            .checked_add(i64::from(shift).months())
            .ok()?;
        (year, month) = (
            Some(year.unwrap_or(moved.year())),
            Some(i16::from(moved.month())),
        );
    }
    if year.is_none() && month.is_none() {
        month = Some(i16::from(issue.month()));
    }
    match (month, day) {
        (None, None) => Some(format!("{:04}", year?)),
        (None, Some(_)) => None,
        (Some(month), day) => {
            let month = i8::try_from(month).ok()?;
            let year = year.unwrap_or_else(|| nearest_year(month, issue));
            match day {
                Some(day) => Some(
                    Date::new(year, month, i8::try_from(day).ok()?)
                        .ok()?
                        .to_string(),
                ),
                None => Date::new(year, month, 1)
                    .ok()
                    .map(|_| format!("{year:04}-{month:02}")),
            }
        }
    }
}

/// The date of a dateline in EDTF: resolved where the issue is known, else with the year unspecified (`XXXX-01-04`).
pub(super) fn dateline(date: &str, issue: Option<Date>) -> Option<String> {
    if let Some(issue) = issue {
        return resolve(date, issue);
    }
    // Any leap year tells the month and the day.
    let resolved = resolve(date, Date::constant(2024, 6, 30))?;
    if date.contains('年') {
        return Some(resolved);
    }
    let month_known = date.contains('月');
    let rest = resolved.get(if month_known { 4.. } else { 7.. })?;
    Some(if month_known {
        format!("XXXX{rest}")
    } else {
        format!("XXXX-XX{rest}")
    })
}

/// `一月四日` → `1月4日`, `一九九七年` → `1997年`.
fn arabic(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = String::new();
    for c in text.chars() {
        if "〇零一二三四五六七八九十".contains(c) {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            let dated = "年月日号".contains(c);
            out.push_str(
                &digits(&number)
                    .filter(|_| dated)
                    .unwrap_or_else(|| number.clone()),
            );
            number.clear();
        }
        out.push(c);
    }
    out + &number
}

fn digits(number: &str) -> Option<String> {
    if number.chars().count() != 4 {
        return super::jump::chinese_number(number).map(|n| n.to_string());
    }
    number
        .chars()
        .map(|c| {
            if c == '零' {
                Some(0)
            } else {
                "〇一二三四五六七八九".chars().position(|d| d == c)
            }
        })
        .map(|d| Some(d?.to_string()))
        .collect()
}

/// A date without a year is of the year that brings it nearest to the issue: `12月31日` in January was last year.
fn nearest_year(month: i8, issue: Date) -> i16 {
    match month - issue.month() {
        7.. => issue.year() - 1,
        ..=-7 => issue.year() + 1,
        _ => issue.year(),
    }
}

fn year_shift(word: &str) -> i16 {
    match word {
        "去年" => -1,
        "前年" => -2,
        "明年" => 1,
        _ => 0,
    }
}

fn relative_day(text: &str) -> Option<Span> {
    let bare = text.trim_end_matches(['上', '下', '午', '晚', '晨', '夜', '早']);
    let days = match bare {
        "今天" | "今日" | "今" | "当天" | "即日" => 0,
        "昨天" | "昨日" | "昨" => -1,
        "前天" | "前日" => -2,
        "明天" | "明日" => 1,
        "后天" => 2,
        _ => return None,
    };
    Some(days.days())
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' => {
            char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c)
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_resolved_against_the_issue() {
        let issue = Date::constant(2024, 1, 5);
        let cases = [
            ("1月4日", Some("2024-01-04")),
            ("１月４日", Some("2024-01-04")),
            ("12月31日", Some("2023-12-31")),
            ("4日", Some("2024-01-04")),
            ("昨日", Some("2024-01-04")),
            ("昨天上午", Some("2024-01-04")),
            ("今天", Some("2024-01-05")),
            ("明日", Some("2024-01-06")),
            ("去年9月", Some("2023-09")),
            ("去年12月", Some("2023-12")),
            ("本月", Some("2024-01")),
            ("上月", Some("2023-12")),
            ("下个月3日", Some("2024-02-03")),
            ("今年", Some("2024")),
            ("前年", Some("2022")),
            ("2023年12月29日", Some("2023-12-29")),
            ("2021年5月", Some("2021-05")),
            ("近日", Some("../2024-01-05")),
            ("2月30日", None),
            ("一月四日", Some("2024-01-04")),
            ("二〇二三年十二月二十九日", Some("2023-12-29")),
            ("春天", None),
            ("", None),
        ];
        for (text, want) in cases {
            assert_eq!(resolve(text, issue).as_deref(), want, "{text}");
        }
    }
}
