//! The recipes in `deploy/clients`, each against a running desk: live, durable, replay, corrections, kills and withdrawals.
#![cfg(test)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Daemon, NEVER, PATIENCE, Room, article, finish, python, typescript, wait_for};

const CHANNELS: &str = "defaults = false\n[[channel]]\nname = \"bees\"\nquery = 'text:蜂箱'\n";
const HEADLINES: [&str; 3] = ["山里人家的甜蜜账", "果园里的新邻居", "养蜂合作社分红"];

/// The page: what becomes of each of the three pieces is told by its body.
fn page(bodies: [&str; 3]) -> String {
    let pieces = HEADLINES.iter().zip(bodies);
    pieces
        .map(|(headline, body)| article(headline, body))
        .collect()
}

const FIRST: [&str; 3] = [
    "村民在果园里摆上了120只蜂箱,一年能收三季蜜。",
    "果农老汤把蜂箱放进梨园,坐果率高了两成。",
    "合作社今年添置蜂箱300只,每户分红两千元。",
];
/// The first is corrected; the second is about something else now.
const SECOND: [&str; 3] = [
    "村民在果园里摆上了210只蜂箱,一年能收三季蜜。",
    "果农老汤在梨园里套种西瓜,一亩多收三千元。",
    FIRST[2],
];

/// A recipe with what goes before its arguments.
struct Recipe {
    name: &'static str,
    words: Vec<String>,
}

impl Recipe {
    /// Those that can be run here; the others say that they are skipped.
    fn all() -> Vec<Self> {
        let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/clients");
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let mut all = Vec::new();
        if let Some(python) = python() {
            let script = recipes.join("python/subscribe.py");
            all.push(Self {
                name: "python",
                words: vec![text(&python), text(&script)],
            });
        }
        if let Some(folder) = typescript() {
            all.push(Self {
                name: "typescript",
                words: vec!["node".into(), text(&folder.join("subscribe.js"))],
            });
        }
        let programs = Path::new(env!("CARGO_BIN_EXE_copydesk")).parent().unwrap();
        let example = programs.join("examples/subscribe");
        if example.is_file() {
            all.push(Self {
                name: "rust",
                words: vec![text(&example)],
            });
        } else {
            println!("skipped: the Rust recipe is not built (`cargo build --example subscribe`)");
        }
        all
    }

    fn command(&self, url: &str, more: &[&str]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .args([url, "bees"])
            .args(more);
        command
    }

    /// Its lines, at its end.
    fn lines(&self, url: &str, more: &[&str]) -> Vec<String> {
        let ran = finish(&mut self.command(url, more), "");
        assert_eq!(ran.code, 0, "{} {more:?}: {ran:?}", self.name);
        ran.out.lines().map(str::to_owned).collect()
    }
}

/// A recipe at work.
struct Running {
    name: &'static str,
    child: std::process::Child,
    errors: std::path::PathBuf,
}

impl Running {
    /// Runs it and waits until it listens.
    fn start(recipe: &Recipe, room: &Room, more: &[&str]) -> Self {
        let errors = room.path(format!("{}{}.err", recipe.name, more.len()));
        let child = recipe
            .command(&room.url(), more)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        let running = Self {
            name: recipe.name,
            child,
            errors,
        };
        wait_for(recipe.name, || {
            running.said().contains("listening").then_some(())
        });
        running
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap()
    }

    /// Its lines, at its end.
    fn lines(mut self) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            if Instant::now() > deadline {
                let _ = self.child.kill();
                panic!("{} did not end: {}", self.name, self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let said = self.said();
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}: {said}", self.name);
        let out = String::from_utf8(output.stdout).unwrap();
        out.lines().map(str::to_owned).collect()
    }
}

/// A desk with the page in it, and a port for browsers.
fn desk(room: &Room) -> (Daemon, u16) {
    room.config("channels.toml", CHANNELS);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let config = room.config(
        "copydesk.toml",
        &format!(
            "[broker]\nwebsocket = {port}\n[[source]]\nname = \"rsrb\"\ninbox = \"{{inbox}}\"\n"
        ),
    );
    let desk = room.daemon(&["up", "--config", &config]);
    room.put("20250318/03.md", page(FIRST));
    (desk, port)
}

