//! What the functions are invoked with.

use jiff::Timestamp;
use model::Alert;
use serde_json::{Value, json};
use system_tests::chaos;
use system_tests::emulator::Emulator;

/// Synthetic: it decodes to project 1234567.
const ACCESS_KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";

/// About 5 KB of event `at`, for one account.
pub(crate) fn event(at: usize) -> String {
    event_for(at, 0)
}

/// The same event as each account gets it.
pub(crate) fn event_for(at: usize, account: u32) -> String {
    let account = format!("{:012}", 111_122_223_333 + u64::from(account));
    let text = "We are investigating increased API error rates and launch failures in a single \
                Availability Zone. Existing workloads are not affected by this event. ";
    let entity = |n: usize| json!({"entityValue": format!("i-{:017x}", at * 10 + n)});
    json!({
        "version": "0", "id": format!("{at:016x}"), "detail-type": "AWS Health Event",
        "source": "custom.health", "account": account, "time": "2026-11-21T00:10:00Z",
        "region": "us-east-1", "resources": [],
        "detail": {
            "eventArn": format!("arn:aws:health:us-east-1::event/EC2/MEASURED/{at}"),
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "statusCode": "open",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": format!("c-{at}"), "startTime": "2026-11-21T00:00:00Z",
            "lastUpdatedTime": "2026-11-21T00:10:00Z", "eventRegion": "us-east-1", "page": "1",
            "totalPages": "1", "affectedAccount": account,
            "affectedEntities": (0..8).map(entity).collect::<Vec<_>>(),
            "eventDescription":
                [{"language": "en_US", "latestDescription": format!("{}{at}", text.repeat(22))}],
        }
    })
    .to_string()
}

/// What the collector would make of it, for that space.
pub(crate) fn alert(at: usize, space: &str) -> String {
    let read = model::read(event(at).as_bytes()).remove(0);
    let alert = read.map(|event| {
        let mut alert = Alert::of(&event, Timestamp::UNIX_EPOCH);
        alert.target.space = space.into();
        alert
    });
    alert.ok().and_then(|alert| serde_json::to_string(&alert).ok()).unwrap_or_default()
}

/// A message of that queue, as Lambda hands it over.
pub(crate) fn record(queue: &str, body: String) -> String {
    records(queue, [body])
}

/// A batch of them.
pub(crate) fn records(queue: &str, bodies: impl IntoIterator<Item = String>) -> String {
    let source = Emulator::arn("sqs", queue);
    let record = |(at, body): (usize, String)| {
        json!({
            "messageId": at.to_string(), "receiptHandle": "none", "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent()},
            "eventSource": "aws:sqs", "eventSourceARN": source,
        })
    };
    let records: Vec<Value> = bodies.into_iter().enumerate().map(record).collect();
    json!({"Records": records}).to_string()
}

/// Milliseconds; an older alert would be posted as late.
fn sent() -> String {
    chaos::clock().as_millisecond().to_string()
}

/// A request of metrics.
pub(crate) fn request(at: usize, values: usize) -> String {
    let value = |n: usize| json!({"key": format!("value_{n}"), "value": 1.5 * f64::from(u32::try_from(at + n).unwrap_or(0))});
    let body = json!({
        "datas": (0..values).map(value).collect::<Vec<_>>(), "whatapAccessKey": ACCESS_KEY,
        "pcode": 1_234_567, "category": "measured", "host": "billing",
    });
    json!({
        "version": "2.0", "routeKey": "POST /custom", "rawPath": "/custom",
        "headers": {"content-type": "application/json"}, "isBase64Encoded": false,
        "requestContext": {"requestId": format!("r-{at}"), "http": {"method": "POST", "path": "/custom"}},
        "body": body.to_string(),
    })
    .to_string()
}
