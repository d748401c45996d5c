//! Bylines in more than a hundred written forms, and lines that are none.

use copydesk::article::{Origin, Source};
use copydesk::page;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    raw: String,
    is_byline: bool,
    people: Vec<Person>,
    place: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Debug, Clone)]
struct Person {
    name: String,
    role: String,
}

#[test]
fn names_roles_and_places_are_read_and_nothing_else_is() {
    let rows: Vec<Row> = include_str!("gold/bylines.jsonl")
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(rows.iter().filter(|r| r.is_byline).count() >= 100);
    let (mut names, mut roles, mut forms, mut wrong) = (0, 0, 0, Vec::new());
    for row in &rows {
        let text = format!(
            "## 城区新消息\n\n{} 今天上午,活动在市区举行,现场气氛热烈。\n\n大家表示收获很大。\n",
            row.raw
        );
        let page = page::read(text.as_bytes(), &Source::named("a"), &Origin::default()).unwrap();
        let byline = page.articles[0].byline.clone().unwrap_or_default();
        let mut have: Vec<Person> = byline
            .people
            .iter()
            .map(|p| Person {
                name: p.name.clone(),
                role: p.role.clone(),
            })
            .collect();
        if !row.is_byline {
            assert!(
                have.is_empty(),
                "{} was taken for a byline: {have:?}",
                row.raw
            );
            continue;
        }
        let mut want = row.people.clone();
        have.sort();
        want.sort();
        let same_names = have
            .iter()
            .map(|p| &p.name)
            .eq(want.iter().map(|p| &p.name));
        forms += 1;
        names += usize::from(same_names);
        roles += usize::from(have == want);
        if have != want || (row.place.is_some() && row.place != byline.place) {
            wrong.push(format!("{}: {have:?} {:?}", row.raw, byline.place));
        }
    }
    assert!(
        names * 100 >= forms * 98,
        "names {names}/{forms}: {wrong:#?}"
    );
    assert!(
        roles * 100 >= forms * 95,
        "roles {roles}/{forms}: {wrong:#?}"
    );
}
