//! The whole product on one machine: the collector and the delibird of production, joined by a
//! topic that carries what SNS carries, on the memory store. Who drives it brings the clock.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use collector::{Collector, Outcome};
use delibird::PostCopy;
use delibird::chat::{self, ChatTransport};
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::HealthEvent;
use model::ids::ThreadKey;
use model::trust::Trust;
use rules::Rules;
use state::MemoryStore;
use state::header::Token;
use tokio::sync::mpsc;

use crate::inbox::{PostedCopy, PostedMessage};

/// Longer than any flush here takes; a lease matters only where workers can die alone.
const LEASE: SignedDuration = SignedDuration::from_secs(35);

pub struct Machine<C> {
    collector: Collector<MemoryStore, Loopback, Timer>,
    chat: C,
    /// Who else hears of every alert.
    told: Option<mpsc::UnboundedSender<Alert>>,
    tokens: AtomicU64,
    received: Mutex<Timestamp>,
}

impl<C: ChatTransport> Machine<C> {
    pub fn new(rules: Rules, chat: C) -> Self {
        let collector = Collector {
            store: MemoryStore::default(),
            publisher: Loopback::default(),
            ticks: Timer::default(),
            trust: rules.trust(Trust::Everyone),
            rules,
            lease: LEASE,
        };
        let received = Mutex::new(Timestamp::MIN);
        Self { collector, chat, told: None, tokens: AtomicU64::new(0), received }
    }

    /// The same, which also tells somebody of every alert as it comes from the topic.
    #[must_use]
    pub fn telling(self, told: Option<mpsc::UnboundedSender<Alert>>) -> Self {
        Self { told, ..self }
    }

    pub fn chat(&self) -> &C {
        &self.chat
    }

    /// When news is due.
    pub fn next(&self) -> Option<Timestamp> {
        self.collector.ticks.next()
    }

    /// When anything is: news, or what the sweep of production would find by the clock.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.next().into_iter().chain(self.collector.store.next_due()).min()
    }

    /// What the schedule of production does each minute: finds what is due by the clock.
    pub async fn sweep(&self, now: Timestamp) -> anyhow::Result<()> {
        self.collector.sweep(now).await?;
        Ok(())
    }

    pub async fn accept(&self, event: HealthEvent, now: Timestamp) -> anyhow::Result<Outcome> {
        Ok(self.collector.accept(event, self.arrival(now)).await?)
    }

    /// Runs one flush that is due at `now`, and posts what it published. Nothing when none is due.
    pub async fn flush(&self, now: Timestamp) -> anyhow::Result<Option<Vec<PostedMessage<Bytes>>>> {
        let Some((_, incident)) = self.collector.ticks.take(now) else { return Ok(None) };
        let token = Token(self.tokens.fetch_add(1, Ordering::Relaxed).to_string());
        self.collector.flush(&incident, token, now).await?;
        let mut posted = Vec::new();
        while let Some(alert) = self.collector.publisher.take() {
            for record in delibird::envelope::read_text(&alert, now) {
                for alert in record.alerts {
                    self.deliver(&alert?, now, &mut posted).await?;
                }
            }
        }
        Ok(Some(posted))
    }

    async fn deliver(
        &self,
        alert: &Alert,
        now: Timestamp,
        posted: &mut Vec<PostedMessage<Bytes>>,
    ) -> anyhow::Result<()> {
        if let Some(told) = &self.told {
            // The other end lives as long as the runtime.
            let _ = told.send(alert.clone());
        }
        let space = &alert.target.space;
        for post in delibird::posts(alert, now) {
            let request_id = post.request_id.clone();
            let message = described(alert, post);
            let one = chat::Post { request_id, body: message.message.clone() };
            self.chat.post(space, &one).await?;
            posted.push(message);
        }
        Ok(())
    }

    /// Records that arrive in the same instant keep their order.
    fn arrival(&self, now: Timestamp) -> Timestamp {
        let mut last = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        let after = last.checked_add(SignedDuration::from_nanos(1)).unwrap_or(now);
        *last = now.max(after);
        *last
    }
}

pub(crate) fn described(alert: &Alert, post: delibird::Post) -> PostedMessage<Bytes> {
    PostedMessage {
        space: alert.target.space.clone(),
        thread: post.thread.map_or_else(|| alert.thread.clone(), ThreadKey),
        kind: alert.kind.clone(),
        subject: alert.subject.clone(),
        severity: alert.severity,
        alert_id: alert.alert_id.clone(),
        accounts: u64::from(alert.accounts.total),
        copy: match post.copy {
            PostCopy::None => None,
            PostCopy::Top => Some(PostedCopy::Top),
        },
        message: Bytes::from(post.body),
    }
}
