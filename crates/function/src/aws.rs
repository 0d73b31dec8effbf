//! The AWS SDK as every function uses it: on the one HTTP client, with the credentials and the
//! Region that Lambda puts into the environment, and with time-outs that end before the function
//! does. No profile, no metadata service, no certificate store is looked at.
//!
//! It also says what a failed call means ([`Failed`]), so that the SDK's errors, which print
//! whole requests, stay here.

mod connector;
mod failed;
pub mod json;
pub mod organizations;

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::settings::{self, Reader};
use crate::{Secret, http};
pub use connector::Connector;
pub use failed::Failed;

/// Set by Lambda: the Region of every service that is called.
pub const REGION: &str = "AWS_REGION";
/// Set by Lambda, from the function's role.
pub const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// Set by Lambda, from the function's role.
pub const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// Set by Lambda, from the function's role; a user's keys have none.
pub const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// Set for emulators and private endpoints only.
pub const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// From the end of the handshake to the answer. DynamoDB, SNS and SQS answer in milliseconds;
/// what takes this long is lost.
pub const READ: Duration = Duration::from_secs(4);
/// All tries of one call: two slow ones and a pause still leave a function of 30 seconds time.
pub const OPERATION: Duration = Duration::from_secs(12);
const TRIES: u32 = 3;

/// Where AWS is and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub region: String,
    pub endpoint: Option<String>,
    pub key_id: Secret<String>,
    pub key: Secret<String>,
    /// Absent for users, always there in Lambda.
    pub session: Option<Secret<String>>,
}

impl Access {
    pub fn read<L: Fn(&str) -> Option<String>>(from: &mut Reader<L>) -> Option<Self> {
        let region = from.required(REGION, settings::text);
        let endpoint = from.optional(ENDPOINT_URL, settings::url);
        let key_id = from.required_secret(ACCESS_KEY_ID);
        let key = from.required_secret(SECRET_ACCESS_KEY);
        let session = from.optional_secret(SESSION_TOKEN);
        Some(Self { region: region?, endpoint, key_id: key_id?, key: key?, session })
    }
}

impl Access {
    /// True when AWS itself is an emulator on this machine.
    pub fn is_local(&self) -> bool {
        let endpoint = self.endpoint.as_deref().and_then(|url| url.parse::<::http::Uri>().ok());
        endpoint.as_ref().and_then(::http::Uri::host).is_some_and(http::is_loopback)
    }
}

/// What every service's client is made from.
pub fn config(access: &Access, client: reqwest::Client) -> SdkConfig {
    let credentials = Credentials::new(
        access.key_id.expose(),
        access.key.expose(),
        access.session.as_ref().map(|token| token.expose().clone()),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(http::CONNECT)
        .read_timeout(READ)
        .operation_timeout(OPERATION)
        .build();
    let mut config = SdkConfig::builder();
    config.set_endpoint_url(access.endpoint.clone());
    config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(access.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Connector::new(client))
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
        .timeout_config(timeouts)
        .build()
}
