//! What makes a text this event and no other: the days, months, ordinals, numbers and names in it.

use super::sketch::mix;
use crate::item::{Entity, EntityKind};

/// Most facts of one kind that are kept: those that come first.
const MOST: usize = 64;

/// Sort of fact. Each is compared by itself: the same notice a month later agrees in everything but the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FactKind {
    /// 3月, 三月.
    Month,
    /// 17日, 3月17号.
    Day,
    /// 第三届, 12期, a headline's (下) or 3月17日.
    Ordinal,
    /// Any other figure.
    Number,
    /// Two neighbouring characters of the name of a person, organisation or place.
    Name,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 5;

/// Facts by kind, hashed, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) kinds: [Box<[u32]>; KINDS],
}

/// How many facts of one kind two texts share, and how many each has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreement {
    pub(super) shared: usize,
    pub(super) one: usize,
    pub(super) other: usize,
}

impl Agreement {
    /// What each has for itself contradicts; what only one of them has was cut or added.
    pub(super) fn against(self) -> usize {
        self.one.min(self.other)
    }
}

impl Facts {
    /// Of a headline and a body with its entities.
    pub(super) fn of(headline: &str, body: &str, entities: &[Entity]) -> Self {
        let mut found: [Vec<u32>; KINDS] = Default::default();
        let mut add = |kind: FactKind, text: u32| {
            if let Some(list) = found.get_mut(kind as usize)
                && list.len() < MOST
                && !list.contains(&text)
            {
                list.push(text);
            }
        };
        let chars: Vec<char> = body.chars().map(fold).collect();
        figures(&chars, &mut add);
        let head: Vec<char> = headline.chars().map(fold).collect();
        // Another headline of the same story has other figures, but no other day and no other instalment.
        figures(&head, &mut |kind, fact| match kind {
            FactKind::Number => {}
            FactKind::Month | FactKind::Day => {
                add(kind, fact);
                // A day in the headline is what the piece is of, as the number of an issue is.
                add(FactKind::Ordinal, mix(u64::from(fact)));
            }
            _ => add(kind, fact),
        });
        if let Some(part) = instalment(&head) {
            add(FactKind::Ordinal, part);
        }
        let names = [
            EntityKind::Person,
            EntityKind::Organisation,
            EntityKind::Place,
        ];
        for entity in entities.iter().filter(|e| names.contains(&e.kind)) {
            for mention in &entity.mentions {
                // By pairs of characters: a name misread in one, or cut elsewhere, is still much the same.
                let name = chars.get(mention.start..mention.end).unwrap_or_default();
                name.windows(2)
                    .for_each(|pair| add(FactKind::Name, hash(pair)));
            }
        }
        Self {
            kinds: found.map(|mut list| {
                list.sort_unstable();
                list.into_boxed_slice()
            }),
        }
    }

    /// How far two texts agree in the facts of a kind.
    pub(super) fn agreement(&self, other: &Self, kind: FactKind) -> Agreement {
        let (one, other) = (self.list(kind), other.list(kind));
        let shared = one
            .iter()
            .filter(|f| other.binary_search(f).is_ok())
            .count();
        Agreement {
            shared,
            one: one.len() - shared,
            other: other.len() - shared,
        }
    }

    fn list(&self, kind: FactKind) -> &[u32] {
        self.kinds.get(kind as usize).map_or(&[], |l| l)
    }
}

/// Full-width ASCII as ASCII.
pub(super) fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)
            .unwrap_or(c)
            .to_ascii_lowercase(),
        _ => c.to_ascii_lowercase(),
    }
}

fn hash(text: &[char]) -> u32 {
    text.iter().fold(0, |h, c| {
        mix(u64::from(h) << 32 | u64::from(u32::from(*c)) | 1 << 31)
    })
}

/// Every figure of a text with what it is.
fn figures(text: &[char], add: &mut impl FnMut(FactKind, u32)) {
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let start = at;
        let han = numeral(c);
        if c.is_ascii_digit() {
            at = digits(text, at);
        } else if han.is_some() {
            while text.get(at).is_some_and(|c| numeral(*c).is_some()) {
                at += 1;
            }
        } else {
            at += 1;
            continue;
        }
        let token = text.get(start..at).unwrap_or_default();
        let before = start.checked_sub(1).and_then(|i| text.get(i));
        let value = value(token);
        let kind = match (before, text.get(at)) {
            (Some('第'), _) | (_, Some('届' | '期' | '讲' | '轮' | '集')) => {
                FactKind::Ordinal
            }
            (_, Some('月')) if value.is_some_and(|v| v <= 12) => FactKind::Month,
            (_, Some('日')) | (Some('月'), Some('号')) if value.is_some_and(|v| v <= 31) => {
                FactKind::Day
            }
            // A house, a lot, a typhoon.
            (_, Some('号')) => FactKind::Ordinal,
            // 一个, 一起, 十分: a word rather than a number.
            _ if han.is_some() && token.len() < 2 => continue,
            _ => FactKind::Number,
        };
        match value {
            Some(value) => add(kind, mix(value | 1 << 40)),
            None => add(kind, hash(token)),
        }
    }
}

