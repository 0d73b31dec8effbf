//! What the function must be told before it starts. Every setting is read by somebody; a missing
//! or wrong one stops the start, together with all others that are.

use function::aws::Access;
use function::http::Egress;
use function::settings::{Faults, Reader, arn, secret_arn, text, url, whole};
use jiff::SignedDuration;

/// The name of the table that holds deliveries and the pace of each space.
pub const STATE_TABLE: &str = "STATE_TABLE";
/// The webhooks of all spaces: `{"ops":"https://chat.googleapis.com/…"}`.
pub const SPACES_SECRET_ARN: &str = "SPACES_SECRET_ARN";
/// One webhook, for the first day: of the space `default`, and of every space while the other
/// secret holds none.
pub const BOOTSTRAP_SECRET_ARN: &str = "BOOTSTRAP_SECRET_ARN";
/// The queue of critical, high and security alerts, where one that must wait is put off.
pub const URGENT_QUEUE_URL: &str = "URGENT_QUEUE_URL";
/// The queue of all others.
pub const NORMAL_QUEUE_URL: &str = "NORMAL_QUEUE_URL";
/// For alerts that cannot be read, that no space takes, or that were tried for days.
pub const DEAD_LETTERS_QUEUE_URL: &str = "DEAD_LETTERS_QUEUE_URL";
/// Where people are told that no space works any more.
pub const ALARM_TOPIC_ARN: &str = "ALARM_TOPIC_ARN";
/// The function's time-out: Lambda tells it to nobody before the first event.
pub const FUNCTION_TIMEOUT_SECONDS: &str = "FUNCTION_TIMEOUT_SECONDS";

/// A lease outlives its holder by this: clocks differ, and a function ends after its time-out.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(5);

#[derive(Clone, Debug)]
pub struct Settings {
    pub access: Access,
    pub egress: Egress,
    pub table: String,
    pub spaces_secret: String,
    pub bootstrap_secret: Option<String>,
    pub urgent_queue: String,
    pub normal_queue: String,
    pub dead_letters_queue: String,
    pub alarm_topic: String,
    pub timeout: SignedDuration,
}

impl Settings {
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut from = Reader::new(lookup);
        let access = Access::read(&mut from);
        let egress = Egress::read(&mut from);
        let table = from.required(STATE_TABLE, text);
        let spaces_secret = from.required(SPACES_SECRET_ARN, secret_arn);
        let bootstrap_secret = from.optional(BOOTSTRAP_SECRET_ARN, secret_arn);
        let urgent_queue = from.required(URGENT_QUEUE_URL, url);
        let normal_queue = from.required(NORMAL_QUEUE_URL, url);
        let dead_letters_queue = from.required(DEAD_LETTERS_QUEUE_URL, url);
        let alarm_topic = from.required(ALARM_TOPIC_ARN, arn("sns"));
        let timeout = from.required(FUNCTION_TIMEOUT_SECONDS, whole(20, 900));
        let settings = (|| {
            Some(Self {
                access: access?,
                egress,
                table: table?,
                spaces_secret: spaces_secret?,
                bootstrap_secret,
                urgent_queue: urgent_queue?,
                normal_queue: normal_queue?,
                dead_letters_queue: dead_letters_queue?,
                alarm_topic: alarm_topic?,
                timeout: SignedDuration::from_secs(timeout?),
            })
        })();
        from.finish(settings)
    }

    /// How long one worker may be at an alert.
    pub fn lease(&self) -> SignedDuration {
        self.timeout + LEASE_MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn a_start_without_settings_lists_all_of_them() {
        let faults = Settings::read(|_| None).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "the settings are not usable: AWS_REGION is not set; AWS_ACCESS_KEY_ID is not set; \
             AWS_SECRET_ACCESS_KEY is not set; STATE_TABLE is not set; \
             SPACES_SECRET_ARN is not set; URGENT_QUEUE_URL is not set; \
             NORMAL_QUEUE_URL is not set; DEAD_LETTERS_QUEUE_URL is not set; \
             ALARM_TOPIC_ARN is not set; FUNCTION_TIMEOUT_SECONDS is not set"
        );
    }

    #[test]
    fn wrong_settings_are_named_together_and_the_lease_outlives_the_function() {
        let given = |key: &str| {
            let value = match key {
                "AWS_REGION" => "eu-west-1",
                "STATE_TABLE" => "state",
                "SPACES_SECRET_ARN" => "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-a",
                "ALARM_TOPIC_ARN" => "arn:aws:sns:eu-west-1:111122223333:alarms",
                "URGENT_QUEUE_URL" | "NORMAL_QUEUE_URL" | "DEAD_LETTERS_QUEUE_URL" => {
                    "https://sqs.eu-west-1.amazonaws.com/111122223333/q"
                }
                "FUNCTION_TIMEOUT_SECONDS" => "30",
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "hunter2",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let settings = Settings::read(given).unwrap();
        assert_eq!(settings.lease().as_secs(), 35);
        assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
        let wrong = |key: &str| match key {
            "BOOTSTRAP_SECRET_ARN" => Some("https://chat.googleapis.com/".to_owned()),
            "FUNCTION_TIMEOUT_SECONDS" => Some("5".to_owned()),
            _ => given(key),
        };
        assert_eq!(
            Settings::read(wrong).unwrap_err().to_string(),
            "the settings are not usable: BOOTSTRAP_SECRET_ARN is not an ARN of secretsmanager; \
             FUNCTION_TIMEOUT_SECONDS is not a whole number from 20 to 900: 5"
        );
    }
}
