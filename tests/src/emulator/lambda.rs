//! A function on the emulator: the real binary, run as its own process behind a Runtime API.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::call::CallError;
use super::{ACCOUNT, Emulator};

/// What `FUNCTION_TIMEOUT_SECONDS` must say.
pub const TIMEOUT_SECONDS: u32 = 30;

impl Emulator {
    /// Deploys a binary that is there as `binary`, with the endpoint among its settings.
    pub async fn deploy(
        &self,
        name: &str,
        binary: &Path,
        settings: &[(&str, &str)],
    ) -> Result<(), CallError> {
        let archive = BASE64_STANDARD.encode(archive(binary));
        let mut variables: Map<String, Value> =
            settings.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        variables.insert("AWS_ENDPOINT_URL".to_owned(), json!(self.endpoint));
        let function = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
            "Role": format!("arn:aws:iam::{ACCOUNT}:role/{name}"), "Timeout": TIMEOUT_SECONDS,
            "Code": {"ZipFile": archive}, "Environment": {"Variables": variables},
        });
        self.rest("lambda", "/2015-03-31/functions", &function).await.map(drop)
    }

    /// The queue invokes the function with batches, of which single records may come back.
    pub async fn map(&self, queue: &str, function: &str) -> Result<(), CallError> {
        let mapping = json!({
            "EventSourceArn": Self::arn("sqs", queue), "FunctionName": function, "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        });
        self.rest("lambda", "/2015-03-31/event-source-mappings", &mapping).await.map(drop)
    }

    /// Invokes it and waits for what it answers.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value, CallError> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.rest("lambda", &path, payload).await
    }
}

/// What is deployed for a binary: a script, since debug binaries are large.
pub fn archive(binary: &Path) -> Vec<u8> {
    let script = format!("#!/bin/sh\nexec '{}'\n", binary.display());
    zip("bootstrap", script.as_bytes())
}

/// An archive of one file, not compressed.
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let name_length = u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes();
    // Version 2.0, no flags, stored, midnight of 1980-01-01; checksum, sizes, name, no extra.
    let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 33, 0];
    common.extend(crc32(content).to_le_bytes());
    common.extend(length(content));
    common.extend(length(content));
    common.extend(name_length);
    common.extend([0, 0]);

    let mut archive = b"PK\x03\x04".to_vec();
    archive.extend(&common);
    archive.extend(name.as_bytes());
    archive.extend(content);
    let directory_at = length(&archive);
    let mut directory = b"PK\x01\x02\x14\x03".to_vec();
    directory.extend(&common);
    // No comment, first disk, no attributes but the mode of an executable, first byte.
    directory.extend([0; 6]);
    directory.extend((0o100_755_u32 << 16).to_le_bytes());
    directory.extend([0; 4]);
    directory.extend(name.as_bytes());
    let directory_length = length(&directory);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend(directory_length);
    archive.extend(directory_at);
    archive.extend([0, 0]);
    archive
}

fn crc32(content: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    };
    !content.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_one_of_zip() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
    }
}
