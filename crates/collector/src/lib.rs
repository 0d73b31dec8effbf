//! The event bus consumer, in the order of the flow: a record's [`incident`] is resolved, the
//! record becomes a [`member`] of it ([`intake`]); when the incident is due, [`decide`] tells
//! what is worth an alert, and [`flush`] freezes, publishes and commits it, so that no crash
//! between any two steps loses or alters one. What a space should know all at once is a [`digest`]
//! of its board. [`publish`] and [`ticks`] are the ways out.
//! `lambda` is all of it as a Lambda function.

pub mod decide;
pub mod digest;
pub mod flush;
pub mod incident;
pub mod intake;
#[cfg(feature = "aws")]
pub mod lambda;
pub mod member;
pub mod publish;
pub mod ticks;

use jiff::SignedDuration;
use model::trust::Trust;
use rules::Rules;

pub use flush::{Flushed, Out};
pub use intake::Outcome;
pub use publish::Publisher;
pub use ticks::Ticks;

/// Everything a collector works with. Generic over its three edges, each of which has a
/// one-machine and an AWS form.
#[derive(Debug)]
pub struct Collector<S, P, T> {
    pub store: S,
    pub publisher: P,
    pub ticks: T,
    pub rules: Rules,
    pub trust: Trust,
    /// How long a flush may hold an incident: the function's time-out and a little.
    pub lease: SignedDuration,
}

/// Why the collector could not finish. Nothing is lost: the message that caused it comes back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CollectorError {
    #[error(transparent)]
    State(#[from] state::StateError),
    #[error(transparent)]
    Publish(#[from] publish::PublishError),
    #[error(transparent)]
    Tick(#[from] ticks::TickError),
}
