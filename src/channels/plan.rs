//! Which channel gets what of a revision, given who got what before. Pure.
//!
//! A revision goes to the channels that want it; one that had the article and does not want it any more is told so; a kill
//! goes to everyone who ever had it. What is planned is recorded before it is delivered, and a plan made twice is the
//! same plan: a crash between the two repeats work, never a delivery.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who got what of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Newest revision planned for anyone: older ones that come late go nowhere.
    pub revision: u32,
    /// By channel.
    pub channels: BTreeMap<String, Got>,
}

/// The last a channel got of an article. In JSON its revision, negative when it was withdrawn with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Got {
    /// Revision.
    pub revision: u32,
    /// The channel was told that the article is not for it any more.
    pub withdrawn: bool,
}

impl From<i64> for Got {
    fn from(number: i64) -> Self {
        Self {
            revision: u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX),
            withdrawn: number < 0,
        }
    }
}

impl From<Got> for i64 {
    fn from(got: Got) -> Self {
        match got.withdrawn {
            true => -Self::from(got.revision),
            false => Self::from(got.revision),
        }
    }
}

/// Whether deliveries into a channel are made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// They are.
    Open,
    /// Somebody else makes them, or they are made later from the archive.
    Shut,
    /// They are about to be made by whoever asks: it has to ask again in a moment.
    Hold,
}

/// What is sent into a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The article is withdrawn from the channel; else the revision goes as it is.
    pub withdraw: bool,
    /// The channel never had anything of the article.
    pub fresh: bool,
}

/// What becomes of a revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be stored before anything is delivered; none when it says nothing new.
    pub record: Option<Record>,
    /// By channel.
    pub moves: BTreeMap<String, Move>,
    /// Some channel has to be asked for again.
    pub held: bool,
}

