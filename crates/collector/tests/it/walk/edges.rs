//! The three edges as the walk drives them: each call that matters yields once before it acts,
//! and remembers its answer, so that two runs with the same answers are the same state.

use std::collections::BTreeSet;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use collector::publish::{PublishError, Publisher};
use collector::ticks::{TickError, Ticks};
use jiff::Timestamp;
use model::ids::IncidentId;
use state::claim::Claim;
use state::document::{Document, DocumentKey, DocumentStore, Draft, Written};
use state::group::Group;
use state::header::{BatchId, Header, Lease, Token};
use state::member::{Member, Notified, Texts};
use state::outbox::Frozen;
use state::store::{Claimed, Closed, Fenced, Put, Reading, Result};
use state::{MemoryStore, StateStore};

use super::Flavor;

/// What all actors share: the store, the tick queue, the topic.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) store: MemoryStore,
    ticks: Mutex<BTreeSet<Timestamp>>,
    published: Mutex<Vec<(String, String)>>,
    incidents: Mutex<BTreeSet<IncidentId>>,
}

impl Shared {
    pub(crate) fn next_tick(&self) -> Option<Timestamp> {
        self.ticks.lock().unwrap().first().copied()
    }

    pub(crate) fn has_tick(&self, now: Timestamp) -> bool {
        self.next_tick().is_some_and(|at| at <= now)
    }

    pub(crate) fn take_tick(&self, now: Timestamp) {
        assert!(self.has_tick(now));
        self.ticks.lock().unwrap().pop_first();
    }

    pub(crate) fn add_tick(&self, at: Timestamp) {
        self.ticks.lock().unwrap().insert(at);
    }

    pub(crate) fn published(&self) -> Vec<(String, String)> {
        self.published.lock().unwrap().clone()
    }

    /// Every incident a tick was ever sent for.
    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        self.incidents.lock().unwrap().iter().cloned().collect()
    }

    pub(crate) fn digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.ticks.lock().unwrap().hash(&mut hash);
        let mut published = self.published();
        published.sort_unstable();
        published.hash(&mut hash);
        hash.finish()
    }
}

/// What of a reading can influence a decision or the end of the walk.
pub(crate) fn digest(reading: &Reading) -> u64 {
    let mut hash = DefaultHasher::new();
    let mut keys: Vec<_> = reading.members.iter().map(|member| &member.key).collect();
    keys.sort();
    keys.hash(&mut hash);
    reading.groups.hash(&mut hash);
    hash.finish()
}

/// One actor's view of the edges.
#[derive(Clone)]
pub(crate) struct Edge {
    shared: Arc<Shared>,
    flavor: Flavor,
    local: Arc<Local>,
}

#[derive(Default)]
struct Local {
    steps: AtomicUsize,
    history: AtomicU64,
    /// This actor put a member that was there already.
    repeated: AtomicBool,
    /// This flush began with a re-send.
    resent: AtomicBool,
}

impl Edge {
    pub(crate) fn new(shared: &Arc<Shared>, flavor: Flavor) -> Self {
        Self { shared: Arc::clone(shared), flavor, local: Arc::default() }
    }

    pub(crate) fn steps(&self) -> usize {
        self.local.steps.load(Ordering::Relaxed)
    }

    pub(crate) fn history(&self) -> u64 {
        self.local.history.load(Ordering::Relaxed)
    }

    async fn step(&self) {
        Yield(false).await;
        self.local.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Boards and acknowledgements decide no race of the outbox: the walk passes over them.
    async fn document_step(&self) {
        if self.flavor == Flavor::Documents {
            self.step().await;
        }
    }

    fn answer<T: Hash>(&self, answer: T) -> T {
        let mut hash = DefaultHasher::new();
        (self.history(), &answer).hash(&mut hash);
        self.local.history.store(hash.finish(), Ordering::Relaxed);
        answer
    }

    fn store(&self) -> &MemoryStore {
        &self.shared.store
    }

    /// The lease holder's token, for a flavor that ignores whose it is.
    async fn whoever_holds(&self, incident: &IncidentId, own: &Token) -> Result<Token> {
        let lease = self.store().header(incident).await?.lease;
        Ok(lease.map_or_else(|| own.clone(), |lease| lease.token))
    }
}

/// Pending once: the walk decides when the call behind it happens.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}

impl Publisher for Edge {
    async fn publish(&self, alert: &Frozen) -> std::result::Result<(), PublishError> {
        self.step().await;
        let one = (alert.alert_id.0.clone(), alert.alert.clone());
        self.shared.published.lock().unwrap().push(one);
        self.answer(());
        Ok(())
    }
}

impl Ticks for Edge {
    async fn send(
        &self,
        incident: &IncidentId,
        at: Timestamp,
    ) -> std::result::Result<(), TickError> {
        self.step().await;
        self.shared.incidents.lock().unwrap().insert(incident.clone());
        self.shared.add_tick(at);
        self.answer(at);
        Ok(())
    }
}

impl StateStore for Edge {
    // Claims are staked before the walk begins, texts are never read by the protocol, and what
    // is put but not yet frozen is seen by nobody: these calls commute with all others.
    async fn claimed(&self, claim: &Claim) -> Result<Option<IncidentId>> {
        self.store().claimed(claim).await
    }

