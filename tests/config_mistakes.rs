//! Every mistake a configuration can have: refused by the program itself, at its line, with what to do, exit code 64.
#![cfg(test)]

mod support;

use support::{Ran, Room};

/// A file, its text, the line the mistake is on, and what is said.
type Case = (&'static str, &'static str, usize, &'static str);

const SOURCE: &str = "[[source]]\nname = \"a\"\ninbox = \"in\"\n";

const SETTINGS: &[Case] = &[
    (
        "copydesk.toml",
        "[nats\n",
        1,
        "unclosed table, expected `]`",
    ),
    (
        "copydesk.toml",
        "\n[sauce]\n",
        2,
        "unknown field `sauce`, expected one of `nats`",
    ),
    (
        "copydesk.toml",
        "[nats]\nserver = \"x\"\nprefix_ = \"y\"\n",
        3,
        "unknown field `prefix_`",
    ),
    (
        "copydesk.toml",
        "[broker]\nports = 1\n",
        2,
        "unknown field `ports`",
    ),
    (
        "copydesk.toml",
        "[streams]\nreplica = 1\n",
        2,
        "unknown field `replica`",
    ),
    (
        "copydesk.toml",
        "[limits]\nmax_file = 1\n",
        2,
        "unknown field `max_file`",
    ),
    (
        "copydesk.toml",
        "[daemon]\ndrain = 1\n",
        2,
        "unknown field `drain`",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\nsettle = 1\n",
        4,
        "unknown field `settle`",
    ),
    (
        "copydesk.toml",
        "[limits]\nmax_file_mb = \"20\"\n",
        2,
        "invalid type: string \"20\", expected u64",
    ),
    (
        "copydesk.toml",
        "[broker]\nport = 70000\n",
        2,
        "expected u16",
    ),
    (
        "copydesk.toml",
        "[limits]\nmax_file_mb = -1\n",
        2,
        "expected u64",
    ),
    ("copydesk.toml", "source = 7\n", 1, "expected a sequence"),
    (
        "copydesk.toml",
        "[[source]]\ninbox = \"in\"\n",
        1,
        "missing field `name`",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\n",
        1,
        "missing field `inbox`",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\nafter = \"burn\"\n",
        4,
        "unknown variant `burn`",
    ),
    (
        "copydesk.toml",
        "[nats]\nprefix = \"a.b\"\n",
        2,
        "`a.b` is no subject token",
    ),
    (
        "copydesk.toml",
        "[streams]\nreplicas = 2\n",
        2,
        "a stream cannot have 2 replicas",
    ),
    (
        "copydesk.toml",
        "[broker]\nport = 4222\nwebsocket = 4222\n",
        3,
        "one port cannot serve both",
    ),
    (
        "copydesk.toml",
        "[broker]\nmax_payload_mb = 65\n",
        2,
        "65 MB is no message size",
    ),
    (
        "copydesk.toml",
        "[broker]\nmax_store_mb = 0\n",
        2,
        "broker.max_store_mb is 0",
    ),
    (
        "copydesk.toml",
        "[limits]\nmax_file_mb = 0\n",
        2,
        "limits.max_file_mb is 0",
    ),
    (
        "copydesk.toml",
        "[streams]\narticles_max_mb = 0\n",
        2,
        "streams.articles_max_mb is 0",
    ),
    (
        "copydesk.toml",
        "[streams]\nchannels_max_age_days = 0\n",
        2,
        "streams.channels_max_age_days is 0",
    ),
    (
        "copydesk.toml",
        "[streams]\ndead_max_age_days = 0\n",
        2,
        "streams.dead_max_age_days is 0",
    ),
    (
        "copydesk.toml",
        "[streams]\nduplicate_window_secs = 0\n",
        2,
        "streams.duplicate_window_secs is 0",
    ),
    (
        "copydesk.toml",
        "[daemon]\ndrain_secs = 0\n",
        2,
        "daemon.drain_secs is 0",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"A b\"\ninbox = \"in\"\n",
        2,
        "source name `A b` cannot stand in a subject",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\nhome = \"430299999\"\n",
        4,
        "`430299999` is no division code",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\npoll_secs = 0\n",
        4,
        "poll_secs is 0",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\nreconcile_secs = 0\n",
        4,
        "reconcile_secs is 0",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\n[[source]]\nname = \"a\"\ninbox = \"out\"\n",
        5,
        "source `a` is there twice",
    ),
    (
        "copydesk.toml",
        "[[source]]\nname = \"a\"\ninbox = \"in\"\n[[source]]\nname = \"b\"\ninbox = \"./in/below\"\n",
        6,
        "the inboxes of `a` and `b` lie in each other",
    ),
];

const CHANNELS: &[Case] = &[
    ("channels.toml", "[[chanel]]\n", 1, "unknown field `chanel`"),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\n",
        1,
        "missing field `query`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"X y\"\nquery = \"*\"\n",
        2,
        "`X y` is no channel name",
    ),
    (
        "channels.toml",
        "defaults = true\n[[channel]]\nname = \"sport\"\nquery = \"*\"\n",
        3,
        "there are two channels `sport`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"topik:sport\"\n",
        3,
        "there is no field `topik`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"topic:sports\"\n",
        3,
        "there is no topic `sports`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"source:nobody\"\n",
        3,
        "there is no source `nobody`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"place:亚特兰蒂斯\"\n",
        3,
        "there is no place `亚特兰蒂斯`",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"(topic:sport\"\n",
        3,
        "this bracket is not closed",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = 'text:\"设施'\n",
        3,
        "this quotation is not closed",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"topic:sport AND\"\n",
        3,
        "the query breaks off here",
    ),
    (
        "channels.toml",
        "[[channel]]\nname = \"x\"\nquery = \"\"\n",
        3,
        "the query is empty",
    ),
];

