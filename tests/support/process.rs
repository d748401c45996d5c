//! The program as a child: run to its end, or as a daemon whose log is read along.

use super::{PATIENCE, wait_for};
use rustix::process::{Pid, Signal};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Sends a signal.
pub(crate) fn kill(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}

/// Whether a process is there and no zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        let state = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        state != Some('Z')
    })
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit code, -1 after a signal.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let read = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(Box::new(child.stdout.take().unwrap()));
    let err = read(Box::new(child.stderr.take().unwrap()));
    // A program that does not want its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let status = end_of(&mut child, PATIENCE);
    Ran {
        code: status.code().unwrap_or(-1),
        out: out.join().unwrap(),
        err: err.join().unwrap(),
    }
}

fn end_of(child: &mut Child, patience: Duration) -> ExitStatus {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("the program did not end within {patience:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A running daemon. Killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    out: Lines,
    log: Lines,
}

type Lines = Arc<Mutex<Vec<String>>>;

fn follow(from: impl Read + Send + 'static) -> Lines {
    let lines = Lines::default();
    let sink = lines.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            sink.lock().unwrap().push(line);
        }
    });
    lines
}

impl Daemon {
    /// Starts it; see [`Daemon::ready`].
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            out: follow(child.stdout.take().unwrap()),
            log: follow(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Waits until it says so.
    pub(crate) fn ready(mut self) -> Self {
        let deadline = Instant::now() + PATIENCE;
        while !self
            .out
            .lock()
            .unwrap()
            .iter()
            .any(|l| l.starts_with("copydesk is ready"))
        {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended with {status} before it was ready:\n{}", self.log());
            }
            assert!(Instant::now() < deadline, "never ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All of its log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// How many lines of the log hold `text`.
    pub(crate) fn count(&self, text: &str) -> usize {
        let lines = self.log.lock().unwrap();
        lines.iter().filter(|line| line.contains(text)).count()
    }

    /// Waits until `times` lines of the log hold `text`.
    pub(crate) fn says_times(&self, text: &str, times: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.count(text) < times {
            assert!(
                Instant::now() < deadline,
                "never said {times} times: {text}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the log holds `text`.
    pub(crate) fn says(&self, text: &str) {
        self.says_times(text, 1);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal);
    }

    /// Waits for its end, in `patience`.
    pub(crate) fn ended_within(&mut self, patience: Duration) -> ExitStatus {
        end_of(&mut self.child, patience)
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.ended_within(PATIENCE)
    }

    /// SIGTERM, and a clean end.
    pub(crate) fn stop(mut self) -> String {
        self.signal(Signal::TERM);
        let status = self.ended();
        assert!(status.success(), "{status}:\n{}", self.log());
        self.log()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended();
    }

    /// Process id of its private nats-server, which is there or comes.
    pub(crate) fn broker_pid(&self) -> u32 {
        wait_for("a private nats-server", || self.broker_now())
    }

    /// Process id of its private nats-server, where there is one.
    pub(crate) fn broker_now(&self) -> Option<u32> {
        std::fs::read_dir(format!("/proc/{}/task", self.pid()))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
            .find_map(|pids| pids.split_whitespace().next()?.parse().ok())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("log of process {}:\n{}", self.pid(), self.log());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
