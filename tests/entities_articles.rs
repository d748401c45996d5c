//! Entities of whole articles. People, firms and villages are invented.

use copydesk::article::{Article, Issue, Kind, Source};
use copydesk::enrich::entities::{EntitiesConfig, Tagger};
use copydesk::item::{Bound, Entity, EntityKind, Value};

fn article(headline: &str, body: &str) -> Article {
    Article {
        id: "test-20240105-02-abcdefgh".into(),
        source: Source {
            home: Some("430200".into()),
            ..Source::named("test")
        },
        kind: Kind::News,
        issue: Issue {
            date: Some(jiff::civil::date(2024, 1, 5)),
            ..Issue::default()
        },
        headline: headline.into(),
        kicker: None,
        deck: None,
        slogan: None,
        byline: None,
        body: body.into(),
        subheads: Vec::new(),
        sections: Vec::new(),
        continuation: None,
        external: None,
        origin: Default::default(),
        flags: Vec::new(),
    }
}

fn entities(body: &str) -> Vec<Entity> {
    Tagger::default().entities(&article("", body))
}

#[track_caller]
fn dated(body: &str, expected: &str) {
    let found = entities(body);
    let value = found.iter().find_map(|e| match &e.value {
        Some(Value::Date(edtf)) => Some(edtf.clone()),
        _ => None,
    });
    assert_eq!(value.as_deref(), Some(expected), "{body}");
}

#[test]
fn dates_resolve_against_the_day_of_issue() {
    dated("1月4日,会议召开", "2024-01-04");
    dated("12月29日,会议召开", "2023-12-29");
    dated("去年9月开工", "2023-09");
    dated("今年9月30日交房", "2024-09-30");
    dated(
        "1月5日下午1时至5时",
        "2024-01-05T13:00:00/2024-01-05T17:00:00",
    );
    dated("昨日上午,", "2024-01-04T06:00:00/2024-01-04T12:00:00");
    dated("2019年至2020年", "2019/2020");
    dated("近日,", "2024-01-05~");
    dated("近3年来,", "2021/2024-01-05");
    dated("2021年底", "2021-12~");
    dated("去年下半年", "2023-41");
    dated("今年以来", "2024/2024-01-05");
    dated("春节期间", "2024-02-10");
    dated("农历腊月廿三", "2024-02-02");
    dated("上周五", "2023-12-29");
    dated("1月下旬", "2024-01-21/2024-01-31");
    dated("上世纪八十年代", "198X");
}

#[test]
fn a_later_date_counts_from_the_one_before() {
    let found = entities("2021年3月,工程开工。次年,工程完工。");
    let last = found.last().and_then(|e| e.value.clone());
    assert_eq!(last, Some(Value::Date("2022".into())));
}

#[test]
fn without_a_day_of_issue_only_what_is_said_is_known() {
    let mut undated = article("", "1月4日和去年,2023年2月");
    undated.issue.date = None;
    let values: Vec<_> = Tagger::default()
        .entities(&undated)
        .into_iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(
        values,
        [
            Some(Value::Date("XXXX-01-04".into())),
            None,
            Some(Value::Date("2023-02".into()))
        ]
    );
}

#[test]
fn sums_keep_amount_scale_and_bound() {
    let found = entities("费用760余万元,另有0.9亿元和9000万元");
    let Some(Value::Money(first)) = found.first().and_then(|e| e.value.clone()) else {
        panic!("no money in {found:?}");
    };
    assert_eq!(
        (first.amount.as_str(), first.scale, first.bound),
        ("760", 10_000, Some(Bound::AtLeast))
    );
    // One value, two spellings: one entity.
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].mentions.len(), 2);
}

#[test]
fn places_carry_codes_and_pointing_words_are_resolved() {
    let found = entities("我市天元区群丰镇今年新修道路,该区干部到场");
    let codes: Vec<_> = found
        .iter()
        .filter(|e| e.kind == EntityKind::Place)
        .map(|e| (e.code.as_ref().map(|c| c.value.as_str()), e.mentions.len()))
        .collect();
    assert_eq!(
        codes,
        [
            (Some("430200"), 1),
            (Some("430211101"), 1),
            (Some("430211"), 1)
        ]
    );
}

#[test]
fn masked_names_have_a_key_of_their_own() {
    let found = entities("司机钱某与李某发生口角");
    let keys: Vec<_> = found.iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["masked:钱某", "masked:李某"]);
}

#[test]
fn house_names_win_and_go_by_their_full_name() {
    let config: EntitiesConfig = toml::from_str(
        "[[name]]\nname = \"青禾农业股份有限公司\"\nkind = \"organisation\"\naliases = [\"青禾农业\"]\n",
    )
    .unwrap();
    let tagger = Tagger::new(&config).unwrap();
    let found = tagger.entities(&article(
        "青禾农业上市",
        "青禾农业今天上市,青禾农业股份有限公司主办",
    ));
    let house = found
        .iter()
        .find(|e| e.kind == EntityKind::Organisation)
        .unwrap();
    assert_eq!(
        (house.name.as_str(), house.mentions.len()),
        ("青禾农业股份有限公司", 2)
    );
    assert_eq!(house.score, 1.0);
}

#[test]
fn the_house_list_that_ships_is_right() {
    let config: EntitiesConfig = toml::from_str(include_str!("../config/entities.toml")).unwrap();
    assert!(Tagger::new(&config).is_ok());
}

#[test]
fn mentions_are_in_order_and_never_overlap() {
    let tagger = Tagger::default();
    for text in [
        "2023年12月29日,株洲市天元区五一路第三小学收到捐款3000元至5000元",
        "",
        "\n\n",
        "😀2024年😀",
        "12345678901234567890123456789元",
    ] {
        let mentions = tagger.tag(text);
        let length = text.chars().count();
        for pair in mentions.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start, "{text}: {pair:?}");
        }
        assert!(
            mentions
                .iter()
                .all(|m| m.span.start < m.span.end && m.span.end <= length),
            "{text}"
        );
    }
}

#[test]
fn quotation_marks_of_a_name_are_those_of_the_article() {
    let found = entities("天元区“小桔灯”志愿服务队队长钱文山说,“小桔灯”志愿服务队有20人。");
    let team = found
        .iter()
        .find(|e| e.kind == EntityKind::Organisation)
        .expect("the team is found");
    assert_eq!(team.name, "天元区“小桔灯”志愿服务队");
    assert!(!team.key.contains('“'), "{}", team.key);
}
