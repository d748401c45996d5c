//! Which revision of an article a message is (invariant 3). Pure.

use crate::bus::archive::Message;
use crate::bus::work::Order;
use crate::event::Event;
use crate::item::{Action, Item};

/// Content hash of the article an item was made from.
pub(super) const CONTENT: &str = "Copydesk-Content";
/// Order of the article message it was made from.
pub(super) const ORDER: &str = crate::bus::dead::ORDER;
/// Revision of an item.
pub(super) const REVISION: &str = "Copydesk-Revision";
/// When revision 1 was made.
pub(super) const FIRST: &str = "Copydesk-First";

/// How many topics people have decided on: only items that have it need be read to find all decisions.
pub(super) const DECIDED: &str = "Copydesk-Decided";

/// On a channel: the item does not belong there any more.
pub(crate) const WITHDRAWN: &str = "Copydesk-Withdrawn";

/// The header of an item with decisions.
pub(super) fn decided(item: &Item) -> Option<(&'static str, String)> {
    let count = item.enrichment.decisions.len();
    (count > 0).then(|| (DECIDED, count.to_string()))
}

/// Headers of a revision of an item.
pub(super) fn headers(
    content: &str,
    order: Order,
    revision: u32,
    first: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("Content-Type", crate::event::CONTENT_TYPE.into()),
        (CONTENT, content.to_owned()),
        (ORDER, order.to_string()),
        (REVISION, revision.to_string()),
        (FIRST, first.to_owned()),
    ]
}

/// The newest revision there is, from the headers of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Newest {
    /// Its place in the stream.
    pub sequence: u64,
    /// Its number.
    pub revision: u32,
    /// See [`CONTENT`].
    pub content: String,
    /// See [`ORDER`].
    pub order: Order,
    /// See [`FIRST`].
    pub first: String,
}

impl Newest {
    /// Reads it off a stored item.
    pub(super) fn of(message: &Message) -> Self {
        let header = |name| message.header(name).unwrap_or_default();
        // One brought back from the dead letters has its number in its body alone.
        let told = || {
            let event: Event = serde_json::from_slice(&message.payload).ok()?;
            Some(event.data.enrichment.revision)
        };
        let number = header(REVISION).parse().ok().or_else(told);
        Self {
            sequence: message.sequence,
            revision: number.unwrap_or(1),
            content: header(CONTENT).to_owned(),
            order: header(ORDER).parse().unwrap_or_default(),
            first: header(FIRST).to_owned(),
        }
    }
}

/// What becomes of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is there already, or something newer is.
    Drop,
    /// Publish it as this revision, if the newest on its subject is still `expect`.
    Publish {
        /// Number.
        revision: u32,
        /// Why.
        action: Action,
        /// Sequence of the newest, 0 for none.
        expect: u64,
    },
}

/// Decides for an article with `content` that came as `order`.
pub(super) fn decide(newest: Option<&Newest>, content: &str, order: Order) -> Decision {
    match newest {
        None => Decision::Publish {
            revision: 1,
            action: Action::Publish,
            expect: 0,
        },
        // The same words once more; or a late redelivery of what has been overtaken.
        Some(n) if n.content == content || order <= n.order => Decision::Drop,
        Some(n) => Decision::Publish {
            revision: n.revision + 1,
            action: Action::Update,
            expect: n.sequence,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(sequence: u64) -> Order {
        Order { epoch: 1, sequence }
    }

    fn newest(content: &str, sequence: u64) -> Newest {
        Newest {
            sequence: 7,
            revision: 2,
            content: content.into(),
            order: order(sequence),
            first: String::new(),
        }
    }

    #[test]
    fn first_same_changed_and_late() {
        let publish = |revision, action, expect| Decision::Publish {
            revision,
            action,
            expect,
        };
        for (newest, content, came, expected) in [
            (None, "a", 1, publish(1, Action::Publish, 0)),
            (Some(newest("a", 1)), "a", 2, Decision::Drop),
            (Some(newest("a", 1)), "b", 2, publish(3, Action::Update, 7)),
            // The crash between publishing and acking, met after a correction overtook it.
            (Some(newest("b", 2)), "a", 1, Decision::Drop),
            // And back to what it was before: a correction like any other.
            (Some(newest("b", 2)), "a", 3, publish(3, Action::Update, 7)),
        ] {
            assert_eq!(
                decide(newest.as_ref(), content, order(came)),
                expected,
                "{newest:?} {content} {came}"
            );
        }
    }

    #[test]
    fn an_article_stream_made_anew_counts_as_later() {
        let newest = newest("a", 900);
        let after = Order {
            epoch: 2,
            sequence: 1,
        };
        assert!(matches!(
            decide(Some(&newest), "b", after),
            Decision::Publish { revision: 3, .. }
        ));
    }
}
