//! One alert into its space, once, at the space's pace and in the order of its thread, whatever
//! crashes and whoever else is at it. [`decide`] tells what to do, [`ledger`] is what is known of
//! the thread and [`slot`] the clock of the space; this is the thin shell that reads, posts and
//! writes.
//!
//! It neither waits for long nor buries: an alert that must come back, or that nobody can take,
//! is said so to the caller, who has the queues.

pub mod decide;
pub mod documents;
pub mod ledger;
mod send;
pub mod slot;

use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::SpaceName;
use state::document::Written;
use state::{DocumentStore, StateError, undelivered};

use crate::chat::webhook::Fingerprint;
use crate::chat::{ChatError, ChatTransport};
use decide::{Arrival, Next, Why};
use documents::Read;
use ledger::{Ledger, State};
use slot::{Claimant, Lane, Slot, Taken, later};

/// A post is not begun with less time than this.
const NEEDED: SignedDuration = SignedDuration::from_secs(10);
/// How often a document that others write at the same time is tried.
const RACES: u32 = 25;
/// Whoever loses so many races waits a little.
const LOST_RACE: SignedDuration = SignedDuration::from_secs(2);

/// Everything delivery works with. The same in a function and on one machine.
#[derive(Debug)]
pub struct Delibird<S, C> {
    pub store: S,
    pub chat: C,
    /// How long one worker may be at an alert: the function's time-out and a little.
    pub lease: SignedDuration,
    pub clock: fn() -> Timestamp,
}

/// What an attempt came to. Nothing here is done yet but what `posted` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub end: End,
    /// Messages that got out in this attempt.
    pub posted: usize,
    /// Those whose card was refused, so that they went as text.
    pub as_text: usize,
    /// Something had to be left out of the card.
    pub cut: bool,
    pub throttled: bool,
    /// Later than it should be, by so much.
    pub held: SignedDuration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// All of it is in the space.
    Posted,
    /// It was there before.
    Repeated,
    /// It is in the fallback space; its own takes nothing any more.
    Redirected {
        to: SpaceName,
        reason: String,
    },
    Later {
        due: Timestamp,
        why: Why,
        reason: Option<String>,
    },
    /// It was tried for days.
    Old,
    /// Chat accepts no form of it.
    Refused {
        reason: String,
    },
    /// Neither its space nor the fallback takes anything.
    Unreachable {
        reason: String,
    },
}

impl Outcome {
    fn of(end: End) -> Self {
        let held = SignedDuration::ZERO;
        Self { end, posted: 0, as_text: 0, cut: false, throttled: false, held }
    }

    fn later(due: Timestamp, why: Why) -> Self {
        Self::of(End::Later { due, why, reason: None })
    }
}

/// One attempt.
struct Attempt<'a> {
    alert: &'a Alert,
    lane: Lane,
    deadline: Timestamp,
    /// The turn it had when it came.
    turn: Option<Timestamp>,
    /// Its space failed before; this is the message that finds out whether it still does.
    probing: bool,
    outcome: Outcome,
}

impl<S: DocumentStore, C: ChatTransport> Delibird<S, C> {
    /// One attempt, which ends before `deadline`.
    pub async fn deliver(
        &self,
        alert: &Alert,
        arrival: Arrival,
        deadline: Timestamp,
    ) -> Result<Outcome, StateError> {
        let webhook = match self.chat.webhook(&alert.target.space).await {
            Ok(webhook) => webhook,
            Err(error) => return Ok(self.unprepared(&error)),
        };
        let webhook = webhook.as_ref().map(Fingerprint::as_str);
        let lane = Lane::of(alert);
        let outcome = Outcome::of(End::Posted);
        let mut attempt = Attempt { alert, lane, deadline, turn: None, probing: false, outcome };
        let mut slot = None;
        for _ in 0..RACES {
            let known = self.ledger(alert).await?;
            let now = (self.clock)();
            let (due, why) = match decide::next(&known.value, alert, arrival, webhook, now) {
                Next::Settled => return Ok(Outcome::of(End::Repeated)),
                Next::GiveUp => return Ok(Outcome::of(End::Old)),
                Next::Later { due, why: Why::Busy } => return Ok(Outcome::later(due, Why::Busy)),
                Next::Later { due, why } => (due, why),
                Next::Post(manner) => {
                    attempt.turn = turn(&known.value, alert);
                    let taken = match slot {
                        Some(taken) => taken,
                        None => self.slot(&mut attempt, &alert.target.space).await?,
                    };
                    slot = Some(taken);
                    match taken {
                        Taken::Later(due) => (due, Why::Pace),
                        Taken::At(slot) => match self.claim(known, &attempt, now).await? {
                            Some(ledger) => return self.post(attempt, &ledger, manner, slot).await,
                            None => continue,
                        },
                    }
                }
            };
            let waiting = State::Waiting { due };
            if self.change(known, alert, |ledger| ledger.set(alert, waiting, now)).await?.is_some()
            {
                return Ok(Outcome::later(due, why));
            }
        }
        Ok(Outcome::later(later((self.clock)(), LOST_RACE), Why::Busy))
    }

