//! Halves of pieces that jump from page to page: each is stored first, then the other is looked up, so that whoever comes
//! second finds both, from whichever watcher and after whatever delay.

use super::publish::{Outgoing, PublishError};
use super::work::Order;
use super::{Bus, BusError};
use crate::article::Article;
use crate::page::halves::{Half, Seam};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

/// How often a lost race for a half is run again.
const RACES: u32 = 20;

/// A half as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredHalf {
    /// The article.
    pub article: Article,
    /// When it came, as [`Order`] writes it.
    order: String,
}

impl StoredHalf {
    /// An article that came as `order`.
    pub fn new(article: Article, order: Order) -> Self {
        Self {
            article,
            order: order.to_string(),
        }
    }

    /// When it came.
    pub fn order(&self) -> Order {
        self.order.parse().unwrap_or_default()
    }
}

impl Bus {
    /// Stores a half unless a newer one of the same article is there, and gives back the newest.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn keep_half(
        &self,
        seam: &Seam,
        half: Half,
        own: StoredHalf,
    ) -> Result<StoredHalf, BusError> {
        let subject = self.half_subject(seam, half, &own.article.id);
        let payload =
            Bytes::from(serde_json::to_vec(&own).map_err(|e| BusError::Message(e.to_string()))?);
        for _ in 0..RACES {
            let stored = self.newest_of(self.halves_stream(), &subject).await?;
            if let Some(message) = &stored
                && let Ok(theirs) = serde_json::from_slice::<StoredHalf>(&message.payload)
                && theirs.order() >= own.order()
            {
                return Ok(theirs);
            }
            let message = Outgoing {
                subject: subject.clone(),
                id: self.client.new_inbox(),
                headers: Vec::new(),
                payload: payload.clone(),
                expect: Some(stored.map_or(0, |m| m.sequence)),
            };
            match self.publish(&message).await {
                Ok(_) => return Ok(own),
                Err(PublishError::WrongLastSequence) => {}
                Err(error) => return Err(BusError::publish("storing half a piece", &error)),
            }
        }
        Err(BusError::request(
            "storing half a piece",
            "it changes faster than it can be stored",
        ))
    }

    /// Every half stored on one side of a seam.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn halves(&self, seam: &Seam, half: Half) -> Result<Vec<StoredHalf>, BusError> {
        let name = self.halves_stream();
        let failed = |e: String| BusError::request("looking for the other half", e);
        let stream = self
            .js
            .get_stream_no_info(&name)
            .await
            .map_err(|e| failed(e.to_string()))?;
        let mut subjects = stream
            .info_with_subjects(self.half_subject(seam, half, "*"))
            .await
            .map_err(|e| failed(e.to_string()))?;
        let mut halves = Vec::new();
        while let Some(subject) = subjects.next().await {
            let (subject, _) = subject.map_err(|e| failed(e.to_string()))?;
            if let Some(message) = self.newest_of(name.clone(), &subject).await? {
                halves.extend(serde_json::from_slice(&message.payload).ok());
            }
        }
        Ok(halves)
    }

    fn halves_stream(&self) -> String {
        format!("KV_{}", self.names.halves_bucket())
    }

    fn half_subject(&self, seam: &Seam, half: Half, id: &str) -> String {
        // Page names are as printed: whatever cannot stand in a subject is written out.
        let token = |page: &str| {
            page.chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() {
                        c.to_string()
                    } else {
                        format!("_{:x}", u32::from(c))
                    }
                })
                .collect::<String>()
        };
        format!(
            "$KV.{}.{}.{}.{}.{}.{}.{}.{id}",
            self.names.halves_bucket(),
            seam.source,
            seam.date.strftime("%Y%m%d"),
            token(&seam.from),
            token(&seam.to),
            seam.ordinal.unwrap_or(0),
            half.as_str(),
        )
    }
}
