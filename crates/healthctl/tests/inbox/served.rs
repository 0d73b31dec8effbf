//! An inbox on a port of its own, with an intake that only remembers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use healthctl::inbox::{self, Inbox, PostedMessage, Record, Storm};
use model::words::{Kind, Severity, Subject};
use serde_json::value::RawValue;
use tokio::sync::oneshot;

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) inbox: Inbox,
    pub(crate) taken: Arc<Mutex<Vec<Record>>>,
    pub(crate) storms: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

impl Served {
    pub(crate) fn start() -> Self {
        let (inbox, taken) = (Inbox::new(), Arc::<Mutex<Vec<Record>>>::default());
        let storms = Arc::<AtomicUsize>::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let (shown, intake, count) = (inbox.clone(), Arc::clone(&taken), Arc::clone(&storms));
        let running = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let routes = inbox::router(shown.clone(), remember(intake), play(count));
                let stopped = async move { drop(stopped.await) };
                inbox::serve(listener, shown, routes, stopped).await.unwrap();
            });
        });
        let address = told.recv().unwrap();
        Self { address, inbox, taken, storms, stop: Some(stop), running: Some(running) }
    }

    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(running) = self.running.take() {
            running.join().unwrap();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Takes everything but what is marked to fail.
fn remember(
    taken: Arc<Mutex<Vec<Record>>>,
) -> impl Fn(Vec<Record>) -> std::future::Ready<anyhow::Result<()>> + Clone + Send + Sync + 'static
{
    move |records| {
        if records.iter().any(|record| record.event.service.as_str() == "FAIL") {
            return std::future::ready(Err(anyhow::anyhow!("the queue is full")));
        }
        taken.lock().unwrap().extend(records);
        std::future::ready(Ok(()))
    }
}

/// Starts the first time, plays on the second, fails from the third on.
fn play(
    count: Arc<AtomicUsize>,
) -> impl Fn() -> std::future::Ready<anyhow::Result<Storm>> + Clone + Send + Sync + 'static {
    move || {
        std::future::ready(match count.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(Storm::Started),
            1 => Ok(Storm::AlreadyPlaying),
            _ => Err(anyhow::anyhow!("no demo here")),
        })
    }
}

macro_rules! message {
    ($name:literal) => {
        include_str!(concat!("messages/", $name, ".json"))
    };
}

/// A fixture as posted to a space, in the thread its body names.
pub(crate) fn posted(space: &str, name: &str) -> PostedMessage {
    let (body, kind, subject, severity) = match name {
        "issue-opened" => {
            (message!("issue-opened"), Kind::Opened, Subject::Issue, Severity::Critical)
        }
        "issue-update" => {
            (message!("issue-update"), Kind::Update, Subject::Issue, Severity::Critical)
        }
        "issue-resolved" => {
            (message!("issue-resolved"), Kind::Resolved, Subject::Issue, Severity::Critical)
        }
        "scheduled-ko" => {
            (message!("scheduled-ko"), Kind::Opened, Subject::Scheduled, Severity::High)
        }
        "security-hostile" => {
            (message!("security-hostile"), Kind::Opened, Subject::Security, Severity::Critical)
        }
        "daily-digest" => {
            (message!("daily-digest"), Kind::Digest, Subject::Unknown, Severity::Info)
        }
        "long-words" => (message!("long-words"), Kind::Plain, Subject::Unknown, Severity::Info),
        "every-widget" => {
            (message!("every-widget"), Kind::Reminder, Subject::Notice, Severity::Warning)
        }
        "broken" => (message!("broken"), Kind::Plain, Subject::Unknown, Severity::Info),
        other => panic!("no message {other}"),
    };
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let thread = body["thread"]["threadKey"].as_str().unwrap();
    PostedMessage {
        space: space.into(),
        thread: thread.into(),
        kind,
        subject,
        severity,
        alert_id: "00000000-0000-5000-8000-000000000000".into(),
        accounts: 3,
        copy: None,
        message: RawValue::from_string(body.to_string()).unwrap(),
    }
}

pub(crate) const ALL: [(&str, &str); 9] = [
    ("sandbox", "broken"),
    ("sandbox", "every-widget"),
    ("sandbox", "long-words"),
    ("ops", "daily-digest"),
    ("security", "security-hostile"),
    ("database-team", "scheduled-ko"),
    ("payments-oncall", "issue-opened"),
    ("payments-oncall", "issue-update"),
    ("payments-oncall", "issue-resolved"),
];
