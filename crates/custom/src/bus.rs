//! The event bus that broken thresholds are told to: EventBridge in AWS, a queue in the process on
//! one machine.

#[cfg(feature = "aws")]
pub mod eventbridge;
pub mod loopback;

use std::future::Future;

use function::failure::Class;

use crate::threshold::event::Event;

/// The bus did not say that it has the event; it may have it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event bus did not take a threshold's event: {reason}")]
pub struct BusError {
    pub class: Class,
    pub reason: String,
}

/// The port to the bus. Putting the same event twice is harmless: the collector knows its id.
pub trait EventBus: Send + Sync {
    fn put(&self, event: &Event) -> impl Future<Output = Result<(), BusError>> + Send;
}
