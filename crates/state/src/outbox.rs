//! PURE. A frozen alert: the exact bytes that are published, under an id that never means
//! anything else, with the state its group has once it is out. What is re-sent is what was frozen.

use model::Alert;
use model::ids::{AlertId, SpaceName};
use model::words::{Kind, Severity, Subject};
use serde::{Deserialize, Serialize};

use crate::board::{Cover, Entry};
use crate::group::Group;
use crate::header::BatchId;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frozen {
    pub schema: u32,
    pub batch: BatchId,
    pub alert_id: AlertId,
    /// The alert as JSON, at most 192 KB.
    pub alert: String,
    pub attributes: Attributes,
    pub after: Group,
    /// Where the group stands on the board of its space. One that is held is told there alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Box<Entry>>,
    /// Of a digest: the held entries it tells, which are marked as told once it is out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<Cover>,
}

impl Frozen {
    /// Goes to the board instead of the topic.
    pub fn is_held(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.held.is_some())
    }
}

/// What an SNS filter policy may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attributes {
    pub severity: Severity,
    pub max_severity: Severity,
    pub service: String,
    pub category: String,
    pub region: String,
    pub space: SpaceName,
    pub kind: Kind,
    /// Frozen before there were lanes: normal.
    #[serde(default)]
    pub lane: Lane,
}

/// Which of the delivery queues takes it. An urgent alert must not wait behind a storm of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    Urgent,
    #[default]
    Normal,
}

impl Lane {
    /// By the highest severity of the episode, so that the resolution takes the same lane.
    pub fn of(alert: &Alert) -> Self {
        let urgent = alert.max_severity >= Severity::High || alert.subject == Subject::Security;
        if urgent { Self::Urgent } else { Self::Normal }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
        }
    }
}
