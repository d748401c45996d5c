//! What holds of every query and every item.

#![allow(clippy::unwrap_used)] // in the helpers of tests, which clippy does not take for tests

mod channels_support;

use channels_support::any_item::items;
use channels_support::{item, vocabulary};
use copydesk::channels::fold::fold;
use copydesk::channels::{Channel, Matcher, Query, Zone, explain};
use copydesk::item::Item;
use proptest::prelude::*;
use proptest::sample::select;

/// Clauses about the same few things the items are made of.
const CLAUSES: &[&str] = &[
    "*",
    "topic:economy",
    "topic:agriculture^0.7",
    "topic:(sport OR investment)^0.5",
    "topic:*",
    "topic:s*",
    "place:43",
    "place:430200",
    "place:天元区",
    "place:东城区",
    "place:*",
    "person:袁小鹏",
    "person:*提*",
    "person:*",
    "person:王珍^0.8",
    "org:云田集团",
    "org:设施*",
    "entity:袁小鹏",
    "entity:person:王珍",
    "entity:*",
    "农业",
    "设施农业",
    "人人",
    "text:ai",
    "text:「“」",
    "headline:农业",
    "headline:设施*",
    "headline:*业",
    "headline=设施农业",
    "slogan:农业",
    "body:人",
    "slogan:*",
    "text:*人*ai*",
    "byline:王珍",
    "byline:*",
    "kind:notice",
    "kind:IN [news list]",
    "source:zzrb",
    "source:*",
    "page:02",
    "page:[01 TO 03]",
    "page:A*",
    "page>=A2",
    "flag:truncated",
    "flag:*",
    "status:usable",
    "urgency<=3",
    "urgency:5",
    "score>0.6",
    "score:*",
    "money>=1000万",
    "money:[1万 TO 500万}",
    "money:*",
    "date:2024-01",
    "date>2024-01-05",
    "date:*",
    "\"100\"",
];

/// A formula, apart from how it is written.
#[derive(Debug, Clone)]
enum Formula {
    Clause(&'static str),
    And(Vec<Formula>),
    Or(Vec<Formula>),
    Not(Box<Formula>),
}

impl Formula {
    fn any() -> impl Strategy<Value = Self> {
        let leaf = select(CLAUSES).prop_map(Self::Clause);
        leaf.prop_recursive(4, 24, 4, |inner| {
            let several = prop::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                several.clone().prop_map(Self::And),
                several.prop_map(Self::Or),
                inner.prop_map(|part| Self::Not(Box::new(part))),
            ]
        })
    }

    /// As a line with no bracket that precedence makes needless; every other AND is left out where that means the same.
    fn written(&self) -> String {
        match self {
            Self::Clause(clause) => (*clause).to_owned(),
            Self::And(parts) => {
                let parts = parts.iter().map(|p| match p {
                    Self::Or(_) => format!("({})", p.written()),
                    _ => p.written(),
                });
                let parts: Vec<_> = parts.collect();
                parts.join(if parts.len() % 2 == 0 { " " } else { " AND " })
            }
            Self::Or(parts) => parts
                .iter()
                .map(Self::written)
                .collect::<Vec<_>>()
                .join(" OR "),
            Self::Not(part) => match **part {
                Self::Clause(_) | Self::Not(_) => format!("NOT {}", part.written()),
                _ => format!("NOT ({})", part.written()),
            },
        }
    }

    /// What logic says of it, its clauses asked one by one.
    fn holds(&self, item: &Item) -> bool {
        match self {
            Self::Clause(clause) => parse(clause).holds(item),
            Self::And(parts) => parts.iter().all(|p| p.holds(item)),
            Self::Or(parts) => parts.iter().any(|p| p.holds(item)),
            Self::Not(part) => !part.holds(item),
        }
    }
}

fn parse(line: &str) -> Query {
    let query = Query::parse(line, &vocabulary());
    assert!(query.is_ok(), "{line}: {query:?}");
    query.unwrap()
}

