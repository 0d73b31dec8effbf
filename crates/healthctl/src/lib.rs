//! The operator's tool, and the whole product on one machine.
//!
//! [`cli`] is what can be asked. [`input`] reads records from files; [`machine`] is the real
//! collector and the real delibird on the memory store and an in-process topic, which
//! [`simulate`] drives under compressed time and [`dev`] under the clock, with [`posting`] to real
//! spaces. [`render`] shows one event, [`explain`] why it goes where it goes, [`check`] whether
//! the rules are sound, and [`query`] asks SQL of JSON files. [`preview`] draws a Chat message as
//! Google Chat would, and [`inbox`] is the live page. [`metrics`] is the intake of custom metrics
//! beside it, [`metric`] its client.
//!
//! [`aws`] reaches the deployed system. [`routes`] publishes its rules, [`accounts`] fills its
//! directory, [`send`] proves its chain, [`doctor`] says what is wrong with it, [`coverage`] who is
//! not heard, [`history`] what came of an event; [`ack`] speaks in a thread, and [`redrive`] sends
//! dead letters back.

pub mod accounts;
pub mod ack;
pub mod aws;
pub mod check;
pub mod cli;
pub mod convert;
pub mod coverage;
pub mod demo;
pub mod dev;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod inbox;
pub mod input;
pub mod machine;
pub mod metric;
pub mod metrics;
pub mod posting;
pub mod preview;
pub mod query;
pub mod redrive;
pub mod render;
pub mod routes;
pub mod send;
pub mod simulate;
pub mod spaces;
pub mod table;
