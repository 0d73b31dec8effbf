//! PURE. Alert v1: the contract between collector and delibird, and with anyone who subscribes
//! to the alerts topic.
//!
//! Additive only: a field may be added, never renamed or given another meaning. Readers let
//! unknown fields pass; an alert of an unknown version is rendered as a plain card.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::summary::{Acknowledged, Digest, DigestRow, Escalation, Metric, Previous};

use crate::event::{HealthEvent, Text};
use crate::ids::{
    AccountId, AlertId, CommunicationId, EventArn, IncidentId, Region, Service, SpaceName,
    ThreadKey, TypeCode,
};
use crate::severity;
use crate::when::When;
use crate::words::{
    Actionability, Category, Change, EntityStatus, Kind, Scope, Severity, Source, Status, Subject,
};

/// The version this code writes.
pub const VERSION: u32 = 1;

/// One message to one space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    pub version: u32,
    pub alert_id: AlertId,
    pub thread: ThreadKey,
    /// Counts the alerts of this thread in this space, from 1.
    pub seq: u32,
    pub kind: Kind,
    pub subject: Subject,
    pub severity: Severity,
    /// The highest it has been in this episode. A filter on `severity` alone would lose the
    /// resolving message of a critical incident.
    pub max_severity: Severity,
    /// What moved since the previous alert of the group; empty when opened.
    #[serde(default)]
    pub changes: Vec<Change>,
    pub target: Target,
    #[serde(default)]
    pub why: Why,
    pub event: EventFacts,
    #[serde(default)]
    pub text: Vec<Text>,
    #[serde(default)]
    pub accounts: Accounts,
    #[serde(default)]
    pub resources: Resources,
    /// When the first record behind this alert reached us.
    pub received_at: Timestamp,
    /// True when lists or texts were cut to fit; totals are always whole.
    #[serde(default)]
    pub truncated: bool,
    /// What the previous alert of this group said, for an update to hold against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Why this space hears of it too: nobody had settled it where it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// Somebody has taken it in hand, or asked for silence until a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// The number behind an alert of subject `metric`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<Box<Metric>>,
    /// The list that an alert of kind `digest` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Box<Digest>>,
}

/// Where an alert goes and how it is said there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub space: SpaceName,
    /// `ko` or `en`.
    pub locale: String,
    /// An IANA zone.
    pub zone: String,
    /// `all` or `users/<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook: Option<String>,
    /// Link templates by name, with `{account}`, `{arn}`, `{region}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Announce::is_default")]
    pub announce: Announce,
    /// Where it goes, with a banner, when its space takes nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<SpaceName>,
}

impl Target {
    /// A space as it is without any routing file: English and UTC.
    pub fn plain(space: SpaceName) -> Self {
        Self {
            space,
            locale: "en".to_owned(),
            zone: "UTC".to_owned(),
            mention: None,
            runbook: None,
            links: BTreeMap::new(),
            announce: Announce::default(),
            fallback: None,
        }
    }
}

/// Where later messages of a thread show, since phones stay silent for replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Announce {
    pub update: Place,
    pub escalated: Place,
    pub resolved: Place,
}

impl Announce {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    #[default]
    Thread,
    Top,
    Both,
}

/// Why this message reached this space: what `explain` and the folded reference show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The route's name; none for the default spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The severity rule that won.
    #[serde(default)]
    pub rule: String,
    #[serde(default)]
    pub config_version: String,
}

/// What AWS says of the event, as of its newest communication in this group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventFacts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<EventArn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub communication_id: Option<CommunicationId>,
    pub source: Source,
    pub service: Service,
    pub type_code: TypeCode,
    pub category: Category,
    pub scope: Scope,
    pub status: Status,
    #[serde(default)]
    pub regions: Vec<Region>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<When>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<When>,
    /// The envelope `time` of the newest record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actionability: Option<Actionability>,
    /// How often it happened: one incident may cover thirty flaps of a VPN.
    #[serde(default = "once")]
    pub occurrences: u32,
    /// From an archive replay, or older than a day when it reached us.
    #[serde(default)]
    pub replayed: bool,
}

