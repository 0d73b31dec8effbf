//! PURE. What goes out by the clock, or is held by it.

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};

/// `[quiet_hours]`: from one time of day to another, over midnight when `to` is the earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// None is the zone of `[defaults]`.
    pub zone: Option<String>,
    pub from: Time,
    pub to: Time,
}

/// `[reminders]`: so long before a deadline, the longest first, at this time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminders {
    pub before: Vec<SignedDuration>,
    pub at: Time,
}

/// `[digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub at: Time,
    pub days: Vec<Weekday>,
}

/// `[storm]`: more than `over` alerts of a space within `per` fold into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storm {
    pub over: u32,
    pub per: SignedDuration,
}
