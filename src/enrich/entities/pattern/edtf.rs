//! Date expressions → EDTF (ISO 8601-2), counted from the day of issue and from the date told last.

use super::lunar;
use super::when::{Day, From, Part, Point, Unit, When, Year};
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// What relative dates count from, carried from one expression of a text to the next.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Anchors {
    /// Day of issue.
    pub(in super::super) issue: Option<Date>,
    /// First day of the date told last.
    pub(in super::super) last: Option<Date>,
}

/// A resolved stretch: its EDTF form and its first day.
struct Resolved {
    edtf: String,
    first: Option<Date>,
}

impl Anchors {
    /// The EDTF of `when`; `None` when nothing is known to count from.
    pub(in super::super) fn resolve(&mut self, when: &When) -> Option<String> {
        let issue = self.issue;
        let today = issue.map_or_else(String::new, |d| d.to_string());
        match when {
            When::At(point) => {
                let found = self.point(point)?;
                self.last = found.first.or(self.last);
                Some(found.edtf)
            }
            When::Range(from, to) => {
                let from = self.point(from)?;
                // 去年12月至今年1月: the second end counts from the first.
                self.last = from.first.or(self.last);
                let to = self.point(to)?;
                Some(format!("{}/{}", from.edtf, to.edtf))
            }
            When::Since(point) => {
                let from = self.point(point)?;
                self.last = from.first.or(self.last);
                Some(format!("{}/{today}", from.edtf))
            }
            When::UntilNow => issue.map(|d| format!("/{d}")),
            When::Recently => issue.map(|d| format!("{d}~")),
            When::Past(None, _) => issue.map(|d| format!("/{d}")),
            When::Past(Some(n), unit) => {
                let from = shift(issue?, -i32::try_from(*n).ok()?, *unit)?;
                Some(format!("{}/{today}", precise(from, *unit)))
            }
            When::Coming(n, unit) => {
                let to = n.and_then(|n| shift(issue?, i32::try_from(n).ok()?, *unit));
                issue.map(|d| {
                    format!(
                        "{d}/{}",
                        to.map_or_else(String::new, |to| precise(to, *unit))
                    )
                })
            }
        }
    }

    fn anchor(&self, from: From) -> Option<Date> {
        match from {
            From::Issue => self.issue,
            From::Last => self.last.or(self.issue),
        }
    }

    fn year(&self, year: Year) -> Option<i16> {
        match year {
            Year::Unsaid => None,
            Year::Is(year) => Some(year),
            Year::Counted(from, by) => self.anchor(from)?.year().checked_add(by),
        }
    }

    /// The year that puts a day nearest to the issue.
    fn nearest(&self, in_year: impl Fn(i16) -> Option<Date>) -> Option<Date> {
        let issue = self.issue?;
        [-1, 0, 1]
            .into_iter()
            .filter_map(|by| in_year(issue.year().checked_add(by)?))
            .min_by_key(|d| issue.until(*d).map_or(i32::MAX, |s| s.get_days().abs()))
    }

    /// The day of that number nearest to what was told last, if that is as good as the news, else to the issue.
    fn bare(&self, day: u32) -> Option<Date> {
        let day = i8::try_from(day).ok()?;
        let days = |from: Date, to: Date| from.until(to).map_or(i32::MAX, |s| s.get_days().abs());
        let fresh = self
            .last
            .filter(|last| self.issue.is_none_or(|issue| days(*last, issue) <= 62));
        let anchor = fresh.or(self.issue)?;
        [-1, 0, 1]
            .into_iter()
            .filter_map(|by| shift(anchor.first_of_month(), by, Unit::Month))
            .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
            .min_by_key(|date| days(anchor, *date))
    }

    fn point(&self, point: &Point) -> Option<Resolved> {
        match point.day {
            Day::Common {
                year,
                month: None,
                day: Some(day),
            } => {
                let anchor = self
                    .year(year)
                    .and_then(|y| Date::new(y, 1, 1).ok())
                    .or(self.issue)?;
                Some(on(
                    Date::new(anchor.year(), anchor.month(), i8::try_from(day).ok()?).ok()?,
                    point,
                ))
            }
            Day::Common {
                year,
                month: None,
                day: None,
            } => {
                let year = self.year(year).or(self.issue.map(Date::year))?;
                Some(within_year(year, point.part))
            }
            Day::Common {
                year,
                month: Some(month),
                day,
            } => self.month(year, month, day, point),
            Day::Bare(day) => Some(on(self.bare(day)?, point)),
            Day::Lunar { year, month, day } => {
                let in_year = |y| lunar::date(y, month, day);
                let date = match self.year(year) {
                    Some(year) => in_year(year),
                    None => self.nearest(in_year),
                }?;
                Some(on(date, point))
            }
            Day::NewYearsEve { year } => {
                let in_year = |y| lunar::date(y, 1, 1)?.yesterday().ok();
                let date = match self.year(year) {
                    Some(year) => in_year(year),
                    None => self.nearest(in_year),
                }?;
                Some(on(date, point))
            }
            Day::Decade(year) => Some(loose(format!("{}X", year / 10), year)),
            Day::Century(year) => Some(loose(format!("{}XX", year / 100), year)),
            Day::Shifted { from, by, unit } => {
                let date = shift(self.anchor(from)?, by, unit)?;
                Some(match unit {
                    Unit::Day | Unit::Week => on(date, point),
                    Unit::Month => within_month(date.year(), date.month(), point.part),
                    Unit::Year => within_year(date.year(), None),
                })
            }
            Day::Week { by, weekday } => {
                let issue = self.issue?;
                let monday = issue
                    .checked_sub(i64::from(issue.weekday().to_monday_zero_offset()).days())
                    .ok()?;
                let monday = shift(monday, by, Unit::Week)?;
                match weekday {
                    Some(day) => Some(on(
                        shift(monday, i32::try_from(day).ok()? - 1, Unit::Day)?,
                        point,
                    )),
                    None => Some(Resolved {
                        edtf: format!("{monday}/{}", shift(monday, 6, Unit::Day)?),
                        first: Some(monday),
                    }),
                }
            }
        }
    }

