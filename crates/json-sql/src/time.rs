//! Text that means a time: RFC 1123 as AWS Health writes it, ISO 8601 and `YYYYMMDD`. Local times
//! are UTC. What is not a whole, valid time is None, never a guess.

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::TimeZone;

/// The instant `text` names. Accepts `Sat, 20 Jul 2024 15:00:00 GMT` (the weekday is not checked, the
/// day may have one digit), `2024-07-20[T15:00[:00[.123]][Z|+09:00|+0900|+09]]` (a space may stand for
/// the T and before the offset), `20240720`, `2024-202` and `2024-W29-6`.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() < 8 || text.len() > 64 || !text.is_ascii() {
        return None;
    }
    let mut scan = Scan { rest: text.as_bytes() };
    if scan.rest[0].is_ascii_alphabetic() || !scan.rest[..4].iter().all(u8::is_ascii_digit) {
        return scan.rfc1123();
    }
    scan.iso8601()
}

/// A time as the results print it: RFC 3339 in UTC.
pub(crate) fn print(time: Timestamp) -> String {
    time.to_string()
}

/// The date in UTC.
pub(crate) fn date_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

pub(crate) fn midnight(date: Date) -> Option<Timestamp> {
    instant(date, Time::midnight(), 0)
}

fn instant(date: Date, time: Time, offset_seconds: i64) -> Option<Timestamp> {
    let utc = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let second = utc.as_second().checked_sub(offset_seconds)?;
    Timestamp::new(second, utc.subsec_nanosecond()).ok()
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn eat(&mut self, byte: u8) -> Option<()> {
        if self.rest.first()?.eq_ignore_ascii_case(&byte) {
            self.rest = &self.rest[1..];
            return Some(());
        }
        None
    }

    fn eat_spaces(&mut self) {
        while self.eat(b' ').is_some() {}
    }

    fn digits(&mut self, count: usize) -> Option<i16> {
        let digits = self.rest.get(..count)?;
        let mut number = 0_i16;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(i16::from(digit - b'0'))?;
        }
        self.rest = &self.rest[count..];
        Some(number)
    }

    fn small(&mut self) -> Option<i8> {
        self.digits(2).and_then(|number| i8::try_from(number).ok())
    }

    fn done(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }

    fn rfc1123(&mut self) -> Option<Timestamp> {
        if let Some(comma) = self.rest.iter().position(|b| *b == b',') {
            let weekday = &self.rest[..comma];
            if weekday.len() < 3 || !weekday.iter().all(u8::is_ascii_alphabetic) {
                return None;
            }
            self.rest = &self.rest[comma + 1..];
            self.eat_spaces();
        }
        let day = self.small().or_else(|| self.digits(1).and_then(|day| i8::try_from(day).ok()))?;
        self.eat(b' ').or_else(|| self.eat(b'-'))?;
        let month = self.month()?;
        self.eat(b' ').or_else(|| self.eat(b'-'))?;
        let date = Date::new(self.digits(4)?, month, day).ok()?;
        self.eat(b' ')?;
        let time = self.clock()?;
        self.eat_spaces();
        let offset = self.zone()?;
        self.done()?;
        instant(date, time, offset)
    }

    fn month(&mut self) -> Option<i8> {
        const MONTHS: [&[u8]; 12] = [
            b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
            b"dec",
        ];
        let name = self.rest.get(..3)?.to_ascii_lowercase();
        self.rest = &self.rest[3..];
        let index = MONTHS.iter().position(|month| *month == name.as_slice())?;
        i8::try_from(index + 1).ok()
    }

    fn iso8601(&mut self) -> Option<Timestamp> {
        let year = self.digits(4)?;
        let date = self.date_after(year)?;
        if self.rest.is_empty() {
            return midnight(date);
        }
        self.eat(b'T').or_else(|| self.eat(b' '))?;
        let time = self.clock()?;
        self.eat_spaces();
        let offset = if self.rest.is_empty() { 0 } else { self.zone()? };
        self.done()?;
        instant(date, time, offset)
    }

    fn date_after(&mut self, year: i16) -> Option<Date> {
        if self.eat(b'-').is_none() {
            let (month, day) = (self.small()?, self.small()?);
            self.done()?;
            return Date::new(year, month, day).ok();
        }
        if self.eat(b'W').is_some() {
            let week = self.small()?;
            self.eat(b'-')?;
            let weekday =
                Weekday::from_monday_one_offset(i8::try_from(self.digits(1)?).ok()?).ok()?;
            return Some(ISOWeekDate::new(year, week, weekday).ok()?.date());
        }
        let ordinal = self.rest.len() == 3 || self.rest.get(3).is_some_and(|b| !b.is_ascii_digit());
        if ordinal && self.rest.iter().take(3).all(u8::is_ascii_digit) {
            let day = self.digits(3)?;
            return Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().ok();
        }
        let month = self.small()?;
        self.eat(b'-')?;
        Date::new(year, month, self.small()?).ok()
    }

    /// `15:00`, `15:00:00` or `15:00:00.123`; digits beyond the nanosecond are dropped.
    fn clock(&mut self) -> Option<Time> {
        let hour = self.small()?;
        self.eat(b':')?;
        let minute = self.small()?;
        let (mut second, mut nanos) = (0, 0);
        if self.eat(b':').is_some() {
            second = self.small()?;
            if self.eat(b'.').or_else(|| self.eat(b',')).is_some() {
                nanos = self.fraction()?;
            }
        }
        // A leap second has no place in a timestamp; it reads as the second before it.
        let second = if second == 60 { 59 } else { second };
        Time::new(hour, minute, second, nanos).ok()
    }

    fn fraction(&mut self) -> Option<i32> {
        let (mut nanos, mut read) = (0_i32, 0);
        while let Some(digit) = self.rest.first().filter(|b| b.is_ascii_digit()) {
            if read < 9 {
                nanos = nanos * 10 + i32::from(digit - b'0');
            }
            read += 1;
            self.rest = &self.rest[1..];
        }
        (read > 0).then(|| nanos * 10_i32.pow(9_u32.saturating_sub(read)))
    }

    /// Seconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        for name in ["GMT", "UTC", "Z"] {
            if self.rest.eq_ignore_ascii_case(name.as_bytes()) {
                self.rest = &[];
                return Some(0);
            }
        }
        let sign = match self.rest.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let hours = i64::from(self.small()?);
        let minutes = match self.rest {
            [] => 0,
            [b':', ..] => {
                self.eat(b':')?;
                i64::from(self.small()?)
            }
            _ => i64::from(self.small()?),
        };
        (hours <= 18 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
    }
}
