//! The routes of the inbox, and what each answers.

use std::future::Future;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde::Serialize;

use super::records::{Record, sort};
use super::{Inbox, answer, body, page, stream};

/// What came of the wish to see the demo storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storm {
    Started,
    AlreadyPlaying,
}

/// `intake` takes the readable records of a body and returns once they are accepted; an error is
/// answered with 503. `storm` starts the demo and returns at once. Further routes may be merged
/// before the whole goes to [`super::serve`].
pub fn router<I, F, S, G>(inbox: Inbox, intake: I, storm: S) -> Router
where
    I: Fn(Vec<Record>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = anyhow::Result<()>> + Send,
    S: Fn() -> G + Clone + Send + Sync + 'static,
    G: Future<Output = anyhow::Result<Storm>> + Send,
{
    let take = move |headers: HeaderMap, body: Body| {
        let intake = intake.clone();
        async move { events(&headers, body, intake).await }
    };
    let play = move || {
        let storm = storm.clone();
        async move { played(storm().await) }
    };
    Router::new()
        .route("/", get(index))
        .route("/stream", get(live))
        .route("/messages", get(messages))
        .route("/messages/{number}", get(message))
        .route("/metrics", get(metrics))
        .route("/metrics/charts", get(charts))
        .route("/events", post(take))
        .route("/storm", post(play))
        .route("/healthz", get(async || answer::json(StatusCode::OK, &Healthy { ok: true })))
        .fallback(async |request: Request| {
            let text = format!("nothing at {}", request.uri().path());
            answer::error(StatusCode::NOT_FOUND, &text)
        })
        .method_not_allowed_fallback(async |request: Request| {
            let text = format!("{} is not for {}", request.method(), request.uri().path());
            answer::error(StatusCode::METHOD_NOT_ALLOWED, &text)
        })
        .with_state(inbox)
}

#[derive(Serialize)]
struct Healthy {
    ok: bool,
}

#[derive(Serialize)]
struct Playing {
    playing: bool,
}

async fn index(State(inbox): State<Inbox>, headers: HeaderMap) -> Response<Body> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let is_empty = inbox.history().is_empty();
    let page = page::page(host.unwrap_or("127.0.0.1:8787"), is_empty);
    let policy = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, page::content_policy()),
    ];
    (policy, page).into_response()
}

async fn live(State(inbox): State<Inbox>, headers: HeaderMap) -> Response<Body> {
    stream::stream(inbox, &headers).into_response()
}

/// Every series with its last values.
async fn metrics(State(inbox): State<Inbox>) -> Response<Body> {
    answer::json(StatusCode::OK, &*inbox.charts())
}

/// The same as the page draws it.
async fn charts(State(inbox): State<Inbox>) -> Response<Body> {
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (html, inbox.charts().html()).into_response()
}

async fn messages(State(inbox): State<Inbox>) -> Response<Body> {
    let all = inbox.history().all();
    let all: Vec<_> = all.iter().map(AsRef::as_ref).collect();
    answer::json(StatusCode::OK, &all)
}

async fn message(State(inbox): State<Inbox>, Path(number): Path<String>) -> Response<Body> {
    let found = number.parse().ok().and_then(|number| inbox.history().get(number));
    match found {
        Some(posted) => answer::json(StatusCode::OK, posted.as_ref()),
        None => answer::error(StatusCode::NOT_FOUND, &format!("no message {number} is kept")),
    }
}

async fn events<F: Future<Output = anyhow::Result<()>>>(
    headers: &HeaderMap,
    body: Body,
    intake: impl Fn(Vec<Record>) -> F,
) -> Response<Body> {
    let bytes = match body::read(headers, body).await {
        Ok(bytes) => bytes,
        Err(refused @ body::Refused::TooLarge) => {
            return answer::error(StatusCode::PAYLOAD_TOO_LARGE, &refused.to_string());
        }
        Err(refused) => return answer::error(StatusCode::BAD_REQUEST, &refused.to_string()),
    };
    let Ok(sorted) = tokio::task::spawn_blocking(move || sort(&bytes)).await else {
        return answer::error(StatusCode::INTERNAL_SERVER_ERROR, "reading the body failed");
    };
    if sorted.records.is_empty() {
        return answer::unreadable(&sorted.rejected);
    }
    let count = sorted.records.len();
    match intake(sorted.records).await {
        Ok(()) => answer::accepted(count, &sorted.rejected),
        Err(error) => answer::error(StatusCode::SERVICE_UNAVAILABLE, &format!("{error:#}")),
    }
}

fn played(storm: anyhow::Result<Storm>) -> Response<Body> {
    match storm {
        Ok(Storm::Started) => answer::json(StatusCode::ACCEPTED, &Playing { playing: true }),
        Ok(Storm::AlreadyPlaying) => {
            answer::error(StatusCode::CONFLICT, "the storm is already playing")
        }
        Err(error) => answer::error(StatusCode::SERVICE_UNAVAILABLE, &format!("{error:#}")),
    }
}
