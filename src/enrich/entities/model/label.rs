//! Labels of characters: begin, middle, end, single of each kind, and outside.

use super::super::name::Name;
use crate::item::EntityKind;

/// Labels there are. 0 is outside; kind `k` has begin, middle, end, single at `1 + 4k` and on.
pub(in super::super) const LABELS: usize = 13;
/// Outside every name.
pub(super) const OUTSIDE: u8 = 0;
const KINDS: [EntityKind; 3] = [
    EntityKind::Person,
    EntityKind::Place,
    EntityKind::Organisation,
];

/// Where in a name a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Begin,
    Middle,
    End,
    Single,
}

pub(super) const fn place(label: u8) -> Place {
    match label {
        OUTSIDE => Place::Outside,
        l => match (l - 1) % 4 {
            0 => Place::Begin,
            1 => Place::Middle,
            2 => Place::End,
            _ => Place::Single,
        },
    }
}

/// Whether a name goes on behind this label.
pub(super) const fn open(label: u8) -> bool {
    matches!(place(label), Place::Begin | Place::Middle)
}

/// Whether `next` may stand right behind `label`.
pub(super) const fn follows(label: u8, next: u8) -> bool {
    let continues = matches!(place(next), Place::Middle | Place::End);
    if open(label) {
        continues && (label - 1) / 4 == (next - 1) / 4
    } else {
        !continues
    }
}

/// The names a row of labels spells.
pub(in super::super) fn names(labels: &[u8], offset: usize) -> Vec<Name> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, label) in labels.iter().enumerate() {
        match place(*label) {
            Place::Begin => start = at,
            Place::Single => start = at,
            Place::Outside | Place::Middle => continue,
            Place::End => {}
        }
        if place(*label) == Place::Begin {
            continue;
        }
        if let Some(kind) = KINDS.get(usize::from(label - 1) / 4) {
            found.push(Name::new(*kind, offset + start, offset + at + 1, 1.0));
        }
    }
    found
}

/// Labels that spell `names`, which are in order and free of overlaps; those of other kinds are left out.
pub(in super::super) fn spell(length: usize, names: &[Name]) -> Vec<u8> {
    let mut labels = vec![OUTSIDE; length];
    for name in names {
        let Some(kind) = KINDS.iter().position(|k| *k == name.kind) else {
            continue;
        };
        let base = u8::try_from(1 + 4 * kind).unwrap_or(1);
        let Some(stretch) = labels.get_mut(name.start..name.end) else {
            continue;
        };
        match stretch {
            [] => {}
            [only] => *only = base + 3,
            [first, middle @ .., last] => {
                *first = base;
                middle.fill(base + 1);
                *last = base + 2;
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_spell_names_and_names_spell_labels() {
        let names_in = [
            Name::new(EntityKind::Person, 0, 1, 1.0),
            Name::new(EntityKind::Place, 1, 3, 1.0),
            Name::new(EntityKind::Organisation, 4, 8, 1.0),
        ];
        let labels = spell(9, &names_in);
        assert_eq!(labels, [4, 5, 7, 0, 9, 10, 10, 11, 0]);
        assert_eq!(names(&labels, 0), names_in);
        assert!(labels.windows(2).all(|w| follows(w[0], w[1])));
        assert!(
            !follows(1, 0) && !follows(0, 2) && !follows(1, 6) && follows(3, 1) && follows(1, 3)
        );
    }
}
