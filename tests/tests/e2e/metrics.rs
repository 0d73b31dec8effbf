//! Custom metrics as their template deploys them: API key, function, WhaTap's place taken by a
//! listener, and a broken threshold on its way through the collector.
//!
//! The emulator runs no images, so the function is deployed beside the stack, which is otherwise
//! the template as it stands.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use model::Alert;
use model::words::{Kind, Subject};
use serde_json::{Value, json};
use state::DynamoStore;
use state::configuration::{self, Signed};
use system_tests::emulator::Emulator;
use system_tests::template::Template;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::delivery::{chat, posted};
use crate::hub::{self, Hub, TABLE};

const FUNCTION: &str = "health-custom";
/// Synthetic: it decodes to project 1234567.
const KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";
const ROUTES: &str = "[defaults]\nspaces = ['ops']\n[[threshold]]\nname = 'cost'\n\
    when = \"category = 'aws_cost' and key = 'daily_usd' and value > 1000\"\n";

/// The frames that arrive where WhaTap would be.
async fn whatap() -> (String, mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (frames, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(read(stream, frames.clone()));
        }
    });
    (address, received)
}

async fn read(mut stream: TcpStream, frames: mpsc::UnboundedSender<Vec<u8>>) {
    let mut header = [0; 22];
    while stream.read_exact(&mut header).await.is_ok() {
        let length = u32::from_be_bytes(header[18..].try_into().unwrap());
        let mut frame = header.to_vec();
        frame.resize(22 + usize::try_from(length).unwrap(), 0);
        stream.read_exact(&mut frame[22..]).await.unwrap();
        let _ = frames.send(frame);
    }
}

