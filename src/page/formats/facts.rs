//! What an e-paper's document says of its article beside the text: title, author, day.

use super::html;
use super::tree::{Element, Node, collapse};

/// What the head of the document, or the paper's system in a comment, says of its one article.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `<title>` and its like: the headline with the name of the paper.
    titles: Vec<String>,
    /// The headline itself.
    pub(super) title_given: String,
    /// Who wrote it.
    pub(super) author: Option<String>,
    /// When it was published.
    pub(super) date: Option<String>,
}

impl Facts {
    /// Looks through the whole document.
    pub(super) fn of(document: &Element) -> Self {
        let mut facts = Self::default();
        if let Some(title) = document.find("title").and_then(Element::words) {
            facts.titles.push(title);
        }
        let mut properties: Option<Element> = None;
        document.each(&mut |element| {
            if element.name == "meta" {
                facts.meta(element);
            }
            for node in &element.children {
                if let Node::Comment(comment) = node
                    && properties.is_none()
                    && let Some(inner) = comment.trim_start().strip_prefix("enpproperty")
                {
                    properties = Some(html::parse(inner));
                }
            }
        });
        if let Some(properties) = properties {
            let get = |name: &str| properties.find(name).and_then(Element::words);
            if let Some(title) = get("title") {
                facts.title_given.clone_from(&title);
                facts.titles.insert(0, title);
            }
            facts.author = get("author").or(facts.author);
            facts.date = get("date").or(facts.date);
        }
        facts.date = facts.date.take().filter(|d| d.chars().count() < 40);
        facts
    }

    fn meta(&mut self, meta: &Element) {
        let name = meta
            .attribute("name")
            .or_else(|| meta.attribute("property"));
        let (Some(name), Some(content)) = (name, meta.attribute("content")) else {
            return;
        };
        match name.to_ascii_lowercase().as_str() {
            "og:title" | "articletitle" => self.titles.push(collapse(content)),
            "author" => self.author = Some(collapse(content)),
            "publishdate" | "pubdate" | "article:published_time" | "date" => {
                self.date = Some(collapse(content));
            }
            _ => {}
        }
    }

    /// The line is the headline the document is titled with.
    pub(super) fn names(&self, line: &str) -> bool {
        line.chars().count() >= 4 && self.titles.iter().any(|t| t.contains(line))
    }
}
