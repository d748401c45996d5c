//! Connecting, with the flags, environment and contexts NATS users know.

use super::{Bus, BusError, Link, layout::Names};
use async_nats::{ConnectOptions, Event, jetstream};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

/// Oldest server with atomic batches and everything else relied upon.
pub const OLDEST_SERVER: (i64, i64, i64) = (2, 14, 0);

/// How to reach NATS. The same words as the `nats` command line.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "NATS")]
pub struct NatsOptions {
    /// Address of the server(s), comma-separated
    #[arg(
        long,
        short = 's',
        env = "NATS_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub server: Option<String>,
    /// Credentials file
    #[arg(long, env = "NATS_CREDS", global = true, value_name = "FILE")]
    pub creds: Option<PathBuf>,
    /// NKEY seed file
    #[arg(long, env = "NATS_NKEY", global = true, value_name = "FILE")]
    pub nkey: Option<PathBuf>,
    /// User name
    #[arg(long, env = "NATS_USER", global = true)]
    pub user: Option<String>,
    /// Password
    #[arg(long, env = "NATS_PASSWORD", global = true, hide_env_values = true)]
    pub password: Option<String>,
    /// Token
    #[arg(long, env = "NATS_TOKEN", global = true, hide_env_values = true)]
    pub token: Option<String>,
    /// Client certificate, PEM
    #[arg(long, env = "NATS_CERT", global = true, value_name = "FILE")]
    pub tlscert: Option<PathBuf>,
    /// Client key, PEM
    #[arg(long, env = "NATS_KEY", global = true, value_name = "FILE")]
    pub tlskey: Option<PathBuf>,
    /// Certificate authority, PEM
    #[arg(long, env = "NATS_CA", global = true, value_name = "FILE")]
    pub tlsca: Option<PathBuf>,
    /// Context of the `nats` command line to take all of this from
    #[arg(long, env = "NATS_CONTEXT", global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// JetStream domain
    #[arg(long, global = true, value_name = "NAME")]
    pub js_domain: Option<String>,
    /// Seconds to wait for an answer
    #[arg(long, global = true, default_value_t = 5, value_name = "SECS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
}

/// A context file of the `nats` command line (ADR-21); the keys that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContextFile {
    url: String,
    user: String,
    password: String,
    token: String,
    creds: PathBuf,
    nkey: PathBuf,
    cert: PathBuf,
    key: PathBuf,
    ca: PathBuf,
    jetstream_domain: String,
}

impl NatsOptions {
    /// Fills what flags and environment leave open from a context: the named one, else the selected one. `None` when
    /// nothing names a server at all: then the private broker is meant.
    ///
    /// # Errors
    /// A named context that is missing or malformed.
    pub fn resolve(mut self, config_dir: Option<&Path>) -> Result<Option<Self>, BusError> {
        let contexts = config_dir.map(|d| d.join("nats"));
        if self.server.is_some() && self.context.is_none() {
            return Ok(Some(self));
        }
        let name = match (&self.context, &contexts) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(dir)) => std::fs::read_to_string(dir.join("context.txt"))
                .ok()
                .map(|s| s.trim().to_owned()),
            (None, None) => None,
        };
        let (Some(name), Some(dir)) = (name.filter(|n| !n.is_empty()), contexts) else {
            return Ok(None);
        };
        let file = dir.join("context").join(format!("{name}.json"));
        let bad = |reason: String| BusError::Options {
            what: format!("NATS context `{name}` ({})", file.display()),
            reason,
        };
        let text = std::fs::read_to_string(&file).map_err(|e| bad(e.to_string()))?;
        let context: ContextFile = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
        let text =
            |own: Option<String>, theirs: String| own.or(Some(theirs).filter(|t| !t.is_empty()));
        let path = |own: Option<PathBuf>, theirs: PathBuf| {
            own.or(Some(theirs).filter(|p| !p.as_os_str().is_empty()))
        };
        self.server = text(self.server, context.url);
        self.user = text(self.user, context.user);
        self.password = text(self.password, context.password);
        self.token = text(self.token, context.token);
        self.creds = path(self.creds, context.creds);
        self.nkey = path(self.nkey, context.nkey);
        self.tlscert = path(self.tlscert, context.cert);
        self.tlskey = path(self.tlskey, context.key);
        self.tlsca = path(self.tlsca, context.ca);
        self.js_domain = text(self.js_domain, context.jetstream_domain);
        if self.server.is_none() {
            return Err(bad("it names no url".into()));
        }
        Ok(Some(self))
    }

    fn client_options(&self) -> Result<ConnectOptions, BusError> {
        let read = |what: &str, path: &Path| {
            std::fs::read_to_string(path).map_err(|e| BusError::Options {
                what: format!("{what} {}", path.display()),
                reason: e.to_string(),
            })
        };
        let mut options = ConnectOptions::new();
        if let Some(path) = &self.creds {
            options =
                options
                    .credentials(&read("--creds", path)?)
                    .map_err(|e| BusError::Options {
                        what: format!("--creds {}", path.display()),
                        reason: e.to_string(),
                    })?;
        }
        if let Some(path) = &self.nkey {
            options = options.nkey(read("--nkey", path)?.trim().to_owned());
        }
        if let (Some(user), Some(password)) = (&self.user, &self.password) {
            options = options.user_and_password(user.clone(), password.clone());
        }
        if let Some(token) = &self.token {
            options = options.token(token.clone());
        }
        if let Some(ca) = &self.tlsca {
            certificate("--tlsca", ca, "CERTIFICATE")?;
            options = options.add_root_certificates(ca.clone()).require_tls(true);
        }
        match (&self.tlscert, &self.tlskey) {
            (Some(cert), Some(key)) => {
                certificate("--tlscert", cert, "CERTIFICATE")?;
                certificate("--tlskey", key, "PRIVATE KEY")?;
                options = options
                    .add_client_certificate(cert.clone(), key.clone())
                    .require_tls(true);
            }
            (None, None) => {}
            _ => {
                return Err(BusError::Options {
                    what: "--tlscert and --tlskey".into(),
                    reason: "one is given without the other; give both".into(),
                });
            }
        }
        Ok(options)
    }
}

