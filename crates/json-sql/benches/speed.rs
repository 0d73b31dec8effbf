//! The budgets: a condition on a parsed 5 KB event in 2 us, 200 of them in 100 us; a WHERE over NDJSON
//! of events at 400 MB/s, of 200-byte rows at 150 MB/s, on one core.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jiff::Timestamp;
use json_sql::{Cell, Condition, Limits, Params, Path, Query, Row};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// An event of about 5 KB, as AWS Health sends them: a long description and some entities.
fn event(number: usize) -> Value {
    let entities: Vec<Value> = (0..8)
        .map(|i| {
            json!({
                "entityValue": format!("i-{:017x}", number * 100 + i),
                "lastUpdatedTime": "Sat, 20 Jul 2024 15:00:00 GMT",
                "status": "PENDING",
                "tags": { "team": "payments", "Name": format!("api-{i}") },
            })
        })
        .collect();
    json!({
        "version": "0",
        "id": format!("{number:08x}-1428-4cd3-a780-95db273d1602"),
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "111122223333",
        "time": "2024-07-20T01:43:21Z",
        "region": pick(number, &["ap-northeast-2", "us-east-1", "eu-west-1"]),
        "resources": ["i-0001", "i-0002"],
        "detail": {
            "eventArn": format!("arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_X/{number}"),
            "service": pick(number, &["EC2", "RDS", "LAMBDA", "S3"]),
            "eventTypeCode": "AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED",
            "eventTypeCategory": "scheduledChange",
            "eventScopeCode": "ACCOUNT_SPECIFIC",
            "startTime": "Sat, 27 Jul 2024 15:00:00 GMT",
            "endTime": "Sat, 27 Jul 2024 17:00:00 GMT",
            "statusCode": pick(number, &["open", "closed", "upcoming"]),
            "eventDescription": [{
                "language": "en_US",
                "latestDescription": "One or more of your \"instances\" needs maintenance.\nPlease read on. ".repeat(43),
            }],
            "affectedEntities": entities,
        },
    })
}

fn pick(number: usize, options: &[&'static str]) -> &'static str {
    options[number % options.len()]
}

fn lines(make: impl Fn(usize) -> Value) -> Vec<Vec<u8>> {
    (0..500).map(|number| make(number).to_string().into_bytes()).collect()
}

fn small_row(number: usize) -> Value {
    json!({
        "id": number, "name": format!("user-{number}"), "age": number % 90, "isActive": number.is_multiple_of(2),
        "city": pick(number, &["Seoul", "Busan", "Daegu"]), "email": format!("user-{number}@example.com"),
        "registered": "2024-07-20T15:00:00Z", "balance": 1_000.5, "company": "Example Trading",
    })
}

const CONDITION: &str = "detail.service in ('RDS', 'EC2') and detail.statusCode = 'open' \
     and detail.eventTypeCode like 'AWS_EC2_%' and not region = 'us-east-1'";

fn now() -> Timestamp {
    "2024-07-21T00:00:00Z".parse().unwrap()
}

#[divan::bench(args = [
    CONDITION,
    "detail.startTime < now() + interval '7 days'",
    "'i-0000000000000000a' = any(detail.affectedEntities.entityValue)",
    "lower(detail.eventTypeCode) like '%maintenance%'",
])]
fn condition_on_a_parsed_event(bencher: Bencher<'_, '_>, sql: &str) {
    let (condition, event) = (Condition::parse(sql).unwrap(), event(0));
    bencher.bench_local(|| condition.matches(black_box(&event), now()).unwrap());
}

#[divan::bench]
fn two_hundred_conditions_on_a_parsed_event(bencher: Bencher<'_, '_>) {
    let event = event(0);
    let make = |i: usize| {
        let sql = format!(
            "account = '11112222{i:04}' or detail.service = 'X{i}' and region like 'ap-%' or {CONDITION} and {i} < 0"
        );
        Condition::parse(&sql).unwrap()
    };
    let conditions: Vec<Condition> = (0..200).map(make).collect();
    bencher.bench_local(|| {
        conditions
            .iter()
            .filter(|condition| condition.matches(black_box(&event), now()).unwrap())
            .count()
    });
}

