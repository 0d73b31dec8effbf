//! What every function does around its events, so that no function does it in its own way:
//! [`settings`] read strictly, values that must never be printed ([`Secret`]), the one HTTP
//! client ([`http`]) and the AWS SDK on top of it ([`aws`]), the line a record leaves in the log
//! ([`outcome`]), the figures a function reports of itself ([`emf`]), the classes its failures
//! fall into ([`failure`]), and where what nobody can use is put aside (`dead_letters`).
//!
//! It knows nothing of Health events, cards or metrics.

pub mod aws;
#[cfg(feature = "queues")]
pub mod dead_letters;
pub mod emf;
pub mod failure;
pub mod http;
pub mod outcome;
mod secret;
pub mod settings;
pub mod wire;

pub use secret::Secret;
