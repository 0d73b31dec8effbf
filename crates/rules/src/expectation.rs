//! PURE. `[[test]]`: an event told in a few words, and what must become of it. `check` and a
//! push run them all, so that a change of routes that breaks a promise is seen before the night.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use model::event::{Entity, Shape};
use model::ids::{AccountId, Region, Service, SpaceName, TypeCode};
use model::words::{Actionability, Category, EntityStatus, Scope, Severity, Source, StatusCode};
use model::{HealthEvent, Text, When};

use crate::row::Row;
use crate::rule::Place;
use crate::{AccountEntry, Destination, Judgement, Rules, judge};

/// One promise. What is not expected may be anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub place: Place,
    pub event: Sketch,
    /// In any order.
    pub spaces: Option<Vec<SpaceName>>,
    pub severity: Option<Severity>,
    pub silenced: Option<bool>,
}

/// An event in the short names of conditions. What is not told is missing, but for the status,
/// which is open, and the scope, which is account-specific.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    pub account: Option<AccountId>,
    /// Speaks before the directory does. An account is found by its name when only that is told.
    pub entry: AccountEntry,
    pub source: Option<Source>,
    pub region: Option<Region>,
    pub service: Option<Service>,
    pub category: Option<Category>,
    pub status: Option<StatusCode>,
    pub type_code: Option<TypeCode>,
    pub scope: Option<Scope>,
    pub actionability: Option<Actionability>,
    pub description: Option<String>,
    pub entity_count: u32,
    pub days_left: Option<i64>,
}

/// A promise that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TestFailure {
    pub place: Place,
    pub mismatches: Vec<String>,
}

impl fmt::Display for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { table, number, line } = self.place;
        write!(f, "line {line}: {table}[{number}]: {}", self.mismatches.join("; "))
    }
}

impl Expectation {
    pub(crate) fn check(&self, rules: &Rules, now: Timestamp) -> Option<TestFailure> {
        let judgement = self.event.judged(rules, now);
        let mut mismatches = Vec::new();
        if let Some(expected) = self.severity.filter(|level| *level != judgement.severity) {
            let Judgement { severity, rule, .. } = &judgement;
            mismatches.push(format!("severity is {severity} by {rule}, expected {expected}"));
        }
        let (mut reached, silenced) = match &judgement.destination {
            Destination::To(spaces) => (spaces.iter().map(|(space, _)| space).collect(), None),
            Destination::Silenced { rule, .. } => (Vec::new(), Some(rule)),
        };
        match (self.silenced, silenced) {
            (Some(true), None) => mismatches.push("it is not silenced".to_owned()),
            (Some(false), Some(rule)) => mismatches.push(format!("{rule} silences it")),
            _ => {}
        }
        if let Some(expected) = &self.spaces {
            let mut expected: Vec<&SpaceName> = expected.iter().collect();
            expected.sort_unstable();
            reached.sort_unstable();
            if reached != expected {
                let by = silenced.map(|rule| format!(" by {rule}")).unwrap_or_default();
                let (reached, expected) = (names(&reached), names(&expected));
                mismatches.push(format!("it reaches {reached}{by}, expected {expected}"));
            }
        }
        (!mismatches.is_empty()).then_some(TestFailure { place: self.place, mismatches })
    }
}

fn names(spaces: &[&SpaceName]) -> String {
    if spaces.is_empty() {
        return "no space".to_owned();
    }
    spaces.iter().map(|space| space.as_str()).collect::<Vec<_>>().join(", ")
}

impl Sketch {
    fn judged(&self, rules: &Rules, now: Timestamp) -> Judgement {
        let named = || self.entry.name.as_deref().and_then(|name| rules.accounts.named(name));
        let account = self.account.as_ref().or_else(named);
        let event = self.drawn(account.cloned(), now);
        let known = rules.accounts.known(&event.affected_account()).beneath(&self.entry);
        judge::walk(rules, Row::new(&event, &known, now), |_, _, _, _| ())
    }

    fn drawn(&self, account: Option<AccountId>, now: Timestamp) -> HealthEvent {
        const DAY: i64 = 86_400;
        // A deadline counts from when it was written, which therefore lies before it.
        let written = now - SignedDuration::from_secs(1);
        let left = self.days_left.map(|days| SignedDuration::from_secs(days.saturating_mul(DAY)));
        let start = left.and_then(|left| now.checked_add(left).ok());
        let text = |text: &String| Text { language: "en_US".to_owned(), text: text.clone() };
        HealthEvent {
            shape: Shape::Health,
            source: self.source.clone().unwrap_or(Source::AwsHealth),
            detail_type: "AWS Health Event".to_owned(),
            sender: account.clone(),
            delivered_in: self.region.clone(),
            time: Some(written),
            replay: None,
            arn: None,
            communication: None,
            page: 1,
            pages: 1,
            service: self.service.clone().unwrap_or_default(),
            type_code: self.type_code.clone().unwrap_or_default(),
            category: self.category.clone().unwrap_or_else(|| Category::Other(String::new())),
            scope: self.scope.clone().unwrap_or(Scope::AccountSpecific),
            status: self.status.clone().unwrap_or(StatusCode::Open),
            account,
            region: self.region.clone(),
            start: start.map(When::At),
            end: None,
            updated: Some(When::At(written)),
            texts: self.description.iter().map(text).collect(),
            entities: (1..=self.entity_count).map(entity).collect(),
            unlisted: BTreeMap::new(),
            actionability: self.actionability.clone(),
            personas: Vec::new(),
            severity: None,
            metric: None,
        }
    }
}

fn entity(number: u32) -> Entity {
    Entity { id: format!("resource-{number}"), status: EntityStatus::Unknown }
}
