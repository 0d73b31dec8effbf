//! The store in AWS: one DynamoDB table, on demand, whose every item is written alone.
//!
//! | item | partition key `pk` | sort key `sk` |
//! |---|---|---|
//! | claim | `claim\|<claim>` | `claim` |
//! | header | `incident\|<incident>` | `header` |
//! | group | `incident\|<incident>` | `g\|<space>` |
//! | member | `arrived\|<incident>\|<0..9>` | `m\|<member key>` |
//! | its long list of entities | where the member is | `e\|<member key>\|<list>\|<piece>` |
//! | copy of a PUBLIC event | `arrived\|<incident>\|<0..9>` | `c\|<account, spaces>` |
//! | texts | `arrived\|<incident>\|<0..9>` | `t\|<their hash>` |
//! | frozen alert, group after it | `outbox\|<incident, batch>` | `<place>\|alert`, `<place>\|group` |
//! | document | `document\|<drawer>` | `d\|` and its name in the clear |
//!
//! What stands in angle brackets is hashed ([`keys`]). Headers that are due carry `due_shard` and
//! `due` and so appear in the sparse index `due`, which only the sweep reads. Every race is
//! decided by a condition ([`header`]). docs/decisions/0002-state-table.md says why.
//!
//! It does not create the table, and of incidents it never deletes: `expires` is garbage collection.

mod documents;
mod header;
mod item;
mod keys;
mod known;
mod query;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use function::aws::Failed;
use function::failure::Class;
use futures_util::future::{try_join, try_join_all};
use jiff::Timestamp;
use model::ids::IncidentId;

use crate::claim::Claim;
use crate::document::{Document, DocumentKey, DocumentStore, Draft, Written};
use crate::group::Group;
use crate::header::{BatchId, Header, Lease, Token};
use crate::member::{Member, Notified, Texts};
use crate::outbox::Frozen;
use crate::store::{Claimed, Closed, Fenced, Put, Reading, Result, StateError, StateStore};
use item::{Arrived, Item, MemberItem};
use keys::Key;
use known::Known;

/// The table as templates and tests must create it.
pub mod table {
    pub use super::keys::{DUE, DUE_INDEX, DUE_SHARD, EXPIRES, INCIDENT, PARTITION, SORT};
}

pub struct DynamoStore {
    client: Client,
    table: String,
    /// Says how long items are kept that name no time of their own. Decides nothing else.
    clock: fn() -> Timestamp,
    known: Known,
    /// Orders the alerts of a batch, all of which one process puts.
    places: AtomicU64,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoStore").field("table", &self.table).finish_non_exhaustive()
    }
}

impl DynamoStore {
    pub fn new(client: Client, table: String, clock: fn() -> Timestamp) -> Self {
        Self { client, table, clock, known: Known::default(), places: AtomicU64::new(0) }
    }

    fn expires(&self) -> i64 {
        keys::keep((self.clock)())
    }

    /// Puts the item unless one with its key is there; `Some` is what was there.
    async fn put_new(&self, item: Item, attempted: &'static str) -> Result<Option<Item>> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let put = put
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", keys::PARTITION)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => {
                    Ok(Some(there(&error).unwrap_or_default()))
                }
                _ => Err(lost(&error, attempted)),
            },
        }
    }

    async fn put(&self, item: Item, attempted: &'static str) -> Result<()> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        put.send().await.map_err(|error| lost(&error, attempted))?;
        Ok(())
    }

    async fn get(&self, key: Key, attempted: &'static str) -> Result<Option<Item>> {
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        let get = get.key(keys::PARTITION, item::text(key.partition));
        let got = get.key(keys::SORT, item::text(key.sort)).send().await;
        Ok(got.map_err(|error| lost(&error, attempted))?.item)
    }

    /// Puts an item that never changes, once per process at most.
    async fn put_fact(&self, key: Key, item: Item, attempted: &'static str) -> Result<Put> {
        if self.put_new(item, attempted).await?.is_some() {
            self.known.note_item(&key);
            return Ok(Put::Repeated);
        }
        self.known.note_item(&key);
        Ok(Put::New)
    }
}

type PutError = SdkError<aws_sdk_dynamodb::operation::put_item::PutItemError>;

fn there(error: &PutError) -> Option<Item> {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    match error.as_service_error()? {
        PutItemError::ConditionalCheckFailedException(refused) => refused.item().cloned(),
        _ => None,
    }
}

fn lost<E: ProvideErrorMetadata>(error: &SdkError<E>, attempted: &'static str) -> StateError {
    let Failed { class, code: reason } = Failed::from(error);
    match class {
        Class::Throttled => StateError::Throttled { attempted },
        _ if class.retryable() => StateError::Unavailable { attempted, reason },
        _ => StateError::Refused { attempted, reason },
    }
}

impl StateStore for DynamoStore {
    async fn claimed(&self, claim: &Claim) -> Result<Option<IncidentId>> {
        let key = keys::claim(claim);
        if let Some(incident) = self.known.incident(&key) {
            return Ok(Some(incident));
        }
        let Some(item) = self.get(key.clone(), "reading a claim").await? else { return Ok(None) };
        let incident = item::claim(&item)?;
        self.known.note_claim(&key, &incident);
        Ok(Some(incident))
    }

