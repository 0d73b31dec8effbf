//! `GET /stream`: server-sent events, each a batch of drawn messages.
//!
//! A page has a place in the history, not a queue of its own: whatever the rate of posting, it
//! gets at most the newest it can show, and memory stays as it is.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use model::ids::SpaceName;
use serde::Serialize;
use tokio::sync::watch;

use super::history::Numbered;
use super::page::{self, KEEP};
use super::{Inbox, Shared};

/// Comments that keep proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A pause after each batch lets a burst become one batch; more cards, more time to draw them.
const PAUSE: Duration = Duration::from_millis(40);
const PAUSE_PER_CARD: Duration = Duration::from_millis(4);

#[derive(Serialize)]
struct Batch {
    /// The page shows messages of an earlier run of the server: it must drop them.
    reset: bool,
    totals: BTreeMap<SpaceName, u64>,
    messages: Vec<Drawn>,
}

#[derive(Serialize)]
struct Drawn {
    number: u64,
    space: String,
    thread: String,
    kind: String,
    severity: &'static str,
    sentence: String,
    html: String,
}

struct Place {
    inbox: Inbox,
    newest: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    shown: u64,
    reset: bool,
    greeted: bool,
    pause: Duration,
}

pub(super) fn stream(
    inbox: Inbox,
    headers: &HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send + 'static> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let seen = last.and_then(|id| seen(id, &inbox.shared));
    let place = Place {
        newest: inbox.shared.newest.subscribe(),
        stopping: inbox.shared.stopping.subscribe(),
        shown: seen.unwrap_or(0),
        reset: last.is_some() && seen.is_none(),
        greeted: false,
        pause: Duration::ZERO,
        inbox,
    };
    let events = unfold(place, |mut place| async move {
        let event = place.next().await?;
        Some((Ok(event), place))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"))
}

/// `<run>.<number>`, when it is of this run.
fn seen(id: &str, shared: &Shared) -> Option<u64> {
    let (run, number) = id.split_once('.')?;
    (run.parse() == Ok(shared.run)).then(|| number.parse().ok())?
}

impl Place {
    /// The next batch; none when the server stops.
    async fn next(&mut self) -> Option<Event> {
        if !self.unless_stopping(tokio::time::sleep(self.pause)).await {
            return None;
        }
        loop {
            let found = self.inbox.history().since(self.shown, KEEP);
            if !found.is_empty() || !self.greeted {
                return self.batch(found).await;
            }
            let mut newest = self.newest.clone();
            let shown = self.shown;
            let moved = async move { drop(newest.wait_for(|newest| *newest > shown).await) };
            if !self.unless_stopping(moved).await {
                return None;
            }
        }
    }

    async fn unless_stopping(&self, done: impl Future<Output = ()>) -> bool {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => false,
            () = done => true,
        }
    }

    async fn batch(&mut self, found: Vec<Numbered>) -> Option<Event> {
        self.shown = found.last().map_or(self.shown, |(number, _)| *number);
        let cards = u32::try_from(found.len()).unwrap_or(u32::MAX);
        self.pause = PAUSE + PAUSE_PER_CARD.saturating_mul(cards);
        let totals = self.inbox.history().totals();
        // Drawing is work for a processor, not for the loop that answers requests.
        let messages = tokio::task::spawn_blocking(move || drawn(&found)).await.ok()?;
        let batch = Batch { reset: std::mem::take(&mut self.reset), totals, messages };
        self.greeted = true;
        let id = format!("{}.{}", self.inbox.shared.run, self.shown);
        Some(Event::default().id(id).data(serde_json::to_string(&batch).ok()?))
    }
}

fn drawn(found: &[Numbered]) -> Vec<Drawn> {
    let draw = |(number, posted): &Numbered| Drawn {
        number: *number,
        space: posted.space.to_string(),
        thread: posted.thread.to_string(),
        kind: posted.kind.to_string(),
        severity: posted.severity.as_str(),
        sentence: crate::preview::sentence(&posted.message).unwrap_or_default(),
        html: page::fragment(*number, posted).into_string(),
    };
    found.iter().map(draw).collect()
}
