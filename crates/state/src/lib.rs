//! What has arrived and what has been said, so that nothing is lost and nothing is said twice.
//!
//! [`store::StateStore`] is the port: conditional writes of single items, never a transaction
//! over several, so that one DynamoDB table serves it. [`member`], [`header`], [`group`] and
//! [`outbox`] are the items of incidents; [`document`] is everything else, with [`coverage`],
//! [`configuration`] and [`directory`] on top; [`memory`] keeps them on one machine, `dynamodb` in AWS; [`contract`]
//! is the suite every store passes.

pub mod ack;
pub mod board;
pub mod claim;
pub mod configuration;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod coverage;
pub mod directory;
pub mod document;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
pub mod group;
pub mod header;
pub mod member;
pub mod memory;
pub mod outbox;
pub mod store;
pub mod undelivered;

pub use document::DocumentStore;
#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoStore;
pub use memory::MemoryStore;
pub use store::{StateError, StateStore};
