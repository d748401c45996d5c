//! Issue date and page: from the path, the page's own header, or concluded from the text.

use super::chars::first;
use super::draft::Draft;
use super::jump::page_name;
use super::pattern;
use crate::article::{DateFrom, Furniture, Issue, Origin, Source};
use jiff::ToSpan;
use jiff::civil::Date;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// `20240105/02.md`, `2024-01-05_02.txt`, `2024-01/05/node_02.htm`, `zzrb_20240105_A02`, `2024年1月5日02版`.
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^\d])(?P<y>(?:19|20)\d{2})(?P<s>[-_./年]?)(?P<m>\d{1,2})[-_./月]?(?P<d>\d{1,2})日?(?P<rest>(?:[^\d].*)?)$",
    )
});

static PATH_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[-_./\s]*(?:第|node_|page|p|P|v|版)?[-_]?(?P<p>[A-Za-z]?\d{1,3})版?(?:[^\d]|$)")
});

static HEADER_DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?P<y>(?:19|20)\d{2})\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})")
});

static HEADER_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"第\s*(?P<a>[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版|(?:^|[^\d第共出每日])(?P<b>[A-Za-z]?\d{1,2})\s*版|^(?P<c>[A-Za-z]?\d{2})(?:\s|$)|(?:^|\s)(?P<d>[A-Za-z]\d{1,2})(?:\s|$)",
    )
});

static FULL_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<y>(?:19|20)[0-9]{2})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"));

static MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<year>年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日"));

/// Issue and page of a file.
pub(super) fn issue(
    source: &Source,
    origin: &Origin,
    furniture: &[Furniture],
    drafts: &[Draft],
) -> Issue {
    let (path_date, path_page) = source
        .path_pattern
        .as_deref()
        .and_then(|p| by_pattern(p, &origin.file))
        .unwrap_or_else(|| by_usual_forms(&origin.file));
    let header_date = furniture
        .iter()
        .find_map(|f| HEADER_DATE.captures(&f.text).and_then(|c| date(&c)));
    let header_page = || {
        furniture.iter().find_map(|f| {
            let found = HEADER_PAGE.captures(&f.text)?;
            ["a", "b", "c", "d"]
                .iter()
                .find_map(|n| found.name(n))
                .map(|m| page_name(m.as_str()))
        })
    };
    let page = path_page.or_else(header_page);
    if let Some(date) = path_date {
        return Issue {
            date: Some(date),
            page,
            date_from: DateFrom::Path,
            evidence: Vec::new(),
        };
    }
    if let Some(date) = header_date {
        return Issue {
            date: Some(date),
            page,
            date_from: DateFrom::Header,
            evidence: Vec::new(),
        };
    }
    match infer(drafts) {
        Some((date, evidence)) => Issue {
            date: Some(date),
            page,
            date_from: DateFrom::Inferred,
            evidence,
        },
        None => Issue {
            page,
            ..Issue::default()
        },
    }
}

/// The source with its title, learnt from the page's own 讯头 when the configuration does not give it.
pub(super) fn known(source: &Source, drafts: &[Draft]) -> Source {
    let mut source = source.clone();
    if source.title.is_empty() {
        let mut count: Vec<(&str, usize)> = Vec::new();
        for paper in drafts
            .iter()
            .filter_map(|d| d.byline.as_ref()?.paper.as_deref())
        {
            if paper.starts_with("本")
                || !paper.ends_with('报')
                || ["新华社", "人民日报"].contains(&paper)
            {
                continue;
            }
            match count.iter_mut().find(|(name, _)| *name == paper) {
                Some((_, n)) => *n += 1,
                None => count.push((paper, 1)),
            }
        }
        // One mention may be a guest's; two are the house's.
        if let Some((paper, _)) = count
            .iter()
            .filter(|(_, n)| *n >= 2)
            .max_by_key(|(_, n)| *n)
        {
            (*paper).clone_into(&mut source.title);
        }
    }
    source
}

