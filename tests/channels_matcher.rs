//! Many channels against an item: who gets it, why, and why not.

mod channels_support;

use channels_support::{item, vocabulary};
use copydesk::article::{Kind, Span};
use copydesk::channels::{
    Channel, ChannelsConfig, Hit, Matcher, TopicName, Vocabulary, Zone, default_channels, explain,
};
use copydesk::item::Item;

fn channel(name: &str, query: &str) -> Channel {
    Channel {
        name: name.into(),
        query: query.into(),
    }
}

fn compiled(channels: &[(&str, &str)]) -> Matcher {
    let channels: Vec<_> = channels.iter().map(|(n, q)| channel(n, q)).collect();
    let (matcher, refused) = Matcher::new(&channels, &vocabulary());
    assert_eq!(refused, []);
    matcher
}

fn names(matcher: &Matcher, item: &Item) -> Vec<String> {
    let matches = matcher.matches(item);
    assert_eq!(matches, matcher.matches_plainly(item));
    matches.into_iter().map(|m| m.channel.to_owned()).collect()
}

#[test]
fn matches_come_in_order_of_name_with_their_reasons() {
    let matcher = compiled(&[
        ("z", "text:设施农业 OR person:袁小鹏 OR kind:notice"),
        ("a", "topic:economy NOT kind:notice"),
        ("none", "NOT text:设施农业"),
        ("not-this", "text:设施渔业"),
    ]);
    let item = item()
        .headline("春耕agriculture忙")
        .body("设施农业。设施农业。")
        .topic("agriculture", 0.9)
        .build();
    let matches = matcher.matches(&item);
    assert_eq!(matches, matcher.matches_plainly(&item));
    let [a, z] = &matches[..] else {
        panic!("{matches:#?}");
    };
    assert_eq!((a.channel, z.channel), ("a", "z"));
    let hit = |r#in, start, end| Hit {
        r#in,
        span: Span::new(start, end),
    };
    assert_eq!((a.why[0].value, a.why.len()), ("economy", 1));
    assert_eq!(a.why[0].hits, [hit(Zone::Headline, 2, 13)]);
    assert_eq!((z.why[0].field.as_str(), z.why.len()), ("text", 1));
    assert_eq!(
        z.why[0].hits,
        [hit(Zone::Body, 0, 4), hit(Zone::Body, 5, 9)]
    );
    assert_eq!(
        serde_json::to_value(&z.why[0]).unwrap(),
        serde_json::json!({"field": "text", "value": "设施农业", "hits": [
            {"in": "body", "start": 0, "end": 4}, {"in": "body", "start": 5, "end": 9}]})
    );
}

#[test]
fn channels_that_only_exclude_get_what_is_left() {
    let matcher = compiled(&[
        ("all", "*"),
        ("no-notices", "NOT kind:notice"),
        ("neither", "NOT (kind:notice OR topic:sport)"),
        ("nothing", "NOT *"),
    ]);
    let plain = item().build();
    assert_eq!(names(&matcher, &plain), ["all", "neither", "no-notices"]);
    let sport = item().topic("sport", 0.9).build();
    assert_eq!(names(&matcher, &sport), ["all", "no-notices"]);
    let notice = item().kind(Kind::Notice).build();
    assert_eq!(names(&matcher, &notice), ["all"]);
}

#[test]
fn one_bad_channel_is_refused_alone() {
    let channels = [
        channel("good", "topic:sport"),
        channel("bad", "topic:sprot"),
        channel("good", "topic:economy"),
        channel("Übel", "*"),
        channel("", "*"),
        channel("also-good", "*"),
    ];
    let (matcher, refused) = Matcher::new(&channels, &vocabulary());
    let refused: Vec<_> = refused
        .into_iter()
        .map(|(c, p)| (c.name, p.to_string()))
        .collect();
    assert_eq!(matcher.len(), 2);
    assert_eq!(refused.len(), 4);
    assert_eq!(refused[0].0, "bad");
    assert!(
        refused[0].1.contains("did you mean `sport`?"),
        "{refused:?}"
    );
    assert!(
        refused[1].1.contains("already a channel `good`"),
        "{refused:?}"
    );
    let item = item().topic("sport", 0.9).build();
    assert_eq!(names(&matcher, &item), ["also-good", "good"]);
}

#[test]
fn channels_come_and_go_without_the_rest() {
    let mut matcher = compiled(&[("a", "text:春耕"), ("b", "text:春耕 OR kind:notice")]);
    let item = item().body("春耕正忙，秋收在望").build();
    assert_eq!(names(&matcher, &item), ["a", "b"]);
    matcher
        .add(&channel("c", "text:秋收 NOT text:夏种"), &vocabulary())
        .unwrap();
    assert_eq!((matcher.recent(), names(&matcher, &item).len()), (2, 3));
    assert!(matcher.remove("a") && !matcher.remove("a"));
    assert_eq!(names(&matcher, &item), ["b", "c"]);
    matcher.compact();
    assert_eq!((matcher.recent(), names(&matcher, &item).len()), (0, 2));
    assert!(matcher.remove("c") && matcher.remove("b") && matcher.is_empty());
    assert_eq!(names(&matcher, &item), [""; 0]);
    matcher.add(&channel("a", "*"), &vocabulary()).unwrap();
    assert_eq!(names(&matcher, &item), ["a"]);
    assert!(
        matcher
            .put(&channel("a", "topik:x"), &vocabulary())
            .is_err()
    );
    assert_eq!(
        names(&matcher, &item),
        ["a"],
        "a mistake leaves the old query"
    );
    matcher.put(&channel("a", "夏种"), &vocabulary()).unwrap();
    assert_eq!((matcher.len(), names(&matcher, &item).len()), (1, 0));
}

