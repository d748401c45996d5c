//! What OCR takes for what: the tables of `models/lookalikes.txt` and `models/traditional.txt`.

use crate::page::chars::CharSet;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Characters of like shape, either for the other.
pub(super) static LOOKALIKES: LazyLock<Table> =
    LazyLock::new(|| Table::new(include_str!("../../../../models/lookalikes.txt"), true));

/// Traditional characters with their simplified forms.
pub(super) static TRADITIONAL: LazyLock<Table> =
    LazyLock::new(|| Table::new(include_str!("../../../../models/traditional.txt"), false));

/// For every character those it may stand for.
pub(super) struct Table {
    /// Asked for every character of a page, so that few are looked up.
    set: CharSet,
    others: FxHashMap<char, Vec<char>>,
}

impl Table {
    /// Reads a table without its lines of comment, which begin with `#`. Where either stands for the other (`both`), a line is
    /// a character and those like it; else it is a number of pairs.
    fn new(text: &str, both: bool) -> Self {
        let mut others: FxHashMap<char, Vec<char>> = FxHashMap::default();
        let mut add = |c: char, other: char| others.entry(c).or_default().push(other);
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let mut chars = line.chars().filter(|c| *c != ' ');
            if both {
                let Some(first) = chars.next() else { continue };
                for other in chars {
                    add(first, other);
                    add(other, first);
                }
            } else {
                while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
                    add(from, to);
                }
            }
        }
        let all: String = others.keys().collect();
        Self {
            set: CharSet::of(&all),
            others,
        }
    }

    /// Whether `c` may stand for another.
    pub(super) fn has(&self, c: char) -> bool {
        self.set.contains(c)
    }

    /// What `c` may stand for.
    pub(super) fn others(&self, c: char) -> &[char] {
        self.others.get(&c).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_well_formed() {
        let alike = &LOOKALIKES.others;
        assert!(alike.len() > 2000, "{}", alike.len());
        for (c, others) in alike {
            for (n, other) in others.iter().enumerate() {
                assert!(c != other && !others[..n].contains(other), "{c}{other}");
                assert!(alike[other].contains(c), "{c}{other}");
            }
        }
        let traditional = &TRADITIONAL.others;
        assert!(traditional.len() > 500, "{}", traditional.len());
        for (c, simple) in traditional {
            assert!(
                simple.len() == 1 && !traditional.contains_key(&simple[0]),
                "{c}"
            );
            assert!(!alike.contains_key(c), "{c}");
        }
    }
}
