//! Where people are told that no space works any more: a topic that does not pass through Chat.

use std::fmt;

use aws_sdk_sns::Client;
use function::aws::Failed;
use function::failure::Failure;
use function::wire;
use model::Alert;

#[derive(Clone)]
pub struct Alarm {
    client: Client,
    topic: String,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Alarm {
    pub fn new(client: Client, topic: String) -> Self {
        Self { client, topic }
    }

    /// Says which space is dead and what was not told there.
    pub async fn raise(&self, alert: &Alert, reason: &str) -> Result<(), Failure> {
        let event = &alert.event;
        let space = &alert.target.space;
        let message = format!(
            "The space {space} takes no messages any more, and neither does its fallback: {reason}.\n\
             Not told: {} {} ({}). It is in the dead-letter queue of delibird.\n\
             Put a working webhook into the secret of the spaces, then redrive the dead letters.\n\
             Further alerts of this space are not told here for an hour.",
            alert.severity.as_str(),
            event.service,
            event.type_code,
        );
        let publish = self.client.publish().topic_arn(&self.topic);
        let publish = publish.subject("Health alerts reach nobody").message(wire::body(&message));
        publish.send().await.map(drop).map_err(|error| {
            let Failed { class, code } = Failed::from(&error);
            Failure { class, reason: format!("the alarm topic did not take an alarm: {code}") }
        })
    }
}
