//! Alert v1 as it stands on the topic. A change of these files is a change of the contract:
//! fields may be added to `every-field.json`, nothing else may move.

use model::Alert;
use model::alert::{Announce, VERSION};
use serde_json::{Value, json};

const EVERY_FIELD: &str = include_str!("every-field.json");
const FIRST_RELEASE: &str = include_str!("first-release.json");
const LEAST: &str = include_str!("least.json");

fn read(document: &str) -> Alert {
    serde_json::from_str(document).unwrap()
}

fn written(alert: &Alert) -> String {
    format!("{}\n", serde_json::to_string_pretty(alert).unwrap())
}

#[test]
fn an_alert_is_written_field_for_field_as_it_was_read() {
    for document in [EVERY_FIELD, FIRST_RELEASE] {
        assert_eq!(written(&read(document)), document);
    }
}

/// A new field does not compile here until the fixture has it.
#[test]
fn the_fixture_has_every_field() {
    let Alert {
        version,
        alert_id: _,
        thread: _,
        seq: _,
        kind: _,
        subject: _,
        severity: _,
        max_severity: _,
        changes,
        target,
        why,
        event,
        text,
        accounts,
        resources,
        received_at: _,
        truncated,
        previous,
        escalation,
        acknowledged,
        metric,
        digest,
    } = read(EVERY_FIELD);
    assert_eq!(version, VERSION);
    assert!(truncated && previous.is_some() && escalation.is_some() && acknowledged.is_some());
    let (metric, digest) = (metric.unwrap(), digest.unwrap());
    assert!(metric.value.is_some() && metric.breach.is_some() && metric.since.is_some());
    assert!(metric.host.is_some() && !metric.points.is_empty() && !metric.tags.is_empty());
    assert!(digest.coverage.is_some_and(|coverage| !coverage.missing.is_empty()));
    assert!(!digest.unactioned.is_empty() && !digest.silenced.is_empty());
    assert_eq!(changes.len(), 6);
    assert!(target.mention.is_some() && target.runbook.is_some() && !target.links.is_empty());
    assert_ne!(target.announce, Announce::default());
    assert!(why.route.is_some() && !text.is_empty());
    assert!(event.arn.is_some() && event.communication_id.is_some() && event.end.is_some());
    assert!(event.updated.is_some() && event.time.is_some() && event.actionability.is_some());
    assert!(!accounts.groups.is_empty() && accounts.shown.iter().any(|one| one.owner.is_some()));
    assert!(!resources.shown.is_empty());
}

#[test]
fn alerts_of_earlier_releases_read_with_what_they_left_out() {
    let alert = read(LEAST);
    assert_eq!((alert.event.occurrences, alert.event.replayed, alert.truncated), (1, false, false));
    assert_eq!((alert.accounts.total, alert.resources.total, alert.text.len()), (0, 0, 0));
    assert_eq!(alert.target.announce, Announce::default());
    assert!(alert.previous.is_none() && alert.digest.is_none() && alert.metric.is_none());
    assert_eq!(read(&written(&alert)), alert);
}

#[test]
fn an_unknown_field_passes_wherever_it_stands() {
    let mut later: Value = serde_json::from_str(EVERY_FIELD).unwrap();
    for place in
        ["", "/target", "/why", "/event", "/accounts/shown/0", "/resources", "/metric", "/digest"]
    {
        let object = later.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
        object.insert("addedLater".to_owned(), json!({"deep": [1, "x"]}));
    }
    assert_eq!(serde_json::from_value::<Alert>(later).unwrap(), read(EVERY_FIELD));
}
