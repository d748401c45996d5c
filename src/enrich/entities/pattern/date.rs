//! Finds date expressions: `2023年12月29日`, `1月5日下午1时至5时`, `去年9月`, `近日`, `腊月廿三`, `二〇二四年`.

use super::super::text::Cursor;
use super::calendar::{
    bare_day, calendar, eat_day_mark, is_day, numeric, relative_day, year, year_number,
};
use super::fuzzy::{counted, festival, fuzzy, lunar, period};
use super::number::{self, small};
use super::reign;
use super::when::{Day, Point, Unit, When, Year};

/// Reads the date expression that begins at the cursor, longest first, and leaves the cursor behind it.
pub(super) fn read(cursor: &mut Cursor) -> Option<When> {
    let start = *cursor;
    if let Some(when) = reign::read(cursor) {
        if let When::At(point) = when {
            border(cursor, point);
        }
        return Some(when);
    }
    *cursor = start;
    let when = fuzzy(cursor).or_else(|| {
        *cursor = start;
        counted(cursor)
    });
    if when.is_some() {
        return when;
    }
    *cursor = start;
    if let Some(range) = bare_range(cursor) {
        return Some(range);
    }
    *cursor = start;
    let first = point(cursor)?;
    Some(range_from(cursor, first))
}

/// The second half of a range, 至今, and the 以来 that says the same but stays outside; then what still belongs to a day.
fn range_from(cursor: &mut Cursor, first: Point) -> When {
    let mut ahead = *cursor;
    if cursor.sees("以来") {
        return When::Since(first);
    }
    let now = ahead.eat("至今");
    if now && !(ahead.before() == Some('今') && ahead.sees_any(&["年", "天", "日", "晚"])) {
        *cursor = ahead;
        return When::Since(first);
    }
    let mut ahead = *cursor;
    let joined = ahead.eat_any(&["至", "到", "--", "-", "~"]).is_some();
    let second = if joined {
        point(&mut ahead).or_else(|| continued(&mut ahead, first))
    } else {
        None
    };
    if let Some(second) = second {
        *cursor = ahead;
        cursor.eat("间");
        return When::Range(first, inherit(first, second));
    }
    border(cursor, first);
    When::At(first)
}

/// 6月底前, 22日前后, 去年同期, 1月5日(农历腊月廿四): what says that it is about, or up to, a day stands inside.
fn border(cursor: &mut Cursor, first: Point) {
    let spoken = matches!(first.day, Day::Common { year: Year::Counted(..), month: None, day: None } if first.part.is_none());
    if spoken && cursor.eat("同期") {
        return;
    }
    other_name(cursor, first);
    // 6月20日16时前
    if first.clock.is_some() && !cursor.sees_any(&["前往", "前来"]) {
        cursor.eat("前");
        return;
    }
    let whole = match first.day {
        Day::Common { month, year, .. } => {
            month.is_some() || first.part.is_some() || matches!(year, Year::Is(_))
        }
        Day::Bare(_) | Day::Lunar { .. } | Day::NewYearsEve { .. } => true,
        Day::Shifted {
            unit: Unit::Month, ..
        } => first.part.is_some(),
        Day::Shifted { .. } | Day::Week { .. } | Day::Decade(_) | Day::Century(_) => false,
    };
    if whole
        && matches!(
            cursor.before(),
            Some('日' | '号' | '月' | '底' | '末' | '初' | '旬' | '节' | '旦' | '年')
        )
    {
        // 2019年前三季度
        let counts = cursor.sees("前") && cursor.ahead(1).is_some_and(number::begins);
        let broken = counts
            || cursor.sees_any(&[
                "前往", "前来", "前进", "前线", "前期", "前沿", "前列", "前景", "前身", "前任",
                "前夫", "前妻",
            ]);
        if !broken {
            cursor.eat_any(&["之前", "以前", "前夕", "前后", "过后", "前"]);
        }
    }
}

