//! A document: whatever is not part of an incident and yet must be remembered, such as a
//! space's pace, a delivery, the routing document, a threshold's points. It is changed by
//! compare-and-set of its version, so that of two writers who read the same one wins and the
//! other reads again.
//!
//! What a document says is its owner's business: this port moves text.

use std::future::Future;

use jiff::Timestamp;

use crate::store::{Result, StateError};

/// A drawer of documents and one in it. Documents of one drawer are listed together, in order of
/// their names; a drawer that is written hundreds of times a second must be split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentKey {
    /// `slot`, `delivery|<alert id>`.
    pub drawer: String,
    pub name: String,
}

impl DocumentKey {
    pub fn new(drawer: impl Into<String>, name: impl Into<String>) -> Self {
        Self { drawer: drawer.into(), name: name.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// 1 when first written, one more with each change.
    pub version: u64,
    /// At most [`MAX_BODY`] bytes.
    pub body: String,
}

/// An item of DynamoDB may have 400 KB with its keys.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub const MAX_BODY: usize = 390 * 1024;

/// What a change is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The version that was read; 0 when there was none.
    pub replaces: u64,
    pub body: String,
    /// When it may be forgotten. Garbage collection only: a reader who cares compares by itself.
    pub expires: Timestamp,
}

impl Draft {
    /// Refused before it is sent, so that every store refuses the same.
    pub(crate) fn check(&self) -> Result<()> {
        if self.body.len() <= MAX_BODY {
            return Ok(());
        }
        let reason = format!("it has {} bytes; at most {MAX_BODY} fit", self.body.len());
        Err(StateError::Refused { attempted: "writing a document", reason })
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is this version now.
    Done { version: u64 },
    /// Another version is there than the one that was read.
    Conflict,
}

/// How often a write that lost a race is tried again where whoever comes last is right: people, or
/// workers of one alert.
const TRIES: u32 = 8;

/// Writes a document whatever is there; `attempted` says what, should it not come to it.
pub(crate) async fn overwrite<S: DocumentStore>(
    store: &S,
    key: &DocumentKey,
    body: &str,
    expires: Timestamp,
    attempted: &'static str,
) -> Result<()> {
    for _ in 0..TRIES {
        let replaces = store.document(key).await?.map_or(0, |there| there.version);
        let draft = Draft { replaces, body: body.to_owned(), expires };
        if let Written::Done { .. } = store.write_document(key, draft).await? {
            return Ok(());
        }
    }
    Err(StateError::Throttled { attempted })
}

/// The port to the documents, apart from [`crate::StateStore`]: delivery and thresholds know no
/// incidents, and the outbox needs no documents.
pub trait DocumentStore: Send + Sync {
    /// A document as it is now.
    fn document(&self, key: &DocumentKey) -> impl Future<Output = Result<Option<Document>>> + Send;

    /// Writes a document if it still has the version that was read. After an ambiguous failure
    /// it may be written: read again.
    fn write_document(
        &self,
        key: &DocumentKey,
        draft: Draft,
    ) -> impl Future<Output = Result<Written>> + Send;

    /// Every document of a drawer with its name, in order of the names.
    fn documents(
        &self,
        drawer: &str,
    ) -> impl Future<Output = Result<Vec<(String, Document)>>> + Send;

    /// Forgets a document, whatever its version; nothing when there is none.
    fn remove_document(&self, key: &DocumentKey) -> impl Future<Output = Result<()>> + Send;
}
