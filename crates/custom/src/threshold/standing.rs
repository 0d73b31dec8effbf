//! PURE. Where one series stands under one threshold, and what its next value makes of it.
//!
//! A breach has a number. A series breaks once with it, whatever often the value is posted again,
//! and is normal again once. What is said of either is frozen as a [`Notice`] in the same document
//! as the change, so that nobody who saves the change can forget to tell it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use model::summary::{self, Metric};
use rules::rule::Threshold;
use serde::{Deserialize, Serialize};

use super::Series;

/// The version of the document this code writes.
pub const SCHEMA: u32 = 1;

/// Points kept beyond what `for` asks, for the chart on the card.
const CHART: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub schema: u32,
    pub series: Series,
    pub state: State,
    /// Of the last breach; 0 before the first.
    pub number: u64,
    /// In order of their time, at most one for each moment.
    pub points: Vec<Point>,
    /// Points up to here are of a breach that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Timestamp>,
    /// When the last breach began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When the state changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
    /// When the last value arrived, whatever time it names.
    pub heard: Timestamp,
    /// By when somebody looks at the series again, as far as whoever wrote this knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Changes nobody is known to have been told of, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Notice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Normal,
    Breached,
    /// No value came for longer than the threshold allows.
    Absent,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "normal",
            Self::Breached => "breached",
            Self::Absent => "absent",
        })
    }
}

/// One value with what the conditions said of it when it came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub at: Timestamp,
    pub value: f64,
    /// `when` matched.
    pub breaks: bool,
    /// `clear` matched, or without one `when` did not.
    pub clears: bool,
}

/// One change of state, as it is to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub number: u64,
    pub state: State,
    /// What it was before.
    pub from: State,
    pub at: Timestamp,
    pub metric: Metric,
}

impl Notice {
    /// The communication id: the same change is never told under another.
    pub fn id(&self) -> String {
        format!("{}-{}", self.number, self.state)
    }
}

impl Standing {
    /// A series of which nothing is known yet.
    pub fn new(series: Series, now: Timestamp) -> Self {
        Self {
            schema: SCHEMA,
            series,
            state: State::Normal,
            number: 0,
            points: Vec::new(),
            settled: None,
            since: None,
            changed: None,
            heard: now,
            due: None,
            pending: Vec::new(),
        }
    }

    /// With one value more. The same value of the same time again changes nothing but `heard`.
    #[must_use]
    pub fn observe(mut self, threshold: &Threshold, point: Point, now: Timestamp) -> Self {
        self.heard = self.heard.max(now);
        self.insert(threshold, point);
        let Some(newest) = self.points.last().copied() else { return self };
        let next = match self.state {
            State::Breached if newest.clears => State::Normal,
            State::Breached => State::Breached,
            _ if newest.breaks && self.is_broken(threshold) => State::Breached,
            _ => State::Normal,
        };
        self.change(next, Some(threshold), Some(newest.value), now)
    }

    /// After a look at the clock: silent for as long as `absent`, or under a threshold that was
    /// taken out of the document and so will never be normal by itself.
    #[must_use]
    pub fn look(self, threshold: Option<&Threshold>, now: Timestamp) -> Self {
        let next = match threshold {
            None => State::Normal,
            Some(threshold) if self.is_silent(threshold, now) => State::Absent,
            Some(_) => self.state,
        };
        self.change(next, threshold, None, now)
    }

    /// When somebody should look again; never for a series that only its next value can change.
    pub fn look_at(&self, threshold: Option<&Threshold>, now: Timestamp) -> Option<Timestamp> {
        if !self.pending.is_empty() {
            return Some(later(now, UNTOLD));
        }
        match (self.state, threshold.and_then(|threshold| threshold.absent)) {
            (State::Normal, absent) => absent.map(|absent| later(self.heard, absent)),
            _ => Some(later(now, RULE_GONE)),
        }
    }

    /// Whether somebody is known to look by `at`, and not so soon that it may be before what is
    /// known here is written.
    pub fn is_watched(&self, at: Timestamp, now: Timestamp) -> bool {
        self.due.is_some_and(|due| later(now, WRITTEN) <= due && due <= at)
    }

    fn is_silent(&self, threshold: &Threshold, now: Timestamp) -> bool {
        let silent = threshold.absent.is_some_and(|absent| now >= later(self.heard, absent));
        self.state == State::Normal && silent
    }

    fn insert(&mut self, threshold: &Threshold, point: Point) {
        if self.settled.is_some_and(|settled| point.at <= settled) {
            return;
        }
        match self.points.binary_search_by_key(&point.at, |known| known.at) {
            Ok(place) => self.points[place] = point,
            Err(place) => self.points.insert(place, point),
        }
        let kept = window(threshold).max(CHART);
        self.points.drain(..self.points.len().saturating_sub(kept));
    }

    fn is_broken(&self, threshold: &Threshold) -> bool {
        let unsettled = self.points.iter().filter(|point| self.counts(point)).rev();
        let breaking = unsettled.take(window(threshold)).filter(|point| point.breaks).count();
        breaking >= usize::try_from(threshold.breach.matching).unwrap_or(usize::MAX)
    }

    fn counts(&self, point: &Point) -> bool {
        self.settled.is_none_or(|settled| point.at > settled)
    }

    fn change(
        mut self,
        next: State,
        threshold: Option<&Threshold>,
        value: Option<f64>,
        now: Timestamp,
    ) -> Self {
        if next == self.state {
            return self;
        }
        // Clocks differ between workers; the order of what is told does not.
        let at = self.changed.map_or(now, |changed| now.max(later(changed, TICK)));
        if self.state == State::Normal {
            self.number += 1;
            self.since = Some(at);
        }
        if self.state == State::Breached {
            self.settled = self.points.last().map(|newest| newest.at);
        }
        let metric = self.metric(threshold, value);
        let from = std::mem::replace(&mut self.state, next);
        self.changed = Some(at);
        self.pending.push(Notice { number: self.number, state: next, from, at, metric });
        self
    }

    fn metric(&self, threshold: Option<&Threshold>, value: Option<f64>) -> Metric {
        let Series { rule, key, category, host, tags, .. } = self.series.clone();
        let breach = threshold.map(|threshold| threshold.breach).filter(|breach| breach.of > 1);
        let point = |point: &Point| summary::Point { at: point.at, value: point.value };
        Metric {
            key,
            value,
            rule,
            when: threshold.map(|threshold| threshold.when.to_string()).unwrap_or_default(),
            breach: breach.map(|breach| format!("{} of {}", breach.matching, breach.of)),
            points: self.points.iter().map(point).collect(),
            category,
            host: Some(host),
            tags,
            since: self.since,
        }
    }
}

/// By then whoever saved a change has told it, or died.
const UNTOLD: SignedDuration = SignedDuration::from_mins(1);
/// By then a change is written, or will never be: longer than the function runs.
pub(crate) const WRITTEN: SignedDuration = SignedDuration::from_secs(30);
/// How soon an open breach of a threshold that was removed is closed.
const RULE_GONE: SignedDuration = SignedDuration::from_hours(1);
const TICK: SignedDuration = SignedDuration::from_millis(1);

fn window(threshold: &Threshold) -> usize {
    usize::try_from(threshold.breach.of).unwrap_or(usize::MAX)
}

/// The end of time when it is beyond it.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