/// The same day by another name: 3月27日(农历二月廿八), 1月21日,农历腊月二十二, 9月17日中秋节.
fn other_name(cursor: &mut Cursor, first: Point) {
    let mut ahead = *cursor;
    if ahead.eat("(") && point(&mut ahead).is_some() && ahead.eat(")") {
        *cursor = ahead;
        return;
    }
    if !matches!(first.day, Day::Common { day: Some(_), .. }) || first.part.is_some() {
        return;
    }
    let mut ahead = *cursor;
    if ahead.eat(",") && ahead.sees("农历") && lunar(&mut ahead).is_some() {
        *cursor = ahead;
        return;
    }
    let mut ahead = *cursor;
    if festival(&mut ahead).is_some() {
        *cursor = ahead;
    }
}

/// `8日` after `1月5日至`, `5时` after `下午1时至`.
fn continued(cursor: &mut Cursor, first: Point) -> Option<Point> {
    let mut ahead = *cursor;
    if first.clock.is_some()
        && let Some(clock) = clock(&mut ahead, first.clock.is_some_and(|(hour, _)| hour >= 12))
    {
        *cursor = ahead;
        return Some(Point {
            clock: Some(clock),
            ..first
        });
    }
    let mut ahead = *cursor;
    if let Day::Lunar { year, month, .. } = first.day {
        ahead.eat("初");
        let day = small(&mut ahead).filter(|d| (1..=30).contains(d))?;
        ahead.eat("日");
        let lunar = cursor.sees("初") || ahead.before() == Some('日') || day > 10;
        return lunar.then(|| {
            *cursor = ahead;
            Point::of(Day::Lunar { year, month, day })
        });
    }
    let day = small(&mut ahead).filter(|d| (1..=31).contains(d))?;
    if !eat_day_mark(&mut ahead) {
        return None;
    }
    let Day::Common {
        year,
        month,
        day: Some(_),
    } = first.day
    else {
        return None;
    };
    *cursor = ahead;
    let mut second = Point::of(Day::Common {
        year,
        month,
        day: Some(day),
    });
    day_part(cursor, &mut second);
    Some(second)
}

/// The year of the first end holds for the second when that names none.
fn inherit(first: Point, second: Point) -> Point {
    match (first.day, second.day) {
        (
            Day::Common { year, .. },
            Day::Common {
                year: Year::Unsaid,
                month,
                day,
            },
        ) => Point {
            day: Day::Common { year, month, day },
            ..second
        },
        _ => second,
    }
}

/// `2019-2021年`, `1至3月`, `5-8日`: the unit stands only behind the second number.
fn bare_range(cursor: &mut Cursor) -> Option<When> {
    let joint = |c: &mut Cursor| c.eat_any(&["至", "到", "--", "-", "~"]).is_some();
    let start = *cursor;
    if let Some(from) = year_number(cursor)
        && joint(cursor)
        && let Some(to) = year_number(cursor)
        && cursor.eat("年")
    {
        let year = |y| {
            Point::of(Day::Common {
                year: Year::Is(y),
                month: None,
                day: None,
            })
        };
        return Some(When::Range(year(from), year(to)));
    }
    *cursor = start;
    let year = year(cursor).unwrap_or(Year::Unsaid);
    let from_at = *cursor;
    let from = small(cursor).filter(|m| (1..=31).contains(m))?;
    if joint(cursor) {
        let to = small(cursor).filter(|m| (1..=31).contains(m))?;
        if year == Year::Unsaid && cursor.eat("日") {
            let day = |d| Point::of(Day::Bare(d));
            return is_day(&from_at, cursor).then(|| When::Range(day(from), day(to)));
        }
        if from > 12 || to > 12 {
            return None;
        }
        let month = |m| {
            Point::of(Day::Common {
                year,
                month: Some(m),
                day: None,
            })
        };
        return (cursor.eat("月份") || cursor.eat("月"))
            .then(|| When::Range(month(from), month(to)));
    }
    if from > 12 || !cursor.eat("月") {
        return None;
    }
    let first = small(cursor).filter(|d| (1..=31).contains(d))?;
    if !joint(cursor) {
        return None;
    }
    let last = small(cursor).filter(|d| (1..=31).contains(d))?;
    let day = |d| {
        Point::of(Day::Common {
            year,
            month: Some(from),
            day: Some(d),
        })
    };
    eat_day_mark(cursor).then(|| When::Range(day(first), day(last)))
}

