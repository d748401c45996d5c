//! A tree → the lines a reader sees, each with what its mark-up says of it.

use super::html::is_block;
use super::tree::{Element, Gap, Node};

/// What a class or a name says that a line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    #[default]
    None,
    /// 主题.
    Headline,
    /// 引题.
    Kicker,
    /// 副题.
    Deck,
    /// Author or origin.
    Byline,
    /// Text of an article.
    Content,
    /// A caption of a picture.
    Caption,
}

/// How an element is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// As its parent is.
    Inherit,
    /// In this role.
    As(Role),
    /// Not at all.
    Drop,
}

/// A printed line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Its text, white space collapsed.
    pub(super) text: String,
    /// 1-based line it begins at in the file.
    pub(super) line: usize,
    /// What it is said to be.
    pub(super) role: Role,
    /// Level of its heading, 0 for none.
    pub(super) heading: u8,
    /// All of it is bold.
    pub(super) bold: bool,
    /// How it stands out: 0 not at all, 1 centred, more for larger type.
    pub(super) size: u8,
    /// All of it is a link.
    pub(super) linked: bool,
}

/// The lines below `root`. `take` is asked for every element, `mark` for every comment: it may change the role of what follows.
pub(super) fn lines(
    root: &Element,
    take: &dyn Fn(&Element) -> Take,
    mark: &dyn Fn(&str) -> Option<Role>,
) -> Vec<Line> {
    let mut flow = Flow {
        take,
        mark,
        marked: None,
        lines: Vec::new(),
        line: Line::default(),
        gap: Gap::None,
        bold: 0,
        linked: 0,
        chars: 0,
    };
    flow.children(root, Style::default());
    flow.end_line();
    flow.lines
}

#[derive(Debug, Clone, Copy, Default)]
struct Style {
    role: Role,
    heading: u8,
    bold: bool,
    size: u8,
    linked: bool,
    verbatim: bool,
    /// In a row of a table whose cells make one line.
    row: bool,
}

struct Flow<'a> {
    take: &'a dyn Fn(&Element) -> Take,
    mark: &'a dyn Fn(&str) -> Option<Role>,
    /// Role a comment gave to what follows it.
    marked: Option<Role>,
    lines: Vec<Line>,
    line: Line,
    gap: Gap,
    bold: usize,
    linked: usize,
    chars: usize,
}

impl Flow<'_> {
    fn children(&mut self, parent: &Element, style: Style) {
        for node in &parent.children {
            match node {
                Node::Element(element) => self.element(element, style),
                Node::Text(text) => self.text(&text.value, text.line, style),
                Node::Comment(comment) => {
                    if let Some(role) = (self.mark)(comment) {
                        self.end_line();
                        self.marked = Some(role);
                    }
                }
            }
        }
    }

    fn element(&mut self, element: &Element, mut style: Style) {
        match (self.take)(element) {
            Take::Drop => {
                if is_block(&element.name) {
                    self.end_line();
                }
                return;
            }
            Take::As(role) => style.role = role,
            Take::Inherit => {}
        }
        let name = element.name.as_str();
        match name {
            "br" | "hr" => return self.end_line(),
            "b" | "strong" => style.bold = true,
            "big" => style.size = style.size.max(4),
            "center" => style.size = style.size.max(1),
            "a" => style.linked = element.attribute("href").is_some(),
            "pre" => style.verbatim = true,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                style.heading = name.bytes().last().map_or(0, |b| b - b'0');
            }
            "hl1" => style.heading = 1,
            "hl2" => style.heading = 2,
            "tr" => style.row = is_simple_row(element),
            _ => {}
        }
        style.size = style.size.max(size(element));
        if style.row && matches!(name, "td" | "th") {
            self.gap = Gap::Space;
            return self.children(element, style);
        }
        let apart = is_block(name) || is_own_block(name);
        if apart {
            self.end_line();
        }
        self.children(element, style);
        if apart {
            self.end_line();
        }
    }

    fn text(&mut self, text: &str, line: usize, style: Style) {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                if style.verbatim {
                    self.end_line();
                } else {
                    self.gap.push(&mut self.line.text, '\n');
                }
            }
            for c in part.chars() {
                let empty = self.line.text.is_empty();
                // An indent is no text.
                if empty && c == '\u{3000}' {
                    continue;
                }
                self.gap.push(&mut self.line.text, c);
                if empty && !self.line.text.is_empty() {
                    self.line.line = line + index;
                    self.line.role = self
                        .marked
                        .filter(|_| style.role == Role::None)
                        .unwrap_or(style.role);
                    self.line.heading = style.heading;
                    self.line.size = style.size;
                }
                if !c.is_whitespace() {
                    self.chars += 1;
                    self.bold += usize::from(style.bold);
                    self.linked += usize::from(style.linked);
                }
            }
        }
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        line.text.truncate(line.text.trim_end().len());
        line.bold = self.chars > 0 && self.bold == self.chars;
        line.linked = self.chars > 0 && self.linked == self.chars;
        (self.chars, self.bold, self.linked, self.gap) = (0, 0, 0, Gap::None);
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }
}

