//! The alerts topic in AWS. The message is the frozen alert; its attributes are what filter
//! policies of subscribers ask for.
//!
//! SNS may deliver twice and the SDK may publish twice after a lost answer: the alert's id is
//! the same, and delibird knows it.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::MessageAttributeValue;
use function::aws::Failed;
use function::failure::Class;
use function::wire;
use state::outbox::{Attributes, Frozen};

use super::{PublishError, Publisher};

/// A filter policy compares whole values; nobody names a service by more.
const LONGEST_ATTRIBUTE: usize = 256;

#[derive(Clone)]
pub struct Sns {
    client: Client,
    topic: String,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Sns {
    pub fn new(client: Client, topic: String) -> Self {
        Self { client, topic }
    }
}

impl Publisher for Sns {
    async fn publish(&self, alert: &Frozen) -> Result<(), PublishError> {
        let publish = self
            .client
            .publish()
            .topic_arn(&self.topic)
            .message(wire::json(&alert.alert))
            .set_message_attributes(Some(attributes(&alert.attributes)));
        publish.send().await.map(drop).map_err(|error| {
            let Failed { class, code: reason } = Failed::from(&error);
            match class {
                Class::Throttled => PublishError::Throttled,
                _ if class.retryable() => PublishError::Unanswered { reason },
                _ => PublishError::Refused { reason },
            }
        })
    }
}

/// SNS refuses a publish for one blank attribute, so blank ones are left out.
fn attributes(attributes: &Attributes) -> HashMap<String, MessageAttributeValue> {
    let named = [
        ("severity", attributes.severity.as_str()),
        ("max_severity", attributes.max_severity.as_str()),
        ("service", &attributes.service),
        ("category", &attributes.category),
        ("region", &attributes.region),
        ("space", attributes.space.as_str()),
        ("kind", attributes.kind.as_str()),
        ("lane", attributes.lane.as_str()),
    ];
    let text = |text: &str| {
        let value = wire::attribute(text, LONGEST_ATTRIBUTE)?;
        MessageAttributeValue::builder().data_type("String").string_value(value).build().ok()
    };
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value)?))).collect()
}
