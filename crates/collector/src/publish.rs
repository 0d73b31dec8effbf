//! The way out to the alerts topic.

pub mod loopback;
#[cfg(feature = "aws")]
pub mod sns;

use std::future::Future;

use state::outbox::Frozen;

/// Why an alert was not published, as far as we know. After `Unanswered` it may have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    #[error("the alerts topic throttled a publish")]
    Throttled,
    #[error("the alerts topic did not take a publish: {reason}")]
    Unanswered { reason: String },
    #[error("the alerts topic refused a publish: {reason}")]
    Refused { reason: String },
}

/// Hands a frozen alert over, at least once.
pub trait Publisher: Send + Sync {
    fn publish(&self, alert: &Frozen) -> impl Future<Output = Result<(), PublishError>> + Send;
}
