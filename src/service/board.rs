//! The channels in force: those of the file, and those of the bucket, which come and go while it runs.
//!
//! Before a group of items is matched, [`Board::catch_up`] asks how many changes the bucket has seen and reads what is new:
//! an item is matched against every channel there was when it was taken, in every fan-out, without anybody waiting for
//! anybody. That alone makes the hand-over from backfill to live sound (`service/backfill.rs`).

use crate::bus::channels::Change;
use crate::bus::roles::Tally;
use crate::bus::{Bus, BusError};
use crate::channels::definition::{Definition, Standing, Terms};
use crate::channels::delivered::Why;
use crate::channels::plan::Gate;
use crate::channels::{Channel, Matcher, Vocabulary};
use crate::config::Config;
use crate::item::Item;
use crate::service::Live;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// New phrases from which on the automaton is built again.
const COMPACT_FROM: usize = 2_000;

/// Shared by everything a fan-out does.
pub(super) struct Board {
    config: Live,
    state: RwLock<State>,
    /// One reading of changes at a time.
    reading: tokio::sync::Mutex<()>,
    tally: Arc<Tally>,
}

/// Channels under one configuration.
struct State {
    config: Arc<Config>,
    vocabulary: Vocabulary,
    matcher: Matcher,
    /// Terms of the channels of the file, by name.
    file: HashMap<String, Terms>,
    /// Good definitions of the bucket, by name.
    bucket: HashMap<String, Definition>,
    /// Why a definition is not in force, by name.
    refused: BTreeMap<String, String>,
    /// Changes of the bucket that are in here.
    applied: u64,
}

/// A channel that is being brought up to date.
#[derive(Debug, Clone)]
pub(super) struct Behind {
    pub(super) name: String,
    pub(super) definition: Definition,
    pub(super) from: u64,
    pub(super) run: String,
}

impl Board {
    /// The channels of the file; those of the bucket come with [`Board::catch_up`].
    pub(super) fn new(config: Live, tally: Arc<Tally>) -> Self {
        Self {
            state: RwLock::new(State::new(config.now())),
            config,
            reading: tokio::sync::Mutex::default(),
            tally,
        }
    }

