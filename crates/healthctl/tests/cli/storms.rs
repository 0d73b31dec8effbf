//! Storms as AWS sends them, through the binary: thousands of records, one message.

use serde_json::{Value, json};

use crate::command::{assert_valid, run};

fn record(account: &str, page: u32, pages: u32, entities: &[String]) -> Value {
    let entities: Vec<Value> =
        entities.iter().map(|id| json!({"entityValue": id, "status": "IMPAIRED"})).collect();
    json!({
        "version": "0", "source": "aws.health", "detail-type": "AWS Health Event",
        "account": account, "time": "2026-03-02T10:00:00Z", "region": "ap-northeast-2",
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/STORM",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": format!("c1-{page}"), "statusCode": "open",
            "startTime": "Mon, 2 Mar 2026 09:50:00 GMT",
            "lastUpdatedTime": "Mon, 2 Mar 2026 09:59:00 GMT",
            "eventRegion": "ap-northeast-2", "affectedAccount": account,
            "eventDescription": [{"language": "en_US", "latestDescription": "We are investigating."}],
            "affectedEntities": entities, "page": page.to_string(), "totalPages": pages.to_string(),
        }
    })
}

/// An order that has nothing to do with accounts, Regions or pages.
fn shuffled(mut records: Vec<Value>) -> String {
    records.sort_by_key(|record| model::fingerprint::of(&record.to_string()));
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn storm() -> Vec<Value> {
    let mut records = Vec::new();
    for account in 0..500_u64 {
        let account = (100_000_000_000 + account).to_string();
        for page in 1..=3 {
            let entities = [format!("i-{account}-{page}-a"), format!("i-{account}-{page}-b")];
            let home = record(&account, page, 3, &entities);
            let mut backup = home.clone();
            backup["region"] = json!("us-west-2");
            backup["detail"]["backupEvent"] = json!("true");
            records.extend([home, backup]);
        }
    }
    records
}

#[test]
fn five_hundred_accounts_with_backup_copies_and_pages_are_one_message() {
    let ran = run(&["simulate"], shuffled(storm()).as_bytes());
    let messages = ran.messages();
    assert_eq!((ran.status, messages.len()), (0, 1), "{}", ran.stderr);
    assert_eq!(messages[0]["accounts"], 500);
    assert_valid(&messages[0]["message"]);
    let shown = messages[0]["message"].to_string();
    assert!(shown.contains("3,000") || shown.contains("3000"), "{shown}");
}

#[test]
fn copies_of_a_trusted_administrator_change_nothing_and_those_of_others_are_not_believed() {
    let seen_by = |sender: &str| -> Vec<Value> {
        let mut copies = storm();
        for copy in &mut copies {
            copy["account"] = json!(sender);
        }
        copies
    };
    let rules = std::env::temp_dir().join(format!("healthctl-trust-{}.toml", std::process::id()));
    std::fs::write(&rules, "[defaults]\ntrusted_accounts = [\"999988887777\"]\n").unwrap();
    let rules_path = rules.display().to_string();
    let mut all = storm();
    all.extend(seen_by("999988887777"));
    let ran = run(&["simulate", "--routes", &rules_path], shuffled(all).as_bytes());
    assert_eq!((ran.messages().len(), ran.messages()[0]["accounts"].clone()), (1, json!(500)));
    let forged = seen_by("666655554444");
    let ran = run(&["simulate", "--routes", &rules_path], shuffled(forged).as_bytes());
    std::fs::remove_file(&rules).unwrap();
    assert_eq!(ran.messages().len(), 0);
    let last = ran.stderr.lines().last().unwrap();
    assert_eq!(
        last,
        "3000 records, 0 unreadable, 3000 not believed, 0 without change; 0 messages in 0 threads"
    );
}

#[test]
fn a_public_event_claims_no_account_as_affected() {
    let copies = (0..1_000_u64).map(|n| {
        let mut copy = record(&(200_000_000_000 + n).to_string(), 1, 1, &[]);
        copy["detail"]["eventScopeCode"] = json!("PUBLIC");
        copy
    });
    let ran = run(&["simulate"], shuffled(copies.collect()).as_bytes());
    let messages = ran.messages();
    assert_eq!((messages.len(), messages[0]["accounts"].clone()), (1, json!(1_000)));
    let shown = messages[0]["message"].to_string().to_lowercase();
    assert!(shown.contains("1000 accounts notified"), "{shown}");
    assert!(
        !shown.contains("accounts affected") && !shown.contains("affected accounts"),
        "{shown}"
    );
}

#[test]
fn what_happened_before_a_tick_of_the_same_instant_goes_first() {
    // With no wait, the flush of the first record is due at its own time.
    let mut later = record("222222222222", 1, 1, &[]);
    later["detail"]["lastUpdatedTime"] = json!("Mon, 2 Mar 2026 09:58:00 GMT");
    let input = format!("{}\n{}\n", record("111111111111", 1, 1, &[]), later);
    let ran = run(&["simulate", "--group-wait", "0s"], input.as_bytes());
    assert_eq!((ran.messages().len(), ran.messages()[0]["accounts"].clone()), (1, json!(2)));
}
