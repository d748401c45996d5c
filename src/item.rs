//! An article enriched: `data` of every event, a valid ninjs 3.0 item with the enrichment as its sibling.

use crate::article::{
    ArticleOrigin, Byline, Continuation, Flag, Issue, Kind, Section, Span, Subhead,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What subscribers receive as `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The ninjs 3.0 item.
    pub item: NewsItem,
    /// What copydesk knows beyond it.
    pub enrichment: Enrichment,
}

impl Item {
    /// Main headline, empty when it has none.
    pub fn headline(&self) -> &str {
        self.item
            .headlines
            .iter()
            .find(|h| h.role == "main")
            .map_or("", |h| h.value.as_str())
    }

    /// Main body: paragraphs joined by `\n`.
    pub fn body(&self) -> &str {
        self.item.bodies.first().map_or("", |b| b.value.as_str())
    }
}

/// ninjs 3.0, the properties copydesk fills.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewsItem {
    /// `urn:copydesk:<id>`.
    pub uri: String,
    /// `text`, or `picture` for a photo caption.
    pub r#type: String,
    /// `full` or `partial`.
    pub representation_type: String,
    /// Revision, as a string.
    pub version: String,
    /// RFC 3339 time of this revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_created: Option<String>,
    /// RFC 3339 time of revision 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_created: Option<String>,
    /// Issue date at midnight, +08:00; absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_created: Option<String>,
    /// usable, withheld or canceled.
    pub pub_status: String,
    /// Not to be published before: RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargoed_until: Option<String>,
    /// The agency's signals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ed_note: Option<String>,
    /// 1 (most) to 9.
    pub urgency: u8,
    /// `zh-Hans`, or what the agency says.
    pub language: String,
    /// The headline, or the first words of an untitled piece.
    pub title: String,
    /// The byline in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Place of the dateline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<String>,
    /// main, kicker, deck.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headlines: Vec<Text>,
    /// One, of role main.
    pub bodies: Vec<Text>,
    /// Topics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// Persons named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Named>,
    /// Organisations named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<Named>,
    /// Places named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Named>,
    /// Paper and contributors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub info_sources: Vec<InfoSource>,
    /// Source file, its lines, content hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alt_ids: Vec<AltId>,
    /// ninjs 3.0.
    pub standard: Standard,
}

/// A headline or a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Text {
    /// main, kicker, deck.
    pub role: String,
    /// `text/plain`.
    pub content_type: String,
    /// The text.
    pub value: String,
}

/// A topic as ninjs has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// Name in Chinese.
    pub name: String,
    /// `about` (Media Topic) or `house-topic`.
    pub rel: String,
    /// Media Topics URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// `medtop:20001277` or the house id.
    pub literal: String,
    /// Who said so: model and version.
    pub creator: String,
    /// 0–100.
    pub relevance: u8,
    /// 0–100.
    pub confidence: u8,
}

/// A person, organisation or place as ninjs has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Name.
    pub name: String,
    /// `mentions`.
    pub rel: String,
    /// `urn:cn:gbt2260:430281` for a resolved place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Stable key: `person:张三`, `430281`.
    pub literal: String,
}

/// Paper or contributor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InfoSource {
    /// Name.
    pub name: String,
    /// publisher, contributor.
    pub role: String,
    /// Source name, or the role as printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub literal: String,
}

/// Another identifier of the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AltId {
    /// sourceFile, sourceLines, contentHash, agencyId, agencyVersion.
    pub role: String,
    /// The identifier.
    pub value: String,
}

/// The standard an item follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standard {
    /// `ninjs`
    pub name: String,
    /// `3.0`
    pub version: String,
    /// Schema address.
    pub schema: String,
}

impl Default for Standard {
    fn default() -> Self {
        Self {
            name: "ninjs".into(),
            version: "3.0".into(),
            schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json#".into(),
        }
    }
}

/// What copydesk knows of an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrichment {
    /// The article's id, the last token of its subjects.
    pub id: String,
    /// 1, 2, 3…
    pub revision: u32,
    /// Why this revision exists.
    pub action: Action,
    /// Why a later revision exists, where there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Id of the first item that told its story: its own, unless it repeats one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub story: String,
    /// The item it repeats; the flag `duplicate` goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elder: Option<Elder>,
    /// Name of the source, second token of its subjects.
    pub source_name: String,
    /// Sort of piece.
    pub kind: Kind,
    /// Issue and page.
    pub issue: Issue,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<Byline>,
    /// Standing head of the column it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slogan: Option<String>,
    /// Subheads.
    pub subheads: Vec<Subhead>,
    /// Labelled boxes.
    pub sections: Vec<Section>,
    /// Jump lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuation: Option<Continuation>,
    /// The file it was read from.
    pub source: ArticleOrigin,
    /// What offsets count in.
    pub text: TextRef,
    /// Topics, best first.
    pub topics: Vec<Topic>,
    /// What people have decided about its topics; every later revision carries it on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// Entities, in order of first mention.
    pub entities: Vec<Entity>,
    /// Repairs and doubts.
    pub quality: Quality,
    /// Version of every model used.
    pub models: ModelVersions,
}

/// The item that another one repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Elder {
    /// Its id.
    pub id: String,
    /// Part of the words of both that is shared, 0–1.
    pub overlap: f64,
}

/// Why a revision exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// First revision.
    Publish,
    /// Changed.
    Update,
    /// Withdrawn by the newsroom.
    Kill,
    /// On a channel only: the article does not match it any more.
    Withdraw,
}

/// What offsets count in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextRef {
    /// `codepoint`
    pub unit: String,
    /// `bodies[0].value`
    pub r#ref: String,
    /// SHA-256 of that text in UTF-8, lower-case hex.
    pub sha256: String,
}

/// A topic with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// House id: `volunteers`.
    pub id: String,
    /// IPTC Media Topic, eight digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mediatopic: Option<String>,
    /// Name in Chinese.
    pub name: String,
    /// 0–1; 1 where a person set it.
    pub score: f64,
    /// The person who set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The words it rests on, heaviest first; a person needs none.
    pub evidence: Vec<Evidence>,
}

/// A person's word on one topic of an item: it stands whatever models say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// House id.
    pub topic: String,
    /// Which way.
    pub verdict: Judgement,
    /// Who.
    pub by: String,
    /// When, RFC 3339.
    pub time: String,
}

/// Which way a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Judgement {
    /// It is about the topic.
    Asserted,
    /// It is not.
    Rejected,
}

/// A word that speaks for a topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The word.
    pub term: String,
    /// Text it stands in.
    pub r#in: Field,
    /// Where.
    #[serde(flatten)]
    pub span: Span,
    /// What it added.
    pub weight: f64,
}

/// Text an offset counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The main headline.
    Headline,
    /// The main body.
    Body,
}

/// One entity with all its mentions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// Sort.
    pub kind: EntityKind,
    /// Its fullest name in the article.
    pub name: String,
    /// Stable key: `person:张三`, `place:430281`, `org:株洲市红十字会`.
    pub key: String,
    /// 副市长; for people only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Employer: the organisation or place the role begins with; for people only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Division code of a resolved place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Date: EDTF string. Money and quantity: see [`Value`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// 0–1.
    pub score: f64,
    /// Where it stands in the body.
    pub mentions: Vec<Span>,
}

/// Sort of entity.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
    /// A date or time.
    Date,
    /// A sum of money.
    Money,
    /// A number with its unit.
    Quantity,
}

impl EntityKind {
    /// The word used in events and queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Place => "place",
            Self::Date => "date",
            Self::Money => "money",
            Self::Quantity => "quantity",
        }
    }
}

/// A code in a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Code {
    /// `GB/T 2260`
    pub scheme: String,
    /// `430281`, nine digits at street level.
    pub value: String,
}

/// A parsed value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A date in EDTF.
    Date(String),
    /// A sum.
    Money(Money),
    /// A measure.
    Quantity(Quantity),
}

/// `3567万元` is 3567 × 10000 CNY.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Decimal number as a string, so that nothing is lost.
    pub amount: String,
    /// What it counts: 1, 10000, 100000000.
    pub scale: u64,
    /// ISO 4217.
    pub currency: String,
    /// Upper end of a range, in the same scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// 约, 余, 多, 以上…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
}

/// `231.6万立方米` is 231.6 × 10000 立方米.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    /// Decimal number as a string.
    pub amount: String,
    /// What it counts: 1, 10000, 100000000.
    pub scale: u64,
    /// The unit as printed.
    pub unit: String,
    /// Upper end of a range, in the same scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// 约, 余, 多, 以上…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
}

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// 约, 近, 左右, 上下.
    About,
    /// 余, 多, 以上, 超.
    AtLeast,
    /// 以下, 不足, 以内.
    AtMost,
}

/// Repairs and doubts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// In order of place.
    pub flags: Vec<Flag>,
}

/// Version of every model used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelVersions {
    /// Entity tagger.
    pub entities: String,
    /// Topic classifier.
    pub topics: String,
}
