//! Dates on a calendar: `2024年1月5日`, `2024-01-05`, `去年9月`, `今天`, `次日`.

use super::super::text::Cursor;
use super::super::words::Table;
use super::fuzzy::{begins_clause, doubled, festival, lunar};
use super::number::{digit, small};
use super::when::{Day, From, Part, Point, Unit, Year};
use std::sync::LazyLock;

/// `2024-01-05`, `2024/1/5`, `2024.1.5`.
pub(super) fn numeric(cursor: &mut Cursor) -> Option<Point> {
    let year =
        year_number(cursor).filter(|_| cursor.before().is_some_and(|c| c.is_ascii_digit()))?;
    let mark = cursor.eat_any(&["-", "/", "."])?;
    let month = small(cursor).filter(|m| (1..=12).contains(m))?;
    if !cursor.eat(mark) {
        return None;
    }
    let day = small(cursor).filter(|d| (1..=31).contains(d))?;
    Some(Point::of(Day::Common {
        year: Year::Is(year),
        month: Some(month),
        day: Some(day),
    }))
}

/// `2024年1月5日`, `去年9月`, `1月4日`, `2021年底`, `1月下旬`.
pub(super) fn calendar(cursor: &mut Cursor) -> Option<Point> {
    let year = year(cursor);
    if year.is_some() {
        let part = year_part(cursor);
        if part.is_some() {
            return Some(Point {
                part,
                ..Point::of(whole_year(year))
            });
        }
    }
    let mut ahead = *cursor;
    if let Some(month) = small(&mut ahead).filter(|m| (1..=12).contains(m))
        && ahead.eat("月")
        && !ahead.sees_any(&["球", "饼", "嫂"])
        && !doubled(&ahead, month)
    {
        *cursor = ahead;
        let mut point = Point::of(Day::Common {
            year: year.unwrap_or(Year::Unsaid),
            month: Some(month),
            day: None,
        });
        if let Some(day) = small(&mut ahead).filter(|d| (1..=31).contains(d))
            && eat_day_mark(&mut ahead)
        {
            *cursor = ahead;
            point.day = Day::Common {
                year: year.unwrap_or(Year::Unsaid),
                month: Some(month),
                day: Some(day),
            };
        } else {
            point.part = cursor.eat_as(&MONTH_PARTS);
            if point.part.is_none() {
                cursor.eat("份");
            }
        }
        return Some(point);
    }
    // 去年春节期间, 今年腊月廿三
    if let Some(year) = year {
        let mut ahead = *cursor;
        if let Some(found) = festival(&mut ahead).or_else(|| lunar(&mut ahead)) {
            *cursor = ahead;
            return Some(with_year(found, year));
        }
    }
    year.map(|y| Point::of(whole_year(Some(y))))
}

fn whole_year(year: Option<Year>) -> Day {
    Day::Common {
        year: year.unwrap_or(Year::Unsaid),
        month: None,
        day: None,
    }
}

fn with_year(point: Point, year: Year) -> Point {
    let day = match point.day {
        Day::Common { month, day, .. } => Day::Common { year, month, day },
        Day::Lunar { month, day, .. } => Day::Lunar { year, month, day },
        Day::NewYearsEve { .. } => Day::NewYearsEve { year },
        other => other,
    };
    Point { day, ..point }
}

pub(super) const MONTH_PARTS: [(&str, Part); 8] = [
    ("上旬", Part::Third(0)),
    ("中旬", Part::Third(1)),
    ("下旬", Part::Third(2)),
    ("月初", Part::Start),
    ("月底", Part::End),
    ("初", Part::Start),
    ("底", Part::End),
    ("末", Part::End),
];

/// School holidays.
pub(super) const SUMMER: Part = Part::Between(7, 8);
pub(super) const WINTER: Part = Part::Between(1, 2);

pub(super) const YEAR_PARTS: [(&str, Part); 36] = [
    ("上半年", Part::Half(1)),
    ("下半年", Part::Half(2)),
    ("前三季度", Part::Quarters(3)),
    ("前三个季度", Part::Quarters(3)),
    ("前两季度", Part::Quarters(2)),
    ("第一季度", Part::Quarter(1)),
    ("第二季度", Part::Quarter(2)),
    ("第三季度", Part::Quarter(3)),
    ("第四季度", Part::Quarter(4)),
    ("一季度", Part::Quarter(1)),
    ("二季度", Part::Quarter(2)),
    ("三季度", Part::Quarter(3)),
    ("四季度", Part::Quarter(4)),
    ("1季度", Part::Quarter(1)),
    ("年初", Part::Start),
    ("年底", Part::End),
    ("年末", Part::End),
    ("春天", Part::Season(1)),
    ("夏天", Part::Season(2)),
    ("秋天", Part::Season(3)),
    ("冬天", Part::Season(4)),
    ("开春", Part::Season(1)),
    ("入春", Part::Season(1)),
    ("入夏", Part::Season(2)),
    ("入秋", Part::Season(3)),
    ("入冬", Part::Season(4)),
    ("暑假", SUMMER),
    ("寒假", WINTER),
    ("暑期", SUMMER),
    ("春季", Part::Season(1)),
    ("夏季", Part::Season(2)),
    ("秋季", Part::Season(3)),
    ("冬季", Part::Season(4)),
    ("底", Part::End),
    ("末", Part::End),
    ("初", Part::Start),
];