/// The template without the function, which is there already.
fn template() -> String {
    let mut body = Template::named("custom.yaml").unwrap().body;
    body["Resources"].as_object_mut().unwrap().remove("CustomFunction").unwrap();
    let arn = Emulator::arn("lambda", &format!("function:{FUNCTION}"));
    body.to_string()
        .replace(r#"{"Ref":"CustomFunction"}"#, &json!(FUNCTION).to_string())
        .replace(r#"{"Fn::GetAtt":["CustomFunction","Arn"]}"#, &json!(arn).to_string())
        .replace("${CustomFunction.Arn}", &arn)
}

struct Api {
    url: String,
    key: String,
    client: reqwest::Client,
}

impl Api {
    async fn deploy(hub: &Hub, whatap: &str) -> Self {
        hub.custom(FUNCTION, whatap).await;
        let template = template();
        let topic = Emulator::arn("sns", "alarm");
        let key = Emulator::arn("kms", "key/1");
        let given = [
            ("CustomImageUri", "111122223333.dkr.ecr.us-east-1.amazonaws.com/custom:1"),
            ("StateTableName", TABLE),
            ("EventBusName", hub::BUS),
            ("AlarmTopicArn", &topic),
            ("KmsKeyArn", &key),
        ];
        let mut form = vec![
            ("Action".to_owned(), "CreateStack"),
            ("Version".to_owned(), "2010-05-15"),
            ("StackName".to_owned(), "custom"),
            ("TemplateBody".to_owned(), &template),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM"),
        ];
        for (number, (name, value)) in given.into_iter().enumerate() {
            let member = |part: &str| format!("Parameters.member.{}.{part}", number + 1);
            form.push((member("ParameterKey"), name));
            form.push((member("ParameterValue"), value));
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (&**key, *value)).collect();
        hub.emulator.query("cloudformation", &form).await.unwrap();
        let client = function::http::client(&function::http::Egress::default()).unwrap();
        let api = first(hub, "/restapis").await;
        let key = first(hub, "/apikeys?includeValues=true").await;
        let plan = first(hub, "/usageplans").await;
        first(hub, &format!("/usageplans/{}/keys", plan["id"].as_str().unwrap())).await;
        let (endpoint, id) = (hub.emulator.endpoint(), api["id"].as_str().unwrap());
        Self {
            url: format!("{endpoint}/restapis/{id}/v1/_user_request_/custom"),
            key: key["value"].as_str().unwrap().to_owned(),
            client,
        }
    }

    async fn post(&self, key: Option<&str>, value: f64) -> (u16, Value) {
        let body = json!({
            "datas": [{"key": "daily_usd", "value": value}], "whatapAccessKey": KEY,
            "pcode": 1_234_567, "category": "aws_cost", "host": "billing",
        });
        let mut request = self.client.post(&self.url).body(body.to_string());
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }
}

/// The first of what the stack makes, within a minute.
async fn first(hub: &Hub, path: &str) -> Value {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(1) {
        let listed = hub.emulator.get("apigateway", path).await.unwrap();
        if let Some(one) = listed["item"].as_array().and_then(|items| items.first()) {
            return one.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the stack makes nothing at {path}");
}

async fn alert(hub: &Hub) -> Alert {
    let delivered = hub.receive(hub::DELIVERY).await.unwrap();
    let notification: Value = serde_json::from_str(delivered["Body"].as_str().unwrap()).unwrap();
    serde_json::from_str(notification["Message"].as_str().unwrap()).unwrap()
}

fn clock() -> Timestamp {
    Timestamp::from_second(1_900_000_000).unwrap()
}

#[tokio::test]
async fn a_value_needs_a_key_reaches_whatap_and_becomes_a_card_when_it_breaks_its_threshold() {
    let chat = chat().await;
    let Some(hub) = Hub::start().await else { return };
    let hub = hub.with_delibird(&json!({"ops": chat.webhook("ops")})).await;
    let store = DynamoStore::new(Client::new(hub.emulator.config()), TABLE.to_owned(), clock);
    let signed = Signed { by: "ops".to_owned(), at: clock(), comment: String::new() };
    configuration::push(&store, ROUTES, signed).await.unwrap();
    let (address, mut frames) = whatap().await;
    let api = Api::deploy(&hub, &address).await;

    for key in [None, Some("not-a-key-of-this-api")] {
        let (status, answer) = api.post(key, 1200.0).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (403, &json!("forbidden")));
        assert!(answer["requestId"].as_str().is_some_and(|id| !id.is_empty()));
    }
    assert!(frames.try_recv().is_err(), "nothing was sent without a key");

    let (status, answer) = api.post(Some(&api.key), 1200.5).await;
    assert_eq!((status, &answer["accepted"]), (202, &json!(1)), "{answer}");
    let frame = frames.recv().await.unwrap();
    assert_eq!(frame[..10], [&[10, 0], &1_234_567_i64.to_be_bytes()[..]].concat());
    assert_eq!(frame[frame.len() - 8..], 1200.5_f64.to_be_bytes());

    let opened = alert(&hub).await;
    assert_eq!((&opened.kind, &opened.subject), (&Kind::Opened, &Subject::Metric));
    assert_eq!(opened.target.space.as_str(), "ops");
    assert_eq!(opened.metric.as_ref().and_then(|metric| metric.value), Some(1200.5));

    assert_eq!(api.post(Some(&api.key), 1300.0).await.0, 202);
    assert_eq!(api.post(Some(&api.key), 800.0).await.0, 202);
    let resolved = alert(&hub).await;
    assert_eq!((&resolved.kind, &resolved.thread), (&Kind::Resolved, &opened.thread));
    assert_eq!(
        hub.emulator.invoke(FUNCTION, &json!({"task": "sweep"})).await.unwrap(),
        json!(null)
    );
    assert_eq!(hub.receive_now(hub::DELIVERY).await, None, "the repeated breach said nothing");

    let ledger = posted(&chat, "ops", 2).await;
    let cards: Vec<(bool, String)> =
        ledger.posted("ops").iter().map(|m| (m.reply, m.body.to_string())).collect();
    let [(false, broken), (true, normal)] = &cards[..] else { panic!("{cards:?}") };
    assert!(broken.contains("daily_") && broken.contains("1,200.5"), "{broken}");
    assert!(normal.contains("800"), "{normal}");
}

#[tokio::test]
async fn a_start_without_settings_names_every_one_that_is_missing() {
    let binary = hub::binary("custom");
    let output = std::process::Command::new(binary).env_clear().output().unwrap();
    assert!(!output.status.success());
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["error_type"], "Settings");
    let reason = line["reason"].as_str().unwrap();
    for key in ["AWS_REGION", "STATE_TABLE", "EVENT_BUS_NAME", "METRIC_NAMESPACE"] {
        assert!(reason.contains(&format!("{key} is not set")), "{key}: {reason}");
    }
}
