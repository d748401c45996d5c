//! An article → an item: topics and entities with their reasons. A pure function of article, models and configuration
//! (invariant 5).

pub mod again;
pub mod decisions;
pub mod entities;
pub mod stories;
pub mod topics;

use crate::article::{Article, Kind};
use crate::item::{Item, ModelVersions, Topic};

/// Everything enrichment rests on besides the article.
#[derive(Debug)]
pub struct Models {
    /// What it is about.
    pub topics: topics::Classifier,
    /// Who, where, when, how much.
    pub entities: entities::Tagger,
}

impl Models {
    /// Versions, for every item.
    pub fn versions(&self) -> ModelVersions {
        ModelVersions {
            entities: self.entities.version().to_owned(),
            topics: self.topics.version().to_owned(),
        }
    }
}

/// Enriches one article.
pub fn enrich(article: &Article, models: &Models) -> Item {
    let text = (article.headline.as_str(), article.body.as_str());
    Item::new(
        article,
        topics_of(article.kind, &models.topics, text),
        models.entities.entities(article),
        models.versions(),
    )
}

/// Topics of a headline and a body. A legal notice has none, whatever its words.
pub fn topics_of(
    kind: Kind,
    topics: &topics::Classifier,
    (headline, body): (&str, &str),
) -> Vec<Topic> {
    match kind {
        Kind::Notice => Vec::new(),
        _ => topics.classify(headline, body),
    }
}
