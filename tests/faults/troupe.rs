//! The processes that faults happen to, and the supervisor that starts them again, as systemd would.

use crate::cluster::Cluster;
use crate::proxy::Proxy;
use crate::schedule::{Fault, Step};
use crate::support::{Daemon, Nats, Room, is_alive, kill};
use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};
use std::time::{Duration, Instant};

/// Where the streams are.
pub(crate) enum Servers {
    /// One nats-server of the operator's, behind a connection that can be cut.
    One(Box<Nats>, Proxy),
    /// Three, streams on all of them.
    Three(Box<Cluster>),
    /// The daemon's own: role 0 is `copydesk up`.
    Private,
}

/// Processes under one supervisor.
pub(crate) struct Troupe<'a> {
    room: &'a Room,
    pub(crate) servers: Servers,
    roles: Vec<Role>,
    /// What is to be undone when.
    undo: Vec<(Instant, Undo)>,
    /// Logs of those that are gone.
    pub(crate) logs: Vec<String>,
    /// Processes that a fault killed.
    pub(crate) kills: usize,
    /// Those of them that led a stream of the cluster.
    pub(crate) leaders: usize,
}

struct Role {
    args: Vec<String>,
    daemon: Option<Daemon>,
    paused: bool,
}

#[derive(Debug, Clone, Copy)]
enum Undo {
    StartRole(usize),
    ResumeRole(usize),
    StartServer,
    /// The server of this process id goes on.
    ResumeServer(u32),
    Mend,
    /// The server of this process id may write again.
    EmptyDisk(u32),
}

impl<'a> Troupe<'a> {
    /// Starts roles with these arguments, and waits until all can work.
    pub(crate) fn start(room: &'a Room, servers: Servers, roles: Vec<Vec<String>>) -> Self {
        let role = |args: Vec<String>| Role {
            daemon: Some(room.daemon(&args)),
            args,
            paused: false,
        };
        Self {
            room,
            servers,
            roles: roles.into_iter().map(role).collect(),
            undo: Vec::new(),
            logs: Vec::new(),
            kills: 0,
            leaders: 0,
        }
    }

    /// Address for those who are not to feel the faults of the line.
    pub(crate) fn url(&self) -> String {
        match &self.servers {
            Servers::One(nats, _) => nats.url.clone(),
            Servers::Three(cluster) => cluster.urls(),
            Servers::Private => self.room.url(),
        }
    }

    /// Goes through a course; at its end everything is mended and running.
    pub(crate) fn suffer(&mut self, course: &[Step]) {
        for step in course {
            self.tend_until(Instant::now() + step.after);
            self.inflict(step);
        }
        while let Some(last) = self.undo.iter().map(|(when, _)| *when).max() {
            self.tend_until(last);
        }
        self.tend();
    }

    /// Undoes what is due and starts again what has ended.
    pub(crate) fn tend(&mut self) {
        let now = Instant::now();
        let due: Vec<Undo> = self
            .undo
            .extract_if(.., |(when, _)| *when <= now)
            .map(|(_, u)| u)
            .collect();
        for undo in due {
            self.undo(undo);
        }
        for index in 0..self.roles.len() {
            let ended = self.roles[index]
                .daemon
                .as_ref()
                .is_some_and(|d| !is_alive(d.pid()));
            // It says why in its log; a server that was away is a good reason.
            if ended {
                self.bury(index);
                self.undo
                    .push((now + Duration::from_millis(200), Undo::StartRole(index)));
            }
        }
    }

    /// Ends what is left, in order; panics where an end is not clean.
    pub(crate) fn stop(mut self) -> Vec<String> {
        for role in self.roles.drain(..) {
            if let Some(daemon) = role.daemon {
                self.logs.push(daemon.stop());
            }
        }
        self.logs
    }

