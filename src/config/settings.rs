//! The keys of `copydesk.toml`. Units are in the names; unknown keys are mistakes.

use crate::article::Source;
use crate::bus::layout::StreamLimits;
use crate::problem::Problem;
use crate::watch::After;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `copydesk.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The NATS to use; without `server` the daemon runs its own.
    pub nats: NatsSettings,
    /// The private NATS server.
    pub broker: BrokerSettings,
    /// What streams keep.
    pub streams: Streams,
    /// Bounds on input.
    pub limits: Limits,
    /// Near-duplicates.
    pub stories: Stories,
    /// Sources that go quiet.
    pub quiet: Quiet,
    /// The web role.
    pub web: WebSettings,
    /// Traces.
    pub telemetry: TelemetrySettings,
    /// The process.
    pub daemon: Daemon,
    /// Newspapers and feeds.
    #[serde(rename = "source")]
    pub sources: Vec<SourceSettings>,
}

/// `[nats]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsSettings {
    /// Address(es), comma-separated. Flags and environment go before it.
    pub server: Option<String>,
    /// Credentials file.
    pub creds: Option<PathBuf>,
    /// First token of every subject.
    pub prefix: String,
}

impl Default for NatsSettings {
    fn default() -> Self {
        Self {
            server: None,
            creds: None,
            prefix: "copydesk".into(),
        }
    }
}

/// `[broker]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrokerSettings {
    /// The nats-server program; looked up on PATH.
    pub program: PathBuf,
    /// Fixed port. Without one: 4222 when free, else another, the same again after every restart.
    pub port: Option<u16>,
    /// Memory JetStream may take.
    pub max_memory_mb: u64,
    /// Disk JetStream may take.
    pub max_store_mb: u64,
    /// Largest message.
    pub max_payload_mb: u64,
}

impl Default for BrokerSettings {
    fn default() -> Self {
        Self {
            program: "nats-server".into(),
            port: None,
            max_memory_mb: 128,
            max_store_mb: 20_000,
            max_payload_mb: 8,
        }
    }
}

/// `[streams]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Streams {
    /// Copies kept in a cluster: 1, 3 or 5.
    pub replicas: usize,
    /// Articles that may wait; beyond, files stay in the inbox.
    pub articles_max_mb: u64,
    /// Items kept; 0 for no limit of its own.
    pub items_max_mb: u64,
    /// How long channels can be replayed.
    pub channels_max_age_days: u64,
    /// How long dead letters are kept.
    pub dead_max_age_days: u64,
    /// How long the server remembers message ids.
    pub duplicate_window_secs: u64,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            replicas: 1,
            articles_max_mb: 1024,
            items_max_mb: 0,
            channels_max_age_days: 30,
            dead_max_age_days: 90,
            duplicate_window_secs: 120,
        }
    }
}

impl Streams {
    /// As the bus wants them.
    pub fn limits(&self) -> StreamLimits {
        let days = |n: u64| Duration::from_secs(n * 86_400);
        let bytes = |mb: u64| i64::try_from(mb * 1_000_000).unwrap_or(i64::MAX);
        StreamLimits {
            replicas: self.replicas,
            articles_max_bytes: bytes(self.articles_max_mb),
            items_max_bytes: bytes(self.items_max_mb),
            channels_max_age: days(self.channels_max_age_days),
            dead_max_age: days(self.dead_max_age_days),
            duplicate_window: Duration::from_secs(self.duplicate_window_secs),
        }
    }
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest file read; a larger one is reported and kept.
    pub max_file_mb: u64,
    /// How long a continuation waits for its head before it goes out alone; 0 for not at all.
    pub hold_continuations_secs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_mb: 20,
            hold_continuations_secs: 600,
        }
    }
}

/// `[stories]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stories {
    /// How long after the first item of a story another is recognised as its copy; 0 for not at all.
    pub window_days: u32,
    /// Items remembered, some 2.5 KB of memory each; beyond, the oldest are forgotten earlier.
    pub max_items: usize,
}

impl Default for Stories {
    fn default() -> Self {
        Self {
            window_days: 0,
            max_items: 20_000,
        }
    }
}

/// `[quiet]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quiet {
    /// How exactly a source keeps its time; 0 for not to look.
    pub slot_secs: u32,
    /// After how long its habit begins anew.
    pub cycle_secs: u32,
}

impl Default for Quiet {
    fn default() -> Self {
        Self {
            slot_secs: 3_600,
            cycle_secs: 7 * 86_400,
        }
    }
}

