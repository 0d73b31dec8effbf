//! The crate from outside: what a caller sends, what a collector receives, what the caller is told.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy.toml allows both in tests but does not see that helpers of tests are tests"
)]

mod behaviour;
mod collector;
mod decoder;
mod delivery;
mod emf;
mod function;
mod gateway;
mod given;
mod golden;
mod roundtrip;
mod secrecy;
mod secured;
mod session;
mod thresholds;
mod watching;
