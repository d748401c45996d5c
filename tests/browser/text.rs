//! Marks stand on the right characters, and no text is ever markup.

use crate::driver::{Browser, WIDE};
use crate::stage::Stage;
use crate::support::article;
use copydesk::article::{Flag, Span, Subhead, flag};
use copydesk::item::Item;
use serde_json::Value;

/// What the page marks as the entity of this number, in order.
fn marked(browser: &Browser, entity: usize) -> Vec<String> {
    let list = browser.value(&format!(
        "[...document.querySelectorAll('.text [data-refs~=\"e{entity}\"]')].map((s) => s.textContent)"
    ));
    let list = list.as_array().unwrap().iter();
    list.map(|t| t.as_str().unwrap().to_owned()).collect()
}

#[test]
fn marks_stand_on_the_right_characters_behind_astral_and_combining_ones() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    let body = "𬬻城的cafe\u{301}店主👍🏽说,昨日,抚州市红十字会收到捐款3万元。\n\n记者在𠮷祥巷看到,市长龚念华来到南城县株良镇,向抚州市红十字会表示感谢。";
    let item = stage.item(&article("𬬻火映红抚州市老街", body));
    let text = item.body().to_owned();
    let mentions = |i: usize| -> Vec<String> {
        let spans = item.enrichment.entities[i].mentions.iter();
        spans.map(|s| s.of(&text).to_owned()).collect()
    };
    let count = item.enrichment.entities.len();
    assert!(count >= 4, "{:?}", item.enrichment.entities);
    let expected: Vec<_> = (0..count).map(mentions).collect();
    let id = item.enrichment.id.clone();
    stage.store([item]);
    browser.open(&format!("{}#{id}", stage.address()));
    browser.until("document.querySelector('.text p')");
    for (i, expected) in expected.iter().enumerate() {
        // An entity cut by another one is marked in pieces.
        assert_eq!(
            marked(&browser, i).concat(),
            expected.concat(),
            "entity {i}"
        );
    }
    let shown = browser
        .text("[...document.querySelectorAll('.text p')].map((p) => p.textContent).join('\\n')");
    assert_eq!(shown, text);
    // Pointing at the entity in the margin lights it up in the text.
    browser.run("document.querySelector('.rail [data-ref=e0] .name').focus()");
    let lit = browser
        .text("[...document.querySelectorAll('.text .lit')].map((s) => s.textContent).join('')");
    assert_eq!(lit, expected[0].concat());
}

/// An item with markup in every text it has.
fn hostile(mut item: Item) -> Item {
    let evil = |n: usize| {
        format!(
            "<script>document.title='taken{n}'</script><img src=x onerror=\"document.title='taken'\">"
        )
    };
    item.item.title = evil(0);
    for headline in &mut item.item.headlines {
        headline.value = evil(1);
    }
    item.item.bodies[0].value = format!("{}\n{}<svg onload=alert(1)>", evil(2), evil(3));
    item.enrichment.slogan = Some(evil(4));
    if let Some(byline) = &mut item.enrichment.byline {
        byline.raw = evil(5);
    }
    for entity in &mut item.enrichment.entities {
        entity.name = format!("\"><{}", evil(6));
        entity.role = Some(evil(7));
        entity.mentions = vec![Span::new(0, 8), Span::new(4, 20)];
    }
    item.enrichment.subheads = vec![Subhead {
        value: evil(8),
        span: Span::new(0, 10),
    }];
    item.enrichment.quality.flags = vec![Flag {
        code: flag::SUSPECT_TEXT.into(),
        span: Some(Span::new(3, 9)),
        note: evil(9),
    }];
    item.enrichment.source.file = evil(10);
    item.enrichment
        .topics
        .iter_mut()
        .for_each(|t| t.name = evil(11));
    item
}

#[test]
fn script_in_headline_body_and_names_is_text() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    let plain = stage.item(&article(
        "种粮大户喜收再生稻",
        "昨日,市长龚念华来到南城县株良镇,农技员在稻田里指导,种粮大户的再生稻亩产超过600斤。",
    ));
    let item = hostile(plain);
    let (id, title, body) = (
        item.enrichment.id.clone(),
        item.item.title.clone(),
        item.body().to_owned(),
    );
    stage.store([item]);
    browser.open(&format!("{}#{id}", stage.address()));
    browser.until("document.querySelector('.rail .kind')");
    assert_eq!(
        browser.text("document.querySelector('.row .head').textContent"),
        title
    );
    let shown = browser
        .text("[...document.querySelectorAll('.text p')].map((p) => p.textContent).join('\\n')");
    assert_eq!(shown, body);
    assert_eq!(browser.text("document.title"), "copydesk");
    assert_eq!(browser.value("document.images.length"), 0);
    assert_eq!(browser.value("document.scripts.length"), 1);
    assert_eq!(
        browser.value("document.querySelectorAll('[onerror], [onload], article script').length"),
        0
    );
    assert_eq!(browser.complaints(), [""; 0]);
    // Were it to get in all the same, the policy would not let it run.
    browser.run("const s = document.createElement('script'); s.textContent = \"document.title = 'taken'\"; document.body.append(s)");
    assert_eq!(browser.text("document.title"), "copydesk");
    let told: Value = browser.complaints().join(" ").into();
    assert!(
        told.as_str().unwrap().contains("Content Security Policy"),
        "{told}"
    );
}
