//! The event subscribers receive: structured CloudEvents 1.0 JSON with an [`Item`] as data.

use crate::article::{Article, Byline, PubStatus};
use crate::item::Entity;
use crate::item::{
    Action, AltId, Enrichment, EntityKind, InfoSource, Item, ModelVersions, Named, NewsItem,
    Quality, Subject, Text, TextRef, Topic,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// `type` of every event.
pub const EVENT_TYPE: &str = "copydesk.item.v1";
/// Content type of the messages.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// A CloudEvent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// `1.0`
    #[schemars(extend("const" = "1.0"))]
    pub specversion: String,
    /// `<article id>.<revision>`
    pub id: String,
    /// `urn:copydesk:<source>`
    pub source: String,
    /// `copydesk.item.v1`
    #[schemars(extend("const" = EVENT_TYPE))]
    pub r#type: String,
    /// The article's id.
    pub subject: String,
    /// RFC 3339 time of this revision.
    pub time: String,
    /// `application/json`
    #[schemars(extend("const" = "application/json"))]
    pub datacontenttype: String,
    /// The article's id: what must stay in order.
    pub partitionkey: String,
    /// W3C trace context of the article's way through the roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The item.
    pub data: Item,
}

/// A CloudEvent about a source: it is quiet against its habit, or heard of again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceEvent {
    /// `1.0`
    #[schemars(extend("const" = "1.0"))]
    pub specversion: String,
    /// `<source>.<what>.<time>`
    pub id: String,
    /// `urn:copydesk:<source>`
    pub source: String,
    /// `copydesk.source.quiet.v1`, `copydesk.source.resumed.v1`
    pub r#type: String,
    /// The source's name.
    pub subject: String,
    /// RFC 3339.
    pub time: String,
    /// `application/json`
    #[schemars(extend("const" = "application/json"))]
    pub datacontenttype: String,
    /// The rest.
    pub data: SourceData,
}

/// What is known of a source. Times are RFC 3339, UTC, with milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceData {
    /// Its name.
    pub source: String,
    /// When it was awaited in vain; none when it is heard of again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// When it was heard of last.
    pub last: String,
}

impl SourceEvent {
    /// Quiet where it was `expected`, else heard of again.
    pub fn new(source: &str, time: &str, expected: Option<String>, last: String) -> Self {
        let data = SourceData {
            source: source.to_owned(),
            expected,
            last,
        };
        let what = if data.expected.is_some() {
            "quiet"
        } else {
            "resumed"
        };
        Self {
            specversion: "1.0".into(),
            id: format!("{source}.{what}.{time}"),
            source: format!("urn:copydesk:{source}"),
            r#type: format!("copydesk.source.{what}.v1"),
            subject: source.to_owned(),
            time: time.to_owned(),
            datacontenttype: "application/json".into(),
            data,
        }
    }

    /// Whether the source is quiet.
    pub fn is_quiet(&self) -> bool {
        self.data.expected.is_some()
    }

    /// The last token of its subject: `quiet`, `resumed`.
    pub fn what(&self) -> &'static str {
        if self.is_quiet() { "quiet" } else { "resumed" }
    }
}

impl Event {
    /// Puts a revision of an item into its envelope. `time` and `first` are RFC 3339.
    pub fn new(
        mut item: Item,
        revision: u32,
        mut action: Action,
        time: &str,
        first: &str,
        traceparent: Option<String>,
    ) -> Self {
        // The agency's kill is a kill here, whatever came before.
        if item.item.pub_status == PubStatus::Canceled.as_str() {
            action = Action::Kill;
        }
        item.enrichment.revision = revision;
        item.enrichment.action = action;
        item.item.version = revision.to_string();
        item.item.version_created = Some(time.to_owned());
        item.item.first_created = Some(first.to_owned());
        if action == Action::Kill {
            item.item.pub_status = PubStatus::Canceled.as_str().into();
        }
        let id = item.enrichment.id.clone();
        Self {
            specversion: "1.0".into(),
            id: format!("{id}.{revision}"),
            source: format!("urn:copydesk:{}", item.enrichment.source_name),
            r#type: EVENT_TYPE.into(),
            subject: id.clone(),
            time: time.to_owned(),
            datacontenttype: "application/json".into(),
            partitionkey: id,
            traceparent,
            data: item,
        }
    }
}

