//! Front matter: what stands in YAML (`---`) or TOML (`+++`) above the text of one article, or of a page.

use super::wire::{self, Wire};
use crate::article::{Article, DateFrom, External, Page, flag};
use crate::page::ReadError;
use crate::page::block::{self, Block, Mark};
use crate::page::id;
use crate::page::jump::page_name;
use jiff::civil::Date;
use serde_json::Value;

/// Most bytes of front matter; what is longer is text between two rules.
const LONGEST: usize = 1 << 16;

/// Front matter, read.
#[derive(Debug, Default)]
pub(in crate::page) struct Front {
    headline: Option<String>,
    kicker: Option<String>,
    deck: Option<String>,
    slogan: Option<String>,
    byline: Option<String>,
    place: Option<String>,
    date: Option<Date>,
    page: Option<String>,
    paper: Option<String>,
    external: Option<External>,
}

/// Front matter and the blocks below it; `None` when the text has none.
///
/// # Errors
/// [`ReadError::Malformed`] with the line in the file.
pub(super) fn read(text: &str) -> Result<Option<(Front, Vec<Block>)>, ReadError> {
    let Some(parts) = Parts::of(text) else {
        return Ok(None);
    };
    let front = Front::of(&parts.fields()?);
    let mut blocks = block::blocks(parts.body);
    for block in &mut blocks {
        block.line += parts.body_line - 1;
        block.last += parts.body_line - 1;
    }
    if let Some(headline) = &front.headline {
        // One article, whose headings are subheads; its first may repeat the headline.
        if blocks.first().is_some_and(|b| b.text == *headline) {
            blocks.remove(0);
        }
        for block in &mut blocks {
            if block.level().is_some() {
                block.mark = Mark::Bold;
            }
        }
        blocks.insert(
            0,
            Block {
                line: 1,
                last: 1,
                mark: Mark::Heading(1),
                text: headline.clone(),
                bold: 0,
                gap: 0,
                bullet: false,
                unbalanced: false,
            },
        );
    }
    Ok(Some((front, blocks)))
}

/// The languages of front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Yaml,
    Toml,
}

struct Parts<'a> {
    language: Language,
    head: &'a str,
    body: &'a str,
    /// 1-based line of the file at which the body begins.
    body_line: usize,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (language, ends): (_, &[&str]) = match text.split('\n').next()?.trim_end() {
            "---" => (Language::Yaml, &["---", "..."]),
            "+++" => (Language::Toml, &["+++"]),
            _ => return None,
        };
        let start = text.find('\n')? + 1;
        let mut at = start;
        for (line, raw) in (2..).zip(text.get(start..)?.split_inclusive('\n')) {
            let next = at + raw.len();
            if ends.contains(&raw.trim_end()) {
                let head = text.get(start..at)?;
                // Between two rules of a page stands text.
                return has_keys(head, language).then_some(Self {
                    language,
                    head,
                    body: text.get(next..)?,
                    body_line: line + 1,
                });
            }
            if next > LONGEST {
                return None;
            }
            at = next;
        }
        None
    }

    /// Its fields, names in lower case without `_`, `-` and spaces.
    fn fields(&self) -> Result<Vec<(String, Value)>, ReadError> {
        let table = match self.language {
            Language::Yaml => serde_saphyr::from_str::<serde_json::Map<String, Value>>(self.head)
                .map_err(|error| ReadError::Malformed {
                    format: "YAML",
                    line: error
                        .location()
                        .and_then(|l| usize::try_from(l.line()).ok())
                        .map_or(2, |line| line + 1),
                    what: first_line(&error.without_snippet().to_string()),
                })?
                .into_iter()
                .collect::<Vec<_>>(),
            Language::Toml => self
                .head
                .parse::<toml::Table>()
                .map_err(|error| {
                    let before = error.span().and_then(|s| self.head.get(..s.start));
                    ReadError::Malformed {
                        format: "TOML",
                        line: before.map_or(2, |b| b.matches('\n').count() + 2),
                        what: first_line(error.message()),
                    }
                })?
                .into_iter()
                .map(|(name, value)| (name, json(value)))
                .collect(),
        };
        Ok(table.into_iter().map(|(n, v)| (plain(&n), v)).collect())
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

/// A field by which front matter is known: between two rules of a page `本报讯: …` may stand.
fn has_keys(head: &str, language: Language) -> bool {
    let mark = match language {
        Language::Yaml => ':',
        Language::Toml => '=',
    };
    head.lines().any(|line| {
        line.split_once(mark).is_some_and(|(name, _)| {
            KNOWN
                .iter()
                .any(|names| names.contains(&plain(name).as_str()))
        })
    })
}

/// A name in lower case without quotes, `_`, `-` and spaces.
fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace(['_', '-', ' ', '"'], "")
}

