//! Dates that are no number on a calendar: festivals, lunar days, 年底, 近日, 近3年来, 三天前.

use super::super::text::Cursor;
use super::super::words::Table;
use super::calendar::{MONTH_PARTS, SUMMER, WINTER, YEAR_PARTS};
use super::number::{self, Style, small};
use super::when::{Day, From, Part, Point, Unit, When, Year};
use std::sync::LazyLock;

const fn from_issue(by: i32) -> Point {
    Point {
        day: Day::Shifted {
            from: From::Issue,
            by,
            unit: Unit::Day,
        },
        part: None,
        hours: None,
        clock: None,
    }
}

const TOMORROW_ON: When = When::Range(from_issue(1), from_issue(2));

/// Whether what stands here is no part of a longer phrase, seen from the character before it.
pub(super) fn begins_clause(before: Option<char>) -> bool {
    before.is_none_or(|c| !c.is_alphanumeric() || "在于从自就".contains(c))
}

static FUZZY: LazyLock<Table<(When, &str)>> = LazyLock::new(|| {
    let words = [
        ("近年来", When::Past(None, Unit::Year)),
        ("近些年来", When::Past(None, Unit::Year)),
        ("近几年来", When::Past(None, Unit::Year)),
        ("近几年", When::Past(None, Unit::Year)),
        ("近年", When::Past(None, Unit::Year)),
        ("近日", When::Recently),
        ("日前", When::Recently),
        ("近期", When::Recently),
        ("近来", When::Recently),
        ("连日来", When::Recently),
        ("前不久", When::Recently),
        ("不久前", When::Recently),
        ("前几天", When::Recently),
        ("前些天", When::Recently),
        ("前段时间", When::Recently),
        ("前两天", When::Recently),
        ("至今", When::UntilNow),
        ("明后两天", TOMORROW_ON),
        ("明后天", TOMORROW_ON),
    ];
    Table::beginning(words.map(|(word, when)| (word, (when, word))))
});

/// 近日, 近年来, 至今, 明后两天: no calendar day is meant.
pub(super) fn fuzzy(cursor: &mut Cursor) -> Option<When> {
    let before = cursor.before();
    let (when, word) = cursor.eat_in(&FUZZY)?;
    let broken = match word {
        "日前" => {
            matches!(
                before,
                Some(
                    '节' | '假' | '生' | '近' | '目' | '今' | '昨' | '明' | '工' | '即' | '0'..='9'
                )
            ) || before.is_some_and(number::begins)
        }
        "近日" | "近期" | "近年" | "近来" => {
            matches!(before, Some('最' | '附' | '邻' | '临' | '接' | '靠' | '将'))
                || cursor.sees_any(&["点", "轨"])
        }
        // By itself; 至今留着 says no more than “still”.
        "至今" => {
            before.is_some_and(char::is_alphanumeric)
                || cursor.peek().is_none_or(char::is_alphanumeric)
        }
        _ => false,
    };
    (!broken).then_some(when)
}

const UNITS: [(&str, Unit); 12] = [
    ("个多月", Unit::Month),
    ("个月", Unit::Month),
    ("个星期", Unit::Week),
    ("多年", Unit::Year),
    ("余年", Unit::Year),
    ("年", Unit::Year),
    ("多天", Unit::Day),
    ("余天", Unit::Day),
    ("天", Unit::Day),
    ("日", Unit::Day),
    ("周", Unit::Week),
    ("星期", Unit::Week),
];

/// `近3年来`, `过去五年`, `未来三年`, `三天前`, `5年来`.
pub(super) fn counted(cursor: &mut Cursor) -> Option<When> {
    let before = cursor.before();
    let number = cursor.peek().is_some_and(number::begins);
    let lead = match number {
        true => None,
        false => cursor.eat_any(&["近", "过去", "未来", "今后", "最近"]),
    };
    if lead == Some("近") && matches!(cursor.before(), Some('附' | '接')) {
        return None;
    }
    while cursor.eat("的") {}
    let start = *cursor;
    let number = number::read(cursor)?;
    // 2024年 is a year, 一天前… a day.
    if number.style == Style::Digits && number.amount.len() > 3 || number.scale > 1 {
        return None;
    }
    let n: Option<u32> = if number.style == Style::Some {
        None
    } else {
        number.amount.parse().ok()
    };
    let unit = cursor.eat_as(&UNITS)?;
    match (lead, unit) {
        (Some("未来" | "今后"), _) => Some(When::Coming(n, unit)),
        (Some(lead), _) => {
            let closed = cursor.eat("来") || cursor.eat("间") || lead != "近";
            // 近3个月 without 来 is a length of time, and so is what something took: 拖欠近两年。
            let took = before.is_some_and(|c| c.is_alphanumeric() && !"在自从对和与及".contains(c))
                && cursor.peek().is_none_or(|c| !c.is_alphanumeric());
            (closed || unit == Unit::Year && !took).then_some(When::Past(n, unit))
        }
        // 每隔15天来园里
        (None, _)
            if !matches!(before, Some('隔' | '每'))
                && !cursor.sees_any(&["来到", "来自", "来了"])
                && cursor.eat("来") =>
        {
            Some(When::Past(n, unit))
        }
        (None, _) => {
            let by = i32::try_from(n?).ok()?;
            if start.before() == Some('第') || start.before() == Some('前') {
                return None;
            }
            if cursor.eat("前") && !cursor.sees_any(&["夕", "后", "往", "来"]) {
                let day = Day::Shifted {
                    from: From::Issue,
                    by: -by,
                    unit,
                };
                return Some(When::At(Point::of(day)));
            }
            None
        }
    }
}

