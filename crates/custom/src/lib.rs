//! The third function: custom metrics, from one HTTPS call to WhaTap, CloudWatch and an alert.
//!
//! In the order of a request: [`respond::gateway`] reads what API Gateway hands over, [`metric`]
//! turns the body into a [`metric::Batch`] or a list of every fault in it, [`keys`] finds the
//! access key. [`intake`] hands the batch to [`whatap`], to [`emf`] and past the thresholds:
//! [`threshold`] judges, [`watch`] remembers, [`bus`] tells. [`respond`] says what happened, and
//! [`lambda`] is all of it as a function.

pub mod bus;
pub mod emf;
pub mod intake;
pub mod keys;
pub mod lambda;
pub mod metric;
pub mod respond;
pub mod threshold;
pub mod watch;
pub mod whatap;
