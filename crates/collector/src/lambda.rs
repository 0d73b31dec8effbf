//! The collector as a Lambda function: every record of a batch has an outcome of its own, a line
//! in the log, and a place in the partial batch response when it must come back.
//!
//! It knows what to do with an invocation, not where settings, time or standard output are:
//! `main.rs` brings those.

pub mod accounts;
pub mod invocation;
pub mod outcome;
mod records;
pub mod settings;

use std::sync::atomic::{AtomicI64, Ordering};

use aws_lambda_events::sqs::SqsBatchResponse;
use function::dead_letters::DeadLetters;
use function::emf::Figures;
use function::failure::{Class, Failure};
use function::outcome::{Level, Line, MESSAGE};
use jiff::{SignedDuration, Timestamp};
use model::trust::Trust;
use ring::rand::{SecureRandom, SystemRandom};
use routing::{Found, Moment, PATIENCE, Watch};
use rules::Rules;
use state::header::Token;
use state::{DocumentStore, StateStore};
use tokio::sync::RwLock;

use crate::ticks::sqs::Tick;
use crate::{Collector, CollectorError, Flushed, Publisher, Ticks};
use accounts::{Accounts, Listed};
use invocation::Invocation;
use outcome::{Decision, Facts, Said};

/// A record is not begun with less time than this: what is begun should end.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

pub struct Function<S, P, T> {
    /// Changed only when another routing document is in force, between two invocations.
    pub collector: RwLock<Collector<S, P, T>>,
    pub configuration: Watch,
    pub accounts: Accounts,
    pub dead_letters: DeadLetters,
    /// Its URL.
    pub flush_queue: String,
    pub clock: fn() -> Timestamp,
    /// Takes one line of the log.
    pub log: fn(&str),
    pub arrivals: Arrivals,
}

/// Gives every record of the process a time of arrival of its own.
#[derive(Debug, Default)]
pub struct Arrivals(AtomicI64);

impl Arrivals {
    fn next(&self, now: Timestamp) -> Timestamp {
        let now = i64::try_from(now.as_nanosecond()).unwrap_or(i64::MAX);
        let after = |last: i64| now.max(last.saturating_add(1));
        let last =
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        let next = after(last.unwrap_or_else(|last| last));
        Timestamp::from_nanosecond(i128::from(next)).unwrap_or(Timestamp::MAX)
    }
}

/// What an invocation ends with.
#[derive(Debug)]
pub enum Reply {
    /// Which records come back.
    Batch(SqsBatchResponse),
    Nothing,
}

/// One invocation: its id, its end, and what is counted in it.
struct Call<'a> {
    request_id: &'a str,
    deadline: Timestamp,
    figures: Figures,
}

impl<S: StateStore + DocumentStore, P: Publisher, T: Ticks> Function<S, P, T> {
    pub async fn handle(
        &self,
        payload: &str,
        request_id: &str,
        deadline: Timestamp,
    ) -> Result<Reply, Failure> {
        let mut call = Call { request_id, deadline, figures: Figures::default() };
        self.configure(&mut call, Moment::Before).await;
        let reply = self.work(&mut call, payload).await;
        self.configure(&mut call, Moment::After).await;
        if let Some(line) = call.figures.line("collector", (self.clock)()) {
            (self.log)(&line);
        }
        reply
    }

    async fn work(&self, call: &mut Call<'_>, payload: &str) -> Result<Reply, Failure> {
        let collector = &*self.collector.read().await;
        match Invocation::read(payload, &self.flush_queue) {
            Invocation::Batch(records) => {
                Ok(Reply::Batch(self.batch(call, collector, &records).await))
            }
            Invocation::Sweep => {
                let swept = self.sweep(call, collector).await;
                self.renew_accounts(call, collector).await;
                swept.map(|()| Reply::Nothing)
            }
            Invocation::Event(event) => {
                self.event(call, collector, &event).await.map(|()| Reply::Nothing)
            }
        }
    }

    /// Looks whether another routing document is in force when it is time to, and works by it.
    async fn configure(&self, call: &mut Call<'_>, moment: Moment) {
        let now = (self.clock)();
        let left = call.deadline.duration_since(now);
        if left < MARGIN || !self.configuration.is_due(moment, now) {
            return;
        }
        self.know_accounts(call).await;
        let found = {
            let collector = self.collector.read().await;
            let look = self.configuration.look(&collector.store);
            tokio::time::timeout(PATIENCE, look).await
        };
        let found = found.unwrap_or_else(|_| Found::Unusable {
            reason: "the state store did not answer in time".to_owned(),
            earlier: None,
        });
        let (kept, rules) = match found {
            Found::Same => return,
            Found::Rules(number, rules) => (None, Some((number, rules))),
            Found::Unusable { reason, earlier } => (Some(reason), earlier),
        };
        if let Some(reason) = kept {
            call.figures.configuration_unusable += 1;
            let said = Said::of(Decision::ConfigurationKept).because(Level::Error, reason);
            self.say(call, None, Facts::default(), said);
        }
        if let Some((number, rules)) = rules {
            self.work_by(*rules).await;
            let said = Said::of(Decision::Configured);
            let said = said.because(Level::Info, format!("{number} is in force"));
            self.say(call, None, Facts::default(), said);
        }
    }

    async fn work_by(&self, mut rules: Rules) {
        rules.accounts.set_organization(self.accounts.organization());
        let mut collector = self.collector.write().await;
        collector.trust = rules.trust(Trust::Only([].into()));
        collector.rules = rules;
    }

