//! PURE. How configuration is written into documents. Each carries the number of its format; one
//! from the future is not guessed at.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const SCHEMA: u32 = 1;

/// Counts versions from 1; printed as `v7`, which is what cards and logs call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(pub u64);

/// Who did it, when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub by: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// What is said of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub number: Number,
    /// Of its text.
    pub bytes: usize,
    #[serde(flatten)]
    pub signed: Signed,
}

/// The pointer: which version is in force, and since when which was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    pub number: Number,
    /// Newest first, the present one included; the oldest are forgotten.
    pub switches: Vec<Switch>,
}

/// A version was put in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    pub number: Number,
    #[serde(flatten)]
    pub signed: Signed,
}

impl Number {
    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The name of its documents, which sorts as the numbers do.
    pub(super) fn name(self) -> String {
        format!("{:010}", self.0)
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl FromStr for Number {
    type Err = String;

    /// With or without the letter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_prefix('v').unwrap_or(text).parse().ok().filter(|n| *n > 0);
        number.map(Self).ok_or_else(|| "write the number of a version, such as v7".to_owned())
    }
}

#[derive(Serialize, Deserialize)]
struct Dated<T> {
    schema: u32,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize, Deserialize)]
struct Text {
    text: String,
}

pub(super) fn text_body(text: &str) -> String {
    body(Text { text: text.to_owned() })
}

pub(super) fn entry_body(entry: &Entry) -> String {
    body(entry)
}

pub(super) fn pointer_body(pointer: &InForce) -> String {
    body(pointer)
}

pub(super) fn text(body: &str) -> Option<String> {
    read::<Text>(body).map(|read| read.text)
}

pub(super) fn entry(body: &str) -> Option<Entry> {
    read(body)
}

pub(super) fn pointer(body: &str) -> Option<InForce> {
    read(body)
}

/// Text, numbers and times, all of which JSON can hold.
fn body<T: Serialize>(what: T) -> String {
    serde_json::to_string(&Dated { schema: SCHEMA, what }).unwrap_or_default()
}

fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
    let Dated { schema, what } = serde_json::from_str(body).ok()?;
    (schema <= SCHEMA).then_some(what)
}
