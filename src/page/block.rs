//! Text → blocks: one per printed line, its Markdown marks read and taken off.

/// How the page marks a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `#` to `######`: 1 to 6.
    Heading(u8),
    /// Bold from end to end.
    Bold,
    /// Nothing.
    Plain,
}

/// One line that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// 1-based line in the file.
    pub(super) line: usize,
    /// The last of its lines, where several were joined.
    pub(super) last: usize,
    /// Its mark.
    pub(super) mark: Mark,
    /// Its text without marks.
    pub(super) text: String,
    /// Bytes of `text` that were bold at its start; 0 when none were.
    pub(super) bold: usize,
    /// Blank lines above it.
    pub(super) gap: usize,
    /// It was an item of a list.
    pub(super) bullet: bool,
    /// Its marks did not pair.
    pub(super) unbalanced: bool,
}

impl Block {
    /// Marked as a heading.
    pub(super) fn level(&self) -> Option<u8> {
        match self.mark {
            Mark::Heading(level) => Some(level),
            _ => None,
        }
    }
}

/// All blocks of a text, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut gap = 0;
    for (index, raw) in text.split('\n').enumerate() {
        match block(index + 1, gap, raw) {
            Some(block) => {
                gap = 0;
                out.push(block);
            }
            None => gap += 1,
        }
    }
    out
}

/// White space, and what is invisible in print.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

fn block(line: usize, gap: usize, raw: &str) -> Option<Block> {
    let mut rest = raw.trim_matches(is_blank);
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    let mut mark = Mark::Plain;
    if (1..=6).contains(&hashes) {
        mark = Mark::Heading(u8::try_from(hashes).unwrap_or(6));
        rest = rest
            .trim_start_matches('#')
            .trim_end_matches('#')
            .trim_matches(is_blank);
    }
    let mut bullet = false;
    if mark == Mark::Plain {
        while let Some(item) = strip_bullet(rest) {
            rest = item.trim_start_matches(is_blank);
            bullet = true;
        }
    }
    let stars = if rest.contains('*') {
        rest.matches("**").count()
    } else {
        0
    };
    let unbalanced = stars % 2 == 1;
    let mut bold = 0;
    let text = if stars == 0 {
        rest.to_owned()
    } else {
        // A list item whose bullet swallowed the opening mark has only the closing one.
        let opened = rest.starts_with("**") || unbalanced;
        let inner = rest.strip_prefix("**").unwrap_or(rest);
        let (head, tail) = inner.split_once("**").unwrap_or((inner, ""));
        if opened {
            bold = head.trim_end_matches(is_blank).len();
        }
        if mark == Mark::Plain && opened && tail.chars().all(is_blank) && !head.is_empty() {
            mark = Mark::Bold;
        }
        inner.replace("**", "").trim_matches(is_blank).to_owned()
    };
    if text.is_empty() {
        return None;
    }
    let bold = if text.is_char_boundary(bold) { bold } else { 0 };
    Some(Block {
        line,
        last: line,
        mark,
        text,
        bold,
        gap,
        bullet,
        unbalanced,
    })
}

/// What follows a list marker: `- `, `* `, `+ `, `> `.
fn strip_bullet(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(['-', '*', '+', '>'])?;
    rest.starts_with(is_blank).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(raw: &str) -> (Mark, String, usize, bool, bool) {
        let b = blocks(raw).remove(0);
        (b.mark, b.text, b.bold, b.bullet, b.unbalanced)
    }

    #[test]
    fn marks_are_read_and_taken_off() {
        let cases = [
            ("## 春耕忙 ##", Mark::Heading(2), "春耕忙", 0, false, false),
            ("#春耕忙", Mark::Heading(1), "春耕忙", 0, false, false),
            ("**【事】**", Mark::Bold, "【事】", 9, false, false),
            (
                "**本报讯** 昨日",
                Mark::Plain,
                "本报讯 昨日",
                9,
                false,
                false,
            ),
            (
                "- ◀◀上接01版②** 平台",
                Mark::Plain,
                "◀◀上接01版② 平台",
                20,
                true,
                true,
            ),
            ("- 聚力合作**", Mark::Bold, "聚力合作", 12, true, true),
            ("　　昨日", Mark::Plain, "昨日", 0, false, false),
            ("## **春耕**", Mark::Heading(2), "春耕", 6, false, false),
            (
                "增长**10%**以上",
                Mark::Plain,
                "增长10%以上",
                0,
                false,
                false,
            ),
        ];
        for (raw, mark, text, bold, bullet, unbalanced) in cases {
            assert_eq!(
                one(raw),
                (mark, text.to_owned(), bold, bullet, unbalanced),
                "{raw}"
            );
        }
    }

    #[test]
    fn lines_and_gaps_are_counted() {
        let got: Vec<_> = blocks("一\n\n\n二\n**\n三")
            .iter()
            .map(|b| (b.line, b.gap))
            .collect();
        assert_eq!(got, [(1, 0), (4, 2), (6, 1)]);
    }
}