/// Query, the clauses the verdict rests on, each with what is said of it.
#[test]
fn why_not_names_the_clause_and_by_how_much() {
    let item = item()
        .body("株洲市发展设施渔业，采购steels")
        .topic("agriculture", 0.62)
        .place("株洲市", "430200")
        .urgency(5)
        .build();
    for (query, decisive) in [
        (
            "topic:agriculture^0.8",
            "topic:agriculture^0.8: agriculture scored 0.62, 0.18 short",
        ),
        ("topic:sport", "topic:sport: topics: agriculture 0.62"),
        (
            "place:430000 place:110000",
            "place:110000: places: 株洲市 430200",
        ),
        ("person:袁小鹏", "person:袁小鹏: it has no persons"),
        (
            "kind:notice OR (kind:news source:xtwb)",
            "kind:notice: kind is news; source:xtwb: source is zzrb",
        ),
        ("topic:agriculture NOT place:43", "place:43: "),
        ("设施农业", "text:设施农业: only “设施” is there"),
        ("headline:设施", "headline:设施: not in the text"),
        (
            "steel",
            "text:steel: “steel” stands only inside a longer word",
        ),
        ("urgency<=3", "urgency<=3: urgency is 5, 2 too high"),
        ("score>0.9", "score>0.9: best score is 0.62, 0.28 too low"),
        (
            "date>=2024-02",
            "date>=2024-02: issue date is 2024-01-05, 27 days too early",
        ),
        (
            "page:(01 OR 03)",
            "page:01: page is 02; page:03: page is 02",
        ),
        ("money>=1亿", "money>=1亿: it has no sums"),
        ("flag:orphan status:usable", "flag:orphan: it has no flags"),
    ] {
        let explanation = explain(&channel("x", query), &item, &vocabulary()).unwrap();
        assert!(!explanation.holds, "{query}");
        let said = explanation
            .decisive()
            .into_iter()
            .map(|e| format!("{}: {}", e.what, e.note));
        assert_eq!(said.collect::<Vec<_>>().join("; "), decisive, "{query}");
    }
}

#[test]
fn why_names_the_clauses_that_held() {
    let item = item().body("设施农业").topic("sport", 0.7).build();
    let query = "(topic:sport^0.6 OR kind:notice) AND 设施农业 NOT page:01";
    let explanation = explain(&channel("x", query), &item, &vocabulary()).unwrap();
    let said = explanation.decisive().into_iter().map(|e| e.what.as_str());
    assert_eq!(
        said.collect::<Vec<_>>(),
        ["topic:sport^0.6", "text:设施农业", "page:01"]
    );
    assert!(explanation.holds);
    assert_eq!(
        explanation.to_string(),
        "✓ AND\n  ✓ OR\n    ✓ topic:sport^0.6: sport scored 0.70\n    ✗ kind:notice: kind is news\n  ✓ text:设施农业\n  \
         ✓ NOT\n    ✗ page:01: page is 02\n"
    );
}

#[test]
fn without_configuration_there_is_all_and_one_channel_per_topic() {
    let (matcher, refused) = Matcher::new(&default_channels(&vocabulary()), &vocabulary());
    assert_eq!(refused, []);
    assert_eq!(matcher.len(), 1 + vocabulary().topics.len());
    let sport = || item().topic("sport", 0.9);
    assert_eq!(names(&matcher, &sport().build()), ["all", "sport"]);
    assert_eq!(
        names(&matcher, &sport().kind(Kind::Notice).build()),
        ["all"]
    );
    assert_eq!(
        names(&matcher, &sport().status("withheld").build()),
        ["all"]
    );
}

#[test]
fn the_shipped_configuration_has_no_mistake() {
    let file = include_str!("../config/channels.toml");
    let config: ChannelsConfig = toml::from_str(file).unwrap();
    let house = "economy investment agriculture volunteers integrity";
    let topics = house.split(' ').map(|id| TopicName {
        id: id.into(),
        name: String::new(),
        parents: Vec::new(),
    });
    let vocabulary = Vocabulary {
        topics: topics.collect(),
        sources: Vec::new(),
    };
    assert_eq!(config.mistakes(file, &vocabulary), []);
    let channels = config.channels(&vocabulary);
    assert_eq!(channels.len(), 1 + 5 + config.channel.len());
    assert_eq!(Matcher::new(&channels, &vocabulary).1, []);
}

/// File, the bytes pointed at, a piece of the answer.
#[test]
fn mistakes_in_the_file_are_pointed_at() {
    for (file, culprit, answer) in [
        (
            "[[channel]]\nname = 'a'\nquery = 'kind:news topik:sport'",
            "topik",
            "`topic`",
        ),
        (
            "[[channel]]\nname = 'a'\nquery = \"text:\\\"x\\\" topik:sport\"",
            "\"text:\\\"x\\\" topik:sport\"",
            "`topic`",
        ),
        (
            "[[channel]]\nname = 'A b'\nquery = '*'",
            "'A b'",
            "no channel name",
        ),
        (
            "defaults = true\n[[channel]]\nname = 'sport'\nquery = '*'",
            "'sport'",
            "two channels",
        ),
    ] {
        let config: ChannelsConfig = toml::from_str(file).unwrap();
        let mistakes = config.mistakes(file, &vocabulary());
        let [(0, problem)] = &mistakes[..] else {
            panic!("{file}: {mistakes:?}");
        };
        assert_eq!(
            file.get(problem.span.clone().unwrap()),
            Some(culprit),
            "{problem}"
        );
        assert!(problem.to_string().contains(answer), "{problem}");
    }
    let unknown = toml::from_str::<ChannelsConfig>("[[channel]]\nname = 'a'\nquerry = '*'");
    assert!(unknown.unwrap_err().to_string().contains("querry"));
}
