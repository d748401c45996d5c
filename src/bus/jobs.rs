//! How far long work has come, so that it goes on where it stopped.

use super::{Bus, BusError};
use async_nats::jetstream::kv;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// What nobody has gone on with for so long is begun anew.
const AGE: Duration = Duration::from_secs(30 * 86_400);

/// The jobs bucket.
#[derive(Clone, Debug)]
pub struct Jobs {
    store: kv::Store,
}

impl Bus {
    /// Opens the jobs bucket, and makes it where there is none.
    ///
    /// # Errors
    /// NATS does not answer, or does not allow it.
    pub async fn jobs(&self, replicas: usize) -> Result<Jobs, BusError> {
        let bucket = self.names.jobs_bucket();
        let what = "copydesk: how far long work has come";
        self.ensure_bucket(bucket.clone(), what, replicas, AGE, 1)
            .await?;
        let store = self
            .js
            .get_key_value(&bucket)
            .await
            .map_err(|e| BusError::request(format!("bucket {bucket}"), e))?;
        Ok(Jobs { store })
    }
}

impl Jobs {
    /// Where a job stands; `None` when it is not begun, or its record is of another version.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn get<T: DeserializeOwned>(&self, job: &str) -> Result<Option<T>, BusError> {
        let value = self.store.get(job).await;
        let value = value.map_err(|e| BusError::request("reading how far it came", e))?;
        Ok(value.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Remembers where a job stands.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn put(&self, job: &str, state: &impl Serialize) -> Result<(), BusError> {
        let bytes = serde_json::to_vec(state).map_err(|e| BusError::Message(e.to_string()))?;
        let put = self.store.put(job, bytes.into()).await;
        put.map(|_| ())
            .map_err(|e| BusError::request("remembering how far it came", e))
    }

    /// Forgets a job that is done.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn done(&self, job: &str) -> Result<(), BusError> {
        let gone = self.store.delete(job).await;
        gone.map_err(|e| BusError::request("forgetting a job that is done", e))
    }
}
