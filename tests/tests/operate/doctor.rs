//! Every part of the hub in order, then each one broken: the fault is named with its remedy, and
//! nothing else is.

use serde_json::{Value, json};
use state::configuration::{self, Signed};
use system_tests::chat_server::{ChatServer, Pace, Rules, SCHEMA, Schema};
use system_tests::emulator::{ACCOUNT, Emulator, REGION};

use crate::Scene;

const BUS: &str = "health-health-collector-bus";

/// The statement of the template; the emulator keeps the condition as it is given.
fn policy(condition: &Value) -> Value {
    json!({"EventBusName": BUS, "StatementId": "forwarders", "Principal": "*",
        "Action": "events:PutEvents", "Condition": condition})
}

fn organization() -> Value {
    json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})
}

fn now() -> jiff::Timestamp {
    system_tests::chaos::clock()
}

impl Scene {
    async fn call(&self, service: &str, operation: &str, body: Value) -> Value {
        let target = match service {
            "events" => format!("AWSEvents.{operation}"),
            "sqs" => format!("AmazonSQS.{operation}"),
            "ecr" => format!("AmazonEC2ContainerRegistry_V20150921.{operation}"),
            "monitoring" => format!("GraniteServiceVersion20100801.{operation}"),
            _ => format!("{service}.{operation}"),
        };
        self.emulator.json(service, &target, &body).await.unwrap()
    }

    /// The names of the template, for Project `health`.
    async fn hub(&self, spaces: &Value) {
        self.call("events", "CreateEventBus", json!({"Name": BUS})).await;
        self.call("events", "PutPermission", policy(&organization())).await;
        let rules = [
            (BUS, "health-health-events", Emulator::arn("sqs", "health-events")),
            (
                "default",
                "health-health-own-account",
                Emulator::arn("events", &format!("event-bus/{BUS}")),
            ),
        ];
        for (bus, name, target) in rules {
            let pattern = json!({"source": ["aws.health"]}).to_string();
            let rule = json!({"Name": name, "EventBusName": bus, "EventPattern": pattern});
            self.call("events", "PutRule", rule).await;
            let target = json!({"Id": "1", "Arn": target,
                "RoleArn": "arn:aws:iam::000000000000:role/health"});
            let targets = json!({"Rule": name, "EventBusName": bus, "Targets": [target]});
            self.call("events", "PutTargets", targets).await;
        }
        for name in ["events", "flush", "urgent", "normal"] {
            self.call("sqs", "CreateQueue", json!({"QueueName": format!("health-{name}")})).await;
        }
        for name in ["events", "flush", "urgent", "normal", "rule", "subscription"] {
            let queue = json!({"QueueName": format!("health-{name}-dead-letters")});
            self.call("sqs", "CreateQueue", queue).await;
        }
        for function in ["collector", "delibird"] {
            let repository = format!("health-alerts/{function}");
            self.call("ecr", "CreateRepository", json!({"repositoryName": repository})).await;
            let digest = self.image(&repository, "1").await;
            let uri = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{repository}@{digest}");
            let function = json!({"FunctionName": format!("health-{function}"),
                "PackageType": "Image", "Code": {"ImageUri": uri},
                "Role": format!("arn:aws:iam::{ACCOUNT}:role/health")});
            self.emulator.rest("lambda", "/2015-03-31/functions", &function).await.unwrap();
        }
        let secret = json!({"Name": "spaces", "SecretString": spaces.to_string(),
            "ClientRequestToken": "0".repeat(32)});
        self.call("secretsmanager", "CreateSecret", secret).await;
        self.configured("[defaults]\nspaces = ['ops']\n").await;
        let canary = json!({"Namespace": "HealthAlerts", "MetricData": [{"MetricName": "canary",
            "Dimensions": [{"Name": "function", "Value": "delibird"}], "Value": 1.0,
            "Timestamp": now().as_second() - 300}]});
        self.call("monitoring", "PutMetricData", canary).await;
    }

