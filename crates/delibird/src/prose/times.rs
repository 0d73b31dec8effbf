//! PURE. Clock times in prose: AWS writes Pacific time or UTC, and at three in the morning
//! nobody should have to convert. The original stays; the local time is put behind it.

use std::borrow::Cow;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::clock::{Clock, zone_name};

/// `about` says which day a time without a date belongs to.
pub(super) fn with_local<'a>(text: &'a str, clock: &Clock, about: Timestamp) -> Cow<'a, str> {
    let mut out = String::new();
    let mut copied = 0;
    for end in zone_ends(text) {
        let Some(found) = Found::ending_at(text, end) else { continue };
        let Some(note) = note(&found, clock, about) else { continue };
        out.push_str(&text[copied..end]);
        out.push_str(&note);
        copied = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Fixed(i8),
    Pacific,
}

const ZONES: [(&str, Zone); 5] = [
    ("PST", Zone::Fixed(-8)),
    ("PDT", Zone::Fixed(-7)),
    ("UTC", Zone::Fixed(0)),
    ("GMT", Zone::Fixed(0)),
    ("PT", Zone::Pacific),
];

/// Where a zone's letters end, as a word of its own.
fn zone_ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'T', b'C', bytes).map(|at| at + 1).filter(|end| {
        let goes_on = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-');
        !bytes.get(*end).is_some_and(goes_on) && zone_before(&bytes[..*end]).is_some()
    })
}

fn zone_before(bytes: &[u8]) -> Option<(Zone, usize)> {
    ZONES.iter().find_map(|(name, zone)| {
        let rest = bytes.strip_suffix(name.as_bytes())?;
        rest.ends_with(b" ").then_some((*zone, rest.len()))
    })
}

/// A time, with what stood before it.
struct Found {
    zone: Zone,
    /// Minutes since midnight.
    minutes: i64,
    /// The other end of a range.
    from: Option<i64>,
    day: Day,
}

/// Which day a time belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// The text says so, and so need we not.
    Written(Date),
    /// Something that may be a date stands before it; only the shift is sure.
    Unclear,
    /// The day of the communication.
    Same,
}

impl Found {
    fn ending_at(text: &str, end: usize) -> Option<Self> {
        let (zone, before_zone) = zone_before(&text.as_bytes()[..end])?;
        let (time, rest) = time_before(text[..before_zone].trim_end())?;
        let earlier = range_start(rest).and_then(time_before);
        let rest = earlier.map_or(rest, |(_, rest)| rest);
        let from = earlier.and_then(|(from, _)| from.or_half_of(time).minutes());
        Some(Self { zone, minutes: time.minutes()?, from, day: day_before(rest) })
    }
}

#[derive(Clone, Copy)]
struct Time {
    hour: i64,
    minute: i64,
    half: Option<Half>,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Am,
    Pm,
}

impl Time {
    /// `6:07 and 7:45 AM`: both in the morning.
    fn or_half_of(self, other: Self) -> Self {
        Self { half: self.half.or(other.half), ..self }
    }

    fn minutes(self) -> Option<i64> {
        let hour = match self.half {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(Half::Am) => self.hour % 12,
            Some(Half::Pm) => self.hour % 12 + 12,
        };
        (hour < 24 && self.minute < 60).then_some(hour * 60 + self.minute)
    }
}

/// `H:MM[:SS][ AM|PM]` at the end of the text, and what stands before it.
fn time_before(text: &str) -> Option<(Time, &str)> {
    let (half, text) = match text.get(text.len().checked_sub(2)?..) {
        Some(end) if end.eq_ignore_ascii_case("am") => {
            (Some(Half::Am), text[..text.len() - 2].trim_end())
        }
        Some(end) if end.eq_ignore_ascii_case("pm") => {
            (Some(Half::Pm), text[..text.len() - 2].trim_end())
        }
        _ => (None, text),
    };
    let start = text
        .rfind(|c: char| !c.is_ascii_digit() && c != ':')
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let mut parts = text[start..].split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    if hour.is_empty() || hour.len() > 2 || minute.len() != 2 || parts.count() > 1 {
        return None;
    }
    let time = Time { hour: hour.parse().ok()?, minute: minute.parse().ok()?, half };
    Some((time, &text[..start]))
}

