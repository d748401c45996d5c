//! Sums of money and numbers with units: `760余万元`, `3-5名`, `75%以上`, `约5天`.

use super::super::text::Cursor;
use super::number::{self, Number, Style};
use super::price;
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
    let mut about = cursor.eat_any(&ABOUT).or_else(|| hundreds(cursor));
    // 接近, 签约: a word of its own.
    let word = match about {
        Some("近") => before.is_some_and(|c| "接附最临邻靠亲".contains(c)),
        Some("约") => before.is_some_and(|c| "签预合相特违履邀公条节".contains(c)),
        _ => false,
    };
    if word {
        about = None;
        start = cursor.at();
    }
    let sign = sign.or_else(|| cursor.eat_as(&SIGNS));
    let number_at = cursor.at();
    let percent = cursor.eat_as(&[("百分之", "%"), ("千分之", "‰")]);
    let lead = Cursor::before(cursor).filter(|_| about != Some("上"));
    let below = cursor.eat_as(&[("零下", true), ("零上", false)]);
    let mut first = number::read(cursor)?;
    // 9:30, 2:1, 71比66; but 方案:2吨以上
    let score = matches!(lead, Some(':' | '比'))
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
    } else if let Some(price) = price::read(&mut ahead, &first, lead) {
        first = price;
        *cursor = ahead;
        let more = tail(cursor, Unit::Money("CNY"), &first);
        let bound = bound(about, lead_bound(number_at, cursor), more, &first);
        return Some(Measure {
            start,
            end: cursor.at(),
            value: value(&first, None, Unit::Money("CNY"), bound),
        });
    } else if let Some(unit) = fraction(&mut ahead, &mut first) {
        Some(unit)
    } else {
        let unit = unit::read(&mut ahead, &first);
        match unit {
            Some(unit) => Some(compound(&mut ahead, &mut first, unit, lead)?),
            None => None,
        }
    };
    if let Some(below) = below {
        let degrees = matches!(own_unit, Some(Unit::Size("摄氏度" | "℃" | "度")));
        if !degrees {
            return None;
        }
        if below {
            first.amount.insert(0, '-');
        }
    }
    // 3至5万元 is of 万 at both ends, 8000元至1.2万元 is not.
    let own_scale = own_unit.is_some().then_some(first.scale);
    let scaled = |second: Number| match own_scale {
        Some(scale) => second.in_scale(scale),
        None => second,
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
    let last = to.as_ref().unwrap_or(&first);
    let judged = Number {
        // 近万名, 上千件 count what 万名 does not.
        more: last.more || last.about || about.is_some() || to.is_some(),
        ..last.clone()
    };
    if below.is_none() && !unit::fits(unit, &judged, lead, cursor) {
        return None;
    }
    let more = tail(cursor, unit, &first);
    let bound = bound(about, lead_bound(number_at, cursor), more, &first);
    if matches!(unit, Unit::Money(_)) && matches!(about, Some("约" | "大约")) {
        // Of a sum, 约 is said of the sentence.
        start = number_at;
    }
    Some(Measure {
        start,
        end: cursor.at(),
        value: value(&first, to.map(scaled), unit, bound),
    })
}

/// The 上 of 上百, 上千; 网上百货 has none.
fn hundreds(cursor: &mut Cursor) -> Option<&'static str> {
    let free = cursor
        .before()
        .is_none_or(|c| !c.is_alphanumeric() || "等达出有近了成收卖花用到至的请过".contains(c));
    let many = cursor.ahead(1).is_some_and(|c| "百千万亿".contains(c));
    (free && many && cursor.eat("上")).then_some("上")
}

/// Halves to tenths.
const PARTS: [&str; 9] = [
    "1/2", "1/3", "1/4", "1/5", "1/6", "1/7", "1/8", "1/9", "1/10",
];

/// 三分之一, 一半: so many of as many parts.
fn fraction(cursor: &mut Cursor, first: &mut Number) -> Option<Unit> {
    if first.scale != 1 || first.more || first.style == Style::Digits {
        return None;
    }
    if first.amount == "1" && first.style == Style::Single && cursor.eat("半") {
        let lead = cursor
            .at()
            .checked_sub(3)
            .and_then(|at| cursor.moved(at + 1).before());
        let other = lead.is_some_and(|c| "另前后大小这那上下".contains(c));
        let more = cursor.sees_any(&["天", "会", "个", "年", "月", "时", "点", "路", "半"]);
        return (!other && !more).then_some(Unit::Plain("1/2"));
    }
    let parts: usize = first.amount.parse().ok()?;
    let part = PARTS.get(parts.checked_sub(2)?)?;
    if !cursor.eat("分之") {
        return None;
    }
    *first = number::read(cursor)?;
    Some(Unit::Plain(part))
}