/// Plans revision `number`, a `kill` or not, which the channels `wanted` ask for.
pub fn plan<'c>(
    record: Option<&Record>,
    number: u32,
    kill: bool,
    wanted: impl Iterator<Item = &'c str>,
    gate: impl Fn(&str) -> Gate,
) -> Plan {
    let before = record.cloned().unwrap_or_default();
    let mut plan = Plan::default();
    if number < before.revision {
        // Overtaken. What was planned as withdrawn is not planned again by what comes after it, so it may still be owed.
        let owed = Got {
            revision: number,
            withdrawn: true,
        };
        let owed = before.channels.iter().filter(|(_, got)| **got == owed);
        let step = Move {
            withdraw: true,
            fresh: false,
        };
        plan.moves = owed.map(|(c, _)| (c.clone(), step)).collect();
        return plan;
    }
    let wanted: BTreeSet<&str> = wanted.collect();
    let mut after = before.clone();
    after.revision = number;
    let had = before.channels.keys().map(String::as_str);
    let concerned: BTreeSet<&str> = had.chain(wanted.iter().copied()).collect();
    for channel in concerned {
        let got = before.channels.get(channel).copied();
        let wants = wanted.contains(channel);
        let withdraw = match got {
            Some(got) if got.revision >= number => got.withdrawn,
            _ if wants || kill => false,
            Some(got) if got.withdrawn => continue,
            _ => true,
        };
        // A kill waits for nothing where the article is.
        match gate(channel) {
            Gate::Shut if !(kill && got.is_some()) => continue,
            Gate::Hold if !(kill && got.is_some()) => {
                plan.held = true;
                continue;
            }
            _ => {}
        }
        let fresh = got.is_none();
        plan.moves
            .insert(channel.to_owned(), Move { withdraw, fresh });
        after.channels.insert(
            channel.to_owned(),
            Got {
                revision: number,
                withdrawn: withdraw,
            },
        );
    }
    // A first revision nobody wants leaves no trace; a later one must, or an earlier one could come after it.
    let silent = record.is_none() && number == 1 && after.channels.is_empty();
    plan.record = (after != before && !silent).then_some(after);
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(revision: u32, channels: &[(&str, i64)]) -> Record {
        let channels = channels.iter().map(|(c, n)| ((*c).to_owned(), (*n).into()));
        Record {
            revision,
            channels: channels.collect(),
        }
    }

    /// `+a` sent, `-a` withdrawn.
    fn moves(plan: &Plan) -> Vec<String> {
        let sign = |m: &Move| if m.withdraw { '-' } else { '+' };
        plan.moves
            .iter()
            .map(|(c, m)| format!("{}{c}", sign(m)))
            .collect()
    }

    #[test]
    fn who_gets_what() {
        let none = None;
        type Row<'a> = (Option<Record>, u32, bool, &'a [&'a str], &'a [&'a str]);
        let rows: [Row<'_>; 12] = [
            (none.clone(), 1, false, &["a", "b"], &["+a", "+b"]),
            // A later revision goes to those that want it, and is withdrawn from those that had it.
            (
                Some(record(1, &[("a", 1)])),
                2,
                false,
                &["b"],
                &["-a", "+b"],
            ),
            // Told once.
            (Some(record(2, &[("a", -2)])), 3, false, &[], &[]),
            // It matches again.
            (Some(record(2, &[("a", -2)])), 3, false, &["a"], &["+a"]),
            // A kill goes to everyone who ever had it, and to those it matches.
            (
                Some(record(2, &[("a", -2), ("b", 2)])),
                3,
                true,
                &["c"],
                &["+a", "+b", "+c"],
            ),
            (none.clone(), 2, true, &["c"], &["+c"]),
            // Late: something newer is on its way already.
            (Some(record(3, &[("a", 3)])), 2, false, &["a", "b"], &[]),
            // A crash kept a withdrawal from its channel, and a later revision did not concern it.
            (
                Some(record(3, &[("a", -2), ("b", 2)])),
                2,
                false,
                &["b"],
                &["-a"],
            ),
            // Once more after a crash: the same again, and whoever the crash kept from it.
            (
                Some(record(2, &[("a", -2), ("b", 2)])),
                2,
                false,
                &["b"],
                &["-a", "+b"],
            ),
            (
                Some(record(2, &[("a", 1), ("b", 2)])),
                2,
                false,
                &["b"],
                &["-a", "+b"],
            ),
            // Planned as sent it is sent, even if the channel was changed in between.
            (Some(record(2, &[("a", 2)])), 2, false, &[], &["+a"]),
            // The record was put ahead by a kill that overtakes.
            (Some(record(5, &[("a", 1)])), 5, true, &[], &["+a"]),
        ];
        for (before, number, kill, wanted, expected) in rows {
            let plan = plan(
                before.as_ref(),
                number,
                kill,
                wanted.iter().copied(),
                |_| Gate::Open,
            );
            assert_eq!(
                moves(&plan),
                expected,
                "{before:?} {number} {kill} {wanted:?}"
            );
            assert!(!plan.held);
        }
    }

    #[test]
    fn a_shut_channel_is_left_out_and_a_held_one_asked_for_again_but_a_kill_goes_where_the_article_is()
     {
        let before = record(1, &[("had", 1)]);
        for (gate, held) in [(Gate::Shut, false), (Gate::Hold, true)] {
            let plan = |kill| {
                let wanted = ["had", "new", "open"].into_iter();
                super::plan(Some(&before), 2, kill, wanted, |c| match c {
                    "open" => Gate::Open,
                    _ => gate,
                })
            };
            assert_eq!(
                (moves(&plan(false)), plan(false).held),
                (vec!["+open".to_owned()], held)
            );
            assert_eq!(moves(&plan(true)), ["+had", "+open"]);
            let untouched = plan(false).record.unwrap().channels["had"];
            assert_eq!(untouched.revision, 1, "what was left out is still owed");
        }
    }

    #[test]
    fn a_record_is_small_and_read_back() {
        let record = record(3, &[("all", 3), ("bees", -2)]);
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(json, r#"{"revision":3,"channels":{"all":3,"bees":-2}}"#);
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    }

    proptest! {
        /// Revisions come late, twice, or crash between plan and delivery; in the end everyone has what is theirs.
        #[test]
        fn in_any_order_of_arrival_no_channel_goes_back_and_all_end_with_what_is_theirs(
            wanted in prop::collection::vec(prop::collection::btree_set(0u8..4, 0..4), 1..6),
            kills in prop::collection::vec(any::<bool>(), 6),
            order in prop::collection::vec((0usize..6, any::<bool>()), 0..24),
        ) {
            let newest = wanted.len();
            let mut record: Option<Record> = None;
            let mut has: BTreeMap<String, (u32, bool)> = BTreeMap::new();
            // Whatever happened, each revision is at last worked on to its end.
            let to_the_end = (0..newest).map(|n| (n, true));
            for (index, delivered) in order.into_iter().filter(|o| o.0 < newest).chain(to_the_end) {
                let number = u32::try_from(index).unwrap() + 1;
                let names: Vec<String> = wanted[index].iter().map(|c| format!("c{c}")).collect();
                let names = names.iter().map(String::as_str);
                let plan = plan(record.as_ref(), number, kills[index], names, |_| Gate::Open);
                if plan.record.is_some() {
                    record = plan.record;
                }
                for (channel, step) in plan.moves.into_iter().filter(|_| delivered) {
                    let last = has.get(&channel).map_or(0, |h| h.0);
                    prop_assert!(number >= last, "{channel} went back from {last} to {number}");
                    prop_assert!(!step.withdraw || number > 1);
                    has.insert(channel, (number, step.withdraw));
                }
            }
            let last = u32::try_from(newest).unwrap();
            for (channel, (revision, withdrawn)) in &has {
                let wants = wanted[newest - 1].iter().any(|c| format!("c{c}") == *channel);
                if wants || kills[newest - 1] {
                    prop_assert_eq!((*revision, *withdrawn), (last, false), "{}", channel);
                } else {
                    prop_assert!(*withdrawn, "{} keeps what is not for it", channel);
                }
            }
            for wants in &wanted[newest - 1] {
                let channel = format!("c{wants}");
                prop_assert!(has.contains_key(&channel), "{} is left out", channel);
            }
        }
    }
}
