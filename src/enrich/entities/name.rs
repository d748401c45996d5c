//! A person, organisation or place as found in a text, before it is linked to others.

use crate::article::Span;
use crate::item::EntityKind;

/// One name at one place of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Name {
    pub(super) kind: EntityKind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) score: f64,
    /// Entry of the house list it is, whatever the text calls it.
    pub(super) house: Option<usize>,
}

impl Name {
    pub(super) fn new(kind: EntityKind, start: usize, end: usize, score: f64) -> Self {
        Self {
            kind,
            start,
            end,
            score,
            house: None,
        }
    }

    pub(super) fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    pub(super) fn overlaps(&self, start: usize, end: usize) -> bool {
        self.start < end && start < self.end
    }
}

/// Puts `strong` and those of `weak` that overlap none of them into one list, in order. Both are in order and free of overlaps.
pub(super) fn overlay(strong: &[Name], weak: Vec<Name>) -> Vec<Name> {
    if strong.is_empty() {
        return weak;
    }
    let mut merged = Vec::with_capacity(strong.len() + weak.len());
    let mut rest = strong.iter().peekable();
    for name in weak {
        while let Some(next) = rest.next_if(|s| s.end <= name.start) {
            merged.push(*next);
        }
        if rest
            .peek()
            .is_none_or(|s| !s.overlaps(name.start, name.end))
        {
            merged.push(name);
        }
    }
    merged.extend(rest.copied());
    merged.sort_by_key(|n| n.start);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_list_wins_where_both_speak() {
        let name = |start, end, score| Name::new(EntityKind::Person, start, end, score);
        let spans = |names: Vec<Name>| {
            names
                .iter()
                .map(|n| (n.start, n.end, n.score))
                .collect::<Vec<_>>()
        };
        let strong = vec![name(2, 5, 1.0), name(8, 9, 1.0)];
        let weak = vec![
            name(0, 2, 0.5),
            name(4, 7, 0.5),
            name(7, 8, 0.5),
            name(8, 10, 0.5),
            name(10, 12, 0.5),
        ];
        assert_eq!(
            spans(overlay(&strong, weak)),
            [
                (0, 2, 0.5),
                (2, 5, 1.0),
                (7, 8, 0.5),
                (8, 9, 1.0),
                (10, 12, 0.5)
            ]
        );
        assert_eq!(
            spans(overlay(&strong, Vec::new())),
            [(2, 5, 1.0), (8, 9, 1.0)]
        );
        assert_eq!(spans(overlay(&[], strong)), [(2, 5, 1.0), (8, 9, 1.0)]);
    }
}
