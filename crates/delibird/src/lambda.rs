//! Delibird as a Lambda function: every record of a batch has an outcome of its own, a line in the
//! log, and a place in the partial batch response when it must come back. When that is, its queue
//! is told.
//!
//! It knows what to do with an invocation, not where settings, time or standard output are:
//! `main.rs` brings those.

pub mod alarm;
pub mod outcome;
pub mod queues;
pub mod settings;
pub mod spaces;

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use function::dead_letters::DeadLetters;
use function::emf::Figures;
use function::failure::{Class, Failure};
use function::outcome::{Level, Line, MESSAGE};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::SpaceName;
use state::{DocumentStore, StateError};

use crate::Delibird;
use crate::chat::ChatTransport;
use crate::deliver::decide::Arrival;
use crate::deliver::slot::Lane;
use crate::deliver::{End, Outcome};
use crate::envelope::{self, Record};
use alarm::Alarm;
use outcome::{Decision, Facts, Said};
use queues::Queues;

pub struct Function<S, C> {
    pub delibird: Delibird<S, C>,
    pub queues: Queues,
    pub dead_letters: DeadLetters,
    pub alarm: Alarm,
    /// Takes one line of the log.
    pub log: fn(&str),
}

/// For one more attempt by whoever waits within an invocation.
const ENOUGH: SignedDuration = SignedDuration::from_secs(12);

/// What an invocation ends with.
#[derive(Debug)]
pub enum Reply {
    /// Which records come back.
    Batch(SqsBatchResponse),
    Nothing,
}

/// One invocation: its id and its end.
#[derive(Clone, Copy)]
struct Call<'a> {
    request_id: &'a str,
    deadline: Timestamp,
}

/// What became of a record.
#[derive(Debug, Default)]
struct Ended {
    figures: Figures,
    /// When it should come back, if it must.
    back: Option<Back>,
}

#[derive(Clone, Debug)]
struct Back {
    due: Timestamp,
    failure: Failure,
}

impl Ended {
    /// The earliest of its parts is when.
    fn comes_back(&mut self, back: Option<Back>) {
        let Some(back) = back else { return };
        if self.back.as_ref().is_none_or(|kept| back.due < kept.due) {
            self.back = Some(back);
        }
    }
}

impl<S: DocumentStore, C: ChatTransport> Function<S, C> {
    pub async fn handle(
        &self,
        payload: &str,
        request_id: &str,
        deadline: Timestamp,
    ) -> Result<Reply, Failure> {
        let call = Call { request_id, deadline };
        let records = envelope::read_text(payload, self.now());
        let mut figures = Figures::default();
        let reply = if records.iter().all(is_queued) {
            let mut response = SqsBatchResponse::default();
            for (record, ended) in self.batch(call, &records).await {
                figures.add(ended.figures);
                if ended.back.is_some() {
                    let mut failure = BatchItemFailure::default();
                    failure.item_identifier = record.id.clone().unwrap_or_default();
                    response.batch_item_failures.push(failure);
                }
            }
            Ok(Reply::Batch(response))
        } else {
            self.at_once(call, &records, &mut figures).await.map(|()| Reply::Nothing)
        };
        if let Some(line) = figures.line("delibird", self.now()) {
            (self.log)(&line);
        }
        reply
    }

    fn now(&self) -> Timestamp {
        (self.delibird.clock)()
    }