fn channels(formulas: &[Formula]) -> Vec<Channel> {
    let channel = |(n, formula): (usize, &Formula)| Channel {
        name: format!("c{n:03}"),
        query: formula.written(),
    };
    formulas.iter().enumerate().map(channel).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The index gives exactly what the plain evaluation gives, reasons included, whatever came and went before.
    #[test]
    fn the_index_gives_what_the_loop_gives(
        formulas in prop::collection::vec(Formula::any(), 1..24),
        built in 0..24usize,
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        compacted in any::<bool>(),
        items in prop::collection::vec(items(), 1..5),
    ) {
        let channels = channels(&formulas);
        let built = built.min(channels.len());
        let (mut matcher, refused) = Matcher::new(&channels[..built], &vocabulary());
        prop_assert_eq!(refused, []);
        for channel in &channels[built..] {
            prop_assert_eq!(matcher.add(channel, &vocabulary()), Ok(()));
        }
        let gone: Vec<&str> = removed.iter().map(|i| i.get(&channels).name.as_str()).collect();
        for name in &gone {
            matcher.remove(name);
        }
        if compacted {
            matcher.compact();
        }
        for item in &items {
            let matches = matcher.matches(item);
            prop_assert_eq!(&matches, &matcher.matches_plainly(item));
            let meant = formulas.iter().zip(&channels).filter(|(formula, channel)| {
                !gone.contains(&channel.name.as_str()) && formula.holds(item)
            });
            let meant: Vec<&str> = meant.map(|(_, channel)| channel.name.as_str()).collect();
            let got: Vec<&str> = matches.iter().map(|m| m.channel).collect();
            prop_assert_eq!(got, meant);
        }
    }

    /// Explanations agree with the verdict, and reasons stand where they say.
    #[test]
    fn reasons_are_true(formula in Formula::any(), item in items()) {
        let channel = Channel { name: "a".into(), query: formula.written() };
        let explanation = explain(&channel, &item, &vocabulary()).unwrap();
        prop_assert_eq!(explanation.holds, formula.holds(&item));
        prop_assert!(!explanation.decisive().is_empty());
        let (matcher, _) = Matcher::new(&[channel], &vocabulary());
        for reason in matcher.matches(&item).into_iter().flat_map(|m| m.why) {
            prop_assert!(formula.written().contains(reason.value));
            let phrase = reason.field.is_text() && !reason.value.contains('*');
            for hit in reason.hits.iter().filter(|_| phrase) {
                let text = match hit.r#in {
                    Zone::Headline => item.headline(),
                    Zone::Body => item.body(),
                    Zone::Deck => &item.item.headlines[1].value,
                    Zone::Kicker => "",
                    Zone::Slogan => item.enrichment.slogan.as_deref().unwrap_or_default(),
                    Zone::Byline => &item.enrichment.byline.as_ref().unwrap().raw,
                };
                prop_assert_eq!(fold(hit.span.of(text)), fold(reason.value));
            }
        }
    }

    /// No line is fatal, and every mistake is pointed at inside the line.
    #[test]
    fn any_line_is_read_or_refused(line in "\\PC{0,40}") {
        read_or_refused(&line)?;
    }

    /// The same for lines that look like queries.
    #[test]
    fn any_near_query_is_read_or_refused(
        parts in prop::collection::vec(select(&[
            "topic:", "place:", "kind", ":", "：", "(", ")", "（", "）", "[", "]", "{", "}", " TO ", "IN ", " AND ", " OR ",
            "NOT ", "-", "\"", "“", "”", "「", "」", "\\", "*", "^", "0.8", ">=", "<", "＝", "money", "1亿", "2024-01", "sport",
            "鼓楼区", "430200", "农业", " ", "　", "\n", "~2",
        ][..]), 0..14),
    ) {
        read_or_refused(&parts.concat())?;
    }
}

fn read_or_refused(line: &str) -> Result<(), TestCaseError> {
    match Query::parse(line, &vocabulary()) {
        Ok(query) => {
            let item = item().body(line).build();
            prop_assert_eq!(query.explain(&item).holds, query.holds(&item));
        }
        Err(problem) => {
            let span = problem.span.clone();
            prop_assert!(span.is_some_and(|s| line.get(s).is_some()), "{:?}", problem);
        }
    }
    Ok(())
}
