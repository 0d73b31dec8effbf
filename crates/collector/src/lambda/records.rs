//! The records of an invocation, in two halves: each is put by itself and has an outcome of its own;
//! then, once for each incident, what was put is counted, and only then acknowledged.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use function::emf::Figures;
use function::failure::Class;
use jiff::Timestamp;
use model::ids::IncidentId;
use state::{DocumentStore, StateStore};

use super::invocation::{Body, Record};
use super::outcome::{self, Decision, Facts, Said};
use super::{Call, Failure, Function, MARGIN};
use crate::intake::{Outcome, Placed, Step};
use crate::{Collector, Publisher, Ticks};

/// A record whose member is put and not counted yet.
struct Waiting<'r> {
    record: Option<&'r str>,
    facts: Facts,
    sent: Option<Timestamp>,
    received: Timestamp,
    placed: Placed,
}

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Function<S, P, T> {
    /// One after the other: the first of a storm is put, the rest of it is known by then. What is
    /// put is counted once for each incident, before anything is acknowledged.
    pub(super) async fn batch(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
        records: &[Record],
    ) -> SqsBatchResponse {
        let mut back = Vec::new();
        let mut waiting = Vec::new();
        for record in records {
            let id = Some(record.id.as_str());
            let ended = if call.deadline.duration_since((self.clock)()) < MARGIN {
                call.figures.deferred += 1;
                self.say(call, id, Facts::default(), Said::of(Decision::Deferred));
                Err(Failure { class: Class::Deadline, reason: "no time was left".to_owned() })
            } else {
                match &record.body {
                    Body::Tick(tick) => {
                        back.extend(counted(self.count(call, collector, &mut waiting).await));
                        self.tick(call, collector, &record.id, tick).await
                    }
                    Body::Events(events) => {
                        self.place(call, collector, id, events, &mut waiting).await
                    }
                }
            };
            if ended.is_err() {
                back.push(record.id.as_str());
            }
        }
        back.extend(counted(self.count(call, collector, &mut waiting).await));
        let mut response = SqsBatchResponse::default();
        for id in records.iter().map(|record| &record.id).filter(|id| back.contains(&id.as_str())) {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier.clone_from(id);
            response.batch_item_failures.push(failure);
        }
        response
    }

    /// A bare event: what is not counted makes the whole invocation come back.
    pub(super) async fn event(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
        body: &str,
    ) -> Result<(), Failure> {
        let mut waiting = Vec::new();
        let placed = self.place(call, collector, None, body, &mut waiting).await;
        let failed = self.count(call, collector, &mut waiting).await.pop();
        placed.and(failed.map_or(Ok(()), |(_, failure)| Err(failure)))
    }

    /// A record is one event, but whoever sends by hand may send several in one.
    async fn place<'r>(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
        record: Option<&'r str>,
        body: &str,
        waiting: &mut Vec<Waiting<'r>>,
    ) -> Result<(), Failure> {
        for read in model::read(body.as_bytes()) {
            call.figures.received += 1;
            let event = match read {
                Ok(event) => event,
                Err(unreadable) => {
                    let reason = unreadable.to_string();
                    let facts = Facts::default();
                    self.bury(call, record, body, facts, Class::Unreadable, reason).await?;
                    continue;
                }
            };
            let facts = Facts::of(&event);
            let received = self.arrivals.next((self.clock)());
            let sent = event.time;
            match collector.place(event, received).await {
                Ok(Step::Placed(placed)) => {
                    waiting.push(Waiting { record, facts, sent, received, placed });
                }
                Ok(Step::Ended(Outcome::Untrusted(untrusted))) => {
                    let reason = untrusted.to_string();
                    self.bury(call, record, body, facts, Class::Refused, reason).await?;
                }
                Ok(Step::Ended(outcome)) => {
                    tally(&mut call.figures, &outcome, sent, received);
                    self.say(call, record, facts, Said::accepted(&outcome));
                }
                // It would be refused each time, and hold up its queue until it is dropped. One that
                // meets an item of a later release is not at fault: it waits for that release.
                Err(error) if outcome::class(&error) == Class::Refused => {
                    let class = Class::Refused;
                    self.bury(call, record, body, facts, class, error.to_string()).await?;
                }
                Err(error) => return Err(self.failed(call, record, facts, &error)),
            }
        }
        Ok(())
    }

    /// Counts what was placed, incident by incident; returns the records that must come back.
    async fn count<'r>(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
        waiting: &mut Vec<Waiting<'r>>,
    ) -> Vec<(Option<&'r str>, Failure)> {
        let mut incidents: BTreeMap<IncidentId, Vec<Waiting<'r>>> = BTreeMap::new();
        for one in waiting.drain(..) {
            incidents.entry(one.placed.incident.clone()).or_default().push(one);
        }
        let mut back = Vec::new();
        for (incident, members) in incidents {
            let counted = collector.count(&incident, members.iter().map(|one| &one.placed)).await;
            for Waiting { record, facts, sent, received, placed } in members {
                match &counted {
                    Ok(()) => {
                        let outcome = placed.outcome();
                        tally(&mut call.figures, &outcome, sent, received);
                        self.say(call, record, facts, Said::accepted(&outcome));
                    }
                    Err(error) => {
                        back.push((record, self.failed(call, record, facts, error)));
                    }
                }
            }
        }
        back
    }
}

fn counted(failed: Vec<(Option<&str>, Failure)>) -> impl Iterator<Item = &str> {
    failed.into_iter().filter_map(|(record, _)| record)
}

fn tally(figures: &mut Figures, outcome: &Outcome, sent: Option<Timestamp>, received: Timestamp) {
    match outcome {
        Outcome::New { .. } => {
            let late = sent.map(|sent| received.duration_since(sent).as_secs_f64() * 1_000.0);
            figures.latency_ms.extend(late.filter(|late| *late >= 0.0));
        }
        Outcome::Repeated { .. } | Outcome::Heartbeat => figures.no_change += 1,
        Outcome::Untrusted(_) => figures.failed += 1,
    }
}
