//! The routing document in AWS: versions that never change, and one pointer that says which of
//! them is in force. Whoever publishes writes the text, then what is said of it, then moves the
//! pointer by compare-and-set: a crash in between leaves a version nobody points to.
//!
//! What a document says is not looked at here; who publishes checks it first, and who reads it
//! keeps what it has when it cannot use the new one.

mod wire;

use jiff::Timestamp;

use crate::document::{Document, DocumentKey, DocumentStore, Draft, MAX_BODY, Written};
use crate::store::StateError;

pub use wire::{Entry, InForce, Number, Signed, Switch};

/// An item of DynamoDB takes 400 KB with everything around the text, and JSON escapes some of it.
pub const MAX_TEXT: usize = 300 * 1024;

/// How many switches the pointer remembers. It is read once a minute by every function.
const SWITCHES: usize = 50;
/// Numbers that others take while one is looked for.
const TRIES: u64 = 20;

const DRAWER: &str = "configuration";
const ENTRIES: &str = "configuration|version";
const TEXTS: &str = "configuration|text";
const POINTER: &str = "in-force";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the document has {bytes} bytes; at most {MAX_TEXT} fit")]
    TooLarge { bytes: usize },
    #[error("the document has {bytes} bytes as JSON; at most {MAX_BODY} fit")]
    TooLargeAsJson { bytes: usize },
    #[error("somebody else switched to {now} meanwhile; look at the history and try again")]
    Overtaken { now: Number },
    #[error("there is no version {0}")]
    Missing(Number),
    #[error("nothing was ever published")]
    Nothing,
    #[error("{0} is in force already")]
    InForceAlready(Number),
    #[error("no version before {0} was in force as far as is remembered; name one")]
    NothingBefore(Number),
    #[error("{what} cannot be read; a newer version of this program may have written it")]
    Unreadable { what: String },
    #[error("all numbers from {0} on are being taken; try again")]
    Contended(Number),
}

pub type Result<T> = std::result::Result<T, ConfigurationError>;

/// Which version is in force; nothing before the first is published.
pub async fn in_force<D: DocumentStore>(store: &D) -> Result<Option<InForce>> {
    Ok(pointer(store).await?.map(|(pointer, _)| pointer))
}

/// The text of a version.
pub async fn text<D: DocumentStore>(store: &D, number: Number) -> Result<String> {
    let key = DocumentKey::new(TEXTS, number.name());
    let found = store.document(&key).await?.ok_or(ConfigurationError::Missing(number))?;
    wire::text(&found.body).ok_or_else(|| unreadable(format!("the text of {number}")))
}

/// What was ever published, newest first.
pub async fn history<D: DocumentStore>(store: &D) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (name, Document { body, .. }) in store.documents(ENTRIES).await?.into_iter().rev() {
        entries.push(wire::entry(&body).ok_or_else(|| unreadable(format!("version {name}")))?);
    }
    Ok(entries)
}

/// Publishes a document and puts it in force.
pub async fn push<D: DocumentStore>(store: &D, text: &str, signed: Signed) -> Result<Number> {
    let body = wire::text_body(text);
    if text.len() > MAX_TEXT {
        return Err(ConfigurationError::TooLarge { bytes: text.len() });
    }
    if body.len() > MAX_BODY {
        return Err(ConfigurationError::TooLargeAsJson { bytes: body.len() });
    }
    let before = pointer(store).await?;
    let newest = store.documents(ENTRIES).await?.pop();
    let newest = newest.map_or(Some(Number(0)), |(name, _)| Number::of(&name));
    let newest = newest.ok_or_else(|| unreadable("the newest version".to_owned()))?;
    let number = keep_text(store, newest.next(), body).await?;
    let entry = Entry { number, bytes: text.len(), signed: signed.clone() };
    // Nobody else may write it: the number was ours with the text.
    create(store, DocumentKey::new(ENTRIES, number.name()), wire::entry_body(&entry)).await?;
    switch(store, before, number, signed).await?;
    Ok(number)
}

/// Puts an earlier version in force again; without a number, the last one below the present one
/// that was in force. The versions themselves stay as they are.
pub async fn roll_back<D: DocumentStore>(
    store: &D,
    to: Option<Number>,
    signed: Signed,
) -> Result<Number> {
    let (pointer, revision) = pointer(store).await?.ok_or(ConfigurationError::Nothing)?;
    let now = pointer.number;
    let earlier = || pointer.switches.iter().map(|switch| switch.number).filter(|n| *n < now).max();
    let to = to.or_else(earlier).ok_or(ConfigurationError::NothingBefore(now))?;
    if to == now {
        return Err(ConfigurationError::InForceAlready(now));
    }
    text(store, to).await?;
    switch(store, Some((pointer, revision)), to, signed).await?;
    Ok(to)
}

/// The pointer and the version of its document, by which it is switched.
async fn pointer<D: DocumentStore>(store: &D) -> Result<Option<(InForce, u64)>> {
    let key = DocumentKey::new(DRAWER, POINTER);
    let Some(Document { version, body }) = store.document(&key).await? else { return Ok(None) };
    let pointer = wire::pointer(&body).ok_or_else(|| unreadable("the pointer".to_owned()))?;
    Ok(Some((pointer, version)))
}

/// Under the first number that is free.
async fn keep_text<D: DocumentStore>(store: &D, from: Number, body: String) -> Result<Number> {
    let mut number = from;
    for _ in 0..TRIES {
        let key = DocumentKey::new(TEXTS, number.name());
        match create(store, key, body.clone()).await? {
            Written::Done { .. } => return Ok(number),
            Written::Conflict => number = number.next(),
        }
    }
    Err(ConfigurationError::Contended(from))
}

async fn switch<D: DocumentStore>(
    store: &D,
    before: Option<(InForce, u64)>,
    number: Number,
    signed: Signed,
) -> Result<()> {
    let (mut switches, replaces) =
        before.map_or((Vec::new(), 0), |(pointer, revision)| (pointer.switches, revision));
    switches.insert(0, Switch { number, signed });
    switches.truncate(SWITCHES);
    let body = wire::pointer_body(&InForce { number, switches });
    let draft = Draft { replaces, body, expires: Timestamp::MAX };
    match store.write_document(&DocumentKey::new(DRAWER, POINTER), draft).await? {
        Written::Done { .. } => Ok(()),
        Written::Conflict => {
            // A repeated request of ours may have found what its first attempt wrote.
            let now = pointer(store).await?.map_or(Number(0), |(pointer, _)| pointer.number);
            if now == number { Ok(()) } else { Err(ConfigurationError::Overtaken { now }) }
        }
    }
}

/// Configuration is never garbage: history answers for years.
async fn create<D: DocumentStore>(store: &D, key: DocumentKey, body: String) -> Result<Written> {
    let draft = Draft { replaces: 0, body, expires: Timestamp::MAX };
    Ok(store.write_document(&key, draft).await?)
}

fn unreadable(what: String) -> ConfigurationError {
    ConfigurationError::Unreadable { what }
}

#[cfg(test)]
mod tests;
