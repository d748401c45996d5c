//! Characters that are probably misread: flagged with what they may stand for, never changed.
//!
//! Three kinds: a character where one of its like would be far likelier, a character printed twice, and a traditional form in
//! simplified text. Only what no trigram of the language model covers is looked at: nearly every character of sound text is
//! covered, and the rest is mostly names, which a look-alike must explain much better before it is named.

mod alike;

use crate::article::flag;
use crate::page::draft::{Note, Para};
use crate::page::lm::{BACK_OFF, EDGE, Model};
use crate::page::names::is_han;
use alike::{LOOKALIKES, TRADITIONAL, Table};

/// A character that costs fewer bits is no suspect.
const EXPECTED: f32 = 8.0;

/// Bits a look-alike must save, by how many of the three trigrams through it the model knows.
const SAVED: [f32; 4] = [f32::INFINITY, 23.0, 20.0, 18.0];

/// Bits that leaving out a doubled character must save where no trigram knows it doubled.
const DOUBLED: f32 = 14.0;

/// The same where both trigrams without it are known.
const DOUBLED_IN_PHRASE: f32 = 13.5;

/// Characters doubled in sound text for more reasons than a model of trigrams sees.
const REPEATED: &str = "一二三四五六七八九十等天人大了个户家年";

/// A stray traditional character among so many others at least; with more of them the paper writes so.
const STRAY: usize = 20;

/// Flags a paragraph's doubtful characters.
pub(super) fn flag(para: &mut Para, model: &Model) {
    let (alike, traditional): (&Table, &Table) = (&LOOKALIKES, &TRADITIONAL);
    let text = Text {
        chars: para.text.chars().collect(),
        model,
    };
    let count = text.chars.iter().filter(|c| traditional.has(**c)).count();
    let stray = count > 0 && count * STRAY < text.chars.len();
    // Characters before this one are in a trigram the model knows.
    let mut covered = 0;
    for (at, &c) in text.chars.iter().enumerate() {
        let what = if c == char::REPLACEMENT_CHARACTER {
            Some("undecodable".to_owned())
        } else if stray && traditional.has(c) {
            let simple: String = traditional.others(c).iter().collect();
            Some(format!("“{c}” is a traditional form of “{simple}”"))
        } else if is_han(c) && at > 0 && text.at(at, -1) == c {
            text.doubled(at)
                .map(|saved| format!("“{c}” may be printed twice ({saved:.0} bits)"))
        } else if at >= covered && alike.has(c) {
            match text.cover(at) {
                Some(end) => {
                    covered = end;
                    None
                }
                None => text
                    .better(at, alike.others(c))
                    .map(|(other, saved)| format!("“{c}” may be “{other}” ({saved:.0} bits)")),
            }
        } else {
            None
        };
        if let Some(what) = what {
            para.notes
                .push(Note::at(flag::SUSPECT_TEXT, at, at + 1, what));
        }
    }
}

/// Whether one character is easily read for another.
pub(super) fn alike(a: char, b: char) -> bool {
    LOOKALIKES.others(a).contains(&b)
        || TRADITIONAL.others(a).contains(&b)
        || TRADITIONAL.others(b).contains(&a)
}

/// A paragraph and the model it is judged by.
struct Text<'a> {
    chars: Vec<char>,
    model: &'a Model,
}

