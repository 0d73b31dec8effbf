//! A fake Google Chat on a loopback port: real HTTP/1.1, the documented rules, an account of all
//! it received, and failures on demand.
//!
//! It refuses what Google would silently drop, such as the 101st widget, because a test cannot
//! see what is missing on a screen. It does not draw cards and keeps nothing on disk.

mod answer;
mod fault;
mod ledger;
mod rules;
mod space;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::reset::{Broken, twin};
use answer::Body;
pub use fault::{Fault, Faults, Kind, RetryAfter, Stored};
pub use ledger::{Ledger, Message, Outcome, Received};
pub use rules::{Pace, RequestIds, Rules, SCHEMA, Schema, SchemaError};
use space::{Call, Spaces};

/// Runs until it is dropped.
pub struct ChatServer {
    origin: String,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

struct Shared {
    rules: Rules,
    started: Instant,
    spaces: Mutex<Spaces>,
}

impl Shared {
    /// A test that panicked while it looked says so itself.
    fn spaces(&self) -> MutexGuard<'_, Spaces> {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ChatServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl ChatServer {
    /// Listens on a free port of 127.0.0.1, on the runtime of the caller.
    pub async fn start(rules: Rules) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let spaces = Mutex::default();
        let shared = Arc::new(Shared { rules, started: Instant::now(), spaces });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { origin, shared, listening })
    }

    /// Where it listens.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The webhook URL of a space, which is opened on first mention.
    pub fn webhook(&self, space: &str) -> String {
        let mut spaces = self.shared.spaces();
        let path = spaces.open(space).path();
        format!("{}{path}", self.origin)
    }

    /// A further webhook of the space, which [`ChatServer::webhook`] returns from now on. The old
    /// one works on, until it is deleted.
    pub fn add_webhook(&self, space: &str) -> String {
        self.shared.spaces().open(space).add_webhook();
        self.webhook(space)
    }

    /// Deletes all webhooks the space has now.
    pub fn delete_webhooks(&self, space: &str) {
        self.shared.spaces().open(space).delete_webhooks();
    }

    /// What happens to the next requests to the space, in place of anything set before.
    pub fn fail(&self, space: &str, faults: impl Into<Faults>) {
        self.shared.spaces().open(space).faults = faults.into();
    }

    /// All that was received until now.
    pub fn ledger(&self) -> Ledger {
        self.shared.spaces().ledger.clone()
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that vanished before it was accepted is the peer's own business.
        let Ok((stream, _)) = listener.accept().await else { continue };
        connections.spawn(serve(stream, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection. It ends with an error whenever a fault asks for a reset, which is the point.
async fn serve(stream: TcpStream, shared: Arc<Shared>) -> Result<(), Broken> {
    let (stream, handle) = twin(stream).map_err(|_| Broken)?;
    let handle = &handle;
    let shared = &shared;
    let service = service_fn(move |request| async move {
        let answered = respond(shared, request).await;
        if answered.is_err() {
            // Closing then discards what is unsent and sends RST in place of FIN.
            handle.set_zero_linger().map_err(|_| Broken)?;
        }
        answered
    });
    let served = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    served.map_err(|_| Broken)
}

/// More than any message, so that the rule and not the reader refuses what is too long.
const READ_LIMIT: usize = 10_000_000;

async fn respond(shared: &Shared, request: Request<Incoming>) -> Result<Response<Body>, Broken> {
    let (head, body) = request.into_parts();
    let mut call = Call::read(&head.method, &head.uri, shared.started.elapsed());
    let fault = shared.spaces().arrive(&mut call);
    let call = call;
    let note = |outcome| shared.spaces().ledger.note(&call, fault, outcome);
    if fault == Some(Fault::ResetBeforeRead) {
        note(Outcome::Failed);
        return Err(Broken);
    }
    let body = Limited::new(body, READ_LIMIT).collect().await.map_err(|_| Broken)?.to_bytes();
    let post = || {
        let mut spaces = shared.spaces();
        let (outcome, answer) = spaces.post(&shared.rules, &call, &body);
        spaces.ledger.note(&call, fault, outcome);
        answer
    };
    match fault {
        None => Ok(post().into_response()),
        Some(Fault::SlowBody) => Ok(post().never_ending()),
        Some(Fault::CutBody) => Ok(post().cut()),
        Some(Fault::ResetAfterRead(Stored::Yes)) => {
            drop(post());
            Err(Broken)
        }
        Some(Fault::ResetAfterRead(Stored::No) | Fault::ResetBeforeRead) => {
            note(Outcome::Failed);
            Err(Broken)
        }
        Some(Fault::Hang) => {
            note(Outcome::Failed);
            std::future::pending().await
        }
        Some(Fault::Answer(status, kind)) => {
            note(Outcome::Failed);
            Ok(answer::fault(status, kind, &head.uri))
        }
    }
}
