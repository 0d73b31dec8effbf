//! PURE. The rules as they are once read: what each asks, and what it gives.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use json_sql::Condition;
use model::alert::Announce;
use model::ids::SpaceName;
use model::words::Severity;

/// Where a rule stands: what cards, logs and `explain` call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub table: &'static str,
    /// Counted from 1 within its table.
    pub number: usize,
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] line {}", self.table, self.number, self.line)
    }
}

/// `[[severity]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SeverityRule {
    pub place: Place,
    /// None takes every event.
    pub when: Option<Condition>,
    pub level: Severity,
}

/// `[[silence]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    pub place: Place,
    pub when: Condition,
    /// The first moment at which it no longer holds; none means for ever.
    pub until: Option<Timestamp>,
    pub reason: String,
    /// Security is told even when a silence fits, unless this says otherwise.
    pub include_security: bool,
}

/// `[[route]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub place: Place,
    pub name: String,
    /// None takes every member.
    pub when: Option<Condition>,
    pub spaces: Vec<SpaceName>,
    /// `all` or `users/<id>`.
    pub mention: Option<String>,
    pub after: After,
    pub runbook: Option<String>,
    pub announce: Announce,
    pub escalate: Option<Escalation>,
    /// As said in the route's spaces; none is what `[defaults]` says.
    pub locale: Option<String>,
    pub zone: Option<String>,
}

/// What follows a route that took a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum After {
    /// Later routes and the default spaces do not hear of it.
    #[default]
    Stop,
    /// They are asked as if this route had not taken it.
    Continue,
}

/// Who is told when nobody acknowledges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    pub after: SignedDuration,
    pub spaces: Vec<SpaceName>,
    pub mention: Option<String>,
}

/// `[[threshold]]`, asked of metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    pub place: Place,
    pub name: String,
    pub when: Condition,
    /// Breached when so many of the last so many values match.
    pub breach: Breach,
    /// Normal again when this matches; none means when `when` no longer does.
    pub clear: Option<Condition>,
    /// Breached as well when no value came for so long.
    pub absent: Option<SignedDuration>,
}

/// `2 of 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    pub matching: u32,
    pub of: u32,
}
