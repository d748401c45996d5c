//! Every link from a document to another leads somewhere, down to the heading.
#![cfg(test)]

use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// Markdown files of these folders of the repository.
const FOLDERS: [&str; 5] = ["", "docs", "models", "samples", "tests/gold"];

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = FOLDERS.map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = entries.into_iter().flatten().map(|e| e.unwrap().path());
    paths
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .collect()
}

/// What a link says of a heading: `## 中文 and more` is `#中文-and-more`.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars();
    kept.filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Why a link of a document leads nowhere.
fn broken(document: &Path, link: &str) -> Option<String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => document.to_owned(),
        file => document.parent().unwrap().join(file),
    };
    if !target.exists() {
        return Some(format!("{} does not exist", target.display()));
    }
    if heading.is_empty() {
        return None;
    }
    let text = fs::read_to_string(&target).unwrap();
    let mut headings = text.lines().filter(|l| l.starts_with('#')).map(anchor);
    let there = headings.any(|h| h == heading);
    (!there).then(|| format!("{} has no heading #{heading}", target.display()))
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let fences = Regex::new("(?s)```.*?```").unwrap();
    let links = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let (mut followed, mut nowhere) = (0, Vec::new());
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let text = fences.replace_all(&text, "");
        for link in links.captures_iter(&text).map(|c| c[1].to_owned()) {
            if link.contains("://") {
                continue;
            }
            followed += 1;
            let why = broken(&document, &link);
            nowhere.extend(why.map(|why| format!("{}: {link}: {why}", document.display())));
        }
    }
    assert!(followed > 20, "only {followed} links were found");
    assert!(nowhere.is_empty(), "{nowhere:#?}");
}

#[test]
fn a_link_to_nowhere_is_found() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    assert!(broken(&readme, "docs/nowhere.md").is_some());
    assert!(broken(&readme, "README.md#no-such-heading").is_some());
    assert_eq!(broken(&readme, "docs/README.md"), None);
    assert_eq!(
        anchor("## Make a channel, change it"),
        "make-a-channel-change-it"
    );
}
