//! What people decide about an item's topics. It lies over what models say, and travels on the item from revision to
//! revision: the archive is where decisions are stored.

use super::topics::Classifier;
use crate::item::{Decision, Item, Judgement};

/// Lays decisions over the topics an item has from a model. One about a topic the taxonomy no longer names is carried
/// along without effect.
pub fn apply(item: &mut Item, decisions: Vec<Decision>, topics: &Classifier) {
    let mut given = std::mem::take(&mut item.enrichment.topics);
    for decision in &decisions {
        given.retain(|t| t.id != decision.topic);
        if decision.verdict == Judgement::Asserted {
            let (headline, body) = (item.headline(), item.body());
            given.extend(topics.set_by(headline, body, &decision.topic, &decision.by));
        }
    }
    given.sort_by(|a, b| b.score.total_cmp(&a.score));
    item.enrichment.decisions = decisions;
    item.set_topics(given);
}

/// The item after a decision, in the place of an earlier one about the same topic; `None` when it was decided so already.
pub fn decide(item: &Item, decision: &Decision, topics: &Classifier) -> Option<Item> {
    let mut decisions = item.enrichment.decisions.clone();
    let earlier = decisions.iter_mut().find(|d| d.topic == decision.topic);
    match earlier {
        Some(earlier) if earlier.verdict == decision.verdict && earlier.by == decision.by => {
            return None;
        }
        Some(earlier) => *earlier = decision.clone(),
        None => decisions.push(decision.clone()),
    }
    let mut item = item.clone();
    apply(&mut item, decisions, topics);
    Some(item)
}

/// The item without its decision about `topic`, which is the model's again; `None` when there is none.
pub fn undo(item: &Item, topic: &str, topics: &Classifier) -> Option<Item> {
    let mut item = item.clone();
    let mut decisions = std::mem::take(&mut item.enrichment.decisions);
    let place = decisions.iter().position(|d| d.topic == topic)?;
    decisions.remove(place);
    let by_model = super::topics_of(item.enrichment.kind, topics, (item.headline(), item.body()));
    let mut given = std::mem::take(&mut item.enrichment.topics);
    given.retain(|t| t.id != topic);
    given.extend(by_model.into_iter().filter(|t| t.id == topic));
    item.enrichment.topics = given;
    apply(&mut item, decisions, topics);
    Some(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Source;
    use crate::config::Config;

    fn decision(topic: &str, verdict: Judgement, by: &str) -> Decision {
        Decision {
            topic: topic.into(),
            verdict,
            by: by.into(),
            time: "2026-01-05T08:00:00.000Z".into(),
        }
    }

    fn ids(item: &Item) -> Vec<&str> {
        item.enrichment
            .topics
            .iter()
            .map(|t| t.id.as_str())
            .collect()
    }

    #[test]
    fn a_decision_stands_until_it_is_undone() {
        let models = Config::load(None).unwrap().models;
        let text = "## 再生稻迎来收割\n\n农技员在稻田里指导,种粮大户的再生稻亩产超过600斤,收割机来回穿梭。";
        let source = Source::named("desk");
        let page = crate::page::read(text.as_bytes(), &source, &Default::default()).unwrap();
        let item = super::super::enrich(&page.articles[0], &models);
        assert_eq!(ids(&item), ["agriculture"]);

        let no = decision("agriculture", Judgement::Rejected, "龚岚");
        let yes = decision("employment", Judgement::Asserted, "龚岚");
        let rejected = decide(&item, &no, &models.topics).unwrap();
        assert!(ids(&rejected).is_empty() && rejected.item.subjects.is_empty());
        assert_eq!(decide(&rejected, &no, &models.topics), None);
        let both = decide(&rejected, &yes, &models.topics).unwrap();
        assert_eq!(ids(&both), ["employment"]);
        assert_eq!(both.enrichment.topics[0].by.as_deref(), Some("龚岚"));
        assert!(both.item.subjects.iter().all(|s| s.creator == "龚岚"));
        assert_eq!(both.enrichment.decisions, [no.clone(), yes]);

        let mut again = super::super::enrich(&page.articles[0], &models);
        apply(
            &mut again,
            both.enrichment.decisions.clone(),
            &models.topics,
        );
        assert_eq!(again, both);

        let changed = decide(
            &both,
            &decision("agriculture", Judgement::Asserted, "吕闻"),
            &models.topics,
        )
        .unwrap();
        assert_eq!(changed.enrichment.decisions.len(), 2);
        assert_eq!(ids(&changed), ["agriculture", "employment"]);

        let undone = undo(&both, "employment", &models.topics).unwrap();
        let undone = undo(&undone, "agriculture", &models.topics).unwrap();
        assert_eq!(undone, item);
        assert_eq!(undo(&undone, "agriculture", &models.topics), None);
    }

    #[test]
    fn a_decision_about_a_topic_that_is_gone_is_carried_along() {
        let models = Config::load(None).unwrap().models;
        let page = crate::page::read(
            "## 题\n\n昨日,全市开展义诊。".as_bytes(),
            &Source::named("a"),
            &Default::default(),
        );
        let mut item = super::super::enrich(&page.unwrap().articles[0], &models);
        let gone = decision("heritage", Judgement::Asserted, "龚岚");
        apply(&mut item, vec![gone.clone()], &models.topics);
        assert!(!ids(&item).contains(&"heritage"));
        assert_eq!(item.enrichment.decisions, [gone]);
    }
}
