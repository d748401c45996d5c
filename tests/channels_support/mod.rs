//! Items and vocabulary for tests of the channels, built by hand.

#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

pub mod any_item;
pub mod generate;

use copydesk::article::{ArticleOrigin, Byline, Contributor, DateFrom, Flag, Issue, Kind, Span};
use copydesk::channels::{TopicName, Vocabulary};
use copydesk::item::{
    Action, Code, Enrichment, Entity, EntityKind, Evidence, Field, Item, ModelVersions, Money,
    NewsItem, Quality, Text, TextRef, Topic, Value,
};

/// House topics; `agriculture` and `investment` lie in `economy`.
pub fn vocabulary() -> Vocabulary {
    let topic = |id: &str, name: &str, parents: &[&str]| TopicName {
        id: id.into(),
        name: name.into(),
        parents: parents.iter().map(|&p| p.into()).collect(),
    };
    Vocabulary {
        topics: vec![
            topic("economy", "经济", &[]),
            topic("agriculture", "农业", &["economy"]),
            topic("investment", "招商引资", &["economy"]),
            topic("volunteers", "志愿服务", &[]),
            topic("sport", "体育", &[]),
        ],
        sources: vec!["zzrb".into(), "xtwb".into()],
    }
}

/// An item without anything; every method adds one thing.
pub struct Builder(Item);

pub fn item() -> Builder {
    Builder(Item {
        item: NewsItem {
            pub_status: "usable".into(),
            urgency: 5,
            ..NewsItem::default()
        },
        enrichment: Enrichment {
            id: "zzrb-20240105-02-aaaaaaaa".into(),
            revision: 1,
            action: Action::Publish,
            reason: None,
            story: String::new(),
            elder: None,
            source_name: "zzrb".into(),
            kind: Kind::News,
            issue: Issue {
                date: "2024-01-05".parse().ok(),
                page: Some("02".into()),
                date_from: DateFrom::Path,
                evidence: Vec::new(),
            },
            byline: None,
            slogan: None,
            subheads: Vec::new(),
            sections: Vec::new(),
            continuation: None,
            source: ArticleOrigin::default(),
            text: TextRef {
                unit: "codepoint".into(),
                r#ref: "bodies[0].value".into(),
                sha256: String::new(),
            },
            topics: Vec::new(),
            decisions: Vec::new(),
            entities: Vec::new(),
            quality: Quality::default(),
            models: ModelVersions::default(),
        },
    })
}

impl Builder {
    pub fn build(self) -> Item {
        self.0
    }

    fn text(role: &str, value: &str) -> Text {
        Text {
            role: role.into(),
            content_type: "text/plain".into(),
            value: value.into(),
        }
    }

    pub fn headline(self, value: &str) -> Self {
        self.heading("main", value)
    }

    pub fn heading(mut self, role: &str, value: &str) -> Self {
        self.0.item.headlines.push(Self::text(role, value));
        self
    }

    pub fn body(mut self, value: &str) -> Self {
        self.0.item.bodies = vec![Self::text("main", value)];
        self
    }

    pub fn topic(mut self, id: &str, score: f64) -> Self {
        let evidence = find(self.0.headline(), id).map(|span| Evidence {
            term: id.into(),
            r#in: Field::Headline,
            span,
            weight: 1.0,
        });
        self.0.enrichment.topics.push(Topic {
            by: None,
            id: id.into(),
            mediatopic: None,
            name: String::new(),
            score,
            evidence: evidence.into_iter().collect(),
        });
        self
    }

    /// An entity mentioned wherever its name stands in the body.
    pub fn entity(mut self, kind: EntityKind, name: &str) -> Self {
        let mentions = find(self.0.body(), name).into_iter().collect();
        self.0.enrichment.entities.push(Entity {
            kind,
            name: name.into(),
            key: format!("{}:{name}", kind.as_str()),
            role: None,
            org: None,
            code: None,
            value: None,
            score: 0.9,
            mentions,
        });
        self
    }

    fn last(mut self, change: impl FnOnce(&mut Entity)) -> Self {
        self.0.enrichment.entities.last_mut().map(change);
        self
    }

    pub fn person(self, name: &str) -> Self {
        self.entity(EntityKind::Person, name)
    }

    pub fn org(self, name: &str) -> Self {
        self.entity(EntityKind::Organisation, name)
    }

    pub fn place(self, name: &str, code: &str) -> Self {
        self.entity(EntityKind::Place, name).last(|e| {
            e.code = Some(Code {
                scheme: "GB/T 2260".into(),
                value: code.into(),
            });
        })
    }

    pub fn money(self, amount: &str, scale: u64, to: Option<&str>) -> Self {
        self.entity(EntityKind::Money, amount).last(|e| {
            e.value = Some(Value::Money(Money {
                amount: amount.into(),
                scale,
                currency: "CNY".into(),
                to: to.map(Into::into),
                bound: None,
            }));
        })
    }

    /// Another form under which the last entity stands in the body.
    pub fn also(mut self, form: &str) -> Self {
        let span = find(self.0.body(), form);
        self = self.last(|e| e.mentions.extend(span));
        self
    }

    pub fn scored(self, score: f64) -> Self {
        self.last(|e| e.score = score)
    }

    pub fn kind(mut self, kind: Kind) -> Self {
        self.0.enrichment.kind = kind;
        self
    }

    pub fn source(mut self, name: &str) -> Self {
        self.0.enrichment.source_name = name.into();
        self
    }

    pub fn page(mut self, page: &str) -> Self {
        self.0.enrichment.issue.page = Some(page.into());
        self
    }

    pub fn date(mut self, date: Option<&str>) -> Self {
        self.0.enrichment.issue.date = date.map(|d| d.parse().unwrap());
        self
    }

    pub fn status(mut self, status: &str) -> Self {
        self.0.item.pub_status = status.into();
        self
    }

    pub fn urgency(mut self, urgency: u8) -> Self {
        self.0.item.urgency = urgency;
        self
    }

    pub fn slogan(mut self, slogan: &str) -> Self {
        self.0.enrichment.slogan = Some(slogan.into());
        self
    }

    pub fn flag(mut self, code: &str) -> Self {
        self.0.enrichment.quality.flags.push(Flag {
            code: code.into(),
            span: None,
            note: String::new(),
        });
        self
    }

    pub fn byline(mut self, raw: &str, names: &[&str]) -> Self {
        let people = names.iter().map(|&name| Contributor {
            name: name.into(),
            role: String::new(),
            org: None,
        });
        self.0.enrichment.byline = Some(Byline {
            raw: raw.into(),
            people: people.collect(),
            ..Byline::default()
        });
        self
    }
}

/// First place of `part` in `text`, code points.
pub fn find(text: &str, part: &str) -> Option<Span> {
    let start = text.get(..text.find(part)?)?.chars().count();
    Some(Span::new(start, start + part.chars().count()))
}
