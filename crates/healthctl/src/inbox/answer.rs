//! What the server says, as JSON, with the status that fits.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use super::records::Rejected;

/// Beyond this many the list helps nobody; the number of them is said instead.
const LISTED: usize = 1_000;

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    rejected: &'a [Rejected],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Taken<'a> {
    accepted: usize,
    rejected: &'a [Rejected],
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_total: Option<usize>,
}

pub(super) fn error(status: StatusCode, text: &str) -> Response<Body> {
    json(status, &Failure { error: text, rejected: &[] })
}

/// Nothing could be read: the first reason is usually the one that counts.
pub(super) fn unreadable(rejected: &[Rejected]) -> Response<Body> {
    let text = match rejected.first() {
        Some(first) => format!("no readable record: {}", first.error),
        None => "no record in the body".to_owned(),
    };
    let rejected = &rejected[..rejected.len().min(LISTED)];
    json(StatusCode::BAD_REQUEST, &Failure { error: &text, rejected })
}

pub(super) fn accepted(accepted: usize, rejected: &[Rejected]) -> Response<Body> {
    let listed = &rejected[..rejected.len().min(LISTED)];
    let rejected_total = (listed.len() < rejected.len()).then_some(rejected.len());
    json(StatusCode::ACCEPTED, &Taken { accepted, rejected: listed, rejected_total })
}

pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
