use jiff::{SignedDuration, Timestamp};
use model::ids::{AlertId, IncidentId, SpaceName, ThreadKey};
use model::summary::DigestRow;
use model::words::{Category, Severity, Status, Subject};

use super::{
    Cover, Entry, Held, HeldBy, Recent, Silenced, count_recent, incident, list, mark_told, put,
    put_silenced, refresh, silenced, space_of,
};
use crate::MemoryStore;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn ops() -> SpaceName {
    SpaceName::from("ops")
}

fn entry(version: u64, accounts: u32) -> Entry {
    Entry {
        incident: None,
        version,
        row: DigestRow {
            thread: ThreadKey::from("t"),
            arn: None,
            subject: Subject::Issue,
            service: "EC2".into(),
            type_code: "X".into(),
            category: Category::Issue,
            severity: Severity::High,
            status: Status::Open,
            regions: Vec::new(),
            start: None,
            deadline: None,
            updated: None,
            accounts,
            account: None,
            account_name: None,
            resources: 0,
            unsettled: 0,
        },
        opened: at(0),
        resolved: None,
        unsettled: Vec::new(),
        held: None,
    }
}

fn held(version: u64) -> Entry {
    let held = Held { by: HeldBy::QuietHours, since: at(0), until: at(60), told: false };
    Entry { held: Some(held), ..entry(version, 1) }
}

async fn there(store: &MemoryStore) -> (u64, Entry) {
    let mut all = list(store, &ops()).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn a_later_version_is_never_undone_and_a_repeat_writes_nothing() {
    let store = MemoryStore::default();
    for (put_version, expected) in [(1, 1), (2, 2), (1, 2), (2, 2), (5, 5), (6, 6)] {
        put(&store, &ops(), &entry(put_version, 1)).await.unwrap();
        assert_eq!(there(&store).await.1.version, expected, "after {put_version}");
    }
    let (document, _) = there(&store).await;
    put(&store, &ops(), &entry(6, 1)).await.unwrap();
    assert_eq!(there(&store).await.0, document);
}

#[tokio::test]
async fn only_what_a_digest_covered_is_told_and_a_repeat_does_not_untell_it() {
    let store = MemoryStore::default();
    let told = |entry: &Entry| entry.held.as_ref().is_some_and(|held| held.told);
    put(&store, &ops(), &held(1)).await.unwrap();
    let (document, _) = there(&store).await;
    let cover = Cover { thread: "t".into(), document };
    put(&store, &ops(), &held(2)).await.unwrap();
    mark_told(&store, &ops(), &cover).await.unwrap();
    assert!(!told(&there(&store).await.1), "it has moved on since the digest");
    let (document, _) = there(&store).await;
    mark_told(&store, &ops(), &Cover { document, ..cover }).await.unwrap();
    assert!(told(&there(&store).await.1));
    put(&store, &ops(), &held(2)).await.unwrap();
    assert!(told(&there(&store).await.1), "a repeat untold it");
    put(&store, &ops(), &held(3)).await.unwrap();
    assert!(!told(&there(&store).await.1), "the next word is not told yet");
}

#[tokio::test]
async fn a_refresh_changes_numbers_and_nothing_else() {
    let store = MemoryStore::default();
    put(&store, &ops(), &held(2)).await.unwrap();
    refresh(&store, &ops(), &entry(2, 7)).await.unwrap();
    let (document, fresh) = there(&store).await;
    assert_eq!((fresh.row.accounts, fresh.held), (7, held(2).held));
    refresh(&store, &ops(), &entry(2, 7)).await.unwrap();
    refresh(&store, &ops(), &entry(1, 9)).await.unwrap();
    assert_eq!(there(&store).await.0, document, "nothing new, or of an earlier version");
}

#[tokio::test]
async fn alerts_are_counted_once_and_forgotten_after_a_while() {
    let store = MemoryStore::default();
    let limit = (2, SignedDuration::from_secs(60));
    let rows = [
        ("a", 0, false),
        ("b", 1, false),
        ("a", 2, false),
        ("c", 3, true),
        ("c", 4, true),
        ("d", 62, false),
        ("e", 130, false),
    ];
    for (alert, second, expected) in rows {
        let beyond = count_recent(&store, &ops(), &AlertId::from(alert), at(second), limit).await;
        assert_eq!(beyond, Ok(expected), "{alert} at {second}");
    }
    let mut recent = Recent::default();
    for n in 0..1_000 {
        recent.count(&AlertId(n.to_string()), at(0), 20, SignedDuration::from_mins(10));
    }
    assert_eq!(recent.0.len(), 21, "no more than is needed");
}

#[tokio::test]
async fn what_was_silenced_is_kept_by_incident() {
    let store = MemoryStore::default();
    let count = |n| Silenced::from([("silence[1]".to_owned(), [(5, n)].into())]);
    for (name, n) in [("a", 1), ("a", 2), ("a", 2), ("b", 3)] {
        put_silenced(&store, &IncidentId::from(name), &count(n), at(0)).await.unwrap();
    }
    assert_eq!(silenced(&store).await, Ok(vec![count(2), count(3)]));
}

#[test]
fn a_board_is_told_from_an_incident_by_its_id() {
    assert_eq!(space_of(&incident(&ops())), Some(ops()));
    assert_eq!(space_of(&IncidentId::from("arn|aws.health|board|ops")), None);
}
