//! The configuration in force. It is replaced whole while the daemon runs; each piece of work takes the one of its moment.

use crate::config::Config;
use std::sync::Arc;
use tokio::sync::watch;

/// Reads the configuration in force.
#[derive(Debug, Clone)]
pub struct Live {
    config: watch::Receiver<Arc<Config>>,
    refused: watch::Receiver<Option<String>>,
}

/// Puts another one in force.
#[derive(Debug)]
pub struct Change {
    config: watch::Sender<Arc<Config>>,
    refused: watch::Sender<Option<String>>,
}

/// A configuration that may change.
pub fn live(config: Config) -> (Change, Live) {
    let (change, config) = watch::channel(Arc::new(config));
    let (refuse, refused) = watch::channel(None);
    let change = Change {
        config: change,
        refused: refuse,
    };
    (change, Live { config, refused })
}

impl Live {
    /// The one in force now. To be held for one piece of work, not longer.
    pub fn now(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Why what the files hold now is not in force, while that is so.
    pub(super) fn refused(&self) -> watch::Receiver<Option<String>> {
        self.refused.clone()
    }

    /// Waits for another one. Pending for ever when none can come.
    pub async fn changed(&mut self) {
        if self.config.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

impl Change {
    /// Puts another one in force, and gives back the one before.
    pub fn replace(&self, config: Config) -> Arc<Config> {
        self.refused.send_replace(None);
        self.config.send_replace(Arc::new(config))
    }

    /// Leaves in force what is, and says in `status` why.
    pub fn refuse(&self, why: String) {
        self.refused.send_replace(Some(why));
    }

    /// The one in force now.
    pub fn now(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }
}

impl From<Config> for Live {
    /// One that never changes.
    fn from(config: Config) -> Self {
        live(config).1
    }
}
