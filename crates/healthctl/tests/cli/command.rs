//! Runs the built binary.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// One JSON value a line.
    pub(crate) fn messages(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }
}

pub(crate) fn healthctl() -> Command {
    Command::new(env!("CARGO_BIN_EXE_healthctl"))
}

pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = healthctl()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A verb that refuses its arguments closes stdin early; that is no failure of the test.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn fixture(name: &str) -> String {
    format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn fixtures() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.ends_with(".json"))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "the fixtures are missing");
    names
}

/// What Google Chat would say of a message body.
pub(crate) fn assert_valid(message: &Value) {
    static SCHEMA: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(|| {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../delibird/tests/schema/chat-webhook-message.schema.json"
        );
        let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let faults: Vec<String> = SCHEMA.iter_errors(message).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new(), "{message}");
    assert!(message.to_string().len() <= 32_000);
}
