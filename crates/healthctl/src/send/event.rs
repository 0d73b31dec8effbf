//! PURE. The event that is sent: a sample, or somebody's own, under a name that is used once.

use anyhow::{Context, bail};
use jiff::Timestamp;
use model::HealthEvent;
use serde_json::{Value, json};

use crate::cli::send::Sample;

pub(super) const SOURCE: &str = "custom.health";
pub(super) const DETAIL_TYPE: &str = "AWS Health Event";

pub(super) struct Sent {
    pub arn: String,
    pub detail: Value,
}

impl Sent {
    pub(super) fn sample(sample: Sample, now: Timestamp) -> Self {
        let later = now + jiff::SignedDuration::from_hours(72);
        let resource = |status: &str| json!([{"entityValue": "test-resource", "status": status}]);
        let (code, category, status, start, resources) = match sample {
            Sample::Test => ("HEALTH_ALERTS_TEST", "issue", "closed", now, json!([])),
            Sample::Issue => {
                ("HEALTH_ALERTS_TEST_ISSUE", "issue", "open", now, resource("IMPAIRED"))
            }
            Sample::Maintenance => {
                let code = "HEALTH_ALERTS_TEST_MAINTENANCE";
                (code, "scheduledChange", "upcoming", later, resource("PENDING"))
            }
        };
        let mut detail = json!({
            "eventArn": format!("arn:aws:health:global::event/TEST/{code}"),
            "service": "TEST", "eventTypeCode": code, "eventTypeCategory": category,
            "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": status,
            "startTime": start.to_string(), "lastUpdatedTime": now.to_string(),
            "eventDescription": [{
                "language": "en_US",
                // The letters keep tests of one day apart: a campaign is known by its text.
                "latestDescription":
                    format!("A test of the alerting ({}). Nothing happened.", letters(now)),
            }],
            "affectedEntities": resources,
        });
        if sample == Sample::Test {
            detail["severity"] = json!("info");
            detail["endTime"] = json!(now.to_string());
        }
        Self::under_its_own_name(detail, now)
    }

    /// Of a record as EventBridge delivers it, or of its detail alone.
    pub(super) fn of(bytes: &[u8], now: Timestamp) -> anyhow::Result<Self> {
        let record: Value = serde_json::from_slice(bytes).context("it is not one JSON document")?;
        let detail = match record.get("detail") {
            Some(detail) => detail.clone(),
            None => record,
        };
        if !detail.is_object() || detail.get("Entries").is_some() {
            bail!("it is neither a record of EventBridge nor the detail of one");
        }
        let sent = Self::under_its_own_name(detail, now);
        sent.read()?;
        Ok(sent)
    }

    /// Sent twice it is two events, and never one of AWS.
    fn under_its_own_name(mut detail: Value, now: Timestamp) -> Self {
        let tag = format!("sent-{}", letters(now));
        let arn = detail["eventArn"].as_str().unwrap_or("arn:aws:health:global::event/TEST");
        let arn = format!("{arn}/{tag}");
        detail["eventArn"] = json!(arn);
        if let Some(id) = detail["communicationId"].as_str() {
            detail["communicationId"] = json!(format!("{id}-{tag}"));
        }
        // An account of one's own is the only one it may speak for.
        if let Some(detail) = detail.as_object_mut() {
            detail.remove("affectedAccount");
        }
        Self { arn, detail }
    }

    /// As the collector will read it.
    pub(super) fn read(&self) -> anyhow::Result<HealthEvent> {
        let record = json!({
            "source": SOURCE, "detail-type": DETAIL_TYPE, "account": "", "detail": self.detail,
        });
        let mut read = model::read(record.to_string().as_bytes());
        match (read.pop(), read.is_empty()) {
            (Some(Ok(event)), true) => Ok(event),
            (Some(Err(unreadable)), _) => Err(unreadable.into()),
            _ => bail!("it holds more than one event"),
        }
    }
}

/// A time in letters: digits do not count when texts are compared.
fn letters(now: Timestamp) -> String {
    let mut rest = now.as_millisecond().unsigned_abs();
    let mut letters = String::new();
    while rest > 0 {
        letters.push(char::from(b'a' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use collector::incident::identify;
    use jiff::Timestamp;
    use serde_json::json;

    use super::Sent;
    use crate::cli::send::Sample;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn each_sample_is_an_incident_of_its_own_each_time() {
        let mut seen = std::collections::HashSet::new();
        for sample in [Sample::Test, Sample::Issue, Sample::Maintenance] {
            for second in [1_800_000_000, 1_800_000_001] {
                let event = Sent::sample(sample, at(second)).read().unwrap();
                assert!(seen.insert(identify(&event).new), "{sample:?}");
            }
        }
    }

    #[test]
    fn an_event_of_aws_is_sent_under_another_name_and_account() {
        let detail = json!({
            "eventArn": "arn:aws:health:us-east-1::event/EC2/X/1", "communicationId": "c-1",
            "service": "EC2", "eventTypeCode": "X", "eventTypeCategory": "issue",
            "eventScopeCode": "ACCOUNT_SPECIFIC", "affectedAccount": "111122223333",
        });
        let record = json!({"source": "aws.health", "account": "111122223333", "detail": detail});
        for body in [detail.to_string(), record.to_string()] {
            let sent = Sent::of(body.as_bytes(), at(1)).unwrap();
            let event = sent.read().unwrap();
            assert_eq!(event.source.to_string(), "custom.health");
            assert!(sent.arn.starts_with("arn:aws:health:us-east-1::event/EC2/X/1/sent-"));
            assert_ne!(sent.detail["communicationId"], "c-1");
            assert!(sent.detail.get("affectedAccount").is_none());
        }
        for wrong in ["", "[]", "7", r#"{"Entries":[]}"#, r#"{"detail":"text"}"#] {
            assert!(Sent::of(wrong.as_bytes(), at(1)).is_err(), "{wrong}");
        }
    }
}
