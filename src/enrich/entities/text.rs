//! A text as the tagger sees it: one width, one form per dash and quote, code point for code point.

use super::words::Table;

/// Characters of a text, folded; the same number as in the original, so that offsets agree.
pub(super) struct Text {
    chars: Vec<char>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self {
            chars: text.chars().map(fold).collect(),
        }
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The characters of `start..end` as a string, spaces left out.
    pub(super) fn slice(&self, start: usize, end: usize) -> String {
        let chars = self.chars.get(start..end).unwrap_or_default();
        chars.iter().filter(|c| **c != ' ').collect()
    }
}

/// Full-width forms → ASCII, every dash → `-`, every middle dot → `·`, every space → ` `.
pub(super) fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\t' => ' ',
        '—' | '–' | '―' | '─' | '−' | '‐' | '‑' | '〜' => '-',
        '•' | '・' | '‧' | '∙' | '⋅' => '·',
        '“' | '”' | '„' | '「' | '」' | '『' | '』' | '″' => '"',
        '‘' | '’' | '′' => '\'',
        '○' | '◯' => '〇',
        '兩' => '两',
        _ => c,
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// With punctuation and digits.
    Print,
    /// Written down from speech, without either. It follows other habits: the model has features of its own for it,
    /// and the rules, which lean on punctuation, do not apply.
    Speech,
}

impl Manner {
    /// Speech, where there are neither punctuation nor digits in a line long enough to have some.
    pub(super) fn of(chars: &[char]) -> Self {
        let bare =
            |c: &char| matches!(c, '\u{4e00}'..='\u{9fff}' | 'a'..='z' | 'A'..='Z' | ' ' | '·');
        if chars.len() >= 6 && chars.iter().all(bare) {
            Self::Speech
        } else {
            Self::Print
        }
    }
}

/// A place in a text from which things are read one after another.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    chars: &'a [char],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(chars: &'a [char], at: usize) -> Self {
        Self { chars, at }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The character so many behind the one at the cursor.
    pub(super) fn ahead(&self, by: usize) -> Option<char> {
        self.chars.get(self.at + by).copied()
    }

    /// The character before the cursor.
    pub(super) fn before(&self) -> Option<char> {
        self.chars.get(self.at.checked_sub(1)?).copied()
    }

    /// The same text from another place.
    pub(super) fn moved(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    pub(super) fn bump(&mut self) {
        self.at += 1;
    }

    pub(super) fn sees(&self, word: &str) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let mut seen = rest.iter();
        word.chars().all(|c| seen.next() == Some(&c))
    }

    pub(super) fn sees_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sees(word))
    }

    /// Steps over `word` when it stands here.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        if seen {
            self.at += word.chars().count();
        }
        seen
    }

    /// Steps over the first of `words` that stands here: longer ones must come first.
    pub(super) fn eat_any<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        words.iter().copied().find(|word| self.eat(word))
    }

    /// Steps over the first word of `table` that stands here and gives what it means.
    pub(super) fn eat_as<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table
            .iter()
            .find(|(word, _)| self.eat(word))
            .map(|(_, meaning)| *meaning)
    }

    /// Steps over the word of `table` that stands here and gives what it means.
    pub(super) fn eat_in<T: Copy>(&mut self, table: &Table<T>) -> Option<T> {
        let (length, meaning) = table.at_start(self.chars.get(self.at..)?)?;
        self.at += length;
        Some(meaning)
    }

    /// Steps over characters that satisfy `is` and gives them.
    pub(super) fn eat_while(&mut self, is: impl Fn(char) -> bool) -> &'a [char] {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let len = rest.iter().take_while(|c| is(**c)).count();
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_every_code_point_in_its_place() {
        let text = Text::new("１２，３　“甲”—乙・丙😀");
        assert_eq!(
            text.chars().iter().collect::<String>(),
            "12,3 \"甲\"-乙·丙😀"
        );
        assert_eq!(text.slice(4, 8), "\"甲\"");
    }
}
