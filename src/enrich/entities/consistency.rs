//! What was found once in an article is found again wherever it stands.

use super::name::{Name, overlay};
use super::rule;
use crate::item::EntityKind;
use rustc_hash::FxHashMap;

/// More names than this are not looked for again: the room they take stays bounded on any input.
const MOST: usize = 2048;
/// Of names with the same first two characters so many are looked for.
const MOST_ALIKE: usize = 32;
/// A repetition is a little less certain than the name it repeats.
const REPEATED: f64 = 0.9;

/// Adds repetitions the model overlooked and lets the majority say what kind a name is. `texts` are parts of one article.
pub(super) fn agree(texts: &mut [(&[char], &mut Vec<Name>)]) {
    let mut known: FxHashMap<String, Votes> = FxHashMap::default();
    for (chars, names) in texts.iter() {
        for name in names.iter() {
            if name.end - name.start >= 2
                && (known.len() < MOST || known.contains_key(&text(chars, name)))
            {
                known.entry(text(chars, name)).or_default().count(name);
            }
        }
    }
    // 袁鹏 + 就, where 袁鹏 stands elsewhere by itself.
    for (chars, names) in texts.iter_mut() {
        for name in names
            .iter_mut()
            .filter(|n| n.kind == EntityKind::Person && n.house.is_none())
        {
            let glued = name.end - name.start > 2
                && chars.get(name.end - 1).is_some_and(|c| rule::is_hard(*c));
            let shorter = Name {
                end: name.end - 1,
                ..*name
            };
            if glued
                && known
                    .get(&text(chars, &shorter))
                    .is_some_and(|v| v.kind() == EntityKind::Person)
            {
                known.remove(&text(chars, name));
                *name = shorter;
            }
        }
    }
    known.retain(|name, votes| {
        votes.best > 0.6
            && (name.chars().count() > 2 || votes.kind() == EntityKind::Person || votes.total() > 1)
    });
    if known.is_empty() {
        return;
    }
    let mut by_start: FxHashMap<[char; 2], Vec<(Vec<char>, &Votes)>> = FxHashMap::default();
    for (name, votes) in &known {
        let name: Vec<char> = name.chars().collect();
        if let [first, second, ..] = *name.as_slice() {
            by_start
                .entry([first, second])
                .or_default()
                .push((name, votes));
        }
    }
    for names in by_start.values_mut() {
        // The longest first; so few that no text makes the search slow.
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        names.truncate(MOST_ALIKE);
    }
    for (chars, names) in texts {
        for name in names.iter_mut().filter(|n| n.house.is_none()) {
            if let Some(votes) = known.get(&text(chars, name)) {
                name.kind = votes.kind();
            }
        }
        let mut repeated = Vec::new();
        let mut at = 0;
        while let Some([first, second]) = chars.get(at..at + 2) {
            let rest = chars.get(at..).unwrap_or_default();
            let found = by_start
                .get(&[*first, *second])
                .and_then(|names| names.iter().find(|(name, _)| rest.starts_with(name)));
            match found {
                Some((name, votes)) => {
                    repeated.push(Name::new(
                        votes.kind(),
                        at,
                        at + name.len(),
                        votes.best * REPEATED,
                    ));
                    at += name.len();
                }
                None => at += 1,
            }
        }
        let found = std::mem::take(*names);
        **names = overlay(&found, repeated);
    }
}

fn text(chars: &[char], name: &Name) -> String {
    chars
        .get(name.start..name.end)
        .unwrap_or_default()
        .iter()
        .collect()
}

/// How often a string was found as which kind.
#[derive(Default)]
struct Votes {
    counts: [u32; 3],
    best: f64,
}

const KINDS: [EntityKind; 3] = [
    EntityKind::Person,
    EntityKind::Organisation,
    EntityKind::Place,
];

impl Votes {
    fn count(&mut self, name: &Name) {
        if let Some(count) = KINDS
            .iter()
            .position(|k| *k == name.kind)
            .and_then(|i| self.counts.get_mut(i))
        {
            *count += 1;
        }
        self.best = self.best.max(name.score);
    }

    fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    fn winner(&self) -> usize {
        (0..KINDS.len())
            .rev()
            .max_by_key(|i| self.counts.get(*i))
            .unwrap_or(0)
    }

    fn kind(&self) -> EntityKind {
        KINDS
            .get(self.winner())
            .copied()
            .unwrap_or(EntityKind::Organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlooked_repetition_is_found_and_the_majority_rules() {
        let body: Vec<char> = "钱文山说,钱文山和钱文山,钱文山".chars().collect();
        let kind = EntityKind::Person;
        let mut names = vec![
            Name::new(kind, 0, 3, 0.9),
            Name::new(EntityKind::Place, 5, 8, 0.9),
            Name::new(kind, 9, 12, 0.9),
        ];
        agree(&mut [(&body, &mut names)]);
        let found: Vec<_> = names.iter().map(|n| (n.kind, n.start, n.end)).collect();
        assert_eq!(
            found,
            [(kind, 0, 3), (kind, 5, 8), (kind, 9, 12), (kind, 13, 16)]
        );
    }
}
