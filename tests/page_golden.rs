//! Whole pages of our own, read and compared with what an editor expects: `cargo insta review` after a change that is meant.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]
use copydesk::article::{Origin, Source};
use copydesk::page;

fn golden(name: &str) {
    let path = format!("{}/tests/pages/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let origin = Origin {
        file: name.to_owned(),
        sha256: "0".repeat(64),
    };
    let page = page::read(&bytes, &Source::named("xarb"), &origin).unwrap();
    insta::assert_json_snapshot!(name.rsplit('/').next().unwrap(), page);
}

#[test]
fn a_marked_page_with_every_damage() {
    golden("xinan-0306.md");
}

#[test]
fn a_page_without_marks() {
    golden("xinan-0306.txt");
}

#[test]
fn wrapped_pages_with_and_without_indents() {
    golden("hanchuan-0701-01.txt");
    golden("liuyang-0418-03.txt");
    golden("yunxi-0912-02.txt");
}

/// Seven more papers, each with its own way to sign, to name its columns, to print notices, rosters, weather and jump lines.
#[test]
fn papers_differ() {
    for name in [
        "baihe-0507-04.md",
        "danyang-0620-03.md",
        "gucheng-0719-02.md",
        "linhai-0315-A02.md",
        "qiyun-1018-01.txt",
        "tonghe-0811-03.md",
        "zhaoyang-0902-A4.md",
    ] {
        golden(&format!("papers/{name}"));
    }
}
