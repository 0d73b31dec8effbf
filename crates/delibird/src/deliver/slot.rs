//! PURE. The pace of one space: Chat takes one message a second there, whoever sends it, and no
//! function knows of the others. So every post takes a slot of the space's clock first.
//!
//! Only near slots are given out, since a function that waits costs money and a slot that is
//! taken cannot be overtaken. Whoever finds none near gets a turn instead: a time to come back,
//! one second after the last one given in its lane. Urgent messages have a lane of their own, so
//! that hundreds of others before them cost a critical only what was already near.

use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::words::{Severity, Subject};
use serde::{Deserialize, Serialize};

/// The format this code writes.
pub const SCHEMA: u32 = 1;

/// "1 per second" for writes to one space, shared by all who write there.
/// <https://developers.google.com/workspace/chat/limits>
pub const GAP: SignedDuration = SignedDuration::from_secs(1);

/// A queue is told in whole seconds; a turn this near has come.
const EARLY: SignedDuration = SignedDuration::from_secs(1);
/// Nobody is sent away for longer: the queue may empty sooner than it looked.
const FARTHEST_TURN: SignedDuration = SignedDuration::from_mins(15);
/// Of a space that fails, one message at a time finds out whether it still does.
const PROBE: SignedDuration = SignedDuration::from_secs(30);
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// Nobody in front of Chat means it when asking for more.
const LONGEST_ASKED: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Critical, high and security: whoever is on call waits for it.
    Urgent,
    Normal,
}

impl Lane {
    /// By the highest severity of the episode, so that a thread stays in one lane.
    pub fn of(alert: &Alert) -> Self {
        let severe = alert.severity.max(alert.max_severity) >= Severity::High;
        if severe || alert.subject == Subject::Security { Self::Urgent } else { Self::Normal }
    }

    /// How long a message of the lane is waited for within the function.
    fn horizon(self) -> SignedDuration {
        match self {
            Self::Urgent => SignedDuration::from_secs(8),
            Self::Normal => SignedDuration::from_secs(4),
        }
    }
}

/// The clock of one space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub schema: u32,
    /// No post before this time.
    pub next: Timestamp,
    /// The last turn given in each lane.
    pub urgent: Timestamp,
    pub normal: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// When people were last told, past the space, that it is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarmed: Option<Timestamp>,
}

/// A space that takes nothing at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    pub since: Timestamp,
    pub last: Timestamp,
    /// Nobody tries before.
    pub until: Timestamp,
    /// Chat named the time itself.
    #[serde(default)]
    pub asked: bool,
}

/// What a message gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Post at this time.
    At(Timestamp),
    /// Come back at this time.
    Later(Timestamp),
}

/// Who asks for a slot.
#[derive(Clone, Copy, Debug)]
pub struct Claimant {
    pub lane: Lane,
    /// The turn it was given before, if it was.
    pub turn: Option<Timestamp>,
    /// How long it can wait where it is.
    pub patience: SignedDuration,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            next: Timestamp::MIN,
            urgent: Timestamp::MIN,
            normal: Timestamp::MIN,
            failing: None,
            alarmed: None,
        }
    }
}

impl Slot {
    /// The next slot, or a turn; and the clock after it.
    pub fn take(&self, claimant: &Claimant, now: Timestamp) -> (Taken, Self) {
        let mut after = self.clone();
        let free = self.next.max(self.opens(claimant, now)).max(now);
        let horizon = later(now, claimant.lane.horizon().min(claimant.patience));
        let has_come = claimant.turn.is_some_and(|turn| turn <= later(now, EARLY));
        let tail = match claimant.lane {
            Lane::Urgent => &mut after.urgent,
            Lane::Normal => &mut after.normal,
        };
        if free <= horizon && (has_come || *tail <= horizon) {
            after.next = later(free, GAP);
            if let Some(failing) = &mut after.failing {
                failing.last = now;
                failing.until = later(free, PROBE);
            }
            return (Taken::At(free), after);
        }
        // Another copy of it, or a queue that could not be told. A new turn would take the place
        // of the old one, which the first copy then finds gone: so two of them hold each other up.
        if let Some(turn) = claimant.turn.filter(|_| !has_come) {
            return (Taken::Later(turn), self.clone());
        }
        // Whoever does not find out himself comes back when it is known.
        let known = self.failing.map_or(now, |failing| later(now, failing.pause(now)));
        let turn = later((*tail).max(free).max(known), GAP).min(later(now, FARTHEST_TURN));
        *tail = turn;
        (Taken::Later(turn), after)
    }

    /// When a failing space may be tried again. Somebody urgent who has not tried yet need not
    /// wait for all of a long pause: Chat may be back.
    fn opens(&self, claimant: &Claimant, now: Timestamp) -> Timestamp {
        let Some(failing) = self.failing else { return now };
        match claimant {
            Claimant { lane: Lane::Urgent, turn: None, .. } if !failing.asked => {
                failing.until.min(later(failing.last, FIRST_PAUSE))
            }
            _ => failing.until,
        }
    }

    /// After a post that failed in a way that passes by itself.
    #[must_use]
    pub fn failed(&self, asked: Option<SignedDuration>, now: Timestamp) -> Self {
        let since = self.failing.map_or(now, |failing| failing.since);
        let asked = asked.map(|asked| asked.min(LONGEST_ASKED));
        let mut failing = Failing { since, last: now, until: now, asked: asked.is_some() };
        failing.until = later(now, asked.unwrap_or_default().max(failing.pause(now)));
        Self { failing: Some(failing), ..self.clone() }
    }

    /// After a post that got through.
    #[must_use]
    pub fn works(&self) -> Self {
        Self { failing: None, ..self.clone() }
    }
}

impl Failing {
    /// How long a space that has failed until now is left alone. A message that is handed out at
    /// each end of a pause for three days must not reach the thousandth time, after which its
    /// queue may drop it.
    fn pause(&self, now: Timestamp) -> SignedDuration {
        let failing = now.duration_since(self.since);
        let longest = match failing.as_hours() {
            ..7 => SignedDuration::from_mins(1),
            7..31 => SignedDuration::from_mins(5),
            _ => SignedDuration::from_mins(15),
        };
        failing.clamp(FIRST_PAUSE, longest)
    }
}

pub(crate) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
