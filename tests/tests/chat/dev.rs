//! `healthctl dev` with real webhooks: the delivery of production, so that what Chat does not
//! take at once comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use system_tests::binary;
use system_tests::chat_server::{ChatServer, Fault, Faults, Kind, Rules};

use super::GOOGLE;

#[tokio::test]
async fn what_chat_does_not_take_at_once_comes_back() {
    let chat = ChatServer::start(Rules::of_google(GOOGLE.clone())).await.unwrap();
    // More than one attempt has patience for.
    chat.fail("default", Faults::Script([Fault::Answer(503, Kind::Error); 6].into()));
    let spaces = json!({"default": chat.webhook("default")}).to_string();
    let (mut dev, mut errors) = tokio::task::spawn_blocking(move || start(&spaces)).await.unwrap();
    let started = Instant::now();
    while chat.ledger().posted("default").is_empty() && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    dev.kill().unwrap();
    dev.wait().unwrap();
    let mut told = String::new();
    errors.read_to_string(&mut told).unwrap();
    let ledger = chat.ledger();
    assert_eq!(ledger.posted("default").len(), 1, "{told}");
    assert_eq!(ledger.received("default").len(), 7, "six failures and the message");
    assert!(told.contains("not yet in default: Google Chat is not available"), "{told}");
    assert!(!told.contains("hunter2") && !told.contains("AIza"), "{told}");
}

/// The first attempt takes five seconds, the pause after it ten.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs it with an event posted to it. The webhooks go by its input.
fn start(spaces: &str) -> (Child, BufReader<ChildStderr>) {
    let mut dev = Command::new(binary::built("healthctl").unwrap())
        .args(["dev", "--no-demo", "--listen", "127.0.0.1:0", "--group-wait", "1s"])
        .args(["--spaces", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    dev.stdin.take().unwrap().write_all(spaces.as_bytes()).unwrap();
    let mut errors = BufReader::new(dev.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    let event = include_bytes!("../../fixtures/retirement-scheduled.json");
    let mut intake = TcpStream::connect(address).unwrap();
    let length = event.len();
    let head =
        format!("POST /events HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n");
    intake.write_all(head.as_bytes()).unwrap();
    intake.write_all(event).unwrap();
    let mut answer = [0; 12];
    intake.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 202");
    (dev, errors)
}
