//! Answering requests: the service `copydesk` (ADR-32), shared by every process that offers it.

use super::{Bus, BusError};
use crate::api::{Endpoint, Refusal};
use async_nats::service::{self, ServiceExt};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Requests a process has in hand; more are refused at once.
const MOST_REQUESTS: usize = 32;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Which endpoint it came to.
    pub endpoint: Endpoint,
    /// What was sent.
    pub payload: Bytes,
    headers: async_nats::HeaderMap,
}

impl Request {
    /// A header, where it has it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }
}

impl Bus {
    /// Has `answer` answer every request until `stop`.
    ///
    /// # Errors
    /// NATS does not answer.
    pub async fn serve<F>(
        &self,
        answer: impl Fn(Request) -> F + Clone + Send + Sync + 'static,
        stop: CancellationToken,
    ) -> Result<(), BusError>
    where
        F: Future<Output = Result<Vec<u8>, Refusal>> + Send,
    {
        let failed = |e: async_nats::Error| BusError::request("offering the service", e);
        let prefix = self.names.subject(&[]);
        let service = self
            .client
            .service_builder()
            .description("copydesk: send a text, get items and channels")
            .metadata(HashMap::from([("prefix".to_owned(), prefix)]))
            .start("copydesk", env!("CARGO_PKG_VERSION"))
            .await
            .map_err(failed)?;
        let room = Arc::new(Semaphore::new(MOST_REQUESTS));
        let mut endpoints = Vec::new();
        for endpoint in Endpoint::ALL {
            let about = HashMap::from([("about".to_owned(), endpoint.description().to_owned())]);
            let requests = service
                .endpoint_builder()
                .name(endpoint.as_str())
                .metadata(about)
                .add(self.names.api(endpoint.as_str()))
                .await
                .map_err(failed)?;
            endpoints.push((endpoint, requests));
        }
        let most = self.max_payload();
        tokio::spawn(async move {
            let each = endpoints.into_iter().map(|(endpoint, requests)| {
                let (answer, room) = (answer.clone(), room.clone());
                let requests = requests.take_until(stop.cancelled());
                requests.for_each_concurrent(None, move |request| {
                    let (answer, room) = (answer.clone(), room.clone());
                    async move {
                        let answer = match room.try_acquire() {
                            Ok(_in_hand) => answer(open(endpoint, &request)).await,
                            Err(_) => Err(Refusal::new(
                                503,
                                "too many requests at once; try again in a moment",
                            )),
                        };
                        respond(&request, answer, most).await;
                    }
                })
            });
            join_all(each).await;
            let _ = service.stop().await;
        });
        Ok(())
    }
}

fn open(endpoint: Endpoint, request: &service::Request) -> Request {
    Request {
        endpoint,
        payload: request.message.payload.clone(),
        headers: request.message.headers.clone().unwrap_or_default(),
    }
}

async fn respond(request: &service::Request, answer: Result<Vec<u8>, Refusal>, most: usize) {
    let answer = answer.and_then(|json| match json.len() {
        size if size <= most => Ok(json),
        size => Err(Refusal::new(
            413,
            format!("the answer has {size} bytes, more than a message may ({most}); send less text at a time"),
        )),
    });
    let answer = answer
        .map(Bytes::from)
        .map_err(|refusal| service::error::Error {
            code: refusal.code.into(),
            status: refusal.message,
        });
    if let Err(error) = request.respond(answer).await {
        tracing::debug!(%error, "an answer did not go out");
    }
}