/// Whether the name of a festival is a time by itself.
#[derive(Clone, Copy, PartialEq)]
enum Alone {
    Yes,
    /// At the edges of a clause: 国庆再开一趟, but not 李国庆 and 国庆路.
    Clause,
    /// Only with 节, 假期, 期间…
    No,
}

static FESTIVALS: LazyLock<Table<(Alone, Day)>> = LazyLock::new(|| {
    let year = Year::Unsaid;
    let common = |month, day| Day::Common {
        year,
        month: Some(month),
        day: Some(day),
    };
    let lunar = |month, day| Day::Lunar { year, month, day };
    let month = |month| Day::Common {
        year,
        month: Some(month),
        day: None,
    };
    use Alone::{Clause, No, Yes};
    // The name, whether it is one without 节, what day it is; of solar terms the month is enough.
    Table::beginning([
        ("元旦", (Yes, common(1, 1))),
        ("除夕", (Yes, Day::NewYearsEve { year })),
        ("春节", (Yes, lunar(1, 1))),
        ("大年初一", (Yes, lunar(1, 1))),
        ("元宵", (No, lunar(1, 15))),
        ("清明", (Clause, month(4))),
        ("端午", (Yes, lunar(5, 5))),
        ("七夕", (Yes, lunar(7, 7))),
        ("中秋", (Yes, lunar(8, 15))),
        ("重阳", (Clause, lunar(9, 9))),
        ("\"五一\"", (Yes, common(5, 1))),
        ("五一", (Clause, common(5, 1))),
        ("\"三八\"", (Yes, common(3, 8))),
        ("三八", (No, common(3, 8))),
        ("\"六一\"", (Yes, common(6, 1))),
        ("五四", (No, common(5, 4))),
        ("植树节", (Yes, common(3, 12))),
        ("教师节", (Yes, common(9, 10))),
        ("\"十一\"", (No, common(10, 1))),
        ("国庆", (Clause, common(10, 1))),
        ("圣诞", (No, common(12, 25))),
        ("腊八", (No, lunar(12, 8))),
        ("六一", (Clause, common(6, 1))),
        ("十一", (No, common(10, 1))),
        ("儿童节", (Yes, common(6, 1))),
        ("妇女节", (Yes, common(3, 8))),
        ("劳动节", (Yes, common(5, 1))),
        ("青年节", (Yes, common(5, 4))),
        ("建党节", (Yes, common(7, 1))),
        ("建军节", (Yes, common(8, 1))),
        ("记者节", (Yes, common(11, 8))),
        ("护士节", (Yes, common(5, 12))),
        ("医师节", (Yes, common(8, 19))),
        ("母亲节", (Yes, month(5))),
        ("父亲节", (Yes, month(6))),
        ("情人节", (Yes, common(2, 14))),
        ("愚人节", (Yes, common(4, 1))),
        ("感恩节", (Yes, month(11))),
        ("火把节", (Yes, lunar(6, 24))),
        ("泼水节", (Yes, month(4))),
        ("中元节", (Yes, lunar(7, 15))),
        ("小年", (Clause, lunar(12, 23))),
        ("世界读书日", (Clause, common(4, 23))),
        ("世界水日", (Clause, common(3, 22))),
        ("世界地球日", (Clause, common(4, 22))),
        ("世界环境日", (Clause, common(6, 5))),
        ("世界献血者日", (Clause, common(6, 14))),
        ("世界无烟日", (Clause, common(5, 31))),
        ("国际禁毒日", (Clause, common(6, 26))),
        ("国际博物馆日", (Clause, common(5, 18))),
        ("国际消费者权益日", (Clause, common(3, 15))),
        ("\"3·15\"国际消费者权益日", (Clause, common(3, 15))),
        ("国际志愿者日", (Clause, common(12, 5))),
        ("国家宪法日", (Clause, common(12, 4))),
        ("国家公祭日", (Clause, common(12, 13))),
        ("全国爱眼日", (Clause, common(6, 6))),
        ("全国助残日", (Clause, month(5))),
        ("全国科普日", (Clause, month(9))),
        ("全国消防日", (Clause, common(11, 9))),
        ("立春", (Clause, month(2))),
        ("惊蛰", (Clause, month(3))),
        ("春分", (Clause, month(3))),
        ("谷雨", (Clause, month(4))),
        ("立夏", (Clause, month(5))),
        ("小满", (Clause, month(5))),
        ("芒种", (Clause, month(6))),
        ("夏至", (Clause, month(6))),
        ("小暑", (Clause, month(7))),
        ("大暑", (Clause, month(7))),
        ("立秋", (Clause, month(8))),
        ("处暑", (Clause, month(8))),
        ("白露", (Clause, month(9))),
        ("秋分", (Clause, month(9))),
        ("寒露", (Clause, month(10))),
        ("霜降", (Clause, month(10))),
        ("立冬", (Clause, month(11))),
        ("冬至", (Clause, month(12))),
        ("小寒", (Clause, month(1))),
        ("大寒", (Clause, month(1))),
    ])
});

