//! What an article is about, and which of its words say so.

use crate::item::Topic;

/// Classifies by house topic.
#[derive(Debug, Default)]
pub struct Classifier {}

impl Classifier {
    /// Version of taxonomy and weights, for `enrichment.models.topics`.
    pub fn version(&self) -> &str {
        ""
    }

    /// Topics of a text, best first, each with its evidence.
    pub fn classify(&self, headline: &str, body: &str) -> Vec<Topic> {
        let _ = (headline, body);
        Vec::new()
    }
}
