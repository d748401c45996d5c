//! `page::read` over any bytes: no crash, no hang, and every offset names a place in the body.
#![no_main]

use copydesk::article::{Origin, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(page) = copydesk::page::read(bytes, &Source::named("fuzz"), &Origin::default()) else {
        return;
    };
    for article in page.articles {
        let len = article.body.chars().count();
        let subheads = article.subheads.iter().map(|s| s.span);
        let sections = article.sections.iter().map(|s| s.span);
        let flags = article.flags.iter().filter_map(|f| f.span);
        for span in subheads.chain(sections).chain(flags) {
            assert!(
                span.start <= span.end && span.end <= len,
                "{span:?} of {len}"
            );
        }
    }
});
