//! Ids: made from what an article is, never from where it was found.

use crate::article::Article;
use data_encoding::BASE32_NOPAD;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// Characters of a continuation or an undated article that make its id.
const FIRST_WORDS: usize = 40;

/// Names every article of a page. Equal pieces on one page are told apart by their order.
pub(super) fn assign(articles: &mut [Article]) {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    for article in articles {
        let mut basis = basis(article);
        let nth = seen.entry(basis.clone()).or_default();
        *nth += 1;
        if *nth > 1 {
            basis.push_str(&format!("\u{1f}{nth}"));
        }
        article.id = id(article, &basis);
    }
}

fn id(article: &Article, basis: &str) -> String {
    let day = match agency_id(article) {
        Some(uri) => day_in(uri),
        None => article.issue.date,
    };
    let day = day.map_or_else(
        || "00000000".to_owned(),
        |d| format!("{:04}{:02}{:02}", d.year(), d.month(), d.day()),
    );
    let page: String = article
        .issue
        .page
        .iter()
        .flat_map(|p| p.chars())
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let page = if page.is_empty() { "00" } else { page.as_str() };
    let hash = Sha256::digest(basis.as_bytes());
    let tag = BASE32_NOPAD
        .encode(hash.get(..5).unwrap_or_default())
        .to_ascii_lowercase();
    format!("{}-{day}-{page}-{tag}", article.source.name)
}

fn agency_id(article: &Article) -> Option<&str> {
    article.external.as_ref()?.uri.as_deref()
}

/// The last day an agency's id names. All versions and the kill share the id but not their dates, so no other day will do.
fn day_in(uri: &str) -> Option<Date> {
    uri.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 8)
        .filter_map(|digits| {
            let number: i32 = digits.parse().ok()?;
            let part = |n: i32| i8::try_from(n % 100).ok();
            Date::new(
                i16::try_from(number / 10_000).ok()?,
                part(number / 100)?,
                part(number)?,
            )
            .ok()
        })
        .rfind(|day| (1900..2100).contains(&day.year()))
}

/// What an article is: source, day, page, headline, names in the byline; a continuation is known by its jump line, an agency's
/// item by the agency's own id.
fn basis(article: &Article) -> String {
    if let Some(uri) = agency_id(article) {
        return format!("{}\u{1f}{uri}", article.source.name);
    }
    let mut parts = vec![
        article.source.name.clone(),
        article
            .issue
            .date
            .map(|d| d.to_string())
            .unwrap_or_default(),
        article.issue.page.clone().unwrap_or_default(),
    ];
    let jump = article.continuation.as_ref().filter(|c| c.from.is_some());
    match jump {
        Some(jump) => {
            parts.push(jump.from.clone().unwrap_or_default());
            parts.push(
                jump.ordinal
                    .map_or_else(|| first_words(&article.body), |n| n.to_string()),
            );
        }
        None => {
            parts.push(plain(&article.headline));
            parts.extend(
                article
                    .byline
                    .iter()
                    .flat_map(|b| &b.people)
                    .map(|p| p.name.clone()),
            );
            if article.headline.is_empty() {
                parts.push(first_words(&article.body));
            }
        }
    }
    // Without a day a standing headline would name every issue's piece alike.
    if article.issue.date.is_none() {
        parts.push(plain(article.body.split('\n').next().unwrap_or_default()));
    }
    parts.join("\u{1f}")
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn first_words(body: &str) -> String {
    body.chars()
        .filter(|c| !c.is_whitespace())
        .take(FIRST_WORDS)
        .collect()
}
