//! NATS: the only module that names async-nats (invariant 7).
//!
//! [`layout`] says which streams there are, [`publish`] stores messages, [`work`] hands them out, [`dead`] keeps what
//! failed, [`files`] is the watcher's memory, [`halves`] that of jump lines, [`channels`] what the fan-outs share,
//! [`grants`] the consumers of subscribers, [`events`] what happens to sources, [`archive`] and [`sweep`] read back, [`jobs`] remembers how far a sweep came, [`roles`] shows who is at work.

pub mod archive;
pub mod channels;
pub mod connect;
pub mod dead;
pub mod events;
pub mod files;
pub mod grants;
pub mod halves;
pub mod jobs;
pub mod layout;
pub mod publish;
pub mod roles;
pub mod sweep;
pub mod work;

use async_nats::jetstream;
use std::time::Duration;
use tokio::sync::watch;

/// A connection and the names used on it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus {
    client: async_nats::Client,
    js: jetstream::Context,
    names: layout::Names,
    link: watch::Receiver<Link>,
}

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link {
    connected: bool,
    closed: bool,
    /// Counts disconnects: what was prefetched in an earlier generation is dead.
    generation: u64,
}

impl Bus {
    /// Stream and subject names in use.
    pub fn names(&self) -> &layout::Names {
        &self.names
    }

    /// Whether the connection stands.
    pub fn is_connected(&self) -> bool {
        self.link.borrow().connected
    }

    /// How often the connection was lost.
    pub fn disconnects(&self) -> u64 {
        self.link.borrow().generation
    }

    /// Largest message the server takes, bytes.
    pub fn max_payload(&self) -> usize {
        self.client.max_payload()
    }

    /// Waits until the connection stands.
    pub async fn connected(&self) {
        let mut link = self.link.clone();
        // An error means the client is gone: nothing will ever come, and the caller's deadline decides.
        if link.wait_for(|l| l.connected).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Closes the connection after everything written to it is on its way, at most `patience` long.
    pub async fn close(&self, patience: Duration) {
        let mut link = self.link.clone();
        if self.client.drain().await.is_ok() {
            // drain() only queues the drain: the event says when it is over.
            let _ = tokio::time::timeout(patience, link.wait_for(|l| l.closed)).await;
        }
    }
}

/// What went wrong on the bus. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// Nobody there, or not for us.
    #[error("cannot connect to NATS at {address}: {reason}")]
    Connect {
        /// Without credentials.
        address: String,
        /// As the client says.
        reason: String,
    },
    /// A credentials or context file that cannot be used.
    #[error("{what}: {reason}")]
    Options {
        /// Which file or flag.
        what: String,
        /// Why not.
        reason: String,
    },
    /// The server is too old or has no JetStream.
    #[error("{0}")]
    Server(String),
    /// A stream exists with settings this program cannot work with.
    #[error(
        "stream {stream} exists with other settings: {differences}; copydesk does not change it. Use another `nats.prefix`, or remove the stream"
    )]
    Layout {
        /// Its name.
        stream: String,
        /// What differs.
        differences: String,
    },
    /// A request that failed.
    #[error("NATS: {what}: {reason}")]
    Request {
        /// What was asked.
        what: String,
        /// What came back.
        reason: String,
    },
    /// A message that is not what its subject promises.
    #[error("{0}")]
    Message(String),
}

impl BusError {
    fn request(what: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Request {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}
