//! Finds house names.

use super::config::EntitiesConfig;
use super::name::Name;
use crate::item::EntityKind;
use daachorse::MatchKind;
use daachorse::charwise::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};

/// The house list, compiled.
#[derive(Default)]
pub(super) struct House {
    entries: Vec<Entry>,
    matcher: Option<CharwiseDoubleArrayAhoCorasick<usize>>,
}

/// What an entry says of a name.
pub(super) struct Entry {
    pub(super) kind: EntityKind,
    pub(super) name: String,
    pub(super) code: Option<String>,
}

impl House {
    /// The list must be free of [`super::config::problems`].
    pub(super) fn new(config: &EntitiesConfig) -> Self {
        let entries = config
            .names
            .iter()
            .map(|house| Entry {
                kind: house.kind.into(),
                name: house.name.get_ref().clone(),
                code: house.code.as_ref().map(|code| code.get_ref().clone()),
            })
            .collect();
        let spellings = config.names.iter().enumerate().flat_map(|(i, house)| {
            house.spellings().map(move |s| {
                (
                    s.get_ref()
                        .chars()
                        .map(super::text::fold)
                        .collect::<String>(),
                    i,
                )
            })
        });
        Self {
            entries,
            matcher: CharwiseDoubleArrayAhoCorasickBuilder::new()
                .match_kind(MatchKind::LeftmostLongest)
                .build_with_values(spellings)
                .ok(),
        }
    }

    pub(super) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// House names in a text, in order, not overlapping, the longest first.
    pub(super) fn find(&self, chars: &[char]) -> Vec<Name> {
        let Some(matcher) = &self.matcher else {
            return Vec::new();
        };
        let text: String = chars.iter().collect();
        let (mut byte, mut at) = (0, 0);
        let mut position = |to: usize| {
            at += text.get(byte..to).map_or(0, |s| s.chars().count());
            byte = to;
            at
        };
        matcher
            .leftmost_find_iter(&text)
            .filter_map(|hit| {
                let entry = self.entries.get(hit.value())?;
                let (start, end) = (position(hit.start()), position(hit.end()));
                Some(Name {
                    house: Some(hit.value()),
                    ..Name::new(entry.kind, start, end, 1.0)
                })
            })
            .collect()
    }
}
