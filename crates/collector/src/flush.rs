//! The outbox: what is decided is frozen, then published, then committed. A worker that takes
//! over first re-sends what its predecessor froze, byte for byte, and only then looks for more.
//!
//! A board is flushed in the same way as an incident; what differs is what is read and decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::{IncidentId, SpaceName};
use state::board::{self, HeldBy, Silenced};
use state::header::{BatchId, Lease, Token};
use state::member::{Routing, SCHEMA};
use state::outbox::{Attributes, Frozen, Lane};
use state::store::{Claimed, Closed, Fenced, Reading};
use state::{DocumentStore, StateStore, ack};

use crate::decide::{self, Circumstances, Decision, Said, Weight};
use crate::publish::Publisher;
use crate::ticks::Ticks;
use crate::{Collector, CollectorError};

/// What became of a tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// Everything that was due is out.
    Done(Out),
    /// Another worker is at it; a tick was sent for the end of its lease.
    Busy { until: Timestamp },
    /// Another worker took over while this one was slow; it finishes the rest.
    Lost,
    /// One tick too many: whoever recorded this due time has sent a tick for it.
    NotDue { due: Timestamp },
    /// No such incident.
    Unknown,
}

/// What a flush brought out, and what follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Out {
    pub published: usize,
    /// On the board of its space instead, for a digest.
    pub held: usize,
    /// When the first of those is told at the latest.
    pub held_until: Option<Timestamp>,
    /// When news is due; a tick is on its way.
    pub next: Option<Timestamp>,
    /// When the clock calls; the sweep will find it.
    pub clock: Option<Timestamp>,
}

/// Silenced members that came earlier were in a digest, be it a weekly one.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(15 * 24);

