//! Load on the web role: readers of a stream of events and readers of feeds, for a minute.
//!
//! ```text
//! copydesk up --inbox ./pages                                   in one terminal
//! cargo run --release --example web_load -- 127.0.0.1:8470 /api/desk/stream 200 500 60
//! ```
//!
//! Says how the feeds answered, and memory and latency of the pipeline before and after, by `/metrics`.

#![allow(clippy::print_stdout, reason = "what it prints is its result")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections the feeds are asked on.
const READERS: u64 = 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, events, listeners, rate, secs] = args.as_slice() else {
        return Err(
            "usage: web_load ADDRESS PATH-OF-EVENTS LISTENERS FEEDS-A-SECOND SECONDS".into(),
        );
    };
    let (listeners, rate, secs): (u64, u64, u64) =
        (listeners.parse()?, rate.parse()?, secs.parse()?);
    let before = metrics(address).await?;
    let heard = Arc::new(AtomicU64::new(0));
    for _ in 0..listeners {
        let (address, events, heard) = (address.clone(), events.clone(), heard.clone());
        tokio::spawn(async move {
            let _ = listen(&address, &events, &heard).await;
        });
    }
    let until = Instant::now() + Duration::from_secs(secs);
    let mut readers = Vec::new();
    for reader in 0..READERS {
        let address = address.clone();
        let pause = Duration::from_micros(1_000_000 * READERS / rate.max(1));
        readers.push(tokio::spawn(async move {
            read(&address, reader, pause, until).await
        }));
    }
    let (mut took, mut failed) = (Vec::new(), 0);
    for reader in readers {
        match reader.await? {
            Ok(times) => took.extend(times),
            Err(_) => failed += 1,
        }
    }
    let after = metrics(address).await?;
    took.sort_unstable();
    let at = |part: usize| took.get((took.len() * part / 100).min(took.len().saturating_sub(1)));
    println!(
        "feeds: {} answers, {failed} readers failed, p50 {:?}, p99 {:?}; events: {} bytes heard by {listeners}",
        took.len(),
        at(50).copied().unwrap_or_default(),
        at(99).copied().unwrap_or_default(),
        heard.load(Ordering::Relaxed)
    );
    for name in [
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "copydesk_items_total",
    ] {
        println!("{name}: {} → {}", value(&before, name), value(&after, name));
    }
    Ok(())
}

/// Hears events until the end.
async fn listen(address: &str, path: &str, heard: &AtomicU64) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            n => heard.fetch_add(n as u64, Ordering::Relaxed),
        };
    }
}

/// Asks for a feed every `pause`, one in two as a reader who knows the last answer.
async fn read(
    address: &str,
    reader: u64,
    pause: Duration,
    until: Instant,
) -> std::io::Result<Vec<Duration>> {
    let form = if reader.is_multiple_of(2) {
        "json"
    } else {
        "atom"
    };
    let mut stream = TcpStream::connect(address).await?;
    let mut took = Vec::new();
    let mut tick = tokio::time::interval(pause);
    let mut tag = None;
    while Instant::now() < until {
        tick.tick().await;
        let known = tag
            .take()
            .map_or_else(String::new, |t| format!("if-none-match: {t}\r\n"));
        let request = format!("GET /feeds/all.{form} HTTP/1.1\r\nhost: {address}\r\n{known}\r\n");
        let began = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let (head, _) = answer(&mut stream).await?;
        took.push(began.elapsed());
        if known.is_empty() {
            tag = field(&head, "etag");
        }
    }
    Ok(took)
}

async fn answer(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let text = String::from_utf8_lossy(bytes.get(..head).unwrap_or_default()).into_owned();
    let length: usize = field(&text, "content-length")
        .and_then(|l| l.parse().ok())
        .unwrap_or(0);
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok((text, bytes.split_off(head)))
}

fn field(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|l| l.split_once(": "));
    lines
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.to_owned())
}

async fn metrics(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let (_, body) = answer(&mut stream).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text
        .lines()
        .filter_map(|l| l.strip_prefix(name)?.strip_prefix(' '));
    lines.next().unwrap_or("?")
}
