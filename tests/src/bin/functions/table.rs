//! PURE. Figures as people read them.

use std::fmt;
use std::time::Duration;

/// Of many durations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: Duration,
    pub(crate) least: Duration,
}

impl Spread {
    /// Sorts them; of none it is nothing.
    pub(crate) fn of(durations: &mut [Duration]) -> Self {
        durations.sort_unstable();
        let at = |place: usize| durations.get(place).copied().unwrap_or_default();
        Self { median: at(durations.len() / 2), least: at(0) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, least } = *self;
        write!(f, "{:.3}, {:.3} ms", milliseconds(median), milliseconds(least))
    }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Of KB, as /proc counts them.
pub(crate) fn megabytes(kilobytes: u64) -> String {
    format!("{}.{} MB", kilobytes / 1_024, kilobytes % 1_024 * 10 / 1_024)
}

/// `8,738,384`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}