/// `[web]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// Whether `copydesk up` takes the role on.
    pub enabled: bool,
    /// Address and port; port 0 for any that is free.
    pub listen: String,
    /// Has to be shown by whoever asks. Beyond loopback there must be one.
    pub token: Option<String>,
    /// Names it may be asked by, beside its addresses and `localhost`.
    pub hosts: Vec<String>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            listen: "127.0.0.1:8470".into(),
            token: None,
            hosts: Vec::new(),
        }
    }
}

impl WebSettings {
    fn problems(&self, wrong: &mut dyn FnMut(&str, String, &str)) {
        match self.listen.parse::<SocketAddr>() {
            Err(_) => wrong(
                "web.listen",
                format!("`{}` is no address", self.listen),
                "give an IP address and a port, e.g. 127.0.0.1:8470 or [::1]:8470",
            ),
            Ok(address) if !address.ip().is_loopback() && self.token.is_none() => wrong(
                "web.listen",
                format!("`{address}` can be reached from elsewhere, and no token is asked for"),
                "set `token` under [web] (or COPYDESK_WEB__TOKEN), or listen on 127.0.0.1",
            ),
            Ok(_) => {}
        }
        let is_plain = |t: &str| {
            t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        };
        if self
            .token
            .as_ref()
            .is_some_and(|t| t.len() < 16 || !is_plain(t))
        {
            wrong(
                "web.token",
                "the token is short, or cannot stand in an address".into(),
                "use at least 16 letters, digits, `-` or `_`, e.g. from `openssl rand -hex 16`",
            );
        }
    }
}

/// `[telemetry]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetrySettings {
    /// Where spans are sent, OTLP over HTTP: `http://127.0.0.1:4318`. Nowhere without.
    pub otlp: Option<String>,
}

/// `[daemon]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Daemon {
    /// Deadline for finishing what was begun when told to stop.
    pub drain_secs: u64,
}

impl Default for Daemon {
    fn default() -> Self {
        Self { drain_secs: 20 }
    }
}

/// `[[source]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// ASCII name, in ids and subjects.
    pub name: String,
    /// The paper's title as printed.
    #[serde(default)]
    pub title: String,
    /// GB/T 2260 code of its home division.
    #[serde(default)]
    pub home: Option<String>,
    /// Folder its files arrive in.
    pub inbox: PathBuf,
    /// How paths carry date and page: `{yyyy}{mm}{dd}/{page}.md`.
    #[serde(default)]
    pub path_pattern: Option<String>,
    /// What becomes of a file afterwards.
    #[serde(default)]
    pub after: After,
    /// How long a file must stay unchanged where nothing else tells that it is complete.
    #[serde(default = "default_settle_ms")]
    pub settle_ms: u64,
    /// Time between walks over the whole inbox.
    #[serde(default = "default_reconcile_secs")]
    pub reconcile_secs: u64,
    /// Look every so often instead of waiting for events; chosen automatically on network file systems.
    #[serde(default)]
    pub poll_secs: Option<u64>,
    /// A file `x.md` counts as complete when `x.md<marker>` is there.
    #[serde(default)]
    pub done_marker: Option<String>,
    /// Follow symbolic links.
    #[serde(default)]
    pub follow_symlinks: bool,
}

fn default_settle_ms() -> u64 {
    500
}

fn default_reconcile_secs() -> u64 {
    30
}

impl SourceSettings {
    fn problems(&self, earlier: &[Self], wrong: &mut dyn FnMut(&str, String, &str)) {
        let name = &self.name;
        if !is_token(name) {
            let message = format!("source name `{name}` cannot stand in a subject");
            wrong(
                "name",
                message,
                "use lower-case ASCII letters, digits, `_` and `-`",
            );
        }
        if earlier.iter().any(|s| s.name == *name) {
            wrong(
                "name",
                format!("source `{name}` is there twice"),
                "give each source its own name",
            );
        }
        if let Some(other) = earlier.iter().find(|s| overlap(&s.inbox, &self.inbox)) {
            let message = format!(
                "the inboxes of `{}` and `{name}` lie in each other",
                other.name
            );
            wrong("inbox", message, "give each source a folder of its own");
        }
        if let Some(home) = &self.home
            && crate::gazetteer::by_code(home).is_none()
        {
            wrong(
                "home",
                format!("`{home}` is no division code"),
                "give six digits of GB/T 2260, e.g. 430200",
            );
        }
        for (key, secs) in [
            ("poll_secs", self.poll_secs),
            ("reconcile_secs", Some(self.reconcile_secs)),
        ] {
            if secs == Some(0) {
                wrong(key, format!("{key} is 0"), "give at least 1 second");
            }
        }
    }

