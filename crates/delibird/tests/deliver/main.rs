//! Delivery under a clock of its own: what is decided, and what four functions make of an hour in
//! which Chat does not work.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop")]

mod crowd;
mod deciding;
mod failing;
mod pace;
mod world;
