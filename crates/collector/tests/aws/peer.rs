//! Something on a loopback port that answers every request alike and remembers what was asked.

use std::sync::{Arc, Mutex};

use function::Secret;
use function::aws::organizations::Organizations;
use function::aws::{self, Access};
use function::http::{self, Egress};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const SECRET: &str = "hunter2";

#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) struct Peer {
    pub(crate) origin: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Without an answer it closes each connection.
    pub(crate) async fn start(answer: Option<Answer>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                asked.lock().unwrap().push(String::new());
                let request = read(&mut stream).await;
                *asked.lock().unwrap().last_mut().unwrap() = request;
                let Some(Answer { status, body }) = &answer else { continue };
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
                let whole = format!("{head}connection: close\r\n\r\n{body}");
                stream.write_all(whole.as_bytes()).await.unwrap();
            }
        });
        Self { origin, requests }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config())
    }

    pub(crate) fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.config())
    }

    fn config(&self) -> aws_types::SdkConfig {
        aws::config(&self.access(), http::client(&Egress::default()).unwrap())
    }

    pub(crate) fn organizations(&self) -> Organizations {
        let client = http::client(&Egress::default()).unwrap();
        Organizations::new(&self.access(), client, || {
            jiff::Timestamp::from_second(1_800_000_000).unwrap()
        })
    }

    fn access(&self) -> Access {
        let secret = || Secret::new(SECRET.to_owned());
        Access {
            region: "us-east-1".to_owned(),
            endpoint: Some(self.origin.clone()),
            key_id: secret(),
            key: secret(),
            session: Some(secret()),
        }
    }
}

/// The head, and as much body as it announces.
async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut some = [0; 4_096];
        match stream.read(&mut some).await {
            Ok(read) if read > 0 => request.extend(&some[..read]),
            _ => return text,
        }
    }
}
