//! What a person did about a thread: took it in hand, or asked for silence until a time. One
//! document per thread; whoever speaks last is heard.
//!
//! It decides nothing: what an acknowledgement stops is the collector's business.

use jiff::SignedDuration;
use model::ids::{IncidentId, ThreadKey};
use model::summary::Acknowledged;
use serde::{Deserialize, Serialize};

use crate::document::{self, Document, DocumentKey, DocumentStore};
use crate::store::{Result, StateError, StateStore};

const SCHEMA: u32 = 1;
/// Nothing is open longer than its group is kept.
const KEEP: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u32,
    #[serde(flatten)]
    acknowledged: Acknowledged,
}

pub async fn read<S: DocumentStore>(store: &S, thread: &ThreadKey) -> Result<Option<Acknowledged>> {
    let key = key(thread);
    store.document(&key).await?.map(|document| body(&key, &document)).transpose()
}

/// Says so, and calls the collector: as for a member, counted before a due time is noted, so that
/// no flush closes over it.
pub async fn say<S: StateStore + DocumentStore>(
    store: &S,
    thread: &ThreadKey,
    incident: &IncidentId,
    acknowledged: &Acknowledged,
) -> Result<()> {
    write(store, thread, acknowledged).await?;
    store.bump(incident).await?;
    store.record_due(incident, acknowledged.at).await
}

/// Whatever was said before.
pub async fn write<S: DocumentStore>(
    store: &S,
    thread: &ThreadKey,
    acknowledged: &Acknowledged,
) -> Result<()> {
    let kept = Kept { schema: SCHEMA, acknowledged: acknowledged.clone() };
    let text = serde_json::to_string(&kept).map_err(|error| StateError::Refused {
        attempted: "encoding an acknowledgement",
        reason: error.to_string(),
    })?;
    let expires = acknowledged.until.map_or(acknowledged.at, |until| until.max(acknowledged.at));
    let expires = expires.checked_add(KEEP).unwrap_or(expires);
    let key = key(thread);
    document::overwrite(store, &key, &text, expires, "writing an acknowledgement").await
}

fn key(thread: &ThreadKey) -> DocumentKey {
    DocumentKey::new("ack", thread.as_str())
}

fn body(key: &DocumentKey, document: &Document) -> Result<Acknowledged> {
    let kept: Option<Kept> = serde_json::from_str(&document.body).ok();
    let kept = kept.filter(|kept| kept.schema <= SCHEMA);
    let unreadable = || StateError::Unreadable { item: format!("{}/{}", key.drawer, key.name) };
    kept.map(|kept| kept.acknowledged).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::ids::ThreadKey;
    use model::summary::Acknowledged;

    use super::{key, read, write};
    use crate::MemoryStore;
    use crate::document::{DocumentStore, Draft};
    use crate::store::StateError;

    #[tokio::test]
    async fn whoever_speaks_last_is_heard_and_a_later_format_is_refused() {
        let store = MemoryStore::default();
        let (thread, at) = (ThreadKey::from("t"), Timestamp::from_second(10).unwrap());
        assert_eq!(read(&store, &thread).await, Ok(None));
        let taken = Acknowledged { by: Some("on-call".to_owned()), at, until: None };
        let snoozed = Acknowledged { by: None, at, until: Timestamp::from_second(20).ok() };
        for said in [&taken, &snoozed, &taken] {
            write(&store, &thread, said).await.unwrap();
            assert_eq!(read(&store, &thread).await.as_ref(), Ok(&Some(said.clone())));
        }
        let later = r#"{"schema":2,"at":"2026-03-02T10:00:00Z"}"#.to_owned();
        let draft = Draft { replaces: 3, body: later, expires: at };
        store.write_document(&key(&thread), draft).await.unwrap();
        let refused = read(&store, &thread).await;
        assert!(matches!(refused, Err(StateError::Unreadable { .. })), "{refused:?}");
    }
}