/// Ids of the three pieces.
fn ids(room: &Room) -> Vec<String> {
    let wire = room.wire();
    let came = wire
        .subscribe_to("COPYDESK_CHANNELS", "copydesk.channel.bees.*")
        .take(3);
    let id = |headline: &str| {
        let item = came.iter().find(|i| i.title() == headline);
        item.unwrap().id().to_owned()
    };
    HEADLINES.iter().map(|h| id(h)).collect()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// From the start, twice; then durably in two goes.
fn replays_and_goes_on(recipe: &Recipe, url: &str, published: &[String]) {
    let published = sorted(published.to_vec());
    for since in ["start", "1"] {
        let replayed = recipe.lines(url, &["--since", since, "--count", "3"]);
        assert_eq!(sorted(replayed), published, "{}", recipe.name);
    }
    let durable = ["--durable", recipe.name, "--count"];
    let mut came = recipe.lines(url, &[&durable[..], &["1"]].concat());
    came.extend(recipe.lines(url, &[&durable[..], &["2"]].concat()));
    assert_eq!(sorted(came), published, "{}", recipe.name);
}

#[test]
fn every_recipe_follows_a_channel_live_durably_and_from_the_start() {
    let recipes = Recipe::all();
    let room = Room::new();
    let (desk, _) = desk(&room);
    let url = room.url();
    let ids = ids(&room);
    let published: Vec<String> = (0..3)
        .map(|i| format!("publish {}.1 {}", ids[i], HEADLINES[i]))
        .collect();

    // What a client that ends had fetched and not acked comes again after 30 s: all of them at the same time.
    std::thread::scope(|scope| {
        for recipe in &recipes {
            scope.spawn(|| replays_and_goes_on(recipe, &url, &published));
        }
    });

    let running: Vec<_> = recipes
        .iter()
        .flat_map(|recipe| {
            let durable = ["--durable", recipe.name, "--count", "3"];
            [&durable[..], &["--count", "3"]].map(|more| Running::start(recipe, &room, more))
        })
        .collect();
    let wire = room.wire();
    room.put("20250318/03.md", page(SECOND));
    wait_for("update and withdrawal", || {
        (wire.published("COPYDESK_CHANNELS") >= 5).then_some(())
    });
    // What came before comes again, late: to whoever knows the newer revision it is nothing.
    let subject = format!("copydesk.item.rsrb.{}", ids[0]);
    let old = wire.subscribe_to("COPYDESK_ITEMS", &subject).take(2);
    wire.publish(
        &format!("copydesk.channel.bees.{}", ids[0]),
        &old[0].json.to_string(),
    );
    wire.publish(
        &format!("copydesk.channel.bees.{}", ids[0]),
        &old[1].json.to_string(),
    );
    let killed = room.run(&["kill", &ids[2], "--reason", "人名有误,撤稿"]);
    assert_eq!(killed.code, 0, "{killed:?}");

    let changed = sorted(vec![
        format!("update {}.2 {}", ids[0], HEADLINES[0]),
        format!("withdraw {}.2 {}", ids[1], HEADLINES[1]),
        format!("kill {}.2 {}", ids[2], HEADLINES[2]),
    ]);
    for client in running {
        let name = client.name;
        assert_eq!(sorted(client.lines()), changed, "{name}");
    }
    desk.stop();
}

#[test]
fn the_python_recipe_keeps_what_it_got_and_takes_nothing_twice() {
    let Some(python) = python() else { return };
    let room = Room::new();
    let (desk, _) = desk(&room);
    ids(&room);
    let recipe = Recipe::all()
        .into_iter()
        .find(|r| r.name == "python")
        .unwrap();
    let items = room.path("items.sqlite");
    let keep = ["--items", items.to_str().unwrap()];
    let first = recipe.lines(
        &room.url(),
        &[&keep[..], &["--since", "start", "--count", "3"]].concat(),
    );
    assert_eq!(first.len(), 3);
    // All of it again, then one change.
    let mut again = Running::start(
        &recipe,
        &room,
        &[&keep[..], &["--since", "start", "--count", "1"]].concat(),
    );
    std::thread::sleep(NEVER);
    assert!(
        again.child.try_wait().unwrap().is_none(),
        "took something twice"
    );
    room.put("20250318/03.md", page([SECOND[0], FIRST[1], FIRST[2]]));
    let lines = again.lines();
    assert!(
        lines.len() == 1 && lines[0].starts_with("update "),
        "{lines:?}"
    );
    let query = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(\"SELECT count(*), max(revision), sum(body LIKE '%210只%') FROM item\").fetchone())";
    let kept = finish(Command::new(python).args(["-c", query]).arg(&items), "");
    assert_eq!(kept.out.trim(), "(3, 2, 1)", "{kept:?}");
    desk.stop();
}

#[test]
fn the_browser_recipe_shows_a_channel_in_a_real_browser() {
    let Some(folder) = typescript() else { return };
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|program| {
            let version = Command::new(program).arg("--version").output();
            version.is_ok_and(|v| v.status.success())
        });
    let Some(browser) = browser else {
        println!("skipped: no chromium on PATH");
        return;
    };
    let room = Room::new();
    let (desk, port) = desk(&room);
    let ids = ids(&room);
    let granted = room.run(&[
        "channel",
        "grant",
        "reader",
        "bees",
        "--config",
        room.path("copydesk.toml").to_str().unwrap(),
    ]);
    assert_eq!(granted.code, 0, "{granted:?}");
    let password = granted
        .out
        .lines()
        .find_map(|l| l.trim_start().strip_prefix("password"));
    let password = password.unwrap().split_whitespace().next().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/browser.mjs");
    let page = folder.join("index.html");
    let address = format!(
        "file://{}#ws://reader:{password}@127.0.0.1:{port}",
        page.display()
    );
    let list = |count: usize| {
        let entries = "document.querySelectorAll('li')";
        format!("{entries}.length == {count} && [...{entries}].map((e) => [e.id, e.textContent])")
    };
    let out = room.path("browser.out");
    let mut child = Command::new("node")
        .arg(script)
        .args([browser, room.path("chromium").to_str().unwrap(), &address])
        .args([list(3), list(2)])
        .stdout(std::fs::File::create(&out).unwrap())
        .spawn()
        .unwrap();
    let said = || std::fs::read_to_string(&out).unwrap();
    wait_for("three items in the page", || {
        assert!(child.try_wait().unwrap().is_none_or(|s| s.success()));
        (said().lines().count() >= 1).then_some(())
    });
    let killed = room.run(&["kill", &ids[2], "--reason", "撤稿"]);
    assert_eq!(killed.code, 0, "{killed:?}");
    assert!(child.wait().unwrap().success());
    let pictures: Vec<BTreeSet<[String; 2]>> = said()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let shown = |count: usize| -> BTreeSet<[String; 2]> {
        let pair = |i: usize| [ids[i].clone(), HEADLINES[i].to_owned()];
        (0..count).map(pair).collect()
    };
    assert_eq!(pictures, [shown(3), shown(2)]);
    desk.stop();
}

#[test]
fn the_recipe_for_the_nats_command_line_follows_a_channel() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/clients/nats-cli/subscribe.sh");
    let has = |program: &str| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|v| v.status.success())
    };
    // Wrong use is told how, whatever is installed.
    let usage = finish(&mut Command::new(&script), "");
    assert!(
        usage.code == 2 && usage.err.contains("subscribe.sh durable CHANNEL NAME"),
        "{usage:?}"
    );
    if !has("nats") || !has("jq") {
        println!("skipped: the nats command line and jq are not both on PATH");
        return;
    }
    let room = Room::new();
    let (desk, _) = desk(&room);
    let ids = ids(&room);
    let durable = || {
        let mut command = Command::new(&script);
        command
            .args(["durable", "bees", "shell"])
            .env("NATS_URL", room.url());
        let ran = finish(&mut command, "");
        assert_eq!(ran.code, 0, "{ran:?}");
        sorted(ran.out.lines().map(str::to_owned).collect())
    };
    let published = (0..3).map(|i| format!("publish {}.1 {}", ids[i], HEADLINES[i]));
    assert_eq!(durable(), sorted(published.collect()));
    let killed = room.run(&["kill", &ids[2], "--reason", "撤稿"]);
    assert_eq!(killed.code, 0, "{killed:?}");
    wait_for("the kill", || {
        (room.wire().published("COPYDESK_CHANNELS") >= 4).then_some(())
    });
    assert_eq!(durable(), [format!("kill {}.2 {}", ids[2], HEADLINES[2])]);
    let roles = finish(
        Command::new("nats")
            .args(["micro", "ls", "--json"])
            .env("NATS_URL", room.url()),
        "",
    );
    let roles: Value = serde_json::from_str(&roles.out).unwrap();
    assert!(roles.to_string().contains("copydesk-enrich"), "{roles}");
    desk.stop();
}
