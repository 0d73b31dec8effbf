//! Everything the fake received, in order: what people would see, what was refused and why, what
//! came twice.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;
use super::space::Call;

/// One request.
#[derive(Clone, Debug)]
pub struct Received {
    /// Since the server started.
    pub at: Duration,
    /// As the test named it; as the request named it where no test did.
    pub space: String,
    pub request_id: Option<String>,
    /// What was played instead of a plain answer.
    pub fault: Option<Fault>,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// In the space, for everybody to see; even if the sender was not told.
    Posted(Message),
    /// A `requestId` of before: answered with that message.
    Repeated {
        name: String,
    },
    Refused {
        status: u16,
        reason: String,
    },
    /// A fault came first.
    Failed,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub name: String,
    pub thread: String,
    /// In a thread that was there before.
    pub reply: bool,
    pub request_id: Option<String>,
    pub at: Duration,
    pub body: Value,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    received: Vec<Received>,
}

impl Ledger {
    pub(super) fn note(&mut self, call: &Call, fault: Option<Fault>, outcome: Outcome) {
        self.received.push(Received {
            at: call.at,
            space: call.space.clone(),
            request_id: call.request_id.clone(),
            fault,
            outcome,
        });
    }

    /// Every request to the space, in order of arrival.
    pub fn received(&self, space: &str) -> Vec<&Received> {
        self.received.iter().filter(|received| received.space == space).collect()
    }

    /// What the people in the space see, in order.
    pub fn posted(&self, space: &str) -> Vec<&Message> {
        let received = self.received(space).into_iter();
        received
            .filter_map(|received| match &received.outcome {
                Outcome::Posted(message) => Some(message),
                _ => None,
            })
            .collect()
    }

    /// The messages of each thread, in order.
    pub fn threads(&self, space: &str) -> BTreeMap<&str, Vec<&Message>> {
        let mut threads: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
        for message in self.posted(space) {
            threads.entry(&message.thread).or_default().push(message);
        }
        threads
    }

    /// Messages people see a second time: posted under an id that was posted before.
    pub fn duplicates(&self, space: &str) -> Vec<&Message> {
        let mut seen = HashSet::new();
        let posted = self.posted(space).into_iter();
        posted
            .filter(|message| message.request_id.is_some() && !seen.insert(&message.request_id))
            .collect()
    }

    /// Status and reason of what Chat itself refused; faults are not among them.
    pub fn refused(&self, space: &str) -> Vec<(u16, &str)> {
        let received = self.received(space).into_iter();
        received
            .filter_map(|received| match &received.outcome {
                Outcome::Refused { status, reason } => Some((*status, reason.as_str())),
                _ => None,
            })
            .collect()
    }
}
