//! The warm path: from the bytes Lambda hands over to the bytes Chat takes.
//! Budgets: 30 µs for an event of 5 KB, 200 µs for 2,000 entities.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up should stop")]

use delibird::{envelope, posts};
use divan::Bencher;
use jiff::Timestamp;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-11-21T00:30:00Z".parse().expect("a literal time")
}

/// A Health event as EventBridge delivers it, its description padded to about 5 KB in all.
fn event(entities: usize, padding: usize) -> Value {
    let entity = |at: usize| json!({"entityValue": format!("i-0abc{at:013}"), "status": "IMPAIRED", "lastUpdatedTime": "Sat, 21 Nov 2026 00:20:00 GMT"});
    let paragraph = "[04:15 PM PST] We are investigating increased API error rates and launch failures in a single Availability Zone.\n\nExisting instances are not affected by this event. We recommend that customers launch new instances in other Availability Zones while we work on it; we expect to be able to tell you more within the next thirty minutes. If you have questions & need help, contact AWS Support.\n\n";
    json!({
        "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "detail-type": "AWS Health Event",
        "source": "aws.health", "account": "111122223333", "time": "2026-11-21T00:25:00Z",
        "region": "ap-northeast-2", "resources": [],
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_X1",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "eventTypeCategory": "issue",
            "eventScopeCode": "ACCOUNT_SPECIFIC", "communicationId": "a1b2c3d4e5f6-1",
            "startTime": "Sat, 21 Nov 2026 00:12:00 GMT", "lastUpdatedTime": "Sat, 21 Nov 2026 00:24:00 GMT",
            "statusCode": "open", "eventRegion": "ap-northeast-2",
            "eventDescription": [{"language": "en_US", "latestDescription": paragraph.repeat(padding)}],
            "affectedEntities": (0..entities).map(entity).collect::<Vec<_>>(),
            "affectedAccount": "111122223333", "page": "1", "totalPages": "1"
        }
    })
}

/// The alert the collector makes of it.
fn alert(entities: usize, padding: usize) -> String {
    let read = model::read(event(entities, padding).to_string().as_bytes());
    let event = read.into_iter().next().expect("one event").expect("a readable event");
    let alert = model::Alert::of(&event, now());
    serde_json::to_string(&alert).expect("an alert serializes")
}

fn sns(message: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:ap-northeast-2:111122223333:alerts",
        "Message": message, "Timestamp": "2026-11-21T00:25:01.000Z", "SignatureVersion": "1"})
}

fn sqs(body: &str) -> Vec<u8> {
    json!({"Records": [{"messageId": "q-1", "receiptHandle": "r-1", "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSourceARN": "arn:aws:sqs:ap-northeast-2:111122223333:delivery"}]})
    .to_string()
    .into_bytes()
}

fn direct(message: &str) -> Vec<u8> {
    json!({"Records": [{"EventSource": "aws:sns", "Sns": sns(message)}]}).to_string().into_bytes()
}

fn run(bencher: Bencher<'_, '_>, payload: &[u8]) {
    bencher.counter(divan::counter::BytesCount::new(payload.len())).bench(|| {
        let records = envelope::read(divan::black_box(payload), now());
        let alerts = records.iter().flat_map(|record| &record.alerts).flatten();
        alerts.flat_map(|alert| posts(alert, now())).map(|post| post.body.len()).sum::<usize>()
    });
}

#[divan::bench]
fn alert_of_5_kb_by_sns_in_sqs(bencher: Bencher<'_, '_>) {
    run(bencher, &sqs(&sns(&alert(8, 8)).to_string()));
}

#[divan::bench]
fn event_of_5_kb_by_sns_in_sqs(bencher: Bencher<'_, '_>) {
    run(bencher, &sqs(&sns(&event(8, 8).to_string()).to_string()));
}

#[divan::bench]
fn event_of_5_kb_by_sns(bencher: Bencher<'_, '_>) {
    run(bencher, &direct(&event(8, 8).to_string()));
}

#[divan::bench]
fn event_of_5_kb_itself(bencher: Bencher<'_, '_>) {
    run(bencher, event(8, 8).to_string().as_bytes());
}

#[divan::bench]
fn alert_of_2000_entities_by_sns_in_sqs(bencher: Bencher<'_, '_>) {
    run(bencher, &sqs(&sns(&alert(2_000, 3)).to_string()));
}

#[divan::bench]
fn event_of_2000_entities_by_sns(bencher: Bencher<'_, '_>) {
    run(bencher, &direct(&event(2_000, 3).to_string()));
}

#[divan::bench]
fn event_of_2000_entities_itself(bencher: Bencher<'_, '_>) {
    run(bencher, event(2_000, 3).to_string().as_bytes());
}

#[divan::bench]
fn read_of_5_kb_alone(bencher: Bencher<'_, '_>) {
    let event = event(8, 8).to_string();
    bencher.bench(|| model::read(divan::black_box(event.as_bytes())).len());
}

#[divan::bench]
fn read_of_2000_entities_alone(bencher: Bencher<'_, '_>) {
    let event = event(2_000, 3).to_string();
    bencher.bench(|| model::read(divan::black_box(event.as_bytes())).len());
}

#[divan::bench]
fn render_of_5_kb_alone(bencher: Bencher<'_, '_>) {
    let alert: model::Alert = serde_json::from_str(&alert(8, 8)).expect("an alert");
    bencher.bench(|| delibird::render(divan::black_box(&alert), now()).body.len());
}

#[divan::bench]
fn render_of_2000_entities_alone(bencher: Bencher<'_, '_>) {
    let alert: model::Alert = serde_json::from_str(&alert(2_000, 3)).expect("an alert");
    bencher.bench(|| delibird::render(divan::black_box(&alert), now()).body.len());
}
