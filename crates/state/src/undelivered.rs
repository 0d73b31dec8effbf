//! Messages that nobody could deliver, by space: its digest says how many. One document for each
//! alert, gone as soon as the alert is delivered after all.

use jiff::{SignedDuration, Timestamp};
use model::ids::{AlertId, SpaceName};
use serde::{Deserialize, Serialize};

use crate::document::{self, Document, DocumentKey, DocumentStore};
use crate::store::{Result, StateError};

const SCHEMA: u32 = 1;
/// As long as its dead letter can be sent again.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/SQSDeveloperGuide_quotas.html>
const KEEP: SignedDuration = SignedDuration::from_hours(14 * 24);

#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u32,
    at: Timestamp,
}

/// Notes that an alert became a dead letter.
pub async fn note<S: DocumentStore>(
    store: &S,
    space: &SpaceName,
    alert: &AlertId,
    at: Timestamp,
) -> Result<()> {
    let key = key(space, alert);
    let body = serde_json::to_string(&Kept { schema: SCHEMA, at }).map_err(|error| {
        StateError::Refused {
            attempted: "encoding an undelivered message",
            reason: error.to_string(),
        }
    })?;
    let expires = at.checked_add(KEEP).unwrap_or(Timestamp::MAX);
    document::overwrite(store, &key, &body, expires, "noting an undelivered message").await
}

/// It was delivered after all.
pub async fn remove<S: DocumentStore>(store: &S, space: &SpaceName, alert: &AlertId) -> Result<()> {
    store.remove_document(&key(space, alert)).await
}

/// When each message became a dead letter that is not delivered to this day.
pub async fn list<S: DocumentStore>(store: &S, space: &SpaceName) -> Result<Vec<Timestamp>> {
    let drawer = drawer(space);
    let documents = store.documents(&drawer).await?;
    documents.into_iter().map(|(name, document)| read(&drawer, &name, &document)).collect()
}

fn read(drawer: &str, name: &str, document: &Document) -> Result<Timestamp> {
    let kept: Option<Kept> = serde_json::from_str(&document.body).ok();
    let kept = kept.filter(|kept| kept.schema <= SCHEMA);
    let unreadable = || StateError::Unreadable { item: format!("{drawer}/{name}") };
    kept.map(|kept| kept.at).ok_or_else(unreadable)
}

fn key(space: &SpaceName, alert: &AlertId) -> DocumentKey {
    DocumentKey::new(drawer(space), alert.as_str())
}

fn drawer(space: &SpaceName) -> String {
    format!("undelivered|{space}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::ids::{AlertId, SpaceName};

    use super::{key, list, note, remove};
    use crate::MemoryStore;
    use crate::document::{DocumentStore, Draft};
    use crate::store::StateError;

    #[tokio::test]
    async fn each_counts_once_in_its_space_until_it_is_delivered_and_a_later_format_is_refused() {
        let store = MemoryStore::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let (ops, dev) = (SpaceName::from("ops"), SpaceName::from("dev"));
        let (one, other) = (AlertId::from("a"), AlertId::from("b"));
        for (space, alert, second) in [(&ops, &one, 1), (&ops, &other, 2), (&ops, &one, 3)] {
            note(&store, space, alert, at(second)).await.unwrap();
        }
        assert_eq!(list(&store, &ops).await, Ok(vec![at(3), at(2)]));
        assert_eq!(list(&store, &dev).await, Ok(vec![]));
        remove(&store, &ops, &one).await.unwrap();
        remove(&store, &dev, &other).await.unwrap();
        assert_eq!(list(&store, &ops).await, Ok(vec![at(2)]));
        let later = r#"{"schema":2,"at":"2026-03-02T10:00:00Z"}"#.to_owned();
        let draft = Draft { replaces: 1, body: later, expires: at(9) };
        store.write_document(&key(&ops, &other), draft).await.unwrap();
        let refused = list(&store, &ops).await;
        assert!(matches!(refused, Err(StateError::Unreadable { .. })), "{refused:?}");
    }
}
