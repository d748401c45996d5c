//! What is written by rule: dates, money, quantities.

mod calendar;
mod date;
mod edtf;
mod fuzzy;
mod lunar;
mod measure;
mod number;
mod price;
mod reign;
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
        "近年 近些 近几 近日 近期 近来 近的 日前 连日 前不 不久 前几 前些 前段 前两 至今 明后 过去 未来 今后 最近 \
         上一 下一 上年 来年 这一 这个 即日 当周 年前 暑假 寒假 今年 本年 去年 明年 前年 后年 当年 同年 次年 翌年 今天 今日 昨天 昨日 前天 前日 明天 明日 \
         后天 当天 当日 同日 同一 前一 次日 翌日 今晚 今早 今晨 今夜 昨晚 昨夜 明晚 明早 当晚 当夜 次晨 本月 \
         当月 同月 上个 下个 上月 下月 元旦 除夕 春节 大年 元宵 清明 端午 中秋 重阳 \"五 \"三 \"六 \"十 \
         植树 教师 国庆 圣诞 腊八 儿童 妇女 劳动 青年 建党 建军 记者 护士 医师 母亲 父亲 情人 愚人 感恩 火把 \
         泼水 中元 小年 世界 国际 国家 全国 \"3 立春 惊蛰 春分 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 \
         寒露 霜降 立冬 冬至 小寒 大寒 农历 阴历 夏历 正月 冬月 腊月 今冬 去冬 今春 今夏 今秋 明春 月初 月底 年内 \
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
        || reign::sees(Cursor::new(chars, at))
        || *c == '上' && rest.get(1).is_some_and(|c| "百千万亿".contains(*c))
        || matches!(c, '约' | '近' | '逾' | '前')
            && rest
                .get(1)
                .is_some_and(|c| number::begins(*c) || "廿人UH¥￥$€£".contains(*c))
}

#[cfg(test)]
mod tests {
    use super::super::text::Text;
    use super::*;

    /// What is found, as words and what they say, on the day of 2025-06-20.
    fn told(text: &str) -> Vec<(String, String)> {
        let mut anchors = Anchors {
            issue: Some(jiff::civil::date(2025, 6, 20)),
            last: None,
        };
        let folded = Text::new(text);
        let chars: Vec<char> = text.chars().collect();
        let found = scan(folded.chars()).into_iter();
        found
            .map(|p| {
                let words = chars[p.span.start..p.span.end].iter().collect();
                let value = match p.meaning {
                    Meaning::Date(when) => anchors.resolve(&when).unwrap_or_default(),
                    Meaning::Measure(Value::Money(m)) => {
                        short(&m.amount, m.scale, &m.currency, m.to)
                    }
                    Meaning::Measure(Value::Quantity(q)) => {
                        short(&q.amount, q.scale, &q.unit, q.to)
                    }
                    Meaning::Measure(other) => format!("{other:?}"),
                };
                (words, value)
            })
            .collect()
    }

    fn short(amount: &str, scale: u64, unit: &str, to: Option<String>) -> String {
        let to = to.map_or_else(String::new, |to| format!("-{to}"));
        let scale = if scale == 1 {
            String::new()
        } else {
            format!("*{scale}")
        };
        format!("{amount}{to}{scale} {unit}")
    }

