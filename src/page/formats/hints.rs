//! What names of elements and classes say of a page's parts, as the systems of papers use them.

use super::flow::{Role, Take};
use super::tree::Element;

/// How an element of an e-paper is taken. `marked` when the page marks its text itself, so that classes need not be believed;
/// `pruned` when classes are believed that speak of boilerplate.
pub(super) fn take(element: &Element, marked: bool, pruned: bool) -> Take {
    let name = element.name.as_str();
    if is_dropped(name) || is_hidden(element) {
        return Take::Drop;
    }
    let mut found = named(name);
    for attribute in ["class", "id", "itemprop"] {
        for word in element
            .attribute(attribute)
            .unwrap_or_default()
            .split_ascii_whitespace()
        {
            let word: String = word
                .chars()
                .filter(|c| c.is_ascii_alphanumeric())
                .map(|c| c.to_ascii_lowercase())
                .collect();
            if pruned && is_boilerplate(&word) && !matches!(name, "body" | "html") {
                return Take::Drop;
            }
            if found == Role::None {
                found = role(&word);
            }
        }
    }
    match found {
        Role::None => Take::Inherit,
        Role::Content if marked && !name.starts_with("founder-") => Take::Inherit,
        found => Take::As(found),
    }
}

fn is_dropped(name: &str) -> bool {
    matches!(
        name,
        "aside"
            | "button"
            | "footer"
            | "head"
            | "iframe"
            | "map"
            | "marquee"
            | "nav"
            | "noscript"
            | "object"
            | "script"
            | "select"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
    )
}

fn is_hidden(element: &Element) -> bool {
    element.attributes.iter().any(|(name, _)| name == "hidden")
        || element.attribute("style").is_some_and(|s| {
            s.replace(' ', "")
                .to_ascii_lowercase()
                .contains("display:none")
        })
}

/// The founder elements of 方正's system, and HTML's own.
fn named(name: &str) -> Role {
    match name {
        "founder-title" => Role::Headline,
        "founder-introtitle" => Role::Kicker,
        "founder-subtitle" => Role::Deck,
        "founder-author" => Role::Byline,
        "founder-content" | "article" => Role::Content,
        "figcaption" => Role::Caption,
        _ => Role::None,
    }
}

/// What a class or id in lower-case letters and digits names.
fn role(word: &str) -> Role {
    const KICKERS: [&str; 10] = [
        "introtitle",
        "yinti",
        "kicker",
        "pretitle",
        "eyebrow",
        "yinbiaoti",
        "suptitle",
        "toptitle",
        "overline",
        "shouldertitle",
    ];
    const DECKS: [&str; 8] = [
        "subtitle",
        "futi",
        "deck",
        "standfirst",
        "fubiaoti",
        "secondtitle",
        "dek",
        "subheadline",
    ];
    const BYLINES: [&str; 10] = [
        "author",
        "byline",
        "zuozhe",
        "reporter",
        "writer",
        "articleinfo",
        "artinfo",
        "laiyuan",
        "newsinfo",
        "articlemeta",
    ];
    const CONTENTS: [&str; 12] = [
        "content",
        "ozoom",
        "zhengwen",
        "articlebody",
        "artibody",
        "newstext",
        "trseditor",
        "articletext",
        "maintext",
        "bodytext",
        "storybody",
        "neirong",
    ];
    const CAPTIONS: [&str; 4] = ["caption", "tuzhu", "picdesc", "photodesc"];
    // Titles of a site, a column or a box are not of an article.
    const OTHER_TITLES: [&str; 12] = [
        "site", "page", "column", "list", "section", "box", "mod", "nav", "block", "side", "paper",
        "web",
    ];
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    if has(&CAPTIONS) {
        Role::Caption
    } else if has(&KICKERS) {
        Role::Kicker
    } else if has(&DECKS) {
        Role::Deck
    } else if ["title", "headline", "biaoti"]
        .iter()
        .any(|w| word.ends_with(w))
        || word == "bt"
    {
        if OTHER_TITLES.iter().any(|w| word.starts_with(w)) {
            Role::None
        } else {
            Role::Headline
        }
    } else if has(&BYLINES) || ["info", "source", "meta"].contains(&word) {
        Role::Byline
    } else if has(&CONTENTS) || ["text", "body", "zoom"].contains(&word) {
        Role::Content
    } else {
        Role::None
    }
}

/// A class or id of what stands around an article.
fn is_boilerplate(word: &str) -> bool {
    const WHOLE: [&str; 16] = [
        "ad", "ads", "nav", "menu", "foot", "tool", "tools", "prev", "next", "hot", "side", "rank",
        "mbx", "crumbs", "copy", "links",
    ];
    const WITHIN: [&str; 25] = [
        "navbar",
        "navigation",
        "menubar",
        "sidebar",
        "footer",
        "copyright",
        "share",
        "toolbar",
        "breadcrumb",
        "comment",
        "related",
        "recommend",
        "ranking",
        "advert",
        "banner",
        "login",
        "searchb",
        "pagination",
        "pagelist",
        "prevnext",
        "qrcode",
        "calendar",
        "fontsize",
        "hotnews",
        "friendlink",
    ];
    WHOLE.contains(&word) || WITHIN.iter().any(|w| word.contains(w))
}
