//! Writes distinct AWS Health events as NDJSON, about 5 KB each, to measure `simulate` by:
//!
//! ```sh
//! cargo run --release --example events -- 20000 > events.ndjson
//! time target/release/healthctl simulate events.ndjson > messages.ndjson
//! ```
//!
//! No two have an ARN, communication, time, resource or text in common. Every second event is
//! an issue, the others are notices and changes, so that all ways through the collector are
//! walked; each becomes a message of its own.

use std::io::{BufWriter, Write};

use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for at in 0..count {
        serde_json::to_writer(&mut out, &event(at))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Words that hold no digit, since texts are compared without whatever holds one.
const SYSTEMS: [&str; 20] = [
    "storage",
    "network",
    "control",
    "metadata",
    "routing",
    "scheduler",
    "gateway",
    "replica",
    "volume",
    "snapshot",
    "cluster",
    "cache",
    "queue",
    "stream",
    "index",
    "resolver",
    "balancer",
    "registry",
    "tunnel",
    "endpoint",
];
const SERVICES: [&str; 8] = ["EC2", "RDS", "EBS", "LAMBDA", "VPN", "ECS", "DYNAMODB", "SQS"];
const REGIONS: [&str; 5] =
    ["ap-northeast-2", "us-east-1", "eu-central-1", "us-west-2", "sa-east-1"];
const PARAGRAPH: &str = "We are investigating increased API error rates and launch failures in a single Availability \
    Zone. Existing workloads are not affected by this event. We recommend that customers place new workloads in other \
    Availability Zones while we work on it; we expect to be able to tell you more within the next thirty minutes. If you \
    have questions & need help, please contact AWS Support [1] or open the AWS Health Dashboard.";

fn event(at: usize) -> Value {
    let (service, region) = (SERVICES[at % SERVICES.len()], REGIONS[at % REGIONS.len()]);
    let (category, code, scope) = match at % 4 {
        0 | 2 => ("issue", "OPERATIONAL_ISSUE", "open"),
        1 => ("accountNotification", "OPERATIONAL_NOTIFICATION", "open"),
        _ => ("scheduledChange", "MAINTENANCE_SCHEDULED", "upcoming"),
    };
    let code = format!("AWS_{service}_{code}");
    let account = format!("{:012}", 111_122_220_000 + at % 500);
    let clock = format!("{:02}:{:02}:{:02}", at / 3_600 % 24, at / 60 % 60, at % 60);
    let day = 1 + at / 86_400;
    let resource = |n: usize| {
        json!({
            "entityValue": format!("i-{:017x}", at * 10 + n),
            "status": if n < 5 { "IMPAIRED" } else { "PENDING" },
            "lastUpdatedTime": format!("Sat, {day} Nov 2025 {clock} GMT"),
        })
    };
    json!({
        "version": "0",
        "id": format!("7bf73129-1428-4cd3-a780-{at:012x}"),
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": account,
        "time": format!("2025-11-{day:02}T{clock}Z"),
        "region": region,
        "resources": [],
        "detail": {
            "eventArn": format!("arn:aws:health:{region}::event/{service}/{code}/{code}_{at:08x}"),
            "service": service,
            "eventTypeCode": code,
            "eventTypeCategory": category,
            "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": format!("{:032x}-1", at * 7_919 + 1),
            "startTime": format!("Sat, {day} Nov 2025 {clock} GMT"),
            "lastUpdatedTime": format!("Sat, {day} Nov 2025 {clock} GMT"),
            "statusCode": scope,
            "eventRegion": region,
            "eventDescription": [{ "language": "en_US", "latestDescription": description(at) }],
            "affectedEntities": (0..10).map(resource).collect::<Vec<_>>(),
            "affectedAccount": account,
            "page": "1",
            "totalPages": "1",
        }
    })
}

/// Names the event in words, so that not even a campaign takes two of them for one.
fn description(at: usize) -> String {
    let mut name = String::new();
    let mut left = at;
    for _ in 0..4 {
        name.push_str(SYSTEMS[left % SYSTEMS.len()]);
        name.push(' ');
        left /= SYSTEMS.len();
    }
    let mut text = format!("[{:02}:{:02} AM PST] The {name}fleet.\n\n", 1 + at % 12, at % 60);
    let paragraphs = (0..7).map(|part| format!("[{part}] {PARAGRAPH}\n\n"));
    text.extend(paragraphs);
    text.push_str("[1] https://docs.aws.amazon.com/health/latest/ug/getting-started.html");
    text
}
