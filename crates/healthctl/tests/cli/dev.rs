//! `dev` from start to Ctrl-C, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{fixture, healthctl};

pub(crate) struct Dev {
    child: Child,
    pub(crate) address: String,
}

impl Dev {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = healthctl()
            .args(["dev", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        Self { child, address: address.expect("the address of the inbox").to_owned() }
    }

    /// Status and body.
    pub(crate) fn request(&self, method: &str, path: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        )
        .unwrap();
        // A refused body may not be read to its end.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    pub(crate) fn messages(&self) -> Vec<Value> {
        serde_json::from_str(&self.request("GET", "/messages", b"").1).unwrap()
    }

    /// The first messages there are, within ten seconds.
    pub(crate) fn first_messages(&self) -> Vec<Value> {
        let start = Instant::now();
        loop {
            let messages = self.messages();
            if !messages.is_empty() || start.elapsed() > Duration::from_secs(10) {
                return messages;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn stop(mut self) -> i32 {
        let id = self.child.id().to_string();
        let killed = std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn a_posted_event_becomes_a_message_and_an_interrupt_ends_it_cleanly() {
    let dev = Dev::start(&["--no-demo", "--group-wait", "100ms"]);
    assert_eq!(dev.messages().len(), 0);
    let event = std::fs::read(fixture("issue-with-impaired-instances.json")).unwrap();
    assert_eq!(
        dev.request("POST", "/events", &event),
        (202, r#"{"accepted":1,"rejected":[]}"#.to_owned())
    );
    let messages = dev.first_messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["kind"], "opened");
    assert_eq!(dev.stop(), 0);
}

#[test]
fn bad_bodies_get_a_clear_answer_and_the_inbox_lives_on() {
    let dev = Dev::start(&["--no-demo"]);
    let rows: [(&str, &[u8], u16); 6] = [
        ("POST", b"{oops", 400),
        ("POST", b"", 400),
        ("POST", b"[1, \"x\", null]", 400),
        ("POST", &vec![b'a'; 20_000_000], 413),
        ("DELETE", b"", 405),
        ("POST", br#"{"Entries":[{"Source":"custom.health","Detail":"{}"}]}"#, 202),
    ];
    for (method, body, status) in rows {
        let answered = dev.request(method, "/events", body);
        assert_eq!(answered.0, status, "{}", answered.1);
        assert!(serde_json::from_str::<Value>(&answered.1).is_ok(), "{}", answered.1);
    }
    assert_eq!(dev.stop(), 0);
}

#[test]
fn the_demo_storm_begins_by_itself() {
    let dev = Dev::start(&["--group-wait", "100ms"]);
    let messages = dev.first_messages();
    assert_eq!(messages[0]["subject"], "issue");
    let (status, page) = dev.request("GET", "/", b"");
    assert!(status == 200 && page.contains("<title>"), "{status}");
    assert_eq!(dev.stop(), 0);
}
