//! Numerals: `12,000`, `3.5万`, `７６０余万`, `三百二十`, `几十`, `两千多`.

use super::super::text::Cursor;

/// A numeral as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Decimal number in units of `scale`.
    pub(super) amount: String,
    /// 1, or the 千, 万, 亿… that follows an amount.
    pub(super) scale: u64,
    /// 余, 多, 几, 数: it is that much or more.
    pub(super) more: bool,
    /// 来: more or less.
    pub(super) about: bool,
    /// How it is written.
    pub(super) style: Style,
}

impl Number {
    /// The same in units of another scale, where that is no fraction of a decimal place too many.
    pub(super) fn in_scale(self, scale: u64) -> Self {
        let Some(zeros) = (self.scale / scale.max(1)).checked_ilog10() else {
            return self;
        };
        let (whole, fraction) = self.amount.split_once('.').unwrap_or((&self.amount, ""));
        let places = fraction.chars().chain(std::iter::repeat('0'));
        let moved: String = places.take(zeros as usize).collect();
        let rest: String = fraction.chars().skip(zeros as usize).collect();
        let amount = match rest.as_str() {
            "" => format!("{whole}{moved}"),
            rest => format!("{whole}{moved}.{rest}"),
        };
        Self {
            amount,
            scale,
            ..self
        }
    }
}

/// How a numeral is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Digits.
    Digits,
    /// One Chinese digit: 一, 两, 五.
    Single,
    /// Two neighbours in a row, `三五`, `七八`: a range up to this.
    Pair(u32),
    /// 几, 数 and nothing else.
    Some,
    /// 百, 千, 万 with no digit before: part of an idiom more often than not.
    Bare,
    /// Any other Chinese numeral.
    Chinese,
}

/// Numerals longer than this are no amounts.
const LONGEST: usize = 24;

