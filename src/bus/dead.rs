//! Dead letters: what failed for good, with its reason, until somebody looks or retries.

use super::layout::StreamName;
use super::publish::Outgoing;
use super::work::Order;
use super::{Bus, BusError};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use futures_util::StreamExt;

/// Why it failed.
pub const REASON: &str = "Copydesk-Reason";
/// Subject it came on.
pub const SUBJECT: &str = "Copydesk-Subject";
/// How often it was tried.
pub const ATTEMPTS: &str = "Copydesk-Attempts";
/// Role that gave up.
pub const ROLE: &str = "Copydesk-Role";
/// Place an article had in its stream when it came first: a retried one must not overtake what came after it.
pub const ORDER: &str = "Copydesk-Order";

/// A message nobody could work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Place in the stream, 0 before it is stored: the handle for `dead show` and `dead retry`.
    pub sequence: u64,
    /// Role that gave up.
    pub role: String,
    /// Article id, or the key of a file.
    pub id: String,
    /// Why.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Place it had in its stream; zero for a file.
    pub order: Order,
    /// Subject it came on, to be published to again; for the watcher `file:<source>:<path in base64>`.
    pub subject: String,
    /// The message.
    pub payload: Bytes,
    /// RFC 3339, when it was put here; empty before.
    pub time: String,
}

impl Bus {
    /// Stores a dead letter. The newest of an id replaces the one before.
    ///
    /// # Errors
    /// It could not be stored: keep the original.
    pub async fn bury(&self, letter: &DeadLetter) -> Result<(), super::publish::PublishError> {
        let reason: String = letter
            .reason
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(2000)
            .collect();
        let message = Outgoing {
            subject: self.names.dead(&letter.role, &letter.id),
            // Unlike any other: a second failure like the first is no duplicate, its letter may have been removed by a retry.
            id: self.client.new_inbox(),
            headers: vec![
                (REASON, reason.clone()),
                (SUBJECT, letter.subject.clone()),
                (ATTEMPTS, letter.attempts.to_string()),
                (ROLE, letter.role.clone()),
                (ORDER, letter.order.to_string()),
            ],
            payload: letter.payload.clone(),
            expect: None,
        };
        self.publish(&message).await.map(|_| ())
    }

    /// All dead letters, oldest first.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, BusError> {
        let name = self.names.stream(StreamName::Dead);
        let mut messages = Box::pin(
            self.read_from(StreamName::Dead, None, super::archive::Since::Start, false)
                .await?,
        );
        let mut letters = Vec::new();
        while let Some(message) = messages.next().await {
            let message = message?;
            letters.push(from_message(&message, &name)?);
        }
        Ok(letters)
    }

    /// One dead letter.
    ///
    /// # Errors
    /// There is none with this number.
    pub async fn dead_letter(&self, sequence: u64) -> Result<DeadLetter, BusError> {
        let name = self.names.stream(StreamName::Dead);
        let stream = self
            .js
            .get_stream(&name)
            .await
            .map_err(|e| BusError::request(format!("stream {name}"), e))?;
        let message = stream.get_raw_message(sequence).await.map_err(|_| {
            BusError::Message(format!(
                "there is no dead letter {sequence}; `copydesk dead list` shows them"
            ))
        })?;
        from_message(&super::archive::Message::from_raw(message), &name)
    }

    /// Publishes the message again where it came from and removes the dead letter. For a file the watcher is told to
    /// look again.
    ///
    /// # Errors
    /// Nothing is removed unless the message is stored again.
    pub async fn revive(&self, letter: &DeadLetter) -> Result<(), BusError> {
        match letter
            .subject
            .strip_prefix("file:")
            .and_then(|rest| rest.split_once(':'))
        {
            Some((source, path)) => self.forget_file(source, &letter.id, path).await?,
            None => {
                let message = Outgoing {
                    subject: letter.subject.clone(),
                    id: format!("{}:retry:{}", letter.id, letter.sequence),
                    headers: vec![(ORDER, letter.order.to_string())],
                    payload: letter.payload.clone(),
                    expect: None,
                };
                self.publish(&message)
                    .await
                    .map_err(|e| BusError::publish("publishing it again", &e))?;
            }
        }
        self.remove_dead(letter.sequence).await
    }

    async fn remove_dead(&self, sequence: u64) -> Result<(), BusError> {
        let name = self.names.stream(StreamName::Dead);
        let stream = self
            .js
            .get_stream(&name)
            .await
            .map_err(|e| BusError::request(format!("stream {name}"), e))?;
        let Err(error) = stream.delete_message(sequence).await else {
            return Ok(());
        };
        // What was brought back may have failed again by now, and its new letter has taken the place of this one.
        match stream.get_raw_message(sequence).await {
            Err(e) if e.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(()),
            _ => Err(BusError::request(
                format!("removing dead letter {sequence}"),
                error,
            )),
        }
    }
}

fn from_message(message: &super::archive::Message, stream: &str) -> Result<DeadLetter, BusError> {
    let header = |name: &str| message.header(name).unwrap_or_default().to_owned();
    let id = message
        .subject
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    if header(SUBJECT).is_empty() {
        return Err(BusError::Message(format!(
            "message {} of {stream} is no dead letter of copydesk",
            message.sequence
        )));
    }
    Ok(DeadLetter {
        sequence: message.sequence,
        role: header(ROLE),
        id,
        reason: header(REASON),
        attempts: header(ATTEMPTS).parse().unwrap_or(0),
        order: header(ORDER).parse().unwrap_or_default(),
        subject: header(SUBJECT),
        payload: message.payload.clone(),
        time: message.time.clone(),
    })
}
