//! A request on its way to whom it was meant for, and answers of our own in its place.

use bytes::Bytes;
use http_body_util::Full;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Response, StatusCode};

use super::call::{Call, Service};
use super::fate::Refusal;
use crate::reset::Broken;

/// What was sent.
pub(super) struct Sent {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Sent {
    pub(super) fn new(head: &Parts, body: Bytes, origin: &str) -> Self {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = head.headers.clone();
        for own in ["host", "content-length", "connection", "proxy-connection"] {
            headers.remove(own);
        }
        Self { method: head.method.clone(), url: format!("{origin}{path}"), headers, body }
    }

    pub(super) async fn on(
        self,
        client: &reqwest::Client,
    ) -> Result<Response<Full<Bytes>>, Broken> {
        let Self { method, url, headers, body } = self;
        let request = client.request(method, url).headers(headers).body(body);
        let answer = request.send().await.map_err(|_| Broken)?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        for own in ["content-length", "connection", "transfer-encoding"] {
            headers.remove(own);
        }
        let body = answer.bytes().await.map_err(|_| Broken)?;
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// In the form of each service.
pub(super) fn refusal(call: &Call, refusal: Refusal) -> Response<Full<Bytes>> {
    let (status, body) = match (call.service, refusal) {
        (Service::DynamoDb, Refusal::Throttled) => {
            (400, error("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"))
        }
        (Service::DynamoDb, Refusal::Broken) => {
            (500, error("com.amazonaws.dynamodb.v20120810#InternalServerError"))
        }
        (Service::Sns, Refusal::Throttled) => (429, xml("Throttled")),
        (Service::Sns, Refusal::Broken) => (500, xml("InternalError")),
        (_, Refusal::Throttled) => (400, error("ThrottlingException")),
        (_, Refusal::Broken) => (500, error("InternalServerError")),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    // All of them are known.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
}

fn error(kind: &str) -> String {
    serde_json::json!({"__type": kind, "message": "a failure on demand"}).to_string()
}

fn xml(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>\
         <Type>Receiver</Type><Code>{code}</Code><Message>a failure on demand</Message></Error>\
         <RequestId>0</RequestId></ErrorResponse>"
    )
}

/// DynamoDB has done what it was asked.
pub(super) fn empty() -> Response<Full<Bytes>> {
    Response::new(Full::new(Bytes::from_static(b"{}")))
}

/// SNS has taken a message.
pub(super) fn published() -> Response<Full<Bytes>> {
    let body = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
                <MessageId>00000000-0000-0000-0000-000000000000</MessageId></PublishResult>\
                <ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></PublishResponse>";
    Response::new(Full::new(Bytes::from_static(body.as_bytes())))
}
