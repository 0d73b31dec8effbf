//! PURE. What goes out by the clock, or is held by it.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use model::when;

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

impl QuietHours {
    /// When the quiet hours end that hold at `now`; nothing outside of them. `zone` counts when
    /// the table names none.
    pub fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let own = self.zone.as_ref().and_then(|zone| TimeZone::get(zone).ok());
        let zone = own.as_ref().unwrap_or(zone);
        let local = now.to_zoned(zone.clone()).datetime();
        let (today, time) = (local.date(), local.time());
        let over_midnight = self.to <= self.from;
        let ends = match (over_midnight, time >= self.from, time < self.to) {
            (false, true, true) | (true, false, true) => today,
            (true, true, _) => today.tomorrow().ok()?,
            _ => return None,
        };
        // Of an hour that comes twice the second is meant: the first may be over already.
        moment(ends, self.to, zone).filter(|end| *end > now)
    }
}

impl Reminders {
    /// The moments at which a deadline is reminded of, the earliest first. Whole days are counted
    /// by the calendar of the zone; a deadline that is only a date is that date everywhere.
    pub fn planned(&self, deadline: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
        let of_day = if when::is_midnight_utc(deadline) { TimeZone::UTC } else { zone.clone() };
        let day = deadline.to_zoned(of_day).date();
        let one = |before: &SignedDuration| {
            if before.as_secs() % DAY != 0 {
                return deadline.checked_sub(*before).ok();
            }
            let day = day.checked_sub(Span::new().try_days(before.as_secs() / DAY).ok()?).ok()?;
            moment(day, self.at, zone)
        };
        let mut planned: Vec<_> = self.before.iter().filter_map(one).collect();
        planned.retain(|at| *at < deadline);
        planned.sort_unstable();
        planned
    }
}

impl Digest {
    /// The first digest after this moment.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut day = after.to_zoned(zone.clone()).date().yesterday().ok()?;
        // A day of the week comes within seven days; one more each for the zone's own jumps.
        for _ in 0..10 {
            if self.days.contains(&day.weekday())
                && let Some(at) = moment(day, self.at, zone)
                && at > after
            {
                return Some(at);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The last digest at or before `now` that is after `after`.
    pub fn last(&self, after: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // Of a long time without a flush only the last week can hold the last digest.
        let week = now.checked_sub(SignedDuration::from_secs(8 * DAY)).unwrap_or(after);
        let mut last = None;
        let mut from = after.max(week);
        while let Some(next) = self.next(from, zone).filter(|next| *next <= now) {
            last = Some(next);
            from = next;
        }
        last
    }
}

const DAY: i64 = 86_400;

fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(day.to_datetime(time)).later().ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn seoul() -> TimeZone {
        TimeZone::get("Asia/Seoul").unwrap()
    }

    #[test]
    fn quiet_hours_end_where_they_hold() {
        let night = |zone: Option<&str>| QuietHours {
            zone: zone.map(str::to_owned),
            from: time(22, 0, 0, 0),
            to: time(8, 0, 0, 0),
        };
        let noon = QuietHours { zone: None, from: time(12, 0, 0, 0), to: time(13, 0, 0, 0) };
        let new_york = night(Some("America/New_York"));
        let rows = [
            ("before midnight", night(None), "2026-03-02T13:00:00Z", Some("2026-03-02T23:00:00Z")),
            ("after midnight", night(None), "2026-03-02T15:30:00Z", Some("2026-03-02T23:00:00Z")),
            ("the first moment", night(None), "2026-03-02T13:00:00Z", Some("2026-03-02T23:00:00Z")),
            ("the moment before", night(None), "2026-03-02T12:59:59Z", None),
            ("the end is loud", night(None), "2026-03-02T23:00:00Z", None),
            ("by day", night(None), "2026-03-02T03:00:00Z", None),
            ("within a day", noon.clone(), "2026-03-02T03:30:00Z", Some("2026-03-02T04:00:00Z")),
            ("within a day, after", noon, "2026-03-02T04:00:00Z", None),
            ("their own zone", new_york.clone(), "2026-03-02T13:00:00Z", None),
            (
                "an hour less",
                new_york.clone(),
                "2026-03-08T05:00:00Z",
                Some("2026-03-08T12:00:00Z"),
            ),
            ("an hour more", new_york, "2026-11-01T05:30:00Z", Some("2026-11-01T13:00:00Z")),
        ];
        for (name, quiet, now, expected) in rows {
            assert_eq!(quiet.end(at(now), &seoul()), expected.map(at), "{name}");
        }
        let twice = QuietHours {
            zone: Some("America/New_York".to_owned()),
            from: time(0, 0, 0, 0),
            to: time(1, 30, 0, 0),
        };
        let second = at("2026-11-01T06:10:00Z");
        assert_eq!(twice.end(second, &seoul()), Some(at("2026-11-01T06:30:00Z")), "01:10, again");
    }

    #[test]
    fn reminders_are_planned_by_the_calendar_of_the_zone() {
        let hours = SignedDuration::from_hours;
        let reminders =
            Reminders { before: vec![hours(72), hours(24), hours(6)], at: time(9, 0, 0, 0) };
        let rows = [
            (
                "a time",
                "2026-03-12T10:00:00Z",
                vec!["2026-03-09T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-12T04:00:00Z"],
            ),
            (
                "late in the day it is the next day in Seoul",
                "2026-03-12T18:00:00Z",
                vec!["2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z", "2026-03-12T12:00:00Z"],
            ),
            (
                "a bare date is that date everywhere",
                "2026-03-12T00:00:00Z",
                vec!["2026-03-09T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-11T18:00:00Z"],
            ),
        ];
        for (name, deadline, expected) in rows {
            let expected: Vec<_> = expected.into_iter().map(at).collect();
            assert_eq!(reminders.planned(at(deadline), &seoul()), expected, "{name}");
        }
    }

    #[test]
    fn digests_come_on_their_days_and_missed_ones_are_one() {
        let digest = Digest { at: time(9, 0, 0, 0), days: vec![Weekday::Monday, Weekday::Friday] };
        let rows = [
            // 2026-03-02 is a Monday; 09:00 in Seoul is midnight UTC.
            ("2026-03-01T23:59:59Z", Some("2026-03-02T00:00:00Z")),
            ("2026-03-02T00:00:00Z", Some("2026-03-06T00:00:00Z")),
            ("2026-03-06T12:00:00Z", Some("2026-03-09T00:00:00Z")),
        ];
        for (after, expected) in rows {
            assert_eq!(digest.next(at(after), &seoul()), expected.map(at), "after {after}");
        }
        let last = |after, now| digest.last(at(after), at(now), &seoul());
        assert_eq!(last("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"), None);
        let friday = Some(at("2026-03-06T00:00:00Z"));
        assert_eq!(last("2026-03-02T00:00:00Z", "2026-03-06T00:00:00Z"), friday);
        assert_eq!(last("2020-01-01T00:00:00Z", "2026-03-07T00:00:00Z"), friday);
        let never = Digest { at: time(9, 0, 0, 0), days: Vec::new() };
        assert_eq!(never.next(at("2026-03-02T00:00:00Z"), &seoul()), None);
    }
}
