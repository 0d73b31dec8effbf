//! The bus of one machine: a queue of the envelopes that EventBridge would deliver.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use function::failure::Class;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{BusError, EventBus};
use crate::threshold::event::{DETAIL_TYPE, Event, Place, SOURCE};

#[derive(Debug)]
pub struct Loopback {
    place: Place,
    queue: Mutex<VecDeque<Vec<u8>>>,
}

impl Loopback {
    pub fn new(place: Place) -> Self {
        Self { place, queue: Mutex::default() }
    }

    /// The next event as a rule would hand it on.
    pub fn take(&self) -> Option<Vec<u8>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn envelope(&self, event: &Event) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Envelope {
            version: "0",
            id: &event.id,
            source: SOURCE,
            detail_type: DETAIL_TYPE,
            account: &self.place.account,
            region: &self.place.region,
            time: event.at,
            resources: [],
            detail: &RawValue::from_string(event.detail.clone())?,
        })
    }
}

impl EventBus for Loopback {
    async fn put(&self, event: &Event) -> Result<(), BusError> {
        let envelope = self
            .envelope(event)
            .map_err(|error| BusError { class: Class::Refused, reason: error.to_string() })?;
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(envelope);
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope<'a> {
    version: &'static str,
    id: &'a str,
    source: &'static str,
    detail_type: &'static str,
    account: &'a str,
    region: &'a str,
    time: Timestamp,
    resources: [(); 0],
    detail: &'a RawValue,
}
