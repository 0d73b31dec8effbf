//! The alerts topic of one machine: an in-process queue of alerts as SNS puts them into a queue
//! with raw delivery, so that the subscriber reads here what it reads in AWS.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use state::outbox::Frozen;

use super::{PublishError, Publisher};

#[derive(Debug, Default)]
pub struct Loopback {
    queue: Mutex<VecDeque<String>>,
}

impl Loopback {
    /// The body of the next message.
    pub fn take(&self) -> Option<String> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Publisher for Loopback {
    async fn publish(&self, alert: &Frozen) -> Result<(), PublishError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(alert.alert.clone());
        Ok(())
    }
}
