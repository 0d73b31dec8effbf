//! The intake as a function behind API Gateway: one request, one answer, one line of the log. Once
//! a minute a schedule sends it a sweep instead.
//!
//! It knows what to do with an invocation, not where settings, time or standard output are:
//! `main.rs` brings those, and on one machine whoever serves HTTP.

pub mod invocation;
pub mod kept;
pub mod outcome;
pub mod settings;

use std::sync::Arc;

use function::emf::Figures;
use function::failure::Failure;
use function::outcome::Level;
use jiff::{SignedDuration, Timestamp};
use routing::{Found, Moment, PATIENCE};
use rules::Rules;
use state::document::DocumentStore;
use tokio::sync::RwLock;

use crate::bus::EventBus;
use crate::intake::{Intake, Setting, Taken};
use crate::keys::{AccessKeys, Kept};
use crate::metric::Pcode;
use crate::respond::gateway::Event;
use crate::respond::{Answer, Outcome, respond};
use crate::threshold::event::Place;
use invocation::Invocation;
use kept::{Fetched, Known};
use outcome::{Decision, Line};

/// Nothing besides the request is begun with less time than this.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

pub struct Function<S, B, K> {
    pub intake: Intake<S, B>,
    /// None where callers bring their access keys.
    pub keys: Option<Known<K>>,
    pub rules: RwLock<Arc<Rules>>,
    pub configuration: routing::Watch,
    pub clock: fn() -> Timestamp,
    /// Takes one line of the log.
    pub log: fn(&str),
}

/// What Lambda says of an invocation besides its payload.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub request_id: &'a str,
    pub deadline: Timestamp,
    pub place: Place,
}

/// What an invocation ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Answer(Answer),
    Nothing,
}

impl<S, B, K, F> Function<S, B, K>
where
    S: DocumentStore,
    B: EventBus,
    K: Fn() -> F + Send + Sync,
    F: Future<Output = Fetched> + Send,
{
    /// # Errors
    /// Only a sweep fails: it is made again a minute later, and an alarm counts.
    pub async fn handle(&self, payload: &str, call: &Call<'_>) -> Result<Reply, Failure> {
        let mut figures = Figures::default();
        self.configure(call, Moment::Before, &mut figures).await;
        let reply = match Invocation::read(payload) {
            Invocation::Sweep => self.sweep(call, &mut figures).await.map(|()| Reply::Nothing),
            Invocation::Request(event) => {
                Ok(Reply::Answer(self.request(event, call, &mut figures).await))
            }
        };
        self.configure(call, Moment::After, &mut figures).await;
        if let Some(line) = figures.line("custom", (self.clock)()) {
            (self.log)(&line);
        }
        reply
    }

    async fn request(&self, event: Event, call: &Call<'_>, figures: &mut Figures) -> Answer {
        let began = (self.clock)();
        let given = event.request_id().to_owned();
        let request_id = if given.is_empty() { call.request_id } else { &given };
        let batch = event.into_body().and_then(|body| self.intake.read(&body, began));
        let pcode = batch.as_ref().ok().map(|batch| batch.pcode);
        let kept = self.kept(pcode, call, figures).await;
        let rules = Arc::clone(&*self.rules.read().await);
        let setting = Setting {
            kept: kept.as_ref().map_or(Kept::Nowhere, |kept| match kept {
                Some(keys) => Kept::Keys(keys),
                None => Kept::Unavailable,
            }),
            rules: &rules,
            place: &call.place,
            now: began,
        };
        let taken = self.intake.take(batch, setting).await;
        for document in &taken.documents.lines {
            (self.log)(document);
        }
        count(figures, &taken);
        figures.latency_ms.push((self.clock)().duration_since(began).as_secs_f64() * 1_000.0);
        self.say(&Line::of_request(&taken, request_id));
        respond(&taken.outcome, request_id)
    }

    /// Nothing where callers bring their keys; then nothing when the keys cannot be had.
    async fn kept(
        &self,
        pcode: Option<Pcode>,
        call: &Call<'_>,
        figures: &mut Figures,
    ) -> Option<Option<Arc<AccessKeys>>> {
        let (known, pcode) = (self.keys.as_ref()?, pcode?);
        let (keys, trouble) = known.keys(pcode, (self.clock)()).await;
        if let Some(reason) = trouble {
            figures.failed += 1;
            self.say(
                &Line::new(Level::Error, Decision::KeysUnusable, call.request_id).because(reason),
            );
        }
        Some(keys)
    }

    async fn sweep(&self, call: &Call<'_>, figures: &mut Figures) -> Result<(), Failure> {
        let rules = Arc::clone(&*self.rules.read().await);
        let now = (self.clock)();
        let setting = Setting { kept: Kept::Nowhere, rules: &rules, place: &call.place, now };
        let swept = self.intake.sweep(setting).await;
        let (told, failure) = match swept {
            Ok(watched) => (watched.told, watched.failure),
            Err(error) => (0, Some(error)),
        };
        figures.published += u32::try_from(told).unwrap_or(u32::MAX);
        let line = Line { told, ..Line::new(Level::Info, Decision::Swept, call.request_id) };
        let Some(error) = failure else {
            self.say(&line);
            return Ok(());
        };
        figures.failed += 1;
        let failure = Failure { class: outcome::class(&error), reason: error.to_string() };
        self.say(&Line { level: Level::Error, ..line }.because(failure.reason.clone()));
        Err(failure)
    }

    /// Looks whether another routing document is in force when it is time to, and works by it.
    async fn configure(&self, call: &Call<'_>, moment: Moment, figures: &mut Figures) {
        let now = (self.clock)();
        if call.deadline.duration_since(now) < MARGIN || !self.configuration.is_due(moment, now) {
            return;
        }
        let look = self.configuration.look(&self.intake.store);
        let found = tokio::time::timeout(PATIENCE, look).await;
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
            figures.configuration_unusable += 1;
            let line = Line::new(Level::Error, Decision::ConfigurationKept, call.request_id);
            self.say(&line.because(reason));
        }
        if let Some((number, rules)) = rules {
            *self.rules.write().await = Arc::new(*rules);
            let line = Line::new(Level::Info, Decision::Configured, call.request_id);
            self.say(&line.because(format!("{number} is in force")));
        }
    }

    fn say(&self, line: &Line<'_>) {
        // Text, numbers and fixed words: nothing here that JSON cannot hold.
        if let Ok(line) = serde_json::to_string(line) {
            (self.log)(&line);
        }
    }
}

fn count(figures: &mut Figures, taken: &Taken) {
    let values = taken.batch.as_ref().map_or(0, |batch| batch.datas.len());
    figures.received += u32::try_from(values).unwrap_or(u32::MAX);
    figures.published += u32::try_from(taken.watched.told).unwrap_or(u32::MAX);
    let ours = matches!(
        taken.outcome,
        Outcome::Unreachable | Outcome::TimedOut | Outcome::Ambiguous | Outcome::Misconfigured
    );
    figures.failed += u32::from(ours) + u32::from(taken.watched.failure.is_some());
    figures.cut += u32::try_from(taken.documents.left_out).unwrap_or(u32::MAX);
}