    /// Whether the directory of accounts is another one. Without it everything works.
    async fn know_accounts(&self, call: &Call<'_>) {
        let found = {
            let collector = self.collector.read().await;
            tokio::time::timeout(PATIENCE, self.accounts.look(&collector.store)).await
        };
        match found {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(organization))) => {
                self.collector.write().await.rules.accounts.set_organization(organization);
            }
            Ok(Err(error)) => self.keep_accounts(call, error.to_string()),
            Err(_) => self.keep_accounts(call, "the state store did not answer in time".to_owned()),
        }
    }

    fn keep_accounts(&self, call: &Call<'_>, reason: String) {
        let said = Said::of(Decision::AccountsKept).because(Level::Warn, reason);
        self.say(call, None, Facts::default(), said);
    }

    /// The sweep's part of it: a new list, when one is due and nobody else makes it.
    async fn renew_accounts(&self, call: &Call<'_>, collector: &Collector<S, P, T>) {
        let left = call.deadline.duration_since((self.clock)()) - MARGIN;
        if left <= SignedDuration::ZERO {
            return;
        }
        match self.accounts.renew(&collector.store, left, self.clock).await {
            Ok(None) => {}
            Ok(Some(Listed::Done(count))) => {
                let said = Said { count: Some(count), ..Said::of(Decision::AccountsListed) };
                self.say(call, None, Facts::default(), said);
            }
            Ok(Some(Listed::Kept(reason))) => self.keep_accounts(call, reason),
            Err(error) => self.keep_accounts(call, error.to_string()),
        }
    }

    async fn tick(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
        record: &str,
        body: &str,
    ) -> Result<(), Failure> {
        let facts = Facts::default;
        let tick = match Tick::read(body) {
            Ok(tick) => tick,
            Err(error) => {
                let reason = error.to_string();
                return self
                    .bury(call, Some(record), body, facts(), Class::Unreadable, reason)
                    .await;
            }
        };
        let now = (self.clock)();
        let early = tick.due > now;
        let said = if early {
            call.figures.deferred += 1;
            let sent = collector.ticks.send(&tick.incident, tick.due).await;
            sent.map(|()| Said::of(Decision::Early)).map_err(CollectorError::from)
        } else {
            let token = token()?;
            let flushed = collector.flush(&tick.incident, token, now).await;
            flushed.map(|flushed| {
                if let Flushed::Done(out) = flushed {
                    call.figures.published += u32::try_from(out.published).unwrap_or(u32::MAX);
                }
                Said::flushed(&flushed)
            })
        };
        match said {
            Ok(said) => {
                let said = Said { group: Some(tick.incident.0), ..said };
                self.say(call, Some(record), facts(), said);
                Ok(())
            }
            Err(error) => Err(self.failed(call, Some(record), facts(), &error)),
        }
    }

    async fn sweep(
        &self,
        call: &mut Call<'_>,
        collector: &Collector<S, P, T>,
    ) -> Result<(), Failure> {
        match collector.sweep((self.clock)()).await {
            Ok(count) => {
                let said = Said { count: Some(count), ..Said::of(Decision::Swept) };
                self.say(call, None, Facts::default(), said);
                Ok(())
            }
            Err(error) => Err(self.failed(call, None, Facts::default(), &error)),
        }
    }

    /// Into the dead-letter queue; when even that fails, the record comes back.
    async fn bury(
        &self,
        call: &mut Call<'_>,
        record: Option<&str>,
        body: &str,
        facts: Facts,
        class: Class,
        reason: String,
    ) -> Result<(), Failure> {
        call.figures.failed += 1;
        match self.dead_letters.bury(body, class, &reason).await {
            Ok(()) => {
                let said = Said::of(Decision::DeadLettered).because(Level::Error, reason);
                self.say(call, record, facts, said);
                Ok(())
            }
            Err(error) => {
                let reason = error.to_string();
                let said = Said::of(Decision::Failed).because(Level::Error, &*reason);
                self.say(call, record, facts, said);
                Err(Failure { class: error.class, reason })
            }
        }
    }

    fn failed(
        &self,
        call: &mut Call<'_>,
        record: Option<&str>,
        facts: Facts,
        error: &CollectorError,
    ) -> Failure {
        let (class, reason) = (outcome::class(error), error.to_string());
        call.figures.failed += 1;
        call.figures.throttled += u32::from(class == Class::Throttled);
        let level = if class == Class::Throttled { Level::Warn } else { Level::Error };
        self.say(call, record, facts, Said::of(Decision::Failed).because(level, &*reason));
        Failure { class, reason }
    }

    fn say(&self, call: &Call<'_>, record: Option<&str>, facts: Facts, said: Said) {
        let Said { level, decision, group, reason, count } = said;
        let request_id = call.request_id;
        let message = MESSAGE;
        let line =
            Line { level, message, decision, request_id, record, facts, group, reason, count };
        if let Some(line) = line.written() {
            (self.log)(&line);
        }
    }
}

/// Never used before: not the request's id, which Lambda's own retries share.
fn token() -> Result<Token, Failure> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Failure {
        class: Class::Unanswered,
        reason: "the machine has no random numbers".to_owned(),
    })?;
    Ok(Token(format!("{:032x}", u128::from_be_bytes(bytes))))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Arrivals, token};

    #[test]
    fn no_two_records_arrive_at_the_same_time_even_if_the_clock_stands_or_goes_back() {
        let arrivals = Arrivals::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        let times: Vec<Timestamp> =
            [at(100), at(100), at(99), at(101)].map(|now| arrivals.next(now)).to_vec();
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
        assert_eq!((times[0], times[3]), (at(100), at(101)));
    }

    #[test]
    fn no_two_tokens_are_alike() {
        assert_ne!(token().unwrap(), token().unwrap());
    }
}
