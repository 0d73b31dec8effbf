//! PURE. Times as people read them: in the space's zone, with the date only when it is not
//! today, beside a relative time that is right at the moment of posting.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::When;
use model::when::is_midnight_utc;

use crate::catalogue::Catalogue;

/// The moment of posting, in the zone and language of a space.
pub struct Clock {
    pub now: Timestamp,
    pub zone: TimeZone,
    pub words: &'static Catalogue,
}

impl Clock {
    /// An unknown zone is UTC: a card with UTC times beats no card.
    pub fn new(now: Timestamp, zone: &str, words: &'static Catalogue) -> Self {
        Self { now, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC), words }
    }

    pub fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    pub fn today(&self) -> Date {
        self.zoned(self.now).date()
    }

    /// `09:12 KST`, `11-21 (Sat) 09:12 KST`, `2025-11-21 (Fri) 09:12 KST`.
    pub fn time(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        let clock = format!("{:02}:{:02} {}", zoned.hour(), zoned.minute(), zone_name(&zoned));
        let (date, today) = (zoned.date(), self.today());
        if date == today {
            clock
        } else if date.year() == today.year() {
            let weekday = self.weekday(date);
            format!("{:02}-{:02} ({weekday}) {clock}", date.month(), date.day())
        } else {
            format!("{} {clock}", self.date(date))
        }
    }

    /// `09:12`, for a row of times that lie close together.
    pub fn hour(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        format!("{:02}:{:02}", zoned.hour(), zoned.minute())
    }

    /// `2026-11-30 (Mon)`.
    pub fn date(&self, date: Date) -> String {
        format!("{date} ({})", self.weekday(date))
    }

    fn weekday(&self, date: Date) -> &'static str {
        let at = date.weekday().to_monday_zero_offset();
        self.words.weekdays[usize::try_from(at).unwrap_or(0) % 7]
    }

    /// `18 min ago`, or `in 2 h` for what is to come.
    pub fn relative(&self, at: Timestamp) -> String {
        let minutes = minutes_between(at, self.now);
        let duration = (self.words.duration)(minutes.abs());
        if minutes < 0 { (self.words.in_time)(&duration) } else { (self.words.ago)(&duration) }
    }

    /// `2 h 48 min`; nothing when the end lies before the start.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> Option<String> {
        let minutes = minutes_between(start, end);
        (end >= start).then(|| (self.words.duration)(minutes))
    }

    /// A time as AWS gave it; words that are no time are shown as they are.
    pub fn when(&self, when: &When) -> String {
        match when {
            When::At(at) if is_midnight_utc(*at) => self.date(utc_date(*at)),
            When::At(at) => self.time(*at),
            When::Text(text) => text.clone(),
        }
    }

    pub fn deadline(&self, at: Timestamp) -> Deadline {
        // AWS writes a bare date as midnight UTC: that is a date, not 09:00 in Seoul.
        let bare = is_midnight_utc(at);
        let date = if bare { utc_date(at) } else { self.zoned(at).date() };
        let clock = (!bare).then(|| {
            let zoned = self.zoned(at);
            format!("{:02}:{:02} {}", zoned.hour(), zoned.minute(), zone_name(&zoned))
        });
        let days = days_between(self.today(), date);
        let past = if bare { days < 0 } else { at < self.now };
        Deadline { days, date: self.date(date), clock, past }
    }
}

/// When something must have been done, as of the moment of posting.
pub struct Deadline {
    pub days: i64,
    pub date: String,
    /// Only where AWS gave more than a date.
    pub clock: Option<String>,
    pub past: bool,
}

pub fn minutes_between(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs() / 60
}

fn utc_date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_secs() / 86_400
}

/// `KST`; zones without a name are shown by their offset, `UTC+03`.
pub fn zone_name(zoned: &Zoned) -> String {
    let zone = zoned.time_zone().to_offset_info(zoned.timestamp());
    let name = zone.abbreviation();
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{EN, KO};

    fn clock(zone: &str, words: &'static Catalogue) -> Clock {
        Clock::new("2026-11-21T00:30:00Z".parse().unwrap(), zone, words)
    }

    #[test]
    fn a_time_shows_its_date_only_when_it_is_not_today() {
        let rows = [
            ("2026-11-21T00:12:00Z", "Asia/Seoul", "09:12 KST"),
            ("2026-11-20T00:12:00Z", "Asia/Seoul", "11-20 (금) 09:12 KST"),
            ("2025-11-20T00:12:00Z", "Asia/Seoul", "2025-11-20 (목) 09:12 KST"),
            ("2026-11-21T00:12:00Z", "Asia/Dubai", "04:12 UTC+04"),
            ("2026-11-21T00:12:00Z", "Nowhere/Land", "00:12 UTC"),
        ];
        for (at, zone, expected) in rows {
            assert_eq!(clock(zone, &KO).time(at.parse().unwrap()), expected, "{at} {zone}");
        }
    }

    #[test]
    fn a_deadline_at_midnight_utc_is_a_date() {
        let rows = [
            ("2026-11-30T00:00:00Z", 9, "2026-11-30 (Mon)", None, false),
            ("2026-11-30T00:00:01Z", 9, "2026-11-30 (Mon)", Some("09:00 KST"), false),
            ("2026-11-21T00:00:00Z", 0, "2026-11-21 (Sat)", None, false),
            ("2026-11-20T00:00:00Z", -1, "2026-11-20 (Fri)", None, true),
            ("2026-11-21T00:29:00Z", 0, "2026-11-21 (Sat)", Some("09:29 KST"), true),
        ];
        for (at, days, date, time, past) in rows {
            let deadline = clock("Asia/Seoul", &EN).deadline(at.parse().unwrap());
            assert_eq!(deadline.days, days, "{at}");
            assert_eq!(deadline.date, date, "{at}");
            assert_eq!(deadline.clock.as_deref(), time, "{at}");
            assert_eq!(deadline.past, past, "{at}");
        }
    }

    #[test]
    fn relative_times_read_naturally() {
        let rows = [
            ("2026-11-21T00:12:00Z", "18 min ago", "18분 전"),
            ("2026-11-20T21:42:00Z", "2 h 48 min ago", "2시간 48분 전"),
            ("2026-11-21T02:30:00Z", "in 2 h", "2시간 후"),
            ("2026-11-18T00:30:00Z", "3 d ago", "3일 전"),
            ("2026-11-21T00:29:50Z", "under 1 min ago", "1분 미만 전"),
        ];
        for (at, en, ko) in rows {
            assert_eq!(clock("UTC", &EN).relative(at.parse().unwrap()), en);
            assert_eq!(clock("UTC", &KO).relative(at.parse().unwrap()), ko);
        }
    }
}
