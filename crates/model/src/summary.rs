//! PURE. The parts of an alert that only some kinds and subjects carry: what was said before,
//! what a person did about it, the number behind a metric, and the list that a digest is.
//!
//! Part of Alert v1 and as additive as the rest of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, EventArn, Region, Service, SpaceName, ThreadKey, TypeCode};
use crate::when::When;
use crate::words::{Category, Severity, Status, Subject};

/// What the group stood at when it was last told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Previous {
    pub severity: Severity,
    pub status: Status,
    #[serde(default)]
    pub accounts: u32,
    #[serde(default)]
    pub resources: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<When>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Escalation {
    /// Where it was opened first.
    pub from: SpaceName,
    /// When it was opened there.
    pub since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledged {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub at: Timestamp,
    /// Nothing is repeated before this time; none means until it is resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A custom metric that broke its threshold, or is back to normal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metric {
    pub key: String,
    /// None when nothing arrived any more (`absent`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The threshold's name.
    pub rule: String,
    /// Its condition, as written in the routing document.
    pub when: String,
    /// `2 of 3`, when more than one point must break it.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub breach: Option<String>,
    /// The last points, the oldest first.
    pub points: Vec<Point>,
    pub category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    pub tags: Vec<(String, String)>,
    /// When it broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub at: Timestamp,
    pub value: f64,
}

/// What a space should know all at once: by the clock, after quiet hours, or in a storm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Digest {
    pub reason: DigestReason,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Opened since the last digest.
    #[serde(default)]
    pub new: Rows,
    /// Held by quiet hours, folded by a storm, or too old to be told as new.
    #[serde(default)]
    pub held: Rows,
    /// Incidents that are open now.
    #[serde(default)]
    pub open: Rows,
    /// Open, and not heard of for a long time.
    #[serde(default)]
    pub stale: Rows,
    /// Changes and notices with a deadline to come, the nearest first.
    #[serde(default)]
    pub due: Rows,
    /// With resources that nobody has settled although the deadline passed.
    #[serde(default)]
    pub overdue: Rows,
    /// Resolved since the last digest.
    #[serde(default)]
    pub resolved: Rows,
    /// Unsettled work by owner, the most first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unactioned: Vec<Counted>,
    /// What was silenced since the last digest, by rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<Counted>,
    /// Messages that could not be delivered anywhere since the last digest.
    #[serde(default)]
    pub undelivered: u32,
    /// None when nobody keeps a directory to hold it against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestReason {
    Schedule,
    QuietHours,
    Storm,
    #[serde(other)]
    Other,
}

/// A list of which only the first few are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rows {
    pub total: u32,
    pub shown: Vec<DigestRow>,
}

/// One incident, or metric, as a line of a digest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestRow {
    pub thread: ThreadKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<EventArn>,
    pub subject: Subject,
    pub service: Service,
    pub type_code: TypeCode,
    pub category: Category,
    pub severity: Severity,
    pub status: Status,
    #[serde(default)]
    pub regions: Vec<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    #[serde(default)]
    pub accounts: u32,
    /// The only account, or the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    #[serde(default)]
    pub resources: u32,
    /// Resources that are not settled.
    #[serde(default)]
    pub unsettled: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counted {
    pub name: String,
    pub count: u32,
}

/// Who has shown a sign of life, held against the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Coverage {
    /// Accounts times Regions.
    pub expected: u32,
    pub seen: u32,
    /// The first few that are missing.
    pub missing: Vec<Missing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    pub account: AccountId,
    pub region: Region,
    /// None when it never reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}