const SCALES: [(&str, u64); 9] = [
    ("万亿", 1_000_000_000_000),
    ("千亿", 100_000_000_000),
    ("百亿", 10_000_000_000),
    ("亿", 100_000_000),
    ("千万", 10_000_000),
    ("百万", 1_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百", 100),
];

/// Value of a Chinese digit.
pub(super) fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn power(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// Whether a numeral may begin with `c`.
pub(super) fn begins(c: char) -> bool {
    // 拾 by itself is to pick up.
    c != '拾' && (digit(c).is_some() || power(c).is_some()) || matches!(c, '几' | '数' | '半')
}

/// Reads a numeral; the cursor is left behind it, also behind one too long to be an amount.
pub(super) fn read(cursor: &mut Cursor) -> Option<Number> {
    match cursor.peek()? {
        '0'..='9' => digits(cursor),
        c if begins(c) => chinese(cursor),
        _ => None,
    }
}

fn digits(cursor: &mut Cursor) -> Option<Number> {
    let mut amount = run(cursor);
    while amount.len() <= LONGEST && cursor.peek() == Some(',') && amount.len() <= 15 {
        let mut ahead = *cursor;
        ahead.bump();
        let group = run(&mut ahead);
        if group.len() != 3 {
            break;
        }
        amount.push_str(&group);
        *cursor = ahead;
    }
    if cursor.peek() == Some('.') {
        let mut ahead = *cursor;
        ahead.bump();
        let fraction = run(&mut ahead);
        if !fraction.is_empty() {
            amount.push('.');
            amount.push_str(&fraction);
            *cursor = ahead;
        }
    }
    if amount.len() > LONGEST {
        return None;
    }
    let more = cursor.eat("余") || cursor.eat("多");
    let scale = cursor.eat_as(&SCALES).unwrap_or(1);
    let more = more || cursor.eat("余") || (cursor.sees("多") && cursor.eat("多"));
    let round = amount.ends_with('0') && !amount.contains('.');
    Some(Number {
        about: round && !more && more_or_less(cursor),
        amount,
        scale,
        more,
        style: Style::Digits,
    })
}

/// The 来 of 二十来斤; not that of 二十来到.
fn more_or_less(cursor: &mut Cursor) -> bool {
    !cursor.sees_any(&["来自", "来到", "来源", "来了", "来访", "来信", "来电"]) && cursor.eat("来")
}

fn run(cursor: &mut Cursor) -> String {
    cursor.eat_while(|c| c.is_ascii_digit()).iter().collect()
}

fn chinese(cursor: &mut Cursor) -> Option<Number> {
    if cursor.eat("半") {
        return Some(Number {
            amount: "0.5".into(),
            scale: 1,
            more: false,
            about: false,
            style: Style::Chinese,
        });
    }
    let word = cursor.eat_while(|c| {
        (digit(c).is_some() && !c.is_ascii_digit())
            || power(c).is_some()
            || matches!(c, '几' | '数')
    });
    // 零件 are parts, 数三次 is to count.
    let none = match word {
        ['零'] => true,
        ['数', c, ..] => digit(*c).is_some(),
        _ => false,
    };
    if word.len() > LONGEST || none {
        return None;
    }
    let style = style(word);
    let fraction = fraction(cursor);
    let mut more = word.iter().any(|c| matches!(c, '几' | '数'));
    let mut word = word.to_vec();
    if cursor.eat("余") || cursor.eat("多") {
        more = true;
        word.extend(cursor.eat_while(|c| power(c).is_some()).iter().take(3));
    }
    let (value, scale) = value(&word)?;
    let amount = match fraction {
        Some(fraction) => format!("{value}.{fraction}"),
        None => value.to_string(),
    };
    let scale = match (fraction_scale(cursor, scale), scale) {
        (Some(scale), 1) => scale,
        _ => scale,
    };
    let round = matches!(word.last(), Some('十' | '百' | '千' | '万'));
    Some(Number {
        about: round && !more && more_or_less(cursor),
        amount,
        scale,
        more,
        style,
    })
}

/// `三点五`: the digits behind 点.
fn fraction(cursor: &mut Cursor) -> Option<String> {
    let mut ahead = *cursor;
    if !ahead.eat("点") {
        return None;
    }
    let digits: String = ahead
        .eat_while(|c| digit(c).is_some())
        .iter()
        .take(LONGEST)
        .filter_map(|c| char::from_digit(digit(*c)?, 10))
        .collect();
    if digits.is_empty() {
        return None;
    }
    *cursor = ahead;
    Some(digits)
}

/// The 万 of `三点五万`.
fn fraction_scale(cursor: &mut Cursor, scale: u64) -> Option<u64> {
    if scale == 1 {
        cursor.eat_as(&SCALES)
    } else {
        None
    }
}

fn style(word: &[char]) -> Style {
    match word {
        ['几' | '数'] => Style::Some,
        [c] if digit(*c).is_some() => Style::Single,
        [a, b] => match (digit(*a), digit(*b)) {
            (Some(a), Some(b)) if b == a + 1 || (a, b) == (3, 5) => Style::Pair(b),
            _ => bare(word),
        },
        _ => bare(word),
    }
}

fn bare(word: &[char]) -> Style {
    match word.first() {
        Some('百' | '千' | '万' | '亿') => Style::Bare,
        _ => Style::Chinese,
    }
}

/// Value and scale of a Chinese numeral: `三千二百万` is 3200 × 10000, `二〇二四` is 2024.
fn value(word: &[char]) -> Option<(u64, u64)> {
    if word.len() > 1 && word.iter().all(|c| digit(*c).is_some()) {
        if let Style::Pair(_) = style(word) {
            return Some((u64::from(digit(*word.first()?)?), 1));
        }
        let value = word.iter().try_fold(0u64, |sum, c| {
            sum.checked_mul(10)?.checked_add(u64::from(digit(*c)?))
        })?;
        return Some((value, 1));
    }
    let scale = match word {
        [.., '万', '亿'] => 1_000_000_000_000,
        [.., '亿'] => 100_000_000,
        [.., '万'] => 10_000,
        _ => 1,
    };
    let (mut total, mut section, mut current) = (0u64, 0u64, None);
    for c in word {
        match (digit(*c), power(*c)) {
            (Some(d), _) => current = Some(u64::from(d)),
            (_, Some(100_000_000)) => {
                let before = total
                    .checked_add(section)?
                    .checked_add(current.take().unwrap_or(0))?;
                total = before.max(1).checked_mul(100_000_000)?;
                section = 0;
            }
            (_, Some(10_000)) => {
                section = section.checked_add(current.take().unwrap_or(0))?;
                total = total.checked_add(section.max(1).checked_mul(10_000)?)?;
                section = 0;
            }
            (_, Some(p)) => {
                section = section.checked_add(current.take().unwrap_or(1).checked_mul(p)?)?
            }
            // 几 and 数 count as one of what follows.
            _ => current = Some(1),
        }
    }
    let value = total
        .checked_add(section)?
        .checked_add(current.unwrap_or(0))?;
    Some((value / scale, scale))
}

/// A whole number of one or two digits, `12` or `十二`, for months, days and hours.
pub(super) fn small(cursor: &mut Cursor) -> Option<u32> {
    let mut ahead = *cursor;
    let arabic = ahead.eat_while(|c| c.is_ascii_digit());
    let value = if arabic.is_empty() {
        let word = ahead.eat_while(|c| digit(c).is_some() || matches!(c, '十' | '廿'));
        match word {
            [] => return None,
            ['廿', rest @ ..] if rest.len() < 2 => {
                20 + rest.first().and_then(|c| digit(*c)).unwrap_or(0)
            }
            [_, _, _, _, ..] => return None,
            word => u32::try_from(value(word)?.0).ok()?,
        }
    } else if arabic.len() <= 2 {
        arabic
            .iter()
            .try_fold(0, |sum, c| Some(sum * 10 + digit(*c)?))?
    } else {
        return None;
    };
    *cursor = ahead;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(String, u64, bool, usize)> {
        let chars: Vec<char> = text.chars().collect();
        let mut cursor = Cursor::new(&chars, 0);
        read(&mut cursor).map(|n| (n.amount, n.scale, n.more, cursor.at()))
    }

    #[test]
    fn numerals_read_as_written() {
        for (text, amount, scale, more, length) in [
            ("12000元", "12000", 1, false, 5),
            ("12,000元", "12000", 1, false, 6),
            ("12,3", "12", 1, false, 2),
            ("3.5万亩", "3.5", 10_000, false, 4),
            ("760余万元", "760", 10_000, true, 5),
            ("5亿多元", "5", 100_000_000, true, 3),
            ("三百二十名", "320", 1, false, 4),
            ("三千二百万", "3200", 10_000, false, 5),
            ("十二", "12", 1, false, 2),
            ("一百零五", "105", 1, false, 4),
            ("二〇二四", "2024", 1, false, 4),
            ("三点五万", "3.5", 10_000, false, 4),
            ("十余万", "10", 10_000, true, 3),
            ("几千元", "1000", 1, true, 2),
            ("两千多人", "2000", 1, true, 3),
            ("两亿三千万", "23000", 10_000, false, 5),
            ("1.2万亿元", "1.2", 1_000_000_000_000, false, 5),
        ] {
            assert_eq!(
                of(text),
                Some((amount.into(), scale, more, length)),
                "{text}"
            );
        }
        assert_eq!(of("元"), None);
        assert_eq!(of(&"9".repeat(40)), None);
        assert_eq!(of(&"亿".repeat(40)), None);
    }

    #[test]
    fn small_numbers_are_months_and_days() {
        for (text, expected) in [
            ("12月", Some(12)),
            ("十二月", Some(12)),
            ("二十三日", Some(23)),
            ("廿三", Some(23)),
            ("2024", None),
            ("月", None),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(small(&mut Cursor::new(&chars, 0)), expected, "{text}");
        }
    }
}