    /// What queries may name.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        self.read().vocabulary.clone()
    }

    /// Takes the configuration in force, and every change of the bucket that was made before this was called.
    pub(super) async fn catch_up(&self, bus: &Bus) -> Result<(), BusError> {
        let config = self.config.now();
        let last = bus.channels_sequence().await?;
        let is_new = |state: &State| !Arc::ptr_eq(&state.config, &config);
        let is_there = |state: &State| state.applied >= last && !is_new(state);
        if is_there(&self.read()) {
            return Ok(());
        }
        let _alone = self.reading.lock().await;
        if is_there(&self.read()) {
            return Ok(());
        }
        // Under another configuration a definition that was good may be bad, and the other way round: all of them again.
        let mut fresh = is_new(&self.read()).then(|| State::new(config.clone()));
        let after = fresh
            .as_ref()
            .map_or_else(|| self.read().applied, |s| s.applied);
        let changes = bus.channel_changes(after).await?;
        if let Some(state) = &mut fresh {
            state.apply(&changes, last);
        }
        let mut state = self.write();
        match fresh {
            Some(fresh) => *state = fresh,
            None => state.apply(&changes, last),
        }
        tracing::debug!(
            changes = changes.len(),
            channels = state.matcher.len(),
            "channels changed"
        );
        self.tally.notice(state.notices());
        Ok(())
    }

    /// The channels that want an item, with their reasons.
    pub(super) fn wanted(&self, item: &Item) -> BTreeMap<String, Vec<Why>> {
        let state = self.read();
        let matches = state.matcher.matches(item);
        let named = matches.iter().map(|m| {
            let why = m.why.iter().map(Why::from).collect();
            (m.channel.to_owned(), why)
        });
        named.collect()
    }

    /// Whether the item at `sequence` goes into a channel now.
    pub(super) fn gate(&self, channel: &str, sequence: u64) -> Gate {
        let state = self.read();
        let definition = state.of_bucket(channel);
        // A channel that is no more: whatever it had is still corrected.
        definition.map_or(Gate::Open, |d| d.standing.gate(sequence))
    }

    /// Terms of a channel's deliveries.
    pub(super) fn terms(&self, channel: &str) -> Terms {
        let state = self.read();
        let of_file = state.file.get(channel).copied();
        of_file
            .or_else(|| Some(state.of_bucket(channel)?.terms))
            .unwrap_or_default()
    }

    /// Channels that are being brought up to date.
    pub(super) fn behind(&self) -> Vec<Behind> {
        let state = self.read();
        let behind = state.bucket.iter().filter_map(|(name, definition)| {
            let Standing::Behind { from, run, .. } = &definition.standing else {
                return None;
            };
            state.of_bucket(name)?;
            Some(Behind {
                name: name.clone(),
                from: *from,
                run: run.clone(),
                definition: definition.clone(),
            })
        });
        behind.collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(config: Arc<Config>) -> Self {
        let vocabulary = config.vocabulary();
        let channels = &config.channels;
        // Checked when the configuration was read.
        let (matcher, _) = Matcher::new(&channels.list, &vocabulary);
        let names = channels.list.iter().map(|c| c.name.clone());
        Self {
            file: names.zip(channels.terms.iter().copied()).collect(),
            bucket: HashMap::new(),
            refused: BTreeMap::new(),
            applied: 0,
            config,
            vocabulary,
            matcher,
        }
    }

    /// The definition in force of a channel of the bucket.
    fn of_bucket(&self, name: &str) -> Option<&Definition> {
        match self.file.contains_key(name) {
            true => None,
            false => self.bucket.get(name),
        }
    }

    /// Takes changes up to the one at `last`, which may be gone: what was removed from the stream itself leaves a gap.
    fn apply(&mut self, changes: &[Change], last: u64) {
        for change in changes {
            self.change(change);
        }
        self.applied = changes.last().map_or(last, |c| c.sequence.max(last));
        if self.matcher.recent() >= COMPACT_FROM {
            self.matcher.compact();
        }
    }

    fn change(&mut self, change: &Change) {
        let name = &change.name;
        self.refused.remove(name);
        let Some(bytes) = &change.value else {
            self.bucket.remove(name);
            if !self.file.contains_key(name) {
                self.matcher.remove(name);
            }
            return;
        };
        if let Err(reason) = self.define(name, bytes) {
            tracing::warn!(channel = %name, reason, "a channel is refused, the others are not touched");
            let kept = match self.bucket.contains_key(name) {
                true => "; what it was before stays in force",
                false => "",
            };
            let reason = format!("channel `{name}`: {reason}{kept}");
            self.refused.insert(name.clone(), reason);
        }
    }

    /// Puts a definition in force, or says what is wrong with it.
    fn define(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let definition: Definition = serde_json::from_slice(bytes)
            .map_err(|e| format!("no definition of a channel: {e}"))?;
        let live = matches!(definition.standing, Standing::Live { .. });
        if live && definition.terms.max_per_hour.is_some() {
            return Err(
                "a limit of items an hour has to be set with `copydesk channel add`".into(),
            );
        }
        let channel = Channel {
            name: name.to_owned(),
            query: definition.query.clone(),
        };
        let same = self
            .of_bucket(name)
            .is_some_and(|d| d.query == definition.query);
        if self.file.contains_key(name) {
            return Err("channels.toml has one of this name".into());
        } else if !same {
            let put = self.matcher.put(&channel, &self.vocabulary);
            put.map_err(|problem| match problem.help {
                Some(help) => format!("{} ({help})", problem.message),
                None => problem.message,
            })?;
        }
        self.bucket.insert(channel.name, definition);
        Ok(())
    }

    fn notices(&self) -> Vec<String> {
        self.refused.values().cloned().collect()
    }
}
