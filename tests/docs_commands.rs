//! Every command of README.md and docs/*.md, run in the order it stands there.
//!
//! Fences tagged `sh` or `console` (there, what follows `$ `) are run by bash, each document in a folder of its own with a running
//! desk that has the sample pages. `sh not-run` marks what cannot be run here (packages, machines, what never ends); the
//! commands of copydesk and the targets of make in it have to exist all the same. A new document is found by itself.
#![cfg(test)]

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Daemon, Ran, Room, SAMPLES, finish, sample, wait_until};

/// Most of the commands are to be run: a document made of `not-run` would prove nothing.
const MOST_NOT_RUN: f64 = 0.4;

/// A fenced block of commands.
struct Block {
    /// Line of its fence, from 1.
    line: usize,
    run: bool,
    text: String,
}

impl Block {
    /// Its commands: lines, those that go on joined, comments left out.
    fn commands(&self) -> Vec<String> {
        let joined = self.text.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim);
        lines
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .map(str::to_owned)
            .collect()
    }
}

fn blocks(document: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(Option<Block>, bool)> = None;
    for (i, line) in document.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(info)) => {
                let mut words = info.split_whitespace();
                let language = words.next().unwrap_or_default();
                let run = words.next() != Some("not-run");
                let block = matches!(language, "sh" | "console").then_some(Block {
                    line: i + 1,
                    run,
                    text: String::new(),
                });
                open = Some((block, language == "console"));
            }
            (Some(_), Some(_)) => found.extend(open.take().and_then(|(block, _)| block)),
            (Some((Some(block), console)), None) => {
                let command = if *console {
                    line.strip_prefix("$ ")
                } else {
                    Some(line)
                };
                if let Some(command) = command {
                    block.text += command;
                    block.text.push('\n');
                }
            }
            _ => {}
        }
    }
    assert!(open.is_none(), "a fence is never closed");
    found
}

#[test]
fn a_block_is_found_with_its_commands_and_its_tag() {
    let text = "a\n```sh\ncopydesk a \\\n  b # c\n# d\n```\n```json\n{}\n```\n```console\n$ x\nout\n```\n```sh not-run\ny\n```\n";
    let found = blocks(text);
    let found: Vec<_> = found
        .iter()
        .map(|b| (b.line, b.run, b.commands()))
        .collect();
    let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            (2, true, words(&["copydesk a    b # c"])),
            (10, true, words(&["x"])),
            (14, false, words(&["y"])),
        ]
    );
}

/// README.md and docs/*.md, but for developers.md: `docs_developers.rs` runs it, with the clients it needs.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = vec![root.join("README.md")];
    let docs = std::fs::read_dir(root.join("docs")).unwrap();
    documents.extend(docs.map(|entry| entry.unwrap().path()));
    documents.retain(|path| path.extension().is_some_and(|e| e == "md"));
    documents.retain(|path| !path.ends_with("developers.md"));
    documents.sort();
    documents
}

/// A desk as documents assume one: sample pages read, and the files they name.
struct Desk {
    room: Room,
    _daemon: Daemon,
    id: String,
}

impl Desk {
    fn open() -> Self {
        let room = Room::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in [".copydesk", "draft", "bin"] {
            std::fs::create_dir(room.path(folder)).unwrap();
        }
        // What a document names of the checkout.
        for name in ["deploy", "config", "samples", "tests", "docs", "fuzz"] {
            std::os::unix::fs::symlink(root.join(name), room.path(name)).unwrap();
        }
        let source = "[[source]]\nname = \"rsrb\"\ntitle = \"汝水日报\"\nhome = \"361000\"\ninbox = \"{inbox}\"\n";
        let config = room.config("copydesk.toml", source);
        room.config("draft/copydesk.toml", source);
        let mut topics = std::fs::read_to_string(root.join("config/topics.toml")).unwrap();
        topics += "\n[[topic]]\nid = \"heritage\"\nname = \"非遗\"\ndecisive = [\"非遗\", \"传承人\", \"传统技艺\"]\n";
        std::fs::write(room.path("draft/topics.toml"), topics).unwrap();
        std::fs::write(room.path("heritage.ndjson"), examples()).unwrap();
        std::fs::copy(sample(SAMPLES[0]), room.path("page.md")).unwrap();
        let mut command = room.copydesk(&["up", "--config", &config]);
        command.env("COPYDESK_DATA", room.path(".copydesk"));
        let daemon = Daemon::start(&mut command).ready();
        for name in SAMPLES {
            room.put(name, std::fs::read(sample(name)).unwrap());
        }
        let mut desk = Self {
            room,
            _daemon: daemon,
            id: String::new(),
        };
        let mut held = (0, String::new());
        wait_until("the sample pages on the desk", || {
            let ran = desk.bash("copydesk tail all --no-follow --format ndjson");
            let now = (ran.out.lines().count(), ran.out);
            let quiet = now.0 >= 15 && now == held;
            held = now;
            quiet
        });
        // An article that is neither corrected later nor a continuation.
        let events = held
            .1
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let plain =
            |e: &serde_json::Value| e["data"]["enrichment"]["topics"][0]["id"] == "investment";
        let event: serde_json::Value = { events }.find(plain).unwrap();
        desk.id = event["subject"].as_str().unwrap().to_owned();
        desk
    }

