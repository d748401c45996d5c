//! `/livez`: the process answers. `/readyz`: every role of it can work.

use super::Surroundings;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use std::sync::Arc;

pub(super) fn router(around: Surroundings) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(Arc::new(around))
}

#[derive(Serialize)]
struct Health {
    ready: bool,
    /// Roles are open, none is being stopped.
    roles: bool,
    /// NATS can be reached.
    nats: bool,
}

async fn ready(State(around): State<Arc<Surroundings>>) -> impl IntoResponse {
    let roles = *around.ready.borrow() && !around.shutdown.is_cancelled();
    let nats = around.bus.is_connected();
    let health = Health {
        ready: roles && nats,
        roles,
        nats,
    };
    let status = if health.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(health))
}
