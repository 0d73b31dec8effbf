//! Delibird's edges in AWS, made to fail by a peer that quotes what it should not: no error and
//! no line of the log tells a webhook or a credential.

use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use delibird::chat::ChatTransport;
use delibird::chat::webhook::Hosts;
use delibird::lambda::alarm::Alarm;
use delibird::lambda::queues::Queues;
use delibird::lambda::spaces::{Kept, SecretSpaces};
use function::Secret;
use function::aws::{self, Access};
use function::http::{self, Egress};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{hello, post};

const WEBHOOK: &str =
    "https://chat.example.com/v1/spaces/A/messages?key=AIzaHunter&token=hunter2%3D";

static LOGGED: Mutex<String> = Mutex::new(String::new());

fn log(line: &str) {
    LOGGED.lock().unwrap_or_else(PoisonError::into_inner).push_str(line);
}

fn clock() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// Something that answers every request alike.
async fn peer(status: u16, body: String) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // The requests are small: they come in one piece or two, and nobody reads them.
            let _ = stream.read(&mut [0; 16 * 1024]).await;
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n");
            let whole = format!("{head}connection: close\r\n\r\n{body}");
            let _ = stream.write_all(whole.as_bytes()).await;
        }
    });
    origin
}

#[tokio::test]
async fn no_edge_in_aws_tells_a_secret_when_it_fails() {
    let refused = |code: &str| json!({"__type": code, "message": WEBHOOK}).to_string();
    let secret = |text: &str| json!({"ARN": "a", "Name": "n", "SecretString": text}).to_string();
    let rows = [
        ("not JSON", 200, secret(WEBHOOK), "not a JSON object of names and webhooks"),
        (
            "a number",
            200,
            secret(&json!({"ops": 5, "x": WEBHOOK}).to_string()),
            "not a JSON object",
        ),
        ("a foreign host", 200, secret(&json!({"ops": WEBHOOK}).to_string()), "no webhook"),
        ("denied", 400, refused("AccessDeniedException"), "AccessDeniedException"),
        ("no value yet", 400, refused("ResourceNotFoundException"), "no webhook"),
        ("broken", 500, WEBHOOK.to_owned(), "cannot be read"),
    ];
    for (name, status, body, expected) in rows {
        let config = config(&peer(status, body).await);
        let kept = Kept { spaces: "arn:spaces".to_owned(), bootstrap: None };
        let client = http::client(&Egress::default()).unwrap();
        let secrets = Client::new(&config);
        let spaces = SecretSpaces::new(secrets, kept, client, Hosts::Google, clock, log);
        let failed = spaces.post(&"ops".into(), &post("a", &hello("t"))).await.unwrap_err();
        let told = format!("{failed} {failed:?} {spaces:?}");
        assert!(told.contains(expected), "{name}: {told}");
        silent(name, &told);

        let queues =
            Queues::new(aws_sdk_sqs::Client::new(&config), vec!["http://q/1/u".to_owned()]);
        let put_off = queues.put_off("arn:aws:sqs:r:1:u", "r", SignedDuration::ZERO).await;
        let alarm = Alarm::new(aws_sdk_sns::Client::new(&config), "arn:topic".to_owned());
        let event = br#"{"source":"custom.health","detail":{"eventTypeCode":"X"}}"#;
        let event = model::read(event).remove(0).unwrap();
        let raised = alarm.raise(&model::Alert::of(&event, clock()), "it is gone").await;
        silent(name, &format!("{put_off:?} {queues:?} {raised:?} {alarm:?}"));
    }
    let logged = LOGGED.lock().unwrap().clone();
    assert!(logged.contains("the webhook of space ops is not at chat.googleapis.com"), "{logged}");
    silent("the log", &logged);
}

fn config(endpoint: &str) -> aws_types::SdkConfig {
    let secret = || Secret::new("hunter2-credential".to_owned());
    let access = Access {
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        key_id: secret(),
        key: secret(),
        session: Some(secret()),
    };
    aws::config(&access, http::client(&Egress::default()).unwrap())
}

fn silent(when: &str, text: &str) {
    for secret in ["hunter2", "AIzaHunter", "chat.example.com"] {
        assert!(!text.contains(secret), "{when} tells {secret}: {text}");
    }
}
