//! Everything Superdesk's filter conditions say can be said: the table in `docs/queries.md`, proved row by row against the
//! meaning of the operator, on any item.

#![allow(clippy::unwrap_used)] // in the helpers of tests, which clippy does not take for tests

mod channels_support;

use channels_support::{any_item, vocabulary};
use copydesk::channels::Query;
use copydesk::channels::fold::fold;
use copydesk::item::Item;
use proptest::prelude::*;
use proptest::sample::select;

const DOCUMENTATION: &str = include_str!("../docs/queries.md");

/// A row of the table: a condition there, a query here.
#[derive(Debug, Clone, Copy)]
struct Row {
    field: &'static str,
    operator: &'static str,
    value: &'static str,
    query: &'static str,
}

/// The rows below a header.
fn table(header: &str) -> impl Iterator<Item = &'static str> {
    let below = DOCUMENTATION
        .lines()
        .skip_while(move |line| *line != header);
    below.skip(2).take_while(|line| line.starts_with('|'))
}

/// The cells of a row without their marks.
fn cells(line: &'static str) -> Vec<&'static str> {
    let cells = line.trim_matches('|').split('|');
    cells.map(|cell| cell.trim().trim_matches('`')).collect()
}

fn rows() -> Vec<Row> {
    let row = |line| {
        let [operator, condition, query] = cells(line)[..] else {
            unreachable!("{line}");
        };
        let parts: Vec<_> = condition.splitn(3, ' ').collect();
        assert_eq!(parts[1], operator, "{line}");
        Row {
            field: parts[0],
            operator,
            value: parts[2],
            query,
        }
    };
    table("| operator | condition | query |").map(row).collect()
}

/// What an item has in a field, each value folded.
fn values(field: &str, item: &Item) -> Vec<String> {
    let enrichment = &item.enrichment;
    let values: Vec<&str> = match field {
        "kind" => vec![enrichment.kind.as_str()],
        "source" => vec![&enrichment.source_name],
        "headline" => item
            .item
            .headlines
            .iter()
            .map(|h| h.value.as_str())
            .collect(),
        "body" => vec![item.body()],
        "byline" => enrichment.byline.iter().map(|b| b.raw.as_str()).collect(),
        "topic" => enrichment.topics.iter().map(|t| t.id.as_str()).collect(),
        "place" => {
            let codes = enrichment.entities.iter().filter_map(|e| e.code.as_ref());
            codes.map(|c| c.value.as_str()).collect()
        }
        "urgency" => return vec![item.item.urgency.to_string()],
        _ => unreachable!("{field}"),
    };
    values
        .into_iter()
        .map(fold)
        .filter(|v| !v.is_empty())
        .collect()
}

/// Whether `value` of an item is `wanted`: topics and places below it count too.
fn is(field: &str, value: &str, wanted: &str) -> bool {
    match field {
        "topic" => vocabulary().below(wanted).contains(&value),
        "place" => value.starts_with(wanted.trim_end_matches("00")),
        _ => value == fold(wanted),
    }
}

/// What the condition means there.
fn meant(row: &Row, item: &Item) -> bool {
    let values = values(row.field, item);
    let text = |test: fn(&str, &str) -> bool| values.iter().any(|v| test(v, &fold(row.value)));
    let listed = || {
        let wanted = |v: &String| row.value.split(',').any(|w| is(row.field, v, w));
        values.iter().any(wanted)
    };
    let number = |test: fn(&f64, &f64) -> bool| {
        let bound: f64 = row.value.parse().unwrap();
        values.iter().any(|v| test(&v.parse().unwrap(), &bound))
    };
    match row.operator {
        "in" | "match" | "eq" => listed(),
        "nin" | "ne" => !listed(),
        "like" => text(|v, part| v.contains(part)),
        "notlike" => !text(|v, part| v.contains(part)),
        "startswith" => text(|v, part| v.starts_with(part)),
        "endswith" => text(|v, part| v.ends_with(part)),
        "lt" => number(f64::lt),
        "lte" => number(f64::le),
        "gt" => number(f64::gt),
        "gte" => number(f64::ge),
        "exists" => values.is_empty() != (row.value == "true"),
        _ => unreachable!("{row:?}"),
    }
}

fn parse(line: &str) -> Query {
    let query = Query::parse(line, &vocabulary());
    assert!(query.is_ok(), "{line}: {query:?}");
    query.unwrap()
}

#[test]
fn every_operator_has_its_row() {
    let mut operators: Vec<_> = rows().iter().map(|row| row.operator).collect();
    operators.dedup();
    let all = "in nin like notlike startswith endswith match eq ne lt lte gt gte exists";
    assert_eq!(operators, all.split(' ').collect::<Vec<_>>());
}

#[test]
fn every_query_of_the_documentation_is_one() {
    let block = DOCUMENTATION.split("```").nth(1).unwrap();
    let nested = table("| there | here |").map(|line| cells(line)[1]);
    let block = block.lines().filter(|line| !line.is_empty());
    let queries: Vec<_> = block.chain(nested).collect();
    assert_eq!(queries.len(), 10);
    for query in queries {
        parse(query);
    }
}

proptest! {
    #[test]
    fn each_row_means_what_superdesk_means(row in select(rows()), items in prop::collection::vec(any_item::items(), 8)) {
        let query = parse(row.query);
        for item in &items {
            prop_assert_eq!(query.holds(item), meant(&row, item), "{:?}", row);
        }
    }

    /// AND inside a statement, OR between statements, the whole once more inside another filter, permitted or blocked.
    #[test]
    fn nested_filters_mean_what_superdesk_means(
        statements in prop::collection::vec(prop::collection::vec(select(rows()), 1..4), 1..4),
        outer in select(rows()),
        blocks in any::<bool>(),
        item in any_item::items(),
    ) {
        let statement = |rows: &Vec<Row>| rows.iter().map(|r| r.query).collect::<Vec<_>>().join(" ");
        let filter: Vec<String> = statements.iter().map(|s| format!("({})", statement(s))).collect();
        let block = if blocks { "NOT " } else { "" };
        let line = format!("{block}({}) {}", filter.join(" OR "), outer.query);
        let inner = statements.iter().any(|s| s.iter().all(|row| meant(row, &item)));
        prop_assert_eq!(parse(&line).holds(&item), inner != blocks && meant(&outer, &item), "{}", line);
    }
}
