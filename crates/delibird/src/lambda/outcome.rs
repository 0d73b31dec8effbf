//! PURE. What became of one alert, in the words of the log.

use function::failure::{Class, Failure};
use function::outcome::Level;
use jiff::Timestamp;
use model::Alert;
use model::words::{Kind, Severity};
use serde::Serialize;
use state::StateError;

use crate::deliver::decide::Why;
use crate::deliver::{End, Outcome};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Posted,
    /// The chain works as far as here; nobody is told.
    Canary,
    /// It was in the space before.
    NoChange,
    /// It is in the fallback space, and a dead letter besides.
    Redirected,
    /// The message before it is not out yet.
    AwaitsOrder,
    /// Another worker is at it.
    Busy,
    /// Its turn in its space has not come.
    Paced,
    /// Chat did not take it.
    Deferred,
    /// No time was left; it comes back at once.
    OutOfTime,
    /// It is in the dead-letter queue, with the reason.
    DeadLettered,
    /// It comes back.
    Failed,
}

/// By what an operator finds the alert.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Facts {
    pub fn of(alert: &Alert) -> Self {
        let account = match alert.accounts.shown.as_slice() {
            [only] if alert.accounts.total == 1 => Some(only.id.to_string()),
            _ => None,
        };
        Self {
            event_arn: alert.event.arn.as_ref().map(ToString::to_string),
            account,
            region: alert.event.regions.first().map(ToString::to_string),
            route: alert.why.route.clone(),
            alert_id: Some(alert.alert_id.to_string()),
            space: Some(alert.target.space.to_string()),
            thread: Some(alert.thread.to_string()),
            seq: Some(alert.seq),
            kind: Some(alert.kind.clone()),
            severity: Some(alert.severity),
        }
    }
}

/// What is said of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub level: Level,
    pub decision: Decision,
    pub reason: Option<String>,
}

impl Said {
    pub fn of(decision: Decision) -> Self {
        Self { level: Level::Info, decision, reason: None }
    }

    #[must_use]
    pub fn because(self, level: Level, reason: impl Into<String>) -> Self {
        Self { level, reason: Some(reason.into()), ..self }
    }

    pub fn delivered(outcome: &Outcome) -> Self {
        match &outcome.end {
            End::Posted if outcome.as_text > 0 => Self::of(Decision::Posted)
                .because(Level::Warn, "the card was refused: sent as text"),
            End::Posted if outcome.cut => {
                Self::of(Decision::Posted).because(Level::Warn, "the card was too long: cut")
            }
            End::Posted => Self::of(Decision::Posted),
            End::Repeated => Self::of(Decision::NoChange),
            End::Redirected { to, reason } => {
                let reason = format!("{reason}: posted to {to}");
                Self::of(Decision::Redirected).because(Level::Error, reason)
            }
            End::Later { why, reason, .. } => {
                let said = Self::of(put_off(*why));
                match reason {
                    Some(reason) => said.because(Level::Warn, reason),
                    None => said,
                }
            }
            End::Old | End::Refused { .. } | End::Unreachable { .. } => {
                let said = Self::of(Decision::DeadLettered);
                match dead(&outcome.end) {
                    Some((_, reason)) => said.because(Level::Error, reason),
                    None => said,
                }
            }
        }
    }
}

fn put_off(why: Why) -> Decision {
    match why {
        Why::Order => Decision::AwaitsOrder,
        Why::Busy => Decision::Busy,
        Why::Pace => Decision::Paced,
        Why::Chat => Decision::Deferred,
        Why::Time => Decision::OutOfTime,
    }
}

/// When an alert comes back, and what is said to whoever asks; nothing for one that does not.
pub fn put_off_until(end: End) -> Option<(Timestamp, Failure)> {
    let End::Later { due, why, reason } = end else { return None };
    let class = match why {
        Why::Chat => Class::Unanswered,
        Why::Time => Class::Deadline,
        Why::Order | Why::Busy | Why::Pace => Class::Throttled,
    };
    let reason = reason.unwrap_or_else(|| "its turn has not come".to_owned());
    Some((due, Failure { class, reason }))
}

/// Why a dead letter is one; nothing for what is none.
pub fn dead(end: &End) -> Option<(Class, String)> {
    match end {
        End::Old => Some((Class::Deadline, "it could not be posted for three days".to_owned())),
        End::Refused { reason } => Some((Class::Refused, reason.clone())),
        End::Unreachable { reason } => {
            let reason = format!("{reason}, and no fallback space takes it");
            Some((Class::Misconfigured, reason))
        }
        End::Redirected { to, reason } => {
            Some((Class::Misconfigured, format!("{reason}: posted to {to} instead")))
        }
        End::Posted | End::Repeated | End::Later { .. } => None,
    }
}

/// The class of an error, which is what alarms and retries go by.
pub fn class(error: &StateError) -> Class {
    match error {
        StateError::Throttled { .. } => Class::Throttled,
        StateError::Unavailable { .. } => Class::Unanswered,
        StateError::Refused { .. } => Class::Refused,
        StateError::Unreadable { .. } => Class::Unreadable,
    }
}
