//! PURE. Machine timestamps in prose, `2026-11-30T17:00:00Z`: the original stays, and the local
//! time is put behind it.

use std::borrow::Cow;
use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::clock::{Clock, zone_name};

pub(super) fn with_local<'a>(text: &'a str, clock: &Clock) -> Cow<'a, str> {
    let mut out = String::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(b'Z', text.as_bytes()) {
        let end = at + 1;
        let goes_on = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
        let Some(stamp) = stamp(&text[..end]).filter(|_| !goes_on) else { continue };
        let local = clock.zoned(stamp);
        if local.offset() == Offset::UTC {
            continue;
        }
        out.push_str(&text[copied..end]);
        let (date, written) = (local.date(), Offset::UTC.to_datetime(stamp).date());
        out.push_str(" (");
        // Writing to a String cannot fail.
        if date != written {
            let _ = write!(out, "{:02}-{:02} ", date.month(), date.day());
        }
        let _ = write!(out, "{:02}:{:02} {})", local.hour(), local.minute(), zone_name(&local));
        copied = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

const SHORTEST: usize = "20261130T17Z".len();

/// The timestamp a text ends with, as a word of its own.
fn stamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let part =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b'Z');
    let length = bytes.iter().rev().take(32).take_while(|byte| part(byte)).count();
    // Nearly every `Z` is that of an `AZ`.
    if length < SHORTEST {
        return None;
    }
    let start = text.len() - length;
    let joined = text[..start].ends_with(|c: char| c.is_alphanumeric());
    text[start..].parse().ok().filter(|_| !joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::EN;

    #[test]
    fn machine_timestamps_get_the_local_time_behind_them() {
        let rows = [
            ("at 2026-11-30T03:00:00Z.", "at 2026-11-30T03:00:00Z (12:00 KST)."),
            ("2026-11-30T17:00Z, 종료", "2026-11-30T17:00Z (12-01 02:00 KST), 종료"),
            ("x2026-11-30T17:00:00Z", "x2026-11-30T17:00:00Z"),
            ("2026-11-30T17:00:00Zulu, A-Z, Z", "2026-11-30T17:00:00Zulu, A-Z, Z"),
            ("at 20261130T17Z", "at 20261130T17Z (12-01 02:00 KST)"),
            ("2026-13-30T17:00:00Z", "2026-13-30T17:00:00Z"),
        ];
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        for (text, expected) in rows {
            assert_eq!(with_local(text, &Clock::new(now, "Asia/Seoul", &EN)), expected, "{text}");
        }
        let utc = Clock::new(now, "UTC", &EN);
        assert_eq!(with_local("2026-11-30T03:00:00Z", &utc), "2026-11-30T03:00:00Z");
    }
}