/// 国庆那几天, 清明刚过: what may follow the name of a festival that is meant as a time.
fn goes_on(cursor: &Cursor) -> bool {
    cursor.peek().is_none_or(|c| {
        !c.is_alphanumeric() || "那再刚将快临来去过到七三五放出回也就不没里我她他全".contains(c)
    })
}

/// 前四天, 最后一天 of a holiday.
fn days_of_holiday(cursor: &mut Cursor) {
    let mut ahead = *cursor;
    let some = ahead.eat_any(&["前", "后", "头", "最后", "第"]).is_some()
        && small(&mut ahead).is_some()
        && (ahead.eat("天") || ahead.eat("日"));
    if some || ahead.eat("首日") || ahead.eat("首个") {
        *cursor = ahead;
    }
}

/// A festival with 期间, 假期, 前后…
pub(super) fn festival(cursor: &mut Cursor) -> Option<Point> {
    let before = cursor.before();
    let (alone, day) = cursor.eat_in(&FESTIVALS)?;
    let named = cursor
        .eat_any(&[
            "国际劳动妇女节",
            "国际妇女节",
            "妇女节",
            "国际儿童节",
            "儿童节",
            "青年节",
            "国际劳动节",
            "劳动节",
            "佳节",
            "节日",
            "节",
        ])
        .is_some();
    let tail = cursor.eat_as(&[
        ("小长假期间", true),
        ("假期期间", true),
        ("黄金周期间", true),
        ("长假期间", true),
        ("小长假", true),
        ("黄金周", true),
        ("长假", true),
        ("假期", true),
        ("假日", true),
        ("期间", true),
        ("当天", false),
        ("当日", false),
        ("前夕", false),
        ("前后", false),
        ("过后", false),
        ("前", false),
        ("后", false),
    ]);
    if tail == Some(true) {
        days_of_holiday(cursor);
    }
    let other = cursor.sees_any(&[
        "联欢", "晚会", "路", "村", "街", "镇", "乡", "广场", "社区", "小学", "桥", "东路", "西路",
        "区", "文化",
    ]);
    // 3月12日是植树节 says what a day is, not when.
    let named = named || alone == Alone::Yes;
    // 第109个护士节, 迎来个中秋节
    let counted = before == Some('个');
    let bare = || {
        alone == Alone::Clause && (before == Some('年') || begins_clause(before) && goes_on(cursor))
    };
    let time = match tail {
        // 二十一前, 十一后
        Some(long) => long || alone != Alone::No || named,
        None => named && before != Some('是') || bare(),
    };
    (time && !other && !counted).then(|| Point::of(day))
}

/// Whether a day of the lunar month just read follows without 日: 二月初二, 二月二, 三月三.
pub(super) fn doubled(cursor: &Cursor, month: u32) -> bool {
    let mut ahead = *cursor;
    if ahead.eat("初") {
        return ahead
            .peek()
            .is_some_and(|c| number::digit(c).is_some() || c == '十');
    }
    let arabic = ahead.peek().is_some_and(|c| c.is_ascii_digit());
    !arabic
        && small(&mut ahead) == Some(month)
        && !ahead.sees_any(&["日", "号", "点", "十"])
        && !ahead.sees("级")
}

