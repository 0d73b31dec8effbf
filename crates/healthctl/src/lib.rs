//! The operator's tool, and the whole product on one machine.
//!
//! [`preview`] draws a Chat message as Google Chat would; [`inbox`] is the live page of
//! `healthctl dev`, its intake, and the messages as JSON.

pub mod inbox;
pub mod preview;
