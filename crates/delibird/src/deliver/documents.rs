//! Typed documents in the store: read with their version, replaced under it.

use jiff::Timestamp;
use model::ids::{SpaceName, ThreadKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use state::document::{DocumentKey, Draft, Written};
use state::{DocumentStore, StateError};

use super::ledger::{Ledger, SCHEMA};

/// What became of the alerts of a thread in a space; nothing when none has arrived.
pub async fn known(
    store: &impl DocumentStore,
    thread: &ThreadKey,
    space: &SpaceName,
) -> Result<Option<Ledger>, StateError> {
    let read = read(store, &ledger(thread, space), SCHEMA, || None).await?;
    Ok(read.value)
}

/// Where the ledger of a thread in a space is kept.
pub(super) fn ledger(thread: &ThreadKey, space: &SpaceName) -> DocumentKey {
    DocumentKey::new(format!("delivery|{thread}"), space.as_str())
}

/// Each space's clock in a drawer of its own: all of them together are written often.
pub(super) fn slot(space: &SpaceName) -> DocumentKey {
    DocumentKey::new(format!("slot|{space}"), "slot")
}

/// A document as it was read.
pub(super) struct Read<T> {
    pub(super) version: u64,
    pub(super) value: T,
}

/// The document, or what stands for one that is not there.
pub(super) async fn read<T: DeserializeOwned>(
    store: &impl DocumentStore,
    key: &DocumentKey,
    newest: u32,
    absent: impl FnOnce() -> T,
) -> Result<Read<T>, StateError> {
    #[derive(Deserialize)]
    struct Format {
        schema: u32,
    }
    let Some(document) = store.document(key).await? else {
        return Ok(Read { version: 0, value: absent() });
    };
    let format = serde_json::from_str::<Format>(&document.body).ok();
    let readable = format.filter(|format| format.schema <= newest);
    let value = readable.and_then(|_| serde_json::from_str(&document.body).ok());
    let unreadable = || StateError::Unreadable { item: format!("{} {}", key.drawer, key.name) };
    Ok(Read { version: document.version, value: value.ok_or_else(unreadable)? })
}

/// Replaces what was read, unless somebody else did so first.
pub(super) async fn replace(
    store: &impl DocumentStore,
    key: &DocumentKey,
    replaces: u64,
    value: &impl Serialize,
    expires: Timestamp,
) -> Result<Written, StateError> {
    let refused = |error: serde_json::Error| StateError::Refused {
        attempted: "writing a document",
        reason: error.to_string(),
    };
    let body = serde_json::to_string(value).map_err(refused)?;
    store.write_document(key, Draft { replaces, body, expires }).await
}
