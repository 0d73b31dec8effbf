use jiff::Timestamp;

use super::{
    ConfigurationError, Entry, MAX_TEXT, Number, Signed, history, in_force, push, roll_back, text,
};
use crate::MemoryStore;
use crate::document::{DocumentKey, DocumentStore, Draft};

fn signed(second: i64, comment: &str) -> Signed {
    let at = Timestamp::from_second(1_800_000_000 + second).unwrap();
    Signed { by: "ops".to_owned(), at, comment: comment.to_owned() }
}

async fn published(store: &MemoryStore, texts: &[&str]) {
    for (second, text) in (0..).zip(texts) {
        push(store, text, signed(second, text)).await.unwrap();
    }
}

async fn now(store: &MemoryStore) -> u64 {
    in_force(store).await.unwrap().unwrap().number.0
}

#[tokio::test]
async fn each_push_is_a_version_of_its_own_and_the_last_one_is_in_force() {
    let store = MemoryStore::default();
    assert_eq!(in_force(&store).await, Ok(None));
    published(&store, &["one", "two"]).await;
    assert_eq!(now(&store).await, 2);
    assert_eq!(text(&store, Number(1)).await, Ok("one".to_owned()));
    assert_eq!(text(&store, Number(2)).await, Ok("two".to_owned()));
    let entry = |number, second, text: &str| Entry {
        number: Number(number),
        bytes: 3,
        signed: signed(second, text),
    };
    assert_eq!(history(&store).await, Ok(vec![entry(2, 1, "two"), entry(1, 0, "one")]));
}

#[tokio::test]
async fn rolling_back_goes_down_step_by_step_or_to_the_named_version_and_is_remembered() {
    let store = MemoryStore::default();
    published(&store, &["one", "two", "three"]).await;
    let back = async |to: Option<u64>| roll_back(&store, to.map(Number), signed(9, "")).await;
    assert_eq!(back(None).await, Ok(Number(2)));
    assert_eq!(back(None).await, Ok(Number(1)), "not back to the one that was rolled back");
    assert_eq!(back(None).await, Err(ConfigurationError::NothingBefore(Number(1))));
    assert_eq!(back(Some(1)).await, Err(ConfigurationError::InForceAlready(Number(1))));
    assert_eq!(back(Some(4)).await, Err(ConfigurationError::Missing(Number(4))));
    assert_eq!(back(Some(3)).await, Ok(Number(3)));
    let switches = in_force(&store).await.unwrap().unwrap().switches;
    let numbers: Vec<u64> = switches.iter().map(|switch| switch.number.0).collect();
    assert_eq!(numbers, [3, 1, 2, 3, 2, 1]);
    assert_eq!(push(&store, "four", signed(10, "")).await, Ok(Number(4)));
}

#[tokio::test]
async fn a_number_taken_by_a_push_that_died_is_passed_over() {
    let store = MemoryStore::default();
    published(&store, &["one"]).await;
    let draft = Draft { replaces: 0, body: "half".to_owned(), expires: Timestamp::MAX };
    let key = DocumentKey::new(super::TEXTS, Number(2).name());
    store.write_document(&key, draft).await.unwrap();
    assert_eq!(now(&store).await, 1);
    assert_eq!(push(&store, "three", signed(3, "")).await, Ok(Number(3)));
    assert_eq!(now(&store).await, 3);
    let down = roll_back(&store, None, signed(4, "")).await;
    assert_eq!(down, Ok(Number(1)), "what was never in force is not gone back to");
}

#[tokio::test]
async fn of_two_who_switch_at_once_one_is_told_that_it_was_overtaken() {
    let store = MemoryStore::default();
    published(&store, &["one"]).await;
    let seen = super::pointer(&store).await.unwrap();
    published(&store, &["two"]).await;
    let late = super::switch(&store, seen, Number(3), signed(5, "")).await;
    assert_eq!(late, Err(ConfigurationError::Overtaken { now: Number(2) }));
}

#[tokio::test]
async fn what_does_not_fit_and_what_comes_from_the_future_are_refused() {
    let store = MemoryStore::default();
    let rows = [
        ("x".repeat(MAX_TEXT + 1), "the document has 307201 bytes; at most 307200 fit"),
        ("\"".repeat(MAX_TEXT), "the document has 614422 bytes as JSON; at most 399360 fit"),
    ];
    for (large, said) in rows {
        let refused = push(&store, &large, signed(0, "")).await.map_err(|error| error.to_string());
        assert_eq!(refused, Err(said.to_owned()));
    }
    assert_eq!(in_force(&store).await, Ok(None));
    let body = r#"{"schema":2,"number":1,"switches":[]}"#.to_owned();
    let draft = Draft { replaces: 0, body, expires: Timestamp::MAX };
    let key = DocumentKey::new(super::DRAWER, super::POINTER);
    store.write_document(&key, draft).await.unwrap();
    let refused = in_force(&store).await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "the pointer cannot be read; a newer version of this program may have written it"
    );
}

#[test]
fn a_version_is_named_with_or_without_its_letter() {
    assert_eq!(("v7".parse(), "7".parse()), (Ok(Number(7)), Ok(Number(7))));
    for wrong in ["", "v", "v0", "-1", "seven"] {
        assert!(wrong.parse::<Number>().is_err(), "{wrong}");
    }
}
