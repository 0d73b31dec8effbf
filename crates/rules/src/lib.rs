//! PURE. What `routes.toml` says, ready to be asked of one member of an incident at a time: how
//! severe it is, whether it is silenced, which spaces hear of it and how.
//!
//! [`document`](Rules::parse) reads strictly, since a misspelt key would send a night's alerts
//! nowhere; [`rule`] and [`schedule`] are what was read. [`judge`](Rules::judge) asks the rules
//! in order, over the columns of `column` as `row` answers them; [`explain`](Rules::explain)
//! listens to the same walk. [`expectation`] is `[[test]]`, `check` what is sound and yet not
//! meant. Without a document the built-in defaults hold.

mod document;
mod duration;

mod directory;
pub mod rule;
pub mod schedule;

mod column;
mod row;

mod judge;

mod check;
mod expectation;
mod explain;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use model::alert::Target;
use model::ids::{AccountId, Region, SpaceName};
use model::trust::Trust;
use model::words::{Severity, Subject};

pub use directory::{AccountEntry, Directory, Known, Organization};
pub use document::Problem;
pub use expectation::{Expectation, Sketch, TestFailure};
pub use explain::{Answer, Explanation, Tried};

use rule::{Route, SeverityRule, Silence, Threshold};
use schedule::{Digest, QuietHours, Reminders, Storm};

/// Everything that is configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Names the document in cards and logs.
    pub version: String,
    pub spaces: Vec<SpaceName>,
    pub fallback: Option<SpaceName>,
    /// Where the organization runs; PUBLIC events elsewhere are info.
    pub regions: Option<Vec<Region>>,
    /// Unset on one machine means everyone; in AWS it means nobody.
    pub trusted_accounts: Option<BTreeSet<AccountId>>,
    pub locale: String,
    pub zone: String,
    pub pace: Pace,
    pub severities: Vec<SeverityRule>,
    pub silences: Vec<Silence>,
    pub routes: Vec<Route>,
    pub thresholds: Vec<Threshold>,
    pub quiet_hours: Option<QuietHours>,
    pub reminders: Option<Reminders>,
    pub digest: Option<Digest>,
    pub storm: Option<Storm>,
    /// Templates by name.
    pub links: BTreeMap<String, String>,
    pub accounts: Directory,
    pub expectations: Vec<Expectation>,
    /// What reading found sound and yet hardly meant.
    pub doubts: Vec<Problem>,
}

/// How long alerts wait for company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub group_wait: SignedDuration,
    pub group_wait_issue: SignedDuration,
    pub group_interval: SignedDuration,
}

/// What the rules say of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub severity: Severity,
    /// The rule that decided the severity: `severity[2] line 14`, or a row of the built-in table.
    pub rule: String,
    pub destination: Destination,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Each space once, with the first route that leads there; none for the default spaces.
    To(Vec<(SpaceName, Option<String>)>),
    Silenced {
        reason: String,
        /// The silence that hides it: `silence[1] line 20`.
        rule: String,
    },
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            version: "built-in".to_owned(),
            spaces: vec![SpaceName::from("default")],
            fallback: None,
            regions: None,
            trusted_accounts: None,
            locale: "en".to_owned(),
            zone: "UTC".to_owned(),
            pace: Pace::default(),
            severities: Vec::new(),
            silences: Vec::new(),
            routes: Vec::new(),
            thresholds: Vec::new(),
            quiet_hours: None,
            reminders: None,
            digest: None,
            storm: None,
            links: BTreeMap::new(),
            accounts: Directory::default(),
            expectations: Vec::new(),
            doubts: Vec::new(),
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            group_wait: SignedDuration::from_secs(30),
            group_wait_issue: SignedDuration::from_secs(10),
            group_interval: SignedDuration::from_mins(5),
        }
    }
}

impl Pace {
    /// How long the first or a material member waits for others like it.
    pub fn wait(&self, subject: &Subject) -> SignedDuration {
        match subject {
            Subject::Issue | Subject::Investigation | Subject::Security | Subject::Metric => {
                self.group_wait_issue
            }
            _ => self.group_wait,
        }
    }
}

impl Rules {
    /// Reads a document; every problem is reported at once, with its line.
    pub fn parse(text: &str, version: &str) -> Result<Self, Vec<Problem>> {
        document::parse(text, version)
    }

    /// `unset` is what an absent `trusted_accounts` means here.
    pub fn trust(&self, unset: Trust) -> Trust {
        self.trusted_accounts.clone().map_or(unset, Trust::Only)
    }

    pub fn judge(&self, event: &HealthEvent, now: Timestamp) -> Judgement {
        let known = self.accounts.known(&event.affected_account());
        judge::walk(self, row::Row::new(event, &known, now), |_, _, _, _| ())
    }

    /// The same judgement, with what every rule said.
    pub fn explain(&self, event: &HealthEvent, now: Timestamp) -> Explanation {
        explain::explain(self, event, now)
    }

    /// Of the routes that led to one space, the first in the file: it speaks for the group.
    pub fn leading<'r>(&self, reached: impl IntoIterator<Item = &'r str>) -> Option<&'r str> {
        let names: BTreeSet<&str> = reached.into_iter().collect();
        let order = |name: &&str| self.routes.iter().position(|route| route.name == *name);
        names.into_iter().min_by_key(|name| order(name).unwrap_or(usize::MAX))
    }

    /// How an alert is said in a space that a route led to. None is the default spaces; a route
    /// that the document no longer has says what the defaults say.
    pub fn target(&self, space: &SpaceName, route: Option<&str>) -> Target {
        let route = self.routes.iter().find(|known| Some(known.name.as_str()) == route);
        let own = |of: fn(&Route) -> Option<&String>| route.and_then(of).cloned();
        Target {
            space: space.clone(),
            locale: own(|route| route.locale.as_ref()).unwrap_or_else(|| self.locale.clone()),
            zone: own(|route| route.zone.as_ref()).unwrap_or_else(|| self.zone.clone()),
            mention: own(|route| route.mention.as_ref()),
            runbook: own(|route| route.runbook.as_ref()),
            links: self.links.clone(),
            announce: route.map(|route| route.announce).unwrap_or_default(),
            fallback: self.fallback.clone(),
        }
    }

    /// The spaces that members are routed to, so that each is owed a digest. Those that are only
    /// escalated or fallen back to hear of digests when there is something to tell.
    pub fn routed_spaces(&self) -> BTreeSet<&SpaceName> {
        self.spaces.iter().chain(self.routes.iter().flat_map(|route| &route.spaces)).collect()
    }

    /// Every space the document names, to be held against those that exist.
    pub fn every_space(&self) -> BTreeSet<&SpaceName> {
        let routed = self.routes.iter().flat_map(|route| {
            route.spaces.iter().chain(route.escalate.iter().flat_map(|e| &e.spaces))
        });
        self.spaces.iter().chain(&self.fallback).chain(routed).collect()
    }

    /// Runs every `[[test]]`; nothing when all promises hold.
    pub fn run_tests(&self, now: Timestamp) -> Vec<TestFailure> {
        self.expectations.iter().filter_map(|expected| expected.check(self, now)).collect()
    }

    /// What is sound and yet hardly meant: expired silences, rules that never match.
    pub fn warnings(&self, now: Timestamp) -> Vec<Problem> {
        check::warnings(self, now)
    }
}