const HEADLINE: &[&str] = &["headline", "title", "标题", "主题"];
const KICKER: &[&str] = &["kicker", "overline", "引题"];
const DECK: &[&str] = &["deck", "subtitle", "subhead", "副题"];
const SLOGAN: &[&str] = &["slogan", "column", "栏目"];
const BYLINE: &[&str] = &["byline", "author", "authors", "by", "作者"];
const PLACE: &[&str] = &["located", "location", "place", "dateline"];
const DATE: &[&str] = &["date", "issuedate", "published", "publisheddate", "日期"];
const PAGE: &[&str] = &["page", "版", "版次", "版面"];
const PAPER: &[&str] = &["source", "paper", "newspaper", "来源", "报纸"];
const ID: &[&str] = &["id", "guid", "uri"];
const VERSION: &[&str] = &["version", "revision"];
const LANGUAGE: &[&str] = &["language", "lang"];
const STATUS: &[&str] = &["status", "pubstatus"];
const EMBARGO: &[&str] = &["embargo", "embargoed", "embargoeduntil", "embargountil"];
const SIGNAL: &[&str] = &["signal"];

/// Every field that is read.
const KNOWN: [&[&str]; 15] = [
    HEADLINE, KICKER, DECK, SLOGAN, BYLINE, PLACE, DATE, PAGE, PAPER, ID, VERSION, LANGUAGE,
    STATUS, EMBARGO, SIGNAL,
];

impl Front {
    fn of(fields: &[(String, Value)]) -> Self {
        let get = |names: &[&str]| -> Option<String> {
            let (_, value) = fields.iter().find(|(n, _)| names.contains(&n.as_str()))?;
            words(value).filter(|w| !w.is_empty())
        };
        let mut sent = Wire::default();
        sent.external.uri = get(ID);
        sent.external.version = get(VERSION);
        sent.external.language = get(LANGUAGE);
        if let Some(status) = get(STATUS) {
            sent.status(&status);
        }
        if let Some(signal) = get(SIGNAL) {
            sent.signal(&signal);
        }
        if let Some(time) = get(EMBARGO) {
            sent.embargo(&time);
        }
        let external = Some(sent.external).filter(|e| *e != External::default());
        let page = |p: String| page_name(p.trim_start_matches('第').trim_end_matches('版'));
        Self {
            headline: get(HEADLINE),
            kicker: get(KICKER),
            deck: get(DECK),
            slogan: get(SLOGAN),
            byline: get(BYLINE),
            place: get(PLACE),
            date: get(DATE).and_then(|d| wire::day(&d)),
            page: get(PAGE).map(page),
            paper: get(PAPER),
            external,
        }
    }

    /// An item of an agency that is only withdrawn or withheld: no headline, no text.
    pub(super) fn notice(&self) -> Option<Wire> {
        let external = self.external.clone()?;
        let wire = Wire {
            external,
            times: self.date.iter().map(Date::to_string).collect(),
            extent: [1, 1],
            ..Wire::default()
        };
        wire.is_article().then_some(wire)
    }

    /// Puts what it says into the articles of its file.
    pub(in crate::page) fn apply(self, page: &mut Page) {
        for article in &mut page.articles {
            self.date(article);
            if let Some(paper) = self
                .paper
                .as_ref()
                .filter(|_| article.source.title.is_empty())
            {
                article.source.title.clone_from(paper);
            }
        }
        // What is said of one article cannot be said of several.
        if let [article] = page.articles.as_mut_slice() {
            self.article(article);
        }
        id::assign(&mut page.articles);
    }

    fn date(&self, article: &mut Article) {
        if let Some(date) = self.date {
            article.issue.date = Some(date);
            article.issue.date_from = DateFrom::Header;
            article.issue.evidence.clear();
            article
                .flags
                .retain(|f| f.code != flag::NO_DATE && f.code != flag::INFERRED_DATE);
        }
        if self.page.is_some() {
            article.issue.page.clone_from(&self.page);
        }
    }

    fn article(self, article: &mut Article) {
        let put = |slot: &mut Option<String>, value: Option<String>| {
            if value.is_some() {
                *slot = value;
            }
        };
        if let Some(headline) = self.headline {
            article.headline = headline;
        }
        put(&mut article.kicker, self.kicker);
        put(&mut article.deck, self.deck);
        put(&mut article.slogan, self.slogan);
        if let Some(byline) = self.byline.as_deref().and_then(wire::signed) {
            article.byline = Some(byline);
        }
        if let Some(place) = self.place {
            article.byline.get_or_insert_default().place = Some(place);
        }
        article.external = self.external;
    }
}

/// A value in words; of a list, all of them, of a person, role and name.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().filter_map(words).collect();
            Some(all.join(" "))
        }
        Value::Object(map) => {
            let get = |name: &str| map.get(name).and_then(Value::as_str);
            let name = get("name")?;
            Some(get("role").map_or_else(|| name.to_owned(), |role| format!("{role} {name}")))
        }
        other => Some(other.to_string()),
    }
}
