//! What happens to calls, and what was seen of them: shared by all proxies of a run.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use function::http::{self, Egress};
use http_body_util::{BodyExt, Full};
use hyper::Response;
use model::Alert;

use super::authority::Authority;
use super::call::{Call, Service, Step};
use super::fate::{Fate, Kills, Rates, deadly};
use super::forward::Sent;
use crate::capacity::Bill;
use crate::dice::Dice;
use crate::reset::Broken;

/// What the network does to the protocol itself. All but the first are wrong, and are there to
/// show that a run goes red for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    AsItIs,
    /// A publish is answered when it is asked for and sent after the outbox is emptied, as if
    /// the collector marked alerts as sent before it sends them.
    MarkBeforeSend,
    /// The table forgets one member in 25: a write is answered and thrown away.
    DroppedWrite,
}

/// An alert that reached its topic.
#[derive(Clone, Debug)]
pub struct Published {
    pub alert: Alert,
    /// As it was sent.
    pub body: String,
    pub at: Instant,
}

/// What was done to the calls.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// By function and step.
    pub calls: BTreeMap<(String, Step), u64>,
    pub refused: u64,
    pub resets_before: u64,
    /// Done, and the function was not told.
    pub ambiguous: BTreeMap<(String, Step), u64>,
    pub kills: BTreeMap<(String, Step), u64>,
    /// By function.
    pub bills: BTreeMap<String, Bill>,
    pub dropped: u64,
}

impl Figures {
    pub fn killed(&self) -> u64 {
        self.kills.values().sum()
    }

    /// After how many calls and kills a function could not know whether its work was done.
    pub fn unknown(&self, function: &str) -> u64 {
        let both = self.kills.iter().chain(&self.ambiguous);
        both.filter(|((of, _), _)| of == function).map(|(_, count)| count).sum()
    }
}

pub struct Weather {
    pub flavour: Flavour,
    pub(super) aws: String,
    pub(super) chat: String,
    pub(super) authority: Authority,
    client: reqwest::Client,
    rates: fn(Service) -> Rates,
    kills: Kills,
    started: Instant,
    seen: Mutex<Seen>,
}

struct Seen {
    dice: Dice,
    figures: Figures,
    published: Vec<Published>,
}

impl Weather {
    /// `aws` and `chat` are the origins behind the proxies.
    pub fn new(
        (aws, chat): (String, String),
        rates: fn(Service) -> Rates,
        kills: Kills,
        flavour: Flavour,
        seed: u64,
    ) -> io::Result<Self> {
        let client = http::client(&Egress::default()).map_err(io::Error::other)?;
        Ok(Self {
            flavour,
            aws,
            chat,
            authority: Authority::new()?,
            client,
            rates,
            kills,
            started: Instant::now(),
            seen: Mutex::new(Seen {
                dice: Dice::new(seed),
                figures: Figures::default(),
                published: Vec::new(),
            }),
        })
    }

    pub fn figures(&self) -> Figures {
        self.seen().figures.clone()
    }

    /// In the order in which they reached the topic; the same one again when it was sent again.
    pub fn published(&self) -> Vec<Published> {
        self.seen().published.clone()
    }

    pub fn started(&self) -> Instant {
        self.started
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// A test that panicked while it looked says so itself.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fate(&self, function: &str, call: &Call) -> Fate {
        let mut seen = self.seen();
        let Seen { dice, figures, .. } = &mut *seen;
        *figures.calls.entry((function.to_owned(), call.step)).or_default() += 1;
        let fate = if self.is_kill_due(figures) && dice.per_mille(deadly(call, self.flavour)) {
            *figures.kills.entry((function.to_owned(), call.step)).or_default() += 1;
            if dice.per_mille(500) { Fate::KilledBefore } else { Fate::KilledAfter }
        } else {
            (self.rates)(call.service).draw(dice)
        };
        match fate {
            Fate::Refused(_) => figures.refused += 1,
            Fate::ResetBefore => figures.resets_before += 1,
            Fate::ResetAfter | Fate::NeverAnswered => {
                *figures.ambiguous.entry((function.to_owned(), call.step)).or_default() += 1;
            }
            _ => {}
        }
        if call.service == Service::DynamoDb && fate != Fate::KilledBefore {
            let bill = Bill::of_request(&call.operation, &call.body);
            *figures.bills.entry(function.to_owned()).or_default() += bill;
        }
        fate
    }

    fn is_kill_due(&self, figures: &Figures) -> bool {
        figures.killed() < self.kills.due(self.started.elapsed())
    }

    /// Whether the process dies between the mark and the send, which it does whenever a kill is
    /// due: see [`Flavour::MarkBeforeSend`].
    pub(super) fn kills_after_the_mark(&self, function: &str, call: &Call) -> bool {
        let figures = &mut self.seen().figures;
        let due = self.is_kill_due(figures);
        if due {
            *figures.kills.entry((function.to_owned(), call.step)).or_default() += 1;
        }
        due
    }

    /// Whether this write is thrown away. By its name: a copy of the record that another process
    /// handles would heal what is thrown away by chance.
    pub(super) fn drops(&self, call: &Call) -> bool {
        let name = call.body["Item"]["sk"]["S"].as_str().unwrap_or_default();
        let dropped = call.step == Step::Member && model::fingerprint::of(name).is_multiple_of(25);
        self.seen().figures.dropped += u64::from(dropped);
        dropped
    }

    pub(super) async fn forward(
        &self,
        function: &str,
        call: &Call,
        sent: Sent,
    ) -> Result<Response<Full<Bytes>>, Broken> {
        let response = sent.on(&self.client).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
        let mut seen = self.seen();
        if call.service == Service::DynamoDb {
            let answer = serde_json::from_slice(&body).unwrap_or_default();
            let bill = seen.figures.bills.entry(function.to_owned()).or_default();
            *bill += Bill::of_answer(&answer);
        }
        if call.step == Step::Publish
            && head.status.is_success()
            && let Some(text) = call.body.as_str()
            && let Ok(alert) = serde_json::from_str(text)
        {
            let at = Instant::now();
            seen.published.push(Published { alert, body: text.to_owned(), at });
        }
        Ok(Response::from_parts(head, Full::new(body)))
    }
}
