//! PURE. What is sound and yet not meant: rules that have run out or can never match. For
//! `check`; none of it keeps a document from being used.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use json_sql::{Cell, Condition, Path};

use crate::rule::Silence;
use crate::{Problem, Rules};

/// A condition over nothing: the same for every member.
struct Nothing;

impl json_sql::Row for Nothing {
    fn cell(&self, _: &Path) -> Cell<'_> {
        Cell::Null
    }
}

/// What a condition says of every member, when it names no column and asks for no time.
fn constant(condition: &Condition) -> Option<bool> {
    if condition.columns().next().is_some() || condition.to_string().contains("NOW()") {
        return None;
    }
    condition.matches(&Nothing, Timestamp::UNIX_EPOCH).ok()
}

/// No `when`, or one that is true whatever happens.
pub(crate) fn takes_everything(when: Option<&Condition>) -> bool {
    when.is_none_or(|condition| constant(condition) == Some(true))
}

pub(crate) fn warnings(rules: &Rules, now: Timestamp) -> Vec<Problem> {
    let mut found = rules.doubts.clone();
    for silence in &rules.silences {
        found.extend(silence_warning(silence, rules, now));
    }
    let severities = rules.severities.iter().map(|rule| (rule.place, rule.when.as_ref()));
    let silences = rules.silences.iter().map(|rule| (rule.place, Some(&rule.when)));
    let routes = rules.routes.iter().map(|rule| (rule.place, rule.when.as_ref()));
    for (place, when) in severities.chain(silences).chain(routes) {
        if when.is_some_and(|condition| constant(condition) == Some(false)) {
            found.push(Problem { line: place.line, what: format!("{place} never matches") });
        }
    }
    found.sort_by_key(|problem| problem.line);
    found
}

fn silence_warning(silence: &Silence, rules: &Rules, now: Timestamp) -> Option<Problem> {
    let place = silence.place;
    let everything = takes_everything(Some(&silence.when));
    let what = match silence.until {
        None if everything && silence.include_security => {
            format!("{place} has no `until`: it hides everything for ever, security too")
        }
        None if everything => {
            format!("{place} has no `until`: it hides everything but security for ever")
        }
        None => format!("{place} has no `until`: it hides what it matches for ever"),
        Some(until) if until <= now => {
            let zone = TimeZone::get(&rules.zone).unwrap_or(TimeZone::UTC);
            let at = until.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Q");
            format!("{place} ended at {at}; it does nothing")
        }
        Some(_) if everything && silence.include_security => {
            format!("{place} hides everything, security too")
        }
        Some(_) if everything => format!("{place} hides everything but security"),
        Some(_) => return None,
    };
    Some(Problem { line: place.line, what })
}
