//! PURE. Reading the alert itself. One of an unknown version, or one that lacks what we need,
//! becomes a plain card that shows what it says: silence would be worse.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::alert::{Accounts, Resources, Target, VERSION, Why};
use model::ids::{AlertId, IncidentId, SpaceName, ThreadKey};
use model::words::{Category, Kind, Scope, Severity, Source, Status, Subject};
use model::{Alert, Text, alert::EventFacts};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unreadable;

pub(super) fn read(text: &str, version: u32, now: Timestamp) -> Result<Alert, Unreadable> {
    match serde_json::from_str::<Alert>(text) {
        Ok(alert) if version == VERSION => Ok(alert),
        Ok(alert) => Ok(Alert { kind: Kind::Plain, ..alert }),
        Err(error) if version == VERSION => Err(Unreadable::Alert(error.to_string())),
        Err(_) => plain(text, version, now),
    }
}

/// What is left of the contract in an alert of another version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remains<'a> {
    #[serde(default)]
    alert_id: Option<AlertId>,
    #[serde(default)]
    thread: Option<ThreadKey>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(borrow, default)]
    target: Option<&'a RawValue>,
}

fn plain(text: &str, version: u32, now: Timestamp) -> Result<Alert, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable::Alert(error.to_string());
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(unreadable)?;
    let remains: Option<Remains<'_>> = serde_json::from_str(text).ok();
    let target = remains.as_ref().and_then(|r| serde_json::from_str(r.target?.get()).ok());
    let whole = IncidentId::from(text);
    let thread = remains.as_ref().and_then(|r| r.thread.clone());
    let thread = thread.unwrap_or_else(|| ThreadKey::of(&whole, 1));
    let target = target.unwrap_or_else(|| Target::plain(SpaceName::from("default")));
    let id = remains.as_ref().and_then(|r| r.alert_id.clone());
    let severity = remains.and_then(|r| r.severity).unwrap_or(Severity::Info);
    let lines: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    Ok(Alert {
        version,
        alert_id: id.unwrap_or_else(|| AlertId::of(&ThreadKey::of(&whole, 1), &target.space, 1)),
        thread,
        seq: 1,
        kind: Kind::Plain,
        subject: Subject::Unknown,
        severity,
        max_severity: severity,
        changes: Vec::new(),
        target,
        why: Why::default(),
        event: unknown_event(),
        text: vec![Text { language: "en_US".to_owned(), text: lines.join("\n") }],
        accounts: Accounts::default(),
        resources: Resources::default(),
        received_at: now,
        truncated: false,
        previous: None,
        escalation: None,
        acknowledged: None,
        metric: None,
        digest: None,
    })
}

fn unknown_event() -> EventFacts {
    EventFacts {
        arn: None,
        communication_id: None,
        source: Source::AwsHealth,
        service: "".into(),
        type_code: "".into(),
        category: Category::Other(String::new()),
        scope: Scope::AccountSpecific,
        status: Status::Open,
        regions: Vec::new(),
        start: None,
        end: None,
        updated: None,
        time: None,
        actionability: None,
        occurrences: 1,
        replayed: false,
    }
}
