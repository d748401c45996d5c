//! Spawning nats-server and keeping it up.

use super::folder::{DataFolder, FolderError};
use super::grants::{User, Users, UsersError};
use crate::bus::layout::Names;
use crate::config::BrokerSettings;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

/// File of the data folder with those who may log in.
pub const USERS: &str = "users.conf";
/// The daemon itself.
const OWNER: &str = "copydesk";
/// Where subscribers look first.
const USUAL_PORT: u16 = 4222;
/// How long a server may take until it answers. Measured: 10–40 ms; a large store takes longer.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// How long a port may be held by a server of ours that is just going down.
const PORT_PATIENCE: Duration = Duration::from_secs(5);
/// How many ports are tried where any will do.
const PORT_CHOICES: u32 = 5;
/// How long it may take to stop before it is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no private NATS server. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// No program.
    #[error(
        "nats-server was not found ({program}). Install it (deploy/install-nats-server.sh, or your package manager, 2.14 or later), \
         or use a NATS of yours with --server"
    )]
    Missing {
        /// As configured.
        program: String,
    },
    /// An old program.
    #[error(
        "{program} is version {version}; copydesk needs 2.14 or later (atomic batches). deploy/install-nats-server.sh gets one"
    )]
    TooOld {
        /// As configured.
        program: String,
        /// What it says of itself.
        version: String,
    },
    /// The port is somebody else's.
    #[error("port {port} of the private NATS server is taken by another program; {remedy}")]
    PortTaken {
        /// The port.
        port: u16,
        /// What to do.
        remedy: String,
    },
    /// It started and did not come up.
    #[error("nats-server did not come up: {reason}; its log is {}", .log.display())]
    NotUp {
        /// Its last words.
        reason: String,
        /// Where the rest is.
        log: PathBuf,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its users.
    #[error(transparent)]
    Users(#[from] UsersError),
}

/// A running private NATS server. Restarted when it dies; stopped by [`Broker::stop`].
#[derive(Debug)]
pub struct Broker {
    /// Address with credentials.
    pub url: String,
    keeper: Option<std::thread::JoinHandle<()>>,
    stop: mpsc::Sender<()>,
    folder: DataFolder,
}

impl Broker {
    /// Starts nats-server on the folder and waits until it answers. Blocks.
    ///
    /// # Errors
    /// See [`BrokerError`].
    pub fn start(folder: DataFolder, settings: &BrokerSettings) -> Result<Self, BrokerError> {
        check_version(&settings.program)?;
        let password = match folder.read("nats.password") {
            Some(password) => password,
            None => {
                let password = random_token()?;
                folder.write_private("nats.password", &password)?;
                password
            }
        };
        // Only subscribers' names depend on a prefix, and none of them is the owner's.
        let owner = User::unbounded(OWNER, &password);
        Users::change(&folder.join(USERS), |users| {
            users.put(OWNER, owner, &Names::new(OWNER));
        })?;
        let any_port = settings.port.is_none() && folder.read("nats.port").is_none();
        let mut choices = PORT_CHOICES;
        let (port, keeper, stop) = loop {
            let port = choose_port(&folder, settings.port)?;
            match launch(&folder, settings, port) {
                Ok((keeper, stop)) => break (port, keeper, stop),
                // Another program took it between the choice and the start.
                Err(BrokerError::NotUp { .. }) if any_port && choices > 1 && !is_free(port) => {
                    choices -= 1;
                }
                Err(error) => return Err(error),
            }
        };
        folder.write_private("nats.port", &port.to_string())?;
        let url = format!("nats://{OWNER}:{password}@127.0.0.1:{port}");
        folder.write_private("nats.url", &format!("{url}\n"))?;
        Ok(Self {
            url,
            keeper: Some(keeper),
            stop,
            folder,
        })
    }

    /// Port it listens on.
    pub fn address(&self) -> String {
        crate::bus::connect::without_credentials(&self.url)
    }

    /// Stops the server and waits for its end. Blocks, at most [`STOP_PATIENCE`] and a little.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        let _ = self.stop.send(());
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
        let _ = std::fs::remove_file(self.folder.join("nats.url"));
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Writes the configuration and starts the server under a keeper of its own.
fn launch(
    folder: &DataFolder,
    settings: &BrokerSettings,
    port: u16,
) -> Result<(std::thread::JoinHandle<()>, mpsc::Sender<()>), BrokerError> {
    folder.write_private("nats.conf", &configuration(folder, settings, port))?;
    let launch = Launch {
        program: settings.program.clone(),
        folder: folder.path().to_owned(),
        port,
    };
    let (stop, stopped) = mpsc::channel();
    let (report, first) = mpsc::channel();
    let gone = launch.not_up("its keeper is gone");
    // The kernel's parent-death signal fires when the spawning *thread* ends: this one lives as long as the server.
    let keeper = std::thread::Builder::new()
        .name("broker".into())
        .spawn(move || keep(&launch, &stopped, &report))
        .map_err(|reason| FolderError::Unusable {
            folder: folder.path().to_owned(),
            reason,
        })?;
    first.recv().unwrap_or(Err(gone))?;
    Ok((keeper, stop))
}

/// What is needed to spawn it again.
struct Launch {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Launch {
    /// When the users were last changed.
    fn users_changed(&self) -> Option<SystemTime> {
        let users = std::fs::metadata(self.folder.join(USERS)).ok()?;
        users.modified().ok()
    }

    fn log(&self) -> PathBuf {
        self.folder.join("nats.log")
    }

    fn not_up(&self, reason: impl std::fmt::Display) -> BrokerError {
        BrokerError::NotUp {
            reason: reason.to_string(),
            log: self.log(),
        }
    }

    fn spawn(&self) -> Result<Child, BrokerError> {
        let mut command = Command::new(&self.program);
        command
            .arg("--config")
            .arg(self.folder.join("nats.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        crate::sys::die_with_parent(&mut command);
        let mut child = command.spawn().map_err(|e| self.not_up(e))?;
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(self.not_up(format!(
                    "it ended with {status}: {}",
                    last_error(&self.log())
                )));
            }
            if answers(self.port) {
                return Ok(child);
            }
            if Instant::now() > deadline {
                let _ = child.kill();
                let _ = child.wait();
                return Err(self.not_up(format!("no answer within {} s", START_PATIENCE.as_secs())));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Spawns, reports the first attempt, then restarts with a growing pause until told to stop.
fn keep(
    launch: &Launch,
    stopped: &mpsc::Receiver<()>,
    report: &mpsc::Sender<Result<(), BrokerError>>,
) {
    let mut users = launch.users_changed();
    let mut child = match launch.spawn() {
        Ok(child) => {
            let _ = report.send(Ok(()));
            child
        }
        Err(error) => {
            let _ = report.send(Err(error));
            return;
        }
    };
    let mut pause = Duration::from_millis(100);
    let mut up_since = Instant::now();
    loop {
        match stopped.recv_timeout(Duration::from_millis(50)) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            _ => return end(child),
        }
        let Ok(Some(status)) = child.try_wait() else {
            let changed = launch.users_changed();
            if changed != users {
                users = changed;
                // It reads them again; who is still there keeps the connection.
                signal(&child, rustix::process::Signal::HUP);
            }
            continue;
        };
        if up_since.elapsed() > Duration::from_secs(60) {
            pause = Duration::from_millis(100);
        }
        tracing::warn!(%status, pause_ms = pause.as_millis() as u64, "the private NATS server ended, starting it again; nothing is lost");
        loop {
            if !matches!(
                stopped.recv_timeout(pause),
                Err(mpsc::RecvTimeoutError::Timeout)
            ) {
                return;
            }
            pause = (pause * 2).min(Duration::from_secs(10));
            match launch.spawn() {
                Ok(next) => {
                    child = next;
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "the private NATS server does not come up; files stay in the inbox")
                }
            }
        }
        up_since = Instant::now();
    }
}

/// To a child that is not waited for yet: its process id is nobody else's.
fn signal(child: &Child, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

fn end(mut child: Child) {
    signal(&child, rustix::process::Signal::TERM);
    let deadline = Instant::now() + STOP_PATIENCE;
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn check_version(program: &Path) -> Result<(), BrokerError> {
    let shown = program.display().to_string();
    let output = Command::new(program)
        .arg("--version")
        .output()
        .map_err(|_| BrokerError::Missing {
            program: shown.clone(),
        })?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = text.rsplit('v').next().unwrap_or_default();
    let mut numbers = version.split('.').map(|n| n.parse::<i64>().unwrap_or(0));
    let have = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let (major, minor, _) = crate::bus::connect::OLDEST_SERVER;
    if have < (major, minor) {
        return Err(BrokerError::TooOld {
            program: shown,
            version: version.to_owned(),
        });
    }
    Ok(())
}

/// The configured port, else the one subscribers of this folder know, else 4222, else any.
fn choose_port(folder: &DataFolder, configured: Option<u16>) -> Result<u16, BrokerError> {
    let known = folder.read("nats.port").and_then(|p| p.parse().ok());
    if let Some(port) = configured.or(known) {
        let deadline = Instant::now() + PORT_PATIENCE;
        while !is_free(port) {
            if Instant::now() > deadline {
                let remedy = match configured {
                    Some(_) => "free it, or set another `broker.port`".to_owned(),
                    None => format!(
                        "free it (subscribers of this data folder know it), or remove {} to have another chosen",
                        folder.join("nats.port").display()
                    ),
                };
                return Err(BrokerError::PortTaken { port, remedy });
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        return Ok(port);
    }
    if is_free(USUAL_PORT) {
        return Ok(USUAL_PORT);
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|l| l.local_addr())
        .map(|a| a.port())
        .map_err(|reason| {
            FolderError::Unusable {
                folder: folder.path().to_owned(),
                reason,
            }
            .into()
        })
}

fn is_free(port: u16) -> bool {
    // Binding alone succeeds beside a listener on 0.0.0.0 on some systems: ask whether anybody answers, too.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err()
        && TcpListener::bind(address).is_ok()
}

/// Name of this daemon's server, by which it is told from a stranger on the same port.
fn server_name() -> String {
    format!("copydesk-{}", std::process::id())
}

/// Whether our server answers on `port`: its INFO line comes unasked and carries its name.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).is_ok()
        && line.starts_with("INFO ")
        && line.contains(&server_name())
}

fn configuration(folder: &DataFolder, settings: &BrokerSettings, port: u16) -> String {
    // Without TLS, since nothing of it leaves this machine.
    let websocket = settings.websocket.map_or(String::new(), |port| {
        format!("websocket {{ listen: \"127.0.0.1:{port}\", no_tls: true }}\n")
    });
    let quoted = |path: PathBuf| serde_json::Value::String(path.display().to_string()).to_string();
    format!(
        r#"# Written by copydesk at every start; changes are lost.
server_name: "{name}"
listen: "127.0.0.1:{port}"
max_payload: {payload}
max_pending: 256MB
authorization {{ include "{USERS}" }}
jetstream {{
  store_dir: {store}
  max_memory_store: {memory}MB
  max_file_store: {disk}MB
  # What is acknowledged is on disk: the only server there is must not lose what it said it has.
  sync_interval: always
}}
{websocket}log_file: {log}
logfile_size_limit: 10MB
logfile_max_num: 3
pid_file: {pid}
"#,
        name = server_name(),
        payload = settings.max_payload_mb * 1_048_576,
        memory = settings.max_memory_mb,
        disk = settings.max_store_mb,
        store = quoted(folder.join("jetstream")),
        log = quoted(folder.join("nats.log")),
        pid = quoted(folder.join("nats.pid")),
    )
}

/// The last error or fatal line of a log, shortened.
fn last_error(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let line = text
        .lines()
        .rev()
        .find(|l| l.contains("[FTL]") || l.contains("[ERR]"))
        .unwrap_or("no error in its log");
    line.chars().take(300).collect()
}

/// 128 random bits from the system, in hex.
///
/// # Errors
/// The system gives none.
pub fn random_token() -> Result<String, FolderError> {
    let mut bytes = [0u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut f| std::io::Read::read_exact(&mut f, &mut bytes))
        .map_err(|reason| FolderError::Unusable {
            folder: "/dev/urandom".into(),
            reason,
        })?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}
