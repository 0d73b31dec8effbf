//! PURE. What became of one invocation, as one line of the log. Names are the same in every
//! function; the runbook's queries use them. No field holds a value, a body or a key, and the host
//! only as a hash.

use std::error::Error;

use function::failure::Class;
use function::outcome::{Level, MESSAGE};
use model::fingerprint;
use serde::Serialize;

use crate::intake::Taken;
use crate::metric::Faults;
use crate::respond::{self, Outcome};
use crate::watch::WatchError;

/// What was decided about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Accepted,
    /// The caller's to repair.
    Refused,
    /// Ours, or the collector's: the caller may or must not repeat it, as the answer says.
    Failed,
    Swept,
    /// Another routing document is in force from now on.
    Configured,
    /// The one in force cannot be used; what was known stays.
    ConfigurationKept,
    /// The secret of access keys cannot be had, or is not what it should be.
    KeysUnusable,
}

/// One line. `error` asks for a human, `warn` tells that something was taken care of.
#[derive(Clone, Debug, Serialize)]
pub struct Line<'a> {
    pub level: Level,
    pub message: &'static str,
    pub decision: Decision,
    pub request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pcode: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// Of the host's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<usize>,
    /// Threshold events put on the bus.
    #[serde(skip_serializing_if = "is_zero")]
    pub told: usize,
    /// Values of which nobody knows what the thresholds say.
    #[serde(skip_serializing_if = "is_zero")]
    pub unjudged: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl<'a> Line<'a> {
    pub fn new(level: Level, decision: Decision, request_id: &'a str) -> Self {
        Self {
            level,
            message: MESSAGE,
            decision,
            request_id,
            status: None,
            pcode: None,
            category: None,
            host_hash: None,
            values: None,
            told: 0,
            unjudged: 0,
            reason: None,
        }
    }

    #[must_use]
    pub fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    pub fn of_request(taken: &'a Taken, request_id: &'a str) -> Self {
        let batch = taken.batch.as_ref();
        let (level, decision) = judged(taken);
        let reasons = [
            fault_codes(&taken.outcome),
            taken.lost.as_ref().map(whole),
            taken.watched.failure.as_ref().map(ToString::to_string),
        ];
        let reasons: Vec<String> = reasons.into_iter().flatten().collect();
        Self {
            status: Some(respond::status(&taken.outcome)),
            pcode: batch.map(|batch| batch.pcode.get()),
            category: batch.map(|batch| batch.category.as_str()),
            host_hash: batch.map(|batch| format!("{:016x}", fingerprint::of(batch.host.as_str()))),
            values: batch.map(|batch| batch.datas.len()),
            told: taken.watched.told,
            unjudged: taken.watched.unjudged,
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            ..Self::new(level, decision, request_id)
        }
    }
}

fn judged(taken: &Taken) -> (Level, Decision) {
    match &taken.outcome {
        Outcome::Accepted(_) if taken.watched.failure.is_some() => {
            (Level::Warn, Decision::Accepted)
        }
        Outcome::Accepted(_) => (Level::Info, Decision::Accepted),
        Outcome::AcceptedUnjudged(_) => (Level::Error, Decision::Accepted),
        Outcome::Invalid(_) | Outcome::MethodNotAllowed => (Level::Info, Decision::Refused),
        Outcome::Unreachable | Outcome::TimedOut | Outcome::Ambiguous | Outcome::Misconfigured => {
            (Level::Error, Decision::Failed)
        }
    }
}

/// `wrong_type at datas[0].value`, at most three.
fn fault_codes(outcome: &Outcome) -> Option<String> {
    const NAMED: usize = 3;
    let Outcome::Invalid(faults) = outcome else { return None };
    let told = |faults: &Faults| {
        let named = faults.iter().take(NAMED).map(|fault| {
            let path = fault.path.to_string();
            let place = if path.is_empty() { String::new() } else { format!(" at {path}") };
            format!("{}{place}", fault.code.as_str())
        });
        named.collect::<Vec<_>>().join(", ")
    };
    Some(told(faults))
}

/// With its cause: which collector refused is what an operator wants to know.
fn whole(error: &crate::whatap::client::SendError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// The class of an error, which is what alarms go by.
pub fn class(error: &WatchError) -> Class {
    use state::StateError;
    match error {
        WatchError::State(StateError::Throttled { .. }) | WatchError::Contended => Class::Throttled,
        WatchError::State(StateError::Unavailable { .. }) => Class::Unanswered,
        WatchError::State(StateError::Refused { .. }) | WatchError::Unwritable => Class::Refused,
        WatchError::State(StateError::Unreadable { .. }) => Class::Unreadable,
        WatchError::Bus(error) => error.class,
        WatchError::Untold(error) => class(error),
        WatchError::OutOfTime => Class::Deadline,
    }
}
