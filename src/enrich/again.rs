//! An archived item enriched again: the article is in it, and only what models say is replaced.

use super::{Models, decisions, enrich};
use crate::article::{Article, External, PubStatus, Source};
use crate::item::{Entity, Item, Topic};

/// Scores nearer to each other than this say the same.
const SAME: f64 = 0.05;

/// The item as these models see it, its decisions laid over; `None` when a reader would see no difference. `source` is
/// what the configuration knows of its paper.
pub fn again(item: &Item, source: Option<Source>, models: &Models) -> Option<Item> {
    if item.enrichment.models == models.versions() && item.enrichment.decisions.is_empty() {
        return None;
    }
    let seen = enrich(&article(item, source), models);
    let mut fresh = item.clone();
    fresh.item.people = seen.item.people;
    fresh.item.organisations = seen.item.organisations;
    fresh.item.places = seen.item.places;
    fresh.enrichment.entities = seen.enrichment.entities;
    fresh.enrichment.topics = seen.enrichment.topics;
    fresh.enrichment.models = seen.enrichment.models;
    decisions::apply(
        &mut fresh,
        item.enrichment.decisions.clone(),
        &models.topics,
    );
    let (old, new) = (&item.enrichment, &fresh.enrichment);
    let same = same_topics(&old.topics, &new.topics) && same_entities(&old.entities, &new.entities);
    (!same).then_some(fresh)
}

/// What becomes of an item's topics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change<'a> {
    /// It has them now.
    pub gained: Vec<&'a Topic>,
    /// It had them.
    pub lost: Vec<&'a Topic>,
}

impl<'a> Change<'a> {
    /// From `old` to `new`.
    pub fn between(old: &'a [Topic], new: &'a [Topic]) -> Self {
        let without = |these: &'a [Topic], those: &[Topic]| {
            let missing = |t: &&Topic| those.iter().all(|o| o.id != t.id);
            these.iter().filter(missing).collect()
        };
        Self {
            gained: without(new, old),
            lost: without(old, new),
        }
    }
}

fn same_topics(old: &[Topic], new: &[Topic]) -> bool {
    let same = |a: &Topic, b: &Topic| {
        (&a.id, &a.name, &a.mediatopic, &a.by) == (&b.id, &b.name, &b.mediatopic, &b.by)
            && (a.score - b.score).abs() < SAME
    };
    old.len() == new.len() && old.iter().all(|a| new.iter().any(|b| same(a, b)))
}

fn same_entities(old: &[Entity], new: &[Entity]) -> bool {
    let same = |(a, b): (&Entity, &Entity)| {
        let scored_alike = Entity {
            score: a.score,
            ..b.clone()
        };
        *a == scored_alike
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

/// The article an item was made from.
pub fn article(item: &Item, source: Option<Source>) -> Article {
    let (news, known) = (&item.item, &item.enrichment);
    let head = |role: &str| {
        let head = news.headlines.iter().find(|h| h.role == role);
        head.map(|h| h.value.clone())
    };
    let agency = |role: &str| {
        let id = news.alt_ids.iter().find(|id| id.role == role);
        id.map(|id| id.value.clone())
    };
    let publisher = news.info_sources.iter().find(|s| s.role == "publisher");
    let external = External {
        uri: agency("agencyId"),
        version: agency("agencyVersion"),
        content_created: agency("agencyId").and_then(|_| news.content_created.clone()),
        status: [PubStatus::Withheld, PubStatus::Canceled]
            .into_iter()
            .find(|s| s.as_str() == news.pub_status)
            .unwrap_or_default(),
        embargoed_until: news.embargoed_until.clone(),
        signal: news.ed_note.clone(),
        language: (news.language != "zh-Hans").then(|| news.language.clone()),
    };
    Article {
        id: known.id.clone(),
        source: source.unwrap_or_else(|| Source {
            title: publisher.map(|p| p.name.clone()).unwrap_or_default(),
            ..Source::named(&known.source_name)
        }),
        kind: known.kind,
        issue: known.issue.clone(),
        headline: item.headline().to_owned(),
        kicker: head("kicker"),
        deck: head("deck"),
        slogan: known.slogan.clone(),
        byline: known.byline.clone(),
        body: item.body().to_owned(),
        subheads: known.subheads.clone(),
        sections: known.sections.clone(),
        continuation: known.continuation.clone(),
        external: (external != External::default()).then_some(external),
        origin: known.source.clone(),
        flags: known.quality.flags.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Origin;
    use crate::config::Config;
    use crate::enrich::topics::{Classifier, EMBEDDED, TopicsConfig};

    fn sample() -> (Vec<Article>, Source) {
        let source = Source {
            title: "汝水日报".into(),
            home: Some("361000".into()),
            ..Source::named("rsrb")
        };
        let text = include_bytes!("../../samples/rsrb/20250318/01.md");
        let page = crate::page::read(text, &source, &Origin::default()).unwrap();
        (page.articles, source)
    }

    #[test]
    fn the_article_is_in_the_item_and_the_same_models_change_nothing() {
        let models = Config::load(None).unwrap().models;
        let (articles, source) = sample();
        assert!(articles.len() > 5);
        for one in articles {
            let item = enrich(&one, &models);
            assert_eq!(article(&item, Some(source.clone())), one);
            let mut old = item.clone();
            old.enrichment.models.topics = "older".into();
            assert_eq!(again(&old, Some(source.clone()), &models), None);
        }
    }

    #[test]
    fn a_new_topic_is_gained_and_nothing_else_of_the_item_changes() {
        let mut models = Config::load(None).unwrap().models;
        let (articles, source) = sample();
        let items: Vec<Item> = articles.iter().map(|a| enrich(a, &models)).collect();
        let config = format!(
            "{EMBEDDED}\n[[topic]]\nid = \"reading\"\nname = \"报讯\"\ndecisive = [\"报讯\", \"记者\", \"昨日\", \"全市\", \"南城县\", \"我市\", \"群众\"]\nthreshold = 0.1\n"
        );
        models.topics = Classifier::new(&TopicsConfig::parse(&config).unwrap()).unwrap();
        let mut gained = 0;
        for item in items {
            let Some(new) = again(&item, Some(source.clone()), &models) else {
                continue;
            };
            let change = Change::between(&item.enrichment.topics, &new.enrichment.topics);
            gained += change.gained.iter().filter(|t| t.id == "reading").count();
            let mut same = new.clone();
            same.enrichment.models = item.enrichment.models.clone();
            same.set_topics(item.enrichment.topics.clone());
            assert_eq!(same, item);
        }
        assert!(gained > 0);
    }
}
