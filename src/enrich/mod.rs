//! An article → an item: topics and entities with their reasons. A pure function of article, models and configuration
//! (invariant 5).

pub mod entities;
pub mod stories;
pub mod topics;

use crate::article::{Article, Kind};
use crate::item::{Item, ModelVersions};

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
    let topics = match article.kind {
        // A legal notice has no topic, whatever its words.
        Kind::Notice => Vec::new(),
        _ => models.topics.classify(&article.headline, &article.body),
    };
    Item::new(
        article,
        topics,
        models.entities.entities(article),
        models.versions(),
    )
}