/// The same rules over a typed row, as routing asks them.
struct Alert {
    account: String,
    service: String,
    status: String,
    type_code: String,
    region: String,
}

impl Row for Alert {
    fn cell(&self, path: &Path) -> Cell<'_> {
        match path.as_name() {
            Some("account") => self.account.as_str().into(),
            Some("service") => self.service.as_str().into(),
            Some("status") => self.status.as_str().into(),
            Some("type_code") => self.type_code.as_str().into(),
            Some("region") => self.region.as_str().into(),
            _ => Cell::Null,
        }
    }
}

#[divan::bench]
fn two_hundred_rules_on_a_typed_row(bencher: Bencher<'_, '_>) {
    let alert = Alert {
        account: "111122223333".to_owned(),
        service: "EC2".to_owned(),
        status: "open".to_owned(),
        type_code: "AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED".to_owned(),
        region: "ap-northeast-2".to_owned(),
    };
    let make = |i: usize| {
        let sql = format!(
            "account = '11112222{i:04}' or service in ('RDS', 'EC2') and status = 'open' \
             and type_code like 'AWS_X{i}_%' and not region = 'us-east-1'"
        );
        Condition::parse(&sql).unwrap()
    };
    let conditions: Vec<Condition> = (0..200).map(make).collect();
    bencher.bench_local(|| {
        conditions
            .iter()
            .filter(|condition| condition.matches(black_box(&alert), now()).unwrap())
            .count()
    });
}

#[divan::bench]
fn parse_a_condition(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Condition::parse(black_box(CONDITION)).unwrap());
}

fn scan(bencher: Bencher<'_, '_>, sql: &str, lines: &[Vec<u8>]) {
    let query = Query::parse(sql).unwrap();
    let bytes: usize = lines.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut execution = query.execution(now(), &Params::new(), Limits::default()).unwrap();
        let mut out = Vec::new();
        let mut rows = 0;
        for line in lines {
            execution.push_json(line, &mut out).unwrap();
            rows += out.len();
            out.clear();
        }
        execution.finish(&mut out).unwrap();
        rows + out.len()
    });
}

#[divan::bench(args = [
    "SELECT id, detail.service FROM health WHERE detail.service = 'EC2' AND detail.statusCode = 'open'",
    "SELECT id FROM health WHERE detail.startTime < now() + interval '7 days'",
    "SELECT id FROM health WHERE 'i-0001' = ANY(detail.affectedEntities.entityValue)",
    "SELECT * FROM health WHERE detail.service = 'EC2'",
    "SELECT detail.service, count(*) FROM health GROUP BY detail.service",
    "SELECT entityValue FROM health.detail.affectedEntities WHERE status = 'OPEN'",
])]
fn events_as_ndjson(bencher: Bencher<'_, '_>, sql: &str) {
    scan(bencher, sql, &lines(event));
}

#[divan::bench(args = [
    "SELECT id, name FROM users WHERE age > 80 AND isActive = true",
    "SELECT id, name, city FROM users WHERE city <> 'Seoul'",
    "SELECT * FROM users WHERE age > 80",
    "SELECT city, count(*), avg(age) FROM users GROUP BY city",
    "SELECT id FROM users ORDER BY age DESC LIMIT 10",
])]
fn small_rows_as_ndjson(bencher: Bencher<'_, '_>, sql: &str) {
    scan(bencher, sql, &lines(small_row));
}

/// What reading costs at least, and what building every document would cost.
#[divan::bench(args = ["skip", "build"])]
fn floor_of_small_rows(bencher: Bencher<'_, '_>, how: &str) {
    let lines = lines(small_row);
    let bytes: usize = lines.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for line in &lines {
            if how == "skip" {
                black_box(serde_json::from_slice::<serde::de::IgnoredAny>(line).unwrap());
            } else {
                black_box(serde_json::from_slice::<Value>(line).unwrap());
            }
        }
    });
}
