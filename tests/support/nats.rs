//! A nats-server of the test's own, as an operator would run one.

use super::process::kill;
use super::{PATIENCE, wait_for};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// Where nats-server is: on PATH, or where deploy/install-nats-server.sh puts it.
pub(crate) fn folder_of_nats_server() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools");
    std::env::split_paths(&path)
        .chain([tools.join("bin"), tools.join("venv/bin")])
        .find(|folder| folder.join("nats-server").is_file())
        .expect("no nats-server on PATH or in .tools: run `make test`, which gets one")
}

/// A nats-server with JetStream on a free port. Killed when dropped.
pub(crate) struct Nats {
    child: Option<Child>,
    pub(crate) url: String,
    port: u16,
    store: TempDir,
}

impl Nats {
    pub(crate) fn start() -> Self {
        Self::with("jetstream {}")
    }

    /// One with these settings in its configuration.
    pub(crate) fn with(settings: &str) -> Self {
        let mut nats = Self {
            child: None,
            url: String::new(),
            port: 0,
            store: tempfile::tempdir().unwrap(),
        };
        nats.configure(settings);
        nats.launch("-1");
        nats
    }

    /// Gives it other settings, from its next start on.
    pub(crate) fn configure(&self, settings: &str) {
        std::fs::write(self.beside("nats.conf"), settings).unwrap();
    }

    /// A file beside its configuration.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.store.path().join(name)
    }

    /// `kill -9`: what it has stored stays.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            kill(child.id(), Signal::KILL);
            child.wait().unwrap();
        }
    }

    /// Process id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Stops it where it is: it keeps its connections and answers nothing.
    pub(crate) fn freeze(&self) {
        kill(self.child.as_ref().unwrap().id(), Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        kill(self.child.as_ref().unwrap().id(), Signal::CONT);
    }

    /// Starts it again after [`Nats::kill`], on the same port and store.
    pub(crate) fn restart(&mut self) {
        let port = self.port.to_string();
        self.launch(&port);
    }

    fn launch(&mut self, port: &str) {
        let mut child = Command::new(folder_of_nats_server().join("nats-server"))
            .args(["-a", "127.0.0.1", "-p", port, "-sd"])
            .arg(self.store.path().join("store"))
            .arg("-c")
            .arg(self.store.path().join("nats.conf"))
            .arg("--ports_file_dir")
            .arg(self.store.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The file of an earlier, killed one stays behind: this one's carries its process id.
        let ports = self
            .store
            .path()
            .join(format!("nats-server_{}.ports", child.id()));
        let began = Instant::now();
        let url = wait_for("nats-server to say its port", || {
            assert!(
                child.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE,
                "nats-server does not start"
            );
            let text = std::fs::read_to_string(&ports).ok()?;
            let json: serde_json::Value = serde_json::from_str(&text).ok()?;
            Some(json["nats"][0].as_str()?.to_owned())
        });
        self.port = url.rsplit(':').next().unwrap().parse().unwrap();
        self.url = url;
        self.child = Some(child);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}
