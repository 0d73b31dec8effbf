//! The hub as its template wires it, small: bus → rule → events → collector → topic → delivery.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use serde_json::{Value, json};
use system_tests::emulator::{Emulator, REGION, lambda, state_table};

pub(crate) const EVENTS: &str = "events";
pub(crate) const FLUSH: &str = "flush";
pub(crate) const DEAD_LETTERS: &str = "dead-letters";
pub(crate) const DELIVERY: &str = "delivery";
pub(crate) const URGENT: &str = "urgent";
pub(crate) const NORMAL: &str = "normal";
const ALARM: &str = "alarm";
/// What the alarm topic got.
pub(crate) const ALARMED: &str = "alarmed";
const SPACES: &str = "spaces";
const DELIBIRD: &str = "delibird";
pub(crate) const BUS: &str = "health";
pub(crate) const TABLE: &str = "state";
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
        self.subscribe(TOPIC, DELIVERY, &json!({})).await;
    }

    /// Delibird as well: its queues filter the topic by severity.
    pub(crate) async fn with_delibird(self, spaces: &Value) -> Self {
        for queue in [URGENT, NORMAL, ALARMED] {
            let created = json!({"QueueName": queue, "Attributes": {"VisibilityTimeout": "180"}});
            self.emulator.json("sqs", "AmazonSQS.CreateQueue", &created).await.unwrap();
        }
        let severe = json!({"max_severity": ["critical", "high"]});
        let rest = json!({"max_severity": ["warning", "info"]});
        self.subscribe(TOPIC, URGENT, &severe).await;
        self.subscribe(TOPIC, NORMAL, &rest).await;
        let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", ALARM)];
        self.emulator.query("sns", &topic).await.unwrap();
        self.subscribe(ALARM, ALARMED, &json!({})).await;
        let secret = json!({"Name": SPACES, "SecretString": spaces.to_string()});
        let made = self.secret("CreateSecret", &secret).await;
        self.delibird(made["ARN"].as_str().unwrap()).await;
        self
    }

    pub(crate) async fn rotate(&self, spaces: &Value) {
        let secret = json!({"SecretId": SPACES, "SecretString": spaces.to_string()});
        self.secret("PutSecretValue", &secret).await;
    }

    /// What a function wrote, for a test that fails.
    pub(crate) async fn log(&self, function: &str) -> String {
        let group = json!({"logGroupName": format!("/aws/lambda/{function}")});
        let log = self.emulator.json("logs", "Logs_20140328.FilterLogEvents", &group).await;
        log.map_or_else(|error| error.to_string(), |log| log.to_string())
    }

    async fn secret(&self, call: &str, body: &Value) -> Value {
        let call = format!("secretsmanager.{call}");
        self.emulator.json("secretsmanager", &call, body).await.unwrap()
    }

    async fn subscribe(&self, topic: &str, queue: &str, filter: &Value) {
        let (topic, queue) = (Emulator::arn("sns", topic), Emulator::arn("sqs", queue));
        let filter = filter.to_string();
        let mut form = vec![
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", &*topic),
            ("Protocol", "sqs"),
            ("Endpoint", &*queue),
        ];
        if filter != "{}" {
            form.push(("Attributes.entry.1.key", "FilterPolicy"));
            form.push(("Attributes.entry.1.value", &filter));
        }
        self.emulator.query("sns", &form).await.unwrap();
    }

    async fn delibird(&self, spaces: &str) {
        let queue = |name: &str| self.emulator.queue_url(name);
        let (urgent, normal, dead) = (queue(URGENT), queue(NORMAL), queue(DEAD_LETTERS));
        let topic = Emulator::arn("sns", ALARM);
        let timeout = lambda::TIMEOUT_SECONDS.to_string();
        let settings = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("STATE_TABLE", TABLE),
            ("SPACES_SECRET_ARN", spaces),
            ("URGENT_QUEUE_URL", &urgent),
            ("NORMAL_QUEUE_URL", &normal),
            ("DEAD_LETTERS_QUEUE_URL", &dead),
            ("ALARM_TOPIC_ARN", &topic),
            ("FUNCTION_TIMEOUT_SECONDS", &timeout),
        ];
        self.emulator.deploy(DELIBIRD, &binary(DELIBIRD), &settings).await.unwrap();
        for queue in [URGENT, NORMAL] {
            self.emulator.map(queue, DELIBIRD).await.unwrap();
        }
    }

    async fn bus(&self) {
        let calls = [
            ("CreateEventBus", json!({"Name": BUS})),
            (
                "PutRule",
                json!({"Name": "health", "EventBusName": BUS,
                    "EventPattern": json!({"source": ["custom.health", "custom.metrics"]}).to_string()}),
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
        self.emulator.deploy(COLLECTOR, &binary(COLLECTOR), &settings).await.unwrap();
        for queue in [EVENTS, FLUSH] {
            self.emulator.map(queue, COLLECTOR).await.unwrap();
        }
    }

    /// The intake of custom metrics, with WhaTap at an address.
    pub(crate) async fn custom(&self, name: &str, whatap: &str) {
        let settings = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("STATE_TABLE", TABLE),
            ("EVENT_BUS_NAME", BUS),
            ("METRIC_NAMESPACE", "Custom"),
            ("FUNCTION_TIMEOUT_SECONDS", "15"),
            ("WHATAP_SERVERS", whatap),
        ];
        self.emulator.deploy(name, &binary("custom"), &settings).await.unwrap();
    }

    pub(crate) async fn put_event(&self, detail: &Value) {
        let entry = json!({"EventBusName": BUS, "Source": "custom.health",
            "DetailType": "AWS Health Event", "Detail": detail.to_string()});
        let entries = json!({"Entries": [entry]});
        let put = self.emulator.json("events", "AWSEvents.PutEvents", &entries).await.unwrap();
        assert_eq!(put["FailedEntryCount"], 0);
    }

    pub(crate) async fn send(&self, queue: &str, body: &str) {
        let message = json!({"QueueUrl": self.emulator.queue_url(queue), "MessageBody": body});
        self.emulator.json("sqs", "AmazonSQS.SendMessage", &message).await.unwrap();
    }

    /// From here on nothing can be published.
    pub(crate) async fn without_topic(&self) {
        let arn = Emulator::arn("sns", TOPIC);
        let call = [("Action", "DeleteTopic"), ("Version", "2010-03-31"), ("TopicArn", &*arn)];
        self.emulator.query("sns", &call).await.unwrap();
    }

    /// What a function gives back is there again after five seconds.
    pub(crate) async fn soon_again(&self, queue: &str) {
        let soon = json!({"QueueUrl": self.emulator.queue_url(queue),
            "Attributes": {"VisibilityTimeout": "5"}});
        self.emulator.json("sqs", "AmazonSQS.SetQueueAttributes", &soon).await.unwrap();
    }

    /// All that is in the table.
    pub(crate) async fn items(&self) -> Vec<Value> {
        let scan = json!({"TableName": TABLE});
        let scanned = self.emulator.json("dynamodb", "DynamoDB_20120810.Scan", &scan).await;
        scanned.unwrap()["Items"].as_array().unwrap().clone()
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

/// A function as cargo builds it beside this test.
pub(crate) fn binary(function: &str) -> PathBuf {
    system_tests::binary::built(function).unwrap()
}
