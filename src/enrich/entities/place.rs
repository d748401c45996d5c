//! Places → divisions of GB/T 2260: chains, homonyms settled by what is near, 我市 and 该区 by source and text.

use super::name::Name;
use crate::article::Source;
use crate::gazetteer::{self, Division, Level};
use crate::item::EntityKind;
use rustc_hash::FxHashMap;

/// So many places back 该区 looks for the one it means.
const NEAR: usize = 40;

/// What the places of an article are resolved with.
pub(super) struct Resolver {
    home: Option<Division>,
    /// How often something lies in a prefecture or province, by prefix.
    votes: FxHashMap<&'static str, u32>,
}

impl Resolver {
    /// `texts` are the parts of the article with their names.
    pub(super) fn new(source: &Source, texts: &[(&[char], &[Name])]) -> Self {
        let home = source.home.as_deref().and_then(gazetteer::by_code);
        let mut votes = FxHashMap::default();
        for (chars, names) in texts {
            for name in names.iter().filter(|n| n.kind == EntityKind::Place) {
                // Only what can be meant in one way has a vote.
                if let [one] = candidates(chars, name).as_slice() {
                    for prefix in ancestors(one.code) {
                        *votes.entry(prefix).or_insert(0) += 1;
                    }
                }
            }
        }
        Self { home, votes }
    }

    /// The division a place name means here; `None` when there is none or it cannot be told which.
    pub(super) fn resolve(&self, chars: &[char], name: &Name) -> Option<Division> {
        let candidates = candidates(chars, name);
        let best = candidates.iter().map(|d| self.plausibility(d)).max()?;
        let mut likely = candidates.iter().filter(|d| self.plausibility(d) == best);
        let found = *likely.next()?;
        // 吉林 the city lies in 吉林 the province: the wider one is safe. Else nobody can tell.
        if likely.any(|other| !gazetteer::within(other.code, found.code)) {
            return None;
        }
        Some(found)
    }

    /// What a pointing word means at `at`, going by the places told left of it.
    pub(super) fn deictic(
        &self,
        chars: &[char],
        names: &[Name],
        at: usize,
        lead: char,
        level: char,
    ) -> Option<Division> {
        if lead == '该' {
            let before = names.partition_point(|n| n.start < at);
            return names
                .get(..before)?
                .iter()
                .rev()
                .filter(|n| n.kind == EntityKind::Place)
                .take(NEAR)
                .filter_map(|n| self.resolve(chars, n))
                .flat_map(|d| std::iter::once(d).chain(gazetteer::parents(d.code)))
                .find(|d| d.name.ends_with(level));
        }
        let home = self.home?;
        let wanted = match level {
            '省' => Level::Province,
            '市' => Level::Prefecture,
            _ => Level::County,
        };
        std::iter::once(home)
            .chain(gazetteer::parents(home.code))
            .find(|d| d.level() == wanted && (wanted != Level::County || d.name.ends_with(level)))
    }

    fn plausibility(&self, division: &Division) -> (u32, std::cmp::Reverse<Level>) {
        let home = self.home.map_or(0, |home| {
            let near = ancestors(division.code)
                .zip(ancestors(home.code))
                .filter(|(a, b)| a == b)
                .count();
            // The home prefecture outweighs a mention or two, the home province one.
            match near {
                0 => 0,
                1 => 2,
                _ => 5,
            }
        });
        let votes: u32 = ancestors(division.code)
            .filter_map(|p| self.votes.get(p))
            .map(|v| v * 2)
            .sum();
        let rank = match division.level() {
            Level::Province => 40,
            Level::Prefecture => 30,
            Level::County | Level::Street => 0,
        };
        (rank + home + votes, std::cmp::Reverse(division.level()))
    }
}

/// Prefixes of province and prefecture.
fn ancestors(code: &'static str) -> impl Iterator<Item = &'static str> {
    [2, 4]
        .into_iter()
        .filter_map(move |n| gazetteer::prefix(code).get(..n))
}

/// The divisions a name may mean: of a chain, those of its lowest part that lie in the parts before.
pub(super) fn candidates(chars: &[char], name: &Name) -> Vec<Division> {
    let mut rest = chars.get(name.start..name.end).unwrap_or_default();
    let mut found: Vec<Division> = Vec::new();
    while let Some(length) = gazetteer::longest(rest) {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let part: String = part.iter().collect();
        let whole = found.is_empty() && after.is_empty();
        let below: Vec<Division> = gazetteer::by_name(&part)
            .into_iter()
            // A bare 和平 is hardly ever the township.
            .filter(|d| !whole || d.name == part || d.level() < Level::Street)
            .filter(|d| {
                found.is_empty()
                    || found
                        .iter()
                        .any(|up| up.code != d.code && gazetteer::within(d.code, up.code))
            })
            .collect();
        if below.is_empty() {
            break;
        }
        found = below;
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(home: Option<&str>, words: &[&str]) -> Vec<Option<&'static str>> {
        let chars: Vec<char> = words.concat().chars().collect();
        let mut at = 0;
        let names: Vec<Name> = words
            .iter()
            .map(|word| {
                let start = at;
                at += word.chars().count();
                Name::new(EntityKind::Place, start, at, 1.0)
            })
            .collect();
        let source = Source {
            home: home.map(str::to_owned),
            ..Source::named("test")
        };
        let resolver = Resolver::new(&source, &[(&chars, &names)]);
        names
            .iter()
            .map(|n| resolver.resolve(&chars, n).map(|d| d.code))
            .collect()
    }

    #[test]
    fn a_chain_is_coded_by_its_lowest_level() {
        assert_eq!(resolve(None, &["株洲市天元区"]), [Some("430211")]);
        assert_eq!(resolve(None, &["湖南省株洲市天元区"]), [Some("430211")]);
        assert_eq!(resolve(None, &["株洲市天元区王家岭村"]), [Some("430211")]);
    }

    #[test]
    fn homonyms_are_settled_by_chain_then_neighbours_then_home() {
        // Four cities have a 鼓楼区.
        assert_eq!(resolve(None, &["鼓楼区"]), [None]);
        assert_eq!(resolve(None, &["福州市鼓楼区"]), [Some("350102")]);
        assert_eq!(
            resolve(None, &["南京市", "鼓楼区"]),
            [Some("320100"), Some("320106")]
        );
        assert_eq!(resolve(Some("320300"), &["鼓楼区"]), [Some("320302")]);
        assert_eq!(resolve(None, &["吉林"]), [Some("220000")]);
        assert_eq!(resolve(None, &["不存在"]), [None]);
    }

    #[test]
    fn words_that_point_find_home_or_what_was_told_last() {
        let source = Source {
            home: Some("430200".into()),
            ..Source::named("test")
        };
        let chars: Vec<char> = "天元区、荷塘区".chars().collect();
        let names =
            [(0, 3), (4, 7)].map(|(start, end)| Name::new(EntityKind::Place, start, end, 1.0));
        let resolver = Resolver::new(&source, &[(&chars, &names)]);
        let mean = |at, lead, level| {
            resolver
                .deictic(&chars, &names, at, lead, level)
                .map(|d| d.code)
        };
        assert_eq!(mean(0, '我', '市'), Some("430200"));
        assert_eq!(mean(0, '全', '省'), Some("430000"));
        assert_eq!(mean(0, '该', '区'), None);
        assert_eq!(mean(4, '该', '区'), Some("430211"));
        assert_eq!(mean(7, '该', '区'), Some("430202"));
        assert_eq!(mean(7, '该', '县'), None);
    }
}