const TOPIC: &str = "[[topic]]\nid = \"bees\"\nname = \"养蜂\"\n";

const TOPICS: &[Case] = &[
    ("topics.toml", "", 1, "there is no topic"),
    ("topics.toml", "[[topics]]\n", 1, "unknown field `topics`"),
    (
        "topics.toml",
        "[[topic]]\nid = \"Bees\"\nname = \"养蜂\"\ndecisive = [\"蜂箱\"]\n",
        2,
        "\"Bees\" cannot be a topic's id",
    ),
    (
        "topics.toml",
        "+decisive = [\"蜂\"]\n",
        4,
        "\"蜂\" is too short to be a term",
    ),
    (
        "topics.toml",
        "+decisive = [\"蜂箱\"]\nstrong = [\"蜂箱\"]\n",
        5,
        "term \"蜂箱\" is there twice",
    ),
    (
        "topics.toml",
        "+decisive = [\"蜂箱\"]\nparent = \"be\"\n",
        5,
        "parent \"be\" is no topic",
    ),
    (
        "topics.toml",
        "+decisive = [\"蜂箱\"]\nthreshold = 2.0\n",
        5,
        "a threshold of 2 is never or always reached",
    ),
    ("topics.toml", "+", 2, "topic \"bees\" has no terms"),
];

const ENTITIES: &[Case] = &[
    ("entities.toml", "[[names]]\n", 1, "unknown field `names`"),
    (
        "entities.toml",
        "[[name]]\nname = \"甲\"\nkind = \"person\"\n",
        2,
        "\"甲\" is no name",
    ),
    (
        "entities.toml",
        "[[name]]\nname = \"甲乙\"\nkind = \"robot\"\n",
        3,
        "unknown variant `robot`",
    ),
    (
        "entities.toml",
        "[[name]]\nname = \"甲乙\"\nkind = \"place\"\ncode = \"999999\"\n",
        4,
        "no division has the code \"999999\"",
    ),
];

/// What is said, without the frame it is drawn in and the width it is broken at.
fn said(ran: &Ran) -> String {
    let frame = |c: char| matches!(c, '|' | '│' | '·' | ':' | '`' | '┬' | '─');
    let words = ran.err.split_whitespace();
    let words = words.filter(|w| !w.chars().all(|c| frame(c) && c != '`'));
    words.collect::<Vec<_>>().join(" ")
}

