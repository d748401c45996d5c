//! One story from several sources, or sent again with small changes, told from different events told alike. Pure.
//!
//! Every item has a [`Signature`]: a bottom-k sketch of its character shingles and the facts that make it this event and no
//! other (days, months, ordinals, numbers, names). An [`Index`] finds earlier items that share shingles with a new one;
//! [`weigh`] then asks two things of each: enough of the words are the same, and the facts have survived as well as the words
//! have. A re-send loses both alike, to cuts and misread characters; the next weather report keeps the words and changes the facts.

mod facts;
mod index;
mod judge;
mod signature;
mod sketch;

pub use index::{Index, Repair, Seen, Standing};
pub use judge::{Evidence, weigh};
pub use signature::Signature;
