//! The third function: custom metrics, from one HTTPS call to WhaTap and CloudWatch.
//!
//! In the order of a request: [`respond::gateway`] reads what API Gateway hands over, [`metric`]
//! turns the body into a [`metric::Batch`] or a list of every fault in it, [`whatap`] and [`emf`]
//! carry the batch away, [`respond`] says what happened. Everything except [`whatap::client`] is
//! pure: values in, values out, the time as an argument.

pub mod emf;
pub mod metric;
pub mod respond;
pub mod secret;
pub mod whatap;
