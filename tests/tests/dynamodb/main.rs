//! The store in AWS, on an emulator of DynamoDB: the contract every store holds, what a storm
//! costs, what is said of failures, and the whole collector on it.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod by_the_clock;
mod contract;
mod cost;
mod failures;
mod meter;
mod storm;

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use state::DynamoStore;
use system_tests::emulator::{Emulator, state_table};

/// 2027-01-15, so that no item is garbage before the test is over.
fn clock() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// A table of its own, and stores on it that know nothing of each other.
struct Scene {
    emulator: Emulator,
    table: String,
}

impl Scene {
    async fn new() -> Option<Self> {
        static TABLES: AtomicU32 = AtomicU32::new(0);
        let emulator = Emulator::start().await.unwrap()?;
        let table = format!("state-{}", TABLES.fetch_add(1, Ordering::Relaxed));
        state_table::create(&Client::new(emulator.config()), &table).await.unwrap();
        Some(Self { emulator, table })
    }

    fn store(&self) -> DynamoStore {
        DynamoStore::new(Client::new(self.emulator.config()), self.table.clone(), clock)
    }

    fn metered_store(&self, meter: &meter::Meter) -> DynamoStore {
        let config = aws_sdk_dynamodb::config::Builder::from(self.emulator.config())
            .interceptor(meter.clone())
            .build();
        DynamoStore::new(Client::from_conf(config), self.table.clone(), clock)
    }
}
