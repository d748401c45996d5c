//! Pieces that jump from page to page: a head goes out at once, a continuation waits for its head, and whichever half
//! comes second brings the whole piece.

use super::Desk;
use super::kill::kill;
use crate::article::Article;
use crate::bus::BusError;
use crate::bus::halves::StoredHalf;
use crate::bus::publish::PublishError;
use crate::bus::work::{Delivery, Order};
use crate::page::halves::{self, Half, Seam};
use std::time::Duration;

/// An article as it is to be enriched.
pub(super) struct Piece {
    /// The message it came by.
    pub(super) delivery: Delivery,
    /// Whole, where its other half is here.
    pub(super) article: Article,
    /// When it came; for a whole piece, when its later half did.
    pub(super) order: Order,
    /// Id of a continuation that may have gone out alone and is in this piece now.
    pub(super) absorbs: Option<String>,
}

/// What is to be done with a half.
pub(super) enum Jump {
    /// Enrich it.
    Go(Box<Piece>),
    /// A continuation without its head: look again in so long.
    Hold(Delivery, Duration),
    /// NATS did not answer.
    Again(Delivery, BusError),
}

/// A half that is stored and whose partner is still to be looked up.
pub(super) struct Kept {
    delivery: Delivery,
    seam: Seam,
    half: Half,
    own: StoredHalf,
}

/// Stores a half.
pub(super) async fn keep(
    desk: &Desk,
    delivery: Delivery,
    article: Article,
    seam: Seam,
    half: Half,
) -> Result<Kept, Jump> {
    let own = StoredHalf::new(article, delivery.order);
    match desk.bus.keep_half(&seam, half, own).await {
        Ok(own) => Ok(Kept {
            delivery,
            seam,
            half,
            own,
        }),
        Err(error) => Err(Jump::Again(delivery, error)),
    }
}

/// Looks for the other half.
pub(super) async fn meet(desk: &Desk, kept: Kept) -> Jump {
    let Kept {
        delivery,
        seam,
        half,
        own,
    } = kept;
    let others = match desk.bus.halves(&seam, half.other()).await {
        Ok(others) => others,
        Err(error) => return Jump::Again(delivery, error),
    };
    let articles: Vec<Article> = others.iter().map(|o| o.article.clone()).collect();
    let partner = halves::partner(&own.article, &articles)
        .and_then(|p| others.iter().find(|o| o.article.id == p.id));
    let Some(other) = partner else {
        let hold = desk.config.now().settings.limits.hold_continuations_secs;
        let hold = Duration::from_secs(hold);
        return match hold.checked_sub(delivery.age) {
            Some(rest) if half == Half::Rest && !rest.is_zero() => Jump::Hold(delivery, rest),
            _ => Jump::Go(Box::new(Piece {
                order: own.order(),
                article: own.article,
                delivery,
                absorbs: None,
            })),
        };
    };
    let (head, rest) = match half {
        Half::Head => (&own, other),
        Half::Rest => (other, &own),
    };
    Jump::Go(Box::new(Piece {
        article: halves::join(&head.article, &rest.article),
        order: head.order().max(rest.order()),
        absorbs: Some(rest.article.id.clone()),
        delivery,
    }))
}

/// Withdraws the item of a continuation that went out alone before its head came: its text is in the whole piece now.
pub(super) async fn withdraw(
    desk: &Desk,
    source: &str,
    id: &str,
    whole: &str,
) -> Result<(), PublishError> {
    let subject = desk.bus.names().item(source, id);
    let reason = format!("joined into {whole}");
    kill(&desk.bus, &subject, &reason, None).await.map(|_| ())
}
