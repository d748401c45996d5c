//! Storing messages: one by one, or as one atomic batch, which is also the only group commit there is.

use super::{Bus, BusError};
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID,
};
use async_nats::{HeaderMap, Request};
use bytes::Bytes;
use futures_util::future::join_all;
use serde::Deserialize;
use std::time::Duration;

/// Header: seconds after which the message leaves its stream.
pub const TTL: &str = "Nats-TTL";
/// Most messages in one atomic batch; the server allows 1,000.
pub const BATCH_LIMIT: usize = 500;
/// From how many messages on a batch is faster than as many single messages: it costs two round trips and one sync.
const BATCH_FROM: usize = 4;

/// A message to be stored.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Subject of a stream.
    pub subject: String,
    /// `Nats-Msg-Id`: unique per article, stage and revision.
    pub id: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub payload: Bytes,
    /// Sequence of the newest message its subject must have; 0 for none.
    pub expect: Option<u64>,
}

/// Where a message is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its sequence in the stream; that of the earlier one when it is a duplicate, 0 inside a batch.
    pub sequence: u64,
    /// A message of this id was there already.
    pub duplicate: bool,
}

/// One message of a batch: the server tells no sequences.
const STORED: Stored = Stored {
    sequence: 0,
    duplicate: false,
};

/// Why a message is not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The subject's newest message is another than expected.
    #[error("another revision is there already")]
    WrongLastSequence,
    /// The stream takes no more until something is consumed or removed.
    #[error("the stream is full: {0}")]
    Full(String),
    /// Larger than the server takes.
    #[error("the message is larger than the server takes ({0}); raise max_payload there")]
    TooLarge(String),
    /// No answer, no leader, no connection: worth another try.
    #[error("NATS does not answer: {0}")]
    Unavailable(String),
    /// Anything else the server says.
    #[error("NATS refuses the message: {0}")]
    Refused(String),
}

impl PublishError {
    /// Whether the same message may be stored later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Unavailable(_))
    }
}

#[derive(Deserialize)]
struct PubAck {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    duplicate: bool,
    error: Option<ApiError>,
}

#[derive(Deserialize)]
struct ApiError {
    /// HTTP-like.
    #[serde(default)]
    code: u64,
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// Why a batch as a whole was refused.
enum Refusal {
    /// One message fails its condition: the rest must go singly.
    Condition,
    /// As for a single message.
    Error(PublishError),
}

impl Outgoing {
    fn header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert(NATS_MESSAGE_ID, self.id.as_str());
        for (name, value) in &self.headers {
            map.insert(*name, value.as_str());
        }
        if let Some(expect) = self.expect {
            map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expect.to_string());
        }
        map
    }
}

impl Bus {
    /// Stores messages of one stream and says of each what came of it, in the same order.
    ///
    /// Several become one atomic batch. When a batch is refused because one message fails its condition they go one by
    /// one, so that one duplicate never holds up the rest. No subject may occur twice.
    pub async fn publish_all(&self, messages: Vec<Outgoing>) -> Vec<Result<Stored, PublishError>> {
        let groups: Vec<Vec<Outgoing>> = messages.into_iter().map(|m| vec![m]).collect();
        let first = |stored: Vec<Stored>| {
            stored.first().copied().unwrap_or(Stored {
                sequence: 0,
                duplicate: false,
            })
        };
        self.publish_groups(&groups)
            .await
            .into_iter()
            .map(|result| result.map(first))
            .collect()
    }

