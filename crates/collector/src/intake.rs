//! One record in: believed or not, resolved, judged, put, and a tick sent so that somebody will
//! look. Every step may be the last one before a crash; the redelivered record does the rest.

use jiff::Timestamp;
use model::HealthEvent;
use model::ids::IncidentId;
use model::trust::Untrusted;
use model::words::Source;
use state::coverage::{self, Seen};
use state::header::Header;
use state::member::{Member, Notified};
use state::store::Put;
use state::{DocumentStore, StateStore};

use crate::publish::Publisher;
use crate::ticks::Ticks;
use crate::{Collector, CollectorError, incident, member};

/// What became of a record. Nothing else can become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is part of the next message of this incident.
    New { incident: IncidentId },
    /// The same member again.
    Repeated { incident: IncidentId },
    /// A sign of life, never a message.
    Heartbeat,
    /// Not believed; for the dead-letter queue.
    Untrusted(Untrusted),
}

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Collector<S, P, T> {
    /// `received` is now, and differs between any two records of a process, so that records
    /// without a time of their own keep their order of arrival.
    pub async fn accept(
        &self,
        event: HealthEvent,
        received: Timestamp,
    ) -> Result<Outcome, CollectorError> {
        if let Err(untrusted) = self.trust.check(&event) {
            return Ok(Outcome::Untrusted(untrusted));
        }
        if event.source == Source::CustomHeartbeat {
            coverage::note(&self.store, &sign_of_life(&event, received)).await?;
            return Ok(Outcome::Heartbeat);
        }
        let identity = incident::identify(&event);
        let incident = incident::resolve(&self.store, &identity).await?;
        let judgement = self.rules.judge(&event, received);
        let (member, texts) = member::member(event, judgement, &self.rules.version, received);
        self.store.put_texts(&incident, texts).await?;
        self.put(incident, member).await
    }

    /// Put first, then count, then tick, then note the tick: in this order a crash anywhere
    /// leaves a redelivery that finds what is missing.
    async fn put(&self, incident: IncidentId, member: Member) -> Result<Outcome, CollectorError> {
        let due = member.received + self.rules.pace.wait(&member.subject);
        let copy = member.is_public().then(|| Notified {
            account: member.account.clone(),
            spaces: member.spaces().map(|to| to.space.clone()).collect(),
        });
        let put = self.store.put_member(&incident, member).await?;
        if let Some(copy) = copy {
            self.store.put_copy(&incident, copy).await?;
        }
        match put {
            Put::New => {
                let header = self.store.bump(&incident).await?;
                self.tick(&incident, &header, due).await?;
                Ok(Outcome::New { incident })
            }
            Put::Repeated => {
                let mut header = self.store.header(&incident).await?;
                if header.lease.is_some() {
                    // The first attempt may have crashed before it counted, and the worker that
                    // holds the lease may have read before it put. That worker may close before
                    // we count, so what counts is the header after it.
                    header = self.store.bump(&incident).await?;
                }
                // A later due, of a reminder weeks away, does not mean that this member was seen.
                if header.lease.is_none() {
                    self.tick(&incident, &header, due).await?;
                }
                Ok(Outcome::Repeated { incident })
            }
        }
    }

    async fn tick(
        &self,
        incident: &IncidentId,
        header: &Header,
        due: Timestamp,
    ) -> Result<(), CollectorError> {
        if header.due.is_none_or(|pending| due < pending) {
            self.ticks.send(incident, due).await?;
            self.store.record_due(incident, due).await?;
        }
        Ok(())
    }
}

/// A heartbeat without a time of its own counts as of its arrival, one of the future too.
fn sign_of_life(event: &HealthEvent, received: Timestamp) -> Seen {
    Seen {
        account: event.affected_account(),
        region: event.region.clone().unwrap_or_else(|| "global".into()),
        at: event.time.map_or(received, |sent| sent.min(received)),
    }
}
