//! What can go wrong on the way to Google Chat, and when.

use std::collections::VecDeque;

use crate::dice::Dice;

/// One request that does not go as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This status, whatever was asked. Nothing is stored.
    Answer(u16, Kind),
    /// The request is read, and no answer ever comes. Nothing is stored.
    Hang,
    /// The message is stored, Chat says 200, and the rest of the answer never comes.
    SlowBody,
    /// The message is stored, Chat says 200, and the connection breaks within the answer.
    CutBody,
    /// The connection is reset in place of an answer: the case `requestId` exists for.
    ResetAfterRead(Stored),
    /// The connection is reset as soon as the head of the request is there.
    ResetBeforeRead,
}

/// The body and headers of an answer that is not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As Google's API answers.
    Error,
    /// The same, quoting the URL of the request with all its parameters.
    ErrorQuotingRequest,
    /// As Google's API answers, with `Retry-After`.
    Later(RetryAfter),
    /// Go elsewhere, to a path of this server that takes nothing.
    Moved,
    /// A page of a front end.
    Html,
    Empty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    Seconds(u32),
    /// An HTTP date so many seconds after the `Date` of the answer.
    Date(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Yes,
    No,
}

/// When a space fails.
#[derive(Clone, Debug, Default)]
pub enum Faults {
    #[default]
    Never,
    /// One per request, in order; none after the last.
    Script(VecDeque<Fault>),
    /// Every request.
    Always(Fault),
    /// So many requests of a thousand, drawn from a list. The same seed gives the same row.
    Chance { per_mille: u16, of: Vec<Fault>, dice: Dice },
}

impl<const N: usize> From<[Fault; N]> for Faults {
    fn from(script: [Fault; N]) -> Self {
        Self::Script(script.into())
    }
}

impl Faults {
    pub(super) fn next(&mut self) -> Option<Fault> {
        match self {
            Self::Never => None,
            Self::Script(script) => script.pop_front(),
            Self::Always(fault) => Some(*fault),
            Self::Chance { per_mille, of, dice } => {
                let hit = dice.per_mille(u64::from(*per_mille));
                let drawn = dice.pick(of).copied();
                drawn.filter(|_| hit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};
    use crate::dice::Dice;

    #[test]
    fn a_script_is_played_once() {
        let mut faults = Faults::from([Fault::Hang, Fault::CutBody]);
        let played = std::array::from_fn(|_| faults.next());
        assert_eq!(played, [Some(Fault::Hang), Some(Fault::CutBody), None]);
    }

    #[test]
    fn chance_is_fair_and_the_same_for_the_same_seed() {
        let row = |seed| {
            let of = vec![Fault::Hang, Fault::CutBody];
            let mut faults = Faults::Chance { per_mille: 300, of, dice: Dice::new(seed) };
            (0..10_000).map(|_| faults.next()).collect::<Vec<_>>()
        };
        assert_eq!(row(7), row(7));
        assert_ne!(row(7), row(8));
        for fault in [Fault::Hang, Fault::CutBody] {
            let hits = row(7).iter().filter(|drawn| **drawn == Some(fault)).count();
            assert!((1_300..1_700).contains(&hits), "{fault:?}: {hits} of 10,000");
        }
    }
}
