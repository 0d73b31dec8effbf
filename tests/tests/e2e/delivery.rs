//! Both real binaries on an emulator of AWS, and Google Chat as the fake knows it: from an event
//! on the bus to a card in a space.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::chat_server::{ChatServer, Ledger, Rules, SCHEMA, Schema};

use super::hub::{self, Hub};
use super::issue;

pub(crate) async fn chat() -> ChatServer {
    ChatServer::start(Rules::of_google(Schema::read(SCHEMA).unwrap())).await.unwrap()
}

/// The ledger once so many messages are in the space, within a minute and a half.
pub(crate) async fn posted(chat: &ChatServer, space: &str, count: usize) -> Ledger {
    let started = Instant::now();
    loop {
        let ledger = chat.ledger();
        if ledger.posted(space).len() >= count || started.elapsed() > Duration::from_secs(90) {
            return ledger;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(crate) fn resolved(arn: &str) -> Value {
    let mut event = issue(arn, 1);
    event["communicationId"] = json!("c2-1");
    event["totalPages"] = json!("1");
    event["statusCode"] = json!("closed");
    event["lastUpdatedTime"] = json!("2027-01-15T09:00:00Z");
    event["endTime"] = json!("2027-01-15T09:00:00Z");
    event["affectedEntities"][0]["status"] = json!("RESOLVED");
    event
}

/// As the schedule of the template sends it.
fn canary() -> Value {
    json!({
        "eventArn": "arn:aws:health:us-east-1::event/CANARY/HEALTH_ALERTS_CANARY/1",
        "service": "CANARY", "eventTypeCode": "HEALTH_ALERTS_CANARY", "eventTypeCategory": "issue",
        "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": "closed",
        "startTime": "2027-01-15T08:00:00Z", "endTime": "2027-01-15T08:00:00Z",
    })
}

/// How much of a metric a function has written into its log so far, within a minute.
async fn counted(hub: &Hub, function: &str, metric: &str) -> Option<u64> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(1) {
        let log: Value = serde_json::from_str(&hub.log(function).await).unwrap_or_default();
        let lines = log["events"].as_array().into_iter().flatten();
        let documents = lines
            .filter_map(|event| serde_json::from_str::<Value>(event["message"].as_str()?).ok())
            .filter(|line| line["_aws"].is_object());
        let counts: Vec<u64> = documents.filter_map(|line| line[metric].as_u64()).collect();
        if !counts.is_empty() {
            return Some(counts.iter().sum());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    None
}

const ARN: &str = "arn:aws:health:us-east-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/TWO";

#[tokio::test]
async fn an_event_on_the_bus_is_a_card_and_its_end_an_answer_in_the_thread() {
    let chat = chat().await;
    let Some(hub) = Hub::start().await else { return };
    let hub = hub.with_delibird(&json!({"default": chat.webhook("default")})).await;
    for page in [1, 2, 1] {
        hub.put_event(&issue(ARN, page)).await;
    }
    let ledger = posted(&chat, "default", 1).await;
    assert_eq!(ledger.posted("default").len(), 1, "{ledger:?}");
    hub.put_event(&resolved(ARN)).await;
    let ledger = posted(&chat, "default", 2).await;
    let threads = ledger.threads("default");
    let replies: Vec<Vec<bool>> =
        threads.values().map(|thread| thread.iter().map(|m| m.reply).collect()).collect();
    assert_eq!(replies, [[false, true]], "{ledger:?}");
    assert_eq!(ledger.duplicates("default"), Vec::<&_>::new());

    // The alarms go by these figures.
    hub.put_event(&canary()).await;
    let counted = counted(&hub, "delibird", "canary").await;
    assert_eq!(counted, Some(1), "{}", hub.log("delibird").await);
    assert_eq!(chat.ledger().posted("default").len(), 2);
    assert_eq!(hub.receive_now(hub::DEAD_LETTERS).await, None);
}

#[tokio::test]
async fn a_replaced_webhook_is_found_and_where_none_works_people_are_told_otherwise() {
    let chat = chat().await;
    let Some(hub) = Hub::start().await else { return };
    let hub = hub.with_delibird(&json!({"default": chat.webhook("default")})).await;
    hub.put_event(&issue(ARN, 1)).await;
    posted(&chat, "default", 1).await;

    chat.delete_webhooks("default");
    hub.rotate(&json!({"default": chat.add_webhook("default")})).await;
    hub.put_event(&resolved(ARN)).await;
    let ledger = posted(&chat, "default", 2).await;
    let replies: Vec<bool> = ledger.posted("default").iter().map(|m| m.reply).collect();
    assert_eq!(replies, [false, false], "a thread belongs to its webhook: {ledger:?}");

    chat.delete_webhooks("default");
    let mut other = issue(&format!("{ARN}/OTHER"), 1);
    other["communicationId"] = json!("other-1");
    hub.put_event(&other).await;
    let Some(alarm) = hub.receive(hub::ALARMED).await else {
        panic!("no alarm: {}", hub.log("delibird").await)
    };
    let alarm: Value = serde_json::from_str(alarm["Body"].as_str().unwrap()).unwrap();
    let told = alarm["Message"].as_str().unwrap();
    assert!(told.starts_with("The space default takes no messages any more"), "{told}");
    let letter = hub.receive(hub::DEAD_LETTERS).await.unwrap();
    let attribute =
        |name: &str| letter["MessageAttributes"][name]["StringValue"].as_str().unwrap().to_owned();
    assert_eq!(attribute("error_type"), "Misconfigured");
    for text in [told, &attribute("reason")] {
        assert!(!text.contains("hunter2") && !text.contains("AIza"), "{text}");
    }
    let kept: Value = serde_json::from_str(letter["Body"].as_str().unwrap()).unwrap();
    assert!(kept["Message"].as_str().unwrap().contains("OTHER"), "{kept}");
    assert_eq!(counted(&hub, "delibird", "rejected").await, Some(1));
}
