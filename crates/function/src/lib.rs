//! What every function does around its events, so that no function does it in its own way:
//! values that must never be printed ([`Secret`]) and the one HTTP client ([`http`]).
//!
//! It knows nothing of Health events, cards or metrics.

pub mod http;
mod secret;

pub use secret::Secret;
