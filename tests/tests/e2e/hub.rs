//! The hub as its template wires it, small: bus → rule → events → collector → topic → delivery.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use serde_json::{Value, json};
use system_tests::emulator::{Emulator, REGION, lambda, state_table};

pub(crate) const EVENTS: &str = "events";
pub(crate) const FLUSH: &str = "flush";
pub(crate) const DEAD_LETTERS: &str = "dead-letters";
pub(crate) const DELIVERY: &str = "delivery";
const BUS: &str = "health";
const TABLE: &str = "state";
const TOPIC: &str = "alerts";
const COLLECTOR: &str = "collector";

pub(crate) struct Hub {
    pub(crate) emulator: Emulator,
}

impl Hub {
    pub(crate) async fn start() -> Option<Self> {
        let emulator = Emulator::start().await.unwrap()?;
        state_table::create(&Client::new(emulator.config()), TABLE).await.unwrap();
        let hub = Self { emulator };
        hub.queues_and_topic().await;
        hub.bus().await;
        hub.collector().await;
        Some(hub)
    }

    async fn queues_and_topic(&self) {
        for queue in [EVENTS, FLUSH, DEAD_LETTERS, DELIVERY] {
            let created = json!({"QueueName": queue, "Attributes": {"VisibilityTimeout": "180"}});
            self.emulator.json("sqs", "AmazonSQS.CreateQueue", &created).await.unwrap();
        }
        let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", TOPIC)];
        self.emulator.query("sns", &topic).await.unwrap();
        let (topic, queue) = (Emulator::arn("sns", TOPIC), Emulator::arn("sqs", DELIVERY));
        let subscription = [
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", &*topic),
            ("Protocol", "sqs"),
            ("Endpoint", &*queue),
        ];
        self.emulator.query("sns", &subscription).await.unwrap();
    }

    async fn bus(&self) {
        let calls = [
            ("CreateEventBus", json!({"Name": BUS})),
            (
                "PutRule",
                json!({"Name": "health", "EventBusName": BUS,
                    "EventPattern": json!({"source": ["custom.health"]}).to_string()}),
            ),
            (
                "PutTargets",
                json!({"Rule": "health", "EventBusName": BUS,
                    "Targets": [{"Id": "events", "Arn": Emulator::arn("sqs", EVENTS)}]}),
            ),
        ];
        for (call, body) in calls {
            self.emulator.json("events", &format!("AWSEvents.{call}"), &body).await.unwrap();
        }
    }

    async fn collector(&self) {
        let (flush, dead) = (self.emulator.queue_url(FLUSH), self.emulator.queue_url(DEAD_LETTERS));
        let topic = Emulator::arn("sns", TOPIC);
        let timeout = lambda::TIMEOUT_SECONDS.to_string();
        let settings = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("STATE_TABLE", TABLE),
            ("ALERTS_TOPIC_ARN", &topic),
            ("FLUSH_QUEUE_URL", &flush),
            ("DEAD_LETTERS_QUEUE_URL", &dead),
            ("FUNCTION_TIMEOUT_SECONDS", &timeout),
        ];
        self.emulator.deploy(COLLECTOR, &binary(), &settings).await.unwrap();
        for queue in [EVENTS, FLUSH] {
            self.emulator.map(queue, COLLECTOR).await.unwrap();
        }
    }

    pub(crate) async fn put_event(&self, detail: &Value) {
        let entry = json!({"EventBusName": BUS, "Source": "custom.health",
            "DetailType": "AWS Health Event", "Detail": detail.to_string()});
        let entries = json!({"Entries": [entry]});
        let put = self.emulator.json("events", "AWSEvents.PutEvents", &entries).await.unwrap();
        assert_eq!(put["FailedEntryCount"], 0);
    }

    /// The next message, within a minute.
    pub(crate) async fn receive(&self, queue: &str) -> Option<Value> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(1) {
            if let Some(message) = self.receive_now(queue).await {
                return Some(message);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        None
    }

    /// The next message that is there already.
    pub(crate) async fn receive_now(&self, queue: &str) -> Option<Value> {
        let wanted = json!({"QueueUrl": self.emulator.queue_url(queue), "MaxNumberOfMessages": 1,
            "MessageAttributeNames": ["All"], "VisibilityTimeout": 600});
        let received = self.emulator.json("sqs", "AmazonSQS.ReceiveMessage", &wanted).await;
        received.unwrap()["Messages"].as_array()?.first().cloned()
    }
}

/// The collector as cargo builds it beside this test.
pub(crate) fn binary() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "-p", "collector", "--bin", "collector"])
        .status();
    assert!(built.is_ok_and(|status| status.success()), "the collector does not build");
    let test = std::env::current_exe().unwrap();
    // target/<profile>/deps/e2e-<hash>
    test.ancestors().nth(2).unwrap().join("collector")
}
