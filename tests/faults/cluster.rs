//! Three nats-servers as `deploy/cluster/nats.conf` sets them up, streams on all of them.

use crate::support::{Wire, folder_of_nats_server, kill, wait_until};
use rustix::process::Signal;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Streams whose leaders are killed, each in its turn.
const LED: [&str; 3] = ["COPYDESK_ARTICLES", "COPYDESK_ITEMS", "COPYDESK_CHANNELS"];

/// Killed when dropped.
pub(crate) struct Cluster {
    nodes: Vec<Node>,
    routes: Vec<String>,
    folder: TempDir,
    wire: Option<Wire>,
}

struct Node {
    client: String,
    route: String,
    child: Option<Child>,
}

impl Cluster {
    /// Starts three, and waits until they have a leader.
    pub(crate) fn start() -> Self {
        // Held until all are known, so that no port comes twice.
        let held: Vec<_> = (0..6)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let address: Vec<_> = held
            .iter()
            .map(|l| l.local_addr().unwrap().to_string())
            .collect();
        drop(held);
        let node = |i: usize| Node {
            client: address[i].clone(),
            route: address[i + 3].clone(),
            child: None,
        };
        let mut cluster = Self {
            nodes: (0..3).map(node).collect(),
            routes: address[3..].iter().map(|a| format!("nats://{a}")).collect(),
            folder: tempfile::tempdir().unwrap(),
            wire: None,
        };
        cluster.restart();
        let wire = Wire::to(&cluster.urls());
        wait_until("a cluster with a leader", || {
            wire.block_on(wire.js().query_account()).is_ok()
        });
        cluster.wire = Some(wire);
        cluster
    }

    /// All addresses, comma-separated.
    pub(crate) fn urls(&self) -> String {
        let urls: Vec<_> = self
            .nodes
            .iter()
            .map(|n| format!("nats://{}", n.client))
            .collect();
        urls.join(",")
    }

    /// Process id of the server that leads one of the streams.
    pub(crate) fn leader(&self, turn: usize) -> Option<u32> {
        let wire = self.wire.as_ref()?;
        let leader = wire.block_on(async {
            let stream = wire.js().get_stream(LED[turn % LED.len()]).await.ok()?;
            stream.cached_info().cluster.as_ref()?.leader.clone()
        })?;
        let index: usize = leader.strip_prefix("desk-")?.parse().ok()?;
        Some(self.nodes.get(index - 1)?.child.as_ref()?.id())
    }

    /// `kill -9` of one; never of a second, since the cluster promises to bear one alone.
    pub(crate) fn kill(&mut self, pid: u32) -> bool {
        if self.nodes.iter().any(|n| n.child.is_none()) {
            return false;
        }
        let of_pid = |n: &&mut Node| n.child.as_ref().is_some_and(|c| c.id() == pid);
        let Some(mut child) = self
            .nodes
            .iter_mut()
            .find(of_pid)
            .and_then(|n| n.child.take())
        else {
            return false;
        };
        kill(pid, Signal::KILL);
        child.wait().unwrap();
        true
    }

    /// Whether this process is one of them.
    pub(crate) fn runs(&self, pid: u32) -> bool {
        let mut up = self.nodes.iter().filter_map(|n| n.child.as_ref());
        up.any(|child| child.id() == pid)
    }

    /// Starts those that are down.
    pub(crate) fn restart(&mut self) {
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if node.child.is_some() {
                continue;
            }
            let name = format!("desk-{}", index + 1);
            let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/cluster/nats.conf");
            let mut command = Command::new(folder_of_nats_server().join("nats-server"));
            for (i, route) in self.routes.iter().enumerate() {
                command.env(format!("ROUTE_{}", i + 1), route);
            }
            let child = command
                .arg("-c")
                .arg(settings)
                .env("STORE", self.folder.path().join(&name))
                .env("NODE", name)
                .env("CLIENT", &node.client)
                .env("ROUTE", &node.route)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            node.child = Some(child);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.nodes.iter_mut().filter_map(|n| n.child.as_mut()) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
