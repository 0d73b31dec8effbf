//! PURE. What `routes.toml` says: the defaults and the account directory. A document is read
//! strictly, since a misspelt key in it would send a night's alerts nowhere; without a document
//! the built-in defaults hold.

mod document;
mod duration;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use model::alert::Target;
use model::ids::{AccountId, Region, SpaceName};
use model::severity;
use model::trust::Trust;
use model::words::{Severity, Subject};

pub use document::Problem;

/// Everything that is configured, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub accounts: BTreeMap<AccountId, AccountEntry>,
}

/// How long alerts wait for company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub group_wait: SignedDuration,
    pub group_wait_issue: SignedDuration,
    pub group_interval: SignedDuration,
}

/// What the directory knows of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    pub name: Option<String>,
    pub ou: Option<String>,
    pub owner: Option<String>,
}

/// What the rules say of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub severity: Severity,
    pub rule: String,
    pub destination: Destination,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Space and the route that leads there; none for the default spaces.
    To(Vec<(SpaceName, Option<String>)>),
    Silenced {
        reason: String,
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
            accounts: BTreeMap::new(),
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
        let verdict = severity::built_in(event, now, self.regions.as_deref());
        Judgement {
            severity: verdict.level,
            rule: verdict.rule.to_owned(),
            destination: Destination::To(
                self.spaces.iter().map(|space| (space.clone(), None)).collect(),
            ),
        }
    }

    /// How an alert is said in a space.
    pub fn target(&self, space: &SpaceName) -> Target {
        Target {
            locale: self.locale.clone(),
            zone: self.zone.clone(),
            ..Target::plain(space.clone())
        }
    }
}
