//! PURE. Points in time as AWS Health writes them: RFC 1123 with one-digit days, wrong weekdays
//! and missing or extra blanks, ISO 8601, epoch seconds or milliseconds. What none of these
//! reads is kept as text, because a card that shows it beats a card without it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::words::Heard;

/// A moment, or the words that stood in its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum When {
    At(Timestamp),
    Text(String),
}

impl When {
    /// Nothing for blank text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(timestamp(text).map_or_else(|| Self::Text(text.to_owned()), Self::At))
    }

    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::At(timestamp) => Some(*timestamp),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(timestamp) => timestamp.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |text: &str| Self::parse(text).unwrap_or_else(|| Self::Text(text.to_owned()));
        deserializer.deserialize_str(Heard(read))
    }
}

/// AWS gives a deadline that is only a date as midnight UTC. Shown in Seoul it would read
/// "09:00 KST", a precision nobody promised.
pub fn is_midnight_utc(at: Timestamp) -> bool {
    at.as_second().rem_euclid(86_400) == 0
}

/// Reads any form this module knows.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let first = text.as_bytes().first()?;
    if first.is_ascii_alphabetic() {
        return rfc1123(text);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return epoch(text);
    }
    iso8601(text).or_else(|| rfc1123(text))
}

/// Nine or ten digits are seconds, thirteen milliseconds; anything else is no time.
fn epoch(digits: &str) -> Option<Timestamp> {
    match digits.len() {
        9 | 10 => Timestamp::from_second(digits.parse().ok()?).ok(),
        13 => Timestamp::from_millisecond(digits.parse().ok()?).ok(),
        _ => None,
    }
}

fn iso8601(text: &str) -> Option<Timestamp> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    // Without an offset it is UTC: AWS has no local times.
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `[Www[,]] D Mon YYYY HH:MM:SS [GMT]`, with any blanks or none, anywhere.
/// The weekday is skipped unread: official samples have it wrong.
fn rfc1123(text: &str) -> Option<Timestamp> {
    let mut squeezed = [0_u8; 32];
    let mut length = 0;
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b',') {
        *squeezed.get_mut(length)? = byte;
        length += 1;
    }
    let mut rest = &squeezed[..length];
    let alphabetic = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if alphabetic != 0 && alphabetic != 3 {
        return None;
    }
    rest = &rest[alphabetic..];
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let day = i8::try_from(number(rest.get(..digits)?)?).ok()?;
    let month = month(rest.get(digits..digits + 3)?)?;
    rest = &rest[digits + 3..];
    let year = i16::try_from(number(rest.get(..4)?)?).ok()?;
    rest = &rest[4..];
    let (clock, zone) = rest.split_at_checked(8)?;
    if clock[2] != b':' || clock[5] != b':' || !matches!(zone, b"" | b"GMT" | b"UTC" | b"Z") {
        return None;
    }
    let hour = i8::try_from(number(&clock[..2])?).ok()?;
    let minute = i8::try_from(number(&clock[3..5])?).ok()?;
    let second = i8::try_from(number(&clock[6..])?).ok()?;
    let date = Date::new(year, month, day).ok()?;
    let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

fn month(name: &[u8]) -> Option<i8> {
    const NAMES: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    let index = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    i8::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_met_in_the_wild_reads_as_the_same_kind_of_time() {
        let rows = [
            ("Fri, 3 Jun 2022 05:01:10 GMT", "2022-06-03T05:01:10Z"),
            ("Fri, 03 Jun 2022 05:01:10 GMT", "2022-06-03T05:01:10Z"),
            // 27 January 2026 is a Tuesday; the weekday is not believed.
            ("Thu, 27 Jan 2026 13:44:13 GMT", "2026-01-27T13:44:13Z"),
            ("Fri,5Jul202419:00:29GMT", "2024-07-05T19:00:29Z"),
            ("Thu 15 Dec 2022 23: 25: 00 GMT", "2022-12-15T23:25:00Z"),
            ("15 Dec 2022 23:25:00", "2022-12-15T23:25:00Z"),
            ("2024-07-12T03:21:27Z", "2024-07-12T03:21:27Z"),
            ("2024-07-12T12:21:27+09:00", "2024-07-12T03:21:27Z"),
            ("2024-07-12T03:21:27.500Z", "2024-07-12T03:21:27.5Z"),
            ("2024-07-12 03:21:27", "2024-07-12T03:21:27Z"),
            ("2024-07-12", "2024-07-12T00:00:00Z"),
            ("1720754487", "2024-07-12T03:21:27Z"),
            ("1720754487000", "2024-07-12T03:21:27Z"),
        ];
        for (text, expected) in rows {
            assert_eq!(When::parse(text), Some(When::At(expected.parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_kept_as_it_was_written() {
        for text in
            ["${START_TIME}", "{{startTime}}", "soon", "31 Feb 2022 00:00:00 GMT", "12", "날짜"]
        {
            assert_eq!(When::parse(text), Some(When::Text(text.to_owned())), "{text}");
        }
        assert_eq!(When::parse("  "), None);
    }

    #[test]
    fn only_midnight_utc_is_a_bare_date() {
        assert!(is_midnight_utc("2026-11-30T00:00:00Z".parse().unwrap()));
        assert!(!is_midnight_utc("2026-11-30T00:00:01Z".parse().unwrap()));
    }
}
