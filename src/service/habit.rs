//! When a source is usually heard of, and whether it is late. Pure: the clock is passed in.
//!
//! Time is cut into slots, an hour each, and slots into cycles, a week each: hours of the same weekday are alike, in any zone.

use std::collections::BTreeSet;

/// Cycles looked back upon.
const CYCLES: i64 = 4;
/// In how many of them something has to have come around a slot for it to be usual: one may be a holiday.
const USUAL: usize = 3;
/// In how many of them it has to have come in the slot itself.
const EXACT: usize = 2;

/// What a habit is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rhythm {
    slot_ms: i64,
    /// Slots in a cycle.
    cycle: i64,
}

impl Rhythm {
    /// With slots and cycles so long; none where there is no slot. A cycle has at least one slot.
    pub(super) fn new(slot_secs: u32, cycle_secs: u32) -> Option<Self> {
        let slot = i64::from(slot_secs);
        (slot > 0).then(|| Self {
            slot_ms: slot * 1000,
            cycle: (i64::from(cycle_secs) / slot).max(1),
        })
    }

    /// How far back arrivals count, ms.
    pub(super) fn memory_ms(self) -> i64 {
        // Two more slots: what is near the oldest one, and is awaited for that long.
        (CYCLES * self.cycle + 2) * self.slot_ms
    }
}

/// Arrivals of one source.
#[derive(Debug, Clone)]
pub(super) struct Habit {
    rhythm: Rhythm,
    /// Slots in which something came.
    slots: BTreeSet<i64>,
    last_ms: i64,
}

impl Habit {
    pub(super) fn new(rhythm: Rhythm) -> Self {
        Self {
            rhythm,
            slots: BTreeSet::new(),
            last_ms: 0,
        }
    }

    /// Something came at this Unix time.
    pub(super) fn arrived(&mut self, at_ms: i64) {
        self.last_ms = self.last_ms.max(at_ms);
        self.slots.insert(at_ms.div_euclid(self.rhythm.slot_ms));
        // Counted from the newest: a source that has been away keeps its habit until it comes back.
        let oldest = (self.last_ms - 2 * self.rhythm.memory_ms()).div_euclid(self.rhythm.slot_ms);
        if self.slots.first().is_some_and(|s| *s < oldest) {
            self.slots = self.slots.split_off(&oldest);
        }
    }

    /// When something came last.
    pub(super) fn last_ms(&self) -> i64 {
        self.last_ms
    }

    /// Beginning of the first slot since then in which something usually comes and nothing did, nor in the one before
    /// or after it, which are over.
    pub(super) fn missed(&self, now_ms: i64) -> Option<i64> {
        let Rhythm { slot_ms, cycle } = self.rhythm;
        let last = *self.slots.last()?;
        let latest = (now_ms.div_euclid(slot_ms) - 2).min(last + CYCLES * cycle);
        let missed = (last + 2..=latest).find(|slot| self.is_usual(*slot));
        missed.map(|slot| slot * slot_ms)
    }

    fn is_usual(&self, slot: i64) -> bool {
        let before = (1..=CYCLES).map(|n| slot - n * self.rhythm.cycle);
        let near = before
            .clone()
            .filter(|s| self.slots.range(s - 1..=s + 1).next().is_some());
        let exact = before.filter(|s| self.slots.contains(s));
        near.count() >= USUAL && exact.count() >= EXACT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const WEEK: i64 = 168;

    fn heard(hours: impl IntoIterator<Item = i64>) -> Habit {
        let mut habit = Habit::new(Rhythm::new(3600, 168 * 3600).unwrap());
        for hour in hours {
            habit.arrived(hour * HOUR + HOUR / 2);
        }
        habit
    }

    /// Hours of five weeks in which a paper comes that comes at 5 on these days of the week.
    fn paper(days: &[i64]) -> Vec<i64> {
        let weeks = (0..5).flat_map(|week| days.iter().map(move |day| week * WEEK + day * 24 + 5));
        weeks.collect()
    }

    #[test]
    fn a_source_is_quiet_when_it_misses_what_it_used_to_keep() {
        let daily = paper(&[0, 1, 2, 3, 4, 5, 6]);
        let weekly = paper(&[2]);
        let workdays = paper(&[0, 1, 2, 3, 4]);
        let at = |day: i64, hour: i64| 4 * WEEK + day * 24 + hour;
        let until = |hours: &[i64], end: i64| {
            hours
                .iter()
                .copied()
                .filter(|h| *h < end)
                .collect::<Vec<_>>()
        };
        for (what, hours, now, missed) in [
            ("never heard of", vec![], at(3, 9), None),
            ("on time", until(&daily, at(3, 6)), at(3, 9), None),
            ("not due yet", until(&daily, at(3, 0)), at(3, 4), None),
            (
                "an hour late is nothing",
                until(&daily, at(3, 0)),
                at(3, 6),
                None,
            ),
            ("late", until(&daily, at(3, 0)), at(3, 7), Some(at(3, 5))),
            (
                "away for two days: since the first",
                until(&daily, at(3, 0)),
                at(4, 23),
                Some(at(3, 5)),
            ),
            (
                "no paper on Saturday",
                until(&workdays, at(5, 0)),
                at(5, 20),
                None,
            ),
            (
                "none on Monday",
                until(&workdays, at(5, 0)),
                at(7, 8),
                Some(at(7, 5)),
            ),
            (
                "weekly, another day",
                until(&weekly, at(2, 0)),
                at(1, 20),
                None,
            ),
            (
                "weekly, its day",
                until(&weekly, at(2, 0)),
                at(2, 8),
                Some(at(2, 5)),
            ),
            (
                "new, two weeks old",
                until(&daily, 2 * WEEK),
                2 * WEEK + 24,
                None,
            ),
        ] {
            assert_eq!(
                heard(hours).missed(now * HOUR),
                missed.map(|m| m * HOUR),
                "{what}"
            );
        }
    }

    #[test]
    fn one_holiday_and_an_hours_jitter_break_no_habit() {
        let jitter = [5, 4, 5, 6].iter().enumerate();
        let hours = jitter.map(|(week, hour)| i64::try_from(week).unwrap() * WEEK + hour);
        assert_eq!(
            heard(hours).missed((4 * WEEK + 9) * HOUR),
            Some((4 * WEEK + 5) * HOUR)
        );
        let holiday = [0, 1, 3].map(|week| week * WEEK + 5);
        assert_eq!(
            heard(holiday).missed((4 * WEEK + 9) * HOUR),
            Some((4 * WEEK + 5) * HOUR)
        );
        let rare = [0, 3].map(|week| week * WEEK + 5);
        assert_eq!(heard(rare).missed((4 * WEEK + 9) * HOUR), None);
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let habit = heard(0..20 * WEEK);
        assert!(habit.slots.len() <= usize::try_from(2 * (4 * WEEK + 2) + 1).unwrap());
        assert_eq!(Rhythm::new(0, 5), None);
    }
}