/// `农历八月十五`, `正月初五`, `腊月廿三`.
pub(super) fn lunar(cursor: &mut Cursor) -> Option<Point> {
    let said = cursor.eat_any(&["农历", "阴历", "夏历"]).is_some();
    let year = if said {
        super::calendar::year(cursor)
    } else {
        None
    };
    let month = cursor
        .eat_as(&[("正月", 1), ("冬月", 11), ("腊月", 12)])
        .or_else(|| {
            let mut ahead = *cursor;
            let month = small(&mut ahead).filter(|m| (1..=12).contains(m))?;
            let lunar = said && ahead.eat("月")
                || ahead.eat("月") && doubled(&ahead, month) && cursor.before() != Some('"')
                || ahead.before() == Some('月')
                    && ahead.sees("初")
                    && ahead.sees_any(&[
                        "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九",
                        "初十",
                    ]);
            lunar.then(|| {
                *cursor = ahead;
                month
            })
        })
        .or_else(|| {
            let mut ahead = *cursor;
            (ahead.eat("大年") && ahead.sees("初")).then(|| {
                *cursor = ahead;
                1
            })
        })?;
    let mut ahead = *cursor;
    ahead.eat("初");
    let day = small(&mut ahead).filter(|d| (1..=30).contains(d));
    if day.is_some() {
        ahead.eat("日");
        *cursor = ahead;
    }
    let point = Point::of(Day::Lunar {
        year: year.unwrap_or(Year::Unsaid),
        month,
        day: day.unwrap_or(1),
    });
    Some(Point {
        part: day.is_none().then_some(Part::Start),
        ..point
    })
}

/// `上半年`, `一季度`, `年底`, `上周五`, `星期三`, `90年代`, `20世纪`, `今冬`.
pub(super) fn period(cursor: &mut Cursor) -> Option<Point> {
    let start = *cursor;
    for read in [part_of_this_year, week, age] {
        *cursor = start;
        if let Some(point) = read(cursor) {
            return Some(point);
        }
    }
    None
}

/// `前8个月`, `头两个月`: how many, behind one of `leads`.
pub(super) fn first_months(cursor: &mut Cursor, leads: &[&str]) -> Option<u32> {
    let mut ahead = *cursor;
    if ahead.eat_any(leads).is_none() || matches!(cursor.before(), Some('之' | '以' | '目' | '提'))
    {
        return None;
    }
    let months = small(&mut ahead).filter(|m| (1..=12).contains(m))?;
    ahead.eat("个月").then(|| {
        *cursor = ahead;
        months
    })
}

fn part_of_this_year(cursor: &mut Cursor) -> Option<Point> {
    let before = cursor.before();
    if cursor.peek().is_some_and(number::begins) && cursor.ahead(1) != Some('季') {
        return None;
    }
    if let Some(months) = first_months(cursor, &["前"]) {
        return Some(Point {
            part: Some(Part::Months(months)),
            ..Point::of(Day::Common {
                year: Year::Counted(From::Issue, 0),
                month: None,
                day: None,
            })
        });
    }
    let year = Year::Counted(From::Issue, 0);
    let whole = |year| Day::Common {
        year,
        month: None,
        day: None,
    };
    if let Some((by, season)) = cursor.eat_as(&[
        ("今冬明春", (0, 4)),
        ("去冬今春", (-1, 4)),
        ("今春", (0, 1)),
        ("今夏", (0, 2)),
        ("今秋", (0, 3)),
        ("今冬", (0, 4)),
        ("去冬", (-1, 4)),
        ("明春", (1, 1)),
    ]) {
        let broken = cursor.sees_any(&["日", "天"])
            || before.is_some_and(|c| "送过离出来进上下回年如当".contains(c));
        if broken {
            return None;
        }
        let day = whole(Year::Counted(From::Issue, by));
        return Some(Point {
            part: Some(Part::Season(season)),
            ..Point::of(day)
        });
    }
    if cursor.sees_any(&["月初", "月底"]) {
        if before.is_some_and(|c| number::begins(c) || c == '个') {
            return None;
        }
        let part = cursor.eat_as(&MONTH_PARTS);
        return Some(Point {
            part,
            ..Point::of(Day::Shifted {
                from: From::Issue,
                by: 0,
                unit: Unit::Month,
            })
        });
    }
    if let Some(part) = cursor.eat_as(&[("暑假", SUMMER), ("寒假", WINTER)]) {
        // 两个暑假 are counted, 暑假作业 is homework.
        let counted = before.is_some_and(|c| matches!(c, '个' | '放' | '过' | '的' | '每'));
        let when = cursor.eat("期间")
            || cursor
                .peek()
                .is_none_or(|c| !c.is_alphanumeric() || "里在前后一刚快".contains(c));
        return (when && !counted).then(|| Point {
            part: Some(part),
            ..Point::of(whole(year))
        });
    }
    if cursor.eat("年前") {
        let broken = cursor.sees_any(&["后", "往", "来", "进"]);
        return (begins_clause(before) && !broken).then(|| Point {
            part: Some(Part::Start),
            ..Point::of(whole(year))
        });
    }
    if cursor.eat("年内") {
        let own = !before
            .is_some_and(|c| number::begins(c) || matches!(c, '今' | '明' | '去' | '几' | '当'));
        return own.then(|| Point::of(whole(year)));
    }
    // A single character is no date without its year, and 年底 belongs to what stands before it.
    if !cursor.sees_any(&[
        "上半年",
        "下半年",
        "季度",
        "年底",
        "年末",
        "年初",
        "前",
        "第",
        "一季",
        "二季",
        "三季",
        "四季",
        "1季",
    ]) {
        return None;
    }
    let part = cursor.eat_as(&YEAR_PARTS)?;
    let broken = before.is_some_and(|c| matches!(c, '第' | '前' | '每' | '个'))
        || (before.is_some_and(number::begins) && matches!(part, Part::Start | Part::End));
    cursor.eat("末");
    (!broken).then_some(Point {
        part: Some(part),
        ..Point::of(whole(year))
    })
}

