//! The way a later look is asked for.

#[cfg(feature = "aws")]
pub mod sqs;
pub mod timer;

use std::future::Future;

use jiff::Timestamp;
use model::ids::IncidentId;

/// Why a tick was not sent, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TickError {
    #[error("the flush queue throttled a tick")]
    Throttled,
    #[error("the flush queue did not take a tick: {reason}")]
    Unanswered { reason: String },
}

/// Delivers a tick for an incident at or soon after a time, at least once.
pub trait Ticks: Send + Sync {
    fn send(
        &self,
        incident: &IncidentId,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), TickError>> + Send;
}
