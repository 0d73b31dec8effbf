//! PURE. `[[severity]]`, `[[silence]]` and `[[route]]`, and which of them can never be asked.

use jiff::tz::TimeZone;
use json_sql::Condition;
use model::alert::{Announce, Place as Shown};
use model::words::Severity;

use super::owned;
use super::section::{Faults, Section};
use super::value::end_of;
use crate::column::Vocabulary;
use crate::rule::{After, Escalation, Place, Route, SeverityRule, Silence};
use crate::{Rules, check};

/// The sections of one array of tables, each with its place.
pub(super) fn placed<'a>(
    faults: &mut Faults<'_>,
    root: &Section<'a>,
    table: &'static str,
) -> Vec<(Place, Section<'a>)> {
    let sections = root.tables(faults, table).into_iter().enumerate();
    sections
        .map(|(index, section)| {
            let line = faults.line(section.span.start);
            (Place { table, number: index + 1, line }, section)
        })
        .collect()
}

/// A value that is among the faults already: whatever needs it is not read.
struct Noted;

fn optional_when(
    faults: &mut Faults<'_>,
    section: &Section<'_>,
    vocabulary: Vocabulary,
) -> Result<Option<Condition>, Noted> {
    if !section.has("when") {
        return Ok(None);
    }
    section.condition(faults, "when", vocabulary).map(Some).ok_or(Noted)
}

pub(super) fn severities(faults: &mut Faults<'_>, root: &Section<'_>) -> Vec<SeverityRule> {
    let sections = placed(faults, root, "severity");
    sections.into_iter().filter_map(|(place, section)| severity(faults, place, &section)).collect()
}

fn severity(faults: &mut Faults<'_>, place: Place, section: &Section<'_>) -> Option<SeverityRule> {
    section.only(faults, &["when", "level"]);
    let when = optional_when(faults, section, Vocabulary::Severity);
    let given = section.required(faults, "level");
    Some(SeverityRule { place, when: when.ok()?, level: level(faults, &given?)? })
}

pub(super) fn level(faults: &mut Faults<'_>, given: &toml::Spanned<&str>) -> Option<Severity> {
    let level = Severity::parse(given.get_ref());
    if level.is_none() {
        let what = format!(
            "`{}` is no severity; known are critical, high, warning, info",
            given.get_ref()
        );
        faults.note(&given.span(), what);
    }
    level
}

pub(super) fn silences(
    faults: &mut Faults<'_>,
    root: &Section<'_>,
    zone: &TimeZone,
) -> Vec<Silence> {
    let sections = placed(faults, root, "silence");
    let mut read = |(place, section): (Place, Section<'_>)| silence(faults, place, &section, zone);
    sections.into_iter().filter_map(&mut read).collect()
}

fn silence(
    faults: &mut Faults<'_>,
    place: Place,
    section: &Section<'_>,
    zone: &TimeZone,
) -> Option<Silence> {
    section.only(faults, &["when", "until", "reason", "include_security"]);
    section.require(faults, "when");
    let when = section.condition(faults, "when", Vocabulary::Member);
    let reason = owned(section.required(faults, "reason"));
    let until = section.datetime(faults, "until").map(|given| {
        let end = end_of(given.get_ref(), zone);
        if end.is_none() {
            faults.note(&given.span(), "`until` names no day; write a date such as 2027-01-01");
        }
        end
    });
    let include_security = section.flag(faults, "include_security").unwrap_or(false);
    Some(Silence { place, when: when?, until: until.flatten(), reason: reason?, include_security })
}

const ROUTE: [&str; 10] = [
    "name", "when", "spaces", "mention", "continue", "runbook", "announce", "escalate", "locale",
    "zone",
];

pub(super) fn routes(faults: &mut Faults<'_>, root: &Section<'_>) -> Vec<Route> {
    let sections = placed(faults, root, "route");
    let mut routes: Vec<Route> = Vec::new();
    for (place, section) in sections {
        let Some(route) = route(faults, place, &section) else { continue };
        if let Some(first) = routes.iter().find(|known| known.name == route.name) {
            let what = format!("a route `{}` stands in line {}", route.name, first.place.line);
            faults.note(&section.span, what);
        }
        routes.push(route);
    }
    routes
}

fn route(faults: &mut Faults<'_>, place: Place, section: &Section<'_>) -> Option<Route> {
    section.only(faults, &ROUTE);
    let name = owned(section.required(faults, "name"));
    let when = optional_when(faults, section, Vocabulary::Member);
    section.require(faults, "spaces");
    let spaces = section.spaces(faults);
    let after = match section.flag(faults, "continue") {
        Some(true) => After::Continue,
        _ => After::Stop,
    };
    let mention = section.mention(faults);
    let runbook = section.address(faults, "runbook");
    let announce = section.inline(faults, "announce").map(|inner| announce(faults, &inner));
    let escalate = section.inline(faults, "escalate").and_then(|inner| escalate(faults, &inner));
    let (locale, zone) = (section.locale(faults), section.zone(faults));
    Some(Route {
        place,
        name: name?,
        when: when.ok()?,
        spaces: spaces?,
        mention,
        after,
        runbook,
        announce: announce.unwrap_or_default(),
        escalate,
        locale,
        zone,
    })
}

fn announce(faults: &mut Faults<'_>, section: &Section<'_>) -> Announce {
    section.only(faults, &["update", "escalated", "resolved"]);
    let mut place = |key| {
        let Some(given) = section.text(faults, key) else { return Shown::default() };
        match *given.get_ref() {
            "thread" => Shown::Thread,
            "top" => Shown::Top,
            "both" => Shown::Both,
            other => {
                let what = format!("`{other}` is no place; known are thread, top, both");
                faults.note(&given.span(), what);
                Shown::default()
            }
        }
    };
    Announce { update: place("update"), escalated: place("escalated"), resolved: place("resolved") }
}

fn escalate(faults: &mut Faults<'_>, section: &Section<'_>) -> Option<Escalation> {
    section.only(faults, &["after", "spaces", "mention"]);
    section.require(faults, "after");
    section.require(faults, "spaces");
    let after = section.duration(faults, "after");
    let spaces = section.spaces(faults);
    let mention = section.mention(faults);
    Some(Escalation { after: after?.into_inner(), spaces: spaces?, mention })
}

/// A rule below one that takes everything, or below the same condition, is never asked: whoever
/// wrote it believes otherwise.
pub(super) fn refuse_unreachable(faults: &mut Faults<'_>, rules: &Rules) {
    let severities = rules.severities.iter().map(|rule| (rule.place, rule.when.as_ref()));
    let stopping = rules.routes.iter().map(|route| {
        let when = route.when.as_ref();
        (route.place, when, route.after == After::Stop)
    });
    let severities = severities.map(|(place, when)| (place, when, true)).collect::<Vec<_>>();
    for rules in [severities, stopping.collect()] {
        for (index, (place, when, _)) in rules.iter().enumerate() {
            let covering = rules[..index].iter().find(|(_, earlier, stops)| {
                *stops
                    && (check::takes_everything(*earlier) || (earlier.is_some() && earlier == when))
            });
            if let Some((earlier, _, _)) = covering {
                let what = format!("{place} is never reached: {earlier} takes all that it would");
                faults.found.push(super::Problem { line: place.line, what });
            }
        }
    }
}
