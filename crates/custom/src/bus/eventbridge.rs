//! The event bus in AWS. A refusal of a single entry comes in an answer that says 200.

use std::fmt;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use function::aws::Failed;

use super::{BusError, EventBus};
use crate::threshold::event::{DETAIL_TYPE, Event, SOURCE};

#[derive(Clone)]
pub struct EventBridge {
    client: Client,
    /// Its name or ARN.
    bus: String,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for EventBridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBridge").field("bus", &self.bus).finish_non_exhaustive()
    }
}

impl EventBridge {
    pub fn new(client: Client, bus: String) -> Self {
        Self { client, bus }
    }
}

impl EventBus for EventBridge {
    async fn put(&self, event: &Event) -> Result<(), BusError> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(DETAIL_TYPE)
            .detail(&event.detail)
            .time(DateTime::from_secs(event.at.as_second()))
            .build();
        let put = self.client.put_events().entries(entry).send().await;
        let answer = put.map_err(|error| {
            let Failed { class, code: reason } = Failed::from(&error);
            BusError { class, reason }
        })?;
        let code = answer.entries().iter().find_map(|entry| entry.error_code());
        match (code, answer.failed_entry_count()) {
            (None, 0) => Ok(()),
            (code, _) => {
                let Failed { class, code: reason } =
                    Failed::entry(code.unwrap_or("an error without a code"));
                Err(BusError { class, reason })
            }
        }
    }
}
