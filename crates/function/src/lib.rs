//! What every function does around its events, so that no function does it in its own way:
//! [`settings`] read strictly, values that must never be printed ([`Secret`]), the one HTTP
//! client ([`http`]) and the AWS SDK on top of it ([`aws`]), the figures a function reports of
//! itself ([`emf`]), and the classes its failures fall into ([`failure`]).
//!
//! It knows nothing of Health events, cards or metrics.

pub mod aws;
pub mod emf;
pub mod failure;
pub mod http;
mod secret;
pub mod settings;

pub use secret::Secret;