impl Out {
    fn add(&mut self, frozen: &[Arc<Frozen>]) {
        let held = frozen.iter().filter_map(|one| one.entry.as_ref()?.held.as_ref());
        for held in held {
            self.held += 1;
            self.published -= 1;
            let until = self.held_until.map_or(held.until, |known| known.min(held.until));
            self.held_until = Some(until);
        }
    }
}

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Collector<S, P, T> {
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
            // Passing this tick on would keep each spare tick alive for as long as the incident.
            Claimed::NotDue { due } => return Ok(Flushed::NotDue { due }),
            Claimed::Held { until } => {
                self.ticks.send(incident, until).await?;
                return Ok(Flushed::Busy { until });
            }
        };
        let mut out = Out::default();
        if let Some(batch) = &header.frozen {
            let frozen = self.store.frozen(incident, batch).await?;
            self.send(incident, batch, &frozen).await?;
            out.published += frozen.len();
            out.add(&frozen);
        }
        let mut arrivals = header.arrivals;
        for round in 1.. {
            let mut decision = self.decision(incident, now).await?;
            let said = std::mem::take(&mut decision.alerts);
            if !said.is_empty() {
                let batch = BatchId::of(&lease.token, round);
                let Some(sent) = self.announce(incident, &lease.token, &batch, said).await? else {
                    return Ok(Flushed::Lost);
                };
                out.published += sent.len();
                out.add(&sent);
            }
            for (space, entry) in &decision.refresh {
                board::refresh(&self.store, space, entry).await?;
            }
            if let Some(next) = decision.next {
                self.ticks.send(incident, next).await?;
            }
            (out.next, out.clock) = (decision.next, decision.clock);
            match self.store.close(incident, &lease.token, arrivals, decision.due()).await? {
                Closed::Done => return Ok(Flushed::Done(out)),
                Closed::Moved { arrivals: moved } => arrivals = moved,
                Closed::Lost => return Ok(Flushed::Lost),
            }
        }
        // Reached after four thousand million rounds, each of which saw a new member.
        Ok(Flushed::Lost)
    }

    async fn decision(
        &self,
        incident: &IncidentId,
        now: Timestamp,
    ) -> Result<Decision, CollectorError> {
        let reading = self.store.read(incident).await?;
        if let Some(space) = board::space_of(incident) {
            return self.digests(&space, &reading, now).await;
        }
        self.count_silenced(incident, &reading, now).await?;
        let mut circumstances = self.circumstances(incident, &reading).await?;
        let decision = decide::decide(incident, &reading, &self.rules, &circumstances, now);
        circumstances.storming = self.storming(&decision, now).await?;
        if circumstances.storming.is_empty() {
            return Ok(decision);
        }
        Ok(decide::decide(incident, &reading, &self.rules, &circumstances, now))
    }

    /// What people did about the threads of an incident that are open.
    async fn circumstances(
        &self,
        incident: &IncidentId,
        reading: &Reading,
    ) -> Result<Circumstances, CollectorError> {
        let open = reading.groups.iter().filter(|group| group.resolved.is_none() && group.seq > 0);
        let episodes: BTreeSet<u32> = open.map(|group| group.episode).collect();
        let mut circumstances = Circumstances::default();
        for episode in episodes {
            let thread = model::ids::ThreadKey::of(incident, episode);
            if let Some(acknowledged) = ack::read(&self.store, &thread).await? {
                circumstances.acknowledged.insert(thread, acknowledged);
            }
        }
        Ok(circumstances)
    }

    /// Counts the alerts that make a storm; the spaces that have had too many.
    async fn storming(
        &self,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<BTreeSet<SpaceName>, CollectorError> {
        let mut storming = BTreeSet::new();
        let Some(storm) = self.rules.storm else { return Ok(storming) };
        let limit = (storm.over, storm.per);
        for said in decision.alerts.iter().filter(|said| said.weight == Weight::Counted) {
            let space = &said.alert.target.space;
            let id = &said.alert.alert_id;
            if board::count_recent(&self.store, space, id, now, limit).await? {
                storming.insert(space.clone());
            }
        }
        Ok(storming)
    }

    /// Silenced members have no space whose board could tell of them; they are counted by what
    /// each flush reads, so that no record costs a write for it.
    async fn count_silenced(
        &self,
        incident: &IncidentId,
        reading: &Reading,
        now: Timestamp,
    ) -> Result<(), CollectorError> {
        if self.rules.digest.is_none() {
            return Ok(());
        }
        let mut silenced = Silenced::new();
        for member in &reading.members {
            let Routing::Silenced { rule, reason } = &member.routing else { continue };
            if now.duration_since(member.received) > REMEMBERED {
                continue;
            }
            let name = if rule.is_empty() { reason.clone() } else { format!("{reason} ({rule})") };
            let minute = member.received.as_second().div_euclid(60);
            *silenced.entry(name).or_default().entry(minute).or_default() += 1;
        }
        if !silenced.is_empty() {
            board::put_silenced(&self.store, incident, &silenced, now).await?;
        }
        Ok(())
    }

    /// Nothing when the lease was lost before the freeze: then nothing was said either.
    async fn announce(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
        said: Vec<Said>,
    ) -> Result<Option<Vec<Arc<Frozen>>>, CollectorError> {
        let mut frozen = Vec::with_capacity(said.len());
        for Said { alert, after, entry, covers, .. } in said {
            let one = Arc::new(Frozen {
                schema: SCHEMA,
                batch: batch.clone(),
                alert: decide::fit::json(&alert),
                attributes: attributes(&alert),
                alert_id: alert.alert_id,
                after,
                entry: entry.map(Box::new),
                covers,
            });
            self.store.put_frozen(incident, &one).await?;
            frozen.push(one);
        }
        match self.store.freeze(incident, token, batch).await? {
            Fenced::Lost => Ok(None),
            Fenced::Done => {
                self.send(incident, batch, &frozen).await?;
                Ok(Some(frozen))
            }
        }
    }

    /// Publishes a frozen batch, then commits it. Also correct for a batch that was published
    /// before, in whole or in part: the ids are the same, and the commit only moves forward.
    async fn send(
        &self,
        incident: &IncidentId,
        batch: &BatchId,
        frozen: &[Arc<Frozen>],
    ) -> Result<(), CollectorError> {
        for one in frozen.iter().filter(|one| !one.is_held()) {
            self.publisher.publish(one).await?;
        }
        for one in frozen {
            self.keep(one).await?;
            self.store.settle(incident, one.after.clone()).await?;
        }
        self.store.thaw(incident, batch).await?;
        Ok(())
    }

    /// On the board of its space, before its group is told.
    async fn keep(&self, one: &Frozen) -> Result<(), CollectorError> {
        let space = &one.attributes.space;
        for cover in &one.covers {
            board::mark_told(&self.store, space, cover).await?;
        }
        let Some(entry) = &one.entry else { return Ok(()) };
        board::put(&self.store, space, entry).await?;
        let Some(held) = entry.held.as_ref() else { return Ok(()) };
        // As for a member: put, then counted, then a tick or a due time, so that no flush of the
        // board closes over it.
        let board = board::incident(space);
        let header = self.store.bump(&board).await?;
        if header.due.is_none_or(|pending| held.until < pending) {
            if held.by == HeldBy::Storm {
                self.ticks.send(&board, held.until).await?;
            }
            self.store.record_due(&board, held.until).await?;
        }
        Ok(())
    }

    /// Sends a tick for every incident and board whose due time has come: the clock's, lost
    /// ticks, dead workers. Returns how many.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, CollectorError> {
        const AT_ONCE: usize = 1_000;
        let just_after = now.checked_add(SignedDuration::from_nanos(1)).unwrap_or(now);
        let overdue = self.store.overdue(just_after, AT_ONCE).await?;
        for incident in &overdue {
            self.ticks.send(incident, now).await?;
        }
        // Last, so that a plan nobody can read holds up no incident.
        self.plan_digests(now).await?;
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
