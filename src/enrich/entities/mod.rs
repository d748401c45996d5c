//! Who, where, when and how much.

mod pattern;
mod text;

use crate::article::Article;
use crate::article::Span;
use crate::item::{Entity, EntityKind};

/// One entity at one place of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Sort.
    pub kind: EntityKind,
    /// Where, in code points.
    pub span: Span,
    /// 0–1.
    pub score: f64,
}

/// Finds entities.
#[derive(Debug, Default)]
pub struct Tagger {}

impl Tagger {
    /// Version of rules and weights, for `enrichment.models.entities`.
    pub fn version(&self) -> &str {
        ""
    }

    /// Mentions in a text without context, in order, not overlapping: what `copydesk tag` prints.
    pub fn tag(&self, text: &str) -> Vec<Mention> {
        let text = text::Text::new(text);
        pattern::scan(text.chars())
            .into_iter()
            .map(|p| Mention {
                kind: p.kind(),
                span: p.span,
                score: 0.95,
            })
            .collect()
    }

    /// Entities of an article, each with all its mentions, resolved against source and issue date.
    pub fn entities(&self, article: &Article) -> Vec<Entity> {
        let _ = article;
        Vec::new()
    }
}
