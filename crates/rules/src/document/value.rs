//! PURE. The values of a document that mean something by themselves: durations, times of day,
//! zones, mentions, addresses, conditions. Each fault says what would have been right.

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use json_sql::Condition;
use model::ids::SpaceName;
use toml::Spanned;
use toml::value::Datetime;

use super::section::{Faults, Section};
use crate::column::Vocabulary;
use crate::duration;

impl Section<'_> {
    pub(super) fn duration(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
    ) -> Option<Spanned<SignedDuration>> {
        let text = self.text(faults, key)?;
        let read = read_duration(faults, &text)?;
        Some(Spanned::new(text.span(), read))
    }

    pub(super) fn durations(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
    ) -> Option<Vec<SignedDuration>> {
        let texts = self.texts(faults, key)?.into_inner();
        Some(texts.iter().filter_map(|text| read_duration(faults, text)).collect())
    }

    /// `22:00`.
    pub(super) fn time_of_day(&self, faults: &mut Faults<'_>, key: &str) -> Option<Time> {
        self.require(faults, key);
        let text = self.text(faults, key)?;
        let read = Time::strptime("%H:%M", text.get_ref()).ok();
        if read.is_none() {
            let what = format!("`{}` is no time of day; write it as `09:00`", text.get_ref());
            faults.note(&text.span(), what);
        }
        read
    }

    pub(super) fn locale(&self, faults: &mut Faults<'_>) -> Option<String> {
        let given = self.text(faults, "locale")?;
        if !matches!(*given.get_ref(), "ko" | "en") {
            let what = format!("unknown locale `{}`; known are `ko` and `en`", given.get_ref());
            faults.note(&given.span(), what);
        }
        Some((*given.get_ref()).to_owned())
    }

    pub(super) fn zone(&self, faults: &mut Faults<'_>) -> Option<String> {
        let given = self.text(faults, "zone")?;
        if TimeZone::get(given.get_ref()).is_err() {
            let what = format!(
                "unknown zone `{}`; expected an IANA name such as `Asia/Seoul`",
                given.get_ref()
            );
            faults.note(&given.span(), what);
        }
        Some((*given.get_ref()).to_owned())
    }

    /// At least one space, each once.
    pub(super) fn spaces(&self, faults: &mut Faults<'_>) -> Option<Vec<SpaceName>> {
        let names = self.texts(faults, "spaces")?;
        if names.get_ref().is_empty() {
            faults.note(&names.span(), "`spaces` names no space");
            return None;
        }
        let mut spaces: Vec<SpaceName> = Vec::new();
        for name in names.get_ref() {
            let space = SpaceName::from(*name.get_ref());
            if spaces.contains(&space) {
                faults.note(&name.span(), format!("`spaces` names `{space}` twice"));
            }
            spaces.push(space);
        }
        Some(spaces)
    }

    /// Chat knows people by number; a name or an address calls nobody.
    pub(super) fn mention(&self, faults: &mut Faults<'_>) -> Option<String> {
        let given = self.text(faults, "mention")?;
        let person = given.get_ref().strip_prefix("users/");
        let is_number =
            |id: &str| (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        if *given.get_ref() != "all" && !person.is_some_and(is_number) {
            let what = format!(
                "`{}` mentions nobody; write `all` or `users/<number>`, the person's id in Google Chat",
                given.get_ref()
            );
            faults.note(&given.span(), what);
        }
        Some((*given.get_ref()).to_owned())
    }

    pub(super) fn address(&self, faults: &mut Faults<'_>, key: &str) -> Option<String> {
        let given = self.text(faults, key)?;
        if let Some(fault) = address_fault(given.get_ref()) {
            faults.note(&given.span(), format!("`{key}` {fault}"));
        }
        Some((*given.get_ref()).to_owned())
    }

    pub(super) fn condition(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
        vocabulary: Vocabulary,
    ) -> Option<Condition> {
        let given = self.text(faults, key)?;
        let condition = match Condition::parse(given.get_ref()) {
            Ok(condition) => condition,
            Err(error) => {
                let what = match &error.hint {
                    Some(hint) => format!("{} ({hint})", error.problem),
                    None => error.problem.to_string(),
                };
                faults.within(&given, key, error.span, &what);
                return None;
            }
        };
        let mut refused = false;
        for column in condition.columns() {
            if let Some(what) = vocabulary.refuses(column) {
                faults.within(&given, key, column.span, &what);
                refused = true;
            }
        }
        (!refused).then_some(condition)
    }
}

impl Faults<'_> {
    /// A fault inside a condition, at its line and column of the file. Where escapes make the
    /// text differ from what is written, only the line can be told.
    fn within(&mut self, given: &Spanned<&str>, key: &str, at: json_sql::Span, what: &str) {
        let Range { start, end } = given.span();
        let source = self.text.get(start..end).unwrap_or_default();
        let Some(inside) = source.find(*given.get_ref()) else {
            return self.note(&given.span(), format!("`{key}`: {what}"));
        };
        let offset = start + inside + at.start;
        let before = self.text.get(..offset).unwrap_or_default();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        self.note(&(offset..offset), format!("`{key}`, column {column}: {what}"));
    }
}

fn read_duration(faults: &mut Faults<'_>, text: &Spanned<&str>) -> Option<SignedDuration> {
    let read = duration::parse(text.get_ref()).filter(|length| !length.is_zero());
    if read.is_none() {
        let what = format!(
            "`{}` is no duration; write a number and s, m, h or d, such as `30s`",
            text.get_ref()
        );
        faults.note(&text.span(), what);
    }
    read
}

/// What keeps a link or a template of one from becoming a button.
pub(super) fn address_fault(address: &str) -> Option<String> {
    const KNOWN: [&str; 3] = ["{account}", "{arn}", "{region}"];
    let Some(rest) = address.strip_prefix("https://") else {
        return Some("must begin with https://".to_owned());
    };
    if rest.is_empty() || rest.starts_with(['/', '?', '#', '{']) {
        return Some("names no host".to_owned());
    }
    if address.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\`".contains(c)) {
        return Some("holds a character that no address holds".to_owned());
    }
    let mut plain = address.to_owned();
    for placeholder in KNOWN {
        plain = plain.replace(placeholder, "");
    }
    let at = plain.find(['{', '}'])?;
    let unknown = plain[at..].split_inclusive('}').next().unwrap_or_default();
    Some(format!("has the unknown placeholder `{unknown}`; known are {}", KNOWN.join(", ")))
}

/// The first moment after `until`: a date holds to its end, a time without an offset is in the
/// zone of the document.
pub(super) fn end_of(until: &Datetime, zone: &TimeZone) -> Option<Timestamp> {
    let text = until.to_string();
    if until.offset.is_some() {
        return text.parse().ok();
    }
    let local = match (until.date, until.time) {
        (Some(_), Some(_)) => text.parse::<DateTime>().ok()?,
        (Some(_), None) => {
            text.parse::<Date>().ok()?.checked_add(1.day()).ok()?.to_datetime(Time::midnight())
        }
        _ => return None,
    };
    zone.to_timestamp(local).ok()
}
