//! The harness of the system tests: what stands around the product, made strict enough to fight
//! back. [`chat_server`] is Google Chat with its rules, and with its failures on demand;
//! [`emulator`] is AWS on a loopback port, [`aws_cli`] the command line that calls it; [`template`] reads what deploys it; [`lambda_service`]
//! runs the functions' binaries as processes, and [`fault_proxy`] is the bad network between them
//! and everything else.
//!
//! Nothing here is part of the product, and nothing of the product is replaced: tests drive it
//! through its real wires.

pub mod aws_cli;
pub mod binary;
pub mod capacity;
pub mod chaos;
pub mod chat_server;
pub mod dice;
pub mod emulator;
pub mod fault_proxy;
pub mod lambda_service;
pub mod pages;
mod reset;
pub mod template;
