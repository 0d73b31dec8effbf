//! Calls to the emulator for what only tests set up: functions, rules, mappings. Three small wire
//! forms in place of three more SDK crates; the emulator reads the service from the signature's
//! scope and checks nothing of it.

use serde_json::Value;

use super::{Emulator, REGION};

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("no answer to {call}")]
    Unanswered { call: String, source: reqwest::Error },
    #[error("{call} was refused with {status}: {body}")]
    Refused { call: String, status: u16, body: String },
    #[error("the answer to {call} is not JSON: {body}")]
    NotJson { call: String, body: String },
}

impl Emulator {
    /// A service that takes a target and JSON: SQS, EventBridge.
    pub async fn json(
        &self,
        service: &str,
        target: &str,
        body: &Value,
    ) -> Result<Value, CallError> {
        let request = self
            .client
            .post(&self.endpoint)
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string());
        read(target, send(service, target, request).await?)
    }

    /// A service with paths: Lambda.
    pub async fn rest(&self, service: &str, path: &str, body: &Value) -> Result<Value, CallError> {
        let request = self
            .client
            .post(format!("{}{path}", self.endpoint))
            .header("content-type", "application/json")
            .body(body.to_string());
        read(path, send(service, path, request).await?)
    }

    /// An object for S3; a bucket when there is none in the path but its name.
    pub async fn put(&self, path: &str, content: Vec<u8>) -> Result<(), CallError> {
        let request = self.client.put(format!("{}{path}", self.endpoint)).body(content);
        send("s3", path, request).await.map(drop)
    }

    /// What a service with paths says of itself: API Gateway.
    pub async fn get(&self, service: &str, path: &str) -> Result<Value, CallError> {
        let request = self
            .client
            .get(format!("{}{path}", self.endpoint))
            .header("accept", "application/json");
        read(path, send(service, path, request).await?)
    }

    /// A service of the query protocol: SNS, CloudFormation. It answers in XML.
    pub async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<String, CallError> {
        let body: String =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .client
            .post(&self.endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        send(service, service, request).await
    }
}

async fn send(
    service: &str,
    call: &str,
    request: reqwest::RequestBuilder,
) -> Result<String, CallError> {
    let scope = format!("test/20270115/{REGION}/{service}/aws4_request");
    let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
    let unanswered = |source| CallError::Unanswered { call: call.to_owned(), source };
    let answer = request.header("authorization", signature).send().await.map_err(unanswered)?;
    let status = answer.status();
    let body = answer.text().await.map_err(unanswered)?;
    if status.is_success() {
        return Ok(body);
    }
    Err(CallError::Refused { call: call.to_owned(), status: status.as_u16(), body })
}

fn read(call: &str, body: String) -> Result<Value, CallError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&body).map_err(|_| CallError::NotJson { call: call.to_owned(), body })
}