    /// `text` holds exactly these words, and they say this.
    #[track_caller]
    fn check(cases: &[(&str, &[(&str, &str)])]) {
        for (text, expected) in cases {
            let found = told(text);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(w, v)| (w.as_str(), v.as_str()))
                .collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn days_of_the_month_without_their_month() {
        check(&[
            (
                "12日上午,一行人到",
                &[("12日上午", "2025-06-12T06:00:00/2025-06-12T12:00:00")],
            ),
            ("截至9日18时,", &[("9日18时", "2025-06-09T18:00:00")]),
            (
                "10日夜间至11日,",
                &[(
                    "10日夜间至11日",
                    "2025-06-10T18:00:00/2025-06-11T00:00:00/2025-06-11",
                )],
            ),
            (
                "请于6月20日16时前到",
                &[("6月20日16时前", "2025-06-20T16:00:00")],
            ),
            ("5日至8日有雨", &[("5日至8日", "2025-06-05/2025-06-08")]),
            ("12—15日高温", &[("12—15日", "2025-06-12/2025-06-15")]),
            (
                "5月28日下雨,3日放晴",
                &[("5月28日", "2025-05-28"), ("3日", "2025-06-03")],
            ),
            ("于30日内申报", &[("30日", "30 日")]),
            ("四十五日内", &[("四十五日", "45 日")]),
            ("3至5日内办结", &[("3至5日", "3-5 日")]),
            ("拘留10日", &[("10日", "10 日")]),
            ("一日三餐,7日游", &[]),
        ]);
    }

    #[test]
    fn seasons_holidays_and_neighbours_in_time() {
        check(&[
            ("2021年冬天,", &[("2021年冬天", "2021-24")]),
            ("2024年冬,", &[("2024年冬", "2024-24")]),
            ("2024年冬奥会", &[("2024年", "2024")]),
            ("2023年开春,", &[("2023年开春", "2023-21")]),
            ("今年暑假,", &[("今年暑假", "2025-07~/2025-08~")]),
            ("学了两个暑假", &[("两个", "2 个")]),
            (
                "今年国庆七天没空",
                &[("今年国庆", "2025-10-01"), ("七天", "7 天")],
            ),
            ("国庆假期前四天,", &[("国庆假期前四天", "2025-10-01")]),
            ("李国庆说,国庆路", &[]),
            ("今年头两个月,", &[("今年头两个月", "2025-01/2025-02")]),
            ("2019年前的光景", &[("2019年前", "2019")]),
            ("2019年前三季度", &[("2019年前三季度", "2019-01/2019-09")]),
            ("月底前执行", &[("月底前", "2025-06-30~")]),
            ("来年3月", &[("来年3月", "2026-03")]),
            ("上年纪的人比上年多,网上年销", &[("上年", "2024")]),
            ("明后两天", &[("明后两天", "2025-06-21/2025-06-22")]),
            ("第二天,他来", &[("第二天", "2025-06-21")]),
            ("比赛第二天,我当年也是", &[]),
            ("冬至刚过,", &[("冬至", "2025-12")]),
            ("今天是植树节", &[("今天", "2025-06-20")]),
            ("9月17日中秋节,", &[("9月17日中秋节", "2025-09-17")]),
            (
                "腊月初一到初七,",
                &[("腊月初一到初七", "2024-12-31/2025-01-06")],
            ),
            ("排到二月二,", &[("二月二", "2025-03-01")]),
            ("结好近四十年，", &[("近四十年", "40 年")]),
        ]);
    }

    #[test]
    fn years_of_a_reign() {
        check(&[
            ("清康熙三十年", &[("清康熙三十年", "1691")]),
            ("明代嘉靖七年重修", &[("明代嘉靖七年", "1528")]),
            ("唐天宝十四载", &[("唐天宝十四载", "0755")]),
            ("南宋宝祐五年", &[("南宋宝祐五年", "1257")]),
            ("宋绍兴元年", &[("宋绍兴元年", "1131")]),
            ("北宋大中祥符二年建", &[("北宋大中祥符二年", "1009")]),
            ("清乾隆年间", &[("清乾隆年间", "1736/1795")]),
            ("万历二十八年", &[("万历二十八年", "1600")]),
            ("民国二十三年", &[("民国二十三年", "1934")]),
            // As long as that no reign lasted, and a town is no reign.
            ("泰昌九年", &[("九年", "9 年")]),
            ("在绍兴三年", &[("三年", "3 年")]),
        ]);
    }

    #[test]
    fn prices_as_they_are_spoken() {
        check(&[
            ("一颗两毛八,", &[("两毛八", "0.28 CNY")]),
            ("总共4块5。", &[("4块5", "4.5 CNY")]),
            ("降价五角。", &[("五角", "0.5 CNY")]),
            ("高出8分钱", &[("8分钱", "0.08 CNY")]),
            ("能卖一百七。", &[("一百七", "170 CNY")]),
            ("月薪九千!", &[("九千", "9000 CNY")]),
            ("收入7万多块。", &[("7万多块", "7*10000 CNY")]),
            ("90万新西兰元", &[("90万新西兰元", "90*10000 NZD")]),
            ("8000元至1.2万元", &[("8000元至1.2万元", "8000-12000 CNY")]),
            ("数千元至上万元", &[("数千元至上万元", "1000-10000 CNY")]),
            (
                "卖62块,三块二都没人要",
                &[("62块", "62 CNY"), ("三块二", "3.2 CNY")],
            ),
            ("给26块样方数草", &[("26块", "26 块")]),
            ("长三角,八角", &[]),
        ]);
    }

    #[test]
    fn parts_and_measures_of_two_units() {
        check(&[
            ("占四成多", &[("四成多", "4 成")]),
            ("占六成七,", &[("六成七", "6.7 成")]),
            ("降了七成半", &[("七成半", "7.5 成")]),
            ("一成不变", &[]),
            ("走了四年半。", &[("四年半", "4.5 年")]),
            ("只有一个半,", &[("一个半", "1.5 个")]),
            ("十分之一", &[("十分之一", "1 1/10")]),
            ("省了一半,另一半", &[("一半", "1 1/2")]),
            ("有期徒刑十年六个月", &[("十年六个月", "126 个月")]),
            ("两小时二十分后", &[("两小时二十分", "140 分钟")]),
            ("以2小时11分46秒夺冠,成绩61米28", &[]),
            ("身高1米93,", &[("1米93", "1.93 米")]),
            ("零下19摄氏度", &[("零下19摄氏度", "-19 摄氏度")]),
            ("零下5℃至零下2℃", &[("零下5℃至零下2℃", "-5--2 ℃")]),
            ("230多个零件,零部件", &[("230多个", "230 个")]),
        ]);
    }

    #[test]
    fn measure_words_that_are_other_words_too() {
        check(&[
            ("六百来步。", &[("六百来步", "600 步")]),
            (
                "近百座,等上千件。",
                &[("近百座", "100 座"), ("上千件", "1000 件")],
            ),
            ("网上百货", &[]),
            ("签约620户", &[("620户", "620 户")]),
            ("14节车厢,二十四节气", &[("14节", "14 节")]),
            ("挂着两面锦旗,两面派", &[("两面", "2 面")]),
            ("走了三里路,五里村", &[("三里", "3 里")]),
            ("分三期,二期工程", &[("三期", "3 期")]),
            ("石阶一千二百级,二级演员", &[("一千二百级", "1200 级")]),
            ("九百把,三把手", &[("九百把", "900 把")]),
            ("拿下26分。", &[("26分", "26 分")]),
            ("412件(套)", &[("412件(套)", "412 件(套)")]),
            ("71比66把对手", &[]),
            ("红十字会,进一步", &[]),
            ("7家乡镇卫生院", &[("7家", "7 家")]),
        ]);
    }
}
