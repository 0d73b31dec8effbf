//! How Google answers: messages, errors in the shape of its APIs, and the pages and silences of
//! what stands in front of them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, DATE, HeaderValue, LOCATION, RETRY_AFTER};
use hyper::{Response, StatusCode, Uri};
use serde_json::{Value, json};

use super::fault::{Kind, RetryAfter};

/// An answer of Chat itself.
pub(super) struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    pub(super) fn message(body: Value) -> Self {
        Self { status: 200, body }
    }

    /// <https://cloud.google.com/apis/design/errors#http_mapping>
    pub(super) fn error(code: u16, message: &str) -> Self {
        let status = match code {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            500 => "INTERNAL",
            503 => "UNAVAILABLE",
            _ => "UNKNOWN",
        };
        let body = json!({"error": {"code": code, "message": message, "status": status}});
        Self { status: code, body }
    }

    pub(super) fn into_response(self) -> Response<Body> {
        self.response(Then::End)
    }

    /// The head and half of the body, and then nothing for as long as anybody waits.
    pub(super) fn never_ending(self) -> Response<Body> {
        self.response(Then::Hang)
    }

    /// The head and half of the body, and then the end of the connection.
    pub(super) fn cut(self) -> Response<Body> {
        self.response(Then::Break)
    }

    fn response(self, then: Then) -> Response<Body> {
        let mut bytes = Bytes::from(self.body.to_string());
        if then != Then::End {
            bytes.truncate(bytes.len() / 2);
        }
        let mut response = Response::new(Body { first: Some(bytes), then });
        *response.status_mut() = status(self.status);
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}

/// The answer of a fault to whatever was asked.
pub(super) fn fault(code: u16, kind: Kind, asked: &Uri) -> Response<Body> {
    let error = |message: &str| Answer::error(code, message).into_response();
    match kind {
        Kind::Error => error("A failure on demand."),
        Kind::ErrorQuotingRequest => {
            let decoded: Vec<_> =
                form_urlencoded::parse(asked.query().unwrap_or_default().as_bytes()).collect();
            error(&format!("Request to {asked} with {decoded:?} failed."))
        }
        Kind::Later(after) => {
            let mut response = error("Resource has been exhausted (e.g. check quota).");
            after.write(response.headers_mut());
            response
        }
        Kind::Moved => {
            let mut response = page(code, "", "");
            response.headers_mut().insert(LOCATION, HeaderValue::from_static("/elsewhere"));
            response
        }
        Kind::Html => {
            page(code, "<!DOCTYPE html><title>Error</title><p>Try again later.", "text/html")
        }
        Kind::Empty => page(code, "", ""),
    }
}

fn page(code: u16, text: &'static str, kind: &'static str) -> Response<Body> {
    let first = Some(Bytes::from_static(text.as_bytes()));
    let mut response = Response::new(Body { first, then: Then::End });
    *response.status_mut() = status(code);
    if !kind.is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

impl RetryAfter {
    /// A date counts from the `Date` of the answer, so any will do.
    fn write(self, headers: &mut hyper::HeaderMap) {
        let (Self::Seconds(seconds) | Self::Date(seconds)) = self;
        let Self::Date(_) = self else {
            headers.insert(RETRY_AFTER, seconds.into());
            return;
        };
        let at = |seconds: u32| {
            let (h, m, s) = (8 + seconds / 3600, seconds / 60 % 60, seconds % 60);
            let text = format!("Sun, 06 Nov 1994 {h:02}:{m:02}:{s:02} GMT");
            HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("never"))
        };
        headers.insert(DATE, at(0));
        headers.insert(RETRY_AFTER, at(seconds));
    }
}

/// Statuses come from tests, which see at once that they asked for a wrong one.
fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::NOT_IMPLEMENTED)
}

/// One piece, and then what the answer or the fault says.
pub(super) struct Body {
    first: Option<Bytes>,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    End,
    Hang,
    Break,
    BreakNow,
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match (self.first.take(), self.then) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Then::End) => Poll::Ready(None),
            (None, Then::Hang) => Poll::Pending,
            (None, Then::Break) => {
                // hyper sends what it has only once the body makes it wait.
                self.then = Then::BreakNow;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (None, Then::BreakNow) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.first, self.then) {
            (Some(bytes), Then::End) => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
