//! The command line of AWS against an emulator, as the scripts call it: its own checks of what it
//! is given come with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use serde_json::Value;

/// Where `scripts/tools.sh` puts it.
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin");
const PATH: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin:/usr/local/bin:/usr/bin:/bin");

/// The command itself; where it is missing, what needs it is skipped, loudly.
pub fn installed() -> Option<PathBuf> {
    let program = Path::new(INSTALLED).join("aws");
    if program.exists() {
        return Some(program);
    }
    crate::emulator::skip("the aws command");
    None
}

/// Profiles and where they are kept.
#[derive(Debug)]
pub struct Cli {
    endpoint: String,
    folder: PathBuf,
    profiles: BTreeMap<String, String>,
}

/// What it said.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("the aws command does not start")]
    Start(#[from] io::Error),
    #[error("aws {call}: {said}")]
    Refused { call: String, said: String },
}

impl Cli {
    /// Keeps its profiles in `folder`.
    pub fn new(endpoint: &str, folder: &Path) -> Self {
        let profiles = BTreeMap::new();
        Self { endpoint: endpoint.to_owned(), folder: folder.to_owned(), profiles }
    }

    /// The emulators tell accounts apart by the key.
    pub fn add_profile(
        &mut self,
        name: &str,
        key: &str,
        session: Option<&str>,
    ) -> Result<(), CliError> {
        let mut lines = format!("[{name}]\naws_access_key_id={key}\naws_secret_access_key=test\n");
        if let Some(session) = session {
            lines.extend(["aws_session_token=", session, "\n"]);
        }
        self.profiles.insert(name.to_owned(), lines);
        let all: String = self.profiles.values().map(String::as_str).collect();
        fs::write(self.folder.join("credentials"), all)?;
        let regions =
            self.profiles.keys().map(|name| format!("[profile {name}]\nregion=us-east-1\n"));
        Ok(fs::write(self.folder.join("config"), regions.collect::<String>())?)
    }

    /// Where its commands are found, after a folder of one's own.
    pub fn path(folder: &Path) -> String {
        format!("{}:{}", folder.display(), PATH)
    }

    /// A command that finds `aws` and these profiles, and nothing of whoever runs the test.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", PATH)
            .env("HOME", &self.folder)
            .env("AWS_CONFIG_FILE", self.folder.join("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", self.folder.join("credentials"));
        command
    }

    /// One call, as the account of the profile.
    pub fn call(&self, profile: &str, region: &str, call: &[&str]) -> Result<Value, CliError> {
        let mut command = self.command("aws");
        command.args(["--endpoint-url", &self.endpoint, "--profile", profile, "--output", "json"]);
        let Output { status, stdout, stderr } =
            command.args(["--region", region]).args(call).output()?;
        if status.success() {
            return Ok(serde_json::from_slice(&stdout).unwrap_or(Value::Null));
        }
        let said = String::from_utf8_lossy(&stderr).trim().to_owned();
        Err(CliError::Refused { call: call[..call.len().min(2)].join(" "), said })
    }
}