/// Refuses a file that cannot be read or holds nothing of the kind: the client library would name neither it nor the reason.
fn certificate(flag: &str, path: &Path, kind: &str) -> Result<(), BusError> {
    let bad = |reason: String| BusError::Options {
        what: format!("{flag} {}", path.display()),
        reason,
    };
    let text = std::fs::read(path).map_err(|e| bad(e.to_string()))?;
    let label = format!("{kind}-----");
    let holds = String::from_utf8_lossy(&text)
        .lines()
        .any(|line| line.starts_with("-----BEGIN ") && line.trim_end().ends_with(&label));
    if holds {
        Ok(())
    } else {
        Err(bad(format!(
            "it holds no PEM block `{kind}`; give a PEM file"
        )))
    }
}

impl Bus {
    /// Connects and checks that the server can do what is needed. Reconnects by itself from then on.
    ///
    /// # Errors
    /// Nobody answers within the time-out, credentials are refused, the server is older than [`OLDEST_SERVER`].
    pub async fn connect(
        options: &NatsOptions,
        prefix: &str,
        client_name: &str,
    ) -> Result<Self, BusError> {
        let address = options
            .server
            .clone()
            .unwrap_or_else(|| "nats://127.0.0.1:4222".into());
        let servers: Vec<&str> = address.split(',').map(str::trim).collect();
        let shown = servers
            .iter()
            .map(|s| without_credentials(s))
            .collect::<Vec<_>>()
            .join(",");
        let failed = |reason: String| BusError::Connect {
            address: shown.clone(),
            reason,
        };
        let timeout = Duration::from_secs(options.timeout);
        let (sender, link) = watch::channel(Link {
            connected: false,
            closed: false,
            generation: 0,
        });
        let connect_options = with_url_credentials(options.client_options()?, options, &servers)
            .name(client_name)
            .ping_interval(Duration::from_secs(5))
            .connection_timeout(timeout)
            .request_timeout(Some(timeout))
            .custom_inbox_prefix(format!("_INBOX_{prefix}"))
            .reconnect_delay_callback(pause)
            .event_callback(move |event| {
                observe(&sender, &event);
                std::future::ready(())
            });
        let client = tokio::time::timeout(
            timeout,
            connect_options.connect(shown.split(',').map(str::to_owned).collect::<Vec<_>>()),
        )
        .await
        .map_err(|_| {
            failed(format!(
                "no answer within {} s; is nats-server running there?",
                timeout.as_secs()
            ))
        })?
        .map_err(|e| failed(with_remedy(e.to_string())))?;
        let (major, minor, patch) = OLDEST_SERVER;
        if !client.is_server_compatible(major, minor, patch) {
            return Err(BusError::Server(format!(
                "the NATS server at {shown} is version {}; copydesk needs {major}.{minor} or later (atomic batches). Upgrade it, \
                 or let `copydesk up` run its own",
                client.server_info().version
            )));
        }
        let mut js = match &options.js_domain {
            Some(domain) => jetstream::with_domain(client.clone(), domain),
            None => jetstream::new(client.clone()),
        };
        js.set_timeout(timeout);
        js.query_account().await.map_err(|e| {
            BusError::Server(format!(
                "JetStream does not answer at {shown} ({e}); enable it (`jetstream {{}}` in the server's configuration) for this account"
            ))
        })?;
        Ok(Self {
            client,
            js,
            names: Names::new(prefix),
            link,
        })
    }
}

