//! Who forwards, by the heartbeats in the table.

use serde_json::{Value, json};
use state::configuration::{self, Signed};
use state::coverage::{Seen, note};
use state::directory::{self, Account};

use crate::Scene;

const NOW: i64 = 1_800_000_000;

fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).unwrap()
}

fn account(id: &str, name: &str, suspended: bool) -> Account {
    let account = json!({"id": id, "name": name, "suspended": suspended});
    serde_json::from_value(account).unwrap()
}

impl Scene {
    async fn directory(&self, accounts: &[Account]) {
        let store = self.store();
        let turn = directory::turn(&store, jiff::SignedDuration::ZERO, at(NOW)).await;
        turn.unwrap().unwrap().publish(&store, accounts, at(NOW)).await.unwrap();
    }

    async fn heartbeat(&self, account: &str, region: &str, hours_ago: i64) {
        // The verb reads the real clock.
        let at = system_tests::chaos::clock() - jiff::SignedDuration::from_hours(hours_ago);
        let seen = Seen { account: account.into(), region: region.into(), at };
        note(&self.store(), &seen).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_has_stopped_or_never_began_is_named_and_exits_with_1() {
    let Some(scene) = Scene::new("coverage").await else { return };
    let nobody = scene.healthctl(&["coverage"]);
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains("accounts sync"), "{}", nobody.stderr);

    let (payments, sandbox, left) = ("111111111111", "222222222222", "333333333333");
    scene
        .directory(&[
            account(payments, "payments, prod", false),
            account(sandbox, "sandbox", false),
            account(left, "left", true),
        ])
        .await;
    let unnamed = scene.healthctl(&["coverage"]);
    assert_eq!(unnamed.status, 1);
    assert!(unnamed.stderr.contains("give --regions"), "{}", unnamed.stderr);

    scene.heartbeat(payments, "us-east-1", 3).await;
    scene.heartbeat(payments, "eu-west-1", 3).await;
    scene.heartbeat(sandbox, "us-east-1", 30).await;
    // One that nobody knows says nothing about those that should report.
    scene.heartbeat("444444444444", "us-east-1", 1).await;
    let gaps = scene.healthctl(&["coverage", "--format", "json"]);
    assert_eq!(gaps.status, 1, "{}", gaps.stderr);
    let rows: Value = serde_json::from_str(&gaps.stdout).unwrap();
    let named = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        (text("account"), text("region"), row["lastSeen"].is_null())
    };
    let rows: Vec<_> = rows.as_array().unwrap().iter().map(named).collect();
    let sandbox_in = |region: &str, never| (sandbox.to_owned(), region.to_owned(), never);
    assert_eq!(rows, [sandbox_in("us-east-1", false), sandbox_in("eu-west-1", true)]);
    assert!(gaps.stderr.contains("2 of 4 have reported within 26 hours"), "{}", gaps.stderr);

    // Where AWS is used is not where forwarders are.
    let signed = Signed { by: "ops".to_owned(), at: at(NOW), comment: String::new() };
    let document = "[defaults]\nregions = ['us-east-1', 'ap-northeast-2']\n";
    configuration::push(&scene.store(), document, signed).await.unwrap();
    let table = scene.healthctl(&["coverage"]).stdout;
    assert!(!table.contains("ap-northeast-2"), "{table}");
    assert!(table.contains("sandbox") && table.contains("never"), "{table}");
    assert!(!table.contains("payments") && !table.contains("left"), "{table}");
    let csv = scene.healthctl(&["coverage", "--all", "--hours", "48", "--format", "csv"]);
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert_eq!((csv.status, lines.len(), lines[0]), (1, 5, "account,name,region,last_seen"));
    assert!(lines[1].starts_with("111111111111,\"payments, prod\",eu-west-1,20"), "{}", lines[1]);
    assert_eq!(lines[4], "222222222222,sandbox,eu-west-1,never");

    let one = scene.healthctl(&["coverage", "--regions", "us-east-1", "--hours", "48"]);
    assert_eq!(one.status, 0, "{}{}", one.stdout, one.stderr);
}
