//! The web role: what people and programs see over HTTP, on loopback unless a token guards it.

pub(crate) mod desk;
mod feeds;
mod guard;
mod health;
mod metrics;

use crate::bus::Bus;
use crate::config::WebSettings;
use crate::service::Live;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::{Router, middleware};
use guard::Rules;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Largest body of a request.
const MOST_BODY: usize = 1 << 20;
/// Until the head of an answer; what follows (events) may take as long as it likes.
const PATIENCE: Duration = Duration::from_secs(30);
/// What listeners are given to end by themselves when the daemon stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Why the role cannot start.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: {reason}; give [web] another `listen` address (port 0 for any), or set `enabled = false`"
)]
pub struct WebError {
    address: String,
    reason: std::io::Error,
}

/// What the role is given.
pub(crate) struct Surroundings {
    /// NATS.
    pub(crate) bus: Bus,
    /// The configuration in force.
    pub(crate) config: Live,
    /// Whether every role of this process can work.
    pub(crate) ready: watch::Receiver<bool>,
    /// When to stop.
    pub(crate) shutdown: CancellationToken,
}

/// The role, listening.
pub(crate) struct Web {
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
}

impl Web {
    /// Binds the address. `pages` are the routes behind the guard.
    ///
    /// # Errors
    /// An address that cannot be had.
    pub(crate) async fn open(
        settings: &WebSettings,
        around: Surroundings,
        pages: Router,
    ) -> Result<Self, WebError> {
        let refuse = |reason| WebError {
            address: settings.listen.clone(),
            reason,
        };
        let listener = TcpListener::bind(&settings.listen).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        tracing::info!(address = %format_args!("http://{address}/"), "the desk page is up");
        let shutdown = around.shutdown.clone();
        let router = pages
            .merge(feeds::router(&around))
            .merge(metrics::router(&around))
            .merge(health::router(around))
            .layer(CompressionLayer::new())
            .layer(DefaultBodyLimit::max(MOST_BODY))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::GATEWAY_TIMEOUT,
                PATIENCE,
            ))
            .layer(middleware::from_fn_with_state(
                Arc::new(Rules::new(settings)),
                guard::guard,
            ));
        Ok(Self {
            listener,
            router,
            shutdown,
        })
    }

    /// Answers until told to stop.
    pub(crate) async fn run(self) {
        let served = axum::serve(self.listener, self.router)
            .with_graceful_shutdown(self.shutdown.clone().cancelled_owned());
        let overdue = async {
            self.shutdown.cancelled().await;
            tokio::time::sleep(FAREWELL).await;
        };
        tokio::select! {
            served = served.into_future() => {
                if let Err(error) = served {
                    tracing::error!(%error, "the web role gave up");
                }
            }
            () = overdue => {}
        }
    }
}
