//! The page itself, in the binary.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal = $kind:ident),* $(,)?) => {
        &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("../assets/", $name)),
        }),*]
    };
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const ASSETS: &[Asset] = assets! {
    "index.html" = HTML,
    "desk.css" = CSS,
    "article.css" = CSS,
    "desk.svg" = SVG,
    "api.js" = JS,
    "article.js" = JS,
    "body.js" = JS,
    "desk.js" = JS,
    "dialogs.js" = JS,
    "dom.js" = JS,
    "editor.js" = JS,
    "figures.js" = JS,
    "list.js" = JS,
    "plots.js" = JS,
    "query.js" = JS,
    "rail.js" = JS,
    "store.js" = JS,
    "text.js" = JS,
    "words.js" = JS,
};

/// One tag for all: modules of two programs must never meet.
static TAG: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.name);
        hash.update(asset.bytes);
    }
    let hash = data_encoding::HEXLOWER.encode(&hash.finalize());
    format!("\"{}\"", hash.get(..16).unwrap_or(&hash))
});

/// `GET /`
pub(super) async fn page(headers: HeaderMap) -> Response {
    serve("index.html", &headers)
}

/// `GET /desk/{name}`
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&name, &headers)
}

fn serve(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|a| a.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let meta = [
        (header::CONTENT_TYPE, asset.kind),
        (header::ETAG, TAG.as_str()),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    match known.is_some_and(|tag| tag.as_bytes() == TAG.as_bytes()) {
        true => (StatusCode::NOT_MODIFIED, meta).into_response(),
        false => (meta, asset.bytes).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_file_of_the_folder_is_served_and_no_page_needs_another() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/assets");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|f| f.unwrap().file_name().into_string().unwrap())
            .collect();
        let served: BTreeSet<String> = ASSETS.iter().map(|a| a.name.to_owned()).collect();
        assert_eq!(files, served);
        for asset in ASSETS {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            let from = text
                .split("from '")
                .skip(1)
                .map(|t| t.split('\'').next().unwrap());
            for module in from {
                let name = module.strip_prefix("./").unwrap();
                assert!(served.contains(name), "{} wants {module}", asset.name);
            }
            let markup = [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ];
            for word in markup {
                assert!(!text.contains(word), "{} has {word}", asset.name);
            }
            let outside = text.replace("http://www.w3.org/2000/svg", "");
            for word in [
                "http://",
                "https://",
                " style=\"",
                "onclick=\"",
                "<script>",
                "@import",
            ] {
                assert!(!outside.contains(word), "{} has {word}", asset.name);
            }
        }
    }
}
