//! Transcribed speech written as it would be printed: clauses joined by commas, numbers in digits.

use super::Sentence;
use super::random::Random;
use crate::article::Span;

/// The clauses of transcripts, in order, as sentences of two to five.
pub(super) fn printed(transcripts: &[Sentence], random: &mut Random) -> Vec<Sentence> {
    let mut made = Vec::new();
    let mut rest = transcripts;
    while !rest.is_empty() {
        let (clauses, others) = rest.split_at(rest.len().min(2 + random.below(4)));
        rest = others;
        made.push(join(clauses));
    }
    made
}

fn join(clauses: &[Sentence]) -> Sentence {
    let mut text: Vec<char> = Vec::new();
    let mut names = Vec::new();
    for clause in clauses {
        if !text.is_empty() {
            text.push(',');
        }
        let chars: Vec<char> = clause.text.chars().collect();
        let mut at = 0;
        for (kind, span) in &clause.names {
            let (Some(before), Some(name)) =
                (chars.get(at..span.start), chars.get(span.start..span.end))
            else {
                continue;
            };
            text.extend(digits(before));
            let start = text.len();
            // A name keeps its numerals.
            text.extend(name);
            names.push((*kind, Span::new(start, text.len())));
            at = span.end;
        }
        text.extend(digits(chars.get(at..).unwrap_or_default()));
    }
    text.push('。');
    Sentence {
        text: text.into_iter().collect(),
        names,
    }
}

const NUMERALS: &str = "零一二三四五六七八九";

/// Numbers that print writes in digits in digits: 二零一五年 → 2015年, 百分之三点五 → 3.5%, 二十三 → 23.
fn digits(spoken: &[char]) -> Vec<char> {
    let mut written = Vec::new();
    let mut at = 0;
    while let Some(rest) = spoken.get(at..).filter(|r| !r.is_empty()) {
        let percent = rest.strip_prefix(&['百', '分', '之']);
        let run = percent.unwrap_or(rest);
        let length = run
            .iter()
            .take_while(|c| NUMERALS.contains(**c) || "十百千点".contains(**c))
            .count();
        let number = run
            .get(..length)
            .filter(|_| percent.is_some() || length > 1);
        match number.and_then(value) {
            Some(number) => {
                written.extend(number.chars());
                if percent.is_some() {
                    written.push('%');
                    at += 3;
                }
                at += length;
            }
            None => {
                let plain = length.max(1);
                written.extend(rest.iter().take(plain));
                at += plain;
            }
        }
    }
    written
}

/// What Chinese numerals say, in digits; `None` for what is no number, such as 点点.
fn value(numerals: &[char]) -> Option<String> {
    let digit = |c: &char| NUMERALS.chars().position(|n| n == *c);
    let (whole, fraction) = match numerals.iter().position(|c| *c == '点') {
        Some(at) => (numerals.get(..at)?, numerals.get(at + 1..)?),
        None => (numerals, &[][..]),
    };
    if whole.is_empty() || (fraction.is_empty() && whole.len() < numerals.len()) {
        return None;
    }
    let mut written = if whole.iter().any(|c| "十百千".contains(*c)) {
        let (mut sum, mut last) = (0, 0);
        for c in whole {
            let unit = match c {
                '十' => 10,
                '百' => 100,
                '千' => 1000,
                c => {
                    last = digit(c)?;
                    continue;
                }
            };
            sum += last.max(1) * unit;
            last = 0;
        }
        (sum + last).to_string()
    } else {
        whole
            .iter()
            .map(|c| digit(c).map(|d| d.to_string()))
            .collect::<Option<String>>()?
    };
    if !fraction.is_empty() {
        written.push('.');
        for c in fraction {
            written.push_str(&digit(c)?.to_string());
        }
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::EntityKind;

    #[test]
    fn numbers_are_written_as_in_print() {
        for (spoken, written) in [
            ("二零一五年三十一日", "2015年31日"),
            ("增长百分之三点五左右", "增长3.5%左右"),
            ("共一百二十三万元", "共123万元"),
            ("一点点百分之", "一点点百分之"),
            ("一家十分好", "一家十分好"),
            ("", ""),
        ] {
            let spoken: Vec<char> = spoken.chars().collect();
            assert_eq!(digits(&spoken).into_iter().collect::<String>(), written);
        }
    }

    #[test]
    fn clauses_are_joined_and_names_stay_names() {
        let clause = |text: &str, names: &[(usize, usize)]| Sentence {
            text: text.into(),
            names: names
                .iter()
                .map(|(s, e)| (EntityKind::Place, Span::new(*s, *e)))
                .collect(),
        };
        let made = join(&[
            clause("二零一五年在三十二街", &[(6, 10)]),
            clause("株洲人多", &[(0, 2)]),
        ]);
        assert_eq!(made.text, "2015年在三十二街,株洲人多。");
        let names: Vec<_> = made.names.iter().map(|(_, s)| s.of(&made.text)).collect();
        assert_eq!(names, ["三十二街", "株洲"]);
    }
}
