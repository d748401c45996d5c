//! Lists of names, and texts made from them.

use super::super::lexicon::names;
use super::random::Random;
use crate::gazetteer::{self, Level};
use std::collections::BTreeMap;

/// Names by the name of their list. An entry, like a slot of a template, may call for one of another list: `@city市`.
#[derive(Default)]
pub(super) struct Lists(BTreeMap<String, Vec<String>>);

/// Lists may call for lists so deep; deeper is a ring.
const DEPTH: usize = 8;

impl Lists {
    /// From list names and texts, a name a line; `#` begins a comment. `county`, `town` and `stem` are of the divisions.
    pub(super) fn new(lists: &[(String, String)]) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = lists
            .iter()
            .map(|(name, text)| (name.clone(), names(text).map(str::to_owned).collect()))
            .collect();
        let divisions = |from: Level, ends: &[char], lengths: std::ops::RangeInclusive<usize>| {
            gazetteer::all()
                .filter(|d| d.level() == from && lengths.contains(&d.name.chars().count()))
                .map(|d| d.name)
                .filter(|name| ends.is_empty() || name.ends_with(ends))
                .collect::<Vec<_>>()
        };
        let towns = divisions(Level::Street, &['镇', '乡'], 3..=5);
        let stems = towns.iter().filter(|t| t.chars().count() == 3);
        let stems = stems.map(|t| t.trim_end_matches(['镇', '乡']).to_owned());
        all.insert("stem".into(), stems.collect());
        all.insert(
            "town".into(),
            towns.into_iter().map(str::to_owned).collect(),
        );
        let counties = divisions(Level::County, &[], 3..=6);
        all.insert(
            "county".into(),
            counties.into_iter().map(str::to_owned).collect(),
        );
        Self(all)
    }

    /// What a slot asks for: the name of a list, or a text with `@list` in it.
    pub(super) fn name(&self, slot: &str, random: &mut Random) -> String {
        if slot.chars().all(is_list) {
            self.expand(&format!("@{slot}"), random, DEPTH)
        } else {
            self.expand(slot, random, DEPTH)
        }
    }

    fn expand(&self, text: &str, random: &mut Random, depth: usize) -> String {
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            made.push_str(before);
            let end = after.find(|c| !is_list(c)).unwrap_or(after.len());
            let (list, behind) = after.split_at(end);
            rest = behind;
            let entry = self.0.get(list).and_then(|list| random.pick(list));
            if let Some(entry) = entry.filter(|_| depth > 0) {
                made.push_str(&self.expand(entry, random, depth - 1));
            }
        }
        made.push_str(rest);
        made
    }
}

fn is_list(c: char) -> bool {
    c.is_ascii_lowercase() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_call_for_lists_and_no_ring_is_endless() {
        let list = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let lists = Lists::new(&[
            list("city", "# cities\n株洲\n"),
            list("gov-local", "@city市政府\n"),
            list("ring", "@ring@ring\n"),
        ]);
        let mut random = Random::new(1);
        assert_eq!(lists.name("gov-local", &mut random), "株洲市政府");
        assert_eq!(lists.name("@city一中", &mut random), "株洲一中");
        assert_eq!(lists.name("ring", &mut random), "");
        assert!(lists.name("county", &mut random).chars().count() >= 3);
    }
}
