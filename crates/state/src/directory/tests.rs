use jiff::{SignedDuration, Timestamp};

use super::{Account, list, stamp, turn};
use crate::MemoryStore;
use crate::document::{DocumentKey, DocumentStore, Draft};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_hours(hour)
}

fn accounts(count: usize, name: &str) -> Vec<Account> {
    let account = |number: usize| Account {
        id: format!("{number:012}").into(),
        name: format!("{name}-{number}"),
        ou: "workloads/prod".to_owned(),
        ..Account::default()
    };
    (0..count).map(account).collect()
}

async fn listed(store: &MemoryStore) -> Vec<Account> {
    list(store, &stamp(store).await.unwrap()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_list_is_made_by_one_at_a_time_and_at_most_once_an_hour() {
    let store = MemoryStore::default();
    assert_eq!(listed(&store).await, []);
    let first = turn(&store, HOUR, at(0)).await.unwrap().unwrap();
    assert_eq!(turn(&store, HOUR, at(0)).await, Ok(None));
    // More than one piece.
    let all = accounts(5_000, "payments");
    let published = first.publish(&store, &all, at(0)).await.unwrap();
    assert!(published.pieces > 1, "{published:?}");
    assert_eq!(listed(&store).await, all);

    let second = turn(&store, HOUR, at(1)).await.unwrap().unwrap();
    second.give_up(&store, "AccessDeniedException".to_owned(), at(1)).await.unwrap();
    let now = stamp(&store).await.unwrap();
    assert_eq!(now.trouble.as_deref(), Some("AccessDeniedException"));
    assert_eq!(listed(&store).await, all, "the old list keeps counting");
    assert_eq!(turn(&store, HOUR, at(1)).await, Ok(None), "denied is not asked again at once");
}

#[tokio::test]
async fn a_list_that_says_nothing_new_is_written_again_before_it_expires() {
    let store = MemoryStore::default();
    let all = accounts(3, "payments");
    let mut names = Vec::new();
    for hour in [0, 1, 30 * 24] {
        let turn = turn(&store, HOUR, at(hour)).await.unwrap().unwrap();
        names.push(turn.publish(&store, &all, at(hour)).await.unwrap().list);
    }
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);
    let held = stamp(&store).await.unwrap();
    let turn = turn(&store, HOUR, at(30 * 24 + 1)).await.unwrap().unwrap();
    turn.publish(&store, &accounts(2, "ops"), at(30 * 24 + 1)).await.unwrap();
    assert_eq!(list(&store, &held).await, Ok(Some(all)), "whoever holds the old stamp finds it");
}

#[tokio::test]
async fn of_two_turns_that_overlap_the_stamp_keeps_one_and_the_future_is_refused() {
    let store = MemoryStore::default();
    let slow = turn(&store, HOUR, at(0)).await.unwrap().unwrap();
    let quick = turn(&store, HOUR, at(2)).await.unwrap().unwrap();
    quick.publish(&store, &accounts(2, "new"), at(2)).await.unwrap();
    slow.publish(&store, &accounts(2, "old"), at(0)).await.unwrap();
    assert_eq!(listed(&store).await, accounts(2, "new"));

    let key = DocumentKey::new(super::DRAWER, super::STAMP);
    let version = store.document(&key).await.unwrap().unwrap().version;
    let body = r#"{"schema":2}"#.to_owned();
    let draft = Draft { replaces: version, body, expires: at(9) };
    store.write_document(&key, draft).await.unwrap();
    assert!(stamp(&store).await.is_err_and(|error| !error.retryable()));
}
