//! Topics on a running desk: decisions of people, re-enrichment under way and killed, what an archive teaches.
#![cfg(test)]

mod support;

use copydesk::enrich::topics::EMBEDDED;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use support::{Daemon, Ran, Received, Room, article, page, wait_until};

/// A configuration beside the desk's own, with one topic more.
fn draft(room: &Room, topic: &str) -> String {
    std::fs::create_dir_all(room.path("draft")).unwrap();
    room.config("draft/topics.toml", &format!("{EMBEDDED}\n{topic}\n"));
    room.config("draft/copydesk.toml", "")
}

const PONDS: &str =
    "[[topic]]\nid = \"ponds\"\nname = \"水塘\"\ndecisive = [\"水塘\", \"清淤\", \"塘堤\"]";

fn ok(ran: Ran) -> String {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

fn json(out: &str) -> Vec<Value> {
    out.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn topics(item: &Received) -> BTreeSet<String> {
    let topics = item.json["data"]["enrichment"]["topics"]
        .as_array()
        .unwrap();
    topics
        .iter()
        .map(|t| t["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The newest revision of each item.
fn newest(items: &[Received]) -> BTreeMap<String, Received> {
    let pair = |i: &Received| (i.id().to_owned(), i.clone());
    items.iter().map(pair).collect()
}

#[test]
fn a_decision_stands_through_updates_and_re_enrichment_until_it_is_undone() {
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let text = |n: u32| {
        article(
            "再生稻迎来收割",
            &format!("农技员在稻田里指导,种粮大户的再生稻亩产{n}斤,收割机来回穿梭。"),
        )
    };
    room.put("20250318/01.md", text(600));
    let first = items.take(1).remove(0);
    assert!(topics(&first).contains("agriculture"));
    let id = first.id().to_owned();
    let decide =
        |verb: &str, topic: &str| ok(room.run(&["topic", verb, &id, topic, "--by", "龚岚"]));

    decide("reject", "agriculture");
    decide("assert", "employment");
    let came = items.take(2);
    let decided = &came[1];
    assert_eq!((decided.revision(), decided.action()), (3, "update"));
    let enrichment = &decided.json["data"]["enrichment"];
    assert_eq!(enrichment["reason"], "decision");
    assert_eq!(topics(decided), BTreeSet::from(["employment".to_owned()]));
    assert_eq!(enrichment["topics"][0]["by"], "龚岚");
    assert_eq!(enrichment["decisions"][0]["verdict"], "rejected");
    assert!(decide("assert", "employment").contains("already"));
    items.quiet();

    // A correction of the article, enriched anew by the desk.
    room.put("20250318/01.md", text(640));
    let corrected = items.take(1).remove(0);
    assert_eq!(corrected.revision(), 4);
    assert!(
        corrected.json["data"]["item"]["bodies"][0]["value"]
            .as_str()
            .unwrap()
            .contains("640")
    );
    assert_eq!(topics(&corrected), topics(decided));

    // Another taxonomy over the archive.
    let config = draft(
        &room,
        "[[topic]]\nid = \"rice\"\nname = \"水稻\"\ndecisive = [\"再生稻\", \"稻田\", \"亩产\"]",
    );
    ok(room.run(&["reenrich", "--config", &config]));
    let retagged = items.take(1).remove(0);
    assert_eq!(retagged.json["data"]["enrichment"]["reason"], "retag");
    let wanted = BTreeSet::from(["employment".to_owned(), "rice".to_owned()]);
    assert_eq!(topics(&retagged), wanted);
    let shown = ok(room.run(&["explain", &id, "--topic", "agriculture"]));
    assert!(shown.contains("taken off by 龚岚"), "{shown}");

    let listed = json(&ok(room.run(&["topic", "decisions", "--format", "ndjson"])));
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .all(|d| d["id"] == id.as_str() && d["by"] == "龚岚")
    );
    // It is an example when the topic is learned.
    room.config(
        "examples.ndjson",
        "{\"headline\":\"招聘会送岗上门\",\"body\":\"四十家企业提供就业岗位,求职者现场投简历。\",\"about\":true}\n{\"headline\":\"足球赛开幕\",\"body\":\"主队一比零胜。\",\"about\":false}",
    );
    let learned = ok(room.run(&[
        "topic",
        "learn",
        "employment",
        "--config",
        &config,
        "--examples",
        "examples.ndjson",
    ]));
    assert!(
        learned.contains(
            "learned from 2 texts about employment, 1 that are not (1 of them decided on items)"
        ),
        "{learned}"
    );

    decide("undo", "agriculture");
    decide("undo", "employment");
    let undone = items.take(2).remove(1);
    assert!(topics(&undone).contains("agriculture") && !topics(&undone).contains("employment"));
    assert!(undone.json["data"]["enrichment"].get("decisions").is_none());
    let unknown = room.run(&["topic", "assert", &id, "agricultur", "--by", "龚岚"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("did you mean agriculture?"),
        "{}",
        unknown.err
    );
    desk.stop();
}

#[test]
fn re_enrichment_killed_in_the_middle_goes_on_under_live_publishing_and_doubles_nothing() {
    const PAGES: usize = 12;
    const EACH: usize = 10;
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    for number in 1..=PAGES {
        room.put(format!("20250318/{number:02}.md"), page(number, EACH));
    }
    let stored = PAGES * EACH;
    wait_until("the archive", || {
        wire.published("COPYDESK_ITEMS") == stored as u64
    });
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let archive = items.take(stored);
    // One of them is killed, and stays so.
    let dead = archive[40].clone();
    let mut kill = dead.json.clone();
    kill["data"]["enrichment"]["action"] = "kill".into();
    kill["data"]["enrichment"]["revision"] = 2.into();
    kill["data"]["item"]["pubStatus"] = "canceled".into();
    wire.publish(&dead.subject, &kill.to_string());
    let config = draft(&room, PONDS);
    let args = ["reenrich", "--config", &config, "--rate", "40"];

    let dry = ok(room.run(&[
        "reenrich",
        "--config",
        &config,
        "--dry-run",
        "--format",
        "ndjson",
    ]));
    assert_eq!(json(&dry).len(), stored - 1);
    assert_eq!(wire.published("COPYDESK_ITEMS"), stored as u64 + 1);

    let run = Daemon::start(&mut room.copydesk(&args));
    wait_until("some revisions", || {
        wire.published("COPYDESK_ITEMS") > stored as u64 + 50
    });
    run.kill();
    let half = wire.published("COPYDESK_ITEMS");
    assert!(half < 2 * stored as u64, "killed too late to tell: {half}");

    // On it goes, and pages come in meanwhile.
    let mut run = Daemon::start(&mut room.copydesk(&args));
    let mut slowest = Duration::ZERO;
    for number in 50..53 {
        let before = wire.published("COPYDESK_ARTICLES");
        let began = Instant::now();
        room.put(format!("20250319/{number}.md"), page(number, 2));
        wait_until("a live page", || {
            wire.published("COPYDESK_ARTICLES") >= before + 2
        });
        slowest = slowest.max(began.elapsed());
    }
    assert!(run.ended().success(), "{}", run.log());
    assert!(run.log().contains("goes on after"), "{}", run.log());
    println!("slowest live page while re-enriching: {slowest:?}");
    wait_until("the live items", || items_now(&wire) >= stored + 6);

    let mut all = archive;
    all.extend(items.rest());
    let mut revisions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for item in &all {
        revisions
            .entry(item.id().to_owned())
            .or_default()
            .push(item.revision());
    }
    assert_eq!(revisions.len(), stored + 6);
    for (id, numbers) in &revisions {
        let whole: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(*numbers, whole, "{id}");
        assert!(numbers.len() <= 2, "{id} was retagged twice");
    }
    let newest = newest(&all);
    for old in &all[..stored] {
        let now = &newest[old.id()];
        if old.id() == dead.id() {
            assert_eq!(now.action(), "kill");
            continue;
        }
        assert!(topics(now).contains("ponds"), "{}", now.title());
        assert_eq!(now.json["data"]["enrichment"]["reason"], "retag");
        let (before, after) = (&old.json["data"]["item"], &now.json["data"]["item"]);
        assert_eq!(before["bodies"], after["bodies"]);
        assert_eq!(before["firstCreated"], after["firstCreated"]);
    }

    // Done: what is left are live items that were stored after it had begun.
    ok(room.run(&args));
    let rest = ok(room.run(&args));
    assert!(rest.starts_with("0 of "), "{rest}");
    // A correction of a retagged item is one revision more, as the desk sees it.
    room.put(
        "20250318/01.md",
        page(1, EACH).replace("农田灌溉", "田地灌溉"),
    );
    let corrected = items.take(EACH);
    assert!(corrected.iter().all(|i| i.action() == "update"));
    desk.stop();
}

/// Items there are.
fn items_now(wire: &support::Wire) -> usize {
    wire.block_on(async {
        let stream = wire.js().get_stream("COPYDESK_ITEMS").await.unwrap();
        let subjects = stream.info_with_subjects("copydesk.item.>").await.unwrap();
        futures_util::StreamExt::count(subjects).await
    })
}

#[test]
fn a_new_topic_from_terms_offered_to_a_learned_head() {
    let room = Room::new();
    let gold: Vec<Value> = json(include_str!("gold/topics.jsonl"));
    let is = |g: &Value| {
        let new = g["new"].as_array().map(Vec::as_slice).unwrap_or_default();
        new.iter().any(|n| n == "heritage")
    };
    let archive: String = gold.iter().map(|g| format!("{g}\n")).collect();
    room.config("archive.ndjson", &archive);
    let heritage = |more: &str| {
        draft(
            &room,
            &format!(
                "[[topic]]\nid = \"heritage\"\nname = \"非遗\"\ndecisive = [\"非遗\", \"传承人\"]\n{more}"
            ),
        )
    };
    let config = heritage("");
    let args = [
        "topic",
        "suggest",
        "heritage",
        "--config",
        &config,
        "--from",
        "archive.ndjson",
    ];
    let offered = ok(room.run(&args));
    assert!(offered.contains("技艺"), "{offered}");
    assert!(offered.contains("nothing is changed"), "{offered}");

    let examples: String = gold
        .iter()
        .filter(|g| g["split"] == "train")
        .map(|g| serde_json::json!({"headline": g["headline"], "body": g["body"], "about": is(g)}))
        .map(|example| format!("{example}\n"))
        .collect();
    room.config("examples.ndjson", &examples);
    let began = Instant::now();
    let learned = ok(room.run(&[
        "topic",
        "learn",
        "heritage",
        "--config",
        &config,
        "--examples",
        "examples.ndjson",
        "--alone",
    ]));
    println!("learned in {:?}", began.elapsed());
    assert!(
        learned.contains("head = \"heads/heritage.json\""),
        "{learned}"
    );
    assert!(room.path("draft/heads/heritage.json").exists());
    let config = heritage("head = \"heads/heritage.json\"");
    let page = article(
        "老银匠把手艺教给年轻人",
        "寨子里的银饰锻制技艺传了七代,传承人石老培收了三名徒弟,非遗工坊里錾子声声。",
    );
    room.config("page.md", &page);
    let why = ok(room.run(&[
        "explain", "page.md", "--topic", "heritage", "--config", &config,
    ]));
    assert!(why.contains("✔ 非遗") && why.contains("传承人"), "{why}");
    assert!(!why.contains('\u{1b}'), "colour where there is no terminal");
    for (head, message) in [
        ("heads/none.json", "No such file"),
        ("heads/other.json", "this is the head of \"heritage\""),
        ("topics.toml", "this is no learned head"),
    ] {
        std::fs::copy(
            room.path("draft/heads/heritage.json"),
            room.path("draft/heads/other.json"),
        )
        .unwrap();
        let topic = format!(
            "[[topic]]\nid = \"fire\"\nname = \"消防\"\ndecisive = [\"消防\"]\nhead = \"{head}\""
        );
        let config = draft(&room, &topic);
        let ran = room.run(&["check", "--config", &config]);
        assert_eq!(ran.code, 64);
        assert!(
            ran.err.contains(message) && ran.err.contains("topics.toml"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn the_commands_of_the_guide_do_what_it_says() {
    let room = Room::new();
    let desk = room.up();
    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let text = article(
        "老银匠把手艺教给年轻人",
        "寨子里的银饰锻制技艺传了七代,传承人石老培收了三名徒弟,非遗工坊里錾子声声。",
    );
    room.put("20250318/01.md", &text);
    room.config("page.md", &text);
    let id = items.take(1).remove(0).id().to_owned();
    let guide = include_str!("../docs/topics.md");
    let block = |language: &str| -> Vec<&str> {
        let fence = format!("```{language}\n");
        let blocks = guide.split(&fence).skip(1);
        blocks.map(|b| b.split("```").next().unwrap()).collect()
    };
    draft(&room, block("toml")[0]);
    let about = block("json")[0];
    let other = about
        .replace("true", "false")
        .replace("银", "球")
        .replace("技艺", "比赛");
    room.config("heritage.ndjson", &format!("{about}{other}"));
    let commands: Vec<&str> = block("sh").into_iter().flat_map(str::lines).collect();
    assert!(commands.len() >= 12);
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let words: Vec<&str> = words
            .iter()
            .map(|w| if *w == "$ID" { &id } else { *w })
            .collect();
        let ran = room.run(&words);
        assert_eq!(ran.code, 0, "{command}\n{ran:?}");
    }
    let retagged = items.rest().pop().unwrap();
    assert!(topics(&retagged).contains("heritage"));
    assert!(!topics(&retagged).contains("agriculture"));
    desk.stop();
}
