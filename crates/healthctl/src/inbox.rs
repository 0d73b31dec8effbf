//! The live inbox of `healthctl dev`: what was posted, as it is posted.
//!
//! Keeps the newest messages in memory and shows them; takes events and hands them on. It
//! decides nothing about an event, and knows neither collector nor delibird: the caller gives
//! an intake and a storm as functions.

mod answer;
mod body;
mod guard;
mod history;
mod line;
mod page;
mod records;
mod routes;
mod stream;

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use model::ids::{AlertId, SpaceName, ThreadKey};
use model::words::{Kind, Severity, Subject};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::metrics::charts::Charts;
use history::History;

pub use body::MAX_BODY;
pub use history::CAPACITY;
pub use records::{Record, Rejected};
pub use routes::{Storm, router};

/// How long open requests may take to end once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// One message as it went to a space: the object `simulate` prints, field for field.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PostedMessage<M = Box<RawValue>> {
    pub space: SpaceName,
    /// Chat's `threadKey` as sent.
    pub thread: ThreadKey,
    pub kind: Kind,
    pub subject: Subject,
    pub severity: Severity,
    pub alert_id: AlertId,
    /// How many so far; for PUBLIC events how many were notified.
    pub accounts: u64,
    /// Set on the short second post of an alert that shows in the thread and at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<PostedCopy>,
    /// The body as sent, byte for byte. The last field: [`PostedMessage::write_line`] ends with it.
    pub message: M,
}

/// Which of several posts of one alert this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PostedCopy {
    Top,
}

/// The posted messages, shared by everyone who posts and everyone who looks.
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    history: Mutex<History>,
    /// The number of the newest message; looking pages wake on it and read the history.
    newest: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
    charts: Arc<Charts>,
    /// Tells one run of the server from the next, so that a page left open starts over.
    run: u64,
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Inbox {
    pub fn new() -> Self {
        let shared = Shared {
            history: Mutex::default(),
            newest: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            charts: Arc::default(),
            run: RandomState::new().hash_one(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Shows a message to every open page. Never waits: a slow page skips what is too old for it.
    pub fn post(&self, message: PostedMessage) {
        let newest = self.history().push(message);
        self.shared.newest.send_replace(newest);
    }

    /// What the page draws of custom metrics, for whoever reads them.
    pub fn charts(&self) -> Arc<Charts> {
        Arc::clone(&self.shared.charts)
    }

    fn history(&self) -> MutexGuard<'_, History> {
        // A panic while holding it leaves at worst one message uncounted.
        self.shared.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the streams of all open pages; they would otherwise keep the server from stopping.
    fn stop(&self) {
        self.shared.stopping.send_replace(true);
    }
}

/// Serves the routes, guarded against other sites' pages, until `shutdown` is done; then lets
/// open requests finish for a moment and returns.
pub async fn serve(
    listener: TcpListener,
    inbox: Inbox,
    routes: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = guard::guarded(routes, listener.local_addr()?);
    let mut stopping = inbox.shared.stopping.subscribe();
    let signal = async move {
        shutdown.await;
        inbox.stop();
    };
    let server = axum::serve(listener, app).with_graceful_shutdown(signal);
    let overdue = async move {
        // The sender lives in the inbox, which the signal holds: an error here means stopped too.
        let _ = stopping.wait_for(|stop| *stop).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended,
        () = overdue => Ok(()),
    }
}

#[cfg(test)]
mod tests;
