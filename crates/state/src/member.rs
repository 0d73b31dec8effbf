//! PURE. A member is one page of one communication for one account: the smallest thing that is
//! counted. It is written once and never changed; the same member again changes nothing, for ever.

use jiff::Timestamp;
use model::ids::{AccountId, CommunicationId, EventArn, Region, Service, SpaceName, TypeCode};
use model::summary::Metric;
use model::words::{Actionability, Category, Scope, Severity, Source, StatusCode, Subject};
use model::{Entity, Text, When};
use serde::{Deserialize, Serialize};

/// The version of the item format this code writes.
pub const SCHEMA: u32 = 1;

/// Names a member within its incident.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberKey(pub String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub schema: u32,
    pub key: MemberKey,
    /// The communication's key: its real id, or a hash that stands in.
    pub communication: String,
    pub real_communication: Option<CommunicationId>,
    pub account: AccountId,
    pub page: u32,
    pub pages: u32,
    pub arn: Option<EventArn>,
    pub source: Source,
    pub service: Service,
    pub type_code: TypeCode,
    pub category: Category,
    pub subject: Subject,
    pub scope: Scope,
    pub region: Option<Region>,
    pub status: StatusCode,
    /// The text carries the mark of resolution.
    pub says_resolved: bool,
    pub start: Option<When>,
    pub end: Option<When>,
    pub updated: Option<When>,
    pub deadline: Option<Timestamp>,
    /// Envelope `time`.
    pub time: Option<Timestamp>,
    /// Orders the communications of an account: last update, else envelope time, else arrival.
    pub moment: Timestamp,
    /// When it reached us; unique within a process, so that it also orders arrivals.
    pub received: Timestamp,
    pub actionability: Option<Actionability>,
    pub severity: Severity,
    /// The severity rule that won.
    pub rule: String,
    pub config_version: String,
    /// The masked text's hash, by which novelty is judged.
    pub text: u64,
    /// Where its texts are among those of the incident; empty when it has none there.
    pub texts: String,
    /// Texts that name this member's own account or resources, and so are shared by nobody.
    pub own_texts: Vec<Text>,
    pub entities: Vec<Entity>,
    /// The number behind an event of `custom.metrics`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Box<Metric>>,
    /// From a replay, or older than a day on arrival: never announced as new.
    pub stale: bool,
    /// False for records without a Health shape.
    pub health: bool,
    pub routing: Routing,
}

/// Where a member goes, decided when it arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Routing {
    To(Vec<Routed>),
    Silenced {
        reason: String,
        /// The silence that hides it, for whoever counts.
        #[serde(default)]
        rule: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Routed {
    pub space: SpaceName,
    /// The route that led here; none for the default spaces.
    pub route: Option<String>,
}

/// That one more account was told of a PUBLIC event. Copies are counted, never announced.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notified {
    pub account: AccountId,
    pub spaces: Vec<SpaceName>,
}

/// What one or many communications say, kept once for all who were told the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// A hash of what they say.
    pub key: String,
    pub texts: Vec<Text>,
}

impl Member {
    pub fn spaces(&self) -> impl Iterator<Item = &Routed> {
        let routed = match &self.routing {
            Routing::To(routed) => routed.as_slice(),
            Routing::Silenced { .. } => &[],
        };
        routed.iter()
    }

    pub fn goes_to(&self, space: &SpaceName) -> bool {
        self.spaces().any(|routed| routed.space == *space)
    }

    pub fn is_public(&self) -> bool {
        self.scope == Scope::Public
    }
}
