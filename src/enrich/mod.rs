//! An article → an item: topics and entities with their reasons. Pure (invariant 5).

pub mod entities;
pub mod topics;
