//! What is written by rule: dates, money, quantities.

mod calendar;
mod date;
mod edtf;
mod fuzzy;
mod lunar;
mod measure;
mod number;
mod price;
mod unit;
mod when;

pub(super) use edtf::Anchors;
pub(super) use when::When;

use super::text::Cursor;
use super::words::Words;
use crate::article::Span;
use crate::item::{EntityKind, Value};
use std::sync::LazyLock;

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
        if !may_begin(chars, at) {
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
                at = skip(chars, at, |c| {
                    number::digit(c).is_some() && !c.is_ascii_digit()
                })
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

/// Words that what is written by rule begins with, as far as two characters go, where it begins with no number.
static OPENINGS: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "近年 近些 近几 近日 近期 近来 近的 日前 连日 前不 不久 前几 前些 前段 至今 过去 未来 今后 最近 \
         上一 下一 今年 本年 去年 明年 前年 后年 当年 同年 次年 翌年 今天 今日 昨天 昨日 前天 前日 明天 明日 \
         后天 当天 当日 同日 同一 前一 次日 翌日 今晚 今早 今晨 今夜 昨晚 昨夜 明晚 明早 当晚 当夜 次晨 本月 \
         当月 同月 上个 下个 上月 下月 元旦 除夕 春节 大年 元宵 清明 端午 中秋 重阳 \"五 \"三 \"六 \"十 \
         植树 教师 国庆 圣诞 腊八 农历 阴历 夏历 正月 冬月 腊月 今冬 去冬 今春 今夏 今秋 明春 月初 月底 年内 \
         年底 年末 年初 上半 下半 第一 第二 第三 第四 本周 这周 上周 下周 上星 下星 本星 星期 周一 周二 周三 \
         周四 周五 周六 周日 周天 上世 本世 人民 大约 将近 廿 US HK ¥ ￥ $ € £",
    )
});

/// Whether anything written by rule may begin at `at`: nearly everywhere nothing does.
fn may_begin(chars: &[char], at: usize) -> bool {
    let Some(rest @ [c, ..]) = chars.get(at..) else {
        return false;
    };
    number::begins(*c)
        || OPENINGS.at_start(rest).is_some()
        || *c == '上' && rest.get(1).is_some_and(|c| "百千万亿".contains(*c))
        || matches!(c, '约' | '近' | '逾' | '前')
            && rest
                .get(1)
                .is_some_and(|c| number::begins(*c) || "廿人UH¥￥$€£".contains(*c))
}
