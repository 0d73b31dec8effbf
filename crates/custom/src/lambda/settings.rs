//! What the function must be told before it starts. Every setting is read by somebody; a missing
//! or wrong one stops the start, together with all others that are.

use function::aws::Access;
use function::http::Egress;
use function::settings::{Faults, Reader, secret_arn, text, whole};

use crate::metric::{self, AccessKeyIn, Host};
use crate::whatap::client::Mode;
use crate::whatap::servers::{DEFAULT_PORT, Servers};

/// The name of the table that holds the routing document and the series under a threshold.
pub const STATE_TABLE: &str = "STATE_TABLE";
/// The name or ARN of the bus that the collector listens to.
pub const EVENT_BUS_NAME: &str = "EVENT_BUS_NAME";
/// The CloudWatch namespace of the callers' values.
pub const METRIC_NAMESPACE: &str = "METRIC_NAMESPACE";
/// The function's time-out: Lambda tells it to nobody before the first event.
pub const FUNCTION_TIMEOUT_SECONDS: &str = "FUNCTION_TIMEOUT_SECONDS";
/// The project's collectors, `host[:port]` split by `/` or `,`. Without them values go to
/// CloudWatch alone.
pub const WHATAP_SERVERS: &str = "WHATAP_SERVERS";
/// A secret `{"<pcode>": "<access key>"}` in place of the key in the body.
pub const WHATAP_KEYS_SECRET_ARN: &str = "WHATAP_KEYS_SECRET_ARN";

/// `one-way` or `secure`: how values cross the network.
pub const WHATAP_MODE: &str = "WHATAP_MODE";

/// Set by Lambda: the object name of a request without a host.
pub const FUNCTION_NAME: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// WhaTap and the thresholds may take 8 s; the gateway gives up after 29.
const TIMEOUT: std::ops::RangeInclusive<i64> = 12..=29;

#[derive(Clone, Debug)]
pub struct Settings {
    pub access: Access,
    pub egress: Egress,
    pub table: String,
    pub bus: String,
    pub namespace: String,
    pub servers: Option<Servers>,
    pub mode: Mode,
    pub keys_secret: Option<String>,
    pub default_host: Host,
}

impl Settings {
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut from = Reader::new(lookup);
        let access = Access::read(&mut from);
        let egress = Egress::read(&mut from);
        let table = from.required(STATE_TABLE, text);
        let bus = from.required(EVENT_BUS_NAME, text);
        let namespace = from.required(METRIC_NAMESPACE, namespace);
        let timeout =
            from.required(FUNCTION_TIMEOUT_SECONDS, whole(*TIMEOUT.start(), *TIMEOUT.end()));
        let servers = from.optional(WHATAP_SERVERS, |list| Servers::parse(&list, DEFAULT_PORT));
        let mode = from.optional(WHATAP_MODE, |text: String| mode(&text)).unwrap_or_default();
        let keys_secret = from.optional(WHATAP_KEYS_SECRET_ARN, secret_arn);
        let default_host =
            from.optional(FUNCTION_NAME, |name: String| Host::new(name)).unwrap_or_default();
        let settings = (|| {
            timeout?;
            Some(Self {
                access: access?,
                egress,
                table: table?,
                bus: bus?,
                namespace: namespace?,
                servers,
                mode,
                keys_secret,
                default_host,
            })
        })();
        from.finish(settings)
    }

    /// The body must bring the access key when one is needed and none is kept.
    pub fn reading(&self) -> metric::Rules {
        let in_body = self.servers.is_some() && self.keys_secret.is_none();
        metric::Rules {
            default_host: self.default_host.clone(),
            access_key: if in_body { AccessKeyIn::Body } else { AccessKeyIn::Store },
            reserved_categories: metric::BUILT_IN_CATEGORIES.map(String::from).to_vec(),
        }
    }
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("is neither one-way nor secure")]
struct NoMode;