    /// A source of which only name and inbox are known.
    pub fn new(name: &str, inbox: &Path) -> Self {
        Self {
            name: name.to_owned(),
            title: String::new(),
            home: None,
            inbox: inbox.to_owned(),
            path_pattern: None,
            after: After::Keep,
            settle_ms: default_settle_ms(),
            reconcile_secs: default_reconcile_secs(),
            poll_secs: None,
            done_marker: None,
            follow_symlinks: false,
        }
    }

    /// As the page reader knows it.
    pub fn source(&self) -> Source {
        Source {
            name: self.name.clone(),
            title: self.title.clone(),
            home: self.home.clone(),
            path_pattern: self.path_pattern.clone(),
        }
    }
}

impl Settings {
    /// Mistakes that no type catches, each with the key it is about: `source.0.name`.
    pub(super) fn problems(&self) -> Vec<(String, Problem)> {
        let mut found = Vec::new();
        let mut wrong = |key: &str, message: String, help: &str| {
            found.push((
                key.to_owned(),
                Problem {
                    message,
                    help: Some(help.to_owned()),
                    span: None,
                },
            ));
        };
        if !is_token(&self.nats.prefix) {
            let message = format!("`{}` is no subject token", self.nats.prefix);
            wrong(
                "nats.prefix",
                message,
                "use lower-case ASCII letters, digits, `_` and `-`",
            );
        }
        if !matches!(self.streams.replicas, 1 | 3 | 5) {
            wrong(
                "streams.replicas",
                format!("a stream cannot have {} replicas", self.streams.replicas),
                "use 1, 3 or 5",
            );
        }
        for (key, value) in [
            ("limits.max_file_mb", self.limits.max_file_mb),
            ("streams.articles_max_mb", self.streams.articles_max_mb),
            (
                "streams.channels_max_age_days",
                self.streams.channels_max_age_days,
            ),
            ("streams.dead_max_age_days", self.streams.dead_max_age_days),
            (
                "streams.duplicate_window_secs",
                self.streams.duplicate_window_secs,
            ),
            ("broker.max_store_mb", self.broker.max_store_mb),
            ("daemon.drain_secs", self.daemon.drain_secs),
        ] {
            if value == 0 {
                wrong(key, format!("{key} is 0"), "give at least 1");
            }
        }
        if !(1..=64).contains(&self.broker.max_payload_mb) {
            wrong(
                "broker.max_payload_mb",
                format!("{} MB is no message size", self.broker.max_payload_mb),
                "give 1 to 64",
            );
        }
        self.web.problems(&mut wrong);
        if let Some(otlp) = &self.telemetry.otlp
            && !otlp.starts_with("http://")
        {
            wrong(
                "telemetry.otlp",
                format!("`{otlp}` is no address of a collector"),
                "give one as http://HOST:4318; a collector beside copydesk takes it on to wherever TLS is needed",
            );
        }
        for (i, source) in self.sources.iter().enumerate() {
            source.problems(&self.sources[..i], &mut |key, message, help| {
                wrong(&format!("source.{i}.{key}"), message, help)
            });
        }
        found
    }

    /// Makes relative paths of a file absolute.
    pub(super) fn anchor(&mut self, folder: &Path) {
        for source in &mut self.sources {
            source.inbox = folder.join(&source.inbox);
        }
        if let Some(creds) = &mut self.nats.creds {
            *creds = folder.join(&*creds);
        }
    }
}

fn overlap(a: &Path, b: &Path) -> bool {
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    let (a, b) = (absolute(a), absolute(b));
    a.starts_with(&b) || b.starts_with(&a)
}

/// Names of two sources of which one's inbox lies in the other's.
pub fn overlapping(sources: &[SourceSettings]) -> Option<(&str, &str)> {
    sources.iter().enumerate().find_map(|(i, source)| {
        let other = sources
            .iter()
            .skip(i + 1)
            .find(|s| overlap(&s.inbox, &source.inbox))?;
        Some((source.name.as_str(), other.name.as_str()))
    })
}

/// `[a-z0-9][a-z0-9_-]*`, at most 64: what may stand in subjects and ids.
pub fn is_token(s: &str) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    s.len() <= 64
        && s.bytes().next().is_some_and(ok)
        && s.bytes().all(|b| ok(b) || b == b'_' || b == b'-')
}
