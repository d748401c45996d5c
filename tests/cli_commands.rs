//! The command line: what it prints, what it exits with, what it says when used wrongly.
#![cfg(test)]

mod support;

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use support::{Ran, Room, SAMPLES, article, page, sample, wait_until};

/// Every command, as words.
const COMMANDS: &[&[&str]] = &[
    &["up"],
    &["run"],
    &["process"],
    &["tag"],
    &["classify"],
    &["tail"],
    &["get"],
    &["status"],
    &["top"],
    &["check"],
    &["dead"],
    &["dead", "list"],
    &["dead", "show"],
    &["dead", "retry"],
    &["channel"],
    &["channel", "list"],
    &["channel", "test"],
    &["channel", "add"],
    &["channel", "remove"],
    &["channel", "pause"],
    &["channel", "resume"],
    &["channel", "explain"],
    &["kill"],
    &["topic"],
    &["topic", "suggest"],
    &["topic", "learn"],
    &["topic", "test"],
    &["topic", "assert"],
    &["topic", "reject"],
    &["topic", "undo"],
    &["topic", "decisions"],
    &["explain"],
    &["reenrich"],
    &["schema"],
    &["train"],
    &["train", "entities"],
    &["train", "topics"],
    &["completions"],
    &["man"],
];

fn lines(ran: &Ran) -> Vec<Value> {
    ran.out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

/// An event without what changes with the clock or with a model learned anew.
fn redacted(mut event: Value) -> Value {
    fn redact(value: &mut Value) {
        const CHANGING: [(&str, &str); 9] = [
            ("time", "[time]"),
            ("versionCreated", "[time]"),
            ("firstCreated", "[time]"),
            ("creator", "[model]"),
            ("models", "[model]"),
            ("score", "[score]"),
            ("relevance", "[score]"),
            ("confidence", "[score]"),
            ("evidence", "[evidence]"),
        ];
        match value {
            Value::Object(fields) => {
                for (key, field) in fields {
                    match CHANGING.iter().find(|(name, _)| name == key) {
                        Some((_, mark)) => *field = (*mark).into(),
                        None => redact(field),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(redact),
            _ => {}
        }
    }
    redact(&mut event);
    event
}

#[test]
fn process_reads_the_sample_pages_in_order() {
    let room = Room::new();
    let paths = SAMPLES.map(|name| sample(name).to_str().unwrap().to_owned());
    let ran = room.run(&[
        "process",
        &paths[0],
        &paths[1],
        "--source",
        "rsrb",
        "--title",
        "汝水日报",
        "--home",
        "361000",
        "--format",
        "ndjson",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let rows: Vec<String> = lines(&ran)
        .iter()
        .map(|event| {
            let (item, enrichment) = (&event["data"]["item"], &event["data"]["enrichment"]);
            let heads: Vec<_> = item["headlines"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|h| {
                    format!(
                        "{} {}",
                        h["role"].as_str().unwrap(),
                        h["value"].as_str().unwrap()
                    )
                })
                .collect();
            format!(
                "{} {} | {} | {}",
                enrichment["issue"]["page"].as_str().unwrap(),
                enrichment["kind"].as_str().unwrap(),
                heads.join(" / "),
                item["by"].as_str().unwrap_or("-"),
            )
        })
        .collect();
    insta::assert_snapshot!("samples", rows.join("\n"));
}

#[test]
fn process_prints_an_event_whole_and_an_item_for_people() {
    let room = Room::new();
    let text = article(
        "县医院开设夜间门诊",
        "3月17日,南城县人民医院开设夜间门诊,投入资金120万元。",
    );
    room.put("20250318/03.md", text);
    let args = [
        "process",
        "inbox",
        "--source",
        "rsrb",
        "--title",
        "汝水日报",
        "--home",
        "361000",
    ];
    let pretty = room.run(&args);
    assert_eq!((pretty.code, pretty.err.as_str()), (0, ""));
    assert!(!pretty.out.contains('\u{1b}'), "colour only on a terminal");
    let (topic, rest) = pretty.out.split_once("医疗健康 ").unwrap();
    let (score, rest) = rest.split_once('\n').unwrap();
    assert!(score.contains("医院") && score.starts_with("0."), "{score}");
    insta::assert_snapshot!(
        "pretty",
        format!("{topic}医疗健康 [score and evidence]\n{rest}")
    );
    let ran = room.run(&[&args[..], &["--format", "ndjson"]].concat());
    insta::assert_json_snapshot!("event", redacted(lines(&ran).remove(0)));
}

#[test]
fn process_prints_what_it_can_and_names_what_it_cannot() {
    let room = Room::new();
    room.put("20250318/01.md", page(1, 2));
    room.put("20250318/02.md", "");
    room.put("20250318/03.md", b"%PDF-1.7");
    let ran = room.run(&["process", "inbox", "nowhere.md", "--format", "ndjson"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(lines(&ran).len(), 2);
    for part in [
        "inbox/20250318/02.md: the file is empty: deliver it again",
        "inbox/20250318/03.md: this is not text: it is a PDF; extract its text",
        "nowhere.md: ",
    ] {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
}

#[test]
fn tag_answers_each_line_with_offsets_into_it() {
    let room = Room::new();
    let texts = ["3月17日,南城县投入120万元。", "", "没有什么可说的"];
    let ran = room.run_with_input(&["tag"], &(texts.join("\n") + "\n"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let answers = lines(&ran);
    assert_eq!(answers.len(), texts.len());
    let chars: Vec<char> = texts[0].chars().collect();
    let found: Vec<(String, String)> = answers[0]["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            let at = |key: &str| usize::try_from(e[key].as_u64().unwrap()).unwrap();
            let text = chars[at("start")..at("end")].iter().collect();
            (e["kind"].as_str().unwrap().to_owned(), text)
        })
        .collect();
    for (kind, text) in [
        ("date", "3月17日"),
        ("place", "南城县"),
        ("money", "120万元"),
    ] {
        assert!(
            found.contains(&(kind.into(), text.into())),
            "{kind} {text}: {found:?}"
        );
    }
    assert_eq!(answers[1]["entities"], serde_json::json!([]));
}

#[test]
fn classify_answers_each_document_and_points_at_a_bad_line() {
    let room = Room::new();
    let document = r#"{"headline":"18个招商项目集中签约","body":"我市举行招商引资项目签约活动,招商引资成效明显。"}"#;
    let ran = room.run_with_input(&["classify"], &format!("{document}\n{{}}\n"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let answers = lines(&ran);
    assert_eq!(answers[0]["topics"][0]["id"], "investment");
    assert_eq!(answers[1]["topics"], serde_json::json!([]));

    let ran = room.run_with_input(&["classify"], &format!("{document}\nnot json\n"));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("line 2: expected")
            && ran.err.contains("give {\"headline\":…,\"body\":…}"),
        "{ran:?}"
    );
    assert_eq!(lines(&ran).len(), 1, "what came before it is answered");
}

#[test]
fn training_says_which_data_it_misses() {
    let room = Room::new();
    let ran = room.run(&["train", "entities", "--shared", "nowhere"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(
        ran.err
            .contains("nowhere/text/official is not there; --shared names"),
        "{ran:?}"
    );
}

#[test]
fn every_command_helps_with_examples() {
    let room = Room::new();
    for command in [&[&[][..]], COMMANDS].concat() {
        for flag in ["--help", "-h"] {
            let ran = room.run(&[command, &[flag]].concat());
            assert_eq!(ran.code, 0, "{command:?}");
            let words = format!("copydesk {}", command.join(" "));
            let examples = ran
                .out
                .split_once("Examples:")
                .unwrap_or_else(|| panic!("{command:?} has no examples"))
                .1;
            assert!(examples.contains(words.trim()), "{command:?}: {examples}");
        }
    }
}

#[test]
fn the_help_names_every_command() {
    let room = Room::new();
    let help = room.run(&["--help"]).out;
    let listed = help
        .split_once("Commands:")
        .unwrap()
        .1
        .split_once("\n\n")
        .unwrap()
        .0;
    let listed: Vec<&str> = listed
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("    "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    for name in &listed {
        assert!(
            *name == "help" || COMMANDS.iter().any(|c| c[0] == *name),
            "`{name}` is not tested here"
        );
    }
    assert!(
        COMMANDS.iter().all(|c| listed.contains(&c[0])),
        "{listed:?}"
    );
}

#[test]
fn usage_errors_exit_2_and_say_what_to_do() {
    let room = Room::new();
    let inbox = room.inbox();
    let below = inbox.join("below");
    std::fs::create_dir(&below).unwrap();
    let (inbox, below) = (inbox.to_str().unwrap(), below.to_str().unwrap());
    let (one, other, same) = (
        format!("a={inbox}"),
        format!("b={below}"),
        format!("a={below}"),
    );
    let cases: &[(&[&str], &str)] = &[
        (&["fly"], "unrecognized subcommand 'fly'"),
        (
            &["up"],
            "there is no inbox to watch; give one with --inbox DIR",
        ),
        (
            &["run", "watch", "-s", "nats://127.0.0.1:1"],
            "there is no inbox to watch",
        ),
        (&["run", "paint"], "[possible values: watch, enrich, fanout"),
        (
            &["up", "--inbox", "A B=x"],
            "`A B` cannot name a source; write --inbox NAME=DIR",
        ),
        (
            &["up", "--inbox", &one, "--inbox", &other],
            "the inboxes of `a` and `b` lie in each other",
        ),
        (
            &["up", "--inbox", &one, "--inbox", &same],
            "there is an inbox `a` already",
        ),
        (
            &["process", "x.md", "--source", "A"],
            "use lower-case ASCII letters",
        ),
        (
            &["process", "x.md", "--home", "123456"],
            "no such division; give six digits of GB/T 2260",
        ),
        (
            &["get", "what"],
            "`what` is no id; one looks like zzrb-20240105-02-k3v7q2ma",
        ),
        (
            &["tail", "a.b"],
            "`a.b` is no channel name; `copydesk channel list` shows them",
        ),
        (
            &["tail", "all", "--since", "soon"],
            "`soon` is no age; write 90s, 15m, 2h or 7d",
        ),
        (&["dead", "retry"], "<NUMBER>"),
        (
            &["status", "--log", "=?"],
            "give a level (error, warn, info, debug, trace)",
        ),
        (&["status", "--timeout", "0"], "0 is not in 1..=600"),
    ];
    for (args, message) in cases {
        let ran = room.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(
            ran.err.contains(message),
            "{args:?}: {message}\n{}",
            ran.err
        );
        assert_eq!(ran.out, "", "{args:?}");
    }
}

#[test]
fn commands_without_a_desk_say_how_to_get_one() {
    let room = Room::new();
    for args in [
        &["status"][..],
        &["tail", "all"],
        &["dead", "list"],
        &["get", "zzrb-20240105-02-k3v7q2ma"],
    ] {
        let ran = room.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {ran:?}");
        assert!(
            ran.err
                .contains("start `copydesk up`, or name one with --server or --data"),
            "{args:?}: {ran:?}"
        );
    }
    let inbox = format!("a={}", room.path("nowhere").display());
    let ran = room.run(&["up", "--inbox", &inbox]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("does not exist: create it with `mkdir -p`"),
        "{ran:?}"
    );
}

/// Runs a command whose reader goes away after the first line.
fn read_one_line(mut command: Command, input: &str) -> (String, Ran) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), input).unwrap();
    let mut child = command
        .stdin(std::fs::File::open(file.path()).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    let code = child.wait().unwrap().code().unwrap_or(-1);
    (
        first,
        Ran {
            code,
            out: String::new(),
            err,
        },
    )
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let room = Room::new();
    for number in 0..8 {
        room.put(format!("20250318/{number:02}.md"), page(number, 20));
    }
    let line = "3月17日,南城县投入120万元。\n";
    for (args, input) in [
        (
            &["process", "inbox", "--format", "ndjson"][..],
            String::new(),
        ),
        (&["process", "inbox"], String::new()),
        (&["tag"], line.repeat(5000)),
        (&["classify"], "{}\n".repeat(50_000)),
    ] {
        let (first, ran) = read_one_line(room.copydesk(args), &input);
        assert!(!first.is_empty(), "{args:?}: {ran:?}");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn tail_shows_what_a_channel_has_and_gets() {
    let room = Room::new();
    let desk = room.up_without_page();
    room.put("20250318/01.md", page(1, 3));
    wait_until("the first page", || room.wire().on_channel("all") == 3);
    let tail = |args: &[&str]| -> Vec<Value> {
        let ran = room.run(&[&["tail"], args, &["--format", "ndjson"]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        lines(&ran)
    };
    assert_eq!(tail(&["all", "--no-follow"]).len(), 3);
    assert_eq!(tail(&["all", "--since", "start", "--count", "2"]).len(), 2);
    assert_eq!(tail(&["all", "--since", "1h", "--no-follow"]).len(), 3);
    assert_eq!(
        tail(&["nobody", "--since", "start", "--no-follow"]).len(),
        0
    );
    let every = tail(&["*", "--no-follow"]).len() as u64;
    assert_eq!(every, room.wire().published("COPYDESK_CHANNELS"));

    // Following: what was there is not shown, what comes is, as it comes.
    let mut command = room.copydesk(&["tail", "all", "--count", "2"]);
    let mut following = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Without a sign of its own it is watched from the server: its consumer is there when it listens.
    let wire = room.wire();
    wait_until("a listener", || wire.readers("COPYDESK_CHANNELS") > 0);
    room.put("20250318/02.md", page(2, 2));
    let mut out = String::new();
    following
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert!(following.wait().unwrap().success());
    assert_eq!(
        out.matches("第2批").count(),
        out.matches("号水塘清淤完工").count() + out.matches("号水塘清淤工程").count()
    );
    assert!(
        out.contains("第2批0号水塘清淤完工") && out.contains("第2批1号水塘清淤完工"),
        "{out}"
    );
    assert!(out.contains("all ") && !out.contains("第1批"), "{out}");
    desk.stop();
}

#[test]
fn get_status_and_channels_tell_of_a_running_desk() {
    let room = Room::new();
    let desk = room.up();
    let body = "村民在果园里摆上了120只蜂箱,一年能收三季蜜。";
    room.put(
        "20250318/01.md",
        article("山里人家的甜蜜账", body) + &page(1, 2),
    );
    room.put("20250318/02.md", "");
    let wire = room.wire();
    wait_until("all through", || {
        wire.on_channel("all") == 3 && wire.waiting("COPYDESK_DEAD") == 1
    });
    let items = wire.subscribe("COPYDESK_ITEMS").rest();
    let bees = items
        .iter()
        .find(|i| i.title() == "山里人家的甜蜜账")
        .unwrap();

    let ran = room.run(&["get", bees.id(), "--format", "json"]);
    assert_eq!((ran.code, lines(&ran)), (0, vec![bees.json.clone()]));
    let ran = room.run(&["get", bees.id()]);
    assert!(
        ran.code == 0 && ran.out.contains("山里人家的甜蜜账") && ran.out.contains("蜂箱"),
        "{ran:?}"
    );
    let ran = room.run(&["get", "rsrb-20250318-01-aaaaaaaa"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains("there is no item rsrb-20250318-01-aaaaaaaa"),
        "{ran:?}"
    );

    let status = room.status(None);
    let of = |role: &str, count: &str| {
        let roles = status["roles"].as_array().unwrap();
        let found = roles
            .iter()
            .find(|r| r["role"] == role)
            .unwrap_or_else(|| panic!("{role}: {status}"));
        found["counts"][count].as_u64().unwrap()
    };
    assert_eq!((of("watch", "done"), of("watch", "failed")), (1, 1));
    assert_eq!((of("enrich", "done"), of("fanout", "done")), (3, 3));
    assert_eq!(status["dead"], 1);
    let names: Vec<_> = status["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "COPYDESK_ARTICLES",
            "COPYDESK_ITEMS",
            "COPYDESK_CHANNELS",
            "COPYDESK_DEAD"
        ]
    );
    assert_eq!(status["rates"].as_array().unwrap().len(), 4);
    assert_eq!(status["streams"][0]["backlog"][0]["consumer"], "enrich");
    assert_eq!(status["streams"][0]["backlog"][0]["waiting"], 0);
    let shown = room.run(&["status"]);
    assert!(
        shown.code == 0 && shown.out.contains("1 dead letter(s)"),
        "{shown:?}"
    );

    let ran = room.run(&["channel", "list"]);
    assert!(
        ran.code == 0 && ran.out.lines().next().unwrap().starts_with("all "),
        "{ran:?}"
    );
    assert!(ran.out.contains("topic:sport NOT kind:notice"), "{ran:?}");
    let ran = room.run(&["channel", "test", "text:\"蜂箱\"", "--format", "ndjson"]);
    assert_eq!((ran.code, lines(&ran)), (0, vec![bees.json.clone()]));
    assert!(ran.err.contains("1 of 3 items match"), "{ran:?}");
    let ran = room.run(&["channel", "test", "NOT kind:news kind:news"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    desk.stop();
}

#[test]
fn a_mistake_in_a_query_is_pointed_at() {
    let room = Room::new();
    for (query, message, help, at) in [
        (
            "kind:news topik:x",
            "there is no field `topik`",
            "did you mean `topic`?",
            "topik",
        ),
        (
            "topic:sport AND (kind:news",
            "this bracket is not closed",
            "close it with )",
            "(",
        ),
        (
            "topic:sprot",
            "there is no topic `sprot`",
            "did you mean `sport`?",
            "sprot",
        ),
    ] {
        let ran = room.run(&["channel", "test", query]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("the query cannot be used"), "{ran:?}");
        assert!(
            ran.err.contains(message) && ran.err.contains(help),
            "{ran:?}"
        );
        let shown: Vec<Vec<char>> = ran.err.lines().map(|l| l.chars().collect()).collect();
        let line = shown
            .iter()
            .position(|l| l.iter().collect::<String>().contains(query))
            .unwrap();
        let column = |text: &str| {
            let all: String = shown[line].iter().collect();
            all[..all.find(query).unwrap() + query.find(text).unwrap()]
                .chars()
                .count()
        };
        assert!(
            matches!(shown[line + 1][column(at)], '^' | '─' | '┬' | '▲'),
            "{}",
            ran.err
        );
    }
}
