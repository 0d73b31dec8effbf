//! The accounts of the organization as they were last listed: names, units, tags. One stamp says
//! which list counts and when it was made; the list itself is in pieces under the stamp's name,
//! so that a reader sees one list or another, never half of each.
//!
//! It is a cache of what AWS Organizations knows. Absent, old or denied, everything works; cards
//! then show what the routing document says of an account, or its number.

#[cfg(feature = "dynamodb")]
pub mod refresh;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::ids::AccountId;
use serde::{Deserialize, Serialize};

use crate::document::{DocumentKey, DocumentStore, Draft, Written};
use crate::store::{Result, StateError};

const SCHEMA: u32 = 1;
const DRAWER: &str = "directory";
const STAMP: &str = "stamp";
const PIECES: &str = "directory|piece";
/// Some 1,500 accounts with a few tags; an item takes 400 KB.
const PIECE: usize = 200 * 1024;
/// Far beyond the time between two lists. A reader that holds an old stamp finds its pieces.
const KEEP: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A list that says nothing new is written again after this long, so that it does not expire.
const RENEW: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    /// `workloads/prod`; empty beneath the root, or unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ou: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When the tags were read; none when they never were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tagged: Option<Timestamp>,
}

/// Which list counts, and what became of the last attempt to make one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    schema: u32,
    /// Names the pieces; empty before the first list.
    #[serde(default)]
    pub list: String,
    #[serde(default)]
    pieces: usize,
    #[serde(default)]
    pub accounts: usize,
    /// When the list was written.
    #[serde(default)]
    pub written: Option<Timestamp>,
    /// When somebody last began to make one.
    #[serde(default)]
    pub tried: Option<Timestamp>,
    /// Why the last attempt came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A right to make the next list, which one at a time has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    stamp: Stamp,
    revision: u64,
}

/// Which list counts; the default before there is one.
pub async fn stamp<D: DocumentStore>(store: &D) -> Result<Stamp> {
    Ok(read_stamp(store).await?.0)
}

/// The list that counts. Nothing when it was replaced while it was read: look again.
pub async fn list<D: DocumentStore>(store: &D, stamp: &Stamp) -> Result<Option<Vec<Account>>> {
    let mut text = String::new();
    for place in 0..stamp.pieces {
        match store.document(&piece(&stamp.list, place)).await? {
            Some(document) => text.push_str(&document.body),
            None => return Ok(None),
        }
    }
    if stamp.pieces == 0 {
        return Ok(Some(Vec::new()));
    }
    let list = serde_json::from_str(&text);
    list.map(Some).map_err(|_| StateError::Unreadable { item: "the account directory".to_owned() })
}

/// Takes the turn when the last attempt is `every` ago, unless somebody else takes it now.
pub async fn turn<D: DocumentStore>(
    store: &D,
    every: SignedDuration,
    now: Timestamp,
) -> Result<Option<Turn>> {
    let (stamp, revision) = read_stamp(store).await?;
    if stamp.tried.is_some_and(|tried| now.duration_since(tried) < every) {
        return Ok(None);
    }
    let stamp = Stamp { tried: Some(now), ..stamp };
    match write_stamp(store, &stamp, revision, now).await? {
        Written::Done { version } => Ok(Some(Turn { stamp, revision: version })),
        Written::Conflict => Ok(None),
    }
}

impl Turn {
    /// What counts until this turn ends.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Makes this the list that counts. Two turns that overlap write the same or the later wins.
    pub async fn publish<D: DocumentStore>(
        self,
        store: &D,
        accounts: &[Account],
        now: Timestamp,
    ) -> Result<Stamp> {
        let Self { stamp, revision } = self;
        let text = serde_json::to_string(accounts).map_err(|error| StateError::Refused {
            attempted: "writing the account directory",
            reason: error.to_string(),
        })?;
        let same = stamp.list.starts_with(&format!("{:016x}", model::fingerprint::of(&text)));
        let fresh = stamp.written.is_some_and(|written| now.duration_since(written) < RENEW);
        let mut next = Stamp { trouble: None, ..stamp };
        if !(same && fresh) {
            let list = format!("{:016x}-{}", model::fingerprint::of(&text), now.as_second());
            let pieces: Vec<&str> = cut(&text).collect();
            for (place, body) in pieces.iter().enumerate() {
                let draft = Draft { replaces: 0, body: (*body).to_owned(), expires: now + KEEP };
                // A conflict is a repeated request: the name holds the hash of what it says.
                store.write_document(&piece(&list, place), draft).await?;
            }
            next.list = list;
            next.pieces = pieces.len();
            next.accounts = accounts.len();
            next.written = Some(now);
        }
        write_stamp(store, &next, revision, now).await?;
        Ok(next)
    }

    /// Notes why there is no new list; the old one keeps counting.
    pub async fn give_up<D: DocumentStore>(
        self,
        store: &D,
        trouble: String,
        now: Timestamp,
    ) -> Result<()> {
        let stamp = Stamp { trouble: Some(trouble), ..self.stamp };
        write_stamp(store, &stamp, self.revision, now).await.map(drop)
    }
}

async fn read_stamp<D: DocumentStore>(store: &D) -> Result<(Stamp, u64)> {
    let key = DocumentKey::new(DRAWER, STAMP);
    let Some(there) = store.document(&key).await? else { return Ok((Stamp::default(), 0)) };
    let stamp: Option<Stamp> = serde_json::from_str(&there.body).ok();
    match stamp.filter(|stamp| stamp.schema <= SCHEMA) {
        Some(stamp) => Ok((stamp, there.version)),
        None => Err(StateError::Unreadable { item: "the account directory's stamp".to_owned() }),
    }
}

async fn write_stamp<D: DocumentStore>(
    store: &D,
    stamp: &Stamp,
    replaces: u64,
    now: Timestamp,
) -> Result<Written> {
    let stamp = Stamp { schema: SCHEMA, ..stamp.clone() };
    let body = serde_json::to_string(&stamp).map_err(|error| StateError::Refused {
        attempted: "writing the account directory",
        reason: error.to_string(),
    })?;
    let draft = Draft { replaces, body, expires: now + KEEP };
    store.write_document(&DocumentKey::new(DRAWER, STAMP), draft).await
}

fn piece(list: &str, place: usize) -> DocumentKey {
    DocumentKey::new(PIECES, format!("{list}|{place:04}"))
}

fn cut(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests;
