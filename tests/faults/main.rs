//! Everything dies, again and again, while a source writes; at the end the books must balance to the byte.
//!
//! In short as part of `make test`; `make soak` runs it long. A seed repeats its course of faults (not the moment each
//! hits): `COPYDESK_FAULT_SEED=17 cargo test --test faults -- --nocapture`. `COPYDESK_FAULT_SEEDS`, `…_KILLS` and `…_FILES`
//! make it longer. Logs of a run whose books do not balance are kept in the folder the message names.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "../support/mod.rs"]
mod support;

mod books;
mod cluster;
mod proxy;
mod reader;
mod schedule;
mod troupe;
mod writer;

use books::{Balance, Ledger, balance};
use cluster::Cluster;
use fastrand::Rng;
use proxy::Proxy;
use reader::Reader;
use std::time::{Duration, Instant};
use support::{Nats, Room, Wire};
use troupe::{Servers, Troupe};

/// What is left when the last fault is mended may take so long, over the time a dead worker's messages are waited for.
const SETTLE: Duration = Duration::from_secs(240);
/// Articles to a file, on average.
const EACH: usize = 20;
const CHANNELS: [&str; 3] = ["all", "dongxiang", "dykes"];

fn wanted(channel: &str, headline: &str) -> bool {
    match channel {
        "dongxiang" => headline.contains("东乡区"),
        "dykes" => headline.contains("河堤加固"),
        _ => true,
    }
}

const CHANNELS_TOML: &str = r#"
defaults = false
[[channel]]
name = "dongxiang"
query = 'headline:"东乡区"'
[[channel]]
name = "dykes"
query = 'headline:"河堤加固"'
[[channel]]
name = "all"
query = "*"
"#;

fn number(name: &str, default: usize) -> usize {
    let given = std::env::var(format!("COPYDESK_FAULT_{name}"));
    given.map_or(default, |n| n.parse().expect("a number"))
}

fn seeds() -> Vec<u64> {
    match std::env::var("COPYDESK_FAULT_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => (1..=number("SEEDS", 1) as u64).collect(),
    }
}

#[test]
fn roles_die_and_the_line_is_cut() {
    for seed in seeds() {
        let room = Room::new();
        let nats = Nats::start();
        let proxy = Proxy::before(&nats.url);
        let config = settings(&room, seed, 1);
        let roles = ["watch", "watch", "enrich", "enrich", "fanout", "fanout"]
            .map(|role| args(&["run", role, "--config", &config, "-s", &proxy.url]));
        let troupe = Troupe::start(&room, Servers::One(Box::new(nats), proxy), roles.into());
        run("roles", &room, troupe, seed);
    }
}

#[test]
fn the_desk_and_its_own_server_die() {
    for seed in seeds() {
        let room = Room::new();
        let config = settings(&room, seed, 1);
        let roles = vec![args(&["up", "--config", &config])];
        let troupe = Troupe::start(&room, Servers::Private, roles);
        run("desk", &room, troupe, seed);
    }
}

#[test]
fn leaders_of_a_cluster_die() {
    for seed in seeds() {
        let room = Room::new();
        let cluster = Cluster::start();
        let config = settings(&room, seed, 3);
        let roles = ["watch", "watch", "enrich", "enrich", "fanout", "fanout"]
            .map(|role| args(&["run", role, "--config", &config, "-s", &cluster.urls()]));
        let troupe = Troupe::start(&room, Servers::Three(Box::new(cluster)), roles.into());
        run("cluster", &room, troupe, seed);
    }
}

fn args(args: &[&str]) -> Vec<String> {
    args.iter().map(|a| (*a).to_owned()).collect()
}

/// Files are kept or moved, by the seed.
fn settings(room: &Room, seed: u64, replicas: u8) -> String {
    room.config("channels.toml", CHANNELS_TOML);
    let after = if seed.is_multiple_of(2) {
        "keep"
    } else {
        "move"
    };
    room.config(
        "copydesk.toml",
        &format!(
            "[streams]\nreplicas = {replicas}\n[[source]]\nname = \"rsrb\"\ninbox = \"{{inbox}}\"\nafter = \"{after}\"\nreconcile_secs = 5\n"
        ),
    )
}

fn run(what: &str, room: &Room, mut troupe: Troupe<'_>, seed: u64) {
    let began = Instant::now();
    let mut rng = Rng::with_seed(seed);
    let (files, kills) = (number("FILES", 14), number("KILLS", 10));
    let course = schedule::course(&mut rng, kills, 6);
    let lasts: Duration = course.iter().map(|s| s.after).sum();
    let readers = CHANNELS.map(|channel| Reader::of(channel, &troupe.url()));
    let outside = room.path("outside");
    std::fs::create_dir(&outside).unwrap();
    let (inbox, pause) = (room.inbox(), lasts / u32::try_from(files).unwrap());
    let writer =
        std::thread::spawn(move || writer::write_all(rng, &inbox, &outside, (files, EACH), pause));
    troupe.suffer(&course);
    while !writer.is_finished() {
        troupe.tend();
        std::thread::sleep(Duration::from_millis(20));
    }
    let ledger = writer.join().unwrap();
    let balances = settled(&mut troupe, &ledger, &readers);
    let dead = Wire::to(&troupe.url()).waiting("COPYDESK_DEAD");
    let (kills, leaders) = (troupe.kills, troupe.leaders);
    drop(readers);
    let logs = troupe.stop();
    println!(
        "{what}, seed {seed}: {kills} kills ({leaders} of leaders), {} steps, {files} files, {} articles: {}; dead letters {dead}; {:.0} s",
        course.len(),
        ledger.len(),
        said(&balances),
        began.elapsed().as_secs_f64(),
    );
    if balances.iter().any(|b| !b.is_even()) || dead > 0 {
        let kept =
            std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{what}-{seed}"));
        let _ = std::fs::remove_dir_all(&kept);
        std::fs::create_dir_all(&kept).unwrap();
        std::fs::write(kept.join("logs"), logs.join("\n======\n")).unwrap();
        std::fs::write(kept.join("ledger"), format!("{ledger:#?}")).unwrap();
        panic!(
            "seed {seed}: the books do not balance, logs are in {}: {balances:#?}",
            kept.display()
        );
    }
}

/// Waits until all is even and nothing is on its way, or for long enough.
fn settled(troupe: &mut Troupe<'_>, ledger: &Ledger, readers: &[Reader]) -> Vec<Balance> {
    let wire = Wire::to(&troupe.url());
    let deadline = Instant::now() + SETTLE;
    loop {
        troupe.tend();
        std::thread::sleep(Duration::from_millis(500));
        let balances: Vec<_> = readers
            .iter()
            .map(|r| balance(ledger, &r.got(), |headline| wanted(r.channel, headline)))
            .collect();
        let over = Instant::now() > deadline;
        if over || (balances.iter().all(Balance::is_even) && wire.is_idle()) {
            return balances;
        }
    }
}

fn said(balances: &[Balance]) -> String {
    let count =
        |of: fn(&Balance) -> &Vec<String>| balances.iter().map(|b| of(b).len()).sum::<usize>();
    format!(
        "lost {}, doubled {}, half {}, strayed {}",
        count(|b| &b.lost),
        count(|b| &b.doubled),
        count(|b| &b.half),
        count(|b| &b.strayed)
    )
}
