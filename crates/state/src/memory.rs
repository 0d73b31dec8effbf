//! The store of one machine. It keeps the same items under the same conditions as the table in
//! AWS, so that what runs here is what runs there.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::{HashMap, HashSet};
use jiff::Timestamp;
use model::ids::{IncidentId, SpaceName};

use crate::claim::Claim;
use crate::document::{Document, DocumentKey, DocumentStore, Draft, Written};
use crate::group::Group;
use crate::header::{BatchId, Header, Lease, Token};
use crate::member::{Member, MemberKey, Notified, Texts};
use crate::outbox::Frozen;
use crate::store::{Claimed, Closed, Fenced, Put, Reading, Result, StateStore};

#[derive(Debug, Default)]
pub struct MemoryStore {
    items: Mutex<Items>,
}

#[derive(Debug, Default)]
struct Items {
    claims: HashMap<Claim, IncidentId>,
    /// Where each incident stands in the list: most of what is asked names one.
    places: HashMap<IncidentId, usize>,
    incidents: Vec<Incident>,
    due: BTreeSet<(Timestamp, usize)>,
    /// By drawer, then by name.
    documents: HashMap<String, BTreeMap<String, Document>>,
}

#[derive(Debug, Default)]
struct Incident {
    id: IncidentId,
    header: Header,
    keys: HashSet<MemberKey>,
    members: Vec<Arc<Member>>,
    copies: BTreeSet<Notified>,
    texts: Vec<Arc<Texts>>,
    /// Boxed: a map keeps room for eleven, and nearly every incident has one.
    groups: BTreeMap<SpaceName, Box<Group>>,
    outbox: Vec<Arc<Frozen>>,
}

impl Items {
    fn known(&self, id: &IncidentId) -> Option<&Incident> {
        self.places.get(id).map(|place| &self.incidents[*place])
    }

    fn place(&mut self, id: &IncidentId) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        let place = self.incidents.len();
        self.incidents.push(Incident { id: id.clone(), ..Incident::default() });
        self.places.insert(id.clone(), place);
        place
    }

    fn incident(&mut self, id: &IncidentId) -> &mut Incident {
        let place = self.place(id);
        &mut self.incidents[place]
    }

    fn set_due(&mut self, id: &IncidentId, due: Option<Timestamp>) {
        let place = self.place(id);
        let before = std::mem::replace(&mut self.incidents[place].header.due, due);
        if let Some(before) = before {
            self.due.remove(&(before, place));
        }
        if let Some(due) = due {
            self.due.insert((due, place));
        }
    }
}

