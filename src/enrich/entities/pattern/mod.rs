//! What is written by rule: dates, money, quantities.

mod calendar;
mod date;
mod edtf;
mod fuzzy;
mod lunar;
mod measure;
mod number;
mod unit;
mod when;

pub(super) use edtf::Anchors;
pub(super) use when::When;

use super::text::Cursor;
use crate::article::Span;
use crate::item::{EntityKind, Value};

/// Something found by rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    pub(super) span: Span,
    pub(super) meaning: Meaning,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// A date, not yet resolved.
    Date(When),
    /// Money or a quantity.
    Measure(Value),
}

impl Pattern {
    pub(super) fn kind(&self) -> EntityKind {
        match self.meaning {
            Meaning::Date(_) => EntityKind::Date,
            Meaning::Measure(Value::Money(_)) => EntityKind::Money,
            Meaning::Measure(_) => EntityKind::Quantity,
        }
    }
}

/// Every date, sum and quantity of a text, in order, not overlapping.
pub(super) fn scan(chars: &[char]) -> Vec<Pattern> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if !may_begin(*c) {
            at += 1;
            continue;
        }
        let mut cursor = Cursor::new(chars, at);
        if !number_goes_on(chars, at)
            && let Some(when) = date::read(&mut cursor)
        {
            found.push(Pattern {
                span: Span::new(at, cursor.at()),
                meaning: Meaning::Date(when),
            });
            at = cursor.at().max(at + 1);
            continue;
        }
        let mut cursor = Cursor::new(chars, at);
        match measure::read(&mut cursor) {
            Some(measure) => {
                found.push(Pattern {
                    span: Span::new(measure.start, measure.end),
                    meaning: Meaning::Measure(measure.value),
                });
                at = measure.end.max(at + 1);
            }
            // A run of digits is tried once, however long.
            None if c.is_ascii_digit() => at = skip(chars, at, |c| c.is_ascii_alphanumeric()),
            None if number::digit(*c).is_some() => {
                at = skip(chars, at, |c| number::digit(c).is_some())
            }
            None => at += 1,
        }
    }
    found
}

fn skip(chars: &[char], at: usize, is: impl Fn(char) -> bool) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|c| is(**c)).count().max(1)
}

/// Whether a number runs into `at` from the left: `12024年`, `A2024`, 第三年.
fn number_goes_on(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    let here = chars.get(at).is_some_and(|c| number::begins(*c));
    before.is_some_and(|b| {
        here && (b.is_ascii_alphanumeric()
            || matches!(b, '.' | '·' | '第')
            || "一二三四五六七八九零〇两".contains(*b))
    })
}

/// Whether anything written by rule may begin with `c`: most characters end here.
fn may_begin(c: char) -> bool {
    matches!(
        c,
        '0'..='9' | '¥' | '￥' | '$' | '€' | '£' | 'U' | 'H' | '"'
    ) || number::begins(c)
        || matches!(
            c,
            '约' | '近'
                | '逾'
                | '大'
                | '将'
                | '人'
                | '今'
                | '去'
                | '明'
                | '前'
                | '后'
                | '当'
                | '同'
                | '次'
                | '翌'
                | '上'
                | '下'
                | '本'
                | '这'
                | '日'
                | '连'
                | '不'
                | '至'
                | '教'
                | '三'
                | '植'
                | '过'
                | '未'
                | '最'
                | '元'
                | '除'
                | '春'
                | '清'
                | '端'
                | '中'
                | '重'
                | '国'
                | '圣'
                | '腊'
                | '农'
                | '阴'
                | '夏'
                | '正'
                | '冬'
                | '年'
                | '月'
                | '第'
                | '星'
                | '周'
                | '昨'
                | '廿'
        )
}