    /// Spaces side by side, so that one that hangs holds up no other; within a space the urgent
    /// first, and each thread in its order.
    async fn batch<'r>(&self, call: Call<'_>, records: &'r [Record]) -> Vec<(&'r Record, Ended)> {
        let mut by_space: BTreeMap<Option<&SpaceName>, Vec<&Record>> = BTreeMap::new();
        for record in records {
            let first = record.alerts.iter().find_map(|alert| alert.as_ref().ok());
            by_space.entry(first.map(|alert| &alert.target.space)).or_default().push(record);
        }
        let spaces = by_space.into_values().map(|mut records| async move {
            records.sort_by_key(|record| rank(record));
            let mut ended = Vec::new();
            for record in records {
                ended.push((record, self.queued(call, record).await));
            }
            ended
        });
        join_all(spaces).await.into_iter().flatten().collect()
    }

    /// A message of a queue. What must come back is put off there.
    async fn queued(&self, call: Call<'_>, record: &Record) -> Ended {
        let mut ended = self.record(call, record).await;
        let Some(back) = &ended.back else { return ended };
        let (Some(arn), Some(receipt)) = (&record.source_arn, &record.receipt_handle) else {
            return ended;
        };
        let wait = back.due.duration_since(self.now());
        // It comes back all the same, at the end of the time the queue was set to.
        if let Err(failure) = self.queues.put_off(arn, receipt, wait).await {
            ended.figures.failed += 1;
            let said = Said::of(Decision::Failed).because(Level::Error, failure.reason);
            self.say(call, record, Facts::default(), said);
        }
        ended
    }

    /// Without a queue there is nobody to wait but us, and then whoever invoked us.
    async fn at_once(
        &self,
        call: Call<'_>,
        records: &[Record],
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        for record in records {
            loop {
                let ended = self.record(call, record).await;
                figures.add(ended.figures);
                let Some(back) = ended.back else { break };
                if call.deadline.duration_since(back.due) < ENOUGH {
                    return Err(back.failure);
                }
                let wait = back.due.duration_since(self.now()).max(SignedDuration::from_secs(1));
                tokio::time::sleep(wait.unsigned_abs()).await;
            }
        }
        Ok(())
    }

    /// Parts that cannot be read go last, and only when the record does not come back, or it would
    /// leave a dead letter each time.
    async fn record(&self, call: Call<'_>, record: &Record) -> Ended {
        let mut ended = Ended::default();
        for alert in record.alerts.iter().filter_map(|alert| alert.as_ref().ok()) {
            ended.figures.received += 1;
            let back = self.alert(call, record, alert, &mut ended.figures).await;
            ended.comes_back(back);
        }
        if ended.back.is_some() {
            return ended;
        }
        for unreadable in record.alerts.iter().filter_map(|alert| alert.as_ref().err()) {
            ended.figures.received += 1;
            let dead = (Class::Unreadable, unreadable.to_string());
            let back = self.bury(call, record, Facts::default(), dead, &mut ended.figures).await;
            ended.comes_back(back);
        }
        ended
    }

    async fn alert(
        &self,
        call: Call<'_>,
        record: &Record,
        alert: &Alert,
        figures: &mut Figures,
    ) -> Option<Back> {
        if alert.is_canary() {
            figures.canary += 1;
            self.say(call, record, Facts::of(alert), Said::of(Decision::Canary));
            return None;
        }
        let arrival = Arrival { sent: record.sent.unwrap_or(alert.received_at) };
        let outcome = match self.delibird.deliver(alert, arrival, call.deadline).await {
            Ok(outcome) => outcome,
            Err(error) => return self.not_known(call, record, alert, &error, figures).await,
        };
        count(figures, alert, &outcome, self.now());
        let dead = outcome::dead(&outcome.end);
        let redirected = matches!(outcome.end, End::Redirected { .. });
        if let (Some(dead), false) = (&dead, redirected) {
            let facts = Facts::of(alert);
            let back = self.bury(call, record, facts, dead.clone(), figures).await;
            if back.is_none() {
                self.given_up(call, record, alert, &outcome.end).await;
            }
            return back;
        }
        self.say(call, record, Facts::of(alert), Said::delivered(&outcome));
        if let Some((class, reason)) = dead {
            // It is in the fallback space: that nobody keeps a copy is no reason to repeat it.
            if let Err(error) = self.dead_letters.bury(&record.body, class, &reason).await {
                let said = Said::of(Decision::Failed).because(Level::Error, error.to_string());
                self.say(call, record, Facts::of(alert), said);
            }
            figures.failed += 1;
        }
        outcome::put_off_until(outcome.end).map(|(due, failure)| Back { due, failure })
    }

    /// The state store failed, or holds what only a later release reads: the alert comes back, to
    /// that release if need be. What the store refuses it always will.
    async fn not_known(
        &self,
        call: Call<'_>,
        record: &Record,
        alert: &Alert,
        error: &StateError,
        figures: &mut Figures,
    ) -> Option<Back> {
        let (class, reason) = (outcome::class(error), error.to_string());
        if class == Class::Refused {
            return self.bury(call, record, Facts::of(alert), (class, reason), figures).await;
        }
        figures.failed += 1;
        figures.throttled += u32::from(class == Class::Throttled);
        let said = Said::of(Decision::Failed).because(Level::Error, &*reason);
        self.say(call, record, Facts::of(alert), said);
        let due = self.now() + patience(record.receive_count);
        Some(Back { due, failure: Failure { class, reason } })
    }

    /// It is a dead letter. If its ledger cannot be told, those behind it wait a little longer.
    async fn given_up(&self, call: Call<'_>, record: &Record, alert: &Alert, end: &End) {
        let told = self.delibird.give_up(alert).await;
        let alarmed = match end {
            End::Unreachable { reason } => self.alarm(alert, reason).await,
            _ => Ok(()),
        };
        let failed = told.err().map(|error| error.to_string());
        for reason in failed.into_iter().chain(alarmed.err()) {
            let said = Said::of(Decision::Failed).because(Level::Error, reason);
            self.say(call, record, Facts::of(alert), said);
        }
    }

    async fn alarm(&self, alert: &Alert, reason: &str) -> Result<(), String> {
        let space = &alert.target.space;
        if !self.delibird.alarm_is_due(space).await.map_err(|error| error.to_string())? {
            return Ok(());
        }
        self.alarm.raise(alert, reason).await.map_err(|failure| failure.reason)?;
        self.delibird.alarmed(space).await.map_err(|error| error.to_string())
    }

    /// Into the dead-letter queue; when even that fails, the record comes back.
    async fn bury(
        &self,
        call: Call<'_>,
        record: &Record,
        facts: Facts,
        (class, reason): (Class, String),
        figures: &mut Figures,
    ) -> Option<Back> {
        figures.failed += 1;
        match self.dead_letters.bury(&record.body, class, &reason).await {
            Ok(()) => {
                let said = Said::of(Decision::DeadLettered).because(Level::Error, reason);
                self.say(call, record, facts, said);
                None
            }
            Err(error) => {
                let reason = error.to_string();
                let said = Said::of(Decision::Failed).because(Level::Error, &*reason);
                self.say(call, record, facts, said);
                let due = self.now() + patience(record.receive_count);
                Some(Back { due, failure: Failure { class: error.class, reason } })
            }
        }
    }

    fn say(&self, call: Call<'_>, record: &Record, facts: Facts, said: Said) {
        let Said { level, decision, reason } = said;
        let (request_id, record) = (call.request_id, record.id.as_deref());
        let (group, count, message) = (None, None, MESSAGE);
        let line =
            Line { level, message, decision, request_id, record, facts, group, reason, count };
        if let Some(line) = line.written() {
            (self.log)(&line);
        }
    }
}