/// What 春, 夏, 秋 and 冬 begin, season or not.
const SEASONAL: [&str; 23] = [
    "节", "天", "运", "耕", "招", "收", "粮", "令", "灌", "种", "奥", "残", "晚", "茶", "交", "汛",
    "泳", "训", "拍", "播", "管", "游", "衣",
];

fn year_part(cursor: &mut Cursor) -> Option<Part> {
    if let Some(months) = super::fuzzy::first_months(cursor, &["前", "头"]) {
        return Some(Part::Months(months));
    }
    let part = cursor.eat_as(&YEAR_PARTS).or_else(|| {
        let seasons = [("春", 1), ("夏", 2), ("秋", 3), ("冬", 4)];
        let mut ahead = *cursor;
        let season = ahead.eat_as(&seasons)?;
        (!ahead.sees_any(&SEASONAL)).then(|| {
            *cursor = ahead;
            Part::Season(season)
        })
    });
    if part.is_none() && !cursor.sees("度假") {
        cursor.eat("度");
    }
    part
}

/// The number of a year of four digits, Arabic or Chinese, 1000 to 2999.
pub(super) fn year_number(cursor: &mut Cursor) -> Option<i16> {
    let arabic = cursor.peek()?.is_ascii_digit();
    let mut ahead = *cursor;
    let digits =
        ahead.eat_while(|c| digit(c).is_some() && c.is_ascii_digit() == arabic && c != '两');
    if digits.len() != 4 {
        return None;
    }
    let year = digits.iter().try_fold(0i16, |sum, c| {
        Some(sum * 10 + i16::try_from(digit(*c)?).ok()?)
    })?;
    *cursor = ahead;
    (1000..3000).contains(&year).then_some(year)
}

static YEARS: LazyLock<Table<Year>> = LazyLock::new(|| {
    let issue = |by| Year::Counted(From::Issue, by);
    let last = |by| Year::Counted(From::Last, by);
    Table::beginning([
        ("上一年度", issue(-1)),
        ("下一年度", issue(1)),
        ("上一年", issue(-1)),
        ("下一年", issue(1)),
        ("第二年", last(1)),
        ("上年度", issue(-1)),
        ("上年", issue(-1)),
        ("来年", issue(1)),
        ("这一年", last(0)),
        ("今年", issue(0)),
        ("本年", issue(0)),
        ("去年", issue(-1)),
        ("明年", issue(1)),
        ("前年", issue(-2)),
        ("后年", issue(2)),
        ("当年", last(0)),
        ("同年", last(0)),
        ("次年", last(1)),
        ("翌年", last(1)),
    ])
});

/// A year by number or counted from one known.
pub(super) fn year(cursor: &mut Cursor) -> Option<Year> {
    let start = *cursor;
    if let Some(year) = year_number(cursor)
        && cursor.eat("年")
        && !cursor.sees_any(&["级", "制"])
    {
        return Some(Year::Is(year));
    }
    *cursor = start;
    let year = cursor.eat_in(&YEARS)?;
    // 三年前年产…, 以后年份, 上年纪
    let broken = matches!(
        start.before(),
        Some('年' | '以' | '之' | '目' | '大' | '本' | '近' | '晚' | '早' | '马' | '网' | '线')
    ) || cursor.sees_any(&["级", "份", "产", "轻", "龄", "纪", "头上"])
        // 老大当年盖房: long ago; 开业第二年 counts from something else.
        || start.sees_any(&["当年", "第二年", "这一年"]) && !begins_clause(start.before());
    (!broken).then_some(year)
}

/// 日 or 号 behind a day, where it is one.
pub(super) fn eat_day_mark(cursor: &mut Cursor) -> bool {
    if cursor.sees("日") {
        return cursor.eat("日");
    }
    cursor.sees("号")
        && !cursor.sees_any(&["号楼", "号线", "号文", "号公告", "号令"])
        && cursor.eat("号")
}

