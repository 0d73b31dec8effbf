//! PURE. Which call a request is: to which service, and at which step of the protocol that keeps
//! alerts from being lost.

use std::fmt;

use hyper::http::request::Parts;
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Call {
    pub service: Service,
    /// `PutItem`, `Publish`, `post`.
    pub operation: String,
    pub step: Step,
    /// Of what is JSON; null otherwise.
    pub body: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    DynamoDb,
    Sns,
    Sqs,
    Chat,
    /// Asked rarely: secrets, other accounts' names.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    LookUp,
    Claim,
    Texts,
    Member,
    Count,
    Header,
    Due,
    Lease,
    Query,
    Outbox,
    Freeze,
    Publish,
    Settle,
    Thaw,
    Close,
    /// Paces, deliveries, versions of the configuration.
    Document,
    Send,
    Visibility,
    Post,
    Other,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl Call {
    pub(super) fn read(head: &Parts, body: &[u8], to_chat: bool) -> Self {
        if to_chat {
            let operation = "post".to_owned();
            return Self { service: Service::Chat, operation, step: Step::Post, body: Value::Null };
        }
        let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
        let Some((service, operation)) = target.and_then(|target| target.rsplit_once('.')) else {
            return Self::of_form(body);
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        let service = match service {
            "DynamoDB_20120810" => Service::DynamoDb,
            "AmazonSQS" => Service::Sqs,
            _ => Service::Other,
        };
        let step = step(service, operation, &body);
        Self { service, operation: operation.to_owned(), step, body }
    }

    /// SNS speaks the query protocol.
    fn of_form(body: &[u8]) -> Self {
        let mut form = form_urlencoded::parse(body);
        let action = form.find(|(name, _)| name == "Action").map(|(_, value)| value.into_owned());
        let operation = action.unwrap_or_default();
        let (service, step) = match operation.as_str() {
            "Publish" => (Service::Sns, Step::Publish),
            _ => (Service::Other, Step::Other),
        };
        let message = form_urlencoded::parse(body).find(|(name, _)| name == "Message");
        let body = message.map_or(Value::Null, |(_, message)| Value::String(message.into_owned()));
        Self { service, operation, step, body }
    }
}

fn step(service: Service, operation: &str, body: &Value) -> Step {
    match (service, operation) {
        (Service::DynamoDb, "PutItem") => put(&body["Item"]),
        (Service::DynamoDb, "UpdateItem") => {
            update(body["UpdateExpression"].as_str().unwrap_or_default(), &body["Key"])
        }
        (Service::DynamoDb, "GetItem") => match body["Key"]["sk"]["S"].as_str() {
            Some("claim") => Step::LookUp,
            Some("header") => Step::Header,
            _ => Step::Document,
        },
        (Service::DynamoDb, "Query" | "Scan") => Step::Query,
        (Service::Sqs, "SendMessage" | "SendMessageBatch") => Step::Send,
        (Service::Sqs, "ChangeMessageVisibility") => Step::Visibility,
        _ => Step::Other,
    }
}

/// By the keys of decision 0002.
fn put(item: &Value) -> Step {
    let [partition, sort] = ["pk", "sk"].map(|key| item[key]["S"].as_str().unwrap_or_default());
    let kind = |key: &'static str| sort.starts_with(key);
    match () {
        () if partition.starts_with("outbox|") => Step::Outbox,
        () if partition.starts_with("claim|") => Step::Claim,
        () if partition.starts_with("document|") => Step::Document,
        () if kind("g|") => Step::Settle,
        () if kind("t|") => Step::Texts,
        () if kind("m|") || kind("c|") || kind("e|") => Step::Member,
        () => Step::Other,
    }
}

/// Of the header, by what is changed.
fn update(expression: &str, key: &Value) -> Step {
    if key["sk"]["S"] != "header" {
        return Step::Document;
    }
    let says = |part| expression.contains(part);
    match () {
        () if says("ADD #arrivals") => Step::Count,
        () if says("REMOVE #frozen") => Step::Thaw,
        () if says("SET #frozen") => Step::Freeze,
        () if says("SET #token") => Step::Lease,
        () if says("REMOVE #token") => Step::Close,
        () if says("#due = :due") && says("REMOVE") => Step::Close,
        () if says("#due = :due") => Step::Due,
        () => Step::Other,
    }
}
