//! The board of a space: one entry for each incident and episode it was told of, or will be in a
//! digest. An entry is written with each alert, by the version of the group it describes, so
//! that a repeat changes nothing and a slow worker undoes nothing.
//!
//! Beside the boards: what was silenced, by incident, and the times of a space's last alerts.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::ids::{AlertId, IncidentId, SpaceName, ThreadKey};
use model::summary::{Counted, DigestRow};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::document::{Document, DocumentKey, DocumentStore, Draft, Written};
use crate::store::{Result, StateError};

const SCHEMA: u32 = 1;
/// How long what is open is kept after it was last told.
const KEEP_OPEN: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// What is over was in a digest by then, be it a weekly one.
const KEEP_OVER: SignedDuration = SignedDuration::from_hours(21 * 24);
/// How often a write that lost a race is tried again. Only the flush of one incident, and the
/// digests of its space, write an entry.
const TRIES: u32 = 16;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Of the group it describes.
    pub version: u64,
    /// Absent in entries of an earlier release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    pub row: DigestRow,
    /// When the space was first told of this episode, be it by its digest.
    pub opened: Timestamp,
    /// When its resolution was.
    pub resolved: Option<Timestamp>,
    /// Resources that nobody has settled, by owner; only of what has a deadline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<Counted>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// That its last word is for a digest, not a message of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Held {
    pub by: HeldBy,
    pub since: Timestamp,
    /// When it is told at the latest.
    pub until: Timestamp,
    /// A digest has told it.
    #[serde(default)]
    pub told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    QuietHours,
    Storm,
    /// Too old on arrival to be told as new.
    Age,
}

/// Names an entry as it was read: its document, and which version of that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cover {
    pub thread: ThreadKey,
    pub document: u64,
}

/// The id under which a space's board is flushed like an incident. No incident is named so.
pub fn incident(space: &SpaceName) -> IncidentId {
    IncidentId(format!("{PREFIX}{space}"))
}

/// The space of a board, if the id is one's.
pub fn space_of(incident: &IncidentId) -> Option<SpaceName> {
    incident.as_str().strip_prefix(PREFIX).map(SpaceName::from)
}

const PREFIX: &str = "board|";

/// Puts an entry, unless the one there is of a later version. One conditional write as a rule:
/// an entry is written once for each version of its group.
pub async fn put<S: DocumentStore>(store: &S, space: &SpaceName, entry: &Entry) -> Result<()> {
    let key = key(space, &entry.row.thread);
    let mut replaces = entry.version.saturating_sub(1);
    for _ in 0..TRIES {
        if let Written::Done { .. } = store.write_document(&key, draft(replaces, entry)?).await? {
            return Ok(());
        }
        let there = store.document(&key).await?;
        replaces = match there {
            None => 0,
            Some(there) => {
                let known: Entry = read(&key, &there)?;
                if known.version > entry.version || same(&known, entry) {
                    return Ok(());
                }
                there.version
            }
        };
    }
    Err(StateError::Throttled { attempted: "writing to a board" })
}

/// The same entry; one that a digest has told meanwhile is not untold by a repeat.
fn same(known: &Entry, entry: &Entry) -> bool {
    let untold = known.held.clone().map(|held| Held { told: false, ..held });
    known.version == entry.version
        && (untold == entry.held || known.held == entry.held)
        && known.row == entry.row
        && known.unsettled == entry.unsettled
}

/// Puts what changed without an alert: the same version, other numbers. What is held stays so.
pub async fn refresh<S: DocumentStore>(store: &S, space: &SpaceName, entry: &Entry) -> Result<()> {
    let key = key(space, &entry.row.thread);
    for _ in 0..TRIES {
        let there = store.document(&key).await?;
        let known: Option<Entry> = there.as_ref().map(|there| read(&key, there)).transpose()?;
        let mut fresh = entry.clone();
        if let Some(known) = known {
            fresh.held.clone_from(&known.held);
            if known.version > entry.version || known == fresh {
                return Ok(());
            }
        }
        let replaces = there.map_or(0, |there| there.version);
        if let Written::Done { .. } = store.write_document(&key, draft(replaces, &fresh)?).await? {
            return Ok(());
        }
    }
    Err(StateError::Throttled { attempted: "refreshing a board" })
}

/// What a space knows of a thread; nothing when it was not told of it.
pub async fn entry<S: DocumentStore>(
    store: &S,
    space: &SpaceName,
    thread: &ThreadKey,
) -> Result<Option<Entry>> {
    let key = key(space, thread);
    store.document(&key).await?.map(|there| read(&key, &there)).transpose()
}

/// Every entry of a board with the version of its document.
pub async fn list<S: DocumentStore>(store: &S, space: &SpaceName) -> Result<Vec<(u64, Entry)>> {
    let drawer = drawer(space);
    let documents = store.documents(&drawer).await?;
    let read = |(name, document): (String, Document)| {
        let key = DocumentKey::new(&*drawer, name);
        Ok((document.version, read(&key, &document)?))
    };
    documents.into_iter().map(read).collect()
}

