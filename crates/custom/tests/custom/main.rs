//! The crate from outside: what a caller sends, what a collector receives, what the caller is told.

mod behaviour;
mod collector;
mod decoder;
mod delivery;
mod emf;
mod gateway;
mod given;
mod golden;
mod roundtrip;
mod secrecy;
