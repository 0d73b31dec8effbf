//! A length of time as SQL writes it: `7 days`, `2 hours 30 minutes`, `1 month`. A day is 24 hours;
//! months and years are calendar steps in UTC.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// Calendar months and an exact duration, added in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interval {
    pub months: i32,
    pub exact: SignedDuration,
}

const SECOND: i64 = 1;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const NANOS: i128 = 1_000_000_000;

impl Interval {
    pub const fn exact(exact: SignedDuration) -> Self {
        Self { months: 0, exact }
    }

    /// Reads `[-]number unit` pairs; units are seconds to years, singular or plural, and their
    /// short forms `s sec m min h hr d w mon y`. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let spaced = space_out(text);
        let mut words = spaced.split_ascii_whitespace();
        let mut total = Self::default();
        let mut pairs = 0;
        while let Some(amount) = words.next() {
            let part = Self::part(amount, words.next()?)?;
            total = total.checked_add(part)?;
            pairs += 1;
        }
        (pairs > 0).then_some(total)
    }

    fn part(amount: &str, unit: &str) -> Option<Self> {
        let unit = unit.to_ascii_lowercase();
        // Written out: with a plural cut off, `ms` would be minutes.
        let seconds = match unit.as_str() {
            "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
            "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
            "d" | "day" | "days" => DAY,
            "w" | "week" | "weeks" => 7 * DAY,
            "mon" | "mons" | "month" | "months" => {
                return Some(Self::of_months(amount.parse().ok()?));
            }
            "y" | "year" | "years" => {
                return Some(Self::of_months(amount.parse::<i32>().ok()?.checked_mul(12)?));
            }
            _ => return None,
        };
        let nanos = decimal_nanos(amount)?.checked_mul(i128::from(seconds))?;
        let whole = i64::try_from(nanos / NANOS).ok()?;
        let rest = i32::try_from(nanos % NANOS).ok()?;
        Some(Self::exact(SignedDuration::new(whole, rest)))
    }

    fn of_months(months: i32) -> Self {
        Self { months, exact: SignedDuration::ZERO }
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_add(other.months)?,
            exact: self.exact.checked_add(other.exact)?,
        })
    }

    pub fn checked_neg(self) -> Option<Self> {
        Some(Self { months: self.months.checked_neg()?, exact: self.exact.checked_neg()? })
    }

    /// The time that far after `time`; None outside the years 0 to 9999.
    pub fn after(self, time: Timestamp) -> Option<Timestamp> {
        let time = if self.months == 0 {
            time
        } else {
            let civil = time.to_zoned(TimeZone::UTC).datetime();
            let months = Span::new().try_months(self.months).ok()?;
            civil.checked_add(months).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()
        };
        let time = time.checked_add(self.exact).ok()?;
        let date: Date = time.to_zoned(TimeZone::UTC).date();
        (0..=9999).contains(&date.year()).then_some(time)
    }

    /// For comparing two intervals, a month is 30 days.
    pub(crate) fn nanos(self) -> i128 {
        let months = i128::from(self.months) * i128::from(30 * DAY) * NANOS;
        months + self.exact.as_nanos()
    }
}

/// `15m` is written `15 m`.
fn space_out(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 4);
    let mut last = ' ';
    for c in text.chars() {
        if c.is_ascii_alphabetic() && (last.is_ascii_digit() || last == '.') {
            spaced.push(' ');
        }
        spaced.push(c);
        last = c;
    }
    spaced
}

/// A decimal number in billionths, without passing through a float.
fn decimal_nanos(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || fraction.len() > 9 {
        return None;
    }
    if !numeric(whole) || !numeric(fraction) || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let billionths: i128 = format!("{fraction:0<9}").parse().ok()?;
    Some(sign * (whole.parse::<i128>().ok()? * NANOS + billionths))
}

impl fmt::Display for Interval {
    /// Prints what [`Interval::parse`] reads back to the same interval.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.exact.as_secs(), self.exact.subsec_nanos());
        let mut parts = Vec::new();
        if self.months != 0 {
            parts.push(format!("{} months", self.months));
        }
        let scale = [(DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")];
        let exact = scale.iter().find(|(unit, _)| seconds != 0 && seconds % unit == 0);
        match exact {
            Some((unit, name)) if nanos == 0 => parts.push(format!("{} {name}", seconds / unit)),
            _ if nanos != 0 => {
                let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
                let (whole, rest) = (seconds.unsigned_abs(), nanos.unsigned_abs());
                parts.push(format!("{sign}{whole}.{rest:09} seconds"));
            }
            _ if seconds != 0 || parts.is_empty() => parts.push(format!("{seconds} seconds")),
            _ => {}
        }
        f.write_str(&parts.join(" "))
    }
}
