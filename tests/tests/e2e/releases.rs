//! From one release to the next and back, on what the earlier one has left: a table in the middle of
//! its work, and an alert in a queue. `tests/tests/e2e/releases/0.1.0.json` is what version 0.1.0 left
//! there when its topic was taken away from it; times in it are moved to now, as if that had just
//! happened.
//!
//! A release of the same format may add fields: a later one is the same with fields that nobody
//! knows. One of another format is the same with a higher number.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use state::{DynamoStore, configuration};
use system_tests::chat_server::{ChatServer, Ledger};

use super::delivery::{chat, resolved};
use super::hub::{self, Hub};
use super::issue;

const FIXTURE: &str = include_str!("releases/0.1.0.json");
/// Told and in a queue, when the release ended.
const ONE: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/ONE";
/// Frozen, and not yet published.
const TWO: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/TWO";
const QUICK: &str =
    "[defaults]\ngroup_wait = '2s'\ngroup_wait_issue = '2s'\ngroup_interval = '2s'\n";

/// Two incidents, each of a communication of its own.
fn opened(arn: &str) -> Value {
    under_its_own_name(issue(arn, 1), "opened")
}

fn over(arn: &str) -> Value {
    under_its_own_name(resolved(arn), "over")
}

fn under_its_own_name(mut event: Value, what: &str) -> Value {
    let name = event["eventArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    event["communicationId"] = json!(format!("{what}-{name}-1"));
    event
}

/// What one release leaves to the next.
struct Left {
    items: Vec<Map<String, Value>>,
    /// The notification in delibird's queue.
    alert: String,
}

impl Left {
    fn by_the_last_release() -> Self {
        let left: Value = serde_json::from_str(FIXTURE).unwrap();
        let recorded: Timestamp = left["recorded"].as_str().unwrap().parse().unwrap();
        let by = system_tests::chaos::clock().duration_since(recorded);
        let items = left["items"].as_array().unwrap().iter();
        let moved = |item: &Value| {
            let mut item = item.clone();
            moved(&mut item, recorded, by);
            item.as_object().unwrap().clone()
        };
        let alert = left["alert"].as_str().unwrap().to_owned();
        Self { items: items.map(moved).collect(), alert }
    }

    /// Each item, as its JSON where it has one.
    fn change(
        mut self,
        change: impl Fn(&mut Map<String, Value>, Option<&mut Map<String, Value>>),
    ) -> Self {
        for item in &mut self.items {
            let text = item.get("body").and_then(|body| body["S"].as_str());
            let body: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
            match body {
                Some(Value::Object(mut body)) => {
                    change(item, Some(&mut body));
                    item.insert("body".to_owned(), json!({"S": Value::from(body).to_string()}));
                }
                _ => change(item, None),
            }
        }
        self
    }

    async fn restore(&self, hub: &Hub) {
        for item in &self.items {
            let put = json!({"TableName": hub::TABLE, "Item": item});
            hub.emulator.json("dynamodb", "DynamoDB_20120810.PutItem", &put).await.unwrap();
        }
    }
}

/// Times of the recording, wherever they are: texts, texts of JSON, and nanoseconds.
fn moved(value: &mut Value, recorded: Timestamp, by: SignedDuration) {
    let near =
        |time: Timestamp| time.duration_since(recorded).abs() < SignedDuration::from_hours(1);
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| moved(value, recorded, by)),
        Value::Object(values) => values.values_mut().for_each(|value| moved(value, recorded, by)),
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                if near(time) {
                    *text = (time + by).to_string();
                }
            } else if let Some(time) = nanoseconds(text).filter(|time| near(*time)) {
                *text = (time + by).as_nanosecond().to_string();
            } else if text.starts_with(['{', '['])
                && let Ok(mut inner) = serde_json::from_str::<Value>(text)
            {
                moved(&mut inner, recorded, by);
                *text = inner.to_string();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn nanoseconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_nanosecond(text.parse().ok()?).ok()
}

/// A hub on what was left, with the alert of the last release in delibird's queue.
async fn taken_over(left: &Left, chat: &ChatServer) -> Option<Hub> {
    let hub = Hub::start().await?;
    left.restore(&hub).await;
    let hub = hub.with_delibird(&json!({"default": chat.webhook("default")})).await;
    hub.send(hub::URGENT, &left.alert).await;
    Some(hub)
}

