//! The fields a query can ask.

use crate::problem::{Problem, nearest};
use serde::Serialize;
use std::ops::Range;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A field of an item.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Field { $($(#[$doc])* $variant,)* }

        impl Field {
            /// Every field, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in queries.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

fields! {
    /// Topic by house id or Chinese name; a parent covers its children.
    Topic = "topic",
    /// Division of China by code or name; covers everything below it.
    Place = "place",
    /// Person by name, key or a form used in the text.
    Person = "person",
    /// Organisation by name, key or a form used in the text.
    Org = "org",
    /// Entity of any sort by name, key or a form used in the text.
    Entity = "entity",
    /// Phrase in headline, kicker, deck or body. Bare words ask this.
    Text = "text",
    /// Phrase in headline, kicker or deck.
    Headline = "headline",
    /// Phrase in the body.
    Body = "body",
    /// Phrase in the byline as printed.
    Byline = "byline",
    /// Phrase in the standing head of the column it runs in.
    Slogan = "slogan",
    /// Sort of piece.
    Kind = "kind",
    /// Paper or feed by its ASCII name.
    Source = "source",
    /// Page of the issue.
    Page = "page",
    /// Repair or doubt.
    Flag = "flag",
    /// usable, withheld or canceled.
    Status = "status",
    /// 1 (most) to 9.
    Urgency = "urgency",
    /// Score of the best topic, 0–1.
    Score = "score",
    /// Sum of money, yuan unless another currency is named.
    Money = "money",
    /// Issue date.
    Date = "date",
}

impl Field {
    /// The field of this name.
    ///
    /// # Errors
    /// A name that is no field, with the nearest one.
    pub fn named(name: &str, span: Range<usize>) -> Result<Self, Problem> {
        let lower = name.to_ascii_lowercase();
        if let Some(&field) = Self::ALL.iter().find(|f| f.as_str() == lower) {
            return Ok(field);
        }
        let names = Self::ALL.iter().map(|f| f.as_str());
        let problem = Problem::at(span, format!("there is no field `{name}`"));
        Err(match nearest(&lower, names.clone()) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help(format!(
                "fields are {}; a phrase with a colon goes in quotation marks",
                names.collect::<Vec<_>>().join(", ")
            )),
        })
    }

    /// Whether it is text, in which phrases are looked for.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Headline | Self::Body | Self::Byline | Self::Slogan
        )
    }

    /// Whether what it finds has a score of its own, so that `^0.8` means something.
    pub fn is_scored(self) -> bool {
        matches!(
            self,
            Self::Topic | Self::Place | Self::Person | Self::Org | Self::Entity
        )
    }

    /// Whether its values have an order, so that `>=` and `[a TO b]` mean something.
    pub fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Urgency | Self::Score | Self::Money | Self::Date | Self::Page
        )
    }
}
