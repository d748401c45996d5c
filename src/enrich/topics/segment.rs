//! Cuts a text into the patterns it is made of, without a dictionary of everything: one pass finds every pattern, and of
//! those that overlap the set is kept that explains the text best.

use crate::problem::Problem;
use daachorse::CharwiseDoubleArrayAhoCorasick;

/// Patterns that find themselves in text.
pub(super) struct Segmenter {
    automaton: CharwiseDoubleArrayAhoCorasick<u32>,
    /// What a pattern explains: long ones much more than their parts.
    values: Vec<u32>,
}

/// A place where a pattern stands, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) pattern: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The best way to read the text up to the end of a hit.
struct Reached {
    hit: Hit,
    value: u32,
    /// Place, plus one, of the state before the hit; 0 when there is none.
    before: usize,
}

impl Segmenter {
    /// Compiles patterns, none empty and none twice; those `preferred` win over others of nearly their length, so that no
    /// word swallows the first character of a term (有志|愿者).
    pub(super) fn new(texts: &[&str], preferred: impl Fn(&str) -> bool) -> Result<Self, Problem> {
        let values = texts
            .iter()
            .map(|text| {
                let length = u32::try_from(text.chars().count().min(64)).unwrap_or(64);
                length * length * if preferred(text) { 3 } else { 2 }
            })
            .collect();
        let automaton = CharwiseDoubleArrayAhoCorasick::new(texts).map_err(|e| Problem {
            message: format!("the terms make no automaton: {e}"),
            help: None,
            span: None,
        })?;
        Ok(Self { automaton, values })
    }

    /// Calls `found` with the patterns a text is made of, none overlapping, from its end to its beginning. What lies beyond
    /// 4 GiB is not read.
    pub(super) fn segment(&self, text: &str, mut found: impl FnMut(Hit)) {
        let mut reached: Vec<Reached> = Vec::with_capacity(text.len() / 6);
        for matched in self.automaton.find_overlapping_iter(text) {
            let (Ok(start), Ok(end)) =
                (u32::try_from(matched.start()), u32::try_from(matched.end()))
            else {
                break;
            };
            let hit = Hit {
                pattern: matched.value(),
                start,
                end,
            };
            // Ends only grow, so this looks back no further than the longest pattern.
            let before = reached
                .iter()
                .rposition(|r| r.hit.end <= start)
                .map_or(0, |i| i + 1);
            let so_far = before
                .checked_sub(1)
                .and_then(|i| reached.get(i))
                .map_or(0, |r| r.value);
            let value =
                so_far.saturating_add(self.values.get(hit.pattern as usize).copied().unwrap_or(0));
            if reached.last().is_none_or(|last| value > last.value) {
                if reached.last().is_some_and(|last| last.hit.end == end) {
                    reached.pop();
                }
                reached.push(Reached { hit, value, before });
            }
        }
        let mut at = reached.len();
        while let Some(state) = at.checked_sub(1).and_then(|i| reached.get(i)) {
            found(state.hit);
            at = state.before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, words: &[&str], terms: &[&str]) -> Vec<String> {
        let all: Vec<&str> = words.iter().chain(terms).copied().collect();
        let segmenter = Segmenter::new(&all, |t| terms.contains(&t)).unwrap();
        let mut found = Vec::new();
        segmenter.segment(text, |h| {
            found.push(text[h.start as usize..h.end as usize].to_owned())
        });
        found.reverse();
        found
    }

    #[test]
    fn overlapping_words_are_read_as_a_reader_would() {
        type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 5] = [
            (
                "入口处有志愿者",
                &["有志", "入口"],
                &["志愿者"],
                &["入口", "志愿者"],
            ),
            (
                "大学校园",
                &["大学", "学校", "校园"],
                &[],
                &["大学", "校园"],
            ),
            (
                "中国人民志愿军",
                &["中国", "人民"],
                &["志愿", "志愿军"],
                &["中国", "人民", "志愿军"],
            ),
            ("农业银行", &["农业", "银行"], &["农业银行"], &["农业银行"]),
            ("天地", &["人"], &[], &[]),
        ];
        for (text, words, terms, wanted) in cases {
            assert_eq!(read(text, words, terms), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn hits_never_overlap_and_say_what_stands_there(text in "[甲乙丙丁a]{0,60}") {
            let words = ["甲乙", "乙丙", "丙", "甲乙丙丁", "丁a", "aa"];
            let segmenter = Segmenter::new(&words, |_| false).unwrap();
            let mut hits = Vec::new();
            segmenter.segment(&text, |hit| hits.push(hit));
            let mut end = text.len();
            for hit in hits {
                let (start, to) = (hit.start as usize, hit.end as usize);
                prop_assert!(start < to && to <= end);
                prop_assert_eq!(&text[start..to], words[hit.pattern as usize]);
                end = start;
            }
        }
    }
}