/// What TLS says of a failure, with what to do about it.
fn with_remedy(reason: String) -> String {
    let remedy = if reason.contains("UnknownIssuer") || reason.contains("BadSignature") {
        "its certificate is of no authority known here; name the authority with --tlsca, NATS_CA or `ca` under [nats]"
    } else if reason.contains("CertificateRequired") {
        "it asks for a client certificate; give --tlscert and --tlskey, or `cert` and `key` under [nats]"
    } else if reason.contains("NotValidForName") || reason.contains("not valid for name") {
        "its certificate is for other names; use one of those in the address"
    } else {
        return reason;
    };
    format!("{reason}: {remedy}")
}

/// None before the first attempt, then 100 ms, 200 ms … 2 s.
fn pause(attempt: usize) -> Duration {
    match attempt {
        0 | 1 => Duration::ZERO,
        n => Duration::from_millis((50 << n.min(6)).min(2000)),
    }
}

/// User and password, or token, as an address carries them: the client library itself takes no notice of these.
fn with_url_credentials(
    client: ConnectOptions,
    options: &NatsOptions,
    servers: &[&str],
) -> ConnectOptions {
    if options.user.is_some() || options.token.is_some() {
        return client;
    }
    let found = servers.iter().find_map(|server| {
        let address: async_nats::ServerAddr = server.parse().ok()?;
        Some((
            address.username()?.to_owned(),
            address.password().map(str::to_owned),
        ))
    });
    match found {
        Some((user, Some(password))) => client.user_and_password(user, password),
        Some((token, None)) => client.token(token),
        None => client,
    }
}

fn observe(sender: &watch::Sender<Link>, event: &Event) {
    match event {
        Event::Connected => {
            sender.send_modify(|l| l.connected = true);
            tracing::info!("connected to NATS");
        }
        Event::Disconnected => {
            sender.send_modify(|l| {
                l.connected = false;
                l.generation += 1;
            });
            tracing::warn!("lost the connection to NATS, reconnecting; nothing is lost");
        }
        Event::Closed => sender.send_modify(|l| {
            l.connected = false;
            l.closed = true;
        }),
        Event::ServerError(error) => tracing::warn!(%error, "NATS server reports an error"),
        // The rest repeats what connected/disconnected say, once for every attempt.
        other => tracing::debug!(event = %other, "NATS client event"),
    }
}

/// An address without user and password, for messages.
pub fn without_credentials(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!(
                "{}{}",
                address.get(..scheme + 3).unwrap_or(""),
                address.get(at + 1..).unwrap_or("")
            )
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_reach_a_message() {
        assert_eq!(
            without_credentials("nats://desk:secret@127.0.0.1:4222"),
            "nats://127.0.0.1:4222"
        );
        assert_eq!(without_credentials("127.0.0.1:4222"), "127.0.0.1:4222");
    }

    #[test]
    fn flag_beats_context_beats_nothing() {
        let home = tempfile::tempdir().unwrap();
        assert!(
            NatsOptions::default()
                .resolve(Some(home.path()))
                .unwrap()
                .is_none()
        );
        let dir = home.path().join("nats/context");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(
            dir.join("desk.json"),
            r#"{"url":"nats://desk.example:4222","user":"ed","password":"pw"}"#,
        )
        .unwrap();
        std::fs::write(home.path().join("nats/context.txt"), "desk\n").unwrap();
        let selected = NatsOptions::default()
            .resolve(Some(home.path()))
            .unwrap()
            .unwrap();
        assert_eq!(selected.server.as_deref(), Some("nats://desk.example:4222"));
        assert_eq!(selected.user.as_deref(), Some("ed"));
        let flag = NatsOptions {
            server: Some("nats://127.0.0.1:1".into()),
            ..NatsOptions::default()
        };
        let flag = flag.resolve(Some(home.path())).unwrap().unwrap();
        assert_eq!(
            (flag.server.as_deref(), flag.user),
            (Some("nats://127.0.0.1:1"), None)
        );
        let missing = NatsOptions {
            context: Some("none".into()),
            ..NatsOptions::default()
        };
        assert!(
            missing
                .resolve(Some(home.path()))
                .unwrap_err()
                .to_string()
                .contains("context `none`")
        );
    }
}
