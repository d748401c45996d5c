//! Short lists of words, asked whether one of them begins or ends at a place of a text.

use rustc_hash::FxHashMap;

/// Words by one of their characters, the longest first.
pub(super) struct Words {
    by: FxHashMap<char, Vec<Vec<char>>>,
    seen: Chars,
}

impl Words {
    /// Words, with spaces between them, to be found by their first character.
    pub(super) fn beginning(words: &str) -> Self {
        Self::by(words, |word| word.first())
    }

    /// Words, with spaces between them, to be found by their last character.
    pub(super) fn ending(words: &str) -> Self {
        Self::by(words, |word| word.last())
    }

    fn by(words: &str, key: impl Fn(&[char]) -> Option<&char>) -> Self {
        let mut by: FxHashMap<char, Vec<Vec<char>>> = FxHashMap::default();
        for word in words.split_whitespace() {
            let word: Vec<char> = word.chars().collect();
            if let Some(key) = key(&word) {
                by.entry(*key).or_default().push(word);
            }
        }
        for words in by.values_mut() {
            words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        }
        let seen = Chars::new(by.keys().copied());
        Self { by, seen }
    }

    /// Length of the longest word that `rest` begins with.
    pub(super) fn at_start(&self, rest: &[char]) -> Option<usize> {
        let words = self.of(*rest.first()?)?;
        words
            .iter()
            .find(|word| rest.starts_with(word))
            .map(Vec::len)
    }

    /// Length of the longest word that `before` ends with.
    pub(super) fn at_end(&self, before: &[char]) -> Option<usize> {
        let words = self.of(*before.last()?)?;
        words
            .iter()
            .find(|word| before.ends_with(word))
            .map(Vec::len)
    }

    fn of(&self, c: char) -> Option<&Vec<Vec<char>>> {
        self.seen.has(c).then(|| self.by.get(&c)).flatten()
    }
}

/// A set of characters of the basic plane: one bit each.
pub(super) struct Chars {
    bits: Vec<u64>,
}

impl Chars {
    pub(super) fn new(chars: impl IntoIterator<Item = char>) -> Self {
        let mut bits = vec![0u64; 1024];
        for c in chars {
            let at = u32::from(c) as usize;
            if let Some(word) = bits.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
        Self { bits }
    }

    #[inline]
    pub(super) fn has(&self, c: char) -> bool {
        let at = u32::from(c) as usize;
        self.bits
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn the_longest_word_is_found_at_either_end() {
        let titles = Words::ending("市长 副市长 书记");
        assert_eq!(titles.at_end(&chars("昨天副市长")), Some(3));
        assert_eq!(titles.at_end(&chars("市长")), Some(2));
        assert_eq!(titles.at_end(&chars("长")), None);
        assert_eq!(titles.at_end(&[]), None);
        let verbs = Words::beginning("说 说明");
        assert_eq!(verbs.at_start(&chars("说明了")), Some(2));
        assert_eq!(verbs.at_start(&chars("说到")), Some(1));
        assert_eq!(verbs.at_start(&chars("明说")), None);
    }

    #[test]
    fn a_set_knows_its_characters_and_no_others() {
        let set = Chars::new("王李".chars());
        assert!(set.has('王') && set.has('李') && !set.has('张') && !set.has('😀'));
    }
}
