//! What is acknowledged is on disk: the system calls of the server, by strace, between a write to its store and the answer.
//!
//! A control shows that the question can be answered with no: a server with NATS' own default answers before it syncs.

use crate::support::{Nats, Room, Wire, page, wait_until};
use rustix::process::Signal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Acknowledgements of one stream.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Acks {
    /// Sent to publishers.
    sent: usize,
    /// Those of them sent while something written to the stream was not synced.
    unsynced: usize,
}

#[test]
fn what_the_private_server_acknowledged_is_on_disk() {
    let room = Room::new();
    let desk = room.up_without_page();
    let acks = traced(desk.broker_pid(), || {
        // Each batch of articles is one commit, so also one acknowledgement.
        for number in 0..5 {
            room.put(format!("20250318/{number:02}.md"), page(number, 10));
            let articles = (number as u64 + 1) * 10;
            wait_until("a page on its channel", || {
                room.wire().on_channel("all") >= articles && room.wire().is_idle()
            });
        }
        for number in 0..20 {
            room.wire()
                .publish(&format!("copydesk.channel.proof.{number}"), "{}");
        }
    });
    let Some(acks) = acks else { return };
    println!("private server: {acks:?}");
    for (stream, least) in [
        ("COPYDESK_ARTICLES", 5),
        ("COPYDESK_ITEMS", 5),
        ("COPYDESK_CHANNELS", 25),
    ] {
        let acks = acks.get(stream).copied().unwrap_or_default();
        assert!(acks.sent >= least, "{stream}: {acks:?}");
        assert_eq!(acks.unsynced, 0, "{stream}: {acks:?}");
    }
    desk.stop();
}

#[test]
fn a_server_with_the_default_of_nats_acknowledges_before_it_syncs() {
    let nats = Nats::start();
    let wire = Wire::to(&nats.url);
    wire.block_on(async {
        let config = async_nats::jetstream::stream::Config {
            name: "PROOF".into(),
            subjects: vec!["proof.>".into()],
            ..Default::default()
        };
        wire.js().create_stream(config).await.unwrap();
    });
    let acks = traced(nats.pid().unwrap(), || {
        (0..20).for_each(|number| wire.publish(&format!("proof.{number}"), "{}"));
    });
    let Some(acks) = acks else { return };
    println!("default server: {acks:?}");
    assert_eq!(
        acks.get("PROOF"),
        Some(&Acks {
            sent: 20,
            unsynced: 20
        })
    );
}

/// The acknowledgements of the server of this process id while `work` runs; `None`, with a message, where it cannot be traced.
fn traced(pid: u32, work: impl FnOnce()) -> Option<BTreeMap<String, Acks>> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let calls = "trace=write,writev,pwrite64,fsync,fdatasync";
    let strace = Command::new("strace")
        .args(["-f", "-y", "-s", "65536", "-e", calls, "-p"])
        .arg(pid.to_string())
        .arg("-o")
        .arg(trace.path())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut strace) = strace else {
        println!("skipped: strace cannot be had");
        return None;
    };
    if !is_attached(&mut strace) {
        println!("skipped: this process may not trace another");
        strace.wait().unwrap();
        return None;
    }
    work();
    crate::support::kill(strace.id(), Signal::TERM);
    strace.wait().unwrap();
    Some(acks(&std::fs::read_to_string(trace.path()).unwrap()))
}

/// Its first line says so, or why not.
fn is_attached(strace: &mut Child) -> bool {
    let mut said = String::new();
    BufReader::new(strace.stderr.as_mut().unwrap())
        .read_line(&mut said)
        .unwrap();
    said.contains("attached")
}

/// Reads the trace of one server; a call interrupted by another thread's counts from its end, where it is a sync.
fn acks(trace: &str) -> BTreeMap<String, Acks> {
    let mut acks: BTreeMap<String, Acks> = BTreeMap::new();
    let mut unsynced = HashSet::new();
    let mut syncing = HashMap::new();
    for (thread, call) in trace.lines().filter_map(|line| line.split_once(' ')) {
        let call = call.trim_start();
        if call.starts_with("<... f") && call.ends_with("= 0") {
            if let Some(stream) = syncing.remove(thread) {
                unsynced.remove(stream);
            }
        } else if let Some(stream) = stored(call) {
            match call.starts_with('f') {
                true if call.ends_with("= 0") => drop(unsynced.remove(stream)),
                true => drop(syncing.insert(thread, stream)),
                false => drop(unsynced.insert(stream)),
            }
        } else if call.contains("<socket:") {
            for answer in call.split(r#"{\"stream\":\""#).skip(1) {
                let stream = answer.split('\\').next().unwrap_or_default();
                let acks = acks.entry(stream.to_owned()).or_default();
                acks.sent += 1;
                acks.unsynced += usize::from(unsynced.contains(stream));
            }
        }
    }
    acks
}

/// The stream whose messages a call writes or syncs.
fn stored(call: &str) -> Option<&str> {
    let path = call.split_once('<')?.1.split_once('>')?.0;
    let (stream, file) = path.split_once("/streams/")?.1.split_once('/')?;
    file.starts_with("msgs/").then_some(stream)
}