const WEEKDAYS: [(&str, u32); 8] = [
    ("一", 1),
    ("二", 2),
    ("三", 3),
    ("四", 4),
    ("五", 5),
    ("六", 6),
    ("日", 7),
    ("天", 7),
];

fn week(cursor: &mut Cursor) -> Option<Point> {
    let before = cursor.before();
    let by = cursor.eat_as(&[
        ("本周", 0),
        ("这周", 0),
        ("上周", -1),
        ("下周", 1),
        ("上个星期", -1),
        ("下个星期", 1),
        ("上星期", -1),
        ("下星期", 1),
        ("本星期", 0),
    ]);
    if let Some(by) = by {
        let weekday = cursor
            .eat_as(&WEEKDAYS)
            .or_else(|| cursor.eat("末").then_some(6));
        return (weekday.is_some() || !cursor.sees_any(&["期", "边", "年"]))
            .then(|| Point::of(Day::Week { by, weekday }));
    }
    let free = before
        .is_none_or(|c| !c.is_alphanumeric() || matches!(c, '在' | '于' | '到' | '是' | '了'));
    let long = cursor.eat("星期");
    let short = !long && free && cursor.eat("周");
    if !(long || short) || before == Some('每') || before.is_some_and(number::begins) {
        return None;
    }
    let weekday = cursor.eat_as(&WEEKDAYS)?;
    let closed = cursor.peek().is_none_or(|c| !c.is_alphanumeric())
        || cursor.sees_any(&["上午", "下午", "晚", "早"]);
    (long || closed).then(|| {
        Point::of(Day::Week {
            by: 0,
            weekday: Some(weekday),
        })
    })
}

/// `上世纪八十年代`, `20世纪90年代末`, `90年代`, `21世纪`.
fn age(cursor: &mut Cursor) -> Option<Point> {
    let mut century = None;
    let mut ahead = *cursor;
    if ahead.eat("上世纪") || ahead.eat("上个世纪") {
        century = Some(1900);
        *cursor = ahead;
    } else if ahead.eat("本世纪") {
        century = Some(2000);
        *cursor = ahead;
    } else if let Some(n) = small(&mut ahead).filter(|n| (10..=22).contains(n))
        && ahead.eat("世纪")
    {
        century = Some((i16::try_from(n).ok()? - 1) * 100);
        *cursor = ahead;
    }
    let mut ahead = *cursor;
    let decade = small(&mut ahead).filter(|n| n % 10 == 0 && *n < 100);
    if let Some(decade) = decade
        && (ahead.eat("年代") || century.is_some() && ahead.eat("年"))
    {
        *cursor = ahead;
        ahead.eat_any(&["初", "末", "中期", "中后期", "后期", "初期"]);
        *cursor = ahead;
        let base = century.unwrap_or(if decade >= 30 { 1900 } else { 2000 });
        return Some(Point::of(Day::Decade(base + i16::try_from(decade).ok()?)));
    }
    let century = century?;
    cursor.eat_any(&["初", "末"]);
    Some(Point::of(Day::Century(century)))
}
