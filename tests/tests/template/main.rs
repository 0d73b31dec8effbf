//! The templates: what they set is what the functions read, nobody may do more than he must,
//! nothing is lost for want of a queue, and what holds data stays; Terraform makes the same of
//! forwarders. The rest is for the linters that `scripts/test.sh` runs.

#![expect(clippy::unwrap_used, reason = "a template that cannot be read is a failed test")]

mod api;
mod delivery;
mod deployed;
mod permissions;
mod queries;
mod shape;
mod terraform;
mod variables;
