//! From the bytes of a record to the event, and what is asked of every event at once.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up should stop")]

use divan::Bencher;
use model::{HealthEvent, fingerprint, severity};
use serde_json::json;

fn main() {
    divan::main();
}

/// About 5 KB with 8 entities, 220 KB with 2,000.
fn record(entities: usize) -> String {
    let paragraph = "We are investigating increased API error rates and launch failures in a single Availability Zone. Existing workloads are not affected by this event. We recommend that customers place new workloads in other Availability Zones while we work on it; if you have questions & need help, contact AWS Support.\n\n";
    let entity = |at: usize| json!({"entityValue": format!("i-0abc{at:013}"), "status": "IMPAIRED", "lastUpdatedTime": "Sat, 21 Nov 2026 00:20:00 GMT"});
    json!({
        "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "detail-type": "AWS Health Event",
        "source": "aws.health", "account": "111122223333", "time": "2026-11-21T00:25:00Z",
        "region": "ap-northeast-2", "resources": [],
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/X1",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": "a1b2c3d4e5f6-1", "startTime": "Sat, 21 Nov 2026 00:12:00 GMT",
            "lastUpdatedTime": "Sat, 21 Nov 2026 00:24:00 GMT", "statusCode": "open",
            "eventRegion": "ap-northeast-2",
            "eventDescription": [{"language": "en_US", "latestDescription": paragraph.repeat(11)}],
            "affectedEntities": (0..entities).map(entity).collect::<Vec<_>>(),
            "affectedAccount": "111122223333", "page": "1", "totalPages": "1"
        }
    })
    .to_string()
}

fn event() -> HealthEvent {
    let read = model::read(record(8).as_bytes()).into_iter().next();
    read.expect("one record").expect("a readable record")
}

#[divan::bench(args = [8, 2_000])]
fn read(bencher: Bencher<'_, '_>, entities: usize) {
    let record = record(entities);
    let bytes = divan::counter::BytesCount::new(record.len());
    bencher.counter(bytes).bench(|| model::read(divan::black_box(record.as_bytes())).len());
}

#[divan::bench(args = [2_000])]
fn read_listing_fifty(bencher: Bencher<'_, '_>, entities: usize) {
    let record = record(entities);
    let bytes = divan::counter::BytesCount::new(record.len());
    let read = || model::record::read_listing(divan::black_box(record.as_bytes()), 50).len();
    bencher.counter(bytes).bench(read);
}

#[divan::bench]
fn masked_text(bencher: Bencher<'_, '_>) {
    let event = event();
    bencher.bench(|| fingerprint::masked(divan::black_box(event.preferred_text())));
}

#[divan::bench]
fn built_in_severity(bencher: Bencher<'_, '_>) {
    let mut event = event();
    event.category = model::words::Category::AccountNotification;
    let now = event.time.expect("a time");
    bencher.bench(|| severity::built_in(divan::black_box(&event), now, None).level);
}
