//! The configuration in force. It is replaced whole while the daemon runs; each piece of work takes the one of its moment.

use crate::config::Config;
use std::sync::Arc;
use tokio::sync::watch;

/// Reads the configuration in force.
#[derive(Debug, Clone)]
pub struct Live(watch::Receiver<Arc<Config>>);

/// Puts another one in force.
#[derive(Debug)]
pub struct Change(watch::Sender<Arc<Config>>);

/// A configuration that may change.
pub fn live(config: Config) -> (Change, Live) {
    let (sender, receiver) = watch::channel(Arc::new(config));
    (Change(sender), Live(receiver))
}

impl Live {
    /// The one in force now. To be held for one piece of work, not longer.
    pub fn now(&self) -> Arc<Config> {
        self.0.borrow().clone()
    }

    /// Waits for another one. Pending for ever when none can come.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

impl Change {
    /// Puts another one in force, and gives back the one before.
    pub fn replace(&self, config: Config) -> Arc<Config> {
        self.0.send_replace(Arc::new(config))
    }

    /// The one in force now.
    pub fn now(&self) -> Arc<Config> {
        self.0.borrow().clone()
    }
}

impl From<Config> for Live {
    /// One that never changes.
    fn from(config: Config) -> Self {
        live(config).1
    }
}
