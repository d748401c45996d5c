//! What a page is read into: its articles, each with its anatomy and the place of every part in the text.
//!
//! Offsets ([`Span`]) are Unicode code points, end exclusive, in [`Article::body`] unless a field says
//! otherwise, so that `body[start:end]` in Python is the string meant.

use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A newspaper or feed, as the configuration describes it. Pure data: no inbox, no paths of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// ASCII name, `[a-z0-9][a-z0-9_-]*`; first token of every id and second of every subject.
    pub name: String,
    /// The paper's title as printed (`株洲日报`), empty when unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// GB/T 2260 code of its home division, six digits: what 我市 and 我省 resolve to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// How its paths carry issue date and page, e.g. `{yyyy}{mm}{dd}-{page}.md`; the usual forms are tried without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_pattern: Option<String>,
}

impl Source {
    /// A source of which nothing but the name is known.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: String::new(),
            home: None,
            path_pattern: None,
        }
    }
}

/// Where a page came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file's path below its inbox, `/`-separated, with U+FFFD where the name is not UTF-8.
    pub file: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
}

/// A stretch of text, code points, end exclusive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Span {
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

impl Span {
    /// `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text it names; empty where it reaches beyond `text`. Walks `text` from its start.
    pub fn of(self, text: &str) -> &str {
        let mut bounds = text
            .char_indices()
            .map(|(byte, _)| byte)
            .chain([text.len()]);
        let Some(from) = bounds.nth(self.start) else {
            return "";
        };
        if self.end <= self.start {
            return "";
        }
        match bounds.nth(self.end - self.start - 1) {
            Some(to) => text.get(from..to).unwrap_or(""),
            None => "",
        }
    }
}

/// One file, read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its pieces in reading order.
    pub articles: Vec<Article>,
    /// What is printed on the page and belongs to no article: masthead, editors' line, page number, weather strip.
    pub furniture: Vec<Furniture>,
}

/// A line of the page that belongs to no article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Furniture {
    /// 1-based line in the file.
    pub line: usize,
    /// The line as it stands.
    pub text: String,
}

/// One piece on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Article {
    /// `<source>-<yyyymmdd>-<page>-<8 base32>`, made from what the article is (invariant 2).
    pub id: String,
    /// The paper.
    pub source: Source,
    /// What sort of piece.
    pub kind: Kind,
    /// The issue and page it stands on.
    pub issue: Issue,
    /// 主题. Empty for a continuation or an untitled brief.
    pub headline: String,
    /// 引题, above the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kicker: Option<String>,
    /// 副题, below the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deck: Option<String>,
    /// Standing head of the column the piece runs in (栏目).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slogan: Option<String>,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<Byline>,
    /// Paragraphs joined by `\n`: no headline, byline, subhead, section label or mark-up.
    pub body: String,
    /// 分题/插题 with the passage each heads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subheads: Vec<Subhead>,
    /// Labelled boxes (【理】【事】【释】) with the passage each holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Its jump lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continuation: Option<Continuation>,
    /// What the agency that sent it says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<External>,
    /// The file it was read from.
    pub origin: ArticleOrigin,
    /// What was repaired or could not be decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

impl Article {
    /// Whether all of the piece is here.
    pub fn is_whole(&self) -> bool {
        self.continuation.as_ref().is_none_or(|c| c.joined)
    }