    async fn stake(&self, claim: &Claim, incident: &IncidentId) -> Result<IncidentId> {
        self.store().stake(claim, incident).await
    }

    async fn put_texts(&self, incident: &IncidentId, texts: Texts) -> Result<()> {
        self.store().put_texts(incident, texts).await
    }

    async fn put_copy(&self, incident: &IncidentId, copy: Notified) -> Result<()> {
        self.store().put_copy(incident, copy).await
    }

    async fn put_frozen(&self, incident: &IncidentId, frozen: &Arc<Frozen>) -> Result<()> {
        self.store().put_frozen(incident, frozen).await
    }

    async fn put_member(&self, incident: &IncidentId, member: Member) -> Result<Put> {
        self.step().await;
        if self.flavor == Flavor::BumpFirst {
            self.answer(self.store().bump(incident).await?);
            self.step().await;
            self.store().put_member(incident, member).await?;
            return Ok(self.answer(Put::Repeated));
        }
        let put = self.store().put_member(incident, member).await?;
        self.local.repeated.store(put == Put::Repeated, Ordering::Relaxed);
        Ok(self.answer(put))
    }

    async fn bump(&self, incident: &IncidentId) -> Result<Header> {
        self.step().await;
        let repeated = self.local.repeated.load(Ordering::Relaxed);
        let skipped =
            (self.flavor == Flavor::NoRepeatBump && repeated) || self.flavor == Flavor::BumpFirst;
        if skipped {
            return Ok(self.answer(self.store().header(incident).await?));
        }
        Ok(self.answer(self.store().bump(incident).await?))
    }

    async fn header(&self, incident: &IncidentId) -> Result<Header> {
        self.step().await;
        Ok(self.answer(self.store().header(incident).await?))
    }

    async fn record_due(&self, incident: &IncidentId, due: Timestamp) -> Result<()> {
        self.step().await;
        self.store().record_due(incident, due).await?;
        self.answer(());
        Ok(())
    }

    async fn lease(&self, incident: &IncidentId, lease: &Lease, now: Timestamp) -> Result<Claimed> {
        self.step().await;
        let mut claimed = self.store().lease(incident, lease, now).await?;
        if let Claimed::Taken(header) = &mut claimed {
            self.local.resent.store(header.frozen.is_some(), Ordering::Relaxed);
            if self.flavor == Flavor::NoFrozen {
                header.frozen = None;
            }
        }
        Ok(self.answer(claimed))
    }

    async fn read(&self, incident: &IncidentId) -> Result<Reading> {
        self.step().await;
        if self.flavor == Flavor::NoReread && self.local.resent.load(Ordering::Relaxed) {
            self.answer(0_u64);
            return Ok(Reading::default());
        }
        let reading = self.store().read(incident).await?;
        self.answer(digest(&reading));
        Ok(reading)
    }

    async fn freeze(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
    ) -> Result<Fenced> {
        self.step().await;
        let mut token = token.clone();
        if matches!(self.flavor, Flavor::NoFence | Flavor::NoFrozen)
            && let Some(forgotten) = self.store().header(incident).await?.frozen
        {
            self.store().thaw(incident, &forgotten).await?;
        }
        if self.flavor == Flavor::NoFence {
            token = self.whoever_holds(incident, &token).await?;
        }
        let fenced = self.store().freeze(incident, &token, batch).await?;
        if self.flavor == Flavor::CommitBeforePublish && fenced == Fenced::Done {
            for frozen in self.store().frozen(incident, batch).await? {
                self.store().settle(incident, frozen.after.clone()).await?;
            }
            self.store().thaw(incident, batch).await?;
        }
        Ok(self.answer(fenced))
    }

    async fn frozen(&self, incident: &IncidentId, batch: &BatchId) -> Result<Vec<Arc<Frozen>>> {
        self.step().await;
        Ok(self.answer(self.store().frozen(incident, batch).await?))
    }

    async fn settle(&self, incident: &IncidentId, group: Group) -> Result<()> {
        self.step().await;
        self.store().settle(incident, group).await?;
        self.answer(());
        Ok(())
    }

    async fn thaw(&self, incident: &IncidentId, batch: &BatchId) -> Result<()> {
        self.step().await;
        self.store().thaw(incident, batch).await?;
        self.answer(());
        Ok(())
    }

    async fn close(
        &self,
        incident: &IncidentId,
        token: &Token,
        arrivals: u64,
        next: Option<Timestamp>,
    ) -> Result<Closed> {
        self.step().await;
        let mut token = token.clone();
        if self.flavor == Flavor::NoFence {
            token = self.whoever_holds(incident, &token).await?;
        }
        Ok(self.answer(self.store().close(incident, &token, arrivals, next).await?))
    }

    async fn overdue(&self, at: Timestamp, limit: usize) -> Result<Vec<IncidentId>> {
        self.store().overdue(at, limit).await
    }
}

// Nothing the protocol of an incident does is a document.
impl DocumentStore for Edge {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.document_step().await;
        self.store().document(key).await
    }

    async fn write_document(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        self.document_step().await;
        self.store().write_document(key, draft).await
    }

    async fn documents(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        self.document_step().await;
        self.store().documents(drawer).await
    }

    async fn remove_document(&self, key: &DocumentKey) -> Result<()> {
        self.document_step().await;
        self.store().remove_document(key).await
    }
}
