//! Characters asked about one by one, for every one of a page: sets of them, and the ends of a text.

/// A set of characters of the Basic Multilingual Plane, one bit each.
pub(super) struct CharSet([u64; 1024]);

impl CharSet {
    /// The characters of a literal.
    pub(super) const fn of(chars: &str) -> Self {
        Self([0; 1024]).with(chars.as_bytes(), chars.len())
    }

    /// The characters some word of a list begins with.
    pub(super) const fn first_of(words: &[&str]) -> Self {
        let mut set = Self([0; 1024]);
        let mut at = 0;
        while at < words.len() {
            set = set.with(words[at].as_bytes(), 1);
            at += 1;
        }
        set
    }

    /// Adds the characters that begin before byte `end`. A character beyond the plane does not compile.
    const fn with(mut self, utf8: &[u8], end: usize) -> Self {
        let mut at = 0;
        while at < end {
            let lead = utf8[at] as usize;
            let (mut code, len) = match lead {
                0..0x80 => (lead, 1),
                0x80..0xe0 => (lead & 0x1f, 2),
                _ => (lead & 0x0f, 3),
            };
            let mut next = 1;
            while next < len {
                code = code << 6 | (utf8[at + next] as usize & 0x3f);
                next += 1;
            }
            assert!(lead < 0xf0, "beyond the plane");
            self.0[code / 64] |= 1 << (code % 64);
            at += len;
        }
        self
    }

    /// All of both.
    pub(super) const fn union(mut self, other: &Self) -> Self {
        let mut at = 0;
        while at < self.0.len() {
            self.0[at] |= other.0[at];
            at += 1;
        }
        self
    }

    /// Whether `c` is one of them.
    pub(super) fn contains(&self, c: char) -> bool {
        let code = u32::from(c);
        self.0
            .get((code / 64) as usize)
            .is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether `text` begins with one of them.
    pub(super) fn begins(&self, text: &str) -> bool {
        text.chars().next().is_some_and(|c| self.contains(c))
    }
}

/// The first `n` characters of `text`, or all of it.
pub(super) fn first(text: &str, n: usize) -> &str {
    // A character has a byte at least.
    if text.len() <= n {
        return text;
    }
    text.char_indices()
        .nth(n)
        .and_then(|(at, _)| text.get(..at))
        .unwrap_or(text)
}

/// The last `n` characters of `text`, or all of it.
pub(super) fn last(text: &str, n: usize) -> &str {
    if text.len() <= n {
        return text;
    }
    n.checked_sub(1)
        .map_or(Some((text.len(), ' ')), |back| {
            text.char_indices().rev().nth(back)
        })
        .and_then(|(at, _)| text.get(at..))
        .unwrap_or(text)
}

/// Whether `text` has more than `n` characters.
pub(super) fn exceeds(text: &str, n: usize) -> bool {
    // A character has one to four bytes.
    text.len() > n && (text.len() > n.saturating_mul(4) || text.chars().nth(n).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_it_was_made_of_and_nothing_else() {
        const CHARS: &str = "a~·×—“。，张鿿豈\u{ffff}";
        static SET: CharSet = CharSet::of(CHARS);
        for c in '\0'..=char::MAX {
            assert_eq!(SET.contains(c), CHARS.contains(c), "{c:?}");
        }
        static FIRST: CharSet = CharSet::first_of(&["记者", "a员", "·"]);
        for (text, begins) in [
            ("记", true),
            ("a", true),
            ("·x", true),
            ("者", false),
            ("", false),
        ] {
            assert_eq!(FIRST.begins(text), begins, "{text}");
        }
    }

    #[test]
    fn the_ends_of_a_text_are_counted_in_characters() {
        for text in ["", "a", "三", "a三😀b四", "三四五六"] {
            let chars: Vec<char> = text.chars().collect();
            for n in 0..7 {
                let kept = n.min(chars.len());
                assert!(
                    first(text, n).chars().eq(chars[..kept].iter().copied()),
                    "{text} {n}"
                );
                assert!(
                    last(text, n)
                        .chars()
                        .eq(chars[chars.len() - kept..].iter().copied()),
                    "{text} {n}"
                );
                assert_eq!(exceeds(text, n), chars.len() > n, "{text} {n}");
            }
        }
    }
}
