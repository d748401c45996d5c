//! Sums of money and numbers with units: `760余万元`, `3-5名`, `75%以上`, `约5天`.

use super::super::text::Cursor;
use super::number::{self, Number, Style};
use super::unit::{self, Unit};
use crate::item::{Bound, Money, Quantity, Value};

/// A measure and the code points it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: Value,
}

const ABOUT: [&str; 5] = ["大约", "将近", "约", "近", "逾"];
/// Currency signs and words that stand before the number.
const SIGNS: [(&str, &str); 8] = [
    ("人民币", "CNY"),
    ("US$", "USD"),
    ("HK$", "HKD"),
    ("¥", "CNY"),
    ("￥", "CNY"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
];

/// Reads the measure that begins at the cursor. When there is none the cursor is left behind what need not be tried again.
pub(super) fn read(cursor: &mut Cursor) -> Option<Measure> {
    let before = cursor.before();
    let mut start = cursor.at();
    let said = cursor.sees("人民币");
    let sign = cursor.eat_as(&SIGNS);
    if said {
        start = cursor.at();
    }
    let mut about = cursor.eat_any(&ABOUT);
    if about == Some("近")
        && before.is_some_and(|c| matches!(c, '接' | '附' | '最' | '临' | '邻' | '靠' | '亲'))
    {
        about = None;
        start = cursor.at();
    }
    let sign = sign.or_else(|| cursor.eat_as(&SIGNS));
    let number_at = cursor.at();
    let percent = cursor.eat_as(&[("百分之", "%"), ("千分之", "‰")]);
    let lead = Cursor::before(cursor);
    let first = number::read(cursor)?;
    // 9:30, 2:1; but 方案:2吨以上
    let score = lead == Some(':')
        && number_at > 1
        && cursor
            .moved(number_at - 1)
            .before()
            .is_some_and(|c| c.is_ascii_digit());
    if (score || attached(lead, &first)) && percent.is_none() {
        return None;
    }
    let mut ahead = *cursor;
    let own_unit = if percent.is_some() {
        None
    } else {
        unit::read(&mut ahead, &first)
    };
    let range = range(if own_unit.is_some() { ahead } else { *cursor }, percent);
    let (to, unit) = match (range, percent, own_unit) {
        (Some((second, unit, after)), _, _) => {
            *cursor = after;
            (Some(second), unit)
        }
        (None, Some(sign), _) => (None, Unit::Plain(sign)),
        (None, None, Some(unit)) => {
            *cursor = ahead;
            (None, unit)
        }
        (None, None, None) => match sign {
            Some(currency) => (None, Unit::Money(currency)),
            None => return None,
        },
    };
    let unit = match (unit, sign) {
        (Unit::Money(_), Some(currency)) => Unit::Money(currency),
        (unit, _) => unit,
    };
    if to.is_none() && !unit::fits(unit, &first, lead, cursor) {
        return None;
    }
    let more = tail(cursor, unit, &first);
    let bound = bound(about, lead_bound(number_at, cursor), more, first.more);
    if matches!(unit, Unit::Money(_)) && matches!(about, Some("约" | "大约")) {
        // Of a sum, 约 is said of the sentence: gold leaves it outside.
        start = number_at;
    }
    Some(Measure {
        start,
        end: cursor.at(),
        value: value(&first, to, unit, bound),
    })
}

/// A number glued to what stands before it is a name, an ordinal or part of another number.
fn attached(before: Option<char>, number: &Number) -> bool {
    match before {
        Some('第' | '.' | '·' | '_' | '/') => true,
        Some('-') => number.style == Style::Digits,
        Some('上' | '成' | '好') => matches!(number.style, Style::Bare | Style::Some),
        Some(c) => {
            c.is_ascii_alphanumeric()
                || ("一二三四五六七八九十零〇两".contains(c) && number.style == Style::Digits)
        }
        None => false,
    }
}

/// The other end of a range and its unit.
fn range<'a>(
    mut ahead: Cursor<'a>,
    percent: Option<&'static str>,
) -> Option<(Number, Unit, Cursor<'a>)> {
    ahead.eat_any(&["--", "-", "至", "到", "~"])?;
    if let Some(sign) = percent {
        ahead.eat("百分之");
        let second = number::read(&mut ahead)?;
        return Some((second, Unit::Plain(sign), ahead));
    }
    let second = number::read(&mut ahead)?;
    let unit = unit::read(&mut ahead, &second)?;
    Some((second, unit, ahead))
}

/// 以上, 左右… and the 多 of 两年多; what they say.
fn tail(cursor: &mut Cursor, unit: Unit, number: &Number) -> Option<Bound> {
    let lasting = unit.lasts() && (number.style != Style::Digits || !number.more);
    let mut more = None;
    if lasting
        && !cursor.sees_any(&["多个", "多种", "多少"])
        && (cursor.eat("多") || cursor.eat("余"))
    {
        more = Some(Bound::AtLeast);
    }
    let said = cursor.eat_as(&[
        ("以上", Bound::AtLeast),
        ("以下", Bound::AtMost),
        ("以内", Bound::AtMost),
        ("左右", Bound::About),
        ("上下", Bound::About),
    ]);
    said.or(more)
}

/// 超过, 不足… before the span: not part of it, but they say what the number is.
fn lead_bound(number_at: usize, cursor: &Cursor) -> Option<Bound> {
    let behind = |word: &str| {
        let length = word.chars().count();
        number_at
            .checked_sub(length)
            .is_some_and(|at| cursor.moved(at).sees(word))
    };
    if ["超过", "超", "突破", "不少于", "不低于", "至少"]
        .iter()
        .any(|w| behind(w))
    {
        Some(Bound::AtLeast)
    } else if ["不足", "不到", "不超过", "不高于", "至多", "低于"]
        .iter()
        .any(|w| behind(w))
    {
        Some(Bound::AtMost)
    } else {
        None
    }
}

fn bound(
    about: Option<&str>,
    lead: Option<Bound>,
    tail: Option<Bound>,
    more: bool,
) -> Option<Bound> {
    let about = about.map(|word| {
        if word == "逾" {
            Bound::AtLeast
        } else {
            Bound::About
        }
    });
    tail.or(more.then_some(Bound::AtLeast)).or(about).or(lead)
}

fn value(first: &Number, to: Option<Number>, unit: Unit, bound: Option<Bound>) -> Value {
    let to = to.or(match first.style {
        Style::Pair(second) => Some(Number {
            amount: second.to_string(),
            ..first.clone()
        }),
        _ => None,
    });
    // 3至5万元: the scale stands only behind the second number.
    let scale = match &to {
        Some(second) if first.scale == 1 => second.scale,
        _ => first.scale,
    };
    let to = to.map(|second| second.amount);
    match unit {
        Unit::Money(currency) => Value::Money(Money {
            amount: first.amount.clone(),
            scale,
            currency: currency.to_owned(),
            to,
            bound,
        }),
        Unit::Plain(name) | Unit::Time(name) | Unit::Size(name) => Value::Quantity(Quantity {
            amount: first.amount.clone(),
            scale,
            unit: name.to_owned(),
            to,
            bound,
        }),
    }
}
