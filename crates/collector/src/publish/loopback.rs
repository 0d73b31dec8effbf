//! The alerts topic of one machine: an in-process queue that carries what SNS would put on the
//! wire, so that the subscriber reads here what it reads in AWS.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use state::outbox::Frozen;

use super::{PublishError, Publisher};

#[derive(Debug, Default)]
pub struct Loopback {
    queue: Mutex<VecDeque<Vec<u8>>>,
}

impl Loopback {
    /// The next event as Lambda hands it to an SNS subscriber.
    pub fn take(&self) -> Option<Vec<u8>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Publisher for Loopback {
    async fn publish(&self, alert: &Frozen) -> Result<(), PublishError> {
        let event =
            event(alert).map_err(|error| PublishError::Refused { reason: error.to_string() })?;
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(event);
        Ok(())
    }
}

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:alerts";

fn event(alert: &Frozen) -> Result<Vec<u8>, serde_json::Error> {
    let attributes = &alert.attributes;
    let text = |value| Attribute { kind: "String", value };
    let record = Record {
        event_version: "1.0",
        event_source: "aws:sns",
        event_subscription_arn: TOPIC,
        sns: Notification {
            kind: "Notification",
            message_id: alert.alert_id.as_str(),
            topic_arn: TOPIC,
            message: &alert.alert,
            timestamp: "1970-01-01T00:00:00.000Z",
            signature_version: "1",
            signature: "",
            signing_cert_url: "",
            unsubscribe_url: "",
            message_attributes: MessageAttributes {
                severity: text(attributes.severity.as_str()),
                max_severity: text(attributes.max_severity.as_str()),
                service: text(&attributes.service),
                category: text(&attributes.category),
                region: text(&attributes.region),
                space: text(attributes.space.as_str()),
                kind: text(attributes.kind.as_str()),
                lane: text(attributes.lane.as_str()),
            },
        },
    };
    let mut out = Vec::with_capacity(alert.alert.len() + alert.alert.len() / 8 + 1_024);
    serde_json::to_writer(&mut out, &Event { records: [record] })?;
    Ok(out)
}

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "Records")]
    records: [Record<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Record<'a> {
    event_source: &'a str,
    event_version: &'a str,
    event_subscription_arn: &'a str,
    sns: Notification<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'a> {
    #[serde(rename = "Type")]
    kind: &'a str,
    message_id: &'a str,
    topic_arn: &'a str,
    message: &'a str,
    timestamp: &'a str,
    signature_version: &'a str,
    signature: &'a str,
    #[serde(rename = "SigningCertUrl")]
    signing_cert_url: &'a str,
    unsubscribe_url: &'a str,
    message_attributes: MessageAttributes<'a>,
}

#[derive(Serialize)]
struct MessageAttributes<'a> {
    severity: Attribute<'a>,
    max_severity: Attribute<'a>,
    service: Attribute<'a>,
    category: Attribute<'a>,
    region: Attribute<'a>,
    space: Attribute<'a>,
    kind: Attribute<'a>,
    lane: Attribute<'a>,
}

#[derive(Serialize)]
struct Attribute<'a> {
    #[serde(rename = "Type")]
    kind: &'a str,
    #[serde(rename = "Value")]
    value: &'a str,
}