fn mode(text: &str) -> Result<Mode, NoMode> {
    match text {
        "one-way" => Ok(Mode::OneWay),
        "secure" => Ok(Mode::Secure),
        _ => Err(NoMode),
    }
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
enum Namespace {
    #[error("is longer than 255 characters")]
    Long,
    #[error("has a character besides letters, digits and . - _ / # : or begins like one of AWS")]
    Characters,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>
fn namespace(text: String) -> Result<String, Namespace> {
    if text.len() > 255 {
        return Err(Namespace::Long);
    }
    let known = |c: char| c.is_ascii_alphanumeric() || ".-_/#: ".contains(c);
    if text.chars().all(known) && !text.starts_with("AWS/") && !text.starts_with(':') {
        Ok(text)
    } else {
        Err(Namespace::Characters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 10] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "hunter2"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        (STATE_TABLE, "state"),
        (EVENT_BUS_NAME, "health"),
        (METRIC_NAMESPACE, "Custom"),
        (FUNCTION_TIMEOUT_SECONDS, "15"),
        (WHATAP_SERVERS, "192.0.2.1/192.0.2.2"),
        (WHATAP_MODE, "secure"),
        (WHATAP_KEYS_SECRET_ARN, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys"),
    ];

    fn good(key: &str) -> Option<String> {
        GOOD.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
    }

    fn read(without: &[&str]) -> Result<Settings, Faults> {
        Settings::read(|key| good(key).filter(|_| !without.contains(&key)))
    }

    #[test]
    fn a_start_lists_all_settings_that_are_missing_or_wrong() {
        let faults = Settings::read(|_| None).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "the settings are not usable: AWS_REGION is not set; AWS_ACCESS_KEY_ID is not set; \
             AWS_SECRET_ACCESS_KEY is not set; STATE_TABLE is not set; EVENT_BUS_NAME is not set; \
             METRIC_NAMESPACE is not set; FUNCTION_TIMEOUT_SECONDS is not set"
        );
        let faults = Settings::read(|_| Some("?! \u{e9}".to_owned())).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "the settings are not usable: AWS_ENDPOINT_URL is not an http or https URL: ?! \u{e9}; \
             EGRESS_ROOTS_PEM holds no certificate; \
             EGRESS_PROXY_URL is not an http or https URL with a host; \
             METRIC_NAMESPACE has a character besides letters, digits and . - _ / # : \
             or begins like one of AWS; \
             FUNCTION_TIMEOUT_SECONDS is not a whole number from 12 to 29: ?! \u{e9}; \
             WHATAP_SERVERS has an entry 1 that is not host or host:port, IPv6 in brackets; \
             WHATAP_MODE is neither one-way nor secure; \
             WHATAP_KEYS_SECRET_ARN is not an ARN of secretsmanager"
        );
    }

    #[test]
    fn access_keys_in_place_of_their_secrets_arn_are_not_quoted() {
        let faults = Settings::read(|key| match key {
            WHATAP_KEYS_SECRET_ARN => Some(r#"{"1":"hunter2"}"#.to_owned()),
            _ => good(key),
        });
        assert_eq!(
            faults.unwrap_err().to_string(),
            "the settings are not usable: WHATAP_KEYS_SECRET_ARN is not an ARN of secretsmanager"
        );
    }

    #[test]
    fn the_body_brings_the_key_only_where_one_is_needed_and_none_is_kept() {
        let rows: [(&[&str], AccessKeyIn); 3] = [
            (&[], AccessKeyIn::Store),
            (&[WHATAP_KEYS_SECRET_ARN], AccessKeyIn::Body),
            (&[WHATAP_SERVERS, WHATAP_KEYS_SECRET_ARN], AccessKeyIn::Store),
        ];
        for (without, expected) in rows {
            let settings = read(without).unwrap();
            assert_eq!(settings.reading().access_key, expected, "{without:?}");
            assert!(!format!("{settings:?}").contains("hunter2"));
        }
    }
}