/// End of a number in digits: 1,200 and 3.5 are one, 3,5 are two.
fn digits(text: &[char], mut at: usize) -> usize {
    let digit = |i: usize| text.get(i).is_some_and(char::is_ascii_digit);
    loop {
        while digit(at) {
            at += 1;
        }
        let joined = match text.get(at) {
            Some('.' | ':') => digit(at + 1),
            Some(',') => digit(at + 1) && digit(at + 2) && digit(at + 3) && !digit(at + 4),
            _ => false,
        };
        if !joined {
            return at;
        }
        at += 1;
    }
}

/// What a Chinese numeral counts.
fn numeral(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        _ => return None,
    })
}

/// A whole number, in digits or Chinese numerals below 1,000.
fn value(token: &[char]) -> Option<u64> {
    if token.first().is_some_and(char::is_ascii_digit) {
        return token.iter().filter(|c| **c != ',').try_fold(0u64, |n, c| {
            n.checked_mul(10)?.checked_add(u64::from(c.to_digit(10)?))
        });
    }
    let (mut sum, mut digit) = (0u64, None);
    for unit in token.iter().copied().map(numeral) {
        match unit? {
            unit @ (10 | 100) => sum += digit.take().unwrap_or(1) * unit,
            0 => {}
            // 二〇二五: read digit by digit.
            n if digit.is_some() => digit = Some(digit.unwrap_or(0) * 10 + n),
            n => digit = Some(n),
        }
    }
    Some(sum + digit.unwrap_or(0))
}

/// Which part of a serial a headline announces: (上), 之三, (12).
fn instalment(head: &[char]) -> Option<u32> {
    let inner = |open: usize, close: usize| head.get(open + 1..close);
    let is_part = |text: &[char]| {
        !text.is_empty()
            && (text.iter().all(char::is_ascii_digit)
                || text.iter().all(|c| numeral(*c).is_some())
                || matches!(text, ['上' | '中' | '下']))
    };
    let last = head.len().checked_sub(1)?;
    let text = if matches!(head.last(), Some(')' | '】' | ']')) {
        let open = head.iter().rposition(|c| matches!(c, '(' | '【' | '['))?;
        inner(open, last)?
    } else {
        let of = head.iter().rposition(|c| matches!(c, '之' | '·'))?;
        head.get(of + 1..)?
    };
    is_part(text).then(|| match value(text) {
        Some(value) => mix(value | 1 << 40),
        None => hash(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Facts {
        Facts::of("", text, &[])
    }

    #[test]
    fn the_same_figure_in_another_dress_is_the_same_fact() {
        for (one, other, kind) in [
            ("3月17日开工", "三月十七日开工", FactKind::Month),
            ("3月17日开工", "三月十七日开工", FactKind::Day),
            ("第12届", "第十二届", FactKind::Ordinal),
            ("投资1,200万元", "投资1200万元", FactKind::Number),
            ("增长３．５%", "增长3.5%", FactKind::Number),
        ] {
            let agreement = facts(one).agreement(&facts(other), kind);
            assert_eq!(
                (agreement.shared, agreement.one, agreement.other),
                (1, 0, 0),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn what_contradicts_counts_and_what_is_missing_does_not() {
        for (one, other, kind, shared, against) in [
            (
                "3月10日至3月12日停水",
                "4月10日至4月12日停水",
                FactKind::Month,
                0,
                1,
            ),
            (
                "3月10日至3月12日停水",
                "4月10日至4月12日停水",
                FactKind::Day,
                2,
                0,
            ),
            ("来了120人,捐款35元", "来了120人", FactKind::Number, 1, 0),
            (
                "来了120人,捐款35元",
                "来了120人,捐款36元",
                FactKind::Number,
                1,
                1,
            ),
            ("一个人一起走", "一定", FactKind::Number, 0, 0),
        ] {
            let agreement = facts(one).agreement(&facts(other), kind);
            assert_eq!(
                (agreement.shared, agreement.against()),
                (shared, against),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn parts_of_a_serial_differ() {
        let part = |headline: &str| Facts::of(headline, "正文", &[]);
        for (one, other) in [
            ("老街旧事(上)", "老街旧事(下)"),
            ("老街旧事之三", "老街旧事之四"),
            ("【连载】老街旧事（12）", "【连载】老街旧事（13）"),
        ] {
            let agreement = part(one).agreement(&part(other), FactKind::Ordinal);
            assert_eq!(
                (agreement.shared, agreement.against()),
                (0, 1),
                "{one} {other}"
            );
        }
        assert_eq!(part("老街旧事(图)").list(FactKind::Ordinal), &[] as &[u32]);
    }
}
