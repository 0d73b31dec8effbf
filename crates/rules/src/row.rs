//! PURE. One event as conditions see it: the event, what the directory knows of its account, and
//! the severity once it is decided. Nothing is copied; what takes work is found at most once.

use std::cell::OnceCell;

use jiff::Timestamp;
use json_sql::{Cell, Path};
use model::ids::{AccountId, CommunicationId, EventArn, Region};
use model::words::{Actionability, Severity, Status};
use model::{HealthEvent, When};

use crate::column::{Column, Detail, Envelope, List};
use crate::directory::Known;

pub(crate) struct Row<'a> {
    pub(crate) event: &'a HealthEvent,
    pub(crate) known: &'a Known<'a>,
    pub(crate) now: Timestamp,
    /// None while the severity is being decided.
    pub(crate) severity: Option<Severity>,
    status: OnceCell<&'static str>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(event: &'a HealthEvent, known: &'a Known<'a>, now: Timestamp) -> Self {
        Self { event, known, now, severity: None, status: OnceCell::new() }
    }

    fn value(&self, column: Column<'_>) -> Cell<'_> {
        let event = self.event;
        match column {
            Column::Account => word(event.account.as_ref().map(AccountId::as_str)),
            Column::AccountName => word(self.known.name()),
            Column::Ou => word(self.known.ou()),
            Column::Owner => word(self.known.owner()),
            Column::Tag(key) => word(self.known.tag(key)),
            Column::Region => word(event.region.as_ref().map(Region::as_str)),
            Column::Service => word(Some(event.service.as_str())),
            Column::Category => word(Some(event.category.as_str())),
            Column::Status => self.status().into(),
            Column::TypeCode => word(Some(event.type_code.as_str())),
            Column::Scope => word(Some(event.scope.as_str())),
            Column::Severity => self.severity.map(Severity::as_str).into(),
            Column::Actionability => word(event.actionability.as_ref().map(Actionability::as_str)),
            Column::Description => word(Some(event.preferred_text())),
            Column::EntityCount => count(event.entities.len()),
            Column::DaysLeft => event.deadline().map(|at| days_left(at, self.now)).into(),
            Column::Envelope(field) => self.envelope(field),
            Column::Detail(field) => self.detail(field),
            Column::List(list, at) => self.list(list, at),
        }
    }

    /// `closed` however it was resolved: by status, by text and end time, or by its resources.
    fn status(&self) -> &'static str {
        self.status.get_or_init(|| match self.event.standing(self.now) {
            Status::Resolved => "closed",
            Status::Upcoming => "upcoming",
            _ => "open",
        })
    }

    fn envelope(&self, field: Envelope) -> Cell<'_> {
        let event = self.event;
        match field {
            Envelope::Source => word(Some(event.source.as_str())),
            Envelope::DetailType => word(Some(&event.detail_type)),
            Envelope::Account => word(event.sender.as_ref().map(AccountId::as_str)),
            Envelope::Region => word(event.delivered_in.as_ref().map(Region::as_str)),
            Envelope::Time => event.time.into(),
            Envelope::ReplayName => word(event.replay.as_deref()),
        }
    }

    fn detail(&self, field: Detail) -> Cell<'_> {
        let event = self.event;
        match field {
            Detail::EventArn => word(event.arn.as_ref().map(EventArn::as_str)),
            Detail::CommunicationId => {
                word(event.communication.as_ref().map(CommunicationId::as_str))
            }
            Detail::Service => self.value(Column::Service),
            Detail::TypeCode => self.value(Column::TypeCode),
            Detail::Category => self.value(Column::Category),
            Detail::Scope => self.value(Column::Scope),
            Detail::StatusCode => word(Some(event.status.as_str())),
            Detail::Start => moment(event.start.as_ref()),
            Detail::End => moment(event.end.as_ref()),
            Detail::Updated => moment(event.updated.as_ref()),
            Detail::Region => self.value(Column::Region),
            Detail::Account => self.value(Column::Account),
            Detail::Page => i64::from(event.page).into(),
            Detail::Pages => i64::from(event.pages).into(),
            Detail::Actionability => self.value(Column::Actionability),
            Detail::Severity => event.severity.map(Severity::as_str).into(),
        }
    }

    /// An object is told from NULL, and is equal to nothing, as in JSON.
    fn list(&self, list: List, at: Option<usize>) -> Cell<'_> {
        const OBJECT: Cell<'static> = Cell::List(Vec::new());
        let event = self.event;
        match list {
            List::Personas => pick(&event.personas, at, |persona| word(Some(persona.as_str()))),
            List::Texts => pick(&event.texts, at, |_| OBJECT),
            List::Languages => pick(&event.texts, at, |text| word(Some(&text.language))),
            List::Descriptions => pick(&event.texts, at, |text| word(Some(&text.text))),
            List::Entities => pick(&event.entities, at, |_| OBJECT),
            List::EntityValues => pick(&event.entities, at, |entity| word(Some(&entity.id))),
            List::EntityStatuses => {
                pick(&event.entities, at, |entity| word(Some(entity.status.as_str())))
            }
        }
    }
}

impl json_sql::Row for Row<'_> {
    fn cell(&self, path: &Path) -> Cell<'_> {
        Column::of(path).map_or(Cell::Null, |column| self.value(column))
    }
}

/// What reading left empty was missing.
fn word(text: Option<&str>) -> Cell<'_> {
    text.filter(|text| !text.is_empty()).into()
}

fn moment(when: Option<&When>) -> Cell<'_> {
    match when {
        Some(When::At(at)) => Cell::Time(*at),
        Some(When::Text(text)) => Cell::from(text.as_str()),
        None => Cell::Null,
    }
}

fn count(length: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(length).unwrap_or(i64::MAX))
}

fn pick<'a, T>(items: &'a [T], at: Option<usize>, of: impl Fn(&'a T) -> Cell<'a>) -> Cell<'a> {
    match at {
        Some(at) => items.get(at).map_or(Cell::Null, of),
        None => Cell::List(items.iter().map(of).collect()),
    }
}

/// Whole days, a begun one counted, so that `days_left <= 7` is exactly "within seven days".
fn days_left(deadline: Timestamp, now: Timestamp) -> i64 {
    const DAY: i64 = 86_400;
    let left = deadline.duration_since(now);
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    seconds.div_euclid(DAY) + i64::from(seconds.rem_euclid(DAY) > 0)
}
