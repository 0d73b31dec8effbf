//! The routing document, published while the function runs: taken over between invocations, and
//! never at the price of an event.

use collector::lambda::Function;
use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use jiff::SignedDuration;
use serde_json::Value;
use state::MemoryStore;
use state::configuration::{self, Signed};

use crate::batches::{CLOCK, LOG, PLENTY, event, function, handle, now, record, taking};

type OnMemory = Function<MemoryStore, Loopback, Timer>;

fn document(space: &str) -> String {
    format!("[defaults]\nspaces = [\"{space}\"]\ntrusted_accounts = [\"1\"]\n")
}

async fn publish(function: &OnMemory, text: &str) {
    let signed = Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
    let collector = function.collector.read().await;
    configuration::push(&collector.store, text, signed).await.unwrap();
}

fn pass(time: SignedDuration) {
    CLOCK.set(now() + time);
}

/// One event; what was decided besides of it, and which version is in force then.
async fn invoke(function: &OnMemory) -> (Vec<String>, String) {
    let (back, decisions) = handle(function, &[record("1", "events", &event("1"))], PLENTY).await;
    assert_eq!(back, Vec::<String>::new(), "no event comes back because of its configuration");
    let others = decisions.into_iter().filter(|one| one != "new" && one != "no_change");
    (others.collect(), function.collector.read().await.rules.version.clone())
}

fn logged(decision: &str) -> Value {
    LOG.with_borrow(|log| log.iter().find(|line| line["decision"] == decision).cloned()).unwrap()
}

#[tokio::test]
async fn a_function_starts_with_what_is_in_force_and_follows_it_once_a_minute() {
    let function = function(&taking().await);
    publish(&function, &document("ops")).await;
    let expected = |decisions: &[&str], version: &str| {
        (decisions.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>(), version.to_owned())
    };
    assert_eq!(invoke(&function).await, expected(&["configured"], "v1"));
    let first = LOG.with_borrow(|log| log[0]["decision"].clone());
    assert_eq!(first, "configured", "before the first event");
    assert_eq!(logged("configured")["reason"], "v1 is in force");

    publish(&function, &document("payments")).await;
    pass(SignedDuration::from_secs(59));
    assert_eq!(invoke(&function).await, expected(&[], "v1"));
    pass(SignedDuration::from_secs(1));
    assert_eq!(invoke(&function).await, expected(&["configured"], "v2"));
    let first = LOG.with_borrow(|log| log[0]["decision"].clone());
    assert_eq!(first, "no_change", "after the event");

    // Idle for long, it looks before its next event.
    publish(&function, &document("idle")).await;
    pass(SignedDuration::from_mins(5));
    assert_eq!(invoke(&function).await, expected(&["configured"], "v3"));
    let first = LOG.with_borrow(|log| log[0]["decision"].clone());
    assert_eq!(first, "configured");
}

#[tokio::test]
async fn the_published_document_routes_and_says_who_may_speak_for_others() {
    let function = function(&taking().await);
    publish(&function, &document("ops")).await;
    let (_, decisions) = handle(&function, &[record("1", "events", &event("2"))], PLENTY).await;
    assert_eq!(decisions, ["configured", "new"], "account 1 is trusted to speak for account 2");
    let collector = function.collector.read().await;
    let (due, incident) = collector.ticks.take(now() + PLENTY).unwrap();
    let token = state::header::Token("t".to_owned());
    collector.flush(&incident, token, due).await.unwrap();
    let sent = collector.publisher.take().unwrap();
    let alert: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(alert["target"]["space"], "ops");
    assert_eq!(alert["why"]["configVersion"], "v1");
}

#[tokio::test]
async fn a_bad_document_never_replaces_the_last_good_one_and_is_told_each_minute() {
    let function = function(&taking().await);
    publish(&function, &document("ops")).await;
    invoke(&function).await;
    publish(&function, "[defaults]\nspace = \"ops\"\n").await;
    for _ in 0..2 {
        pass(SignedDuration::from_mins(1));
        let (decisions, version) = invoke(&function).await;
        assert_eq!((decisions, version.as_str()), (vec!["configuration_kept".to_owned()], "v1"));
        let line = logged("configuration_kept");
        assert_eq!(line["level"], "error");
        let reason = line["reason"].as_str().unwrap();
        assert!(reason.starts_with("v2 cannot be used: line 2: "), "{reason}");
        let counted = LOG.with_borrow(|log| log.last().unwrap()["configuration-unusable"].clone());
        assert_eq!(counted, 1);
    }
    // A function that starts now has none to keep: it works by the version before.
    let collector = function.collector.into_inner();
    let fresh =
        Function { collector: collector.into(), ..crate::batches::function(&taking().await) };
    let (decisions, version) = invoke(&fresh).await;
    assert_eq!(
        (decisions.as_slice(), version.as_str()),
        (["configuration_kept".to_owned(), "configured".to_owned()].as_slice(), "v1")
    );
    publish(&fresh, &document("payments")).await;
    pass(SignedDuration::from_mins(1));
    assert_eq!(invoke(&fresh).await.1, "v3");
}