fn date(found: &regex::Captures<'_>) -> Option<Date> {
    let number = |name: &str| found.name(name)?.as_str().parse::<i16>().ok();
    Date::new(
        number("y")?,
        i8::try_from(number("m")?).ok()?,
        i8::try_from(number("d")?).ok()?,
    )
    .ok()
}

/// A path read with the source's own pattern: `{yyyy}`, `{mm}`, `{dd}`, `{page}`, anything else as it stands.
fn by_pattern(shape: &str, path: &str) -> Option<(Option<Date>, Option<String>)> {
    let mut regex = String::from("(?:^|/)");
    let mut rest = shape;
    while let Some(at) = rest.find('{') {
        let (literal, field) = rest.split_at(at);
        regex.push_str(&regex::escape(literal));
        let (name, after) = field.get(1..)?.split_once('}')?;
        regex.push_str(match name {
            "yyyy" => r"(?P<y>\d{4})",
            "mm" => r"(?P<m>\d{1,2})",
            "dd" => r"(?P<d>\d{1,2})",
            "page" => r"(?P<p>[A-Za-z]{0,2}\d{1,3})",
            _ => return None,
        });
        rest = after;
    }
    regex.push_str(&regex::escape(rest));
    regex.push('$');
    let found = Regex::new(&regex).ok()?.captures(path)?;
    Some((date(&found), found.name("p").map(|m| page_name(m.as_str()))))
}

fn by_usual_forms(path: &str) -> (Option<Date>, Option<String>) {
    let stem = path.rsplit_once('.').map_or(
        path,
        |(stem, ext)| if ext.contains('/') { path } else { stem },
    );
    // The last date in the path counts: folders above may carry others.
    let mut best = (None, None);
    for (at, _) in stem.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        let from = stem
            .get(..at)
            .and_then(|s| s.char_indices().next_back())
            .map_or(0, |(i, _)| i);
        let Some(found) = stem.get(from..).and_then(|s| PATH.captures(s)) else {
            continue;
        };
        if found.get(0).is_none_or(|m| m.start() != 0) {
            continue;
        }
        let compact = found.name("s").is_some_and(|s| s.as_str().is_empty());
        let padded = ["m", "d"]
            .iter()
            .all(|n| found.name(n).is_some_and(|m| m.len() == 2));
        let Some(day) = date(&found).filter(|_| !compact || padded) else {
            continue;
        };
        let rest = found.name("rest").map_or("", |m| m.as_str());
        best = (
            Some(day),
            PATH_PAGE
                .captures(rest)
                .and_then(|p| p.name("p").map(|m| page_name(m.as_str()))),
        );
    }
    best
}

/// The day the page must have been printed, and the words that show it.
///
/// News is dated the day it happened; the paper comes out the day after the latest of it, or on the day an event is announced for
/// with 今天. The year is the one that puts that day on or after the latest full date in the past.
fn infer(drafts: &[Draft]) -> Option<(Date, Vec<String>)> {
    let mut past: Option<(i8, i8, String)> = None;
    let mut today: Option<(i8, i8, String)> = None;
    let mut full: Option<(Date, String)> = None;
    let mut years: Vec<(i16, usize)> = Vec::new();
    for draft in drafts.iter().filter(|d| d.from.is_none()) {
        let says_today = ["今天", "今日"].iter().any(|w| draft.headline.contains(w));
        for (index, para) in draft.paras().enumerate() {
            let text = para.text.as_str();
            if count_years(text, &mut years) {
                latest_past(text, &mut full);
            }
            if index > 0 {
                continue;
            }
            let opening = first(text, 40);
            let Some(found) = MONTH_DAY
                .captures(opening)
                .filter(|f| f.name("year").is_none())
            else {
                continue;
            };
            let get = |n: &str| found.name(n).and_then(|m| m.as_str().parse::<i8>().ok());
            let (Some(month), Some(day), Some(all)) = (get("m"), get("d"), found.get(0)) else {
                continue;
            };
            let coming = text
                .get(all.end()..)
                .is_some_and(|t| t.chars().take(60).any(|c| c == '将' || c == '拟'));
            if coming && says_today {
                today = Some((
                    month,
                    day,
                    format!(
                        "“今天” in the headline, “{}” and 将 in the lead",
                        all.as_str()
                    ),
                ));
            } else if !coming
                && past
                    .as_ref()
                    .is_none_or(|(m, d, _)| later((month, day), (*m, *d)))
            {
                past = Some((month, day, format!("latest news is of “{}”", all.as_str())));
            }
        }
    }
    let (month, day, why, shift) = match (today, past) {
        (Some((m, d, why)), _) => (m, d, why, 0),
        (None, Some((m, d, why))) => (m, d, why, 1),
        (None, None) => return None,
    };
    let (year, evidence) = year(month, day, full, &years)?;
    let printed = Date::new(year, month, day)
        .ok()?
        .checked_add(shift.days())
        .ok()?;
    let next_day = if shift == 1 {
        ", printed the day after"
    } else {
        ""
    };
    Some((printed, vec![format!("{why}{next_day}"), evidence]))
}

