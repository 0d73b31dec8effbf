//! PURE. One Health event, read: who is told what about which resources, and where it stands.
//!
//! Nothing here decides who hears of it. Missing fields stay missing; the questions below
//! answer with the documented fall-back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fingerprint;
use crate::ids::{AccountId, CommunicationId, EventArn, Region, Service, TypeCode};
use crate::summary::Metric;
use crate::when::When;
use crate::words::{
    Actionability, Category, EntityStatus, Persona, Scope, Severity, Source, Status, StatusCode,
    Subject,
};

/// A record as it reached us, whatever its source.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthEvent {
    pub shape: Shape,
    pub source: Source,
    pub detail_type: String,
    /// The account the event was sent to: the affected one, or the delegated administrator.
    pub sender: Option<AccountId>,
    /// The Region it was delivered in; says nothing of the impact.
    pub delivered_in: Option<Region>,
    /// Envelope `time`.
    pub time: Option<Timestamp>,
    /// `replay-name`: from an EventBridge archive.
    pub replay: Option<String>,
    pub arn: Option<EventArn>,
    pub communication: Option<CommunicationId>,
    pub page: u32,
    pub pages: u32,
    pub service: Service,
    pub type_code: TypeCode,
    pub category: Category,
    pub scope: Scope,
    pub status: StatusCode,
    /// `detail.affectedAccount`, else `account`.
    pub account: Option<AccountId>,
    /// `detail.eventRegion`, else `region`.
    pub region: Option<Region>,
    pub start: Option<When>,
    pub end: Option<When>,
    pub updated: Option<When>,
    pub texts: Vec<Text>,
    pub entities: Vec<Entity>,
    /// How many more there are by status, where only the first of each were asked for: see
    /// [`crate::record::read_listing`].
    pub unlisted: BTreeMap<EntityStatus, u32>,
    pub actionability: Option<Actionability>,
    pub personas: Vec<Persona>,
    /// `detail.severity` of a custom source, when it is one of the four levels.
    pub severity: Option<Severity>,
    /// The number behind an event of `custom.metrics`.
    pub metric: Option<Box<Metric>>,
}

/// Whether `detail` looks like AWS Health at all. A record without that shape becomes a plain
/// card that shows what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Health,
    Plain,
}

/// One language of the description.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    pub language: String,
    pub text: String,
}

/// One affected resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entity {
    pub id: String,
    pub status: EntityStatus,
}

impl HealthEvent {
    pub fn has_health_shape(&self) -> bool {
        self.shape == Shape::Health
    }

    pub fn affected_account(&self) -> AccountId {
        self.account.clone().unwrap_or_else(AccountId::unknown)
    }

    pub fn is_public(&self) -> bool {
        self.scope == Scope::Public
    }

    /// English where there is one, else the first: what novelty is judged by, so that a language
    /// variant is no update.
    pub fn preferred_text(&self) -> &str {
        let english = self.texts.iter().find(|text| text.language.starts_with("en"));
        english.or(self.texts.first()).map_or("", |text| &text.text)
    }

    /// The real communication id, or a hash of everything that makes one communication differ
    /// from the next. The derived form is never used to find an incident.
    pub fn communication_key(&self) -> String {
        match &self.communication {
            Some(id) => id.0.clone(),
            None => format!("~{:016x}", fingerprint::communication(self)),
        }
    }

    /// Names the event itself: its ARN, else its communication.
    pub fn identity(&self) -> String {
        let own = match &self.arn {
            Some(arn) => arn.0.clone(),
            None => format!("{}/{}", self.type_code, self.communication_key()),
        };
        format!("{}|{own}", self.source)
    }

    /// Last update; without one the envelope time.
    pub fn moment(&self) -> Option<Timestamp> {
        self.updated.as_ref().and_then(When::at).or(self.time)
    }

    pub fn subject(&self) -> Subject {
        if self.source == Source::CustomMetrics {
            return Subject::Metric;
        }
        if self.is_security() {
            return Subject::Security;
        }
        match self.category {
            _ if !self.has_health_shape() => Subject::Unknown,
            Category::Issue => Subject::Issue,
            Category::Investigation => Subject::Investigation,
            Category::ScheduledChange => Subject::Scheduled,
            Category::AccountNotification => Subject::Notice,
            Category::Other(_) => Subject::Unknown,
        }
    }

    fn is_security(&self) -> bool {
        matches!(self.service.as_str(), "ABUSE" | "RISK")
            || self.detail_type == "AWS Health Abuse Event"
            || self.personas.contains(&Persona::Security)
    }

    /// Not only `closed`: the official samples resolve by text and end time, or by resources.
    pub fn is_resolved(&self, now: Timestamp) -> bool {
        self.status == StatusCode::Closed
            || (self.says_resolved() && self.end_at().is_some_and(|end| end <= now))
            || self.all_entities_settled()
    }

    /// A resolving text carries its mark in the first lines. The whole text is searched: a mark
    /// further down, in the history of the incident, is true as well.
    pub fn says_resolved(&self) -> bool {
        const MARK: &[u8] = b"[RESOLVED]";
        let marked = |text: &[u8]| {
            memchr::memchr_iter(b'[', text).any(|at| {
                text.get(at..at + MARK.len()).is_some_and(|mark| mark.eq_ignore_ascii_case(MARK))
            })
        };
        self.texts.iter().any(|text| marked(text.text.as_bytes()))
    }

    pub fn all_entities_settled(&self) -> bool {
        let mut statuses = self.entity_statuses().peekable();
        statuses.peek().is_some() && statuses.all(EntityStatus::is_settled)
    }

    /// Every status that an entity is in, listed or not, some of them often.
    pub fn entity_statuses(&self) -> impl Iterator<Item = &EntityStatus> {
        self.entities.iter().map(|entity| &entity.status).chain(self.unlisted.keys())
    }

    pub fn end_at(&self) -> Option<Timestamp> {
        self.end.as_ref().and_then(When::at)
    }

    pub fn start_at(&self) -> Option<Timestamp> {
        self.start.as_ref().and_then(When::at)
    }

    /// Where this event stands by itself.
    pub fn standing(&self, now: Timestamp) -> Status {
        if self.is_resolved(now) {
            Status::Resolved
        } else if self.status == StatusCode::Upcoming {
            Status::Upcoming
        } else {
            Status::Open
        }
    }

    /// When something will happen, or must have been done. A change happens at its start; a
    /// notice that names a later end means that, otherwise a start later than its own writing.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.category {
            Category::ScheduledChange => self.start_at().or(self.end_at()),
            Category::AccountNotification => {
                let written = self.moment()?;
                self.end_at()
                    .filter(|end| *end > written)
                    .or(self.start_at().filter(|start| *start > written))
            }
            _ => None,
        }
    }
}
