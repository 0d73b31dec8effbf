//! PURE. From bytes to events, tolerantly: missing fields, wrong types, odd spellings, doubled
//! keys and broken escapes all still give an event. Only what is no record at all is refused.
//!
//! A record is a JSON object with a string `source`, an object `detail`, an `eventArn` or
//! `eventTypeCode` (a bare detail), or `PutEvents` `Entries`.

mod metric;
mod repair;
mod wire;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::event::{Entity, HealthEvent, Shape, Text};
use crate::ids::{AccountId, CommunicationId};
use crate::json::Raw;
use crate::when::{self, When};
use crate::words::{
    Actionability, Category, EntityStatus, Persona, Scope, Severity, Source, StatusCode,
};
use wire::{Detail, Document, Envelope, Scalar};

/// Why bytes hold no event. The text is for the person who sent them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("not JSON: {0}")]
    NotJson(String),
    #[error("expected a JSON object, found {0}")]
    NotAnObject(&'static str),
    #[error(
        "no AWS Health record: expected `source`, `detail`, `eventArn`, `eventTypeCode` or `Entries`"
    )]
    NotARecord,
    #[error("`Detail` is a text that holds no JSON object")]
    DetailNotJson,
    #[error("`Entries` is empty")]
    NoEntries,
    #[error("an empty array: no record")]
    Empty,
}

/// Reads one JSON document: one record, an array of records, or a `PutEvents` body. The results
/// stand in the order of the document, one per record, and there is always one.
pub fn read(document: &[u8]) -> Vec<Result<HealthEvent, Unreadable>> {
    read_listing(document, usize::MAX)
}

/// Like [`read`], with at most so many entities of each status listed and the rest counted, for
/// a reader that shows a few of thousands. An event without a communication id keeps them all:
/// they tell it from others.
pub fn read_listing(document: &[u8], most: usize) -> Vec<Result<HealthEvent, Unreadable>> {
    let from_document = |document| {
        let read = from_document(document, most);
        // Who sent nothing is told so.
        if read.is_empty() { vec![Err(Unreadable::Empty)] } else { read }
    };
    let not_json =
        |error: &dyn std::fmt::Display| vec![Err(Unreadable::NotJson(error.to_string()))];
    let refused = match std::str::from_utf8(document).map(wire::parse) {
        Ok(Ok(parsed)) => return from_document(parsed),
        Ok(Err(error)) => not_json(&error),
        Err(error) => not_json(&error),
    };
    match repair::repaired(document).as_deref().map(wire::parse) {
        Some(Ok(parsed)) => from_document(parsed),
        Some(Err(error)) => not_json(&error),
        None => refused,
    }
}

fn from_document(document: Document<'_>, most: usize) -> Vec<Result<HealthEvent, Unreadable>> {
    match document {
        Document::Many(items) => items.into_iter().flat_map(|i| from_document(i, most)).collect(),
        Document::One(envelope) => from_envelope(*envelope, most),
        Document::Scalar(found) => vec![Err(Unreadable::NotAnObject(found))],
    }
}

fn from_envelope(mut envelope: Envelope<'_>, most: usize) -> Vec<Result<HealthEvent, Unreadable>> {
    if let Some(entries) = envelope.entries.take() {
        let read: Vec<_> =
            entries.into_iter().flat_map(|entry| from_document(entry, most)).collect();
        // Also where each entry is an empty list: what holds nothing must be refused.
        return if read.is_empty() { vec![Err(Unreadable::NoEntries)] } else { read };
    }
    if let Some(detail) = envelope.detail.take() {
        return vec![Ok(event(&envelope, *detail, most))];
    }
    if let Some(text) = envelope.detail_text.take() {
        return vec![from_detail_text(&envelope, &text, most)];
    }
    let bare = std::mem::take(&mut envelope.bare);
    if envelope.source.is_none() && !bare.names_an_event() {
        return vec![Err(Unreadable::NotARecord)];
    }
    vec![Ok(event(&envelope, bare, most))]
}

/// `PutEvents` carries `Detail` as a text that holds JSON.
fn from_detail_text(
    envelope: &Envelope<'_>,
    text: &str,
    most: usize,
) -> Result<HealthEvent, Unreadable> {
    if let Some(detail) = wire::parse_detail(text) {
        return Ok(event(envelope, *detail, most));
    }
    // A `source` makes a record whatever its detail says; the text is shown as it is.
    if envelope.source.is_none() {
        return Err(Unreadable::DetailNotJson);
    }
    let mut read = event(envelope, Detail::default(), most);
    read.texts = vec![Text { language: "en_US".to_owned(), text: text.to_owned() }];
    Ok(read)
}

