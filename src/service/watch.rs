//! The watch role: a desk for every configured source, and no other, also when the configuration changes.

use super::source::SourceDesk;
use super::{Desk, ServiceError};
use crate::bus::files::Files;
use crate::config::SourceSettings;
use std::collections::HashMap;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(super) struct Watch {
    desk: Desk,
    files: Files,
    /// Sources at work; each task ends with its source's name.
    tasks: JoinSet<String>,
    running: HashMap<String, Running>,
}

/// A source at work.
struct Running {
    settings: SourceSettings,
    stop: CancellationToken,
}

impl Watch {
    pub(super) async fn open(desk: Desk) -> Result<Self, ServiceError> {
        let sources = desk.config.now().settings.sources.clone();
        if sources.is_empty() {
            return Err(ServiceError::NothingToWatch);
        }
        let mut watch = Self {
            files: desk.bus.files().await?,
            tasks: JoinSet::new(),
            running: HashMap::new(),
            desk,
        };
        for settings in sources {
            watch.start(settings)?;
        }
        Ok(watch)
    }

    /// Ends when every source has finished what it began. A panic in one is a panic of the role.
    pub(super) async fn run(mut self) {
        let shutdown = self.desk.shutdown.clone();
        let mut config = self.desk.config.clone();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                // A source ends only when told to: this is a panic.
                Some(ended) = self.tasks.join_next() => drop(name_of(ended)),
                () = config.changed() => self.follow(&config.now().settings.sources).await,
            }
        }
        while let Some(ended) = self.tasks.join_next().await {
            drop(name_of(ended));
        }
    }

    /// Stops what is configured no more or otherwise, then starts what is new.
    async fn follow(&mut self, sources: &[SourceSettings]) {
        let gone = |running: &Running| !sources.contains(&running.settings);
        let mut ending: Vec<String> = Vec::new();
        for (name, running) in self.running.iter().filter(|(_, r)| gone(r)) {
            running.stop.cancel();
            ending.push(name.clone());
        }
        while !ending.is_empty()
            && let Some(ended) = self.tasks.join_next().await
        {
            let name = name_of(ended);
            tracing::info!(source = name, "watched no more");
            self.running.remove(&name);
            ending.retain(|e| *e != name);
        }
        for settings in sources {
            if self.running.contains_key(&settings.name) {
                continue;
            }
            if let Err(error) = self.start(settings.clone()) {
                tracing::error!(%error, "not watched; correct it, or make its folder and send SIGHUP");
            }
        }
    }

    fn start(&mut self, settings: SourceSettings) -> Result<(), ServiceError> {
        let stop = self.desk.shutdown.child_token();
        let desk = Desk {
            shutdown: stop.clone(),
            ..self.desk.clone()
        };
        let source = SourceDesk::open(desk, self.files.clone(), &settings)?;
        let name = settings.name.clone();
        self.tasks.spawn(async move {
            source.run().await;
            name
        });
        let running = Running { settings, stop };
        self.running.insert(running.settings.name.clone(), running);
        Ok(())
    }
}

fn name_of(ended: Result<String, tokio::task::JoinError>) -> String {
    ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