fn point(cursor: &mut Cursor) -> Option<Point> {
    let start = *cursor;
    for read in [
        relative_day,
        numeric,
        calendar,
        bare_day,
        festival,
        lunar,
        period,
    ] {
        *cursor = start;
        if let Some(mut point) = read(cursor) {
            day_part(cursor, &mut point);
            return Some(point);
        }
    }
    *cursor = start;
    None
}

/// 上午, 下午… and a clock time behind a day. Neither is a date by itself.
fn day_part(cursor: &mut Cursor, point: &mut Point) {
    let whole_day = match point.day {
        Day::Common { day, .. } => day.is_some(),
        Day::Shifted { unit, .. } => unit == Unit::Day,
        Day::Bare(_) | Day::Lunar { .. } | Day::NewYearsEve { .. } => true,
        Day::Week { weekday, .. } => weekday.is_some(),
        Day::Decade(_) | Day::Century(_) => false,
    };
    if !whole_day || point.part.is_some() {
        return;
    }
    let mut ahead = *cursor;
    while ahead.eat(" ") {}
    let evening = matches!(cursor.before(), Some('晚' | '夜'));
    let hours = ahead.eat_as(&[
        ("上午", (6, 12)),
        ("中午", (11, 13)),
        ("下午", (12, 18)),
        ("晚上", (18, 24)),
        ("晚间", (18, 24)),
        ("午后", (12, 18)),
        ("傍晚", (17, 19)),
        ("深夜", (22, 24)),
        ("夜间", (18, 24)),
        ("夜里", (18, 24)),
        ("凌晨", (0, 6)),
        ("清晨", (5, 8)),
        ("早上", (6, 9)),
        ("早晨", (6, 9)),
        ("一大早", (5, 8)),
        ("一早", (5, 8)),
        ("白天", (6, 18)),
        ("当晚", (18, 24)),
        ("晚", (18, 24)),
        ("早", (6, 9)),
        ("晨", (5, 8)),
        ("夜", (18, 24)),
    ]);
    // 14日夜查, 夜市
    let hours = hours.filter(|_| {
        ahead.before() != Some('夜')
            || !ahead.sees_any(&["查", "市", "景", "跑", "游", "校", "读", "巡"])
    });
    if hours.is_some() {
        *cursor = ahead;
    }
    point.hours = hours.or(evening.then_some((18, 24)));
    let late = point.hours.is_some_and(|(from, _)| from >= 11);
    if let Some(clock) = clock(&mut ahead, late) {
        point.clock = Some(clock);
        *cursor = ahead;
    }
}

/// `3时`, `15时30分`, `9点半`, `14:30`.
fn clock(cursor: &mut Cursor, late: bool) -> Option<(u32, u32)> {
    let mut ahead = *cursor;
    let hour = small(&mut ahead).filter(|h| *h <= 24)?;
    let hour = if late && hour < 12 { hour + 12 } else { hour };
    if ahead.eat(":") {
        let minute = small(&mut ahead).filter(|m| *m < 60)?;
        *cursor = ahead;
        return Some((hour, minute));
    }
    if ahead.sees_any(&["时间", "时代", "点钟路"]) || ahead.eat_any(&["时", "点钟", "点"]).is_none()
    {
        return None;
    }
    *cursor = ahead;
    if ahead.eat("半") {
        *cursor = ahead;
        return Some((hour, 30));
    }
    if ahead.eat_any(&["许", "整"]).is_some() {
        *cursor = ahead;
        return Some((hour, 0));
    }
    match small(&mut ahead).filter(|m| *m < 60) {
        Some(minute) => {
            if !ahead.sees("分钟") && ahead.eat("分") {
                ahead.eat("许");
                *cursor = ahead;
                return Some((hour, minute));
            }
            Some((hour, 0))
        }
        None => Some((hour, 0)),
    }
}
