//! The edges of the function in AWS against a peer that answers as told, and its batches on the
//! one-machine store.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod accounts;
mod batches;
mod configuration;
mod failures;
mod peer;