fn event(envelope: &Envelope<'_>, detail: Detail<'_>, most: usize) -> HealthEvent {
    let shape = if detail.has_health_shape() { Shape::Health } else { Shape::Plain };
    let sender = text(envelope.account).map(AccountId);
    let delivered_in = text(envelope.region).map(crate::ids::Region);
    let page = number(detail.page).unwrap_or(1);
    let texts = if shape == Shape::Plain && detail.descriptions.is_empty() {
        said(&envelope.unread, &detail.unread)
    } else {
        detail.descriptions.into_iter().filter_map(wire::Description::into_text).collect()
    };
    let communication = text(detail.communication).map(|id| without_page(id, page));
    let most = if communication.is_some() { most } else { usize::MAX };
    let (entities, unlisted) = entities(detail.entities, most);
    let source = text(envelope.source).map_or(Source::AwsHealth, |name| Source::parse(&name));
    HealthEvent {
        shape,
        metric: detail.metric.filter(|_| source == Source::CustomMetrics).and_then(metric::read),
        detail_type: text(envelope.detail_type).unwrap_or_default(),
        account: text(detail.affected_account).map(AccountId).or_else(|| sender.clone()),
        region: text(detail.event_region)
            .map(crate::ids::Region)
            .or_else(|| delivered_in.clone())
            .or_else(|| region_of_arn(&detail.arn?.text())),
        arn: text(detail.arn).map(crate::ids::EventArn),
        sender,
        delivered_in,
        time: text(envelope.time).and_then(|time| when::timestamp(&time)),
        replay: text(envelope.replay_name),
        communication,
        page,
        pages: number(detail.pages).unwrap_or(1).max(page),
        service: text(detail.service).unwrap_or_default().into(),
        type_code: text(detail.type_code).unwrap_or_default().into(),
        category: Category::parse(&detail.category.unwrap_or_default().text()),
        scope: text(detail.scope).map_or(Scope::AccountSpecific, |word| Scope::parse(&word)),
        status: text(detail.status).map_or(StatusCode::Open, |word| StatusCode::parse(&word)),
        start: moment(detail.start),
        end: moment(detail.end),
        updated: moment(detail.updated),
        texts,
        entities,
        unlisted,
        actionability: text(detail.actionability).map(|word| Actionability::parse(&word)),
        personas: detail
            .personas
            .into_iter()
            .filter_map(|word| text(Some(word)))
            .map(|w| Persona::parse(&w))
            .collect(),
        severity: text(detail.severity)
            .filter(|_| source != Source::AwsHealth)
            .and_then(|word| Severity::parse(&word)),
        source,
    }
}

/// What a record without a Health shape says: its own fields, one a line.
fn said(envelope: &[(String, String)], detail: &[(String, String)]) -> Vec<Text> {
    const ENVELOPE_NOISE: [&str; 3] = ["version", "id", "resources"];
    let own = envelope.iter().filter(|(key, _)| !ENVELOPE_NOISE.contains(&key.as_str()));
    let lines: Vec<String> =
        detail.iter().chain(own).map(|(key, value)| format!("{key}: {value}")).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    vec![Text { language: "en_US".to_owned(), text: lines.join("\n") }]
}

/// Whoever makes up a status for each entity is not looked up for ever.
const KINDS: usize = 32;

/// The first of each status, as many as are wanted, and how many more there are.
fn entities(
    found: Vec<wire::EntityWire<'_>>,
    most: usize,
) -> (Vec<Entity>, BTreeMap<EntityStatus, u32>) {
    let mut listed = Vec::with_capacity(found.len().min(most));
    // Thousands of entities have a handful of statuses: each is understood once.
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let mut unlisted: BTreeMap<EntityStatus, u32> = BTreeMap::new();
    for entity in found {
        let id = Raw::Text(entity.id);
        if id.is_blank() {
            continue;
        }
        let word = entity.status;
        let known = kinds.iter().take(KINDS).position(|kind| kind.word == word);
        let place = known.unwrap_or_else(|| {
            kinds.push(Kind::of(word));
            kinds.len() - 1
        });
        let kind = &mut kinds[place];
        if kind.listed < most {
            kind.listed += 1;
            listed.push(Entity { id: id.text().into_owned(), status: kind.status.clone() });
        } else {
            kind.unlisted += 1;
        }
    }
    for kind in kinds.into_iter().filter(|kind| kind.unlisted > 0) {
        *unlisted.entry(kind.status).or_default() += kind.unlisted;
    }
    (listed, unlisted)
}

/// Entities whose status is written alike.
struct Kind<'a> {
    word: &'a str,
    status: EntityStatus,
    listed: usize,
    unlisted: u32,
}

impl<'a> Kind<'a> {
    fn of(word: &'a str) -> Self {
        let text = Raw::Text(word).text();
        let status = match text.trim() {
            "" => EntityStatus::Unknown,
            _ => EntityStatus::parse(&text),
        };
        Self { word, status, listed: 0, unlisted: 0 }
    }
}

/// A scalar of any type as text; blank is missing.
fn text(scalar: Scalar<'_>) -> Option<String> {
    scalar.filter(|text| !text.is_blank()).map(|text| text.text().into_owned())
}

fn moment(scalar: Scalar<'_>) -> Option<When> {
    When::parse(&scalar?.text())
}

fn number(scalar: Scalar<'_>) -> Option<u32> {
    let text = scalar?.text();
    text.trim().parse().ok().filter(|number| *number > 0)
}

/// `arn:aws:health:<region>::event/…`.
fn region_of_arn(arn: &str) -> Option<crate::ids::Region> {
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty()).then(|| region.into())
}

/// `12345678910-1` is page 1 of communication `12345678910`; a suffix that is not the page
/// belongs to the id.
fn without_page(id: String, page: u32) -> CommunicationId {
    match id.rsplit_once('-') {
        Some((communication, suffix))
            if suffix.parse() == Ok(page) && !communication.is_empty() =>
        {
            CommunicationId::from(communication)
        }
        _ => CommunicationId(id),
    }
}

/// The envelope's time, or else the last update's or the start's, for callers that order records
/// before anything reads them.
pub fn order_hint(event: &HealthEvent) -> Option<Timestamp> {
    event.time.or_else(|| event.updated.as_ref().and_then(When::at)).or_else(|| event.start_at())
}

#[cfg(test)]
mod tests;