impl MemoryStore {
    /// The earliest due time of all: what the sweep waits for, where it need not ask each minute.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.items().due.first().map(|(due, _)| *due)
    }

    fn items(&self) -> MutexGuard<'_, Items> {
        // No method panics while it holds the lock, so a poisoned one still guards whole items.
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for MemoryStore {
    async fn claimed(&self, claim: &Claim) -> Result<Option<IncidentId>> {
        Ok(self.items().claims.get(claim).cloned())
    }

    async fn stake(&self, claim: &Claim, incident: &IncidentId) -> Result<IncidentId> {
        let mut items = self.items();
        Ok(items.claims.entry(claim.clone()).or_insert_with(|| incident.clone()).clone())
    }

    async fn put_texts(&self, incident: &IncidentId, texts: Texts) -> Result<()> {
        let mut items = self.items();
        let kept = &mut items.incident(incident).texts;
        if !kept.iter().any(|known| known.key == texts.key) {
            kept.push(Arc::new(texts));
        }
        Ok(())
    }

    async fn put_member(&self, incident: &IncidentId, member: Member) -> Result<Put> {
        let mut items = self.items();
        let incident = items.incident(incident);
        if !incident.keys.insert(member.key.clone()) {
            return Ok(Put::Repeated);
        }
        incident.members.push(Arc::new(member));
        Ok(Put::New)
    }

    async fn put_copy(&self, incident: &IncidentId, copy: Notified) -> Result<()> {
        self.items().incident(incident).copies.insert(copy);
        Ok(())
    }

    async fn bump(&self, incident: &IncidentId) -> Result<Header> {
        let mut items = self.items();
        let header = &mut items.incident(incident).header;
        header.arrivals += 1;
        Ok(header.clone())
    }

    async fn header(&self, incident: &IncidentId) -> Result<Header> {
        let items = self.items();
        Ok(items.known(incident).map(|known| known.header.clone()).unwrap_or_default())
    }

    async fn record_due(&self, incident: &IncidentId, due: Timestamp) -> Result<()> {
        let mut items = self.items();
        if items.incident(incident).header.due.is_none_or(|pending| due < pending) {
            items.set_due(incident, Some(due));
        }
        Ok(())
    }

    async fn lease(&self, incident: &IncidentId, lease: &Lease, now: Timestamp) -> Result<Claimed> {
        let mut items = self.items();
        let Some(known) = items.known(incident) else { return Ok(Claimed::Unknown) };
        if let Some(held) = known.header.lease.as_ref().filter(|held| held.until > now) {
            return Ok(Claimed::Held { until: held.until });
        }
        if known.header.lease.is_none()
            && let Some(due) = known.header.due.filter(|due| *due > now)
        {
            return Ok(Claimed::NotDue { due });
        }
        items.incident(incident).header.lease = Some(lease.clone());
        items.set_due(incident, Some(lease.until));
        Ok(Claimed::Taken(items.incident(incident).header.clone()))
    }

    async fn read(&self, incident: &IncidentId) -> Result<Reading> {
        let items = self.items();
        let Some(known) = items.known(incident) else { return Ok(Reading::default()) };
        Ok(Reading {
            members: known.members.clone(),
            copies: known.copies.iter().cloned().collect(),
            texts: known.texts.clone(),
            groups: known.groups.values().map(|group| (**group).clone()).collect(),
        })
    }

    async fn put_frozen(&self, incident: &IncidentId, frozen: &Arc<Frozen>) -> Result<()> {
        self.items().incident(incident).outbox.push(Arc::clone(frozen));
        Ok(())
    }

    async fn freeze(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
    ) -> Result<Fenced> {
        let mut items = self.items();
        let header = &mut items.incident(incident).header;
        if !holds(header, token) || header.frozen.is_some() {
            return Ok(Fenced::Lost);
        }
        header.frozen = Some(batch.clone());
        Ok(Fenced::Done)
    }

    async fn frozen(&self, incident: &IncidentId, batch: &BatchId) -> Result<Vec<Arc<Frozen>>> {
        let mut items = self.items();
        let outbox = &items.incident(incident).outbox;
        Ok(outbox.iter().filter(|frozen| frozen.batch == *batch).cloned().collect())
    }

    async fn settle(&self, incident: &IncidentId, group: Group) -> Result<()> {
        let mut items = self.items();
        let groups = &mut items.incident(incident).groups;
        if groups.get(&group.space).is_none_or(|known| known.version < group.version) {
            groups.insert(group.space.clone(), Box::new(group));
        }
        Ok(())
    }

    async fn thaw(&self, incident: &IncidentId, batch: &BatchId) -> Result<()> {
        let mut items = self.items();
        let incident = items.incident(incident);
        if incident.header.frozen.as_ref() == Some(batch) {
            incident.header.frozen = None;
            incident.outbox.retain(|frozen| frozen.batch != *batch);
            // It is empty now, and stays so for most incidents.
            incident.outbox.shrink_to_fit();
        }
        Ok(())
    }

    async fn close(
        &self,
        incident: &IncidentId,
        token: &Token,
        arrivals: u64,
        next: Option<Timestamp>,
    ) -> Result<Closed> {
        let mut items = self.items();
        let header = &mut items.incident(incident).header;
        if !holds(header, token) {
            return Ok(Closed::Lost);
        }
        if header.arrivals != arrivals {
            return Ok(Closed::Moved { arrivals: header.arrivals });
        }
        header.lease = None;
        items.set_due(incident, next);
        Ok(Closed::Done)
    }

    async fn overdue(&self, at: Timestamp, limit: usize) -> Result<Vec<IncidentId>> {
        let items = self.items();
        let passed = items.due.iter().take_while(|(due, _)| *due < at);
        Ok(passed.take(limit).map(|(_, place)| items.incidents[*place].id.clone()).collect())
    }
}

impl DocumentStore for MemoryStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        let items = self.items();
        let drawer = items.documents.get(&key.drawer);
        Ok(drawer.and_then(|drawer| drawer.get(&key.name)).cloned())
    }

    async fn write_document(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        draft.check()?;
        let mut items = self.items();
        let drawer = items.documents.entry(key.drawer.clone()).or_default();
        let place = drawer.entry(key.name.clone());
        let there = match &place {
            Entry::Occupied(known) => known.get().version,
            Entry::Vacant(_) => 0,
        };
        if there != draft.replaces {
            return Ok(Written::Conflict);
        }
        let version = there + 1;
        place.insert_entry(Document { version, body: draft.body });
        Ok(Written::Done { version })
    }

    async fn documents(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        let items = self.items();
        let of_drawer = items.documents.get(drawer).into_iter().flatten();
        Ok(of_drawer.map(|(name, document)| (name.clone(), document.clone())).collect())
    }

    async fn remove_document(&self, key: &DocumentKey) -> Result<()> {
        let mut items = self.items();
        if let Some(drawer) = items.documents.get_mut(&key.drawer) {
            drawer.remove(&key.name);
            if drawer.is_empty() {
                items.documents.remove(&key.drawer);
            }
        }
        Ok(())
    }
}

fn holds(header: &Header, token: &Token) -> bool {
    header.lease.as_ref().is_some_and(|lease| lease.token == *token)
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_memory_store_holds_the_contract() {
        crate::contract::all(&super::MemoryStore::default(), "memory").await;
    }
}
