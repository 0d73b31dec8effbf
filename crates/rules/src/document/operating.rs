//! PURE. Tables about when and how often something is said, about metrics, and about links.

use std::collections::BTreeMap;

use jiff::civil::Weekday;

use super::owned;
use super::routing::placed;
use super::section::{Faults, Section};
use super::value::address_fault;
use crate::column::Vocabulary;
use crate::rule::{Breach, Place, Threshold};
use crate::schedule::{Digest, QuietHours, Reminders, Storm};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

pub(super) fn quiet_hours(faults: &mut Faults<'_>, root: &Section<'_>) -> Option<QuietHours> {
    let section = root.table(faults, "quiet_hours")?;
    section.only(faults, &["zone", "from", "to"]);
    let zone = section.zone(faults);
    let from = section.time_of_day(faults, "from");
    let to = section.time_of_day(faults, "to");
    let (from, to) = (from?, to?);
    if from == to {
        faults.note(&section.span, "[quiet_hours] begin when they end");
    }
    Some(QuietHours { zone, from, to })
}

pub(super) fn reminders(faults: &mut Faults<'_>, root: &Section<'_>) -> Option<Reminders> {
    let section = root.table(faults, "reminders")?;
    section.only(faults, &["before", "at"]);
    section.require(faults, "before");
    let before = section.durations(faults, "before");
    let at = section.time_of_day(faults, "at");
    let mut before = before?;
    before.sort_unstable_by(|a, b| b.cmp(a));
    let count = before.len();
    before.dedup();
    if before.len() < count {
        faults.note(&section.span, "`before` names one length twice");
    }
    if before.is_empty() {
        faults.note(&section.span, "`before` names no length, such as \"3d\"");
    }
    Some(Reminders { before, at: at? })
}

pub(super) fn digest(faults: &mut Faults<'_>, root: &Section<'_>) -> Option<Digest> {
    let section = root.table(faults, "digest")?;
    section.only(faults, &["at", "days"]);
    let at = section.time_of_day(faults, "at");
    let days = match section.texts(faults, "days") {
        None => DAYS.iter().map(|(_, day)| *day).collect(),
        Some(named) => {
            if named.get_ref().is_empty() {
                faults.note(&named.span(), "`days` names no day, such as \"mon\"");
            }
            let mut days = Vec::new();
            for name in named.get_ref() {
                match DAYS.iter().find(|(known, _)| known == name.get_ref()) {
                    Some((_, day)) if !days.contains(day) => days.push(*day),
                    Some(_) => {
                        faults.note(&name.span(), format!("`{}` is named twice", name.get_ref()));
                    }
                    None => {
                        let known = DAYS.map(|(name, _)| name).join(", ");
                        let what = format!("`{}` is no day; known are {known}", name.get_ref());
                        faults.note(&name.span(), what);
                    }
                }
            }
            days
        }
    };
    Some(Digest { at: at?, days })
}

pub(super) fn storm(faults: &mut Faults<'_>, section: &Section<'_>) -> Option<Storm> {
    section.only(faults, &["over", "per"]);
    section.require(faults, "over");
    section.require(faults, "per");
    let over = section.count(faults, "over");
    let per = section.duration(faults, "per");
    Some(Storm { over: over?, per: per?.into_inner() })
}

/// Each is a button of its own; `health` replaces the one that opens the event.
pub(super) fn links(faults: &mut Faults<'_>, section: &Section<'_>) -> BTreeMap<String, String> {
    let mut links = BTreeMap::new();
    let names: Vec<_> = section.keys().map(|(name, _)| name.into_inner()).collect();
    for name in names {
        let Some(template) = section.text(faults, name) else { continue };
        if let Some(fault) = address_fault(template.get_ref()) {
            faults.note(&template.span(), format!("`{name}` {fault}"));
        }
        links.insert(name.to_owned(), (*template.get_ref()).to_owned());
    }
    links
}

pub(super) fn thresholds(faults: &mut Faults<'_>, root: &Section<'_>) -> Vec<Threshold> {
    let sections = placed(faults, root, "threshold");
    let mut thresholds: Vec<Threshold> = Vec::new();
    for (place, section) in sections {
        let Some(threshold) = threshold(faults, place, &section) else { continue };
        if let Some(first) = thresholds.iter().find(|known| known.name == threshold.name) {
            let line = first.place.line;
            let what = format!("a threshold `{}` stands in line {line}", threshold.name);
            faults.note(&section.span, what);
        }
        thresholds.push(threshold);
    }
    thresholds
}

fn threshold(faults: &mut Faults<'_>, place: Place, section: &Section<'_>) -> Option<Threshold> {
    section.only(faults, &["name", "when", "for", "clear", "absent"]);
    let name = owned(section.required(faults, "name"));
    section.require(faults, "when");
    let when = section.condition(faults, "when", Vocabulary::Metric);
    let clear = section.condition(faults, "clear", Vocabulary::Metric);
    let absent = section.duration(faults, "absent").map(toml::Spanned::into_inner);
    let breach = breach(faults, section).unwrap_or(Breach { matching: 1, of: 1 });
    Some(Threshold { place, name: name?, when: when?, breach, clear, absent })
}

/// They are kept with the series and shown on its card.
const MOST_POINTS: u32 = 100;

fn breach(faults: &mut Faults<'_>, section: &Section<'_>) -> Option<Breach> {
    let given = section.text(faults, "for")?;
    let read = given.get_ref().split_once(" of ").and_then(|(matching, of)| {
        Some(Breach { matching: matching.trim().parse().ok()?, of: of.trim().parse().ok()? })
    });
    let sound = read
        .filter(|breach| breach.matching > 0 && breach.matching <= breach.of)
        .filter(|breach| breach.of <= MOST_POINTS);
    if sound.is_none() {
        let what =
            format!("`{}` counts nothing; write it as `2 of 3`, at most of 100", given.get_ref());
        faults.note(&given.span(), what);
    }
    sound
}
