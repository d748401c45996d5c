//! A small tree of elements that XML and HTML are read into. Its depth and its size are bounded, so that walks may recurse and no
//! file takes more memory than its own size warrants.

/// Deepest nesting read.
pub(super) const MAX_DEPTH: usize = 128;

/// Most elements of one document.
pub(super) const MAX_ELEMENTS: usize = 1_000_000;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Text, its entities decoded.
    Text(Text),
    /// A comment: some papers' systems keep an article's data in one.
    Comment(String),
}

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// As written.
    pub(super) value: String,
    /// 1-based line it begins at.
    pub(super) line: usize,
}

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Name without namespace prefix; in HTML, in lower case.
    pub(super) name: String,
    /// Attributes in order, likewise without prefix.
    pub(super) attributes: Vec<(String, String)>,
    /// What it holds.
    pub(super) children: Vec<Node>,
    /// 1-based line of its tag.
    pub(super) line: usize,
}

impl Element {
    /// Value of an attribute, unless blank.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }

    /// Its child elements.
    pub(super) fn elements(&self) -> impl DoubleEndedIterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// Its first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|e| e.name == name)
    }

    /// Its children of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |e| e.name == name)
    }

    /// The first element of that name below it, or itself.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.find_by(&|e| e.name == name)
    }

    /// The first element that passes, itself included.
    pub(super) fn find_by(&self, test: &impl Fn(&Self) -> bool) -> Option<&Self> {
        if test(self) {
            return Some(self);
        }
        self.elements().find_map(|child| child.find_by(test))
    }

    /// Every element below it and itself, parents first.
    pub(super) fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for child in self.elements() {
            child.each(visit);
        }
    }

    /// Its text on one line, white space collapsed.
    pub(super) fn text(&self) -> String {
        collapse(&self.raw_text())
    }

    /// Its text as written, white space and all.
    pub(super) fn raw_text(&self) -> String {
        let mut raw = String::new();
        self.gather(&mut raw);
        raw
    }

    /// Its text on one line, `None` when there is none.
    pub(super) fn words(&self) -> Option<String> {
        Some(self.text()).filter(|t| !t.is_empty())
    }

    fn gather(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Element(child) => {
                    child.gather(out);
                    if child.name == "br" {
                        out.push(' ');
                    }
                }
                Node::Text(text) => out.push_str(&text.value),
                Node::Comment(_) => {}
            }
        }
    }
}

/// One line of `text`: runs of white space are one space, and none between Chinese characters broken by a line's end.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = Gap::None;
    for c in text.chars() {
        gap.push(&mut out, c);
    }
    out
}

/// White space seen and not yet written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// None.
    None,
    /// Spaces.
    Space,
    /// Spaces with a line's end among them.
    Break,
}

impl Gap {
    /// Adds `c` to the line `out`.
    pub(super) fn push(&mut self, out: &mut String, c: char) {
        if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c' | '\u{a0}') {
            *self = if c == '\n' || *self == Self::Break {
                Self::Break
            } else {
                Self::Space
            };
            return;
        }
        let wanted = match self {
            Self::None => false,
            Self::Space => true,
            Self::Break => !(is_wide(c) && out.chars().next_back().is_some_and(is_wide)),
        };
        if wanted && !out.is_empty() {
            out.push(' ');
        }
        *self = Self::None;
        out.push(c);
    }
}

/// Written without spaces between words.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Puts elements together from start and end tags.
#[derive(Debug)]
pub(super) struct Builder {
    /// The open elements; the first is the document and never closed.
    open: Vec<Element>,
    count: usize,
}

impl Builder {
    /// An empty document.
    pub(super) fn new() -> Self {
        Self {
            open: vec![Element::default()],
            count: 0,
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len() - 1
    }

    /// More elements than [`MAX_ELEMENTS`].
    pub(super) fn is_full(&self) -> bool {
        self.count > MAX_ELEMENTS
    }

    /// Opens an element.
    pub(super) fn start(&mut self, element: Element) {
        self.count += 1;
        self.open.push(element);
    }

    /// Adds an element without content.
    pub(super) fn leaf(&mut self, element: Element) {
        self.count += 1;
        self.add(Node::Element(element));
    }

    /// Closes the newest element.
    pub(super) fn end(&mut self) {
        if self.open.len() > 1
            && let Some(element) = self.open.pop()
        {
            self.add(Node::Element(element));
        }
    }

    /// Adds a node to the newest element.
    pub(super) fn add(&mut self, node: Node) {
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(node);
        }
    }

    /// Adds text, to the text before it if that is the newest node.
    pub(super) fn text(&mut self, value: &str, line: usize) {
        let newest = self.open.last_mut().and_then(|p| p.children.last_mut());
        if let Some(Node::Text(text)) = newest {
            text.value.push_str(value);
        } else {
            self.add(Node::Text(Text {
                value: value.to_owned(),
                line,
            }));
        }
    }

    /// Names of the open elements, newest first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.open.iter().skip(1).rev().map(|e| e.name.as_str())
    }

    /// The document, all that is open closed.
    pub(super) fn finish(mut self) -> Element {
        while self.open.len() > 1 {
            self.end();
        }
        self.open.pop().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_as_browsers_do_and_not_put_between_chinese_characters() {
        for (raw, line) in [
            ("  a \n b  ", "a b"),
            ("春耕\n      备耕", "春耕备耕"),
            ("春耕 备耕", "春耕 备耕"),
            ("ABC\n公司", "ABC 公司"),
            ("张\u{3000}三", "张\u{3000}三"),
        ] {
            assert_eq!(collapse(raw), line, "{raw:?}");
        }
    }
}
