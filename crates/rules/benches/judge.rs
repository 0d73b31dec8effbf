//! The budgets: a condition on a parsed event in 2 us, 200 rules in 100 us a member.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::fmt::Write as _;

use divan::{Bencher, black_box};
use jiff::Timestamp;
use rules::Rules;
use serde_json::json;

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// About 5 KB as AWS Health sends it.
fn event() -> model::HealthEvent {
    let entities: Vec<_> = (0..8)
        .map(|i| json!({"entityValue": format!("i-{i:017x}"), "status": "PENDING"}))
        .collect();
    let text = "One or more of your instances needs maintenance. Please read on. ".repeat(60);
    let record = json!({
        "source": "aws.health", "detail-type": "AWS Health Event", "account": "111122223333",
        "region": "ap-northeast-2", "time": "2026-03-02T09:00:00Z",
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_X/1",
            "service": "EC2", "eventTypeCode": "AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED",
            "eventTypeCategory": "scheduledChange", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "startTime": "Mon, 9 Mar 2026 10:00:00 GMT", "statusCode": "upcoming",
            "eventDescription": [{"language": "en_US", "latestDescription": text}],
            "affectedEntities": entities,
        }
    });
    model::read(record.to_string().as_bytes()).remove(0).unwrap()
}

/// Conditions as people write them, none of which takes the event, so that all are asked.
const WHENS: [&str; 6] = [
    "category = 'issue' and status = 'open' and service in ('RDS', 'EC2')",
    "account_name like 'payments-%' and region = 'ap-northeast-2' and ou = '{}'",
    "type_code = 'AWS_CLOUDSHELL_{}' or type_code like 'AWS_LAMBDA_%{}'",
    "category = 'scheduledChange' and days_left < 7 and tag.tier = '{}'",
    "service = 'EC2' and detail.startTime < now() + interval '7 days' and owner = '{}'",
    "'i-{}' = any(detail.affectedEntities.entityValue)",
];

fn document(rules: usize) -> Rules {
    let mut text = String::new();
    for number in 0..rules {
        let when = WHENS[number % WHENS.len()].replace("{}", &number.to_string());
        let apart = format!("{when} and entity_count <> {}", 1_000 + number);
        let refused = format!("({apart}) and account <> '111122223333'");
        write!(text, "[[route]]\nname = 'r{number}'\nwhen = \"{refused}\"\nspaces = ['s']\n")
            .unwrap();
    }
    text.push_str(
        "[accounts.'1111*']\nou = 'prod'\nowner = 'payments'\ntags = { tier = 'gold' }\n",
    );
    text.push_str("[accounts.111122223333]\nname = 'search-prod'\n");
    Rules::parse(&text, "1").unwrap()
}

#[divan::bench(args = [0, 1, 200])]
fn judge_with_rules(bencher: Bencher<'_, '_>, rules: usize) {
    let (rules, event) = (document(rules), event());
    bencher.bench(|| rules.judge(black_box(&event), now()));
}

#[divan::bench(args = WHENS)]
fn judge_with_one(bencher: Bencher<'_, '_>, when: &str) {
    let when = format!("{when} and account <> '111122223333'");
    let text = format!("[[route]]\nname = 'a'\nwhen = \"{when}\"\nspaces = ['s']");
    let (rules, event) = (Rules::parse(&text, "1").unwrap(), event());
    bencher.bench(|| rules.judge(black_box(&event), now()));
}

#[divan::bench]
fn judge_with_a_scan_of_the_description(bencher: Bencher<'_, '_>) {
    let when = "description like '%will retire%' or description ilike '%downtime%'";
    let text = format!("[[route]]\nname = 'a'\nwhen = \"{when}\"\nspaces = ['s']");
    let (rules, event) = (Rules::parse(&text, "1").unwrap(), event());
    bencher.bench(|| rules.judge(black_box(&event), now()));
}
