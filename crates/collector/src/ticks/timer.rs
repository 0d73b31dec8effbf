//! The ticks of one machine: a queue ordered by time. Who drives it brings the clock, real or
//! compressed.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use model::ids::IncidentId;

use super::{TickError, Ticks};

#[derive(Debug, Default)]
pub struct Timer {
    pending: Mutex<BTreeSet<(Timestamp, IncidentId)>>,
}

impl Timer {
    /// When the next tick is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.pending().first().map(|(at, _)| *at)
    }

    /// The next tick that is due at `now`.
    pub fn take(&self, now: Timestamp) -> Option<(Timestamp, IncidentId)> {
        let mut pending = self.pending();
        if pending.first().is_some_and(|(at, _)| *at <= now) { pending.pop_first() } else { None }
    }

    fn pending(&self) -> MutexGuard<'_, BTreeSet<(Timestamp, IncidentId)>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticks for Timer {
    async fn send(&self, incident: &IncidentId, at: Timestamp) -> Result<(), TickError> {
        self.pending().insert((at, incident.clone()));
        Ok(())
    }
}
