//! PURE. What Google Chat takes, kept in one place: 32,000 bytes for the whole message, contents
//! included, and 100 widgets a card, of which it drops the rest without a word.
//! <https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create>
//!
//! Lists shrink first, then the description; headers, counts and buttons never do.

use crate::card::Message;

/// What we allow ourselves of the 32,000 bytes.
pub const MAX_BYTES: usize = 30_000;
/// Over all sections, nested widgets counted.
pub const MAX_WIDGETS: usize = 100;

/// How much of each thing of any length a layout may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub accounts: usize,
    pub resources: usize,
    /// What the first paragraph may cost on the card.
    pub lead: usize,
    /// What the rest of the description may cost.
    pub text: usize,
    /// Of each list of a digest.
    pub rows: usize,
    /// Of a digest, what was held back and has no message of its own: one line each.
    pub lines: usize,
}

/// Five names are always shown: fewer do not say whose trouble it is.
const FEWEST: usize = 5;

impl Allowance {
    /// What a reader still looks at.
    pub const FULL: Self =
        Self { accounts: 20, resources: 12, lead: 4_000, text: MAX_BYTES, rows: 10, lines: 100 };

    /// The next smaller one, for a message so many bytes too long; nothing when there is
    /// nothing left to give.
    fn tighter(self, excess: usize, text_cost: usize) -> Option<Self> {
        if self.accounts > FEWEST || self.resources > FEWEST {
            return Some(Self {
                accounts: FEWEST,
                resources: FEWEST,
                rows: FEWEST,
                lines: 60,
                ..self
            });
        }
        if self.text > 0 {
            // The words that say so take room too.
            let text = self.text.min(text_cost).saturating_sub(excess + 256);
            return Some(Self { text, rows: 3, lines: 30, ..self });
        }
        (self.lead > 500).then_some(Self { lead: 500, rows: 1, lines: 10, ..self })
    }
}

/// What a message does not show of its alert; totals are always whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    pub accounts: u32,
    pub resources: u32,
    pub text: bool,
    /// Of the lists of a digest.
    pub rows: u32,
}

impl Cut {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A laid out message and its bytes.
pub struct Fitted {
    pub message: Message,
    pub body: Vec<u8>,
    pub cut: Cut,
}

/// Lays out with less and less until the message fits: once for nearly every alert.
/// `text_cost` is what the whole description would cost.
pub fn fit(
    text_cost: impl Fn() -> usize,
    mut lay_out: impl FnMut(Allowance) -> (Message, Cut),
) -> Fitted {
    let mut allowance = Allowance::FULL;
    loop {
        let (message, cut) = lay_out(allowance);
        let body = bytes(&message);
        let excess = body.len().saturating_sub(MAX_BYTES);
        if excess == 0 && message.widgets() <= MAX_WIDGETS {
            return Fitted { message, body, cut };
        }
        match allowance.tighter(excess, text_cost()) {
            Some(tighter) => allowance = tighter,
            None => return Fitted { message, body, cut },
        }
    }
}

/// The JSON of a message.
#[expect(clippy::expect_used, reason = "the proof is the message")]
pub fn bytes(message: &Message) -> Vec<u8> {
    let mut body = Vec::with_capacity(8 * 1024);
    model::json::write(&mut body, message)
        .expect("a message holds only strings, numbers and lists, and its keys are strings");
    body
}
