//! The real collector binary on an emulator of AWS: event bus, queues, table, topic. What comes
//! out is what delibird takes in.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod delivery;
mod hub;
mod metrics;
mod releases;
mod send;

use model::words::{Kind, Severity};
use serde_json::{Value, json};

use hub::Hub;

/// An issue of the hub's own account, as a custom source sends it: the emulator, like AWS, takes
/// no `aws.health` from us.
pub(crate) fn issue(arn: &str, page: u32) -> Value {
    json!({
        "eventArn": arn, "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": "open",
        "communicationId": format!("c1-{page}"), "page": page.to_string(), "totalPages": "2",
        "startTime": "2027-01-15T08:00:00Z", "lastUpdatedTime": "2027-01-15T08:00:00Z",
        "eventDescription": [{"language": "en_US", "latestDescription": "We are investigating."}],
        "affectedEntities": [{"entityValue": format!("i-{page}"), "status": "IMPAIRED"}],
    })
}

const ARN: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/ONE";

#[tokio::test]
async fn events_on_the_bus_become_one_alert_and_what_is_forged_becomes_a_dead_letter() {
    let Some(hub) = Hub::start().await else { return };
    let mut forged = issue(ARN, 3);
    forged["affectedAccount"] = json!("111122223333");
    for detail in [issue(ARN, 1), issue(ARN, 2), issue(ARN, 1), forged] {
        hub.put_event(&detail).await;
    }
    hub.send(hub::EVENTS, "not an event").await;

    let delivered = hub.receive(hub::DELIVERY).await.unwrap();
    let notification: Value = serde_json::from_str(delivered["Body"].as_str().unwrap()).unwrap();
    let alert: model::Alert =
        serde_json::from_str(notification["Message"].as_str().unwrap()).unwrap();
    assert_eq!((alert.kind, alert.seq), (Kind::Opened, 1));
    assert_eq!(alert.severity, Severity::Critical);
    assert_eq!(alert.event.arn.as_ref().map(model::ids::EventArn::as_str), Some(ARN));
    assert_eq!((alert.accounts.total, alert.resources.total), (1, 2));
    let attribute = |name: &str| notification["MessageAttributes"][name]["Value"].clone();
    assert_eq!([attribute("max_severity"), attribute("service")], ["critical", "EC2"]);

    let mut reasons = Vec::new();
    for _ in 0..2 {
        let letter = hub.receive(hub::DEAD_LETTERS).await.unwrap();
        let attribute = |name: &str| {
            letter["MessageAttributes"][name]["StringValue"].as_str().unwrap().to_owned()
        };
        reasons.push((attribute("error_type"), attribute("reason")));
    }
    reasons.sort();
    let error_types: Vec<&str> = reasons.iter().map(|(error_type, _)| &**error_type).collect();
    assert_eq!(error_types, ["Refused", "Unreadable"], "{reasons:?}");
    assert!(reasons[0].1.contains("may not speak for account 111122223333"), "{reasons:?}");

    // Everything is said: a sweep finds nothing, and nothing more comes.
    assert_eq!(
        hub.emulator.invoke("collector", &json!({"task": "sweep"})).await.unwrap(),
        json!(null)
    );
    assert_eq!(hub.receive_now(hub::DELIVERY).await, None);
}

#[tokio::test]
async fn a_start_without_settings_names_every_one_that_is_missing() {
    let rows = [
        ("collector", ["AWS_REGION", "STATE_TABLE", "ALERTS_TOPIC_ARN", "FLUSH_QUEUE_URL"]),
        ("delibird", ["AWS_REGION", "STATE_TABLE", "SPACES_SECRET_ARN", "ALARM_TOPIC_ARN"]),
    ];
    for (function, keys) in rows {
        let binary = hub::binary(function);
        let output = std::process::Command::new(binary).env_clear().output().unwrap();
        assert!(!output.status.success());
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(line["error_type"], "Settings");
        let reason = line["reason"].as_str().unwrap();
        for key in keys {
            assert!(reason.contains(&format!("{key} is not set")), "{key}: {reason}");
        }
    }
}
