//! PURE. A frozen alert: the exact bytes that are published, under an id that never means
//! anything else, with the state its group has once it is out. What is re-sent is what was frozen.

use model::Alert;
use model::ids::{AlertId, SpaceName};
use model::words::{Kind, Severity, Subject};
use serde::{Deserialize, Serialize};

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