    /// SHA-256, lower-case hex, over all an editor would call a change: heads, byline, body and its parts, kind, jump lines,
    /// issue date, and what the agency says of it; not the file, its lines or the flags.
    pub fn content_hash(&self) -> String {
        // Written out by hand: a field added to a type must not make every article of yesterday look changed.
        let mut hash = Sha256::new();
        let mut say = |what: &str, value: &str| {
            hash.update(what);
            hash.update([0x1f]);
            hash.update(value);
            hash.update([0x1e]);
        };
        say("kind", self.kind.as_str());
        say("headline", &self.headline);
        say("body", &self.body);
        let optional = [
            ("kicker", self.kicker.as_deref()),
            ("deck", self.deck.as_deref()),
            ("slogan", self.slogan.as_deref()),
            ("byline", self.byline.as_ref().map(|b| b.raw.as_str())),
        ];
        for (what, value) in optional {
            value.into_iter().for_each(|v| say(what, v));
        }
        for Subhead { value, span } in &self.subheads {
            say("subhead", &format!("{} {} {value}", span.start, span.end));
        }
        for Section { label, span } in &self.sections {
            say("section", &format!("{} {} {label}", span.start, span.end));
        }
        if let Some(jump) = &self.continuation {
            say(
                "jump",
                &format!(
                    "{:?} {:?} {:?} {}",
                    jump.from, jump.to, jump.ordinal, jump.joined
                ),
            );
        }
        if let Some(date) = self.issue.date {
            say("date", &date.to_string());
        }
        if let Some(agency) = &self.external {
            say("status", agency.status.as_str());
            let told = [
                &agency.uri,
                &agency.version,
                &agency.embargoed_until,
                &agency.signal,
            ];
            told.into_iter().flatten().for_each(|v| say("agency", v));
        }
        HEXLOWER.encode(&hash.finalize())
    }
}

/// What an agency says of an item it sends (NewsML-G2, NITF, ninjs), or front matter of its article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct External {
    /// The agency's own id (guid, uri), the same through all versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Version, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the content was made, as the agency stamps it: RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_created: Option<String>,
    /// Whether it may be published.
    pub status: PubStatus,
    /// Not to be published before: RFC 3339. No clock is asked here; whoever publishes must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargoed_until: Option<String>,
    /// Signals, `sig:update`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Language of the text, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Whether an item may be published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PubStatus {
    /// It may.
    #[default]
    Usable,
    /// Not now.
    Withheld,
    /// Never again: a kill.
    Canceled,
}

impl PubStatus {
    /// The word ninjs and NewsML-G2 use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usable => "usable",
            Self::Withheld => "withheld",
            Self::Canceled => "canceled",
        }
    }
}

/// Sort of piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 消息
    News,
    /// 通讯, 特写: longer, told.
    Feature,
    /// 名单, 榜.
    List,
    /// 公告, 声明, 启事.
    Notice,
    /// The rest of a piece that begins on another page.
    Continuation,
    /// A picture and its caption.
    Photo,
    /// 简讯: a few sentences.
    Brief,
}

impl Kind {
    /// Every sort.
    pub const ALL: &[Self] = &[
        Self::News,
        Self::Feature,
        Self::List,
        Self::Notice,
        Self::Continuation,
        Self::Photo,
        Self::Brief,
    ];

    /// The word used in events and queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Feature => "feature",
            Self::List => "list",
            Self::Notice => "notice",
            Self::Continuation => "continuation",
            Self::Photo => "photo",
            Self::Brief => "brief",
        }
    }
}

/// Issue and page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// Day of publication.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<jiff::civil::Date>,
    /// Page as printed: `01`, `A1`.
    pub page: Option<String>,
    /// How the date is known.
    pub date_from: DateFrom,
    /// The words an inferred date rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// How an issue date is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateFrom {
    /// From the file's path.
    Path,
    /// Printed on the page.
    Header,
    /// Concluded from the text; the flag `inferred-date` goes with it.
    Inferred,
    /// Not known.
    #[default]
    None,
}

/// 讯头, 电头 or signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Byline {
    /// As printed.
    pub raw: String,
    /// Paper or agency it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    /// Place of a dateline (电头).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Date of a dateline, EDTF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Everyone it names, in order.
    #[serde(default)]
    pub people: Vec<Contributor>,
}

/// Somebody named in a byline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contributor {
    /// Name, without inner spaces.
    pub name: String,
    /// 全媒体记者, 通讯员, 摄…; empty when none is printed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Employer, where the byline names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
}

