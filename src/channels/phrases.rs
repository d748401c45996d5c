//! Every phrase any channel asks for, found in one pass over a text.
//!
//! One Aho-Corasick automaton holds them all. It cannot be added to, so a phrase that came since it was built waits among
//! the recent ones, which are looked up by their first two characters, until [`Phrases::rebuild`].

use super::facts::phrase_key;
use daachorse::CharwiseDoubleArrayAhoCorasick;
use rustc_hash::FxHashMap;

/// The phrases of all channels, each counted.
#[derive(Default)]
pub(super) struct Phrases {
    known: FxHashMap<Box<str>, Uses>,
    /// Values are phrase keys.
    built: Option<CharwiseDoubleArrayAhoCorasick<u64>>,
    /// By first and second character; `'\0'` where there is no second.
    recent: FxHashMap<[char; 2], Vec<Box<str>>>,
    recently_added: usize,
}

/// How often a phrase is asked for, and whether the automaton holds it.
#[derive(Debug, Default)]
struct Uses {
    clauses: u32,
    built: bool,
}

impl Phrases {
    /// One more clause asks for a phrase, which is not empty.
    pub(super) fn add(&mut self, phrase: &str) {
        if let Some(uses) = self.known.get_mut(phrase) {
            uses.clauses += 1;
            return;
        }
        let uses = Uses {
            clauses: 1,
            built: false,
        };
        self.known.insert(phrase.into(), uses);
        self.recent
            .entry(head(phrase))
            .or_default()
            .push(phrase.into());
        self.recently_added += 1;
    }

    /// One clause fewer asks for it. The automaton forgets it when it is rebuilt.
    pub(super) fn remove(&mut self, phrase: &str) {
        let Some(uses) = self.known.get_mut(phrase) else {
            return;
        };
        uses.clauses = uses.clauses.saturating_sub(1);
        if uses.clauses > 0 || uses.built {
            return;
        }
        self.known.remove(phrase);
        self.recently_added = self.recently_added.saturating_sub(1);
        let head = head(phrase);
        if let Some(bucket) = self.recent.get_mut(&head) {
            bucket.retain(|p| **p != *phrase);
            if bucket.is_empty() {
                self.recent.remove(&head);
            }
        }
    }

    /// Phrases the automaton does not hold yet.
    pub(super) fn recent(&self) -> usize {
        self.recently_added
    }

    /// Builds the automaton anew from the phrases still asked for. Where it cannot be built (beyond four thousand million
    /// states) they all stay among the recent ones: slower, not wrong.
    pub(super) fn rebuild(&mut self) {
        self.known.retain(|_, uses| uses.clauses > 0);
        self.known.reserve(self.known.len() / 8);
        self.recent = FxHashMap::default();
        self.recently_added = 0;
        self.built = None;
        if self.known.is_empty() {
            return;
        }
        let phrases = self.known.keys().map(|p| (p, phrase_key(p)));
        self.built = CharwiseDoubleArrayAhoCorasick::with_values(phrases).ok();
        let built = self.built.is_some();
        for (phrase, uses) in &mut self.known {
            uses.built = built;
            if !built {
                self.recent
                    .entry(head(phrase))
                    .or_default()
                    .push(phrase.clone());
                self.recently_added += 1;
            }
        }
    }

    /// Calls `found` with the key and first byte of every phrase in a folded text, those of one phrase in order.
    pub(super) fn scan(&self, text: &str, mut found: impl FnMut(u64, usize)) {
        if let Some(built) = &self.built {
            for hit in built.find_overlapping_iter(text) {
                found(hit.value(), hit.start());
            }
        }
        if self.recent.is_empty() {
            return;
        }
        let mut chars = text.char_indices().peekable();
        while let Some((at, first)) = chars.next() {
            let second = chars.peek().map_or('\0', |&(_, c)| c);
            let rest = text.get(at..).unwrap_or_default();
            for head in [[first, '\0'], [first, second]]
                .iter()
                .take(1 + usize::from(second != '\0'))
            {
                let bucket = self.recent.get(head).map_or(&[][..], |b| b);
                for phrase in bucket.iter().filter(|p| rest.starts_with(&***p)) {
                    found(phrase_key(phrase), at);
                }
            }
        }
    }
}

fn head(phrase: &str) -> [char; 2] {
    let mut chars = phrase.chars();
    [chars.next().unwrap_or('\0'), chars.next().unwrap_or('\0')]
}

impl std::fmt::Debug for Phrases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phrases")
            .field("known", &self.known.len())
            .field("recent", &self.recently_added)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &Phrases, text: &str) -> Vec<(u64, usize)> {
        let mut found = Vec::new();
        phrases.scan(text, |key, at| found.push((key, at)));
        found.sort_unstable();
        found
    }

    #[test]
    fn the_same_is_found_before_and_after_rebuilding() {
        let mut phrases = Phrases::default();
        for phrase in ["农", "农业", "设施农业", "业园", "a"] {
            phrases.add(phrase);
        }
        let text = "设施农业园 农a";
        let before = found(&phrases, text);
        assert_eq!(before.len(), 6);
        phrases.rebuild();
        assert_eq!(phrases.recent(), 0);
        assert_eq!(found(&phrases, text), before);
    }

    #[test]
    fn a_phrase_stays_as_long_as_one_clause_asks_for_it() {
        let mut phrases = Phrases::default();
        phrases.add("农业");
        phrases.rebuild();
        phrases.add("农业");
        phrases.add("春耕");
        phrases.remove("农业");
        phrases.remove("春耕");
        assert_eq!(
            (phrases.recent(), found(&phrases, "春耕农业").len()),
            (0, 1)
        );
        phrases.remove("农业");
        phrases.rebuild();
        assert_eq!(found(&phrases, "春耕农业"), []);
    }
}