    /// Runs a script as a reader of the document would, in the desk's folder.
    fn bash(&self, script: &str) -> Ran {
        let mut command = self.room.copydesk::<&str>(&[]);
        let program = Path::new(command.get_program()).to_owned();
        let folders = command.get_envs().find(|(name, _)| *name == "PATH");
        let folders = folders.and_then(|(_, value)| value).unwrap().to_owned();
        let here = std::iter::once(program.parent().unwrap().to_owned());
        let path = std::env::join_paths(here.chain(std::env::split_paths(&folders))).unwrap();
        let environment: Vec<_> = command
            .get_envs()
            .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
            .collect();
        command = Command::new("bash");
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .args(["-eu", "-o", "pipefail", "-c"])
            .arg(format!(
                "trap 'echo \"failed: $BASH_COMMAND\" >&2' ERR\n{script}"
            ))
            .current_dir(self.room.path("."))
            .env("PATH", path)
            .env("COPYDESK_DATA", self.room.path(".copydesk"))
            .env("ID", &self.id);
        finish(&mut command, "")
    }
}

/// Twenty examples of a topic and of others.
fn examples() -> String {
    let mut lines = String::new();
    for i in 0..20 {
        let about = i % 2 == 0;
        let (headline, body) = if about {
            (
                "老银匠收徒",
                "寨子里的银饰锻制技艺传了七代,传承人每周到村小教孩子们錾花。",
            )
        } else {
            (
                "水塘清淤完工",
                "工程完工后,周边农田灌溉有了保障,塘堤也加固了。",
            )
        };
        let line =
            serde_json::json!({"headline": format!("{headline}{i}"), "body": body, "about": about});
        writeln!(lines, "{line}").unwrap();
    }
    lines
}

/// The subcommands of copydesk a line names: `channel add`, `up`.
fn named(command: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let at = usize::from(words.first() == Some(&"sudo"));
    if !words.get(at)?.rsplit('/').next()?.eq("copydesk") {
        return None;
    }
    let is_word =
        |w: &&&str| w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !w.starts_with('-');
    let most = match *words.get(at + 1)? {
        "channel" | "topic" | "dead" | "train" => 2,
        _ => 1,
    };
    let found: Vec<&str> = words[at + 1..]
        .iter()
        .take(most)
        .take_while(is_word)
        .copied()
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Whether what a line that is not run names is there, as far as it names copydesk or make.
fn exists(room: &Room, command: &str) -> bool {
    if let Some(mut words) = named(command) {
        words.push("--help");
        return room.run(&words).code == 0;
    }
    let Some(target) = command.strip_prefix("make ") else {
        return true;
    };
    let target = target.split_whitespace().next().unwrap();
    let makefile = Path::new(env!("CARGO_MANIFEST_DIR")).join("Makefile");
    let makefile = std::fs::read_to_string(makefile).unwrap();
    makefile
        .lines()
        .any(|l| l.starts_with(&format!("{target}:")))
}

#[test]
fn what_is_not_run_is_looked_for() {
    let room = Room::new();
    for there in [
        "make demo  # c",
        "sudo copydesk channel add x",
        "target/release/copydesk tail all",
        "sudo apt install x",
    ] {
        assert!(exists(&room, there), "{there}");
    }
    for gone in ["make dema", "copydesk chanel add", "copydesk channel ad x"] {
        assert!(!exists(&room, gone), "{gone}");
    }
}

#[test]
fn every_command_of_the_documents_does_what_it_says() {
    let documents = documents();
    let read: Vec<Followed> = std::thread::scope(|scope| {
        let readers: Vec<_> = documents
            .iter()
            .map(|path| scope.spawn(|| follow(path)))
            .collect();
        readers.into_iter().map(|r| r.join().unwrap()).collect()
    });
    let faults: String = read.iter().map(|f| f.faults.as_str()).collect();
    assert!(faults.is_empty(), "{faults}");
    let run: u32 = read.iter().map(|f| f.run).sum();
    let not_run: u32 = read.iter().map(|f| f.not_run).sum();
    println!("{run} commands run, {not_run} not");
    let share = f64::from(not_run) / f64::from(run + not_run);
    assert!(
        share <= MOST_NOT_RUN,
        "{not_run} of {} are not run",
        run + not_run
    );
}

/// A document gone through.
struct Followed {
    run: u32,
    not_run: u32,
    /// What did not work, with its place.
    faults: String,
}

/// Does what a document says.
fn follow(path: &Path) -> Followed {
    let text = std::fs::read_to_string(path).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = path.strip_prefix(root).unwrap().display();
    let mut followed = Followed {
        run: 0,
        not_run: 0,
        faults: String::new(),
    };
    let mut desk = None;
    for block in blocks(&text) {
        let at = format!("{name}:{}", block.line);
        let commands = block.commands();
        let count = u32::try_from(commands.len()).unwrap();
        if block.run {
            followed.run += count;
            let ran = desk.get_or_insert_with(Desk::open).bash(&block.text);
            if ran.code != 0 {
                let (out, err) = (ran.out, ran.err);
                writeln!(followed.faults, "{at}: exit {}\n{out}{err}", ran.code).unwrap();
            }
        } else {
            followed.not_run += count;
            let room = Room::new();
            for command in commands.iter().filter(|c| !exists(&room, c)) {
                writeln!(followed.faults, "{at}: there is no `{command}`").unwrap();
            }
        }
    }
    println!(
        "{name}: {} commands run, {} not",
        followed.run, followed.not_run
    );
    followed
}
