//! What the desk page is told when something cannot be done.

use crate::bus::BusError;
use crate::bus::publish::PublishError;
use crate::problem::Problem;
use crate::service::define::DefineError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request is refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is no such thing.
    Missing(String),
    /// It cannot be done so.
    Bad(String),
    /// Something else was faster, or stands against it.
    Conflict(String),
    /// A mistake in a query; its place in code points.
    Query(Problem, Option<(usize, usize)>),
    /// Too many ask for the same at once.
    Busy,
    /// NATS.
    Away(String),
}

/// A refusal as the page reads it.
#[derive(Serialize)]
struct Told {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
}

impl Refusal {
    /// A mistake in `query`.
    pub(super) fn query(query: &str, problem: Problem) -> Self {
        let points = |byte: usize| {
            query
                .char_indices()
                .take_while(|(at, _)| *at < byte)
                .count()
        };
        let span = problem.span.clone();
        Self::Query(problem, span.map(|s| (points(s.start), points(s.end))))
    }

    /// A channel that cannot be made so.
    pub(super) fn define(query: &str, error: DefineError) -> Self {
        match error {
            DefineError::Problem(problem) => Self::query(query, problem),
            DefineError::There(name) => Self::Conflict(format!("there is a channel `{name}`")),
            DefineError::OfFile(_) | DefineError::Races(_) => Self::Conflict(error.to_string()),
            DefineError::Unknown(_) => Self::Missing(error.to_string()),
            DefineError::Bus(_) | DefineError::Publish(_) => Self::Away(error.to_string()),
        }
    }
}

impl From<BusError> for Refusal {
    fn from(error: BusError) -> Self {
        Self::Away(error.to_string())
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        Self::Away(error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (mut help, mut span) = (None, None);
        let (status, message) = match self {
            Self::Missing(message) => (StatusCode::NOT_FOUND, message),
            Self::Bad(message) => (StatusCode::BAD_REQUEST, message),
            Self::Conflict(message) => (StatusCode::CONFLICT, message),
            Self::Query(problem, place) => {
                (help, span) = (problem.help, place);
                (StatusCode::UNPROCESSABLE_ENTITY, problem.message)
            }
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too many are asking at once; try again in a moment".to_owned(),
            ),
            Self::Away(message) => (StatusCode::BAD_GATEWAY, message),
        };
        let told = Told {
            message,
            help,
            start: span.map(|s| s.0),
            end: span.map(|s| s.1),
        };
        let mut response = (status, Json(told)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_pointed_at_in_code_points() {
        let query = "𬬻都 topik:x";
        let problem = Problem::at(8..13, "there is no field `topik`");
        let Refusal::Query(_, place) = Refusal::query(query, problem) else {
            panic!("not a mistake of the query");
        };
        assert_eq!(place, Some((3, 8)));
    }
}
