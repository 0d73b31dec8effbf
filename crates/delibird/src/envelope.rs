//! PURE. From what Lambda hands over to alerts: SQS records that wrap SNS messages (or, with raw
//! delivery, the alert itself), direct SNS records, a lone SNS document, and plain AWS Health
//! events in any of these or by themselves, so that delibird works alone on anybody's topic.
//!
//! Every record has its own outcome: one that cannot be read never fails its neighbours.

mod alert;
mod shape;
mod wire;

use std::borrow::Cow;

use jiff::Timestamp;
use model::Alert;
use model::json::Raw;

use shape::{Shape, shape};

/// How many resources of one status are kept of an event; a card names fewer.
const LISTED: usize = 50;

/// One record of a batch and what was in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// SQS's or SNS's message id; what a partial batch failure names.
    pub id: Option<String>,
    /// Only of SQS: what changes the message's visibility.
    pub receipt_handle: Option<String>,
    /// The queue or topic it came by.
    pub source_arn: Option<String>,
    /// How often SQS handed it out, from 1.
    pub receive_count: u32,
    /// When SQS or SNS took it.
    pub sent: Option<Timestamp>,
    /// As it came: the body of an SQS message, the message of SNS, or all there was.
    pub body: String,
    /// Nearly always one; an SNS message may hold an array of Health events.
    pub alerts: Vec<Result<Alert, Unreadable>>,
}

/// Why a record, or one part of it, is no alert. The text is for the dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the record holds neither `body` nor `Sns.Message`")]
    NoMessage,
    #[error("the message is empty")]
    Empty,
    #[error("not an alert this release reads: {0}")]
    Alert(String),
    #[error("not an AWS Health event")]
    Event(#[source] model::Unreadable),
    #[error("the invocation is not JSON: {0}")]
    NotJson(String),
}

/// Reads one invocation. The records stand in the order they came.
pub fn read(payload: &[u8], now: Timestamp) -> Vec<Record> {
    match std::str::from_utf8(payload) {
        Ok(payload) => read_text(payload, now),
        Err(_) => read_text(&String::from_utf8_lossy(payload), now),
    }
}

/// The same for whoever has it as text.
pub fn read_text(payload: &str, now: Timestamp) -> Vec<Record> {
    if shape(payload) != Shape::Lambda {
        return vec![Record::bare(payload, message(payload, now))];
    }
    match wire::records(payload) {
        Ok(Some(records)) => records.into_iter().map(|record| record.outcome(now)).collect(),
        Ok(None) => vec![Record::bare(payload, vec![Err(Unreadable::NoMessage)])],
        Err(error) => {
            vec![Record::bare(payload, vec![Err(Unreadable::NotJson(error.to_string()))])]
        }
    }
}

impl Record {
    fn bare(payload: &str, alerts: Vec<Result<Alert, Unreadable>>) -> Self {
        Self {
            id: None,
            receipt_handle: None,
            source_arn: None,
            receive_count: 1,
            sent: None,
            body: payload.to_owned(),
            alerts,
        }
    }
}

impl wire::Record<'_> {
    fn outcome(self, now: Timestamp) -> Record {
        let sns = self.sns.unwrap_or_default();
        let body = sns.message.or(self.body).map(Raw::text);
        let alerts = match &body {
            Some(text) => message(text, now),
            None => vec![Err(Unreadable::NoMessage)],
        };
        let own = |text: Raw<'_>| text.text().into_owned();
        Record {
            id: self.message_id.or(sns.message_id).map(own),
            receipt_handle: self.receipt_handle.map(own),
            source_arn: self.source_arn.map(own),
            receive_count: self.receive_count.max(1),
            sent: self.sent.or(sns.timestamp),
            body: body.map(Cow::into_owned).unwrap_or_default(),
            alerts,
        }
    }
}

/// What a publisher wrote: an SNS document around it is taken off first.
fn message(text: &str, now: Timestamp) -> Vec<Result<Alert, Unreadable>> {
    if text.trim().is_empty() {
        return vec![Err(Unreadable::Empty)];
    }
    match shape(text) {
        Shape::Alert(version) => vec![alert::read(text, version, now)],
        Shape::Sns => match wire::unwrapped(text) {
            Some(inner) if inner.trim().is_empty() => vec![Err(Unreadable::Empty)],
            // An SNS document within an SNS document is nobody's doing.
            Some(inner) => match shape(&inner) {
                Shape::Alert(version) => vec![alert::read(&inner, version, now)],
                _ => events(&inner, now),
            },
            None => vec![Err(Unreadable::NoMessage)],
        },
        Shape::Lambda | Shape::Other => events(text, now),
    }
}

fn events(text: &str, now: Timestamp) -> Vec<Result<Alert, Unreadable>> {
    let events = model::record::read_listing(text.as_bytes(), LISTED).into_iter();
    events
        .map(|event| event.map(|event| Alert::of(&event, now)).map_err(Unreadable::Event))
        .collect()
}
