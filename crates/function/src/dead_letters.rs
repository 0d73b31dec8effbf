//! Where a record goes that nobody can read or may believe: to a queue that an alarm watches,
//! with the reason beside it, so that it can be repaired and sent again.

use std::fmt;

use crate::aws::Failed;
use crate::failure::Class;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;

use crate::wire;

/// An attribute counts in the message's size, and a reason is read by a human.
const LONGEST_REASON: usize = 1_024;

#[derive(Clone)]
pub struct DeadLetters {
    client: Client,
    queue: String,
}

/// The record is not safe yet, so it must come back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the dead-letter queue did not take a record: {code}")]
pub struct NotBuried {
    pub class: Class,
    pub code: String,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for DeadLetters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetters").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl DeadLetters {
    pub fn new(client: Client, queue: String) -> Self {
        Self { client, queue }
    }

    /// Keeps the record as it came, with what it is and why it is here as message attributes.
    pub async fn bury(&self, record: &str, class: Class, reason: &str) -> Result<(), NotBuried> {
        let mut send = self.client.send_message().queue_url(&self.queue);
        send = send.message_body(wire::body(record));
        let attributes = [("error_type", class.error_type()), ("reason", reason)];
        for (name, text) in attributes {
            let value = wire::attribute(text, LONGEST_REASON).and_then(|value| {
                MessageAttributeValue::builder()
                    .data_type("String")
                    .string_value(value)
                    .build()
                    .ok()
            });
            if let Some(value) = value {
                send = send.message_attributes(name, value);
            }
        }
        send.send().await.map(drop).map_err(|error| {
            let Failed { class, code } = Failed::from(&error);
            NotBuried { class, code }
        })
    }
}
