//! What the query language says, and how it answers mistakes.

mod channels_support;

use channels_support::{item, vocabulary};
use copydesk::article::Kind;
use copydesk::channels::Query;
use copydesk::item::Item;

fn sample() -> Item {
    item()
        .headline("株洲招商引资再签大单")
        .heading("kicker", "“双招双引”开门红")
        .heading("deck", "总投资3567万元")
        .body("副市长袁小鹏到天元区调研设施农业。株洲云田集团有限公司（下称云田集团）参加。ＡＩ与ＧＤＰ，Steel rails。")
        .topic("investment", 0.93)
        .topic("sport", 0.62)
        .person("袁小鹏")
        .place("天元区", "430211")
        .org("株洲云田集团有限公司")
        .also("云田集团")
        .money("3567", 10_000, None)
        .money("8", 100_000_000, Some("10"))
        .byline("全媒体记者 陈 驰 通讯员/王小明", &["陈驰", "王小明"])
        .flag("truncated")
        .slogan("记者在基层")
        .urgency(3)
        .build()
}

/// One table for all fields: query, whether the sample fulfils it.
fn check(table: &[(&str, bool)]) {
    let (item, vocabulary) = (sample(), vocabulary());
    for (line, holds) in table {
        let parsed = Query::parse(line, &vocabulary);
        assert!(parsed.is_ok(), "{line}: {parsed:?}");
        let Ok(query) = parsed else { continue };
        assert_eq!(
            query.holds(&item),
            *holds,
            "{line}\n{:#?}",
            query.explain(&item)
        );
    }
}

#[test]
fn fields() {
    check(&[
        ("*", true),
        ("topic:investment", true),
        ("topic:招商引资", true),
        ("topic:economy", true),
        ("topic:agriculture", false),
        ("topic:investment^0.9", true),
        ("topic:sport^0.8", false),
        ("topic:(sport OR agriculture)^0.8", false),
        ("topic:invest*", true),
        ("topic:*", true),
        ("place:430000", true),
        ("place:43", true),
        ("place:430200", true),
        ("place:株洲", true),
        ("place:天元区", true),
        ("place:430211", true),
        ("place:430202", false),
        ("place:北京", false),
        ("person:袁小鹏", true),
        ("person:person:袁小鹏", true),
        ("person:\"person:袁小鹏\"", true),
        ("person:袁", false),
        ("person:袁*", true),
        ("person:*鹏", true),
        ("person:云田集团", false),
        ("org:云田集团", true),
        ("org:\"株洲云田集团有限公司\"", true),
        ("entity:云田集团", true),
        ("entity:天元区", true),
        ("entity:place:天元区", true),
        ("person:袁小鹏^0.95", false),
        ("headline:招商引资", true),
        ("headline:双招双引", true),
        ("headline:设施农业", false),
        ("headline:株洲*", true),
        ("headline:*大单", true),
        ("headline=株洲招商引资再签大单", true),
        ("headline=株洲招商引资", false),
        ("body:设施农业", true),
        ("body:招商", false),
        ("slogan:基层", true),
        ("text:记者在基层", false),
        ("headline:*株洲", false),
        ("text:\"设施农业\"", true),
        ("设施农业", true),
        ("设施农业 双招双引", true),
        ("设施渔业", false),
        ("陈驰", false),
        ("byline:陈驰", true),
        ("byline:\"通讯员/王小明\"", true),
        ("kind:news", true),
        ("kind:notice", false),
        ("source:zzrb page:01", false),
        ("source:zzrb page:02", true),
        ("source:zzrb page:2", true),
        ("flag:truncated", true),
        ("flag:orphan", false),
        ("status:usable", true),
        ("urgency:3", true),
        ("urgency<=3", true),
        ("urgency<3", false),
        ("score>=0.9", true),
        ("score>0.93", false),
    ]);
}

#[test]
fn text_is_folded_on_both_sides() {
    check(&[
        ("\"“双招双引”开门红\"", true),
        ("“双招双引”", true),
        ("「双招双引」", true),
        ("headline:\"\\\"双招双引\\\"开门红\"", true),
        ("ai", true),
        ("text:gdp", true),
        ("text:ＧＤＰ", true),
        ("text:\"steel RAILS\"", true),
        ("text:rail", false),
        ("topic：investment　（kind：news）", true),
    ]);
}

#[test]
fn logic() {
    check(&[
        ("kind:news AND source:zzrb", true),
        ("kind:news AND NOT source:zzrb", false),
        ("kind:notice OR source:zzrb", true),
        ("NOT kind:notice", true),
        ("NOT NOT kind:notice", false),
        ("-kind:notice", true),
        ("NOT kind:notice NOT source:xtwb", true),
        ("NOT (kind:notice OR source:zzrb)", false),
        ("NOT (kind:notice AND source:zzrb)", true),
        (
            "(kind:notice OR (source:zzrb AND NOT (page:01 OR page:03)))",
            true,
        ),
        // Where a grammar that guesses at juxtaposition goes wrong.
        ("kind:notice AND page:01 kind:news AND page:02", false),
        ("kind:news AND page:02 kind:notice AND page:01", false),
        ("kind:news OR page:01 kind:notice", true),
        ("(kind:news OR page:01) kind:notice", false),
        ("kind:notice page:02 OR kind:news", true),
        ("NOT kind:notice OR page:01", true),
    ]);
}

