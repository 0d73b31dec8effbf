//! PURE. What became of the alerts of one thread in one space: the record of each delivery, and
//! by which webhook the thread is known. One document, so that the order within a thread, the
//! lease on a delivery and what was posted are decided by one compare-and-set.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::{AlertId, SpaceName, ThreadKey};
use model::words::{Kind, Status};
use serde::{Deserialize, Serialize};

/// The format this code writes.
pub const SCHEMA: u32 = 1;

/// A thread with more deliveries forgets its first ones, which it then takes for posted.
const MOST: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    pub schema: u32,
    pub space: SpaceName,
    pub thread: ThreadKey,
    /// The fingerprint of the webhook that the thread's newest message went through. Another
    /// webhook cannot answer in the thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// The highest number that is in the space.
    #[serde(default)]
    pub told: u32,
    /// Everything up to this number was posted, and its record dropped.
    #[serde(default)]
    pub forgotten: u32,
    #[serde(default)]
    pub deliveries: BTreeMap<AlertId, Delivery>,
}

/// The record of one alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub seq: u32,
    /// When it was first looked at.
    pub seen: Timestamp,
    pub state: State,
    /// The request ids of the messages that are out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<AlertId>,
    /// It says that what happened is over.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ends: bool,
    /// It was a dead letter once, which its space's digest counts until it is posted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub buried: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum State {
    /// It comes back then.
    Waiting { due: Timestamp },
    /// Somebody is posting it, until then at the latest.
    InFlight { until: Timestamp },
    Posted {
        at: Timestamp,
        /// Where, when not in its own space.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<SpaceName>,
    },
    /// It is a dead letter.
    GaveUp { at: Timestamp },
}

/// A message that got out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub request_id: AlertId,
    /// The fingerprint of the webhook it went through.
    pub webhook: Option<String>,
}

impl Ledger {
    pub fn new(alert: &Alert) -> Self {
        Self {
            schema: SCHEMA,
            space: alert.target.space.clone(),
            thread: alert.thread.clone(),
            webhook: None,
            told: 0,
            forgotten: 0,
            deliveries: BTreeMap::new(),
        }
    }

    pub fn of(&self, alert: &Alert) -> Option<&Delivery> {
        self.deliveries.get(&alert.alert_id)
    }

    /// Whoever is there already when a number is looked for: the same number may have been given
    /// to pages of one event that came alone.
    pub(crate) fn numbered(&self, seq: u32) -> Option<&Delivery> {
        self.deliveries.values().find(|delivery| delivery.seq == seq)
    }

    /// True when a later message of the thread, in the space or on its way, says that it is over.
    pub(crate) fn ended_after(&self, seq: u32) -> bool {
        self.deliveries.values().any(|delivery| delivery.seq > seq && delivery.ends)
    }

    fn entry(&mut self, alert: &Alert, now: Timestamp) -> &mut Delivery {
        let ends = alert.kind == Kind::Resolved || alert.event.status == Status::Resolved;
        self.deliveries.entry(alert.alert_id.clone()).or_insert_with(|| Delivery {
            seq: alert.seq,
            seen: now,
            state: State::Waiting { due: now },
            sent: Vec::new(),
            ends,
            buried: false,
        })
    }

    /// An alert that only its fallback has seen, sent again by hand: all of it is still to be posted.
    pub fn set(&mut self, alert: &Alert, state: State, now: Timestamp) {
        let entry = self.entry(alert, now);
        if let State::Posted { fallback: Some(_), .. } = entry.state {
            entry.sent.clear();
        }
        entry.state = state;
    }

    /// It is a dead letter.
    pub fn bury(&mut self, alert: &Alert, now: Timestamp) {
        let entry = self.entry(alert, now);
        entry.state = State::GaveUp { at: now };
        entry.buried = true;
    }

    /// A worker begins to post.
    pub fn claim(&mut self, alert: &Alert, until: Timestamp, now: Timestamp) {
        self.set(alert, State::InFlight { until }, now);
    }

    /// One of the alert's messages is out.
    pub fn tell(&mut self, alert: &Alert, told: &Told, now: Timestamp) {
        let entry = self.entry(alert, now);
        if !entry.sent.contains(&told.request_id) {
            entry.sent.push(told.request_id.clone());
        }
        if alert.seq >= self.told {
            self.told = alert.seq;
            self.webhook.clone_from(&told.webhook);
        }
    }

    /// All of the alert's messages are out.
    pub fn post(&mut self, alert: &Alert, fallback: Option<SpaceName>, now: Timestamp) {
        self.set(alert, State::Posted { at: now, fallback }, now);
        self.forget();
    }

    fn forget(&mut self) {
        while self.deliveries.len() > MOST {
            let posted = |delivery: &Delivery| matches!(delivery.state, State::Posted { .. });
            let oldest = self.deliveries.iter().filter(|(_, delivery)| posted(delivery));
            let oldest = oldest.min_by_key(|(_, delivery)| delivery.seq);
            let Some((id, seq)) = oldest.map(|(id, delivery)| (id.clone(), delivery.seq)) else {
                return;
            };
            self.deliveries.remove(&id);
            self.forgotten = self.forgotten.max(seq);
        }
    }

    /// Garbage after this: a dead letter may be sent again for two weeks after the queue's own.
    pub fn expires(now: Timestamp) -> Timestamp {
        now.checked_add(SignedDuration::from_hours(180 * 24)).unwrap_or(Timestamp::MAX)
    }
}
