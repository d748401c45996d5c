//! What a date expression says, before it is known when it was said.

/// A date expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum When {
    /// A day, month, year, a moment.
    At(Point),
    /// From one to another.
    Range(Point, Point),
    /// From then to the day of issue: 今年以来, 2019年至今.
    Since(Point),
    /// 至今: up to the day of issue.
    UntilNow,
    /// 近日, 前不久: shortly before the day of issue.
    Recently,
    /// 近3年来, 过去五年; no number in 近年来.
    Past(Option<u32>, Unit),
    /// 未来五年.
    Coming(Option<u32>, Unit),
}

/// One end of a date expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Point {
    pub(super) day: Day,
    /// A part of the year or month named.
    pub(super) part: Option<Part>,
    /// Hours of a part of the day: 下午 is 12 to 18.
    pub(super) hours: Option<(u32, u32)>,
    /// Hours and minutes, afternoon already added.
    pub(super) clock: Option<(u32, u32)>,
}

/// A day, or the month, year or decade that is all we are told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Day {
    /// By the common calendar.
    Common {
        year: Year,
        month: Option<u32>,
        day: Option<u32>,
    },
    /// A day of a month not named: 12日上午.
    Bare(u32),
    /// By the lunar calendar; the last day of the year is the eve (除夕) whatever its number.
    Lunar { year: Year, month: u32, day: u32 },
    /// The last day of the lunar year before the one that begins in `year`.
    NewYearsEve { year: Year },
    /// Ten years from this.
    Decade(i16),
    /// A hundred years from this.
    Century(i16),
    /// 今天, 次日.
    Shifted { from: From, by: i32, unit: Unit },
    /// Monday is 1; the whole week without.
    Week { by: i32, weekday: Option<u32> },
}

/// How a year is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Year {
    /// Not at all.
    Unsaid,
    /// By number.
    Is(i16),
    /// Counted from one known.
    Counted(From, i16),
}

/// What a relative date counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The day of issue: 今天, 去年.
    Issue,
    /// The date told last: 当天, 次年.
    Last,
}

/// Unit of a relative date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Unit {
    /// 天, 日.
    Day,
    /// 周.
    Week,
    /// 个月.
    Month,
    /// 年.
    Year,
}

/// A part of a year or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// 初
    Start,
    /// 底, 末
    End,
    /// 上半年 (1), 下半年 (2).
    Half(u32),
    /// 一季度 (1)…
    Quarter(u32),
    /// 前三季度 (3): this many quarters from the start.
    Quarters(u32),
    /// 前8个月 (8): this many months from the start.
    Months(u32),
    /// 春 (1)…
    Season(u32),
    /// 暑假: about from this month to that.
    Between(u32, u32),
    /// 上旬 (0), 中旬 (1), 下旬 (2).
    Third(u32),
}

impl Point {
    pub(super) fn of(day: Day) -> Self {
        Self {
            day,
            part: None,
            hours: None,
            clock: None,
        }
    }
}
