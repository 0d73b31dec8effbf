//! The alerts topic of one machine: an in-process queue that carries what SNS would put on the
//! wire, so that the subscriber reads here what it reads in AWS.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
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
            message: Wrapped,
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
    let around = Around { message: &alert.alert };
    Event { records: [record] }.serialize(&mut Serializer::with_formatter(&mut out, around))?;
    Ok(out)
}

/// Stands where the alert goes.
struct Wrapped;

impl Serialize for Wrapped {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// Writes the alert as a text in the place of [`Wrapped`]: in JSON nearly every word stands
/// between quotes, which serde escapes one byte at a time.
struct Around<'a> {
    message: &'a str,
}

impl Formatter for Around<'_> {
    fn write_null<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let message = self.message.as_bytes();
        // JSON holds no control character, so that only two kinds are left to escape.
        if message.iter().map(|byte| u8::from(*byte < b' ')).fold(0, |any, one| any | one) != 0 {
            return Ok(serde_json::to_writer(out, self.message)?);
        }
        out.write_all(b"\"")?;
        let mut from = 0;
        for at in memchr::memchr2_iter(b'"', b'\\', message) {
            out.write_all(&message[from..at])?;
            out.write_all(b"\\")?;
            from = at;
        }
        out.write_all(&message[from..])?;
        out.write_all(b"\"")
    }
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
    message: Wrapped,
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

#[cfg(test)]
mod tests {
    use super::{Around, Formatter};

    #[test]
    fn a_wrapped_text_is_what_serde_would_have_written() {
        let rows = [
            "",
            r#"{"a":"b"}"#,
            r#"{"text":"a \"quoted\" path C:\\x\n한글"}"#,
            "\"\"\\\\",
            "a\nb\u{1}\"c\u{7f}",
        ];
        for message in rows {
            let mut out = Vec::new();
            Around { message }.write_null(&mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(message).unwrap());
        }
    }
}