impl Item {
    /// An article with its topics and entities as an item, revision 1, not yet dated.
    pub fn new(
        article: &Article,
        topics: Vec<Topic>,
        entities: Vec<Entity>,
        models: ModelVersions,
    ) -> Self {
        let headlines = [
            ("kicker", article.kicker.as_deref()),
            ("main", Some(article.headline.as_str())),
            ("deck", article.deck.as_deref()),
        ]
        .into_iter()
        .filter_map(|(role, value)| value.filter(|v| !v.is_empty()).map(|v| text(role, v)))
        .collect();
        let external = article.external.clone().unwrap_or_default();
        let item = NewsItem {
            uri: format!("urn:copydesk:{}", article.id),
            r#type: if article.kind == crate::article::Kind::Photo {
                "picture"
            } else {
                "text"
            }
            .into(),
            representation_type: if article.is_whole() {
                "full"
            } else {
                "partial"
            }
            .into(),
            version: "1".into(),
            // A paper is dated by its day only.
            content_created: external
                .content_created
                .or_else(|| Some(format!("{}T00:00:00+08:00", article.issue.date?))),
            pub_status: external.status.as_str().into(),
            embargoed_until: external.embargoed_until,
            ed_note: external.signal,
            urgency: 5,
            language: external.language.unwrap_or_else(|| "zh-Hans".into()),
            title: title(article),
            by: article
                .byline
                .as_ref()
                .map(by_line)
                .filter(|s| !s.is_empty()),
            located: article.byline.as_ref().and_then(|b| b.place.clone()),
            headlines,
            bodies: vec![text("main", &article.body)],
            subjects: subjects(&topics, &models.topics),
            people: named(&entities, EntityKind::Person),
            organisations: named(&entities, EntityKind::Organisation),
            places: named(&entities, EntityKind::Place),
            info_sources: info_sources(article),
            alt_ids: alt_ids(article),
            ..NewsItem::default()
        };
        let enrichment = Enrichment {
            id: article.id.clone(),
            revision: 1,
            action: Action::Publish,
            reason: None,
            story: article.id.clone(),
            elder: None,
            source_name: article.source.name.clone(),
            kind: article.kind,
            issue: article.issue.clone(),
            byline: article.byline.clone(),
            slogan: article.slogan.clone(),
            subheads: article.subheads.clone(),
            sections: article.sections.clone(),
            continuation: article.continuation.clone(),
            source: article.origin.clone(),
            text: TextRef {
                unit: "codepoint".into(),
                r#ref: "bodies[0].value".into(),
                sha256: sha256_hex(article.body.as_bytes()),
            },
            topics,
            decisions: Vec::new(),
            entities,
            quality: Quality {
                flags: article.flags.clone(),
            },
            models,
        };
        Self { item, enrichment }
    }

    /// Gives it other topics, in the ninjs item as well.
    pub fn set_topics(&mut self, topics: Vec<Topic>) {
        self.item.subjects = subjects(&topics, &self.enrichment.models.topics);
        self.enrichment.topics = topics;
    }
}

fn text(role: &str, value: &str) -> Text {
    Text {
        role: role.into(),
        content_type: "text/plain".into(),
        value: value.into(),
    }
}

/// The headline, or the first words of a piece without one.
fn title(article: &Article) -> String {
    if !article.headline.is_empty() {
        return article.headline.clone();
    }
    let end_of_words = |c: char| matches!(c, '\n' | '。' | ',' | '，' | '！' | '？');
    let words: String = article
        .body
        .chars()
        .take_while(|c| !end_of_words(*c))
        .take(40)
        .collect();
    if words.is_empty() {
        article.id.clone()
    } else {
        words
    }
}

fn by_line(byline: &Byline) -> String {
    let mut line = byline.paper.clone().unwrap_or_default();
    let mut role = "";
    for person in &byline.people {
        if person.role != role {
            role = &person.role;
            if line.ends_with(|c: char| !c.is_whitespace())
                && line.len() > byline.paper.as_deref().map_or(0, str::len)
            {
                line.push(' ');
            }
            line.push_str(role);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&person.name);
    }
    line
}

fn subjects(topics: &[Topic], model: &str) -> Vec<Subject> {
    topics
        .iter()
        .flat_map(|topic| topic_subjects(topic, topic.by.as_deref().unwrap_or(model)))
        .collect()
}

fn topic_subjects(topic: &Topic, creator: &str) -> impl Iterator<Item = Subject> + use<> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=100"
    )]
    let percent = (topic.score * 100.0).round().clamp(0.0, 100.0) as u8;
    let subject = |rel: &str, uri: Option<String>, literal: String| Subject {
        name: topic.name.clone(),
        rel: rel.into(),
        uri,
        literal,
        creator: creator.to_owned(),
        relevance: percent,
        confidence: percent,
    };
    let medtop = topic.mediatopic.as_ref().map(|code| {
        subject(
            "about",
            Some(format!("http://cv.iptc.org/newscodes/mediatopic/{code}")),
            format!("medtop:{code}"),
        )
    });
    medtop
        .into_iter()
        .chain([subject("house-topic", None, topic.id.clone())])
}

fn named(entities: &[Entity], kind: EntityKind) -> Vec<Named> {
    entities
        .iter()
        .filter(|e| e.kind == kind)
        .map(|e| Named {
            name: e.name.clone(),
            rel: "mentions".into(),
            uri: e
                .code
                .as_ref()
                .map(|c| format!("urn:cn:gbt2260:{}", c.value)),
            literal: e
                .code
                .as_ref()
                .map_or_else(|| e.key.clone(), |c| c.value.clone()),
        })
        .collect()
}

fn info_sources(article: &Article) -> Vec<InfoSource> {
    let paper = (!article.source.title.is_empty()).then(|| InfoSource {
        name: article.source.title.clone(),
        role: "publisher".into(),
        literal: article.source.name.clone(),
    });
    let people = article
        .byline
        .iter()
        .flat_map(|b| &b.people)
        .map(|p| InfoSource {
            name: p.name.clone(),
            role: "contributor".into(),
            literal: p.role.clone(),
        });
    paper.into_iter().chain(people).collect()
}

fn alt_ids(article: &Article) -> Vec<AltId> {
    let id = |role: &str, value: String| AltId {
        role: role.into(),
        value,
    };
    let lines: Vec<String> = article
        .origin
        .lines
        .iter()
        .map(|[from, to]| format!("{from}-{to}"))
        .collect();
    let external = article.external.as_ref();
    let sent = |role: &str, value: Option<&String>| value.map(|v| id(role, v.clone()));
    [
        id("sourceFile", article.origin.file.clone()),
        id("sourceLines", lines.join(",")),
        id("contentHash", format!("sha256:{}", article.content_hash())),
    ]
    .into_iter()
    .chain(sent("agencyId", external.and_then(|e| e.uri.as_ref())))
    .chain(sent(
        "agencyVersion",
        external.and_then(|e| e.version.as_ref()),
    ))
    .collect()
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