/// Marks an entry as told by a digest, if it still is what the digest covered.
pub async fn mark_told<S: DocumentStore>(
    store: &S,
    space: &SpaceName,
    cover: &Cover,
) -> Result<()> {
    let key = key(space, &cover.thread);
    let Some(there) = store.document(&key).await? else { return Ok(()) };
    if there.version != cover.document {
        return Ok(());
    }
    let mut entry: Entry = read(&key, &there)?;
    let Some(held) = &mut entry.held else { return Ok(()) };
    held.told = true;
    // A conflict is a later entry, which is not told yet.
    store.write_document(&key, draft(there.version, &entry)?).await?;
    Ok(())
}

/// How often each silence hid a member of one incident, by the minute it came in.
pub type Silenced = BTreeMap<String, BTreeMap<i64, u32>>;

/// Keeps what was silenced of an incident; costs a read when nothing changed.
pub async fn put_silenced<S: DocumentStore>(
    store: &S,
    incident: &IncidentId,
    silenced: &Silenced,
    now: Timestamp,
) -> Result<()> {
    let key = DocumentKey::new(SILENCED, incident.as_str());
    for _ in 0..TRIES {
        let there = store.document(&key).await?;
        let known: Option<Silenced> = there.as_ref().map(|there| read(&key, there)).transpose()?;
        if known.as_ref() == Some(silenced) {
            return Ok(());
        }
        let replaces = there.map_or(0, |there| there.version);
        let expires = later(now, KEEP_OVER);
        let draft = Draft { replaces, body: encode(silenced)?, expires };
        if let Written::Done { .. } = store.write_document(&key, draft).await? {
            return Ok(());
        }
    }
    Err(StateError::Throttled { attempted: "counting what was silenced" })
}

/// What was silenced of every incident.
pub async fn silenced<S: DocumentStore>(store: &S) -> Result<Vec<Silenced>> {
    let documents = store.documents(SILENCED).await?;
    let read =
        |(name, document): (String, Document)| read(&DocumentKey::new(SILENCED, name), &document);
    documents.into_iter().map(read).collect()
}

const SILENCED: &str = "silenced";

/// The last alerts of a space, oldest first, each counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent(Vec<(Timestamp, AlertId)>);

impl Recent {
    /// PURE. Counts an alert; how many there were within `per`, this one included. No more are
    /// remembered than are needed to tell that there were more than `over`.
    pub fn count(
        &mut self,
        alert: &AlertId,
        now: Timestamp,
        over: u32,
        per: SignedDuration,
    ) -> usize {
        self.0.retain(|(at, _)| now.duration_since(*at) < per);
        if self.0.iter().any(|(_, known)| known == alert) {
            return self.0.len();
        }
        self.0.push((now, alert.clone()));
        let count = self.0.len();
        let most = usize::try_from(over).unwrap_or(usize::MAX).saturating_add(1);
        self.0.drain(..count.saturating_sub(most));
        count
    }
}

/// Counts the alerts of a space; those that were beyond `over` within `per`.
pub async fn count_recent<S: DocumentStore>(
    store: &S,
    space: &SpaceName,
    alert: &AlertId,
    now: Timestamp,
    (over, per): (u32, SignedDuration),
) -> Result<bool> {
    let key = DocumentKey::new("storm", space.as_str());
    for _ in 0..TRIES {
        let there = store.document(&key).await?;
        let mut recent: Recent =
            there.as_ref().map(|there| read(&key, there)).transpose()?.unwrap_or_default();
        let before = recent.clone();
        let beyond =
            recent.count(alert, now, over, per) > usize::try_from(over).unwrap_or(usize::MAX);
        if recent == before {
            return Ok(beyond);
        }
        let replaces = there.map_or(0, |there| there.version);
        let draft = Draft { replaces, body: encode(&recent)?, expires: later(now, KEEP_OVER) };
        if let Written::Done { .. } = store.write_document(&key, draft).await? {
            return Ok(beyond);
        }
    }
    // So many writers at once are a storm.
    Ok(true)
}

fn drawer(space: &SpaceName) -> String {
    format!("{PREFIX}{space}")
}

fn key(space: &SpaceName, thread: &ThreadKey) -> DocumentKey {
    DocumentKey::new(drawer(space), thread.as_str())
}

fn draft(replaces: u64, entry: &Entry) -> Result<Draft> {
    let deadline = entry.row.deadline.as_ref().and_then(model::When::at);
    let last = [entry.row.updated, deadline, entry.held.as_ref().map(|held| held.until)];
    let last = last.into_iter().flatten().fold(entry.opened, Timestamp::max);
    let expires = match entry.resolved {
        Some(resolved) => later(resolved.max(last), KEEP_OVER),
        None => later(last, KEEP_OPEN),
    };
    Ok(Draft { replaces, body: encode(entry)?, expires })
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    schema: u32,
    what: T,
}

fn encode<T: Serialize>(what: &T) -> Result<String> {
    let kept = Kept { schema: SCHEMA, what };
    model::json::to_string(&kept, 1024).map_err(|error| StateError::Refused {
        attempted: "encoding an entry of a board",
        reason: error.to_string(),
    })
}

/// Of a later format only the number is looked at.
fn read<T: DeserializeOwned>(key: &DocumentKey, document: &Document) -> Result<T> {
    let kept: Option<Kept<T>> = serde_json::from_str(&document.body).ok();
    let kept = kept.filter(|kept| kept.schema <= SCHEMA);
    let unreadable = || StateError::Unreadable { item: format!("{}/{}", key.drawer, key.name) };
    kept.map(|kept| kept.what).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests;