    /// The alert is a dead letter now, so that whoever waits for it goes on.
    pub async fn give_up(&self, alert: &Alert) -> Result<(), StateError> {
        let now = (self.clock)();
        undelivered::note(&self.store, &alert.target.space, &alert.alert_id, now).await?;
        self.amend(alert, |ledger| ledger.bury(alert, now)).await
    }

    /// Whether people have not been told within the hour, past the space, that it is dead.
    pub async fn alarm_is_due(&self, space: &SpaceName) -> Result<bool, StateError> {
        const SILENCE: SignedDuration = SignedDuration::from_hours(1);
        let key = documents::slot(space);
        let slot: Read<Slot> =
            documents::read(&self.store, &key, slot::SCHEMA, Slot::default).await?;
        let now = (self.clock)();
        Ok(slot.value.alarmed.is_none_or(|last| now.duration_since(last) >= SILENCE))
    }

    /// They are told now. Two alarms of a race are better than none of a crash.
    pub async fn alarmed(&self, space: &SpaceName) -> Result<(), StateError> {
        let alarmed = Some((self.clock)());
        self.set_slot(space, |slot| Some(((), Slot { alarmed, ..slot.clone() }))).await?;
        Ok(())
    }

    /// Without webhooks nothing can be tried.
    fn unprepared(&self, error: &ChatError) -> Outcome {
        const PAUSE: SignedDuration = SignedDuration::from_mins(1);
        let due = later((self.clock)(), PAUSE);
        Outcome::of(End::Later { due, why: Why::Chat, reason: Some(error.to_string()) })
    }

    /// The next slot of a space, or a turn.
    async fn slot(
        &self,
        attempt: &mut Attempt<'_>,
        space: &SpaceName,
    ) -> Result<Taken, StateError> {
        let Attempt { lane, turn, deadline, .. } = *attempt;
        let taken = self
            .set_slot(space, |slot| {
                let now = (self.clock)();
                let patience = deadline.duration_since(now) - NEEDED;
                if patience.is_negative() {
                    return None;
                }
                let (taken, after) = slot.take(&Claimant { lane, turn, patience }, now);
                Some(((taken, after.failing.is_some()), after))
            })
            .await?;
        // Without time for a post: at once, to whoever is next.
        let (taken, probing) = taken.unwrap_or_else(|| (Taken::Later((self.clock)()), false));
        attempt.probing = probing;
        Ok(taken)
    }

    /// Changes the clock of a space, unless `change` finds nothing to change.
    async fn set_slot<T>(
        &self,
        space: &SpaceName,
        change: impl Fn(&Slot) -> Option<(T, Slot)>,
    ) -> Result<Option<T>, StateError> {
        let key = documents::slot(space);
        for _ in 0..RACES {
            let read: Read<Slot> =
                documents::read(&self.store, &key, slot::SCHEMA, Slot::default).await?;
            let Some((value, slot)) = change(&read.value) else { return Ok(None) };
            let expires = Ledger::expires((self.clock)());
            let written = documents::replace(&self.store, &key, read.version, &slot, expires);
            if let Written::Done { .. } = written.await? {
                return Ok(Some(value));
            }
        }
        Err(StateError::Throttled { attempted: "changing the pace of a space" })
    }

    async fn ledger(&self, alert: &Alert) -> Result<Read<Ledger>, StateError> {
        let key = documents::ledger(&alert.thread, &alert.target.space);
        documents::read(&self.store, &key, ledger::SCHEMA, || Ledger::new(alert)).await
    }

    /// The ledger as changed; nothing when somebody else changed it first.
    async fn change(
        &self,
        known: Read<Ledger>,
        alert: &Alert,
        change: impl FnOnce(&mut Ledger),
    ) -> Result<Option<Ledger>, StateError> {
        let key = documents::ledger(&alert.thread, &alert.target.space);
        let mut ledger = known.value;
        change(&mut ledger);
        let expires = Ledger::expires((self.clock)());
        let written = documents::replace(&self.store, &key, known.version, &ledger, expires);
        Ok(matches!(written.await?, Written::Done { .. }).then_some(ledger))
    }

    /// Changes the ledger, whoever else does.
    async fn amend(&self, alert: &Alert, change: impl Fn(&mut Ledger)) -> Result<(), StateError> {
        for _ in 0..RACES {
            let known = self.ledger(alert).await?;
            if self.change(known, alert, &change).await?.is_some() {
                return Ok(());
            }
        }
        Err(StateError::Throttled { attempted: "recording a delivery" })
    }

    async fn claim(
        &self,
        known: Read<Ledger>,
        attempt: &Attempt<'_>,
        now: Timestamp,
    ) -> Result<Option<Ledger>, StateError> {
        let until = later(now, self.lease);
        self.change(known, attempt.alert, |ledger| ledger.claim(attempt.alert, until, now)).await
    }
}

/// Nothing when it was never sent away.
fn turn(ledger: &Ledger, alert: &Alert) -> Option<Timestamp> {
    match ledger.of(alert)?.state {
        State::Waiting { due } => Some(due),
        State::InFlight { .. } | State::Posted { .. } | State::GaveUp { .. } => None,
    }
}
