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
use crate::config::{self, Config};
use crate::item::Item;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

/// New phrases from which on the automaton is built again.
const COMPACT_FROM: usize = 2_000;

/// Shared by everything a fan-out does.
pub(super) struct Board {
    state: RwLock<State>,
    /// One reading of changes at a time.
    reading: tokio::sync::Mutex<()>,
    vocabulary: Vocabulary,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct State {
    matcher: Matcher,
    /// Channels of the file, by name.
    file: BTreeMap<String, (String, Terms)>,
    /// Good definitions of the bucket, by name.
    bucket: HashMap<String, Definition>,
    /// Why a definition is not in force, by name.
    refused: BTreeMap<String, String>,
    /// Why the file as it is now is not in force.
    file_refused: Option<String>,
    /// Changes of the bucket that are in here.
    applied: u64,
    path: Option<PathBuf>,
    stamp: Stamp,
}

/// What tells that a file was changed.
type Stamp = Option<(SystemTime, u64)>;

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
    pub(super) fn new(config: &Config, tally: Arc<Tally>) -> Self {
        let mut state = State {
            path: config.channels.file.clone(),
            ..State::default()
        };
        state.stamp = state.look();
        let vocabulary = config.vocabulary();
        state.take_file(&config.channels, &vocabulary);
        state.matcher.compact();
        Self {
            state: RwLock::new(state),
            reading: tokio::sync::Mutex::default(),
            vocabulary,
            tally,
        }
    }

    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Takes every change of the bucket that was made before it was called.
    pub(super) async fn catch_up(&self, bus: &Bus) -> Result<(), BusError> {
        let last = bus.channels_sequence().await?;
        if self.read().applied >= last {
            return Ok(());
        }
        let _alone = self.reading.lock().await;
        let after = self.read().applied;
        if after >= last {
            return Ok(());
        }
        let changes = bus.channel_changes(after).await?;
        let mut state = self.write();
        for change in &changes {
            state.apply(change, &self.vocabulary);
        }
        // What was removed from the stream itself leaves a gap that nothing will ever fill.
        state.applied = changes.last().map_or(last, |c| c.sequence.max(last));
        if state.matcher.recent() >= COMPACT_FROM {
            state.matcher.compact();
        }
        tracing::debug!(
            changes = changes.len(),
            channels = state.matcher.len(),
            "channels changed"
        );
        self.tally.notice(state.notices());
        Ok(())
    }

    /// Takes the file again where it was changed. A broken one changes nothing, and is said.
    pub(super) fn look_at_file(&self) {
        let (path, before) = {
            let state = self.read();
            (state.path.clone(), state.stamp)
        };
        let now = stamp(path.as_ref());
        if now == before {
            return;
        }
        // One that is gone for a moment is being written.
        let loaded = now
            .is_some()
            .then(|| config::Channels::load(path, &self.vocabulary));
        let mut state = self.write();
        state.stamp = now;
        match loaded {
            Some(Ok(channels)) => {
                state.file_refused = None;
                state.take_file(&channels, &self.vocabulary);
                tracing::info!(
                    channels = state.matcher.len(),
                    "channels.toml was changed, its channels are in force"
                );
            }
            Some(Err(error)) => {
                let mistakes: Vec<String> =
                    error.mistakes.iter().map(ToString::to_string).collect();
                let reason = mistakes.join("; ");
                tracing::error!(
                    reason,
                    "channels.toml was changed and cannot be used; the channels stay as they were (`copydesk check` shows more)"
                );
                state.file_refused = Some(format!(
                    "channels.toml: {reason}; the channels stay as they were"
                ));
            }
            None => {
                tracing::warn!(
                    "channels.toml is gone; its channels stay in force until the next start"
                );
                state.file_refused = Some(
                    "channels.toml is gone; its channels stay in force until the next start".into(),
                );
            }
        }
        self.tally.notice(state.notices());
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
        let of_file = state.file.get(channel).map(|(_, terms)| *terms);
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
    /// The definition in force of a channel of the bucket.
    fn of_bucket(&self, name: &str) -> Option<&Definition> {
        match self.file.contains_key(name) {
            true => None,
            false => self.bucket.get(name),
        }
    }

    fn look(&self) -> Stamp {
        stamp(self.path.as_ref())
    }

    fn take_file(&mut self, channels: &config::Channels, vocabulary: &Vocabulary) {
        let before = std::mem::take(&mut self.file);
        for (channel, terms) in channels.list.iter().zip(&channels.terms) {
            let entry = (channel.query.clone(), *terms);
            self.file.insert(channel.name.clone(), entry);
        }
        let gone = before.keys().filter(|name| !self.file.contains_key(*name));
        let names: Vec<String> = gone.chain(self.file.keys()).cloned().collect();
        for name in names {
            self.put(&name, vocabulary);
        }
    }

    fn apply(&mut self, change: &Change, vocabulary: &Vocabulary) {
        let name = &change.name;
        self.refused.remove(name);
        match &change.value {
            None => {
                self.bucket.remove(name);
            }
            Some(bytes) => match read(name, bytes, vocabulary) {
                Ok(definition) => {
                    self.bucket.insert(name.clone(), definition);
                }
                Err(reason) => {
                    tracing::warn!(channel = %name, reason, "a channel is refused, the others are not touched");
                    let kept = match self.bucket.contains_key(name) {
                        true => "; what it was before stays in force",
                        false => "",
                    };
                    self.refused
                        .insert(name.clone(), format!("channel `{name}`: {reason}{kept}"));
                }
            },
        }
        self.put(name, vocabulary);
    }

    /// Compiles what is in force under a name.
    fn put(&mut self, name: &str, vocabulary: &Vocabulary) {
        let of_file = self.file.get(name).map(|(query, _)| query);
        let of_bucket = self.bucket.get(name).map(|definition| &definition.query);
        let Some(query) = of_file.or(of_bucket) else {
            self.matcher.remove(name);
            return;
        };
        if self.matcher.query(name).is_some_and(|q| q.text() == query) {
            return;
        }
        let channel = Channel {
            name: name.to_owned(),
            query: query.clone(),
        };
        // Checked before: the file as a whole, a definition when it was read.
        if let Err(problem) = self.matcher.put(&channel, vocabulary) {
            let reason = format!("channel `{name}`: {}", problem.message);
            self.refused.insert(name.to_owned(), reason);
        }
    }

    fn notices(&self) -> Vec<String> {
        let twice = self
            .bucket
            .keys()
            .filter(|name| self.file.contains_key(*name));
        let twice = twice.map(|name| {
            format!("channel `{name}` of the bucket: channels.toml has one of this name")
        });
        let refused = self.file_refused.iter().chain(self.refused.values());
        refused.cloned().chain(twice).collect()
    }
}

/// A definition, its name and query checked.
fn read(name: &str, bytes: &[u8], vocabulary: &Vocabulary) -> Result<Definition, String> {
    let definition: Definition =
        serde_json::from_slice(bytes).map_err(|e| format!("no definition of a channel: {e}"))?;
    let channel = Channel {
        name: name.to_owned(),
        query: definition.query.clone(),
    };
    if definition.terms.max_per_hour.is_some()
        && matches!(definition.standing, Standing::Live { .. })
    {
        return Err("a limit of items an hour has to be set with `copydesk channel add`".into());
    }
    match channel.check(vocabulary) {
        Ok(()) => Ok(definition),
        Err(problem) => Err(match problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message,
        }),
    }
}

fn stamp(path: Option<&PathBuf>) -> Stamp {
    let meta = std::fs::metadata(path?).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}
