//! The commands in docs/developers.md, run as they stand; those whose program cannot be had here are skipped.
#![cfg(test)]

mod support;

use std::path::Path;
use std::process::Command;
use support::{Daemon, Room, finish, python, typescript, wait_until};

const DOCUMENTATION: &str = include_str!("../docs/developers.md");

/// A folder as a fresh checkout is: samples, recipes, no data.
fn checkout() -> Room {
    let room = Room::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(root.join("samples"), room.path("samples")).unwrap();
    let mut copy = Command::new("cp");
    let copied = finish(
        copy.arg("-r")
            .arg(root.join("deploy"))
            .arg(room.path("deploy")),
        "",
    );
    assert_eq!(copied.code, 0, "{copied:?}");
    room
}

#[test]
fn every_command_in_the_documentation_works() {
    let blocks = DOCUMENTATION.split("```sh\n").skip(1);
    let lines: Vec<&str> = blocks
        .flat_map(|b| b.split("```").next().unwrap().lines())
        .collect();
    assert!(lines.len() >= 18, "{lines:?}");

    let room = checkout();
    let has = |program: &str| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|v| v.status.success())
    };
    let python = python();
    let packages = typescript().map(|folder| folder.join("node_modules"));
    if let Some(packages) = &packages {
        let here = room.path("deploy/clients/typescript/node_modules");
        if !here.exists() {
            std::os::unix::fs::symlink(packages, here).unwrap();
        }
    }
    let programs = Path::new(env!("CARGO_BIN_EXE_copydesk")).parent().unwrap();
    let example = programs.join("examples/subscribe");
    let nats = has("nats") && has("jq");

    let shell = |line: &str| {
        let mut command = room.copydesk(&[] as &[&str]);
        let path = command
            .get_envs()
            .find_map(|(name, value)| (name == "PATH").then(|| value.unwrap().to_owned()));
        let mut folders = vec![programs.to_owned()];
        folders.extend(std::env::split_paths(&path.unwrap()));
        let mut shell = Command::new("sh");
        for (name, value) in command.env_remove("COPYDESK_DATA").get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell
            .args(["-euc", &format!("exec {line}")])
            .env("PATH", std::env::join_paths(folders).unwrap())
            .current_dir(room.path(""));
        shell
    };
    let mut desk = None;
    let (mut ran, mut skipped) = (0, 0);
    for line in lines {
        let first = line.split_whitespace().next().unwrap();
        let line = match first {
            "copydesk" if line.starts_with("copydesk up ") => {
                desk = Some(Daemon::start(&mut shell(line)).ready());
                let tail = "copydesk tail all --since start --no-follow --format ndjson";
                wait_until("the samples", || {
                    finish(&mut shell(tail), "").out.lines().count() >= 19
                });
                continue;
            }
            "copydesk" => Some(line.to_owned()),
            "python3" => python
                .as_ref()
                .map(|python| line.replacen("python3", python.to_str().unwrap(), 1)),
            // The packages are there already.
            "npm" if line.starts_with("npm install") => continue,
            "npm" | "node" => packages.as_ref().map(|_| line.to_owned()),
            "cargo" => example.is_file().then(|| {
                line.replace(
                    "cargo run --quiet --example subscribe --",
                    example.to_str().unwrap(),
                )
            }),
            _ => nats.then(|| line.replacen("NATS_URL=", "env NATS_URL=", 1)),
        };
        let Some(line) = line else {
            println!("skipped: {first} cannot be run here");
            skipped += 1;
            continue;
        };
        let output = finish(&mut shell(&line), "");
        assert_eq!(output.code, 0, "{line}: {output:?}");
        assert!(
            !output.out.is_empty() || line.contains('>'),
            "{line} says nothing"
        );
        ran += 1;
    }
    println!("{ran} commands ran, {skipped} were skipped");
    assert!(ran >= 8);
    desk.unwrap().stop();
}