    /// Stores groups of messages of one stream, each group together or not at all (invariant 1), as few commits as can be.
    ///
    /// A group of more than [`BATCH_LIMIT`] messages is stored batch after batch.
    pub async fn publish_groups(
        &self,
        groups: &[Vec<Outgoing>],
    ) -> Vec<Result<Vec<Stored>, PublishError>> {
        let mut results = Vec::with_capacity(groups.len());
        let mut rest = groups;
        while !rest.is_empty() {
            let mut size = 0;
            let fit = rest.iter().take_while(|g| {
                size += g.len();
                size <= BATCH_LIMIT
            });
            let (pack, later) = rest.split_at(fit.count().max(1));
            rest = later;
            let all: Vec<&Outgoing> = pack.iter().flatten().collect();
            if pack.len() > 1 && all.len() >= BATCH_FROM {
                match self.batch(&all).await {
                    Ok(()) => {
                        results.extend(pack.iter().map(|group| Ok(vec![STORED; group.len()])));
                        continue;
                    }
                    Err(Refusal::Error(error)) if error.is_transient() => {
                        results.extend(pack.iter().map(|_| Err(error.clone())));
                        continue;
                    }
                    // Group by group, to learn which it is.
                    Err(_) => {}
                }
            }
            results.extend(join_all(pack.iter().map(|group| self.publish_group(group))).await);
        }
        results
    }

    async fn publish_group(&self, group: &[Outgoing]) -> Result<Vec<Stored>, PublishError> {
        let mut stored = Vec::with_capacity(group.len());
        for chunk in group.chunks(BATCH_LIMIT) {
            if chunk.len() > 1 {
                match self.batch(&chunk.iter().collect::<Vec<_>>()).await {
                    Ok(()) => {
                        stored.resize(stored.len() + chunk.len(), STORED);
                        continue;
                    }
                    Err(Refusal::Error(error)) => return Err(error),
                    Err(Refusal::Condition) => {}
                }
            }
            for result in join_all(chunk.iter().map(|m| self.publish(m))).await {
                stored.push(result?);
            }
        }
        Ok(stored)
    }

    /// Stores one message.
    ///
    /// # Errors
    /// See [`PublishError`].
    pub async fn publish(&self, message: &Outgoing) -> Result<Stored, PublishError> {
        let ack = self.request_ack(message, message.header_map()).await?;
        match ack.error {
            None => Ok(Stored {
                sequence: ack.seq,
                duplicate: ack.duplicate,
            }),
            Some(error) => Err(classify(&error)),
        }
    }

    async fn request_ack(
        &self,
        message: &Outgoing,
        headers: HeaderMap,
    ) -> Result<PubAck, PublishError> {
        let answer = self.request_raw(message, headers).await?;
        serde_json::from_slice(&answer)
            .map_err(|e| PublishError::Refused(format!("unreadable answer: {e}")))
    }

    async fn request_raw(
        &self,
        message: &Outgoing,
        headers: HeaderMap,
    ) -> Result<Bytes, PublishError> {
        if message.payload.len() + 4096 > self.max_payload() {
            return Err(PublishError::TooLarge(format!(
                "{} of {} bytes",
                message.payload.len(),
                self.max_payload()
            )));
        }
        // Requests without a connection would pile up in memory and never be answered.
        if !self.is_connected() {
            return Err(PublishError::Unavailable("not connected".into()));
        }
        let request = Request::new()
            .headers(headers)
            .payload(message.payload.clone());
        self.client
            .send_request(message.subject.clone(), request)
            .await
            .map(|m| m.payload)
            .map_err(|e| PublishError::Unavailable(e.to_string()))
    }

