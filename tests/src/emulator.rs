//! AWS on a loopback port: ministack, an emulator, started for a test and ended with it.
//!
//! `scripts/tools.sh` installs it. It proves the flow and the conditions of writes, not
//! permissions, quotas or time-outs of AWS.

pub mod call;
pub mod lambda;
pub mod moto;
pub mod stack;
pub mod state_table;

use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_types::SdkConfig;
use function::Secret;
use function::aws::{self, Access};
use function::http::{self, Egress};

/// Another ministack than the installed one.
pub const MINISTACK: &str = "MINISTACK";
/// The account of everything it makes.
pub const ACCOUNT: &str = "000000000000";
pub const REGION: &str = "us-east-1";

/// Where `scripts/tools.sh` puts it.
const INSTALLED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/ministack/bin/ministack");
const SERVICES: &str = "apigateway,cloudformation,dynamodb,ecr,events,iam,kms,lambda,logs,monitoring,organizations,\
     s3,scheduler,secretsmanager,sns,sqs,sts";
const START: Duration = Duration::from_mins(1);

/// Runs until it is dropped.
pub struct Emulator {
    process: Child,
    endpoint: String,
    client: reqwest::Client,
    config: SdkConfig,
}

#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    #[error("starting {program}")]
    Start { program: String, source: io::Error },
    #[error("it did not answer within {START:?}")]
    Silent,
    #[error("no HTTP client")]
    Client(#[from] http::HttpError),
}

impl Emulator {
    /// Nothing where it is not installed, which is said aloud; in CI that is a failed test.
    pub async fn start() -> Result<Option<Self>, EmulatorError> {
        let Some(program) = program() else {
            skip("ministack");
            return Ok(None);
        };
        let failed =
            |source| EmulatorError::Start { program: program.display().to_string(), source };
        let port = free_port().map_err(failed)?;
        let process = Command::new(&program)
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("SERVICES", SERVICES)
            // What it tells the functions it runs.
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            .env("LOG_LEVEL", "WARNING")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let client = http::client(&Egress::default())?;
        let config = aws::config(&access(&endpoint), client.clone());
        let emulator = Self { process, endpoint, client, config };
        emulator.wait().await?;
        Ok(Some(emulator))
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the product's own clients are made from.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Of a queue, topic or whatever is named by its name alone.
    pub fn arn(service: &str, name: &str) -> String {
        format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{name}")
    }

    pub fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.endpoint)
    }

    async fn wait(&self) -> Result<(), EmulatorError> {
        let health = format!("{}/_ministack/health", self.endpoint);
        let started = Instant::now();
        while started.elapsed() < START {
            if self
                .client
                .get(&health)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(EmulatorError::Silent)
    }
}

impl Drop for Emulator {
    /// Asked first, so that it ends the functions it runs.
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        let patience = Instant::now();
        while asked.is_ok() && patience.elapsed() < Duration::from_secs(3) {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It may have ended meanwhile.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whoever asks is somebody: the emulator does not check, but the SDK signs.
fn access(endpoint: &str) -> Access {
    Access {
        region: REGION.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        key_id: Secret::new("test".to_owned()),
        key: Secret::new("test".to_owned()),
        session: None,
    }
}

fn program() -> Option<PathBuf> {
    let named = variable(MINISTACK).map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(INSTALLED))).filter(|program| program.exists())
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Says aloud that a test is skipped for want of a tool; in CI that is a failed test.
pub(crate) fn skip(tool: &str) {
    let skipped = format!("SKIPPED: {tool} is not installed (scripts/tools.sh installs it)");
    assert!(variable("CI").as_deref() != Some("true"), "{skipped}");
    say(&skipped);
}

#[expect(clippy::disallowed_methods, reason = "a harness has no main.rs to be told by")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::print_stderr, reason = "a skip must be seen")]
fn say(text: &str) {
    eprintln!("{text}");
}
