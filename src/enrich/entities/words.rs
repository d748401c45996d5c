//! Short lists of words, asked whether one of them begins or ends at a place of a text.

/// Words with what they mean, by their first or last character.
pub(super) struct Table<T> {
    /// By the low bits of that character: where in `entries` the words begin that have it, and the next.
    starts: Vec<u16>,
    entries: Vec<(Vec<char>, T)>,
}

const BUCKETS: usize = 512;

fn bucket(c: char) -> usize {
    c as usize % BUCKETS
}

impl<T: Copy> Table<T> {
    /// To be found by their first character; of two that stand at a place the one named first is.
    pub(super) fn beginning<'w>(words: impl IntoIterator<Item = (&'w str, T)>) -> Self {
        let words = words.into_iter();
        Self::by(
            words.map(|(word, meaning)| (word.chars().collect(), meaning)),
            |word| word.first(),
        )
    }

    fn by(
        words: impl Iterator<Item = (Vec<char>, T)>,
        key: impl Fn(&[char]) -> Option<&char>,
    ) -> Self {
        let key = |word: &[char]| key(word).map_or(0, |c| bucket(*c));
        let mut entries: Vec<(Vec<char>, T)> = words.filter(|(word, _)| !word.is_empty()).collect();
        entries.sort_by_key(|(word, _)| key(word));
        let starts = (0..=BUCKETS)
            .map(|b| entries.partition_point(|(word, _)| key(word) < b))
            .map(|at| u16::try_from(at).unwrap_or(u16::MAX))
            .collect();
        Self { starts, entries }
    }

    /// Length and meaning of the word that `rest` begins with.
    #[inline]
    pub(super) fn at_start(&self, rest: &[char]) -> Option<(usize, T)> {
        let mut words = self.of(*rest.first()?)?.iter();
        let (word, meaning) = words.find(|(word, _)| rest.starts_with(word))?;
        Some((word.len(), *meaning))
    }

    /// Those that may have this character, if there are any.
    #[inline]
    fn of(&self, c: char) -> Option<&[(Vec<char>, T)]> {
        let [start, end] = *self.starts.get(bucket(c)..)?.first_chunk()?;
        self.entries.get(start.into()..end.into())
    }
}

/// Words of which the longest counts.
pub(super) struct Words(Table<()>);

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
        let words = words.split_whitespace();
        let mut words: Vec<Vec<char>> = words.map(|word| word.chars().collect()).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self(Table::by(words.into_iter().map(|word| (word, ())), key))
    }

    /// Length of the longest word that `rest` begins with.
    #[inline]
    pub(super) fn at_start(&self, rest: &[char]) -> Option<usize> {
        self.0.at_start(rest).map(|(length, ())| length)
    }

    /// Length of the longest word that `before` ends with.
    #[inline]
    pub(super) fn at_end(&self, before: &[char]) -> Option<usize> {
        let mut words = self.0.of(*before.last()?)?.iter();
        let (word, ()) = words.find(|(word, ())| before.ends_with(word))?;
        Some(word.len())
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
