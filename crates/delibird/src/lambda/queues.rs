//! The two queues alerts come by. A message that cannot be posted now is put off in its queue:
//! the queue and not the function does the waiting.

use std::fmt;

use aws_sdk_sqs::Client;
use function::aws::Failed;
use function::failure::Failure;
use jiff::SignedDuration;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
const LONGEST: i64 = 43_200;

#[derive(Clone)]
pub struct Queues {
    client: Client,
    urls: Vec<String>,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl Queues {
    pub fn new(client: Client, urls: Vec<String>) -> Self {
        Self { client, urls }
    }

    /// The message comes back after a while, to whoever is there then.
    pub async fn put_off(
        &self,
        queue_arn: &str,
        receipt: &str,
        wait: SignedDuration,
    ) -> Result<(), Failure> {
        let name = queue_arn.rsplit(':').next();
        let known = self.urls.iter().find(|url| url.rsplit('/').next() == name);
        let url = known.ok_or_else(|| Failure {
            class: function::failure::Class::Settings,
            reason: format!("{queue_arn} is neither of the configured queues"),
        })?;
        // Whole seconds, never early.
        let seconds = (wait.as_millis().max(0) + 999) / 1_000;
        let seconds = i32::try_from(seconds.min(LONGEST.into())).unwrap_or(i32::MAX);
        let change = self.client.change_message_visibility().queue_url(url);
        let changed = change.receipt_handle(receipt).visibility_timeout(seconds).send().await;
        changed.map(drop).map_err(|error| {
            let Failed { class, code } = Failed::from(&error);
            Failure { class, reason: format!("a message could not be put off: {code}") }
        })
    }
}
