//! The data collector's template on an emulator of AWS: deployed, used, updated, deleted. The
//! binaries are the real ones, Google Chat the fake that knows its rules.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::binary::built;
use system_tests::chat_server::{ChatServer, Rules, SCHEMA, Schema};
use system_tests::emulator::stack::{Binaries, Stack};
use system_tests::emulator::{ACCOUNT, Emulator, REGION};
use system_tests::template::{FOLDER, Template};

const HUB: &str = "hub";

async fn chat() -> ChatServer {
    ChatServer::start(Rules::of_google(Schema::read(SCHEMA).unwrap())).await.unwrap()
}

/// So many messages in the space, within three minutes.
async fn posted(chat: &ChatServer, space: &str, count: usize) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(3) {
        if chat.ledger().posted(space).len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{count} messages in {space}: {:#?}", chat.ledger());
}

async fn put_event(emulator: &Emulator, stack: &Stack, name: &str) {
    let detail = json!({
        "eventArn": format!("arn:aws:health:{REGION}::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/{name}"),
        "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": "open",
        "communicationId": format!("{name}-1"), "page": "1", "totalPages": "1",
        "startTime": "2027-01-15T08:00:00Z", "lastUpdatedTime": "2027-01-15T08:00:00Z",
        "eventDescription": [{"language": "en_US", "latestDescription": format!("{name} is slow.")}],
        "affectedEntities": [{"entityValue": "i-1", "status": "IMPAIRED"}],
    });
    let entry = json!({"EventBusName": stack.outputs["EventBusName"], "Source": "custom.health",
        "DetailType": "AWS Health Event", "Detail": detail.to_string()});
    let put = json!({"Entries": [entry]});
    let put = emulator.json("events", "AWSEvents.PutEvents", &put).await.unwrap();
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
}

async fn secret(emulator: &Emulator, call: &str, body: Value) -> Value {
    let call = format!("secretsmanager.{call}");
    emulator.json("secretsmanager", &call, &body).await.unwrap()
}

#[tokio::test]
async fn the_hub_is_deployed_used_updated_and_deleted() {
    let Some(emulator) = Emulator::start().await.unwrap() else { return };
    let chat = chat().await;
    let template = Template::named("collector.yaml").unwrap();
    let (collector, delibird) = (built("collector").unwrap(), built("delibird").unwrap());
    let binaries = Binaries::from([
        ("CollectorFunction", collector.as_path()),
        ("DelibirdFunction", delibird.as_path()),
    ]);
    let image = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/health-alerts");
    let (collector_image, delibird_image) =
        (format!("{image}/collector:1"), format!("{image}/delibird:1"));
    let webhook = chat.webhook("first");
    let parameters = [
        ("Project", HUB),
        ("CollectorImageUri", &*collector_image),
        ("ECRImageUri", &*delibird_image),
        ("GchatWebhookUrl", &*webhook),
        ("OrgId", "o-abcdefghij"),
        ("AlarmEmail", "on-call@example.com"),
    ];
    let stack = emulator.create_stack(HUB, &template, &parameters, &binaries).await.unwrap();

    // The one webhook of the original set-up, as long as the secret of spaces is empty.
    put_event(&emulator, &stack, "ONE").await;
    posted(&chat, "first", 1).await;

    // An operator writes the spaces; an update with new code and no secret in it keeps them.
    let spaces = json!({"default": chat.webhook("second")}).to_string();
    let spaces_secret = &stack.outputs["SpacesSecretArn"];
    secret(&emulator, "PutSecretValue", json!({"SecretId": spaces_secret, "SecretString": spaces}))
        .await;
    let newer = collector_image.replace(":1", ":2");
    let update = [("CollectorImageUri", &*newer), ("LogRetentionDays", "30")];
    let updated = emulator.update_stack(HUB, &template, &update, &binaries).await.unwrap();
    assert_eq!(updated.outputs, stack.outputs);
    let kept = secret(&emulator, "GetSecretValue", json!({"SecretId": spaces_secret})).await;
    assert_eq!(kept["SecretString"], spaces.as_str());
    // The old webhook is gone: delibird looks for another at once.
    chat.delete_webhooks("first");
    put_event(&emulator, &stack, "TWO").await;
    posted(&chat, "second", 1).await;

    patterns_fit_every_sample(&emulator, &template).await;

    emulator.delete_stack(HUB).await.unwrap();
    let described = json!({"TableName": stack.outputs["StateTableName"]});
    let table = emulator.json("dynamodb", "DynamoDB_20120810.DescribeTable", &described).await;
    assert!(table.is_ok(), "the state is gone with the stack: {table:?}");
    secret(&emulator, "GetSecretValue", json!({"SecretId": spaces_secret})).await;
    let list = json!({"NamePrefix": HUB});
    let rules = emulator.json("events", "AWSEvents.ListRules", &list).await.unwrap();
    assert_eq!(rules["Rules"], json!([]));
}

#[tokio::test]
async fn a_bus_that_is_there_already_is_used_and_stays() {
    let Some(emulator) = Emulator::start().await.unwrap() else { return };
    let chat = chat().await;
    let bus = json!({"Name": "shared"});
    let made = emulator.json("events", "AWSEvents.CreateEventBus", &bus).await.unwrap();
    let arn = made["EventBusArn"].as_str().unwrap();
    let template = Template::named("collector.yaml").unwrap();
    let (collector, delibird) = (built("collector").unwrap(), built("delibird").unwrap());
    let binaries =
        Binaries::from([("CollectorFunction", &*collector), ("DelibirdFunction", &*delibird)]);
    let image =
        |name: &str| format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/health-alerts/{name}:1");
    let parameters = [
        ("Project", HUB),
        ("CollectorImageUri", &*image("collector")),
        ("ECRImageUri", &*image("delibird")),
        ("GchatWebhookUrl", &*chat.webhook("first")),
        ("AlarmEmail", "on-call@example.com"),
        ("ExistingEventBusArn", arn),
    ];
    let stack = emulator.create_stack(HUB, &template, &parameters, &binaries).await.unwrap();
    assert_eq!([&*stack.outputs["EventBusArn"], &*stack.outputs["EventBusName"]], [arn, "shared"]);
    put_event(&emulator, &stack, "ONE").await;
    posted(&chat, "first", 1).await;

    emulator.delete_stack(HUB).await.unwrap();
    let there = emulator.json("events", "AWSEvents.DescribeEventBus", &bus).await.unwrap();
    assert_eq!(there["Arn"], arn);
    let list = json!({"EventBusName": "shared"});
    let rules = emulator.json("events", "AWSEvents.ListRules", &list).await.unwrap();
    assert_eq!(rules["Rules"], json!([]));
}

/// EventBridge's own `TestEventPattern`, on every sample and for every rule an event passes.
async fn patterns_fit_every_sample(emulator: &Emulator, hub: &Template) {
    let forwarder = Template::named("forwarder.yaml").unwrap();
    let pattern = |template: &Template, id: &str, given: &[(&str, &str)]| {
        let given: BTreeMap<&str, &str> = given.iter().copied().collect();
        chosen(&template.body["Resources"][id]["Properties"]["EventPattern"], &given).to_string()
    };
    let own = pattern(hub, "OwnAccountRule", &[("TakesOrganizationFeed", "false")]);
    let feed = pattern(hub, "OwnAccountRule", &[("TakesOrganizationFeed", "true")]);
    let bus = pattern(hub, "HealthRule", &[]);
    let all = pattern(&forwarder, "ForwarderRule", &[("ForwardsCustomHealth", "true")]);
    let health = pattern(&forwarder, "ForwarderRule", &[("ForwardsCustomHealth", "false")]);
    let mut samples = 0;
    for file in fs::read_dir(format!("{FOLDER}/../tests/fixtures")).unwrap() {
        let path = file.unwrap().path();
        let sample: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        // Only an envelope goes through a rule.
        let Some(source) = sample["source"].as_str() else { continue };
        if sample["detail-type"].is_null() {
            continue;
        }
        samples += 1;
        let by_aws = source == "aws.health";
        let ours = by_aws || source.starts_with("custom.");
        let affected = &sample["detail"]["affectedAccount"];
        let about_hub = affected.is_null() || *affected == json!(ACCOUNT);
        let rows = [
            ("bus", &bus, ours),
            ("forwarder", &health, by_aws),
            ("forwarder of custom.health too", &all, by_aws || source == "custom.health"),
            ("organization's feed", &feed, by_aws),
            ("own account", &own, by_aws && about_hub),
        ];
        for (name, pattern, expected) in rows {
            let mut event = sample.clone();
            // What a sample may lack and an event never does.
            for (key, value) in [("id", "1"), ("account", ACCOUNT), ("region", REGION)] {
                if event[key].is_null() {
                    event[key] = json!(value);
                }
            }
            event["resources"] = json!([]);
            event["time"] = json!("2026-03-02T10:00:00Z");
            let test = json!({"EventPattern": pattern, "Event": event.to_string()});
            let answer = emulator.json("events", "AWSEvents.TestEventPattern", &test).await;
            let fits = answer.unwrap()["Result"] == true;
            assert_eq!(fits, expected, "{name}: {}", path.display());
        }
    }
    assert!(samples >= 6, "{samples}");
}

/// A pattern with its conditions decided.
fn chosen(value: &Value, given: &BTreeMap<&str, &str>) -> Value {
    if let Some(branches) = value.get("Fn::If") {
        let holds = given[branches[0].as_str().unwrap()] == "true";
        return chosen(&branches[if holds { 1 } else { 2 }], given);
    }
    if value.get("Ref").is_some_and(|name| name == "AWS::AccountId") {
        return json!(ACCOUNT);
    }
    let nothing = json!({"Ref": "AWS::NoValue"});
    match value {
        Value::Object(fields) => {
            let chosen = fields.iter().map(|(key, value)| (key.clone(), chosen(value, given)));
            Value::Object(chosen.filter(|(_, value)| *value != nothing).collect())
        }
        Value::Array(items) => {
            items.iter().map(|item| chosen(item, given)).filter(|item| *item != nothing).collect()
        }
        plain => plain.clone(),
    }
}
