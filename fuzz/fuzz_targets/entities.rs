//! Any text: no panic, mentions in order, inside the text, not overlapping.
#![no_main]

use copydesk::enrich::entities::Tagger;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TAGGER: LazyLock<Tagger> = LazyLock::new(Tagger::default);

fuzz_target!(|text: &str| {
    let length = text.chars().count();
    let mut end = 0;
    for mention in TAGGER.tag(text) {
        assert!(mention.span.start >= end && mention.span.start < mention.span.end);
        end = mention.span.end;
        assert!(end <= length && (0.0..=1.0).contains(&mention.score));
    }
});
