//! PURE. What a caller is told: a status, stable codes, and for each fault its place in the body.
//!
//! The one file that knows HTTP statuses. It adds no text of its own making from the request except
//! the request id, so neither the access key nor the body can come back in an answer.

pub mod gateway;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::metric::{Code, Fault, Faults};
use crate::whatap::client::SendError;

/// Everything a request can end in here: what is too much, API Gateway answers with 429 itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// That many values were handed to a collector. None is stored yet.
    Accepted(usize),
    /// The same, but nobody knows what the thresholds say of them all.
    AcceptedUnjudged(usize),
    Invalid(Faults),
    MethodNotAllowed,
    /// No collector took a byte: safe to send again.
    Unreachable,
    /// The same, but for lack of time.
    TimedOut,
    /// Some bytes went out: sending again may count twice.
    Ambiguous,
    /// Our own set-up is wrong; the log says how.
    Misconfigured,
}

impl From<Faults> for Outcome {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

impl From<&SendError> for Outcome {
    fn from(error: &SendError) -> Self {
        match error {
            SendError::Unreachable { .. } => Self::Unreachable,
            SendError::TimedOut { .. } => Self::TimedOut,
            SendError::Ambiguous { .. } => Self::Ambiguous,
        }
    }
}

/// The proxy answer that both kinds of API Gateway take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub status_code: u16,
    pub headers: BTreeMap<&'static str, &'static str>,
    pub body: String,
    pub is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    request_id: &'a str,
    accepted: usize,
    errors: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    path: String,
    message: &'a str,
}

impl<'a> Entry<'a> {
    fn of(Fault { code, path, message }: &'a Fault) -> Self {
        Self { code: code.as_str(), path: path.to_string(), message }
    }
}

/// The answer to a request, whatever became of it.
#[expect(clippy::expect_used, reason = "the message is the proof")]
pub fn respond(outcome: &Outcome, request_id: &str) -> Answer {
    let accepted = match outcome {
        Outcome::Accepted(count) | Outcome::AcceptedUnjudged(count) => *count,
        _ => 0,
    };
    let report = Report { request_id, accepted, errors: errors(outcome) };
    Answer {
        status_code: status(outcome),
        headers: headers(outcome),
        body: serde_json::to_string(&report).expect("strings and numbers always serialise"),
        is_base64_encoded: false,
    }
}

/// The HTTP status of an outcome.
pub fn status(outcome: &Outcome) -> u16 {
    match outcome {
        Outcome::Accepted(_) | Outcome::AcceptedUnjudged(_) => 202,
        Outcome::Invalid(faults) => status_of_faults(faults),
        Outcome::MethodNotAllowed => 405,
        Outcome::Misconfigured => 500,
        Outcome::Unreachable | Outcome::Ambiguous => 502,
        Outcome::TimedOut => 504,
    }
}

/// What the caller can repair alone comes first: 401 and 403 mean that only the key is wrong.
fn status_of_faults(faults: &Faults) -> u16 {
    let has = |status| faults.iter().any(|fault| status_of(fault.code) == status);
    [400, 413, 415, 401, 403].into_iter().find(|status| has(*status)).unwrap_or(400)
}

fn status_of(code: Code) -> u16 {
    match code {
        Code::TooLarge | Code::TooMany => 413,
        Code::UnsupportedMedia => 415,
        Code::BadAccessKey => 401,
        Code::PcodeMismatch => 403,
        Code::BadJson
        | Code::BadEncoding
        | Code::WrongType
        | Code::MissingField
        | Code::EmptyDatas
        | Code::NotFinite
        | Code::OutOfRange
        | Code::DuplicateKey
        | Code::ReservedTag
        | Code::BadName
        | Code::TooLong
        | Code::BadPcode
        | Code::BadCategory
        | Code::BadTimestamp => 400,
    }
}

fn headers(outcome: &Outcome) -> BTreeMap<&'static str, &'static str> {
    let mut headers = BTreeMap::from([
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-store"),
    ]);
    let more = match outcome {
        Outcome::Accepted(_) => ("x-metric-state", "accepted-not-stored"),
        Outcome::AcceptedUnjudged(_) => {
            ("x-metric-state", "accepted-not-stored, thresholds-unjudged")
        }
        Outcome::MethodNotAllowed => ("allow", "POST"),
        Outcome::Unreachable => ("retry-after", "5"),
        _ => return headers,
    };
    headers.extend([more]);
    headers
}

fn errors(outcome: &Outcome) -> Vec<Entry<'_>> {
    let (code, message) = match outcome {
        Outcome::Accepted(_) | Outcome::AcceptedUnjudged(_) => return Vec::new(),
        Outcome::Invalid(faults) => {
            return faults.iter().map(Entry::of).collect();
        }
        Outcome::MethodNotAllowed => ("method_not_allowed", "only POST is taken"),
        Outcome::Unreachable => {
            ("upstream_unreachable", "no collector could be reached, nothing was sent")
        }
        Outcome::TimedOut => ("upstream_timeout", "no collector in time, nothing was sent"),
        Outcome::Ambiguous => ("upstream_ambiguous", "sending broke off, a repeat may count twice"),
        Outcome::Misconfigured => ("misconfigured", "the service is not set up correctly"),
    };
    vec![Entry { code, path: String::new(), message }]
}