    fn month(&self, year: Year, month: u32, day: Option<u32>, point: &Point) -> Option<Resolved> {
        let month = i8::try_from(month).ok()?;
        let number = i8::try_from(day.unwrap_or(1)).ok()?;
        let in_year = |y| Date::new(y, month, number).ok();
        let known = self
            .year(year)
            .or_else(|| self.nearest(in_year).map(Date::year));
        match (known, day) {
            (Some(year), Some(_)) => Some(on(in_year(year)?, point)),
            (Some(year), None) => Some(within_month(year, month, point.part)),
            (None, Some(_)) => Some(Resolved {
                edtf: format!("XXXX-{month:02}-{number:02}"),
                first: None,
            }),
            (None, None) => Some(Resolved {
                edtf: format!("XXXX-{month:02}"),
                first: None,
            }),
        }
    }
}

fn shift(date: Date, by: i32, unit: Unit) -> Option<Date> {
    let by = i64::from(by);
    let span = match unit {
        Unit::Day => Span::new().try_days(by),
        Unit::Week => Span::new().try_weeks(by),
        Unit::Month => Span::new().try_months(by),
        Unit::Year => Span::new().try_years(by),
    };
    date.checked_add(span.ok()?).ok()
}

/// No more digits than the unit warrants.
fn precise(date: Date, unit: Unit) -> String {
    match unit {
        Unit::Year => format!("{:04}", date.year()),
        Unit::Month => format!("{:04}-{:02}", date.year(), date.month()),
        Unit::Day | Unit::Week => date.to_string(),
    }
}

fn on(date: Date, point: &Point) -> Resolved {
    let at = |hour: u32, minute: u32| match hour {
        // 24时 is midnight of the next day.
        24 => format!("{}T00:00:00", date.tomorrow().unwrap_or(date)),
        hour => format!("{date}T{hour:02}:{minute:02}:00"),
    };
    let edtf = match (point.clock, point.hours) {
        (Some((hour, minute)), _) => at(hour, minute),
        (None, Some((from, to))) => format!("{}/{}", at(from, 0), at(to, 0)),
        (None, None) => date.to_string(),
    };
    Resolved {
        edtf,
        first: Some(date),
    }
}

fn loose(edtf: String, year: i16) -> Resolved {
    Resolved {
        edtf,
        first: Date::new(year, 1, 1).ok(),
    }
}

fn within_year(year: i16, part: Option<Part>) -> Resolved {
    let (edtf, month) = match part {
        None | Some(Part::Third(_)) => (format!("{year:04}"), 1),
        Some(Part::Start) => (format!("{year:04}-01~"), 1),
        Some(Part::End) => (format!("{year:04}-12~"), 12),
        // EDTF level 2: 40 and 41 are halves, 33 to 36 quarters, 21 to 24 seasons.
        Some(Part::Half(n)) => (format!("{year:04}-{}", 39 + n), if n == 1 { 1 } else { 7 }),
        Some(Part::Quarter(n)) => (format!("{year:04}-{}", 32 + n), 1),
        Some(Part::Quarters(n)) => (format!("{year:04}-01/{year:04}-{:02}", n * 3), 1),
        Some(Part::Months(n)) => (format!("{year:04}-01/{year:04}-{n:02}"), 1),
        Some(Part::Season(n)) => (format!("{year:04}-{}", 20 + n), 1),
        Some(Part::Between(from, to)) => (format!("{year:04}-{from:02}~/{year:04}-{to:02}~"), 1),
    };
    Resolved {
        edtf,
        first: Date::new(year, month, 1).ok(),
    }
}

fn within_month(year: i16, month: i8, part: Option<Part>) -> Resolved {
    let first = Date::new(year, month, 1).ok();
    let edtf = match (part, first) {
        (Some(Part::Start), _) => format!("{year:04}-{month:02}-01~"),
        (Some(Part::End), Some(first)) => format!("{}~", first.last_of_month()),
        (Some(Part::Third(n)), Some(first)) => {
            let last = first.last_of_month().day();
            let (from, to) = [(1, 10), (11, 20), (21, last)]
                .get(n as usize)
                .copied()
                .unwrap_or((1, last));
            format!("{year:04}-{month:02}-{from:02}/{year:04}-{month:02}-{to:02}")
        }
        _ => format!("{year:04}-{month:02}"),
    };
    Resolved { edtf, first }
}
