//! A desk for tests: the real `copydesk` program, a real nats-server, folders of its own, and an independent reader.
//!
//! Nothing is shared between tests: no fixed port, no fixed folder, no environment of the caller's.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test program uses a part of it"
)]

mod nats;
mod pages;
mod process;
mod programs;
mod wire;

pub(crate) use nats::{Nats, folder_of_nats_server};
pub(crate) use pages::{SAMPLES, article, page, sample};
pub(crate) use process::{Daemon, Ran, finish, is_alive, kill};
pub(crate) use programs::{python, typescript};
pub(crate) use wire::{Received, Subscriber, Wire};

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No wait in these tests is meant to last so long, on however loaded a machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// Time for something that must not happen.
pub(crate) const NEVER: Duration = Duration::from_millis(500);

/// Waits until `condition` gives something; panics with `what` when it never does.
pub(crate) fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Waits until `condition` holds.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(what, || condition().then_some(()));
}

/// A folder with an inbox, a data folder and a home of its own.
pub(crate) struct Room {
    dir: TempDir,
}

impl Room {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("inbox")).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn inbox(&self) -> PathBuf {
        self.path("inbox")
    }

    /// Writes a file into the inbox, in one go, making folders.
    pub(crate) fn put(&self, name: impl AsRef<OsStr>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.inbox().join(Path::new(name.as_ref()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A name of bytes that are not UTF-8.
    pub(crate) fn odd_name(bytes: &[u8]) -> &OsStr {
        OsStr::from_bytes(bytes)
    }

    /// Writes a file of the configuration and gives its path; `{inbox}` in it is the inbox.
    pub(crate) fn config(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        let text = text.replace("{inbox}", self.inbox().to_str().unwrap());
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// `copydesk …` in this room, with nothing of the caller's environment that it listens to.
    pub(crate) fn copydesk<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("NATS_") || text.starts_with("COPYDESK_") {
                command.env_remove(&name);
            }
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(folder_of_nats_server()).chain(std::env::split_paths(&path));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("HOME", self.dir.path())
            .env("XDG_CONFIG_HOME", self.dir.path().join("xdg"))
            .env("COPYDESK_DATA", self.path("data"))
            .env("COPYDESK_WEB__LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        finish(&mut self.copydesk(args), "")
    }

    /// Runs a command to its end with something on its standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(&self, args: &[S], input: &str) -> Ran {
        finish(&mut self.copydesk(args), input)
    }

    /// A running `copydesk up` on the inbox, as source `rsrb`.
    pub(crate) fn up(&self) -> Daemon {
        self.daemon(&["up", "--inbox", &self.rsrb()])
    }

    /// The same without the desk page, which reads along: for tests that count who reads.
    pub(crate) fn up_without_page(&self) -> Daemon {
        let mut command = self.copydesk(&["up", "--inbox", &self.rsrb()]);
        Daemon::start(command.env("COPYDESK_WEB__ENABLED", "false")).ready()
    }

    /// A running `copydesk …`, ready.
    pub(crate) fn daemon<S: AsRef<OsStr>>(&self, args: &[S]) -> Daemon {
        Daemon::start(&mut self.copydesk(args)).ready()
    }

    /// The inbox as source `rsrb`: a value for `--inbox`.
    pub(crate) fn rsrb(&self) -> String {
        format!("rsrb={}", self.inbox().display())
    }

    /// Address of the private server.
    pub(crate) fn url(&self) -> String {
        let url = std::fs::read_to_string(self.path("data/nats.url")).unwrap();
        url.trim().to_owned()
    }

    /// A connection to the private server.
    pub(crate) fn wire(&self) -> Wire {
        Wire::to(&self.url())
    }

    /// `copydesk status --json`.
    pub(crate) fn status(&self, server: Option<&Nats>) -> serde_json::Value {
        let mut args = vec!["status", "--json"];
        args.extend(server.map(|s| ["-s", &s.url]).iter().flatten());
        let ran = self.run(&args);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.out).unwrap()
    }
}
