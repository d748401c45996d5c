//! Sources that have gone quiet against their habit.
//!
//! Every fan-out follows the arrivals in the ledger, headers alone, and looks whether a source is late. The first to see it says
//! so: its event is stored on the condition that nothing was said of the source since, so that the others are refused.

use super::Desk;
use super::habit::{Habit, Rhythm};
use super::revision::REVISION;
use crate::bus::BusError;
use crate::bus::archive::{Message, Since};
use crate::bus::channels::Kept;
use crate::bus::layout::StreamName;
use crate::bus::publish::PublishError;
use crate::event::SourceEvent;
use futures_util::StreamExt;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Most time between two looks.
const LOOK: Duration = Duration::from_secs(60);
/// Pause before the ledger is followed again.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of the sources.
struct Quiet {
    desk: Desk,
    rhythm: Rhythm,
    habits: BTreeMap<String, Habit>,
    /// What was said last, by whomever.
    told: BTreeMap<String, Kept<SourceEvent>>,
    /// Last place followed.
    place: u64,
}

/// Watches over the sources until told to stop.
pub(super) async fn run(desk: Desk) {
    let config = desk.config.now();
    let settings = &config.settings.quiet;
    let Some(rhythm) = Rhythm::new(settings.slot_secs, settings.cycle_secs) else {
        return;
    };
    let slot = Duration::from_secs(u64::from(settings.slot_secs));
    let shutdown = desk.shutdown.clone();
    let mut quiet = Quiet {
        desk,
        rhythm,
        habits: BTreeMap::new(),
        told: BTreeMap::new(),
        place: 0,
    };
    shutdown
        .run_until_cancelled(Box::pin(quiet.follow_all(slot)))
        .await;
}

impl Quiet {
    async fn follow_all(&mut self, slot: Duration) {
        // A desk that was away has something to catch up with: what came meanwhile is not late.
        let mut next = Instant::now() + 2 * slot;
        loop {
            if let Err(error) = self.follow(&mut next, LOOK.min(slot / 2)).await {
                tracing::debug!(%error, "following arrivals again");
            }
            tokio::time::sleep(AGAIN).await;
            self.desk.bus.connected().await;
        }
    }

    async fn follow(&mut self, next: &mut Instant, pause: Duration) -> Result<(), BusError> {
        let bus = self.desk.bus.clone();
        self.told = bus.source_events().await?;
        let memory = u64::try_from(self.rhythm.memory_ms()).unwrap_or(0);
        let since = match self.place {
            0 => Since::Ago(Duration::from_millis(memory)),
            place => Since::After(place),
        };
        let messages = bus.read_headers(StreamName::Items, since, true).await?;
        let mut messages = Box::pin(messages);
        loop {
            tokio::select! {
                biased;
                message = messages.next() => match message {
                    Some(message) => self.note(&message?),
                    None => return Ok(()),
                },
                () = tokio::time::sleep_until(*next) => {
                    *next = Instant::now() + pause;
                    self.look(Timestamp::now()).await?;
                }
            }
        }
    }

    /// First revisions are arrivals; later ones may come from anywhere.
    fn note(&mut self, message: &Message) {
        self.place = message.sequence;
        let time = message.time.parse::<Timestamp>();
        let source = message.subject.rsplit('.').nth(1);
        if let (Ok(time), Some(source), Some("1")) = (time, source, message.header(REVISION)) {
            let habit = self.habits.entry(source.to_owned());
            let habit = habit.or_insert_with(|| Habit::new(self.rhythm));
            habit.arrived(time.as_millisecond());
        }
    }

    async fn look(&mut self, now: Timestamp) -> Result<(), BusError> {
        let mut outdated = false;
        for (source, habit) in &self.habits {
            let told = self.told.get(source);
            let Some(event) = news(source, habit, told.map(|t| &t.value), now) else {
                continue;
            };
            match self
                .desk
                .bus
                .tell(&event, told.map_or(0, |t| t.sequence))
                .await
            {
                Ok(sequence) => {
                    match event.is_quiet() {
                        true => {
                            tracing::warn!(%source, last = event.data.last, "nothing comes from a source that usually sends at this time")
                        }
                        false => {
                            tracing::info!(%source, "a source that was quiet is heard of again")
                        }
                    }
                    self.told.insert(
                        source.clone(),
                        Kept {
                            value: event,
                            sequence,
                        },
                    );
                }
                Err(PublishError::WrongLastSequence) => outdated = true,
                Err(error) => tracing::debug!(%error, %source, "not told, will be tried again"),
            }
        }
        if outdated {
            self.told = self.desk.bus.source_events().await?;
        }
        Ok(())
    }
}

/// What is to be said of a source.
fn news(
    source: &str,
    habit: &Habit,
    told: Option<&SourceEvent>,
    now: Timestamp,
) -> Option<SourceEvent> {
    let time =
        |ms| Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |t| format!("{t:.3}"));
    let (now_ms, now) = (now.as_millisecond(), format!("{now:.3}"));
    let last = time(habit.last_ms());
    match told {
        // Both are written in one way, which sorts as time does.
        Some(told) if told.is_quiet() && last <= told.data.last => None,
        Some(told) if told.is_quiet() => Some(SourceEvent::new(source, &now, None, last)),
        _ => {
            let expected = habit.missed(now_ms).map(time)?;
            Some(SourceEvent::new(source, &now, Some(expected), last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_that_a_source_is_quiet_and_once_that_it_is_back() {
        let mut habit = Habit::new(Rhythm::new(10, 10).unwrap());
        for second in 0..100 {
            habit.arrived(second * 1000);
        }
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(news("a", &habit, None, at(105)), None);
        let quiet = news("a", &habit, None, at(150)).unwrap();
        assert!(quiet.is_quiet());
        assert_eq!(
            quiet.data.expected.as_deref(),
            Some("1970-01-01T00:01:50.000Z")
        );
        assert_eq!(quiet.data.last, "1970-01-01T00:01:39.000Z");
        assert_eq!(news("a", &habit, Some(&quiet), at(100_000)), None);
        habit.arrived(200_000);
        let back = news("a", &habit, Some(&quiet), at(201)).unwrap();
        assert!(!back.is_quiet());
        assert_eq!(news("a", &habit, Some(&back), at(202)), None);
    }
}
