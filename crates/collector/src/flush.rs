//! The outbox: what is decided is frozen, then published, then committed. A worker that takes
//! over first re-sends what its predecessor froze, byte for byte, and only then looks for more.

use jiff::Timestamp;
use model::Alert;
use model::ids::IncidentId;
use state::StateStore;
use state::header::{BatchId, Lease, Token};
use state::member::SCHEMA;
use state::outbox::{Attributes, Frozen, Lane};
use state::store::{Claimed, Closed, Fenced};

use crate::decide::{self, Decision};
use crate::publish::Publisher;
use crate::ticks::Ticks;
use crate::{Collector, CollectorError};

/// What became of a tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// Everything that was due is out; the next look is at this time, if any.
    Done { published: usize, next: Option<Timestamp> },
    /// Another worker is at it; a tick was sent for the end of its lease.
    Busy { until: Timestamp },
    /// Another worker took over while this one was slow; it finishes the rest.
    Lost,
    /// No such incident.
    Unknown,
}

impl<S: StateStore, P: Publisher, T: Ticks> Collector<S, P, T> {
    /// Handles one tick. `token` must never have been used before.
    pub async fn flush(
        &self,
        incident: &IncidentId,
        token: Token,
        now: Timestamp,
    ) -> Result<Flushed, CollectorError> {
        let lease = Lease { token, until: now + self.lease };
        let header = match self.store.lease(incident, &lease, now).await? {
            Claimed::Taken(header) => header,
            Claimed::Unknown => return Ok(Flushed::Unknown),
            Claimed::Held { until } => {
                self.ticks.send(incident, until).await?;
                return Ok(Flushed::Busy { until });
            }
        };
        let mut published = 0;
        if let Some(batch) = &header.frozen {
            let frozen = self.store.frozen(incident, batch).await?;
            published += frozen.len();
            self.send(incident, batch, &frozen).await?;
        }
        let mut arrivals = header.arrivals;
        for round in 1.. {
            let reading = self.store.read(incident).await?;
            let decision = decide::decide(incident, &reading, &self.rules, now);
            if !decision.alerts.is_empty() {
                let batch = BatchId::of(&lease.token, round);
                let Some(sent) = self.announce(incident, &lease.token, &batch, &decision).await?
                else {
                    return Ok(Flushed::Lost);
                };
                published += sent;
            }
            if let Some(next) = decision.next {
                self.ticks.send(incident, next).await?;
            }
            match self.store.close(incident, &lease.token, arrivals, decision.next).await? {
                Closed::Done => return Ok(Flushed::Done { published, next: decision.next }),
                Closed::Moved { arrivals: moved } => arrivals = moved,
                Closed::Lost => return Ok(Flushed::Lost),
            }
        }
        // Reached after four thousand million rounds, each of which saw a new member.
        Ok(Flushed::Lost)
    }

    /// Nothing when the lease was lost before the freeze: then nothing was said either.
    async fn announce(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
        decision: &Decision,
    ) -> Result<Option<usize>, CollectorError> {
        let mut frozen = Vec::with_capacity(decision.alerts.len());
        for (alert, after) in &decision.alerts {
            let one = Frozen {
                schema: SCHEMA,
                batch: batch.clone(),
                alert_id: alert.alert_id.clone(),
                alert: decide::fit::json(alert),
                attributes: attributes(alert),
                after: after.clone(),
            };
            self.store.put_frozen(incident, one.clone()).await?;
            frozen.push(one);
        }
        match self.store.freeze(incident, token, batch).await? {
            Fenced::Lost => Ok(None),
            Fenced::Done => {
                self.send(incident, batch, &frozen).await?;
                Ok(Some(frozen.len()))
            }
        }
    }

    /// Publishes a frozen batch, then commits it. Also correct for a batch that was published
    /// before, in whole or in part: the ids are the same, and the commit only moves forward.
    async fn send(
        &self,
        incident: &IncidentId,
        batch: &BatchId,
        frozen: &[Frozen],
    ) -> Result<(), CollectorError> {
        for one in frozen {
            self.publisher.publish(one).await?;
        }
        for one in frozen {
            self.store.settle(incident, one.after.clone()).await?;
        }
        self.store.thaw(incident, batch).await?;
        Ok(())
    }

    /// Sends a tick for every incident whose due time passed unnoticed: lost ticks, dead
    /// workers. Returns how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, CollectorError> {
        const AT_ONCE: usize = 1_000;
        let overdue = self.store.overdue(now, AT_ONCE).await?;
        for incident in &overdue {
            self.ticks.send(incident, now).await?;
        }
        Ok(overdue.len())
    }
}

fn attributes(alert: &Alert) -> Attributes {
    Attributes {
        severity: alert.severity,
        max_severity: alert.max_severity,
        service: alert.event.service.0.clone(),
        category: alert.event.category.as_str().to_owned(),
        region: alert.event.regions.first().map_or_else(|| "global".to_owned(), |at| at.0.clone()),
        space: alert.target.space.clone(),
        kind: alert.kind.clone(),
        lane: Lane::of(alert),
    }
}
