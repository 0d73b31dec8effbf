//! A thread in hand, or silent for a while: what a person says is what the collector then reads.

use jiff::{SignedDuration, Timestamp};
use model::ids::ThreadKey;
use model::words::Status;
use state::board::{self, Entry};
use state::{StateStore, ack, configuration};

use crate::Scene;

fn now() -> Timestamp {
    system_tests::chaos::clock()
}

/// What the space `ops` was told, an issue that goes on.
fn entry(thread: &str, status: &str) -> Entry {
    let row = serde_json::json!({
        "thread": thread, "subject": "issue", "service": "EC2", "category": "issue",
        "typeCode": "AWS_EC2_OPERATIONAL_ISSUE", "severity": "critical", "status": status,
        "regions": ["us-east-1"], "accounts": 1, "resources": 2, "unsettled": 2,
    });
    serde_json::from_value(serde_json::json!({
        "version": 1, "incident": format!("i-{thread}"), "row": row, "opened": "2027-01-15T08:00:00Z", "resolved": null,
    }))
    .unwrap()
}

#[tokio::test]
async fn a_thread_is_taken_or_silenced_by_whoever_says_so_and_only_where_there_is_one() {
    let Some(scene) = Scene::new("ack").await else { return };
    let store = scene.store();
    let signed = configuration::Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
    let document = "[defaults]\nspaces = ['ops']\n";
    configuration::push(&store, document, signed).await.unwrap();
    let (open, over) = (ThreadKey::from("a1"), ThreadKey::from("b2"));
    board::put(&store, &"ops".into(), &entry("a1", "open")).await.unwrap();
    let resolved = entry("b2", "resolved");
    assert_eq!(resolved.row.status, Status::Resolved);
    board::put(&store, &"ops".into(), &resolved).await.unwrap();

    // A thread stays where it was opened, whatever later documents say.
    let signed = configuration::Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
    let document = "[defaults]\nspaces = ['cloud']\n";
    configuration::push(&store, document, signed).await.unwrap();

    for (arguments, expected) in [
        (&["ack", "c3"][..], "no space was told of a thread c3"),
        (&["ack", "b2"], "is resolved: there is nothing to take"),
        (&["snooze", "a1", "--until", "2020-01-01T00:00:00Z"], "is over already"),
    ] {
        let refused = scene.healthctl(arguments);
        assert_eq!(refused.status, 1, "{}", refused.stdout);
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    }
    for thread in [&open, &over] {
        assert_eq!(ack::read(&store, thread).await, Ok(None), "nothing was said yet");
    }

    let began = now();
    let taken = scene.healthctl(&["ack", "a1", "--by", "network team"]);
    assert_eq!(taken.status, 0, "{}", taken.stderr);
    let said =
        "EC2 AWS_EC2_OPERATIONAL_ISSUE (ops): in hand of network team; nobody else is called\n";
    assert_eq!(taken.stdout, said);
    let kept = ack::read(&store, &open).await.unwrap().unwrap();
    assert_eq!((kept.by.as_deref(), kept.until), (Some("network team"), None));
    assert!(began <= kept.at && kept.at <= now());
    // The sweep of the next minute finds it, and the collector says so in the thread.
    let header = store.header(&"i-a1".into()).await.unwrap();
    assert_eq!((header.arrivals, header.due), (1, Some(kept.at)));
    assert_eq!(store.overdue(now(), 10).await.unwrap(), ["i-a1".into()]);

    let until = (now() + SignedDuration::from_hours(8)).round(jiff::Unit::Second).unwrap();
    let silent = scene.healthctl(&["snooze", "a1", "--until", &until.to_string()]);
    assert_eq!(silent.status, 0, "{}", silent.stderr);
    let kept = ack::read(&store, &open).await.unwrap().unwrap();
    assert_eq!(kept.until, Some(until));
    assert!(kept.by.is_some_and(|by| !by.is_empty()), "whoever AWS says we are");
}