    /// The one image of a repository under a tag; its digest.
    async fn image(&self, repository: &str, tag: &str) -> String {
        let manifest = json!({"schemaVersion": 2, "config": {"digest": repository}}).to_string();
        let put = json!({"repositoryName": repository, "imageManifest": manifest, "imageTag": tag});
        let put = self.call("ecr", "PutImage", put).await;
        put["image"]["imageId"]["imageDigest"].as_str().unwrap().to_owned()
    }

    async fn without_image(&self, repository: &str, id: Value) {
        let gone = json!({"repositoryName": repository, "imageIds": [id]});
        self.call("ecr", "BatchDeleteImage", gone).await;
    }

    async fn configured(&self, document: &str) {
        let signed = Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
        configuration::push(&self.store(), document, signed).await.unwrap();
    }

    async fn secret(&self, text: &str) {
        let value = json!({"SecretId": "spaces", "SecretString": text,
            "ClientRequestToken": "1".repeat(32)});
        self.call("secretsmanager", "PutSecretValue", value).await;
    }

    /// Whatever is not well, as verdict and check; the exit status; all that was said.
    fn ill(&self) -> (i32, Vec<(String, String)>, String) {
        let ran = self.healthctl(&["doctor", "--secret", "spaces", "--format", "json"]);
        let findings: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| {
            panic!("{error}: {}{}", ran.stdout, ran.stderr);
        });
        let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        for finding in &findings {
            let well = finding["verdict"] == "ok";
            assert_eq!(text(finding, "remedy").is_empty(), well, "{finding}");
        }
        let ill = findings.iter().filter(|finding| finding["verdict"] != "ok");
        let ill = ill.map(|finding| (text(finding, "verdict"), text(finding, "check"))).collect();
        (ran.status, ill, ran.stdout)
    }

    /// That one thing is at fault, and that it is told what to do about it.
    fn at_fault(&self, check: &str, seen: &str, remedy: &str) {
        let (status, ill, said) = self.ill();
        assert_eq!((status, ill), (1, vec![("fault".to_owned(), check.to_owned())]), "{said}");
        assert!(said.contains(seen) && said.contains(remedy), "{seen}, {remedy}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_in_order_is_all_ok_and_each_break_is_named_with_its_remedy() {
    let Some(scene) = Scene::new("doctor").await else { return };
    // One after the other, each run asks sooner than Chat's pace allows.
    let rules = Rules::of_google(Schema::read(SCHEMA).unwrap());
    let chat = ChatServer::start(Rules { pace: Pace::Unlimited, ..rules }).await.unwrap();
    let spaces = json!({"ops": chat.webhook("ops")});
    scene.hub(&spaces).await;
    let (status, ill, said) = scene.ill();
    assert_eq!((status, ill), (0, Vec::new()), "{said}");
    let table = scene.healthctl(&["doctor", "--secret", "spaces"]);
    assert!(table.stderr.starts_with("20 checks: 20 ok, 0 warn, 0 FAULT"), "{}", table.stderr);
    assert!(!table.stdout.contains("AIza") && !said.contains("AIza"), "{said}");

    // Nobody limits who may speak.
    scene.call("events", "PutPermission", policy(&json!({}))).await;
    scene.at_fault("bus", "lets every AWS account", "remove-permission");
    scene.call("events", "PutPermission", policy(&organization())).await;

    let rule = json!({"Name": "health-health-events", "EventBusName": BUS});
    scene.call("events", "DisableRule", rule.clone()).await;
    scene.at_fault("rule on the bus", "is disabled", "aws events enable-rule");
    scene.call("events", "EnableRule", rule).await;
    let target = json!({"Rule": "health-health-events", "EventBusName": BUS, "Ids": ["1"]});
    scene.call("events", "RemoveTargets", target).await;
    scene.at_fault("rule on the bus", "passes nothing to health-events", "scripts/deploy.sh");
    let target = json!({"Id": "1", "Arn": Emulator::arn("sqs", "health-events")});
    let targets = json!({"Rule": "health-health-events", "EventBusName": BUS, "Targets": [target]});
    scene.call("events", "PutTargets", targets).await;

    let letters = scene.emulator.queue_url("health-urgent-dead-letters");
    let letter = json!({"QueueUrl": letters, "MessageBody": "{}"});
    scene.call("sqs", "SendMessage", letter).await;
    scene.at_fault("queue health-urgent-dead-letters", "1 dead letters", "redrive --queue urgent");
    scene.call("sqs", "PurgeQueue", json!({"QueueUrl": letters})).await;

    // A release that was rolled out by half, then an image that somebody deleted.
    scene.without_image("health-alerts/delibird", json!({"imageTag": "1"})).await;
    scene.image("health-alerts/delibird", "2").await;
    let (status, ill, said) = scene.ill();
    assert_eq!((status, ill), (0, vec![("warn".to_owned(), "release".to_owned())]), "{said}");
    assert!(said.contains("health-collector is 1, health-delibird is 2"), "{said}");
    scene.without_image("health-alerts/delibird", json!({"imageTag": "2"})).await;
    scene.image("health-alerts/delibird", "1").await;
    let digest = scene.image("health-alerts/collector", "1").await;
    scene.without_image("health-alerts/collector", json!({"imageDigest": digest})).await;
    scene.at_fault("image of health-collector", "ECR no longer has", "scripts/deploy.sh --to");
    scene.image("health-alerts/collector", "1").await;

    scene.secret("ops = hunter2").await;
    scene.at_fault("secret of spaces", "holds no JSON", "put-secret-value");
    scene.secret(&json!({"ops": "http://example.com/hunter2"}).to_string()).await;
    scene.at_fault("secret of spaces", "ops", "put-secret-value");
    scene.secret(&spaces.to_string()).await;

    chat.delete_webhooks("ops");
    scene.at_fault("webhook of ops", "refuses it with 404", "Apps & integrations");
    scene.secret(&json!({"ops": chat.add_webhook("ops")}).to_string()).await;
    assert!(chat.ledger().posted("ops").is_empty(), "the doctor posts nothing");
    let post = scene.healthctl(&["doctor", "--secret", "spaces", "--post"]);
    assert!(post.status == 0 && post.stdout.contains("it took a test message"), "{}", post.stdout);
    assert_eq!(chat.ledger().posted("ops").len(), 1);

    scene.configured("[defaults]\nspaces = 7\n").await;
    scene.at_fault("configuration", "v2 is in force and cannot be used", "routes rollback");
    let back = scene.healthctl(&["routes", "rollback"]);
    assert_eq!(back.status, 0, "{}", back.stderr);

    let queue = json!({"QueueUrl": scene.emulator.queue_url("health-flush")});
    scene.call("sqs", "DeleteQueue", queue).await;
    scene.at_fault("queue health-flush", "there is no queue", "--project");
}

#[tokio::test]
async fn what_was_never_deployed_is_at_fault_and_what_cannot_be_seen_is_unknown() {
    let Some(scene) = Scene::new("doctor-nothing").await else { return };
    let nothing = scene.healthctl(&["doctor", "--format", "json"]);
    assert_eq!(nothing.status, 1, "{}", nothing.stderr);
    let findings: Vec<Value> = serde_json::from_str(&nothing.stdout).unwrap();
    let verdict = |check: &str| {
        let found = findings.iter().find(|finding| finding["check"] == check);
        found.map(|finding| finding["verdict"].as_str().unwrap().to_owned())
    };
    for (check, expected) in [
        ("bus", "fault"),
        ("rule on the bus", "fault"),
        ("rule of this account", "warn"),
        ("queue health-events", "fault"),
        ("image of health-collector", "fault"),
        ("secret of spaces", "unknown"),
        ("configuration", "warn"),
        ("canary", "fault"),
    ] {
        assert_eq!(verdict(check).as_deref(), Some(expected), "{check}: {}", nothing.stdout);
    }
}
