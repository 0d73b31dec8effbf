//! Dead letters on real queues: looked at, sent back, and left where they are of no use.

use serde_json::{Value, json};

use crate::Scene;

const EVENT: &str = include_str!("../../fixtures/issue-with-impaired-instances.json");

impl Scene {
    async fn sqs(&self, action: &str, body: Value) -> Value {
        let action = format!("AmazonSQS.{action}");
        self.emulator.json("sqs", &action, &body).await.unwrap()
    }

    async fn queues(&self, names: &[&str]) {
        for name in names {
            self.sqs("CreateQueue", json!({"QueueName": name})).await;
        }
    }

    async fn bury(&self, queue: &str, body: &str, reason: &str) {
        let reason = json!({"DataType": "String", "StringValue": reason});
        let url = self.emulator.queue_url(queue);
        let letter = json!({
            "QueueUrl": url, "MessageBody": body, "MessageAttributes": {"reason": reason},
        });
        self.sqs("SendMessage", letter).await;
    }

    /// How many it holds, those that somebody looks at included.
    async fn held(&self, queue: &str) -> u32 {
        let asked = json!({"QueueUrl": self.emulator.queue_url(queue), "AttributeNames": ["All"]});
        let answer = self.sqs("GetQueueAttributes", asked).await;
        let count =
            |name: &str| answer["Attributes"][name].as_str().unwrap().parse::<u32>().unwrap();
        count("ApproximateNumberOfMessages") + count("ApproximateNumberOfMessagesNotVisible")
    }

    /// Takes away whatever is there, in the order of the bodies.
    async fn bodies(&self, queue: &str) -> Vec<String> {
        let url = self.emulator.queue_url(queue);
        let mut bodies = Vec::new();
        loop {
            let asked = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
            let answer = self.sqs("ReceiveMessage", asked).await;
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                bodies.sort();
                return bodies;
            }
            for message in messages {
                bodies.push(message["Body"].as_str().unwrap().to_owned());
                let gone = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
                self.sqs("DeleteMessage", gone).await;
            }
        }
    }
}

#[tokio::test]
async fn letters_are_shown_then_sent_back_once_and_what_nobody_can_use_stays() {
    let Some(scene) = Scene::new("redrive").await else { return };
    let missing = scene.healthctl(&["redrive", "--queue", "events"]);
    assert_eq!(missing.status, 1);
    assert!(missing.stderr.contains("health-events-dead-letters"), "{}", missing.stderr);
    assert!(missing.stderr.contains("--project"), "{}", missing.stderr);

    scene.queues(&["hub-events", "hub-events-dead-letters"]).await;
    // More than come in one answer.
    let events: Vec<String> =
        (0..23).map(|n| EVENT.replace("111122223333", &format!("{n:012}"))).collect();
    for event in &events {
        scene.bury("hub-events-dead-letters", event, "not in trusted_accounts").await;
    }
    scene.bury("hub-events-dead-letters", "not an event", "Unreadable").await;
    let events_of = ["redrive", "--queue", "events", "--project", "hub"];

    let shown = scene.healthctl(&[&events_of[..], &["--dry-run"]].concat());
    assert_eq!(shown.status, 1, "one stays: {}", shown.stderr);
    assert!(shown.stderr.contains("23 would go, 1 left"), "{}", shown.stderr);
    assert_eq!(shown.stdout.matches("not in trusted_accounts").count(), 23, "{}", shown.stdout);
    assert_eq!(scene.bodies("hub-events").await, [""; 0], "nothing moved");

    let other = scene.healthctl(&[&events_of[..], &["--only", "nobody said this"]].concat());
    assert_eq!((other.status, other.stdout.as_str()), (0, ""), "{}", other.stderr);
    let sent = scene.healthctl(&[&events_of[..], &["--only", "trusted_accounts"]].concat());
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    assert_eq!(scene.bodies("hub-events").await, events);
    assert_eq!(scene.held("hub-events-dead-letters").await, 1, "what was sent is gone");
    let again = scene.healthctl(&[&events_of[..], &["--format", "json"]].concat());
    assert_eq!(again.status, 1, "{}", again.stderr);
    let rows: Value = serde_json::from_str(&again.stdout).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["to"], &rows[0]["reason"]),
        (1, &Value::Null, &json!("Unreadable"))
    );
    assert_eq!(scene.bodies("hub-events").await, [""; 0], "never twice");
    assert_eq!(scene.bodies("hub-events-dead-letters").await, ["not an event"]);
}

#[tokio::test]
async fn what_never_reached_a_queue_goes_to_the_one_it_was_meant_for() {
    let Some(scene) = Scene::new("redrive-lost").await else { return };
    let dead = ["hub-rule-dead-letters", "hub-subscription-dead-letters"];
    scene.queues(&[&["hub-events", "hub-urgent", "hub-normal"][..], &dead].concat()).await;
    scene.bury(dead[0], EVENT, "NO_PERMISSIONS").await;
    scene.bury(dead[0], r#"{"task":"sweep"}"#, "THROTTLED").await;
    let event = model::read(EVENT.as_bytes()).remove(0).unwrap();
    let alert = model::Alert::of(&event, jiff::Timestamp::UNIX_EPOCH);
    let alert = serde_json::to_string(&alert).unwrap();
    let notification = json!({"Type": "Notification", "Message": alert}).to_string();
    scene.bury(dead[1], &notification, "").await;

    for queue in ["rule", "subscription"] {
        let sent = scene.healthctl(&["redrive", "--queue", queue, "--project", "hub"]);
        assert_eq!(sent.status, 0, "{queue}: {}", sent.stderr);
    }
    assert_eq!(scene.bodies("hub-events").await, [EVENT]);
    assert_eq!(scene.bodies("hub-urgent").await, [notification]);
    assert_eq!(scene.bodies("hub-normal").await, [""; 0]);
    for queue in dead {
        assert_eq!(scene.bodies(queue).await, [""; 0], "{queue}");
    }
}

#[tokio::test]
async fn when_a_letter_cannot_be_sent_all_are_there_again_at_once() {
    let Some(scene) = Scene::new("redrive-refused").await else { return };
    scene.queues(&["hub-flush-dead-letters"]).await;
    for number in 0..3 {
        let tick = json!({"version": 1, "incident": format!("e|{number}")}).to_string();
        scene.bury("hub-flush-dead-letters", &tick, "").await;
    }
    let refused = scene.healthctl(&["redrive", "--queue", "flush", "--project", "hub"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("hub-flush:"), "{}", refused.stderr);
    assert_eq!(scene.bodies("hub-flush-dead-letters").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_comes_back_is_not_sent_again_and_said() {
    let Some(scene) = Scene::new("redrive-again").await else { return };
    let (events, dead) = ("hub-events", "hub-events-dead-letters");
    scene.queues(&[events, dead]).await;
    scene.bury(dead, EVENT, "AccessDenied").await;
    let runtime = tokio::runtime::Handle::current();
    let sent = std::thread::scope(|threads| {
        threads.spawn(|| {
            runtime.block_on(async {
                while scene.bodies(events).await.is_empty() {}
                scene.bury(dead, EVENT, "AccessDenied").await;
            });
        });
        scene.healthctl(&["redrive", "--queue", "events", "--project", "hub"])
    });
    assert_eq!(sent.status, 1, "{}", sent.stderr);
    assert!(sent.stderr.contains("1 went, 0 left"), "{}", sent.stderr);
    assert!(sent.stderr.contains("1 came back"), "{}", sent.stderr);
    assert_eq!(scene.bodies(events).await, [""; 0]);
    assert_eq!(scene.bodies(dead).await, [EVENT]);
}
