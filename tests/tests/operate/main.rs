//! The operator's verbs on an emulator of AWS: the built `healthctl` against a state table.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod accounts;
mod ack;
mod coverage;
mod doctor;
mod history;
mod redrive;
mod routes;

use std::path::PathBuf;
use std::process::Command;

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use state::DynamoStore;
use system_tests::binary;
use system_tests::emulator::{Emulator, REGION, state_table};

const TABLE: &str = "state";

struct Scene {
    emulator: Emulator,
    folder: PathBuf,
}

struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

impl Scene {
    async fn new(name: &str) -> Option<Self> {
        let emulator = Emulator::start().await.unwrap()?;
        state_table::create(&Client::new(emulator.config()), TABLE).await.unwrap();
        let folder = std::env::temp_dir().join(format!("operate-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Some(Self { emulator, folder })
    }

    fn store(&self) -> DynamoStore {
        let clock = || Timestamp::from_second(1_800_000_000).unwrap();
        DynamoStore::new(Client::new(self.emulator.config()), TABLE.to_owned(), clock)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// With credentials from a shared profile, as an operator has them, and nothing else.
    fn healthctl(&self, arguments: &[&str]) -> Ran {
        let keys = "aws_access_key_id = test\naws_secret_access_key = hunter2\n";
        let credentials = format!("[hub]\n{keys}[management]\n{keys}");
        let output = Command::new(binary::built("healthctl").unwrap())
            .args(arguments)
            .env_clear()
            .env("AWS_SHARED_CREDENTIALS_FILE", self.file("credentials", &credentials))
            .env(
                "AWS_CONFIG_FILE",
                self.file("config", &format!("[profile hub]\nregion = {REGION}\n")),
            )
            .env("AWS_PROFILE", "hub")
            .env("AWS_ENDPOINT_URL", self.emulator.endpoint())
            .env("STATE_TABLE", TABLE)
            .output()
            .unwrap();
        let ran = Ran {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hunter2"));
        ran
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