    async fn stake(&self, claim: &Claim, incident: &IncidentId) -> Result<IncidentId> {
        let key = keys::claim(claim);
        let item = item::item(key.clone(), self.expires());
        let item = item::with(item, keys::INCIDENT, item::text(incident.as_str()));
        let owner = match self.put_new(item, "staking a claim").await? {
            None => incident.clone(),
            Some(there) => item::claim(&there)?,
        };
        self.known.note_claim(&key, &owner);
        Ok(owner)
    }

    async fn put_texts(&self, incident: &IncidentId, texts: Texts) -> Result<()> {
        let key = keys::texts(incident, &texts.key);
        if !self.known.holds(&key) {
            let item = item::texts(key.clone(), texts, self.expires())?;
            self.put_fact(key, item, "putting texts").await?;
        }
        Ok(())
    }

    async fn put_member(&self, incident: &IncidentId, member: Member) -> Result<Put> {
        let key = keys::member(incident, &member.key);
        if self.known.holds(&key) {
            return Ok(Put::Repeated);
        }
        let MemberItem { pieces, member } = MemberItem::of(incident, member)?;
        // A repeat must not cost the writes of its list again.
        if !pieces.is_empty() && self.get(key.clone(), "looking for a member").await?.is_some() {
            self.known.note_item(&key);
            return Ok(Put::Repeated);
        }
        for piece in pieces {
            self.put(piece, "putting the entities of a member").await?;
        }
        self.put_fact(key, member, "putting a member").await
    }

    async fn put_copy(&self, incident: &IncidentId, copy: Notified) -> Result<()> {
        let key = keys::copy(incident, &copy);
        if !self.known.holds(&key) {
            let item = item::item(key.clone(), self.expires());
            let item = item::with(item, keys::BODY, item::text(item::json(&copy)?));
            self.put_fact(key, item, "noting a copy").await?;
        }
        Ok(())
    }

    async fn bump(&self, incident: &IncidentId) -> Result<Header> {
        self.count(incident).await
    }

    async fn header(&self, incident: &IncidentId) -> Result<Header> {
        let item = self.get(keys::header(incident), "reading a header").await?;
        item.as_ref().map_or_else(|| Ok(Header::default()), item::read_header)
    }

    async fn record_due(&self, incident: &IncidentId, due: Timestamp) -> Result<()> {
        self.set_earlier_due(incident, due).await
    }

    async fn lease(&self, incident: &IncidentId, lease: &Lease, now: Timestamp) -> Result<Claimed> {
        self.take_lease(incident, lease, now).await
    }

    async fn read(&self, incident: &IncidentId) -> Result<Reading> {
        let shards = keys::shards(incident).map(|shard| self.partition(shard, None));
        let groups = self.partition(keys::incident(incident), Some(keys::GROUP));
        let (shards, groups) = try_join(try_join_all(shards), groups).await?;
        let mut arrived = Arrived::default();
        for item in shards.iter().flatten() {
            arrived.add(item)?;
        }
        let groups = groups.iter().map(item::read_group).collect::<Result<_>>()?;
        Ok(Reading { groups, ..arrived.into_reading()? })
    }

    async fn put_frozen(&self, incident: &IncidentId, frozen: &Arc<Frozen>) -> Result<()> {
        let partition = keys::outbox(incident, &frozen.batch);
        let place = self.places.fetch_add(1, Ordering::Relaxed);
        for item in item::frozen(&partition, place, Frozen::clone(frozen))? {
            self.put(item, "putting an alert into the outbox").await?;
        }
        Ok(())
    }

    async fn freeze(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
    ) -> Result<Fenced> {
        self.point_to(incident, token, batch).await
    }

    async fn frozen(&self, incident: &IncidentId, batch: &BatchId) -> Result<Vec<Arc<Frozen>>> {
        let items = self.partition(keys::outbox(incident, batch), None).await?;
        let (pairs, rest) = items.as_chunks::<2>();
        if let [half] = rest {
            return Err(item::unreadable(half));
        }
        let read = |[alert, group]: &[_; 2]| item::read_frozen(alert, group).map(Arc::new);
        pairs.iter().map(read).collect()
    }

    async fn settle(&self, incident: &IncidentId, group: Group) -> Result<()> {
        self.put_newer(incident, group).await
    }

    async fn thaw(&self, incident: &IncidentId, batch: &BatchId) -> Result<()> {
        self.point_away(incident, batch).await
    }

    async fn close(
        &self,
        incident: &IncidentId,
        token: &Token,
        arrivals: u64,
        next: Option<Timestamp>,
    ) -> Result<Closed> {
        self.release(incident, token, arrivals, next).await
    }

    async fn overdue(&self, at: Timestamp, limit: usize) -> Result<Vec<IncidentId>> {
        self.due_before(at, limit).await
    }
}

impl DocumentStore for DynamoStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        let item = self.get(keys::document(key), "reading a document").await?;
        item.as_ref().map(documents::read).transpose()
    }

    async fn write_document(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        self.replace(key, draft).await
    }

    async fn documents(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        self.drawer(drawer).await
    }

    async fn remove_document(&self, key: &DocumentKey) -> Result<()> {
        self.forget(key).await
    }
}

#[cfg(test)]
mod tests;
