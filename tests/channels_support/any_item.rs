//! Any item, made of a few things, so that queries about the same few things often hold.

use super::{Builder, item};
use copydesk::article::{Kind, flag};
use copydesk::item::Item;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const TEXT: &[&str] = &[
    "设施",
    "农业",
    "设施农业",
    "人",
    "人人",
    "ai",
    "mail",
    "ＡＩ",
    "100",
    "。",
    "\n",
    "“",
    "·",
    " ",
];
const PEOPLE: &[&str] = &["袁小鹏", "王珍", "买买提·艾力"];
const ORGS: &[&str] = &["云田集团", "设施农业公司"];
const PLACES: &[(&str, &str)] = &[
    ("天元区", "430211"),
    ("株洲市", "430200"),
    ("湖南", "430000"),
    ("东华门", "110101001"),
];
const TOPICS: &[&str] = &["economy", "agriculture", "investment", "sport"];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(TEXT), 0..8).prop_map(|parts| parts.concat())
}

pub fn items() -> impl Strategy<Value = Item> {
    let about = (
        (text(), text(), prop::option::of(text())),
        subsequence(PEOPLE, 0..=PEOPLE.len()),
        subsequence(ORGS, 0..=ORGS.len()),
        subsequence(PLACES, 0..=2),
        prop::collection::vec((select(TOPICS), 0.0..1.0f64), 0..3),
    );
    let frame = (
        select(Kind::ALL),
        select(&["zzrb", "xtwb"][..]),
        select(&["01", "2", "A2", "B10"][..]),
        prop::option::of(select(&["2024-01-05", "2024-02-01"][..])),
        1..=9u8,
        prop::option::of(select(&[("300", 10_000), ("2", 100_000_000)][..])),
        prop::option::of(select(flag::ALL)),
        prop::option::of(select(PEOPLE)),
        prop::option::of(text()),
    );
    (about, frame).prop_map(|((texts, people, orgs, places, topics), frame)| {
        let (headline, body, deck) = texts;
        let (kind, source, page, date, urgency, money, flag, author, slogan) = frame;
        let body = [&body, "。", &people.concat(), &orgs.concat()].concat();
        let base = item()
            .headline(&headline)
            .body(&body)
            .kind(kind)
            .source(source);
        let base = base.page(page).date(date).urgency(urgency);
        let base = topics
            .into_iter()
            .fold(base, |b, (id, score)| b.topic(id, score));
        let base = people.into_iter().enumerate().fold(base, |b, (n, name)| {
            b.person(name).scored(0.7 + 0.1 * n as f64)
        });
        let base = orgs.into_iter().fold(base, Builder::org);
        let base = places
            .into_iter()
            .fold(base, |b, (name, code)| b.place(name, code));
        let base = deck
            .into_iter()
            .fold(base, |b, deck| b.heading("deck", &deck));
        let base = money
            .into_iter()
            .fold(base, |b, (sum, scale)| b.money(sum, scale, None));
        let base = flag.into_iter().fold(base, Builder::flag);
        let base = slogan.into_iter().fold(base, |b, slogan| b.slogan(&slogan));
        author
            .into_iter()
            .fold(base, |b, name| b.byline(&format!("记者 {name}"), &[name]))
            .build()
    })
}