/// The ledger once so many messages are out, with the sweep that a schedule would call.
async fn told(hub: &Hub, chat: &ChatServer, count: usize) -> Ledger {
    for _ in 0..30 {
        hub.emulator.invoke("collector", &json!({"task": "sweep"})).await.unwrap();
        if chat.ledger().posted("default").len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    chat.ledger()
}

#[tokio::test]
async fn the_next_release_goes_on_where_the_last_one_ended_and_the_last_one_where_the_next_did() {
    let next = |item: &mut Map<String, Value>, body: Option<&mut Map<String, Value>>| {
        item.insert("of_the_next_release".to_owned(), json!({"S": "x"}));
        if let Some(body) = body {
            body.insert("ofTheNextRelease".to_owned(), json!({"deep": [1]}));
        }
    };
    let forward = Left::by_the_last_release();
    let mut back = Left::by_the_last_release().change(next);
    let mut alert: Value = serde_json::from_str(&back.alert).unwrap();
    alert["ofTheNextRelease"] = json!([1]);
    back.alert = alert.to_string();
    for left in [forward, back] {
        let chat = chat().await;
        let Some(hub) = taken_over(&left, &chat).await else { return };
        // What is owed is told without anything new; what is known already changes nothing.
        hub.put_event(&opened(ONE)).await;
        hub.put_event(&opened(TWO)).await;
        let ledger = told(&hub, &chat, 2).await;
        assert_eq!(ledger.threads("default").len(), 2, "{}", hub.log("collector").await);
        assert_eq!(ledger.posted("default").len(), 2, "{ledger:?}");
        for arn in [ONE, TWO] {
            hub.put_event(&over(arn)).await;
        }
        let ledger = told(&hub, &chat, 4).await;
        let threads = ledger.threads("default");
        let replies: Vec<Vec<bool>> =
            threads.values().map(|thread| thread.iter().map(|m| m.reply).collect()).collect();
        assert_eq!(replies, [[false, true], [false, true]], "{}", hub.log("collector").await);
        assert_eq!(hub.receive_now(hub::DEAD_LETTERS).await, None);
    }
}

#[tokio::test]
async fn what_a_release_cannot_read_it_leaves_as_it_is_and_what_waited_is_told_by_the_next_one() {
    let later = |item: &mut Map<String, Value>, _: Option<&mut Map<String, Value>>| {
        // Documents have theirs within.
        if item.contains_key("schema") {
            item.insert("schema".to_owned(), json!({"N": "2"}));
        }
    };
    let left = Left::by_the_last_release().change(later);
    let chat = chat().await;
    let Some(hub) = taken_over(&left, &chat).await else { return };
    hub.soon_again(hub::EVENTS).await;
    hub.put_event(&over(ONE)).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let log = hub.log("collector").await;
    assert!(log.contains("holds an item this version cannot read"), "{log}");
    assert_eq!(hub.receive_now(hub::DEAD_LETTERS).await, None);
    let there = hub.items().await;
    for item in left.items.iter().filter(|item| item.contains_key("schema")) {
        assert!(there.contains(&Value::from(item.clone())), "{item:?} was touched");
    }

    // Forward again: what waited is told by itself.
    Left::by_the_last_release().restore(&hub).await;
    let ledger = told(&hub, &chat, 3).await;
    let mut replies: Vec<Vec<bool>> = Vec::new();
    for thread in ledger.threads("default").values() {
        replies.push(thread.iter().map(|message| message.reply).collect());
    }
    replies.sort();
    assert_eq!(replies, [vec![false], vec![false, true]], "{}", hub.log("collector").await);
}

/// Items of a table by what they are: `arrived m`, `batch alert`.
fn kinds(items: &[Value]) -> BTreeSet<String> {
    let word = |text: &Value| {
        let words = text["S"].as_str().unwrap_or_default().split('|');
        words
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            .collect::<String>()
    };
    items.iter().map(|item| format!("{} {}", word(&item["pk"]), word(&item["sk"]))).collect()
}

/// What it leaves stands in `target/tmp`, to become the fixture of its version.
#[tokio::test]
async fn a_release_leaves_the_kinds_of_items_that_the_fixture_has() {
    let Some(hub) = Hub::start().await else { return };
    let expected: Value = serde_json::from_str(FIXTURE).unwrap();
    let expected = kinds(expected["items"].as_array().unwrap());
    assert!(expected.len() > 8, "{expected:?}");
    let store = DynamoStore::new(
        aws_sdk_dynamodb::Client::new(hub.emulator.config()),
        hub::TABLE.to_owned(),
        system_tests::chaos::clock,
    );
    let signed = configuration::Signed {
        by: "operator".to_owned(),
        at: system_tests::chaos::clock(),
        comment: String::new(),
    };
    configuration::push(&store, QUICK, signed).await.unwrap();
    hub.put_event(&opened(ONE)).await;
    let alert = hub.receive(hub::DELIVERY).await.unwrap()["Body"].as_str().unwrap().to_owned();
    // The mark behind the publish.
    tokio::time::sleep(Duration::from_secs(3)).await;
    hub.without_topic().await;
    hub.put_event(&opened(TWO)).await;
    let started = Instant::now();
    let items = loop {
        let items = hub.items().await;
        let is_frozen = |item: &Value| item["alert"].to_string().contains("ISSUE/TWO");
        if items.iter().any(is_frozen) && kinds(&items) == expected {
            break items;
        }
        let waited = started.elapsed();
        assert!(waited < Duration::from_mins(1), "{:?}, not {expected:?}", kinds(&items));
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let left = json!({
        "recorded": system_tests::chaos::clock().to_string(), "items": items, "alert": alert,
    });
    let version = env!("CARGO_PKG_VERSION");
    let file = format!("{}/release-{version}.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(file, serde_json::to_string_pretty(&left).unwrap()).unwrap();
}