fn is_queued(record: &Record) -> bool {
    record.id.is_some() && record.receipt_handle.is_some()
}

/// Urgent before normal, then in the order of the threads.
fn rank(record: &Record) -> (bool, u32) {
    let mut alerts = record.alerts.iter().filter_map(|alert| alert.as_ref().ok());
    let first = alerts.next();
    let normal = first.is_none_or(|alert| Lane::of(alert) == Lane::Normal);
    (normal, first.map_or(0, |alert| alert.seq))
}

/// How long a record rests that our own side could not handle: long enough for a throttled table.
fn patience(receives: u32) -> SignedDuration {
    const FIRST: i64 = 5;
    const LONGEST: i64 = 300;
    let doubled = FIRST.saturating_mul(1 << receives.saturating_sub(1).min(10));
    SignedDuration::from_secs(doubled.min(LONGEST))
}

fn count(figures: &mut Figures, alert: &Alert, outcome: &Outcome, now: Timestamp) {
    let posted = u32::try_from(outcome.posted).unwrap_or(u32::MAX);
    figures.delivered += posted;
    figures.cut += u32::from(outcome.cut || outcome.as_text > 0);
    figures.throttled += u32::from(outcome.throttled);
    figures.rejected += u32::try_from(outcome.as_text).unwrap_or(u32::MAX);
    if let End::Redirected { .. } | End::Refused { .. } | End::Unreachable { .. } = outcome.end {
        figures.rejected += 1;
    }
    match outcome.end {
        End::Later { .. } => figures.deferred += 1,
        End::Repeated => figures.no_change += 1,
        End::Posted | End::Redirected { .. } => {
            let since = alert.event.time.unwrap_or(alert.received_at);
            let took = now.duration_since(since).as_secs_f64() * 1_000.0;
            figures.latency_ms.extend(Some(took).filter(|took| *took >= 0.0));
        }
        End::Old | End::Refused { .. } | End::Unreachable { .. } => {}
    }
}
