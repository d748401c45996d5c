//! What printing and OCR broke, put right where the text proves it, and flagged where it does not.
//!
//! Order matters: repeats go first (they hide where a text goes on), then columns are put back in order, then what a column
//! broke is joined; what still begins or ends in the middle of a sentence is a lost column.

mod join;
mod lost;
mod order;
mod repeat;
mod shape;
mod suspect;

use super::draft::{Draft, Piece};
use super::lm;

/// Repairs the text of one article.
pub(super) fn repair(draft: &mut Draft) {
    let model = lm::model();
    let mut pieces = std::mem::take(&mut draft.pieces);
    repeat::remove(&mut pieces, model);
    order::restore(&mut pieces, model);
    pieces = join::join(pieces, model);
    lost::flag(&mut pieces, draft.from.is_some(), draft.to.is_some(), model);
    for piece in &mut pieces {
        if let Piece::Para(para) = piece {
            suspect::flag(para, model);
        }
    }
    draft.pieces = pieces;
}
