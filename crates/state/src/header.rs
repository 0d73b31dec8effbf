//! PURE. The header of an incident: how many members arrived, when it is due, who holds it, and
//! which batch of alerts is frozen. Every race of the outbox is decided by a condition on it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Made anew for each flush; fences a worker that lost its lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub String);

/// The alerts of one freeze. A worker may freeze several batches under one token.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub String);

impl BatchId {
    pub fn of(token: &Token, round: u32) -> Self {
        Self(format!("{}.{round}", token.0))
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    pub token: Token,
    pub until: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Header {
    /// Counts members as they are put. A flush closes only if it is still what it read.
    pub arrivals: u64,
    /// When a tick is pending for, or the end of the lease while one is held.
    pub due: Option<Timestamp>,
    pub lease: Option<Lease>,
    /// The batch that is frozen and not yet known to be published.
    pub frozen: Option<BatchId>,
}
