//! What it means that a request got no answer: which part failed, and whether the other side
//! may have done the work all the same.
//!
//! This is also where the URL leaves an error for good, since a webhook URL is a secret.

use std::error::Error;
use std::io;

/// Where a request was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// No connection: the name is unknown, the port is closed, or the handshake took too long.
    Connect,
    /// The peer could not prove who it is, or does not speak TLS.
    Tls,
    /// The request left, and no answer came in time.
    Timeout,
    /// The connection broke before the answer was there.
    Reset,
    /// Something answered that does not speak the protocol expected there.
    Protocol,
    /// The request could not be built. Nothing left the machine.
    Request,
}

/// A request without a usable answer. Holds no URL: neither in its text, nor in its `Debug`, nor
/// in its source.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct Unanswered {
    pub class: Lost,
    /// The request may have been carried out. Repeat it only under the same idempotency key.
    pub ambiguous: bool,
    #[source]
    source: Option<reqwest::Error>,
}

impl Unanswered {
    /// For what is known without an error of the client: an answer that is not from the peer, or
    /// a failure played by a fake.
    pub fn new(class: Lost, ambiguous: bool) -> Self {
        Self { class, ambiguous, source: None }
    }

    fn text(&self) -> &'static str {
        match self.class {
            Lost::Connect => "no connection could be made",
            Lost::Tls => "the secure connection was refused",
            Lost::Timeout => "no answer came in time",
            Lost::Reset => "the connection broke before the answer",
            Lost::Protocol => "the answer is not in the expected protocol",
            Lost::Request => "the request could not be built",
        }
    }
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        let class = classify(&error);
        let never_sent = error.is_builder() || error.is_connect();
        Self { class, ambiguous: !never_sent, source: Some(error.without_url()) }
    }
}

fn classify(error: &reqwest::Error) -> Lost {
    if error.is_builder() {
        Lost::Request
    } else if chain(error).any(is_tls) {
        Lost::Tls
    } else if error.is_connect() {
        Lost::Connect
    } else if error.is_timeout() {
        Lost::Timeout
    } else if chain(error).any(is_broken_connection) {
        Lost::Reset
    } else {
        Lost::Protocol
    }
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| (*error).source())
}

/// An `io::Error` hides what it wraps from `source`, so it is looked into by hand: the connector
/// wraps the one of the handshake in another.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => is_tls(wrapped),
        None => error.is::<rustls::Error>(),
    }
}

/// hyper reports a connection that ended mid-answer without any `io::Error`.
fn is_broken_connection(error: &(dyn Error + 'static)) -> bool {
    let broken = |kind| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    };
    error.downcast_ref::<io::Error>().is_some_and(|error| broken(error.kind()))
        || error
            .downcast_ref::<hyper::Error>()
            .is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
}
