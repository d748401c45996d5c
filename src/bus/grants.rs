//! The durable consumers of subscribers who may make none themselves.

use super::layout::StreamName;
use super::{Bus, BusError};
use async_nats::jetstream::consumer::{Config, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;

/// By which a consumer made here is told from somebody else's of the same name.
const DESCRIPTION: &str = "copydesk: made by `channel grant`";

impl Bus {
    /// Makes the consumer of a subscriber, or gives it other channels; it goes on where it was.
    ///
    /// # Errors
    /// There is one of this name that was not made here, or NATS does not answer.
    pub async fn put_subscriber(&self, user: &str, subjects: Vec<String>) -> Result<(), BusError> {
        let failed = |e: String| BusError::request(format!("consumer {user}"), e);
        let stream = self.stream(StreamName::Channels).await?;
        match stream.consumer_info(user).await {
            Ok(info) if !is_ours(&info.config) => {
                return Err(failed(
                    "there is one of this name already; give the subscriber another".into(),
                ));
            }
            Ok(_) => {}
            Err(e) if e.kind() == ConsumerInfoErrorKind::NotFound => {}
            Err(e) => return Err(failed(e.to_string())),
        }
        let config = pull::Config {
            durable_name: Some(user.to_owned()),
            description: Some(DESCRIPTION.into()),
            filter_subjects: subjects,
            ..pull::Config::default()
        };
        let made = stream.create_consumer(config).await;
        made.map(|_| ()).map_err(|e| failed(e.to_string()))
    }

    /// Removes the consumer of a subscriber, where there is one that was made here.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn remove_subscriber(&self, user: &str) -> Result<(), BusError> {
        let failed = |e: String| BusError::request(format!("removing consumer {user}"), e);
        let stream = self.stream(StreamName::Channels).await?;
        match stream.consumer_info(user).await {
            Ok(info) if is_ours(&info.config) => {
                let removed = stream.delete_consumer(user).await;
                removed.map(|_| ()).map_err(|e| failed(e.to_string()))
            }
            Ok(_) => Ok(()),
            Err(e) if e.kind() == ConsumerInfoErrorKind::NotFound => Ok(()),
            Err(e) => Err(failed(e.to_string())),
        }
    }
}

fn is_ours(config: &Config) -> bool {
    config.description.as_deref() == Some(DESCRIPTION)
}
