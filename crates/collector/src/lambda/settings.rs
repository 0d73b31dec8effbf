//! What the function must be told before it starts. Every setting is read by somebody; a missing
//! or wrong one stops the start, together with all others that are.

use function::aws::Access;
use function::http::Egress;
use function::settings::{Faults, Reader, arn, text, url, whole};
use jiff::SignedDuration;

/// The name of the table that holds incidents, the outbox and the routing document.
pub const STATE_TABLE: &str = "STATE_TABLE";
/// Where alerts are published.
pub const ALERTS_TOPIC_ARN: &str = "ALERTS_TOPIC_ARN";
/// The collector's own ticks: when to look at an incident again.
pub const FLUSH_QUEUE_URL: &str = "FLUSH_QUEUE_URL";
/// For records nobody can read or may believe. What fails otherwise reaches a dead-letter queue
/// by its queue's own redrive policy.
pub const DEAD_LETTERS_QUEUE_URL: &str = "DEAD_LETTERS_QUEUE_URL";
/// The function's time-out: Lambda tells it to nobody before the first event.
pub const FUNCTION_TIMEOUT_SECONDS: &str = "FUNCTION_TIMEOUT_SECONDS";
/// Whether the sweep asks AWS Organizations for the accounts' names, units and tags; `none`
/// unless it says `organizations`. The directory in the table is read in any case.
pub const ACCOUNT_DIRECTORY: &str = "ACCOUNT_DIRECTORY";

/// A lease outlives its holder by this: clocks differ, and a function ends after its time-out.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(5);

#[derive(Clone, Debug)]
pub struct Settings {
    pub access: Access,
    pub egress: Egress,
    pub table: String,
    pub topic: String,
    pub flush_queue: String,
    pub dead_letters_queue: String,
    pub timeout: SignedDuration,
    pub directory: AccountDirectory,
}

/// Who renews the directory of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountDirectory {
    /// The sweep, from AWS Organizations.
    Organizations,
    /// Nobody, or an operator.
    #[default]
    None,
}

#[derive(Debug, thiserror::Error)]
#[error("is neither `organizations` nor `none`: {0}")]
struct NoDirectory(String);

fn directory(text: String) -> Result<AccountDirectory, NoDirectory> {
    match text.as_str() {
        "organizations" => Ok(AccountDirectory::Organizations),
        "none" => Ok(AccountDirectory::None),
        _ => Err(NoDirectory(text)),
    }
}

impl Settings {
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut from = Reader::new(lookup);
        let access = Access::read(&mut from);
        let egress = Egress::read(&mut from);
        let table = from.required(STATE_TABLE, text);
        let topic = from.required(ALERTS_TOPIC_ARN, arn("sns"));
        let flush_queue = from.required(FLUSH_QUEUE_URL, url);
        let dead_letters_queue = from.required(DEAD_LETTERS_QUEUE_URL, url);
        let timeout = from.required(FUNCTION_TIMEOUT_SECONDS, whole(10, 900));
        let directory = from.optional(ACCOUNT_DIRECTORY, directory).unwrap_or_default();
        let settings = (|| {
            Some(Self {
                access: access?,
                egress,
                table: table?,
                topic: topic?,
                flush_queue: flush_queue?,
                dead_letters_queue: dead_letters_queue?,
                timeout: SignedDuration::from_secs(timeout?),
                directory,
            })
        })();
        from.finish(settings)
    }

    /// How long a flush may hold an incident.
    pub fn lease(&self) -> SignedDuration {
        self.timeout + LEASE_MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountDirectory, Settings};

    #[test]
    fn a_start_without_settings_lists_all_of_them() {
        let faults = Settings::read(|_| None).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "the settings are not usable: AWS_REGION is not set; AWS_ACCESS_KEY_ID is not set; \
             AWS_SECRET_ACCESS_KEY is not set; STATE_TABLE is not set; ALERTS_TOPIC_ARN is not set; \
             FLUSH_QUEUE_URL is not set; DEAD_LETTERS_QUEUE_URL is not set; \
             FUNCTION_TIMEOUT_SECONDS is not set"
        );
    }

    #[test]
    fn the_lease_outlives_the_function_and_secrets_are_not_printed() {
        let given = |key: &str| {
            let value = match key {
                "AWS_REGION" => "eu-west-1",
                "STATE_TABLE" => "state",
                "ALERTS_TOPIC_ARN" => "arn:aws:sns:eu-west-1:111122223333:alerts",
                "FLUSH_QUEUE_URL" | "DEAD_LETTERS_QUEUE_URL" => "https://sqs/1/q",
                "FUNCTION_TIMEOUT_SECONDS" => "30",
                "EGRESS_PROXY_URL" => "http://user:hunter2@proxy:3128",
                "EGRESS_ROOTS_PEM" | "AWS_ENDPOINT_URL" => return None,
                "ACCOUNT_DIRECTORY" => "organizations",
                _ => "hunter2",
            };
            Some(value.to_owned())
        };
        let settings = Settings::read(given).unwrap();
        assert_eq!(settings.lease().as_secs(), 35);
        assert_eq!(settings.directory, AccountDirectory::Organizations);
        assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
    }
}
