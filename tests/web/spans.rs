//! Traces by OTLP over HTTP, received by a collector of a few lines.

use crate::support::{Room, article, wait_until};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Takes everything that is posted.
fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let sink = taken.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, sink) = (stream.unwrap(), sink.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                loop {
                    let (mut length, mut line) = (0, String::new());
                    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                        let (name, value) = line.split_once(':').unwrap_or_default();
                        if name.eq_ignore_ascii_case("content-length") {
                            length = value.trim().parse().unwrap();
                        }
                        assert!(
                            !line.starts_with("POST") || line.contains(" /v1/traces "),
                            "{line}"
                        );
                        line.clear();
                    }
                    let mut body = vec![0; length];
                    if length == 0 || reader.read_exact(&mut body).is_err() {
                        return;
                    }
                    sink.lock().unwrap().extend(body);
                    let told = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    stream.write_all(told.as_bytes()).unwrap();
                }
            });
        }
    });
    (address, taken)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

#[test]
fn one_trace_leads_an_article_through_all_roles_to_the_collector() {
    let (address, taken) = collector();
    let room = Room::new();
    let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
    command.env("COPYDESK_TELEMETRY__OTLP", &address);
    let desk = crate::support::Daemon::start(&mut command).ready();
    room.put(
        "20250318/01.md",
        article("水塘清淤完工", "3月17日,南城县水塘清淤工程完工。"),
    );
    let wire = room.wire();
    let came = wire
        .subscribe_to("COPYDESK_CHANNELS", "copydesk.channel.all.*")
        .take(1);
    let trace = came[0].traceparent.split('-').nth(1).unwrap().to_owned();
    let trace: Vec<u8> = (0..16)
        .map(|i| u8::from_str_radix(&trace[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    wait_until("the spans of the article", || {
        let taken = taken.lock().unwrap();
        let spans = taken.windows(16).filter(|w| *w == trace).count();
        let names = ["watch", "enrich", "fanout", came[0].id()];
        spans == 3 && names.iter().all(|name| contains(&taken, name.as_bytes()))
    });
    drop(desk);
}
