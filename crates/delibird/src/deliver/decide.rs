//! PURE. What to do with an alert that has arrived, and what to do when a post of it failed.

use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::SpaceName;

use super::ledger::{Ledger, State};
use super::slot::later;
use crate::chat::ChatError;
use crate::render::Occasion;

/// How long an alert waits for the one before it that nobody has seen.
pub const ORDER: SignedDuration = SignedDuration::from_mins(2);
/// How late the one before may come back: after a crash its queue keeps it for three minutes.
const OVERDUE: SignedDuration = SignedDuration::from_secs(200);
/// No longer than this is tried: after so many days nobody waits for it any more.
pub const AGE: SignedDuration = SignedDuration::from_hours(72);
/// While another worker posts the message before ours; longer for what has waited long, since
/// then a post takes as long as Chat is given to fail.
const MOMENT: SignedDuration = SignedDuration::from_secs(2);
const LONG_MOMENT: SignedDuration = SignedDuration::from_secs(30);
/// Later than this, a message says so and wakes nobody for what is over.
pub const LATE: SignedDuration = SignedDuration::from_mins(15);

/// How an alert came to us.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When it was put into the queue.
    pub sent: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is in the space, or a dead letter.
    Settled,
    Later {
        due: Timestamp,
        why: Why,
    },
    /// For days it could not be posted.
    GiveUp,
    Post(Manner),
}

/// Why an alert comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The message before it is not out yet.
    Order,
    /// Another worker is at it.
    Busy,
    /// Others are before it in its space, or the space fails.
    Pace,
    /// Chat did not take it.
    Chat,
    /// The function has no time left.
    Time,
}

/// How a message is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    pub occasion: Occasion,
    /// How long delivery has held it back, when that is worth saying.
    pub held: SignedDuration,
    pub mention: Mention,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention {
    AsRouted,
    /// What it would wake people for is over or told.
    Nobody,
}

/// `webhook` is the fingerprint of the space's webhook now.
pub fn next(
    ledger: &Ledger,
    alert: &Alert,
    arrival: Arrival,
    webhook: Option<&str>,
    now: Timestamp,
) -> Next {
    let known = ledger.of(alert);
    match known.map(|delivery| &delivery.state) {
        Some(State::Posted { fallback: None, .. }) => return Next::Settled,
        // Sent again by hand: its own space may work now, or the cause may be repaired.
        Some(State::Posted { at, .. } | State::GaveUp { at }) if arrival.sent <= *at => {
            return Next::Settled;
        }
        Some(State::InFlight { until, .. }) if now < *until => {
            return Next::Later { due: *until, why: Why::Busy };
        }
        None if alert.seq <= ledger.forgotten => return Next::Settled,
        _ => {}
    }
    let held = now.duration_since(arrival.sent);
    if held > AGE {
        return Next::GiveUp;
    }
    let before = before(ledger, alert, held, now);
    if let Before::Awaited { due } = before {
        return Next::Later { due, why: Why::Order };
    }
    let moved = ledger.webhook.is_some() && ledger.webhook.as_deref() != webhook;
    let alone = moved || before == Before::Missing;
    // What was sent again waited since it was first looked at.
    let held = known.map_or(held, |known| held.max(now.duration_since(known.seen)));
    let held = if held > LATE { held } else { SignedDuration::ZERO };
    let stale = ledger.told > alert.seq || (!held.is_zero() && ledger.ended_after(alert.seq));
    Next::Post(Manner {
        occasion: if alone { Occasion::Alone } else { Occasion::Usual },
        held,
        mention: if stale { Mention::Nobody } else { Mention::AsRouted },
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Everything before it is said, or it is the first.
    Told,
    Awaited {
        due: Timestamp,
    },
    /// It never came, or was given up.
    Missing,
}

fn before(ledger: &Ledger, alert: &Alert, held: SignedDuration, now: Timestamp) -> Before {
    let Some(previous) = alert.seq.checked_sub(1).filter(|previous| *previous > 0) else {
        return Before::Told;
    };
    if ledger.told >= previous || ledger.forgotten >= previous {
        return Before::Told;
    }
    let unless_over = |over: Timestamp, due: Timestamp| {
        if now < over { Before::Awaited { due } } else { Before::Missing }
    };
    match ledger.numbered(previous).map(|delivery| &delivery.state) {
        Some(State::Posted { .. }) => Before::Told,
        Some(State::GaveUp { .. }) => Before::Missing,
        Some(State::InFlight { until, .. }) => {
            let moment = (held / 60).clamp(MOMENT, LONG_MOMENT);
            unless_over(later(*until, OVERDUE), later(now, moment))
        }
        Some(State::Waiting { due }) => {
            unless_over(later(*due, OVERDUE), later(now.max(*due), MOMENT))
        }
        None => {
            let over = later(ledger.of(alert).map_or(now, |delivery| delivery.seen), ORDER);
            unless_over(over, later(now, SignedDuration::from_secs(5)).min(over))
        }
    }
}

/// What was tried when a post failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    pub form: Form,
    pub road: Road,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Card,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    Home,
    /// Its own space, with webhooks read anew.
    HomeAgain,
    Fallback,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Come back later; the space is left alone for a while.
    Retry,
    /// The same without its card.
    AsText,
    /// The webhook may have been replaced: read them again.
    Reread,
    Fallback,
    /// No form of it is accepted.
    Refused,
    /// No space is left to post it to.
    Unreachable,
}

/// After a failed post. `fallback` is where alerts go whose space is dead.
pub fn after(
    error: &ChatError,
    tried: Tried,
    home: &SpaceName,
    fallback: Option<&SpaceName>,
) -> Step {
    match (error, tried) {
        (error, _) if error.retryable() => Step::Retry,
        (ChatError::Rejected { .. }, Tried { form: Form::Card, .. }) => Step::AsText,
        (ChatError::Rejected { .. }, Tried { form: Form::Text, .. }) => Step::Refused,
        (_, Tried { road: Road::Home, .. }) => Step::Reread,
        (_, Tried { road: Road::HomeAgain, .. }) if fallback.is_some_and(|to| to != home) => {
            Step::Fallback
        }
        (_, Tried { road: Road::HomeAgain | Road::Fallback, .. }) => Step::Unreachable,
    }
}
