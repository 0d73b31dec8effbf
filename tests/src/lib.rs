//! The harness of the system tests: what stands around the product, made strict enough to fight
//! back. [`chat_server`] is Google Chat with its rules, and with its failures on demand;
//! [`emulator`] is AWS on a loopback port; [`template`] reads what deploys it.
//!
//! Nothing here is part of the product, and nothing of the product is replaced: tests drive it
//! through its real wires.

pub mod chat_server;
pub mod emulator;
pub mod template;
