//! PURE. What became of one record or tick, in the words of the log.

use function::failure::Class;
use function::outcome::Level;
use model::HealthEvent;
use serde::Serialize;

use crate::CollectorError;
use crate::flush::{Flushed, Out};
use crate::intake::Outcome;
use crate::publish::PublishError;
use crate::ticks::TickError;

/// What was decided about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    New,
    NoChange,
    Heartbeat,
    /// It is in the dead-letter queue, with the reason.
    DeadLettered,
    /// Everything that was due is out.
    Flushed,
    /// The same, but for what a digest will tell; the reason says how much and until when.
    Held,
    /// The tick came before its time and was sent on.
    Early,
    /// A spare tick: nothing is due, and another is on its way.
    NotDue,
    /// Another worker is at it.
    Busy,
    /// Another worker took over.
    Lost,
    /// A tick for what the store does not know.
    Unknown,
    /// Lost ticks were sent again.
    Swept,
    /// Another routing document is in force from now on.
    Configured,
    /// The routing document cannot be read or used; the last good one stays in force.
    ConfigurationKept,
    /// The directory of accounts was renewed.
    AccountsListed,
    /// The directory of accounts cannot be read or renewed; what is known stays.
    AccountsKept,
    /// No time was left; it comes back.
    Deferred,
    /// It comes back.
    Failed,
}

/// By what an operator finds the event.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Facts {
    pub fn of(event: &HealthEvent) -> Self {
        Self {
            event_arn: event.arn.as_ref().map(ToString::to_string),
            account: event.account.as_ref().map(ToString::to_string),
            region: event.region.as_ref().map(ToString::to_string),
        }
    }
}

/// What is said of a record, before it is known which one it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub level: Level,
    pub decision: Decision,
    pub group: Option<String>,
    pub reason: Option<String>,
    pub count: Option<usize>,
}

impl Said {
    pub fn of(decision: Decision) -> Self {
        Self { level: Level::Info, decision, group: None, reason: None, count: None }
    }

    #[must_use]
    pub fn because(self, level: Level, reason: impl Into<String>) -> Self {
        Self { level, reason: Some(reason.into()), ..self }
    }

    /// A record that was let in. One that is not believed is dead-lettered instead.
    pub fn accepted(outcome: &Outcome) -> Self {
        let of = |decision, incident: &model::ids::IncidentId| Self {
            group: Some(incident.to_string()),
            ..Self::of(decision)
        };
        match outcome {
            Outcome::New { incident } => of(Decision::New, incident),
            Outcome::Repeated { incident } => of(Decision::NoChange, incident),
            Outcome::Heartbeat => Self::of(Decision::Heartbeat),
            Outcome::Untrusted(untrusted) => {
                Self::of(Decision::DeadLettered).because(Level::Error, untrusted.to_string())
            }
        }
    }

    pub fn flushed(flushed: &Flushed) -> Self {
        match flushed {
            Flushed::Done(Out { published, held: 0, .. }) => {
                Self { count: Some(*published), ..Self::of(Decision::Flushed) }
            }
            Flushed::Done(Out { published, held, held_until, .. }) => {
                let until = held_until.map_or_else(String::new, |until| format!(" until {until}"));
                let reason = format!("{held} held for a digest{until}");
                Self { count: Some(*published), ..Self::of(Decision::Held) }
                    .because(Level::Info, reason)
            }
            Flushed::Busy { until } => {
                Self::of(Decision::Busy).because(Level::Info, format!("leased until {until}"))
            }
            Flushed::NotDue { due } => {
                Self::of(Decision::NotDue).because(Level::Info, format!("due at {due}"))
            }
            Flushed::Lost => Self::of(Decision::Lost).because(Level::Warn, "the lease was lost"),
            Flushed::Unknown => Self::of(Decision::Unknown),
        }
    }
}

/// The class of an error, which is what alarms and retries go by.
pub fn class(error: &CollectorError) -> Class {
    use state::StateError;
    match error {
        CollectorError::State(StateError::Throttled { .. })
        | CollectorError::Publish(PublishError::Throttled)
        | CollectorError::Tick(TickError::Throttled) => Class::Throttled,
        CollectorError::State(StateError::Unavailable { .. })
        | CollectorError::Publish(PublishError::Unanswered { .. })
        | CollectorError::Tick(TickError::Unanswered { .. }) => Class::Unanswered,
        CollectorError::State(StateError::Refused { .. })
        | CollectorError::Publish(PublishError::Refused { .. }) => Class::Refused,
        CollectorError::State(StateError::Unreadable { .. }) => Class::Unreadable,
    }
}
