//! PURE. Numbers, judged by their JSON text.

use serde_json::value::RawValue;

use super::fault::Code;
use super::json::{Kind, kind};

/// The largest integer up to which a double holds every one.
const MAX_EXACT: u64 = 1 << 53;

/// A double that is neither NaN nor infinite: what WhaTap and CloudWatch can chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finite(f64);

impl Finite {
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    pub fn get(self) -> f64 {
        self.0
    }

    /// An integer that a double would round is refused rather than changed; a fraction or an
    /// exponent says that the caller thinks in doubles already.
    pub(super) fn read(raw: &RawValue) -> Result<Self, (Code, &'static str)> {
        if kind(raw) != Kind::Number {
            return Err((Code::WrongType, "must be a number"));
        }
        if let Some(magnitude) = integer_magnitude(raw.get())
            && magnitude.is_none_or(|magnitude| magnitude > MAX_EXACT)
        {
            return Err((Code::OutOfRange, "an integer beyond 2^53 cannot be carried exactly"));
        }
        let value = raw.get().parse().ok().and_then(Self::new);
        value.ok_or((Code::NotFinite, "too large for a double"))
    }
}

/// `None` for a literal with a fraction or exponent, `Some(None)` for more than 64 bits.
#[expect(clippy::option_option, reason = "two different questions, asked one after the other")]
fn integer_magnitude(literal: &str) -> Option<Option<u64>> {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())
}

/// An integer literal within 64 bits.
pub(super) fn integer(raw: &RawValue) -> Option<i64> {
    integer_magnitude(raw.get())?;
    raw.get().parse().ok()
}