    /// First message as a request answered empty, the rest published, the last a request answered with the ack.
    async fn batch(&self, messages: &[&Outgoing]) -> Result<(), Refusal> {
        // The client's inbox generator: unique, and short enough for a batch id (64 bytes).
        let id = self.client.new_inbox();
        let id = id.rsplit('.').next().unwrap_or(&id);
        let last = messages.len();
        for (i, message) in messages.iter().enumerate() {
            let mut headers = message.header_map();
            headers.insert(NATS_BATCH_ID, id);
            headers.insert(NATS_BATCH_SEQUENCE, (i + 1).to_string());
            if i + 1 == last {
                headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
                let ack = self
                    .request_ack(message, headers)
                    .await
                    .map_err(Refusal::Error)?;
                return ack.error.map_or(Ok(()), |e| Err(refusal(&e)));
            }
            if i == 0 {
                let answer = self
                    .request_raw(message, headers)
                    .await
                    .map_err(Refusal::Error)?;
                if !answer.is_empty() {
                    let ack: PubAck = serde_json::from_slice(&answer).map_err(|e| {
                        Refusal::Error(PublishError::Refused(format!("unreadable answer: {e}")))
                    })?;
                    if let Some(error) = ack.error {
                        return Err(refusal(&error));
                    }
                }
            } else {
                if message.payload.len() + 4096 > self.max_payload() {
                    return Err(Refusal::Error(PublishError::TooLarge(format!(
                        "{} bytes",
                        message.payload.len()
                    ))));
                }
                self.client
                    .publish_with_headers(message.subject.clone(), headers, message.payload.clone())
                    .await
                    .map_err(|e| Refusal::Error(PublishError::Unavailable(e.to_string())))?;
            }
        }
        Ok(())
    }

    /// Tries again while `f` says the fault will pass, as long as `patience` lasts, waiting for the connection between.
    ///
    /// # Errors
    /// The last one of `f`.
    pub async fn with_patience<T, F, Fut>(
        &self,
        patience: Duration,
        mut f: F,
    ) -> Result<T, PublishError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, PublishError>>,
    {
        let deadline = tokio::time::Instant::now() + patience;
        let mut pause = Duration::from_millis(20);
        loop {
            match f().await {
                Err(error)
                    if error.is_transient() && tokio::time::Instant::now() + pause < deadline =>
                {
                    tokio::time::sleep(pause).await;
                    let _ = tokio::time::timeout_at(deadline, self.connected()).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                result => return result,
            }
        }
    }
}

fn refusal(error: &ApiError) -> Refusal {
    match error.err_code {
        10071 | 10164 | 10201 => Refusal::Condition,
        _ => Refusal::Error(classify(error)),
    }
}

fn classify(error: &ApiError) -> PublishError {
    let text = format!("{} ({})", error.description, error.err_code);
    match error.err_code {
        // In a cluster also while another message of that subject is on its way.
        10071 | 10164 => PublishError::WrongLastSequence,
        10054 | 10097 => PublishError::TooLarge(text),
        // Store failed carries “maximum bytes exceeded” of a full stream as well as a full disk; 10047 and 10023 are the account's.
        10077 | 10047 | 10023 => PublishError::Full(text),
        // Batch lost in a leader change, too many in flight, cluster without leader, JetStream restarting; in a cluster, the
        // same message id on its way already (10158): another watcher's, or our own before a time-out.
        10176 | 10208 | 10210 | 10008 | 10009 | 10118 | 10039 | 10076 | 10158 => {
            PublishError::Unavailable(text)
        }
        // What the server calls its own fault is never the message's.
        _ if error.code >= 500 || error.code == 409 => PublishError::Unavailable(text),
        _ => PublishError::Refused(text),
    }
}

impl BusError {
    pub(crate) fn publish(what: &str, error: &PublishError) -> Self {
        Self::request(what, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two watchers on a cluster whose leader changed: five files went to the dead letters for it.
    #[test]
    fn a_message_on_its_way_already_and_the_servers_own_faults_are_no_fault_of_the_message() {
        let error = |code, err_code| {
            classify(&ApiError {
                code,
                err_code,
                description: String::new(),
            })
        };
        for (code, err_code, transient) in [
            (409, 10158, true),
            (503, 10008, true),
            (500, 10999, true),
            (400, 10003, false),
            (400, 10054, false),
            (400, 10164, false),
        ] {
            assert_eq!(
                error(code, err_code).is_transient(),
                transient,
                "{err_code}"
            );
        }
        assert!(matches!(error(400, 10164), PublishError::WrongLastSequence));
    }
}