/// A subhead and the passage below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subhead {
    /// Its text; not part of the body.
    pub value: String,
    /// The passage it heads.
    #[serde(flatten)]
    pub span: Span,
}

/// A labelled box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// The label without its brackets: `理`.
    pub label: String,
    /// The passage it holds.
    #[serde(flatten)]
    pub span: Span,
}

/// Jump lines: `from` on a continuation, `to` on a head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Continuation {
    /// Page this piece continues from.
    pub from: Option<String>,
    /// Page this piece goes on at.
    pub to: Option<String>,
    /// The circled number that tells several jumps between two pages apart.
    pub ordinal: Option<u32>,
    /// Both halves are in this article.
    pub joined: bool,
}

/// The file an article was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleOrigin {
    /// The file's path below its inbox, `/`-separated, with U+FFFD where the name is not UTF-8.
    pub file: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// Encoding it was decoded from: `UTF-8`, `GB18030`…
    pub encoding: String,
    /// 1-based first and last lines, inclusive, in file order.
    pub lines: Vec<[usize; 2]>,
    /// Where the other half of a joined piece was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Box<ArticleOrigin>>,
}

/// Something repaired, or something no rule can decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flag {
    /// What: a word of [`flag`]. More words may come.
    #[schemars(extend("examples" = flag::ALL))]
    pub code: String,
    /// Where in the body; absent when it is about the whole article.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// What was done or seen, for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Codes of [`Flag`].
pub mod flag {
    /// The piece goes on at another page and the rest is not here.
    pub const TRUNCATED: &str = "truncated";
    /// A continuation whose head is not here.
    pub const ORPHAN: &str = "orphan";
    /// A repeated paragraph or clause was removed.
    pub const DUPLICATE_PARAGRAPH: &str = "duplicate-paragraph";
    /// A paragraph broken by a column was joined.
    pub const JOINED_PARAGRAPH: &str = "joined-paragraph";
    /// Lines printed wrapped at a fixed width were joined into paragraphs.
    pub const UNWRAPPED: &str = "unwrapped";
    /// Text is missing before this point.
    pub const LOST_COLUMN: &str = "lost-column";
    /// Columns were put back in order.
    pub const REORDERED: &str = "reordered";
    /// A character that is probably misread; never changed.
    pub const SUSPECT_TEXT: &str = "suspect-text";
    /// The issue date was concluded from the text.
    pub const INFERRED_DATE: &str = "inferred-date";
    /// No issue date is known.
    pub const NO_DATE: &str = "no-date";
    /// Unbalanced or false mark-up was dropped.
    pub const MARKUP: &str = "markup";
    /// A private person is named in a legal notice.
    pub const PRIVACY: &str = "privacy";
    /// Bytes that could not be decoded were replaced.
    pub const UNDECODABLE: &str = "undecodable";
    /// The story was told by an earlier item, named in the note.
    pub const DUPLICATE: &str = "duplicate";

    /// Every code.
    pub const ALL: &[&str] = &[
        TRUNCATED,
        ORPHAN,
        DUPLICATE_PARAGRAPH,
        JOINED_PARAGRAPH,
        UNWRAPPED,
        LOST_COLUMN,
        REORDERED,
        SUSPECT_TEXT,
        INFERRED_DATE,
        NO_DATE,
        MARKUP,
        PRIVACY,
        UNDECODABLE,
        DUPLICATE,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_hash_sees_words_and_not_places_in_the_file() {
        let page = crate::page::read(
            "## 题\n\n昨日,全市开展义诊。".as_bytes(),
            &Source::named("a"),
            &Origin::default(),
        )
        .unwrap();
        let article = page.articles.first().unwrap();
        let mut moved = article.clone();
        moved.origin.file = "elsewhere.md".into();
        moved.origin.lines = vec![[9, 12]];
        moved.flags.clear();
        assert_eq!(article.content_hash(), moved.content_hash());
        let mut changed = article.clone();
        changed.body.push('!');
        assert_ne!(article.content_hash(), changed.content_hash());
    }
}
