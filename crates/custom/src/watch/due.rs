//! Which series to look at, and when: one small document for each in one drawer, so that a sweep
//! reads one partition whatever the number of series.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use state::StateError;
use state::document::{Document, DocumentKey, DocumentStore, Draft, Written};

use super::{Result, TRIES, WatchError};
use crate::threshold::standing::WRITTEN;

pub(super) const DRAWER: &str = "threshold-due";

const SCHEMA: u32 = 1;
/// Without a time to look it is garbage, which is left to the store: to remove it could race with
/// somebody who writes a time.
const GARBAGE: SignedDuration = SignedDuration::from_hours(24);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Due {
    schema: u32,
    pub(super) at: Timestamp,
}

impl Due {
    /// None is never.
    pub(super) fn at(at: Option<Timestamp>) -> Self {
        Self { schema: SCHEMA, at: at.unwrap_or(Timestamp::MAX) }
    }

    pub(super) fn read(name: &str, document: &Document) -> Result<Self> {
        let due: Option<Self> = serde_json::from_str(&document.body).ok();
        let unreadable = || StateError::Unreadable { item: format!("threshold-due {name}") };
        Ok(due.filter(|due| due.schema <= SCHEMA).ok_or_else(unreadable)?)
    }
}

/// Makes sure that somebody looks at `at` or before.
pub(super) async fn no_later<S: DocumentStore>(
    store: &S,
    name: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    for _ in 0..TRIES {
        let known = store.document(&key(name)).await?;
        let version = match &known {
            Some(document) if is_between(Due::read(name, document)?.at, at, now) => return Ok(()),
            Some(document) => document.version,
            None => 0,
        };
        if write(store, name, Due::at(Some(at)), version, now).await? {
            return Ok(());
        }
    }
    Err(WatchError::Contended)
}

/// What a sweep may take up at this moment is written anew: it may look before the change.
fn is_between(known: Timestamp, at: Timestamp, now: Timestamp) -> bool {
    known <= at && known >= now.checked_add(WRITTEN).unwrap_or(Timestamp::MAX)
}

/// False when another change came first.
pub(super) async fn write<S: DocumentStore>(
    store: &S,
    name: &str,
    due: Due,
    replaces: u64,
    now: Timestamp,
) -> Result<bool> {
    let body = serde_json::to_string(&due).map_err(|_| WatchError::Unwritable)?;
    let kept = if due.at == Timestamp::MAX { GARBAGE } else { super::KEEP };
    let expires = now.checked_add(kept).unwrap_or(Timestamp::MAX);
    let written = store.write_document(&key(name), Draft { replaces, body, expires }).await?;
    Ok(written != Written::Conflict)
}

fn key(name: &str) -> DocumentKey {
    DocumentKey::new(DRAWER, name)
}