/// What belongs to a measure behind its unit: 三年半, 六成七, 1米93, 十年六个月, 2小时20分.
/// `None` where all of it is a result: 以2小时11分46秒夺冠.
fn compound(
    cursor: &mut Cursor,
    first: &mut Number,
    unit: Unit,
    lead: Option<char>,
) -> Option<Unit> {
    let whole = first.scale == 1 && !first.more && !first.amount.contains('.');
    let name = match unit {
        Unit::Time(name) | Unit::Size(name) | Unit::Plain(name) if whole => name,
        _ => return Some(unit),
    };
    let achieved = lead.is_some_and(|c| "以绩时了".contains(c));
    let mut ahead = *cursor;
    match name {
        "年" | "天" | "周" | "个" | "成" if ahead.eat("半") => {
            let word = ahead.sees_any(&[
                "载", "数", "导", "决", "价", "夜", "个", "边", "成", "径", "球", "空",
            ]);
            if !word {
                first.amount.push_str(".5");
                *cursor = ahead;
            }
        }
        "成" if first.style == Style::Single => {
            let tenth = ahead
                .peek()
                .filter(|c| !c.is_ascii_digit())
                .and_then(number::digit);
            if let Some(tenth) = tenth {
                ahead.bump();
                first.amount.push('.');
                first.amount.push_str(&tenth.to_string());
                *cursor = ahead;
            }
        }
        "年" => {
            ahead.eat("零");
            if let Some(months) = smaller(&mut ahead, &["个月"]) {
                *cursor = ahead;
                first.amount = (first.amount.parse::<u32>().ok()? * 12 + months).to_string();
                return Some(Unit::Time("个月"));
            }
        }
        "小时" | "个小时" => {
            if let Some(minutes) = smaller(&mut ahead, &["分钟", "分"]) {
                let result = first.style == Style::Digits
                    && ahead.before() == Some('分')
                    && (achieved || ahead.peek().is_some_and(|c| c.is_ascii_digit()));
                if result {
                    return None;
                }
                *cursor = ahead;
                first.amount = (first.amount.parse::<u32>().ok()? * 60 + minutes).to_string();
                return Some(Unit::Time("分钟"));
            }
        }
        "米" => {
            let digits = ahead.eat_while(|c| c.is_ascii_digit());
            if !digits.is_empty() && digits.len() <= 2 && first.style == Style::Digits {
                if achieved {
                    return None;
                }
                first.amount.push('.');
                first.amount.extend(digits);
                *cursor = ahead;
            }
        }
        _ => {}
    }
    Some(unit)
}

/// A number of one of the smaller `units`.
fn smaller(cursor: &mut Cursor, units: &[&str]) -> Option<u32> {
    let number = number::small(cursor)?;
    cursor.eat_any(units).map(|_| number)
}

/// A number glued to what stands before it is a name, an ordinal or part of another number.
fn attached(before: Option<char>, number: &Number) -> bool {
    match before {
        Some('第' | '.' | '·' | '_' | '/') => true,
        Some('-') => number.style == Style::Digits,
        Some('上' | '成' | '好') => matches!(number.style, Style::Bare | Style::Some),
        Some(c) => {
            c.is_ascii_alphanumeric()
                || ("一二三四五六七八九十零〇两".contains(c)
                    && number.style == Style::Digits
                    && number.scale == 1)
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
    let below = ahead.eat("零下");
    if ahead.sees_any(&["上百", "上千", "上万", "上亿"]) {
        ahead.bump();
    }
    if let Some(sign) = percent {
        ahead.eat("百分之");
        let second = number::read(&mut ahead)?;
        return Some((second, Unit::Plain(sign), ahead));
    }
    let mut second = number::read(&mut ahead)?;
    let unit = unit::read(&mut ahead, &second)?;
    if below {
        second.amount.insert(0, '-');
    }
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
    // Gold leaves 以内 outside.
    if cursor.sees("以内") {
        return Some(Bound::AtMost);
    }
    let said = cursor.eat_as(&[
        ("以上", Bound::AtLeast),
        ("以下", Bound::AtMost),
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
    number: &Number,
) -> Option<Bound> {
    let about = about.map(|word| {
        if matches!(word, "逾" | "上") {
            Bound::AtLeast
        } else {
            Bound::About
        }
    });
    tail.or(number.more.then_some(Bound::AtLeast))
        .or(number.about.then_some(Bound::About))
        .or(about)
        .or(lead)
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
