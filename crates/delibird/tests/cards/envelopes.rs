//! Every envelope the card can come in.

use delibird::envelope::{Record, Unreadable, read};
use model::words::{Kind, Subject};
use serde_json::{Value, json};

use crate::alerts::issue;
use crate::checks::{checked, now};

fn event() -> String {
    json!({
        "source": "aws.health", "detail-type": "AWS Health Event", "account": "111122223333",
        "time": "2026-11-21T00:25:00Z", "region": "ap-northeast-2", "version": "0",
        "detail": {"eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "eventTypeCategory": "issue"}
    })
    .to_string()
}

fn alert() -> String {
    serde_json::to_string(&issue()).unwrap()
}

fn sns(message: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "sns-1", "TopicArn": "arn:aws:sns:x:y:alerts", "Message": message})
}

fn sqs(body: &Value) -> Value {
    json!({"messageId": "sqs-1", "receiptHandle": "handle-1", "body": body, "md5OfBody": "x",
        "attributes": {"ApproximateReceiveCount": "3"}, "eventSourceARN": "arn:aws:sqs:x:y:delivery"})
}

fn read_one(payload: &Value) -> Record {
    let mut records = read(payload.to_string().as_bytes(), now());
    assert_eq!(records.len(), 1, "{payload}");
    records.remove(0)
}

#[test]
fn every_envelope_holds_the_same_alert() {
    let text = |value: Value| Value::String(value.to_string());
    for (content, expected) in [(alert(), issue().alert_id), (event(), alert_of_event().alert_id)] {
        let value: Value = serde_json::from_str(&content).unwrap();
        let rows = [
            ("SQS wrapping SNS", json!({"Records": [sqs(&text(sns(&content)))]}), Some("sqs-1")),
            ("SQS, raw delivery", json!({"Records": [sqs(&text(value.clone()))]}), Some("sqs-1")),
            (
                "direct SNS",
                json!({"Records": [{"EventSource": "aws:sns", "Sns": sns(&content)}]}),
                Some("sns-1"),
            ),
            ("SNS document", sns(&content), None),
            ("itself", value, None),
        ];
        for (name, payload, id) in rows {
            let record = read_one(&payload);
            assert_eq!(record.id.as_deref(), id, "{name}");
            let alerts: Vec<_> = record.alerts.into_iter().map(Result::unwrap).collect();
            assert_eq!(alerts.len(), 1, "{name}");
            assert_eq!(alerts[0].alert_id, expected, "{name}");
        }
    }
}

fn alert_of_event() -> model::Alert {
    model::Alert::of(&model::read(event().as_bytes()).remove(0).unwrap(), now())
}

#[test]
fn what_sqs_says_of_a_message_is_kept() {
    let record = read_one(&json!({"Records": [sqs(&Value::String(alert()))]}));
    assert_eq!(record.receipt_handle.as_deref(), Some("handle-1"));
    assert_eq!(record.source_arn.as_deref(), Some("arn:aws:sqs:x:y:delivery"));
    assert_eq!(record.receive_count, 3);
}

#[test]
fn an_unreadable_record_has_a_reason_and_fails_no_neighbour() {
    let good = sqs(&Value::String(alert()));
    let body = |text: &str| sqs(&Value::String(text.to_owned()));
    let bad = [
        (json!(7), "the record holds neither `body` nor `Sns.Message`"),
        (
            json!({"messageId": 5, "body": {"not": "text"}}),
            "the record holds neither `body` nor `Sns.Message`",
        ),
        (json!({"Sns": []}), "the record holds neither `body` nor `Sns.Message`"),
        (body("  "), "the message is empty"),
        (body("not json"), "not an AWS Health event"),
        (body("[1]"), "not an AWS Health event"),
        (body("{\"hello\":1}"), "not an AWS Health event"),
        (
            body("{\"version\":1,\"kind\":\"opened\"}"),
            "not an alert this release reads: missing field",
        ),
    ];
    for (record, reason) in bad {
        let payload = json!({"Records": [good, record, good]}).to_string();
        let records = read(payload.as_bytes(), now());
        assert_eq!(records.len(), 3, "{payload}");
        for neighbour in [&records[0], &records[2]] {
            assert_eq!(neighbour.alerts.iter().filter(|alert| alert.is_ok()).count(), 1);
        }
        let error = records[1].alerts[0].as_ref().unwrap_err().to_string();
        assert!(error.starts_with(reason), "{error}");
    }
}

#[test]
fn what_is_no_invocation_at_all_is_one_unreadable_record() {
    for payload in ["", "  ", "nonsense", "{\"Records\": 7}", "[]x", "null"] {
        let records = read(payload.as_bytes(), now());
        assert_eq!(records.len(), 1, "{payload}");
        assert!(records[0].alerts.iter().all(Result::is_err), "{payload}");
    }
    assert!(read(b"{\"Records\": []}", now()).is_empty());
}

#[test]
fn a_message_of_several_events_gives_each_its_own_outcome() {
    let many = format!("[{}, 7, {}]", event(), event());
    let record = read_one(&json!({"Records": [sqs(&Value::String(many))]}));
    let readable: Vec<_> = record.alerts.iter().map(Result::is_ok).collect();
    assert_eq!(readable, [true, false, true]);
    assert!(matches!(record.alerts[1], Err(Unreadable::Event(_))));
}

#[test]
fn an_alert_of_another_version_becomes_a_plain_card() {
    let mut known = serde_json::to_value(issue()).unwrap();
    known["version"] = json!(2);
    known["novelty"] = json!("later");
    let strange = json!({"version": 9, "alertId": issue().alert_id, "what": "<b>something</b>"});
    for (alert, says) in [(known, "version 2"), (strange, "version 9")] {
        let record = read_one(&json!({"Records": [sqs(&Value::String(alert.to_string()))]}));
        let alert = record.alerts[0].as_ref().unwrap();
        assert_eq!(alert.kind, Kind::Plain);
        assert_eq!(alert.alert_id, issue().alert_id);
        let body = String::from_utf8(checked(alert).body).unwrap();
        assert!(body.contains(says), "{body}");
    }
}

#[test]
fn unknown_fields_of_a_known_version_pass() {
    let mut alert = serde_json::to_value(issue()).unwrap();
    alert["novelty"] = json!({"a": [1]});
    alert["event"]["novelty"] = json!(1);
    let record = read_one(&json!({"Records": [sqs(&Value::String(alert.to_string()))]}));
    assert_eq!(record.alerts[0].as_ref().unwrap().subject, Subject::Issue);
    assert_eq!(record.alerts[0].as_ref().unwrap(), &issue());
}