/// `12日上午`, `9日18时`, `13日`: the month is the one the article is about.
pub(super) fn bare_day(cursor: &mut Cursor) -> Option<Point> {
    let start = *cursor;
    let arabic = start.peek().is_some_and(|c| c.is_ascii_digit());
    let day = small(cursor).filter(|d| (1..=31).contains(d))?;
    let long = cursor.at() > start.at() + 1;
    if !cursor.eat("日") || !is_day(&start, cursor) {
        return None;
    }
    // 一日三餐, 三日: in Chinese figures it takes more to be a day.
    let told = cursor.sees_any(&["上午", "中午", "下午", "晚", "凌晨", "清晨", "早", "傍晚"]);
    (arabic || told || long && begins_clause(start.before())).then(|| Point::of(Day::Bare(day)))
}

/// Whether a number of 日 from `start` up to `end` names a day: 拘留10日, 3日内, 7日游 say how long.
pub(super) fn is_day(start: &Cursor, end: &Cursor) -> bool {
    let length = start
        .before()
        .is_some_and(|c| "第每近约超逾过满足达共历计隔少期留前续来后下长延宽月年周零".contains(c));
    !length
        && !end.sees_any(&[
            "内",
            "以",
            "之",
            "后",
            "游",
            "龄",
            "均",
            "票",
            "线",
            "年化",
            "行",
            "谈",
            "制",
            "速",
            "元",
            "无理由",
            "的",
            "假",
            "余",
            "间",
        ])
}

static DAYS: LazyLock<Table<(From, i32, Unit)>> = LazyLock::new(|| {
    let issue = |by| (From::Issue, by, Unit::Day);
    let last = |by| (From::Last, by, Unit::Day);
    Table::beginning([
        ("今天", issue(0)),
        ("今日", issue(0)),
        ("昨天", issue(-1)),
        ("昨日", issue(-1)),
        ("前天", issue(-2)),
        ("前日", issue(-2)),
        ("明天", issue(1)),
        ("明日", issue(1)),
        ("后天", issue(2)),
        ("即日", issue(0)),
        ("第二天", last(1)),
        ("第二日", last(1)),
        ("这一天", last(0)),
        ("这一夜", last(0)),
        ("这一晚", last(0)),
        ("第二周", (From::Last, 1, Unit::Week)),
        ("这一周", (From::Last, 0, Unit::Week)),
        ("当周", (From::Last, 0, Unit::Week)),
        ("这个月", (From::Issue, 0, Unit::Month)),
        ("当天", last(0)),
        ("当日", last(0)),
        ("同日", last(0)),
        ("同一天", last(0)),
        ("前一天", last(-1)),
        ("前一日", last(-1)),
        ("次日", last(1)),
        ("翌日", last(1)),
        ("今晚", issue(0)),
        ("今早", issue(0)),
        ("今晨", issue(0)),
        ("今夜", issue(0)),
        ("昨晚", issue(-1)),
        ("昨夜", issue(-1)),
        ("明晚", issue(1)),
        ("明早", issue(1)),
        ("当晚", last(0)),
        ("当夜", last(0)),
        ("次晨", last(1)),
        ("本月", (From::Issue, 0, Unit::Month)),
        ("当月", (From::Last, 0, Unit::Month)),
        ("同月", (From::Last, 0, Unit::Month)),
        ("上个月", (From::Issue, -1, Unit::Month)),
        ("下个月", (From::Issue, 1, Unit::Month)),
        ("上月", (From::Issue, -1, Unit::Month)),
        ("下月", (From::Issue, 1, Unit::Month)),
    ])
});

/// `今天`, `次日`, `本月5日`.
pub(super) fn relative_day(cursor: &mut Cursor) -> Option<Point> {
    let start = *cursor;
    let before = start.before();
    let (from, by, unit) = cursor.eat_in(&DAYS)?;
    // 因为两人同一天拿的证, 大赛第二天: said of something else.
    if start.sees_any(&["同", "第二", "这一"]) && !begins_clause(before) {
        return None;
    }
    if cursor.sees_any(&["头条", "说法", "性", "下午茶", "没亮", "不亮", "刚亮", "嫂"])
        || (matches!(
            before,
            Some('以' | '之' | '落' | '应' | '相' | '适' | '生' | '节' | '先')
        ) && unit == Unit::Day)
    {
        return None;
    }
    let mut point = Point::of(Day::Shifted { from, by, unit });
    if unit == Unit::Month {
        let mut ahead = *cursor;
        if let Some(day) = small(&mut ahead)
            && eat_day_mark(&mut ahead)
        {
            *cursor = ahead;
            point.clock = None;
            point.day = Day::Common {
                year: Year::Unsaid,
                month: None,
                day: Some(day),
            };
            return Some(point);
        }
        point.part = cursor.eat_as(&MONTH_PARTS);
    }
    Some(point)
}
