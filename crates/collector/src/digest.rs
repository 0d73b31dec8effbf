//! What a space should know all at once: by the clock, after quiet hours, in a storm. Its board
//! is read as an incident's members are, [`decide`] tells which digests are due, and the outbox
//! sends them.
//!
//! Reading and planning are here; what a digest says is PURE, in `content` and [`decide`].

mod content;
mod decide;

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::ids::{AccountId, Region, SpaceName};
use model::summary::Coverage;
use model::words::{Severity, Status};
use rules::Rules;
use serde::{Deserialize, Serialize};
use state::board::{self, Entry, Silenced};
use state::document::{DocumentKey, Draft};
use state::group::{Course, Digests, Group, Hashes};
use state::member::SCHEMA;
use state::store::Reading;
use state::{DocumentStore, StateError, StateStore, coverage, undelivered};

use crate::decide::Decision;
use crate::publish::Publisher;
use crate::ticks::Ticks;
use crate::{Collector, CollectorError};

pub use decide::decide;

/// Everything a digest is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// With the version of each document.
    pub entries: Vec<(u64, Entry)>,
    /// Which digests went out; none before the first.
    pub state: Option<Group>,
    pub silenced: Vec<Silenced>,
    pub coverage: Option<Coverage>,
    /// When messages to it became dead letters that are not delivered to this day.
    pub undelivered: Vec<Timestamp>,
}

/// A heartbeat is daily; one that is an hour or two late is none to worry about.
const ALIVE: SignedDuration = SignedDuration::from_hours(26);

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Collector<S, P, T> {
    pub(crate) async fn digests(
        &self,
        space: &SpaceName,
        reading: &Reading,
        now: Timestamp,
    ) -> Result<Decision, CollectorError> {
        let state = reading.groups.iter().find(|group| group.course.digests.is_some()).cloned();
        let entries = board::list(&self.store, space).await?;
        // Whoever hears of what no route took hears of what no space did.
        let default = self.rules.spaces.contains(space) && self.rules.digest.is_some();
        let board = Board {
            entries,
            state,
            silenced: if default { board::silenced(&self.store).await? } else { Vec::new() },
            coverage: if default { self.coverage(now).await? } else { None },
            undelivered: undelivered::list(&self.store, space).await?,
        };
        Ok(decide(space, &board, &self.rules, now))
    }

    async fn coverage(&self, now: Timestamp) -> Result<Option<Coverage>, CollectorError> {
        let accounts: BTreeSet<AccountId> = self.rules.accounts.active().cloned().collect();
        if accounts.is_empty() {
            return Ok(None);
        }
        let seen = coverage::all(&self.store).await?;
        if seen.is_empty() {
            return Ok(None);
        }
        // Forwarders run in a few Regions, the same for everybody: where one reports, all should.
        let regions: BTreeSet<Region> = seen.iter().map(|seen| seen.region.clone()).collect();
        Ok(Some(coverage::compare(&accounts, &regions, &seen, now - ALIVE)))
    }

    /// Makes sure that each routed space has a board that is due at its next digest. One read
    /// while nothing changed.
    pub(crate) async fn plan_digests(&self, now: Timestamp) -> Result<(), CollectorError> {
        let zone = TimeZone::get(&self.rules.zone).unwrap_or(TimeZone::UTC);
        let next = self.rules.digest.as_ref().and_then(|digest| digest.next(now, &zone));
        let Some(next) = next else { return Ok(()) };
        let plan = Plan::of(&self.rules);
        let key = DocumentKey::new("plan", "digests");
        let there = self.store.document(&key).await?;
        let known = there.as_ref().map(|there| Plan::read(&there.body)).transpose()?;
        if known.as_ref() == Some(&plan) {
            return Ok(());
        }
        for space in &plan.spaces {
            let board = board::incident(space);
            self.store.settle(&board, began(space, now)).await?;
            self.store.record_due(&board, next).await?;
        }
        let replaces = there.map_or(0, |there| there.version);
        let body = serde_json::to_string(&plan).map_err(|error| StateError::Refused {
            attempted: "encoding the plan of digests",
            reason: error.to_string(),
        })?;
        // A conflict is another sweep that does the same.
        let expires = now.checked_add(KEEP).unwrap_or(now);
        self.store.write_document(&key, Draft { replaces, body, expires }).await?;
        Ok(())
    }
}

/// The plan is made anew when it is gone; a board that began is not begun again.
const KEEP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// For which digests every routed space is due already.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    schema: u32,
    at: String,
    zone: String,
    spaces: BTreeSet<SpaceName>,
}

impl Plan {
    fn of(rules: &Rules) -> Self {
        let at = rules.digest.as_ref().map_or_else(String::new, |digest| {
            let days: Vec<String> = digest.days.iter().map(|day| format!("{day:?}")).collect();
            format!("{} {}", digest.at, days.join(" "))
        });
        let spaces = rules.routed_spaces().into_iter().cloned().collect();
        Self { schema: SCHEMA, at, zone: rules.zone.clone(), spaces }
    }

    fn read(body: &str) -> Result<Self, StateError> {
        let read: Option<Self> = serde_json::from_str(body).ok();
        let unreadable = || StateError::Unreadable { item: "plan/digests".to_owned() };
        read.filter(|plan| plan.schema <= SCHEMA).ok_or_else(unreadable)
    }
}

/// The state of a board before its first digest. It stands in the place of a group, and only
/// its version and its course mean anything.
fn began(space: &SpaceName, now: Timestamp) -> Group {
    Group {
        schema: SCHEMA,
        space: space.clone(),
        version: 1,
        episode: 1,
        seq: 0,
        after: None,
        resolved: None,
        status: Status::Open,
        severity: Severity::Info,
        max_severity: Severity::Info,
        deadline: None,
        accounts: Hashes::default(),
        resources: Hashes::default(),
        texts: Hashes::default(),
        told: Hashes::default(),
        seen: now,
        last_alert: now,
        growth: 0,
        course: Course {
            digests: Some(Box::new(Digests { last: now, quiet: None, storm: None })),
            ..Course::default()
        },
    }
}
