//! Undamaged text must come through untouched: false repairs and lost columns on a month of a national daily, counted.

use copydesk::article::{Origin, Source, flag};
use copydesk::page;
use std::path::PathBuf;

#[test]
fn fewer_than_one_false_repair_in_two_thousand_paragraphs() {
    let shared = std::env::var_os("COPYDESK_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let Ok(pages) = std::fs::read_dir(shared.join("pages/pd1998/pages")) else {
        println!("skipped: no {}", shared.display());
        return;
    };
    let (mut paragraphs, mut repairs) = (0, Vec::new());
    for entry in pages.map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.as_str() > "19980120~" {
            continue;
        }
        let page = page::read(
            &std::fs::read(entry.path()).unwrap(),
            &Source::named("a"),
            &Origin::default(),
        )
        .unwrap();
        for article in page.articles {
            paragraphs += article.body.lines().count();
            let done = article.flags.iter().filter(|f| {
                [
                    flag::JOINED_PARAGRAPH,
                    flag::DUPLICATE_PARAGRAPH,
                    flag::REORDERED,
                    flag::LOST_COLUMN,
                ]
                .contains(&f.code.as_str())
            });
            repairs.extend(done.map(|f| format!("{name}: {}", f.note)));
        }
    }
    assert!(
        repairs.len() * 2000 < paragraphs,
        "{} false repairs in {paragraphs} paragraphs: {repairs:#?}",
        repairs.len()
    );
}
