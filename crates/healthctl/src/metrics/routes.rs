//! `POST /custom` as API Gateway would hand it on.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Metrics;
use crate::inbox::MAX_BODY;

/// `told` runs after each request, for whoever takes the events of broken thresholds.
pub fn router<F, G>(metrics: Arc<Metrics>, told: F) -> Router
where
    F: Fn() -> G + Clone + Send + Sync + 'static,
    G: Future<Output = ()> + Send,
{
    let number = Arc::new(AtomicU64::new(1));
    let post = move |method: Method, headers: HeaderMap, body: Bytes| {
        let (metrics, told) = (Arc::clone(&metrics), told.clone());
        let id = format!("dev-{}", number.fetch_add(1, Ordering::Relaxed));
        async move {
            let event = event(&method, &headers, &body, &id).to_string();
            let answer = metrics.request(&event, &id).await;
            told().await;
            answer.map_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response(), response)
        }
    };
    Router::new().route("/custom", any(post).layer(DefaultBodyLimit::max(MAX_BODY)))
}

/// The proxy event of a REST API. The body goes as base64, which keeps whatever bytes it has.
fn event(method: &Method, headers: &HeaderMap, body: &[u8], id: &str) -> Value {
    let headers: Map<String, Value> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))))
        .collect();
    json!({
        "resource": "/custom", "path": "/custom", "httpMethod": method.as_str(),
        "headers": headers, "requestContext": {"requestId": id, "stage": "dev"},
        "body": STANDARD.encode(body), "isBase64Encoded": true,
    })
}

fn response(answer: custom::respond::Answer) -> Response<Body> {
    let status = StatusCode::from_u16(answer.status_code).unwrap_or_default();
    let mut response = (status, answer.body).into_response();
    for (name, value) in answer.headers {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