    fn tend_until(&mut self, when: Instant) {
        loop {
            self.tend();
            let left = when.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    fn inflict(&mut self, step: &Step) {
        let undo = match step.fault {
            Fault::KillRole(index) => {
                let index = index % self.roles.len();
                let Some(daemon) = self.roles[index].daemon.take() else {
                    return;
                };
                self.logs.push(daemon.log());
                daemon.kill();
                self.kills += 1;
                self.roles[index].paused = false;
                Undo::StartRole(index)
            }
            Fault::PauseRole(index) => {
                let index = index % self.roles.len();
                let role = &mut self.roles[index];
                let Some(daemon) = &role.daemon else { return };
                daemon.signal(Signal::STOP);
                role.paused = true;
                Undo::ResumeRole(index)
            }
            Fault::KillServer => match &mut self.servers {
                Servers::One(nats, _) if nats.pid().is_some() => {
                    nats.kill();
                    self.kills += 1;
                    Undo::StartServer
                }
                Servers::Three(cluster) => {
                    let Some(leader) = cluster.leader(self.leaders) else {
                        return;
                    };
                    if !cluster.kill(leader) {
                        return;
                    }
                    self.kills += 1;
                    self.leaders += 1;
                    Undo::StartServer
                }
                // Its daemon starts it again.
                Servers::Private => {
                    let Some(broker) = self.broker() else { return };
                    kill(broker, Signal::KILL);
                    self.kills += 1;
                    return;
                }
                Servers::One(..) => return,
            },
            Fault::PauseServer => {
                let Some(pid) = self.broker() else { return };
                kill(pid, Signal::STOP);
                Undo::ResumeServer(pid)
            }
            Fault::Cut => {
                let Servers::One(_, proxy) = &self.servers else {
                    return;
                };
                proxy.cut();
                Undo::Mend
            }
            Fault::FillDisk => {
                let Some(pid) = self.broker() else { return };
                limit_files(pid, Some(0));
                Undo::EmptyDisk(pid)
            }
        };
        self.undo.push((Instant::now() + step.lasts, undo));
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::StartRole(index) => {
                let role = &mut self.roles[index];
                if role.daemon.is_none() {
                    role.daemon = Some(Daemon::start(&mut self.room.copydesk(&role.args)));
                }
            }
            Undo::ResumeRole(index) => {
                let role = &mut self.roles[index];
                if let Some(daemon) = role.daemon.as_ref().filter(|_| role.paused) {
                    daemon.signal(Signal::CONT);
                }
                role.paused = false;
            }
            Undo::StartServer => match &mut self.servers {
                Servers::One(nats, _) if nats.pid().is_none() => nats.restart(),
                Servers::One(..) => {}
                Servers::Three(cluster) => cluster.restart(),
                Servers::Private => {}
            },
            Undo::ResumeServer(pid) => kill(pid, Signal::CONT),
            Undo::Mend => {
                if let Servers::One(_, proxy) = &self.servers {
                    proxy.mend();
                }
            }
            // A stream that could not write stays frozen until its server is started anew (nats-server, seen on 2.15).
            Undo::EmptyDisk(pid) => match &mut self.servers {
                Servers::One(nats, _) if nats.pid() == Some(pid) => {
                    nats.kill();
                    self.kills += 1;
                    nats.restart();
                }
                Servers::One(..) => {}
                Servers::Three(cluster) => {
                    if cluster.kill(pid) {
                        self.kills += 1;
                        cluster.restart();
                    } else if cluster.runs(pid) {
                        // Another is down: this one waits for it, frozen, as it would in life.
                        let soon = Instant::now() + Duration::from_millis(200);
                        self.undo.push((soon, Undo::EmptyDisk(pid)));
                    }
                }
                Servers::Private => {
                    if is_alive(pid) {
                        kill(pid, Signal::KILL);
                        self.kills += 1;
                    }
                }
            },
        }
    }

    /// The server that faults happen to, where it is up.
    fn broker(&self) -> Option<u32> {
        match &self.servers {
            Servers::One(nats, _) => nats.pid(),
            Servers::Three(cluster) => cluster.leader(self.leaders),
            Servers::Private => self.roles[0].daemon.as_ref()?.broker_now(),
        }
    }

    fn bury(&mut self, index: usize) {
        if let Some(daemon) = self.roles[index].daemon.take() {
            self.logs.push(daemon.log());
        }
    }
}

/// Lets a process write no file beyond so many bytes, or again any: a disk that is full, for this process alone.
fn limit_files(pid: u32, bytes: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    let _ = prlimit(pid, Resource::Fsize, limit);
}