fn refused(cases: &[Case]) {
    let mut wrong = Vec::new();
    for (file, text, line, message) in cases {
        let room = Room::new();
        std::fs::create_dir(room.path("in")).unwrap();
        let text = text
            .strip_prefix('+')
            .map_or((*text).to_owned(), |rest| format!("{TOPIC}{rest}"));
        let config = room.config("copydesk.toml", SOURCE);
        room.config(file, &text);
        let ran = room.run(&["check", "--config", &config]);
        let said = said(&ran);
        let place = format!("line {line}: ");
        let whole = said.contains(&place) && said.contains(message) && said.contains(file);
        if ran.code != 64 || !whole || !ran.out.is_empty() {
            wrong.push(format!(
                "{text}\n  wanted line {line}: {message}\n  {ran:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn settings_are_refused_at_their_line() {
    refused(SETTINGS);
}

#[test]
fn channels_are_refused_at_their_line() {
    refused(CHANNELS);
}

#[test]
fn topics_and_house_names_are_refused_at_their_line() {
    refused(TOPICS);
    refused(ENTITIES);
}

#[test]
fn a_mistake_is_shown_with_a_caret_under_it_and_a_remedy() {
    let room = Room::new();
    let config = room.config("copydesk.toml", "");
    room.config(
        "channels.toml",
        "[[channel]]\nname = \"sports\"\nquery = \"kind:news topic:sports\"\n",
    );
    let ran = room.run(&["check", "--config", &config]);
    assert_eq!(ran.code, 64, "{ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    let shown = lines
        .iter()
        .position(|l| l.contains("query = \"kind:news topic:sports\""))
        .unwrap();
    let marked = |at: usize| lines[at].chars().collect::<Vec<_>>();
    let (text, marks) = (marked(shown), marked(shown + 1));
    let column = text
        .windows(6)
        .position(|w| w.iter().collect::<String>() == "sports")
        .unwrap();
    assert!(
        matches!(marks[column], '^' | '─') && marks[column - 1] == ' ',
        "{}",
        ran.err
    );
    assert!(ran.err.contains("did you mean `sport`?"), "{}", ran.err);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        "[streams]\nreplicas = 4\n[daemon]\ndrain_secs = 0\n",
    );
    let said = said(&room.run(&["check", "--config", &config]));
    assert!(
        said.contains("line 2: ") && said.contains("line 4: "),
        "{said}"
    );
}

#[test]
fn the_daemon_refuses_what_check_refuses() {
    let room = Room::new();
    let config = room.config("copydesk.toml", "[streams]\nreplicas = 4\n");
    for command in [
        &["check"][..],
        &["up"],
        &["run", "enrich"],
        &["process", "x.md"],
        &["tag"],
        &["status"],
    ] {
        let ran = room.run(&[command, &["--config", &config]].concat());
        assert_eq!(ran.code, 64, "{command:?}: {ran:?}");
        assert!(
            said(&ran).contains("line 2: a stream cannot have 4 replicas"),
            "{command:?}: {ran:?}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let room = Room::new();
    let ran = room.run(&["check", "--config", "none.toml"]);
    assert_eq!(ran.code, 64, "{ran:?}");
    assert!(said(&ran).contains("none.toml cannot be used"), "{ran:?}");
    assert!(
        said(&ran).contains("cannot be read: No such file"),
        "{ran:?}"
    );
    let config = room.config("copydesk.toml", "");
    std::fs::write(room.path("channels.toml"), b"\xff\xfe").unwrap();
    let ran = room.run(&["check", "--config", &config]);
    assert_eq!(ran.code, 64, "{ran:?}");
    assert!(
        said(&ran).contains("channels.toml cannot be used"),
        "{ran:?}"
    );
}

/// `copydesk check` with variables set.
fn check(room: &Room, config: Option<&str>, variables: &[(&str, &str)]) -> Ran {
    let mut args = vec!["check"];
    args.extend(config.map(|c| ["--config", c]).iter().flatten());
    support::finish(room.copydesk(&args).envs(variables.iter().copied()), "")
}

#[test]
fn environment_goes_before_file_and_file_before_default() {
    let room = Room::new();
    let nats = |ran: Ran| {
        assert_eq!(ran.code, 0, "{ran:?}");
        let line = ran
            .out
            .lines()
            .find(|l| l.contains("  nats "))
            .unwrap()
            .to_owned();
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let config = room.config("copydesk.toml", "[nats]\nserver = \"nats://file:1\"\n");
    let private = format!("private server on {}", room.path("data").display());
    assert_eq!(nats(check(&room, None, &[])), private);
    assert_eq!(nats(check(&room, Some(&config), &[])), "nats://file:1");
    let variable = ("COPYDESK_NATS__SERVER", "nats://variable:2");
    assert_eq!(
        nats(check(&room, Some(&config), &[variable])),
        "nats://variable:2"
    );
    assert_eq!(nats(check(&room, None, &[variable])), "nats://variable:2");
    let usual = ("NATS_URL", "nats://desk:hush@usual:3");
    assert_eq!(
        nats(check(&room, Some(&config), &[variable, usual])),
        "nats://usual:3"
    );
    let flag = room.run(&["check", "--config", &config, "-s", "nats://flag:4"]);
    assert_eq!(nats(flag), "nats://flag:4");
    let named = check(&room, None, &[("COPYDESK_CONFIG", &config)]);
    assert_eq!(nats(named), "nats://file:1");
}

#[test]
fn a_mistake_in_the_environment_is_named_by_its_variable() {
    let room = Room::new();
    for (name, value, message) in [
        (
            "COPYDESK_NATS__COLOUR",
            "red",
            "COPYDESK_NATS__COLOUR: unknown field",
        ),
        ("COPYDESK_SAUCE", "1", "COPYDESK_SAUCE: unknown field"),
        (
            "COPYDESK_LIMITS__MAX_FILE_MB",
            "big",
            "COPYDESK_LIMITS__MAX_FILE_MB: invalid type: found string \"big\", expected u64",
        ),
        (
            "COPYDESK_NATS__PREFIX",
            "a b",
            "COPYDESK_NATS__PREFIX: `a b` is no subject token",
        ),
        (
            "COPYDESK_STREAMS__REPLICAS",
            "2",
            "COPYDESK_STREAMS__REPLICAS: a stream cannot have 2 replicas",
        ),
    ] {
        let ran = check(&room, None, &[(name, value)]);
        assert_eq!(ran.code, 64, "{ran:?}");
        assert!(said(&ran).contains("environment cannot be used"), "{ran:?}");
        assert!(said(&ran).contains(message), "{message}\n{ran:?}");
    }
}

#[test]
fn check_tells_what_it_found() {
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        "[[source]]\nname = \"rsrb\"\ntitle = \"汝水日报\"\nhome = \"361000\"\ninbox = \"inbox\"\n",
    );
    room.config(
        "channels.toml",
        "[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\n",
    );
    let ran = room.run(&["check", "--config", &config]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("configuration is good\n"), "{ran:?}");
    // Paths in a file are meant from where the file is.
    let inbox = format!("rsrb 汝水日报 in {}", room.inbox().display());
    assert!(ran.out.contains(&inbox), "{ran:?}");
    assert!(ran.out.contains("channels  1\n"), "{ran:?}");

    std::fs::remove_dir(room.inbox()).unwrap();
    let ran = room.run(&["check", "--config", &config]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err
            .contains("is not a folder; make it, or correct the path"),
        "{ran:?}"
    );
}

#[test]
fn the_configuration_of_the_repository_is_good() {
    let room = Room::new();
    for name in ["topics.toml", "channels.toml", "entities.toml"] {
        let text = std::fs::read(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("config")
                .join(name),
        );
        std::fs::write(room.path(name), text.unwrap()).unwrap();
    }
    let config = room.config("copydesk.toml", "");
    let ran = room.run(&["check", "--config", &config]);
    assert_eq!(ran.code, 0, "{ran:?}");
}
