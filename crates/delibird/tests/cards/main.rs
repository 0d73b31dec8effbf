//! The cards as they go out: every golden one, hostile texts, and the laws that hold for all.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop")]

mod alerts;
mod checks;
mod digests;
mod envelopes;
mod golden;
mod hostile;
mod laws;
mod metrics;
mod sentences;
