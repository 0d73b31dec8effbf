//! PURE. What becomes of a call, by chance that is the same for the same seed.

use std::time::Duration;

use super::Flavour;
use super::call::{Call, Service, Step};
use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered {
        after: Duration,
    },
    Refused(Refusal),
    /// The connection is reset, nothing is passed on.
    ResetBefore,
    /// It is done, and the connection is reset in place of the answer.
    ResetAfter,
    /// It is done, and no answer comes.
    NeverAnswered,
    /// The process is killed, nothing is passed on.
    KilledBefore,
    /// It is done, and the process is killed before it hears of it.
    KilledAfter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Throttled,
    Broken,
}

/// How often a call of a service fails, of a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    pub throttled: u64,
    pub broken: u64,
    pub late: u64,
    pub reset_before: u64,
    pub reset_after: u64,
    pub never_answered: u64,
}

impl Rates {
    /// Nothing fails.
    pub const CALM: Self = Self {
        throttled: 0,
        broken: 0,
        late: 0,
        reset_before: 0,
        reset_after: 0,
        never_answered: 0,
    };

    /// Google Chat fails by itself: see `chat_server::Fault`.
    pub fn rough(service: Service) -> Self {
        match service {
            Service::DynamoDb => Self {
                throttled: 15,
                broken: 3,
                late: 5,
                reset_before: 3,
                reset_after: 5,
                never_answered: 1,
            },
            Service::Sns => Self {
                throttled: 30,
                broken: 20,
                late: 20,
                reset_before: 10,
                reset_after: 40,
                never_answered: 20,
            },
            Service::Sqs | Service::Other => Self {
                throttled: 10,
                broken: 10,
                late: 10,
                reset_before: 5,
                reset_after: 10,
                never_answered: 2,
            },
            Service::Chat => Self::CALM,
        }
    }

    pub(super) fn draw(self, dice: &mut Dice) -> Fate {
        let at_once = Fate::Answered { after: Duration::ZERO };
        let late = Fate::Answered { after: Duration::from_millis(dice.between(50, 600)) };
        let rows = [
            (self.throttled, Fate::Refused(Refusal::Throttled)),
            (self.broken, Fate::Refused(Refusal::Broken)),
            (self.late, late),
            (self.reset_before, Fate::ResetBefore),
            (self.reset_after, Fate::ResetAfter),
            (self.never_answered, Fate::NeverAnswered),
        ];
        let mut drawn = dice.between(0, 1_000);
        for (rate, fate) in rows {
            if drawn < rate {
                return fate;
            }
            drawn -= rate;
        }
        at_once
    }
}

/// When processes are killed: so many in all, evenly over a time, at calls drawn by chance.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    pub total: u64,
    pub over: Duration,
}

impl Kills {
    /// How many are due by now.
    pub(super) fn due(self, elapsed: Duration) -> u64 {
        if elapsed >= self.over {
            return self.total;
        }
        let share = elapsed.as_millis() * u128::from(self.total) / self.over.as_millis().max(1);
        u64::try_from(share).unwrap_or(self.total)
    }
}

/// How likely a call is to be the one at which a process dies once a kill is due, of a thousand.
/// The steps of a flush and of a delivery are few beside those of the intake.
pub(super) fn deadly(call: &Call, flavour: Flavour) -> u64 {
    match call.step {
        // Nowhere but where it does the damage: see `Caller::send`.
        _ if flavour == Flavour::MarkBeforeSend => 0,
        Step::Post | Step::Publish => 300,
        Step::Document => 120,
        Step::Lease | Step::Outbox | Step::Freeze | Step::Settle | Step::Thaw | Step::Close => 80,
        Step::Visibility | Step::Due | Step::Send => 60,
        Step::Claim | Step::Texts | Step::Count => 20,
        Step::Member | Step::LookUp | Step::Header | Step::Query | Step::Other => 8,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Fate, Kills, Rates};
    use crate::dice::Dice;
    use crate::fault_proxy::call::Service;

    #[test]
    fn every_fate_is_met_about_as_often_as_said_and_alike_for_the_same_seed() {
        let row = |seed| {
            let mut dice = Dice::new(seed);
            let rates = Rates::rough(Service::Sns);
            (0..10_000).map(|_| rates.draw(&mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        let met = |wanted: fn(&Fate) -> bool| row(7).iter().filter(|fate| wanted(fate)).count();
        let rows = [
            (met(|fate| matches!(fate, Fate::ResetAfter)), 400),
            (met(|fate| matches!(fate, Fate::NeverAnswered)), 200),
            (met(|fate| matches!(fate, Fate::Refused(_))), 500),
            (met(|fate| matches!(fate, Fate::Answered { after } if after.is_zero())), 8_600),
        ];
        for (met, expected) in rows {
            assert!(met.abs_diff(expected) < 100, "{met} in place of {expected}");
        }
    }

    #[test]
    fn kills_are_spread_over_their_time() {
        let kills = Kills { total: 200, over: Duration::from_secs(100) };
        let due = [0, 25, 50, 100, 1_000].map(|second| kills.due(Duration::from_secs(second)));
        assert_eq!(due, [0, 50, 100, 200, 200]);
        assert_eq!(Kills { total: 3, over: Duration::ZERO }.due(Duration::ZERO), 3);
    }
}
