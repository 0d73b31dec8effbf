//! The operator's side of AWS: credentials and Region as every AWS tool finds them (flags, the
//! environment, the shared files, a credential process), then the same client, time-outs and
//! store as the functions have. Every verb that reaches the deployed system begins here.

use anyhow::{Context, anyhow, bail};
use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_types::SdkConfig;
use aws_types::region::Region;
use function::Secret;
use function::aws::json::{Api, JsonService};
use function::aws::{Access, Connector, Failed};
use function::http::{self, Egress};
use function::settings::Reader;
use jiff::Timestamp;
use state::DynamoStore;

use crate::cli::deployed::Reach;

const SECRETS_MANAGER: Api = Api {
    name: "secretsmanager",
    host: "secretsmanager",
    target: "secretsmanager",
    content_type: "application/x-amz-json-1.1",
};
pub const EVENT_BRIDGE: Api = Api {
    name: "events",
    host: "events",
    target: "AWSEvents",
    content_type: "application/x-amz-json-1.1",
};
pub const CLOUD_WATCH: Api = Api {
    name: "monitoring",
    host: "monitoring",
    target: "GraniteServiceVersion20100801",
    content_type: "application/x-amz-json-1.0",
};

/// What only `main` may ask the machine for.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    pub now: fn() -> Timestamp,
    pub variable: fn(&str) -> Option<String>,
}

impl Surroundings {
    /// The one client, through the proxy and with the roots that the environment names.
    pub fn http(&self) -> anyhow::Result<reqwest::Client> {
        let mut settings = Reader::new(self.variable);
        let egress = Egress::read(&mut settings);
        let egress = settings.finish(Some(egress))?;
        Ok(http::client(&egress)?)
    }
}

/// A way to the deployed system.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// What every service's client is made from.
    pub config: SdkConfig,
    /// For what is called without a client of the SDK.
    pub access: Access,
    pub http: reqwest::Client,
    table: Option<String>,
    now: fn() -> Timestamp,
}

impl Reach {
    pub async fn open(&self, around: Surroundings) -> anyhow::Result<Deployed> {
        let http = around.http()?;
        let access = self.access(&http).await?;
        let config = function::aws::config(&access, http.clone());
        Ok(Deployed { config, access, http, table: self.table.clone(), now: around.now })
    }

    /// Only the finding is left to `aws-config`: what it found is used as the functions use it.
    async fn access(&self, http: &reqwest::Client) -> anyhow::Result<Access> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(Connector::new(http.clone()));
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let found = loader.load().await;
        let Some(region) = found.region() else {
            bail!("no Region: give --region, set AWS_REGION, or name a profile that has one");
        };
        let endpoint = self.endpoint_url.clone().or_else(|| found.endpoint_url().map(Into::into));
        let region = region.to_string();
        // Its error may quote what a credential process printed; its kind says enough.
        let provider = found.credentials_provider().context(NO_CREDENTIALS)?;
        let found = provider.provide_credentials().await;
        let found = found.map_err(|error| anyhow!("{NO_CREDENTIALS} ({error})"))?;
        Ok(Access {
            region,
            endpoint,
            key_id: Secret::new(found.access_key_id().to_owned()),
            key: Secret::new(found.secret_access_key().to_owned()),
            session: found.session_token().map(|token| Secret::new(token.to_owned())),
        })
    }
}

const NO_CREDENTIALS: &str = "no AWS credentials: give --profile, or set AWS_PROFILE or \
    AWS_ACCESS_KEY_ID; for a profile that signs in by SSO, first run \
    eval \"$(aws configure export-credentials --format env)\"";

impl Deployed {
    /// The state of the hub.
    pub fn store(&self) -> anyhow::Result<DynamoStore> {
        let Some(table) = self.table.clone() else {
            bail!("which state table? give --table or set STATE_TABLE");
        };
        Ok(DynamoStore::new(aws_sdk_dynamodb::Client::new(&self.config), table, self.now))
    }

    /// The table and Region, for what goes wrong there.
    pub fn place(&self) -> String {
        let table = self.table.as_deref().unwrap_or("no table");
        format!("table {table} in {}", self.access.region)
    }

    /// The URL of a queue of this name.
    pub async fn queue_url(&self, sqs: &aws_sdk_sqs::Client, name: &str) -> Result<String, Failed> {
        let found = sqs.get_queue_url().queue_name(name).send().await;
        let found = found.map_err(|error| Failed::from(&error))?;
        Ok(found.queue_url.unwrap_or_default())
    }

    /// Who the credentials say we are: for histories, which outlive passwords and laptops.
    pub async fn whoami(&self) -> anyhow::Result<String> {
        let client = aws_sdk_sts::Client::new(&self.config);
        let identity = client.get_caller_identity().send().await;
        let identity = identity.map_err(|error| Failed::from(&error));
        let identity = identity.context("cannot ask AWS who we are")?;
        identity.arn.context("AWS does not say who we are")
    }

    /// What a secret says. Nothing of it is in an error.
    pub async fn secret(&self, id: &str) -> anyhow::Result<Secret<String>> {
        #[derive(serde::Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Asked<'a> {
            secret_id: &'a str,
        }
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Told {
            secret_string: Option<String>,
        }
        let region = &self.access.region;
        let service = self.service(SECRETS_MANAGER);
        let asked = Asked { secret_id: id };
        let told: Told = service
            .call("GetSecretValue", &asked, self.now().into())
            .await
            .with_context(|| format!("cannot read the secret {id} in {region}"))?;
        told.secret_string.map(Secret::new).context("the secret holds no text")
    }

    /// A service of the hub's Region that is called without a client of the SDK.
    pub fn service(&self, api: Api) -> JsonService {
        let region = self.access.region.clone();
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let endpoint = self.access.endpoint.clone();
        JsonService {
            access: self.access.clone(),
            client: self.http.clone(),
            api,
            endpoint: endpoint
                .unwrap_or_else(|| format!("https://{}.{region}.amazonaws.com{suffix}", api.host)),
            region,
        }
    }

    pub fn now(&self) -> Timestamp {
        (self.now)()
    }
}

/// Runs a verb that waits for the network.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