/// Steps over the word between the two ends of a range.
fn range_start(text: &str) -> Option<&str> {
    let text = text.trim_end();
    ["and", "to", "through", "until", "-", "–", "~"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .map(str::trim_end)
}

fn day_before(text: &str) -> Day {
    const NEAR: usize = 24;
    let text = text.trim_end();
    let written = text.len().checked_sub(10).and_then(|at| text.get(at..)?.parse().ok());
    if let Some(date) = written {
        return Day::Written(date);
    }
    let near = &text.as_bytes()[text.len().saturating_sub(NEAR)..];
    let near = near.rsplit(|b| matches!(b, b']' | b'.' | b';' | b'(' | b'\n')).next();
    let maybe_date = near.is_some_and(|near| near.iter().any(u8::is_ascii_digit));
    if maybe_date { Day::Unclear } else { Day::Same }
}

/// ` (09:18 KST)`; nothing where the reader's clock shows the same.
fn note(found: &Found, clock: &Clock, about: Timestamp) -> Option<String> {
    let zone = match found.zone {
        Zone::Fixed(hours) => TimeZone::fixed(Offset::constant(hours)),
        Zone::Pacific => TimeZone::get("America/Los_Angeles").ok()?,
    };
    let there = match found.day {
        Day::Written(date) => date,
        Day::Unclear | Day::Same => about.to_zoned(zone.clone()).date(),
    };
    let local = |minutes: i64| {
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Some(clock.zoned(zone.to_timestamp(there.at(hour, minute, 0, 0)).ok()?))
    };
    let to = local(found.minutes)?;
    if to.timestamp().to_zoned(zone.clone()).offset() == to.offset() {
        return None;
    }
    let mut note = String::from(" (");
    let known = match found.day {
        Day::Written(date) => date,
        Day::Unclear => to.date(),
        Day::Same => clock.today(),
    };
    // Writing to a String cannot fail.
    if to.date() != known {
        let _ = write!(note, "{:02}-{:02} ", to.month(), to.day());
    }
    if let Some(from) = found.from.and_then(local) {
        let _ = write!(note, "{:02}:{:02}–", from.hour(), from.minute());
    }
    let _ = write!(note, "{:02}:{:02} {}", to.hour(), to.minute(), zone_name(&to));
    if found.day == Day::Unclear && to.date() != there {
        let words = clock.words;
        let shift = if to.date() > there { words.next_day } else { words.previous_day };
        let _ = write!(note, ", {shift}");
    }
    note.push(')');
    Some(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::EN;

    #[test]
    fn foreign_times_get_the_local_time_beside_them() {
        let rows = [
            ("[08:17 AM PDT] ok", "Asia/Seoul", "[08:17 AM PDT (00:17 KST)] ok"),
            ("[03:15 PM PST] We", "Asia/Seoul", "[03:15 PM PST (08:15 KST)] We"),
            (
                "Between 6:07 AM and 7:45 AM PDT, we",
                "Asia/Seoul",
                "Between 6:07 AM and 7:45 AM PDT (11-20 22:07–23:45 KST), we",
            ),
            (
                "after 2022-06-29 06:00:00 UTC.",
                "Asia/Seoul",
                "after 2022-06-29 06:00:00 UTC (15:00 KST).",
            ),
            (
                "at Sat, 20 Jul 2024 15:00 GMT as",
                "Asia/Seoul",
                "at Sat, 20 Jul 2024 15:00 GMT (00:00 KST, next day) as",
            ),
            ("9:00 PM PT daily", "America/New_York", "9:00 PM PT (11-21 00:00 EST) daily"),
            ("at 06:00 UTC", "UTC", "at 06:00 UTC"),
            ("at 06:00 GMT", "Europe/London", "at 06:00 GMT"),
            (
                "25:00 UTC, 13:00 PM PST, x UTC, 06:00 UTC+9, 06:00 UTCX",
                "Asia/Seoul",
                "25:00 UTC, 13:00 PM PST, x UTC, 06:00 UTC+9, 06:00 UTCX",
            ),
            ("시각 06:30 UTC입니다", "Asia/Seoul", "시각 06:30 UTC (15:30 KST)입니다"),
        ];
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        for (text, zone, expected) in rows {
            assert_eq!(with_local(text, &Clock::new(now, zone, &EN), now), expected, "{text}");
        }
    }
}
