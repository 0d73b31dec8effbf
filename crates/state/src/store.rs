//! The port to whatever keeps the state. Every method is one conditional write of one item, or
//! a strongly consistent read; none needs a transaction. Expiry is garbage collection only.

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use model::ids::IncidentId;

use crate::claim::Claim;
use crate::group::Group;
use crate::header::{BatchId, Header, Lease, Token};
use crate::member::{Member, Notified, Texts};
use crate::outbox::Frozen;

/// Why the store gave no answer. Nothing is known of whether a write took place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("the state store throttled {attempted}")]
    Throttled { attempted: &'static str },
    /// Also when a permission or the table is missing: the operator can repair that.
    #[error("the state store did not do {attempted}: {reason}")]
    Unavailable { attempted: &'static str, reason: String },
    /// The record behind it can never be stored.
    #[error("the state store refused {attempted}: {reason}")]
    Refused { attempted: &'static str, reason: String },
    #[error("the state store holds an item this version cannot read: {item}")]
    Unreadable { item: String },
}

impl StateError {
    /// Whether the same call may succeed later.
    pub fn retryable(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Unreadable { .. })
    }
}

pub type Result<T> = std::result::Result<T, StateError>;

/// What became of a member that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Put {
    New,
    Repeated,
}

/// What became of an attempt to lease an incident.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Claimed {
    /// The lease is ours; the header as it is now.
    Taken(Header),
    /// Another worker holds it until then.
    Held { until: Timestamp },
    /// Nobody holds it, and there is nothing to do before then.
    NotDue { due: Timestamp },
    /// No member was ever put.
    Unknown,
}

/// What became of a write that only the holder of the lease may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fenced {
    Done,
    /// Another worker took the lease since.
    Lost,
}

/// What became of an attempt to close a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    Done,
    /// Members arrived since the header was read; the count is now this.
    Moved {
        arrivals: u64,
    },
    Lost,
}

/// Everything a decision needs, read in one go.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub members: Vec<Arc<Member>>,
    pub copies: Vec<Notified>,
    pub texts: Vec<Arc<Texts>>,
    pub groups: Vec<Group>,
}

/// See the module. All methods take `&self`; a store is shared by concurrent events.
pub trait StateStore: Send + Sync {
    /// The incident a claim belongs to, if it was ever staked.
    fn claimed(&self, claim: &Claim) -> impl Future<Output = Result<Option<IncidentId>>> + Send;

    /// Ties the claim to the incident unless it is tied already; returns whose it is.
    fn stake(
        &self,
        claim: &Claim,
        incident: &IncidentId,
    ) -> impl Future<Output = Result<IncidentId>> + Send;

    /// Keeps texts unless they are kept already.
    fn put_texts(
        &self,
        incident: &IncidentId,
        texts: Texts,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Puts a member unless it is there.
    fn put_member(
        &self,
        incident: &IncidentId,
        member: Member,
    ) -> impl Future<Output = Result<Put>> + Send;

    /// Notes that an account was told of a PUBLIC event; noting it twice changes nothing.
    fn put_copy(
        &self,
        incident: &IncidentId,
        copy: Notified,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Counts one arrival and returns the header after it.
    fn bump(&self, incident: &IncidentId) -> impl Future<Output = Result<Header>> + Send;

    /// The header; the default one when nothing was ever counted.
    fn header(&self, incident: &IncidentId) -> impl Future<Output = Result<Header>> + Send;

    /// Notes that a tick is pending for `due`, unless an earlier one is.
    fn record_due(
        &self,
        incident: &IncidentId,
        due: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Takes the lease when none lives at `now`, and sets due to its end. Where no worker has left
    /// a lease behind and the due time has not come, there is nothing to take.
    fn lease(
        &self,
        incident: &IncidentId,
        lease: &Lease,
        now: Timestamp,
    ) -> impl Future<Output = Result<Claimed>> + Send;

    fn read(&self, incident: &IncidentId) -> impl Future<Output = Result<Reading>> + Send;

    /// Writes one alert of a batch that nothing points to yet.
    fn put_frozen(
        &self,
        incident: &IncidentId,
        frozen: &Arc<Frozen>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Makes the batch the frozen one; only for the holder of the lease.
    fn freeze(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
    ) -> impl Future<Output = Result<Fenced>> + Send;

    /// The alerts of a batch, in the order they were put.
    fn frozen(
        &self,
        incident: &IncidentId,
        batch: &BatchId,
    ) -> impl Future<Output = Result<Vec<Arc<Frozen>>>> + Send;

    /// Writes a group's state unless a later version is there.
    fn settle(
        &self,
        incident: &IncidentId,
        group: Group,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Empties the outbox if it still points to this batch; the alerts of it become garbage.
    fn thaw(
        &self,
        incident: &IncidentId,
        batch: &BatchId,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Releases the lease and sets the next due time, if it is still held and nothing arrived
    /// since `arrivals` was read.
    fn close(
        &self,
        incident: &IncidentId,
        token: &Token,
        arrivals: u64,
        next: Option<Timestamp>,
    ) -> impl Future<Output = Result<Closed>> + Send;

    /// Incidents whose due time passed before `at`, oldest first: lost ticks and dead leases.
    fn overdue(
        &self,
        at: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<IncidentId>>> + Send;
}
