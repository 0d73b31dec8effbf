//! Records in: each believed or not, resolved, judged and put; then, once for each incident, counted
//! and a tick sent so that somebody will look. Every step may be the last one before a crash; the
//! redelivered records do the rest.

use jiff::Timestamp;
use model::ids::IncidentId;
use model::trust::Untrusted;
use model::words::Source;
use model::{HealthEvent, fingerprint};
use state::coverage::{self, Seen};
use state::member::Notified;
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

/// What became of a record so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its member is there, but not counted: it must not be acknowledged yet.
    Placed(Placed),
    Ended(Outcome),
}

/// A member that is put and must be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub incident: IncidentId,
    put: Put,
    due: Timestamp,
}

impl Placed {
    /// What became of the record, once its incident is counted.
    pub fn outcome(self) -> Outcome {
        let incident = self.incident;
        match self.put {
            Put::New => Outcome::New { incident },
            Put::Repeated => Outcome::Repeated { incident },
        }
    }
}

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Collector<S, P, T> {
    /// One record from beginning to end.
    pub async fn accept(
        &self,
        event: HealthEvent,
        received: Timestamp,
    ) -> Result<Outcome, CollectorError> {
        match self.place(event, received).await? {
            Step::Ended(outcome) => Ok(outcome),
            Step::Placed(placed) => {
                self.count(&placed.incident, [&placed]).await?;
                Ok(placed.outcome())
            }
        }
    }

    /// The first half: everything but the count. `received` is now, and differs between any two
    /// records of a process, so that records without a time of their own keep their order of
    /// arrival.
    pub async fn place(
        &self,
        event: HealthEvent,
        received: Timestamp,
    ) -> Result<Step, CollectorError> {
        if let Err(untrusted) = self.trust.check(&event) {
            return Ok(Step::Ended(Outcome::Untrusted(untrusted)));
        }
        if event.source == Source::CustomHeartbeat {
            coverage::note(&self.store, &sign_of_life(&event, received)).await?;
            return Ok(Step::Ended(Outcome::Heartbeat));
        }
        let text = fingerprint::masked(event.preferred_text());
        let identity = incident::identify_by(&event, text);
        let incident = incident::resolve(&self.store, &identity).await?;
        let judgement = self.rules.judge(&event, received);
        let (member, texts) = member::member(event, text, judgement, &self.rules.version, received);
        if let Some(texts) = texts {
            self.store.put_texts(&incident, texts).await?;
        }
        let due = member.received + self.rules.pace.wait(&member.subject);
        let copy = member.is_public().then(|| Notified {
            account: member.account.clone(),
            spaces: member.spaces().map(|to| to.space.clone()).collect(),
        });
        let put = self.store.put_member(&incident, member).await?;
        if let Some(copy) = copy {
            self.store.put_copy(&incident, copy).await?;
        }
        Ok(Step::Placed(Placed { incident, put, due }))
    }

    /// The second half, for all members of one incident that were put since: one count, one tick,
    /// one note of it. Put first, then count, then tick, then note the tick: in this order a crash
    /// anywhere leaves redeliveries that find what is missing.
    pub async fn count<'p>(
        &self,
        incident: &IncidentId,
        placed: impl IntoIterator<Item = &'p Placed> + Send,
    ) -> Result<(), CollectorError> {
        let (mut new, mut repeated) = (None, None);
        for one in placed {
            let due = match one.put {
                Put::New => &mut new,
                Put::Repeated => &mut repeated,
            };
            *due = Some(due.map_or(one.due, |due: Timestamp| due.min(one.due)));
        }
        let header = match (new, repeated) {
            (None, None) => return Ok(()),
            (Some(_), _) => self.store.bump(incident).await?,
            (None, Some(_)) => {
                let header = self.store.header(incident).await?;
                match header.lease {
                    None => header,
                    // The first attempt may have crashed before it counted, and the worker that
                    // holds the lease may have read before it put. That worker may close before
                    // we count, so what counts is the header after it.
                    Some(_) => self.store.bump(incident).await?,
                }
            }
        };
        // A later due, of a reminder weeks away, does not mean that a repeated member was seen; a
        // worker that holds the lease will see that it was counted.
        let unseen = repeated.filter(|_| header.lease.is_none() || header.due.is_none());
        let due = new.into_iter().chain(unseen).min();
        if let Some(due) = due.filter(|due| header.due.is_none_or(|pending| *due < pending)) {
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