/// Blocks that HTML does not know: NITF's, and those of papers' own systems.
fn is_own_block(name: &str) -> bool {
    matches!(
        name,
        "block" | "hl1" | "hl2" | "hedline" | "byline" | "abstract" | "bq" | "fn" | "nitf-table"
    ) || name.starts_with("body.")
        || name.contains('-')
}

/// How an element's attributes make its text stand out, as [`Line::size`]; `<font size>` is taken as it is, and pixels or points
/// are brought to the same scale.
fn size(element: &Element) -> u8 {
    let style = element
        .attribute("style")
        .unwrap_or_default()
        .replace(' ', "");
    let named = element
        .attribute("align")
        .is_some_and(|a| a.eq_ignore_ascii_case("center") && element.name != "table");
    let centred = u8::from(named || style.contains("text-align:center"));
    let font = element.attribute("size").filter(|_| element.name == "font");
    let font = match font.map(|f| (f.starts_with('+'), f.trim_start_matches('+').parse::<u8>())) {
        Some((true, Ok(more))) if more > 0 => more.saturating_add(3),
        Some((false, Ok(size))) if size > 3 => size,
        _ => 0,
    };
    let styled = style.split_once("font-size:").map_or(0, |(_, rest)| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u16 = rest.get(..digits).and_then(|d| d.parse().ok()).unwrap_or(0);
        let unit = rest.get(digits..).unwrap_or_default();
        let pixels = if unit.starts_with("pt") {
            number.saturating_mul(4) / 3
        } else {
            number
        };
        if (18..200).contains(&pixels) && unit.starts_with('p') {
            u8::try_from(pixels / 5).unwrap_or(0)
        } else {
            0
        }
    });
    centred.max(font.min(40)).max(styled)
}

/// A row whose cells hold no blocks: data, not layout. Looks no further than the first block.
fn is_simple_row(row: &Element) -> bool {
    row.elements().count() > 1
        && row.elements().all(|cell| {
            cell.find_by(&|e| {
                e.name != "td" && e.name != "th" && (is_block(&e.name) || e.name == "br")
            })
            .is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::super::html;
    use super::*;

    fn read(text: &str) -> Vec<(String, bool)> {
        lines(&html::parse(text), &|_| Take::Inherit, &|_| None)
            .into_iter()
            .map(|l| (l.text, l.bold))
            .collect()
    }

    #[test]
    fn paragraphs_breaks_rows_and_indents() {
        for (text, want) in [
            (
                "<p>　　一\n二</p><p>三",
                vec![("一二", false), ("三", false)],
            ),
            (
                "一<br>&nbsp;&nbsp;二<br/><br/>三",
                vec![("一", false), ("二", false), ("三", false)],
            ),
            (
                "<b>一</b><div>二<b>三</b></div>",
                vec![("一", true), ("二三", false)],
            ),
            (
                "<table><tr><td>张三</td><td>1</td></tr><tr><td>李四</td><td>2</td></tr></table>",
                vec![("张三 1", false), ("李四 2", false)],
            ),
            (
                "<table><tr><td><p>一</p></td><td>二</td></tr></table>",
                vec![("一", false), ("二", false)],
            ),
            ("<pre>一\n二</pre>", vec![("一", false), ("二", false)]),
        ] {
            let want: Vec<_> = want.into_iter().map(|(t, b)| (t.to_owned(), b)).collect();
            assert_eq!(read(text), want, "{text}");
        }
    }
}