impl Text<'_> {
    /// The character `by` places from `at`; beyond the ends, [`EDGE`].
    fn at(&self, at: usize, by: isize) -> char {
        at.checked_add_signed(by)
            .and_then(|at| self.chars.get(at))
            .copied()
            .unwrap_or(EDGE)
    }

    /// The end of the farthest trigram through `at` that the model knows.
    fn cover(&self, at: usize) -> Option<usize> {
        (0..3isize).rev().find_map(|last| {
            let run = [last - 2, last - 1, last].map(|by| self.at(at, by));
            let end = at + 1 + last.unsigned_abs();
            self.model.knows(run).then_some(end)
        })
    }

    /// Cost of `run` from its third character on, and how many of its trigrams are known.
    fn weigh(&self, run: &[char]) -> (f32, usize) {
        run.windows(3).fold((0.0, 0), |(cost, known), w| match w {
            &[a, b, c] => match self.model.trigram([a, b], c) {
                Some(bits) => (
                    cost + bits,
                    known + usize::from(self.model.knows([a, b, c])),
                ),
                None => (cost + BACK_OFF + self.model.pair(b, c), known),
            },
            _ => (cost, known),
        })
    }

    /// The look-alike that fits far better than what is printed at `at`, and the bits it saves.
    fn better(&self, at: usize, others: &[char]) -> Option<(char, f32)> {
        let mut run = [-2, -1, 0, 1, 2].map(|by| self.at(at, by));
        let [a, b, printed, ..] = run;
        if self.model.bits([a, b], printed) < EXPECTED {
            return None;
        }
        let (cost, _) = self.weigh(&run);
        // Not enough to save for a look-alike of which fewer trigrams are known.
        let fewest = SAVED.iter().position(|saved| cost >= *saved)?;
        let most_unknown = run.len() - 2 - fewest;
        others
            .iter()
            .filter_map(|other| {
                run[2] = *other;
                let mut unknown = run
                    .windows(3)
                    .filter(|w| !matches!(w, &&[a, b, c] if self.model.knows([a, b, c])));
                if unknown.nth(most_unknown).is_some() {
                    return None;
                }
                let (bits, known) = self.weigh(&run);
                let needed = SAVED.get(known).copied().unwrap_or(f32::INFINITY);
                (cost - bits >= needed).then_some((*other, cost - bits))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The bits saved by leaving out the character at `at`, the second of two that are the same, where it is one too many.
    fn doubled(&self, at: usize) -> Option<f32> {
        let [z, a, b, c, d, e] = [-3, -2, -1, 0, 1, 2].map(|by| self.at(at, by));
        // 高高兴兴, 方方面面; 读读书, 慢慢地.
        let pattern = z == a || d == e || c == d || a == c || !is_han(a) || !is_han(d);
        if pattern
            || "的地".contains(d)
            || REPEATED.contains(c)
            || self.model.bits([a, b], c) < EXPECTED
        {
            return None;
        }
        let (printed, doubled) = self.weigh(&[a, b, c, d, e]);
        let (single, known) = self.weigh(&[a, c, d, e]);
        let needed = match (doubled, known) {
            (0 | 1, 2) => DOUBLED_IN_PHRASE,
            (0, 1) => DOUBLED,
            _ => return None,
        };
        (printed - single >= needed).then_some(printed - single)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misread_is_flagged_and_what_is_sound_is_not() {
        for (text, want) in [
            ("进一步优化营商坏境，服务企业。", Some("“坏” may be “环”")),
            ("人民群众的获得惑不断增强。", Some("“惑” may be “感”")),
            (
                "全面推进乡村振振兴战略。",
                Some("“振” may be printed twice"),
            ),
            (
                "他是县里派来的技术員，在村里住了三年，村民都认得他。",
                Some("“員” is a traditional form of “员”"),
            ),
            ("进一步优化营商环境，服务企业。", None),
            ("大家高高兴兴来到村口，方方面面都有人管。", None),
            ("村民侯未央和女儿圆圆去赶集。", None),
            ("這位老師說，學會認識漢字並不難。", None),
        ] {
            let mut para = Para {
                text: text.to_owned(),
                ..Para::default()
            };
            flag(&mut para, crate::page::lm::model());
            assert_eq!(para.text, text);
            let notes: Vec<&str> = para.notes.iter().map(|n| n.text.as_str()).collect();
            match want {
                Some(want) => assert!(
                    notes.len() == 1 && notes[0].starts_with(want),
                    "{text} {notes:?}"
                ),
                None => assert!(notes.is_empty(), "{text} {notes:?}"),
            }
        }
    }
}