/// Later in a stretch of days that may run over New Year.
fn later(a: (i8, i8), b: (i8, i8)) -> bool {
    let days = |(m, d): (i8, i8)| i32::from(m) * 31 + i32::from(d);
    let ahead = (days(a) - days(b)).rem_euclid(12 * 31);
    ahead > 0 && ahead < 6 * 31
}

fn is_past(text: &str, words: Range<usize>) -> bool {
    let before: String = text
        .get(..words.start)
        .unwrap_or_default()
        .chars()
        .rev()
        .take(4)
        .collect();
    let after = text.get(words.end..).unwrap_or_default();
    !before.contains(['至', '到', '将', '止'])
        && !after.starts_with(['前', '起', '至'])
        && !after.chars().take(12).any(|c| c == '将')
}

/// The latest full date told as past.
fn latest_past(text: &str, latest: &mut Option<(Date, String)>) {
    for found in FULL_DATE.captures_iter(text) {
        let Some(day) = date(&found) else { continue };
        let Some(words) = found.get(0) else { continue };
        if is_past(text, words.range()) && latest.as_ref().is_none_or(|(old, _)| day > *old) {
            *latest = Some((day, words.as_str().to_owned()));
        }
    }
}

/// Counts years by name (`2024年`); whether there are any.
fn count_years(text: &str, years: &mut Vec<(i16, usize)>) -> bool {
    let mut any = false;
    for (at, _) in text.match_indices('年') {
        let Some((before, digits)) = at
            .checked_sub(4)
            .and_then(|at| text.get(..at).zip(text.get(at..)))
        else {
            continue;
        };
        let Some(year) = digits
            .get(..4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|d| d.parse::<i16>().ok())
            .filter(|y| (1900..2100).contains(y))
        else {
            continue;
        };
        any = true;
        // `到2025年` is an aim.
        if before.ends_with(['到', '至', '—', '-', '于']) {
            continue;
        }
        match years.iter_mut().find(|(y, _)| *y == year) {
            Some((_, n)) => *n += 1,
            None => years.push((year, 1)),
        }
    }
    any
}

/// The year in which the month and day fall after every full date told as past, and which the text names.
fn year(
    month: i8,
    day: i8,
    full: Option<(Date, String)>,
    years: &[(i16, usize)],
) -> Option<(i16, String)> {
    if let Some((latest, words)) = full {
        let same = Date::new(latest.year(), month, day).ok();
        let year = if same.is_some_and(|d| d >= latest) {
            latest.year()
        } else {
            latest.year() + 1
        };
        let gap = Date::new(year, month, day)
            .ok()?
            .since(latest)
            .ok()?
            .get_days();
        let named = years.iter().any(|(y, _)| *y == year);
        // An old date alone says nothing about this year.
        if named || gap <= 62 {
            return Some((year, format!("first such day after “{words}”")));
        }
    }
    let (year, count) = years.iter().max_by_key(|(y, _)| *y)?;
    (*count >= 2).then(|| {
        (
            *year,
            format!("“{year}年” is the latest year, named {count} times"),
        )
    })
}