fn once() -> u32 {
    1
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Accounts {
    /// For PUBLIC events: how many accounts were notified, which says nothing of who is affected.
    pub total: u32,
    pub by_status: BTreeMap<Status, u32>,
    pub shown: Vec<Account>,
    /// All accounts by organizational unit, or by the beginning of their names where no unit is
    /// known; the largest first. Empty when there are too few to be worth it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<AccountGroup>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountGroup {
    /// `prod`, or `payments-*`; empty for accounts of which neither is known.
    pub name: String,
    pub accounts: u32,
    pub resources: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Account {
    pub id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ou: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How many of its resources are affected.
    pub resources: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resources {
    pub total: u32,
    pub by_status: BTreeMap<EntityStatus, u32>,
    pub shown: Vec<Resource>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    pub id: String,
    pub status: EntityStatus,
    pub account: AccountId,
}

impl Alert {
    /// An alert from a single raw event, for delibird alone on somebody's topic: no grouping, no
    /// routing, no memory. The same event always gives the same id.
    pub fn of(event: &HealthEvent, now: Timestamp) -> Self {
        let space = SpaceName::from("default");
        let verdict = severity::built_in(event, now, None);
        let thread = ThreadKey::of(&IncidentId(event.identity()), 1);
        let status = event.standing(now);
        let account = event.affected_account();
        let entities = &event.entities;
        let resource = |entity: &crate::event::Entity| Resource {
            id: entity.id.clone(),
            status: entity.status.clone(),
            account: account.clone(),
        };
        let mut by_status = event.unlisted.clone();
        for entity in entities {
            match by_status.get_mut(&entity.status) {
                Some(known) => *known += 1,
                None => _ = by_status.insert(entity.status.clone(), 1),
            }
        }
        let affected = by_status.values().fold(0, |sum, known| u32::saturating_add(sum, *known));
        let of_communication = SpaceName(format!("{space}#{}", event.communication_key()));
        Self {
            version: VERSION,
            alert_id: AlertId::of(&thread, &of_communication, event.page),
            thread,
            seq: 1,
            kind: match status {
                _ if !event.has_health_shape() => Kind::Plain,
                Status::Resolved => Kind::Resolved,
                _ => Kind::Opened,
            },
            subject: event.subject(),
            severity: verdict.level,
            max_severity: verdict.level,
            changes: Vec::new(),
            target: Target::plain(space),
            why: Why { rule: verdict.rule.to_owned(), ..Why::default() },
            event: EventFacts::of(event, status.clone()),
            text: event.texts.clone(),
            accounts: Accounts {
                total: 1,
                by_status: BTreeMap::from([(status, 1)]),
                shown: vec![Account {
                    id: account.clone(),
                    resources: affected,
                    ..Account::default()
                }],
                groups: Vec::new(),
            },
            resources: Resources {
                total: affected,
                by_status,
                shown: entities.iter().map(resource).collect(),
            },
            received_at: now,
            truncated: false,
            previous: None,
            escalation: None,
            acknowledged: None,
            metric: None,
            digest: None,
        }
    }
}

impl EventFacts {
    /// The facts of one event; `status` is where the whole group stands.
    pub fn of(event: &HealthEvent, status: Status) -> Self {
        Self {
            arn: event.arn.clone(),
            communication_id: event.communication.clone(),
            source: event.source.clone(),
            service: event.service.clone(),
            type_code: event.type_code.clone(),
            category: event.category.clone(),
            scope: event.scope.clone(),
            status,
            regions: event.region.iter().cloned().collect(),
            start: event.start.clone(),
            end: event.end.clone(),
            updated: event.updated.clone(),
            time: event.time,
            actionability: event.actionability.clone(),
            occurrences: 1,
            replayed: event.replay.is_some(),
        }
    }
}

/// Counts beyond four thousand million are not met; saturating keeps the total a total.
pub fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