#[test]
fn sets_ranges_and_existence() {
    check(&[
        ("kind:IN [notice news]", true),
        ("kind IN [notice list]", false),
        ("person:IN [\"袁小鹏\" 王小明]", true),
        ("kind:(notice OR news)", true),
        ("person:*", true),
        ("NOT byline:*", false),
        ("kicker", false),
        ("money>=1亿", true),
        ("money>11亿", false),
        ("money:>=9亿", true),
        ("money:[3000万 TO 4000万]", true),
        ("money:[4000万 TO 7亿]", false),
        ("money=3567万元", true),
        ("money<3567万", false),
        ("money<=3567万", true),
        ("money>=1美元", false),
        ("date:2024-01-05", true),
        ("date:2024-01", true),
        ("date:2023", false),
        ("date>=2024-01-05", true),
        ("date>2024-01", false),
        ("date<2024-02", true),
        ("date:[2024-01-01 TO 2024-01-05}", false),
        ("date:[2024-01-01 TO *]", true),
        ("page:[01 TO 04]", true),
        ("page>=3", false),
        ("page:A2", false),
        ("page:0*", true),
    ]);
}

/// One table for mistakes: line, the bytes pointed at, a piece of the answer.
#[test]
fn mistakes_are_refused_with_their_place_and_what_was_meant() {
    let vocabulary = vocabulary();
    for (line, culprit, answer) in [
        ("", "", "empty"),
        ("topik:sport", "topik", "did you mean `topic`?"),
        (
            "kind:news AND topic:sprot",
            "sprot",
            "did you mean `sport`?",
        ),
        (
            "topic:agricultura",
            "agricultura",
            "did you mean `agriculture`?",
        ),
        (
            "topic:(sport OR ecnomy)",
            "ecnomy",
            "did you mean `economy`?",
        ),
        ("topic:农叶", "农叶", "did you mean `农业`?"),
        ("topic:zz*", "zz*", "there is no topic"),
        ("kind:notise", "notise", "did you mean `notice`?"),
        ("kind:IN [news notise]", "notise", "did you mean `notice`?"),
        ("source:zzbr", "zzbr", "did you mean `zzrb`?"),
        ("flag:truncate", "truncate", "did you mean `truncated`?"),
        ("status:used", "used", "there is no status"),
        ("place:株州市", "株州市", "did you mean `"),
        ("place:999999", "999999", "there is no place"),
        ("place:鼓楼区", "鼓楼区", "320106 江苏省南京市鼓楼区"),
        ("place:株洲*", "株洲*", "takes no star"),
        ("kind:news AND", "AND", "breaks off"),
        ("kind:", "kind:", "breaks off"),
        ("kind:news OR OR page:01", "OR", "not expected"),
        ("(kind:news", "(", "bracket is not closed"),
        ("kind:news)", ")", "no bracket is open"),
        ("text:\"设施农业", "\"设施农业", "not closed"),
        ("topic: kind:news", "kind:news", "there is no topic"),
        ("株洲（集团）公司", "（", "quotation marks"),
        ("text:\"\"", "\"\"", "nothing between"),
        ("““", "““", "nothing between"),
        ("kind:news and page:01", "and", "write `AND`"),
        ("kind:IN []", "kind:IN []", "empty"),
        ("kind>=news", "kind>=news", "has no order"),
        ("money>=1斤", "1斤", "not a sum"),
        ("date:2024-13", "2024-13", "not a date"),
        ("urgency:high", "high", "not a number"),
        (
            "date:[2024-02 TO 2024-01]",
            "2024-02",
            "nothing lies in this range",
        ),
        ("money:[1亿 TO 2亿美元]", "2亿美元", "not a sum"),
        ("topic:sport^8", "^8", "between 0 and 1"),
        ("kind:news^0.5", "kind:news^0.5", "has no score"),
    ] {
        let problem = Query::parse(line, &vocabulary).expect_err(line);
        let span = problem.span.clone().expect(line);
        assert_eq!(line.get(span), Some(culprit), "{line}: {problem}");
        assert!(problem.to_string().contains(answer), "{line}: {problem}");
    }
}

#[test]
fn a_source_is_not_checked_where_none_is_known() {
    let mut vocabulary = vocabulary();
    vocabulary.sources.clear();
    for (line, holds) in [
        ("source:ZZRB", true),
        ("source:anything", false),
        ("source:zz*", true),
    ] {
        let query = Query::parse(line, &vocabulary).unwrap();
        assert_eq!(query.holds(&sample()), holds, "{line}");
    }
}

#[test]
fn hostile_lines_are_refused_not_fatal() {
    let vocabulary = vocabulary();
    for line in [
        "(".repeat(30_000),
        "topic:(".repeat(5_000),
        "NOT ".repeat(10_000),
        "-".repeat(30_000) + "(",
        "\\".repeat(3),
        "\"".repeat(9_999),
        "a".repeat(100_000),
        "^".repeat(1000),
    ] {
        assert!(Query::parse(&line, &vocabulary).is_err(), "{line:.20}");
    }
    let many = "(((a)) OR b) ".repeat(1_000);
    assert!(Query::parse(&many, &vocabulary).is_ok());
}

#[test]
fn withheld_and_notices_are_told_apart() {
    let query = Query::parse("topic:sport NOT kind:notice status:usable", &vocabulary()).unwrap();
    let sport = || item().topic("sport", 0.9);
    assert!(query.holds(&sport().build()));
    assert!(!query.holds(&sport().kind(Kind::Notice).build()));
    assert!(!query.holds(&sport().status("withheld").build()));
}
