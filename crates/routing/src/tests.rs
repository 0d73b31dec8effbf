use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use state::configuration::{self, Number, Signed};
use state::document::{Document, DocumentKey, Draft, Written};
use state::store::Result;
use state::{DocumentStore, MemoryStore, StateError};

use super::{EVERY, Found, Moment, STALE, Watch};

/// A store that can be made to fail.
#[derive(Default)]
struct Moody {
    store: MemoryStore,
    fails: AtomicBool,
}

impl Moody {
    fn mood(&self) -> Result<()> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(StateError::Throttled { attempted: "reading a document" });
        }
        Ok(())
    }
}

impl DocumentStore for Moody {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.mood()?;
        self.store.document(key).await
    }

    async fn write_document(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        self.store.write_document(key, draft).await
    }

    async fn documents(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        self.store.documents(drawer).await
    }

    async fn remove_document(&self, key: &DocumentKey) -> Result<()> {
        self.store.remove_document(key).await
    }
}

fn at(time: SignedDuration) -> Timestamp {
    Timestamp::UNIX_EPOCH + time
}

#[tokio::test]
async fn a_store_that_does_not_answer_changes_nothing_and_is_asked_again() {
    let store = Moody::default();
    store.fails.store(true, Ordering::Relaxed);
    let watch = Watch::default();
    assert!(watch.is_due(Moment::Before, at(SignedDuration::ZERO)));
    let reason = "the state store throttled reading a document".to_owned();
    assert_eq!(watch.look(&store).await, Found::Unusable { reason, earlier: None });
    assert!(!watch.is_due(Moment::Before, at(EVERY) - SignedDuration::from_secs(1)));
    assert!(watch.is_due(Moment::Before, at(EVERY)), "nothing is known yet: before the event");
    store.fails.store(false, Ordering::Relaxed);
    assert_eq!(watch.look(&store).await, Found::Same, "nothing was published");
    assert!(!watch.is_due(Moment::Before, at(EVERY + EVERY)));
    assert!(watch.is_due(Moment::After, at(EVERY + EVERY)));
    assert!(watch.is_due(Moment::Before, at(EVERY + EVERY + STALE)));
}

#[tokio::test]
async fn a_pointer_that_is_gone_leaves_what_is_in_force() {
    let store = Moody::default();
    let signed = Signed { by: "ops".to_owned(), at: Timestamp::UNIX_EPOCH, comment: String::new() };
    configuration::push(&store, "[defaults]\nspaces = [\"ops\"]\n", signed).await.unwrap();
    let watch = Watch::default();
    assert!(matches!(watch.look(&store).await, Found::Rules(Number(1), _)));
    assert_eq!(watch.look(&store).await, Found::Same);
    let pointer = DocumentKey::new("configuration", "in-force");
    store.remove_document(&pointer).await.unwrap();
    let reason = "what says which version is in force is gone".to_owned();
    assert_eq!(watch.look(&store).await, Found::Unusable { reason, earlier: None });
}
