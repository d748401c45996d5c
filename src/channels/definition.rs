//! A channel as the bucket keeps it: its query, the terms of its deliveries, and where they stand.

use super::plan::Gate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// The value of a key of the bucket; the key is the channel's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// One line of query.
    pub query: String,
    /// Whom it is for; read by people only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// See [`Terms`].
    #[serde(default)]
    pub terms: Terms,
    /// See [`Standing`].
    #[serde(default)]
    pub standing: Standing,
}

/// How a channel's items are delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Also have each item as compact JSON without its body, on a subject of its own.
    pub compact: bool,
    /// How long an item stays on the channel; older ones do not come at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_hours: Option<NonZeroU32>,
    /// Most items in an hour; what is above waits. Kills do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_hour: Option<NonZeroU32>,
}

/// Where the deliveries into a channel stand. Sequences are those of the item stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Standing {
    /// Items come as they are published.
    Live {
        /// Up to this one they were delivered from the archive.
        #[serde(default)]
        after: u64,
    },
    /// Items are delivered in order from the archive, by one process, until it has caught up.
    Behind {
        /// Where it began.
        from: u64,
        /// Tells this catching-up from an earlier one of the same channel.
        run: String,
        /// It has caught up: whoever meets an item for the channel waits until it says where it ended.
        #[serde(default)]
        closing: bool,
    },
    /// Nothing is delivered but kills.
    Paused {
        /// Where to go on.
        from: u64,
    },
}

impl Default for Standing {
    fn default() -> Self {
        Self::Live { after: 0 }
    }
}

impl Standing {
    /// Whether the item at `sequence` goes into the channel as it is published.
    pub fn gate(&self, sequence: u64) -> Gate {
        match self {
            Self::Live { after } if sequence > *after => Gate::Open,
            Self::Behind { closing: true, .. } => Gate::Hold,
            _ => Gate::Shut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_alone_is_a_definition_and_a_misspelt_key_is_none() {
        let read = |json: &str| serde_json::from_str::<Definition>(json);
        let plain = read(r#"{"query":"*"}"#).unwrap();
        assert_eq!(plain.standing, Standing::Live { after: 0 });
        assert_eq!(plain.terms, Terms::default());
        let full = r#"{"query":"*","terms":{"compact":true,"max_per_hour":5},"standing":{"behind":{"from":3,"run":"a"}}}"#;
        let full = read(full).unwrap();
        assert_eq!(read(&serde_json::to_string(&full).unwrap()).unwrap(), full);
        for bad in [
            r#"{"qury":"*"}"#,
            r#"{"query":"*","terms":{"max_age_hours":0}}"#,
            r#"{"query":"*","standing":"asleep"}"#,
            "topic:sport",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_came_from_the_archive_does_not_come_again() {
        let behind = |closing| Standing::Behind {
            from: 1,
            run: String::new(),
            closing,
        };
        for (standing, sequence, gate) in [
            (Standing::Live { after: 7 }, 7, Gate::Shut),
            (Standing::Live { after: 7 }, 8, Gate::Open),
            (behind(false), 8, Gate::Shut),
            (behind(true), 8, Gate::Hold),
            (Standing::Paused { from: 1 }, 8, Gate::Shut),
        ] {
            assert_eq!(standing.gate(sequence), gate, "{standing:?}");
        }
    }
}
