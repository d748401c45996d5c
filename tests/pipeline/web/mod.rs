//! The web role, over plain sockets.

mod desk;
mod role;

use crate::support::{Daemon, wait_for};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Address of a desk's web role, as its log says.
pub(crate) fn address(desk: &Daemon) -> String {
    wait_for("the address of the desk page", || {
        let log = desk.log();
        let line = log.lines().find(|l| l.contains("the desk page is up"))?;
        let rest = line.split("http://").nth(1)?;
        Some(rest.split('/').next()?.to_owned())
    })
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|l| l.split_once(": "));
        lines
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Sends a request as written, one connection each.
pub(crate) fn ask(address: &str, request: &str, headers: &[&str], body: &str) -> Answer {
    let mut line = TcpStream::connect(address).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut text = format!(
        "{request} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers
        .iter()
        .any(|h| h.to_lowercase().starts_with("host:"))
    {
        text.push_str(&format!("host: {address}\r\n"));
    }
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    line.write_all(format!("{text}\r\n{body}").as_bytes())
        .unwrap();
    let mut bytes = Vec::new();
    let _ = line.read_to_end(&mut bytes);
    let answer = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    Answer {
        status: status.unwrap_or_else(|| panic!("no answer: {answer:?}")),
        head: head.to_owned(),
        body: if chunked {
            unchunk(body)
        } else {
            body.to_owned()
        },
    }
}

pub(crate) fn get(address: &str, path: &str) -> Answer {
    ask(address, &format!("GET {path}"), &[], "")
}

/// The parts of a chunked body. Sizes count bytes.
fn unchunk(body: &str) -> String {
    let (mut rest, mut whole) = (body.as_bytes(), Vec::new());
    while let Some(end) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    String::from_utf8_lossy(&whole).into_owned()
}
