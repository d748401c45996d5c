//! `>=1亿`, `[2024-01 TO 2024-02}` → the values between.

use super::clause::Raw;
use super::value::{Ordered, Sum, days, page, sum};
use super::{Field, Test};
use crate::channels::fold::fold;
use crate::problem::Problem;
use std::ops::RangeInclusive;

/// Two ends, either of which may be missing, and whether each is excluded.
pub(super) struct Bounds<'r, 't> {
    pub(super) from: Option<&'r Raw<'t>>,
    pub(super) to: Option<&'r Raw<'t>>,
    pub(super) open: (bool, bool),
}

impl Bounds<'_, '_> {
    /// The test whether a value of `field`, which is ordered, lies between.
    pub(super) fn test(&self, field: Field) -> Result<Test, Problem> {
        Ok(match field {
            Field::Money => {
                let mut currency = None;
                let range =
                    self.interval("a sum like `3567万元`, `1.5亿` or `2亿美元`", |text| {
                        let (named, amount) = sum(text)?;
                        let first = *currency.get_or_insert(named);
                        (first == named).then_some(amount..=amount)
                    })?;
                let currency = currency.unwrap_or_default();
                Test::Money(Box::new(Sum { currency, range }))
            }
            Field::Date => {
                let form = "a date like `2024-01-05`, `2024-01` or `2024`";
                Test::Days(Box::new(self.interval(form, days)?))
            }
            Field::Page => {
                let read = |text: &str| Some(page(text)..=page(text));
                Test::Pages(Box::new(self.interval("a page like `01` or `A3`", read)?))
            }
            _ => {
                let read = |text: &str| {
                    let number: f64 = fold(text).parse().ok()?;
                    number.is_finite().then_some(number..=number)
                };
                Test::Number(Box::new(self.interval("a number", read)?))
            }
        })
    }

    /// The interval between the ends, each read as the values it covers.
    fn interval<T: Ordered + PartialOrd>(
        &self,
        form: &str,
        mut read: impl FnMut(&str) -> Option<RangeInclusive<T>>,
    ) -> Result<RangeInclusive<T>, Problem> {
        let mut end = |value: Option<&Raw<'_>>| {
            let Some(value) = value else { return Ok(None) };
            let covered = value.literal().and_then(&mut read);
            covered.map(Some).ok_or_else(|| {
                Problem::at(
                    value.span.clone(),
                    format!("`{}` is not {form}", value.text),
                )
            })
        };
        let (from, to) = (end(self.from)?, end(self.to)?);
        let least = from.as_ref().map(|r| match self.open.0 {
            true => r.end().above(),
            false => r.start().clone(),
        });
        let greatest = to.as_ref().map(|r| match self.open.1 {
            true => r.start().below(),
            false => r.end().clone(),
        });
        let range = match (least, greatest) {
            (Some(least), Some(greatest)) => least..=greatest,
            (Some(least), None) => least.clone()..=least.greatest(),
            (None, Some(greatest)) => greatest.least()..=greatest,
            (None, None) => return Err(Problem::at(0..0, format!("{form} is missing"))),
        };
        match (range.is_empty(), self.from.or(self.to)) {
            (true, Some(value)) => Err(Problem::at(
                value.span.clone(),
                "nothing lies in this range",
            )
            .help("the lesser end comes first")),
            _ => Ok(range),
        }
    }
}
