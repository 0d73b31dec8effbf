//! One invocation, record by record: what is acknowledged, what comes back, what is buried, and
//! the line each leaves in the log.

use std::cell::{Cell, RefCell};

use collector::Collector;
use collector::lambda::accounts::Accounts;
use collector::lambda::{Arrivals, Function, Reply};
use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use function::dead_letters::DeadLetters;
use jiff::{SignedDuration, Timestamp};
use model::trust::Trust;
use routing::Watch;
use rules::Rules;
use serde_json::{Value, json};
use state::MemoryStore;
use tokio::sync::RwLock;

use crate::peer::{Answer, Peer};

pub(crate) fn now() -> Timestamp {
    CLOCK.get()
}

thread_local! {
    pub(crate) static CLOCK: Cell<Timestamp> =
        Cell::new(Timestamp::from_second(1_800_000_000).unwrap());
    pub(crate) static LOG: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

fn log(line: &str) {
    LOG.with_borrow_mut(|log| log.push(serde_json::from_str(line).unwrap()));
}

const FLUSH: &str = "https://sqs/1/flush";

pub(crate) fn function(peer: &Peer) -> Function<MemoryStore, Loopback, Timer> {
    Function {
        collector: RwLock::new(Collector {
            store: MemoryStore::default(),
            publisher: Loopback::default(),
            ticks: Timer::default(),
            rules: Rules::default(),
            trust: Trust::Only([].into()),
            lease: SignedDuration::from_secs(35),
        }),
        configuration: Watch::default(),
        accounts: Accounts::default(),
        dead_letters: DeadLetters::new(peer.sqs(), format!("{}/1/dead", peer.origin)),
        flush_queue: FLUSH.to_owned(),
        clock: now,
        log,
        arrivals: Arrivals::default(),
    }
}

pub(crate) fn record(id: &str, queue: &str, body: &Value) -> Value {
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    json!({"messageId": id, "body": body, "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:us-east-1:1:{queue}")})
}

pub(crate) fn event(affected: &str) -> Value {
    json!({"source": "aws.health", "account": "1", "region": "us-east-1",
    "time": "2027-01-15T07:59:59Z", "detail": {
        "eventArn": "arn:x", "service": "EC2", "eventTypeCode": "AWS_EC2_ISSUE",
        "eventTypeCategory": "issue", "statusCode": "open", "communicationId": "c1-1",
        "affectedAccount": affected,
    }})
}

fn tick(incident: &str, due: Timestamp) -> Value {
    json!({"version": 1, "incident": incident, "due": due})
}

/// What comes back, and what was decided of each.
pub(crate) async fn handle(
    function: &Function<MemoryStore, Loopback, Timer>,
    records: &[Value],
    left: SignedDuration,
) -> (Vec<String>, Vec<String>) {
    LOG.with_borrow_mut(Vec::clear);
    let payload = json!({"Records": records}).to_string();
    let reply = function.handle(&payload, "request-1", now() + left).await.unwrap();
    let Reply::Batch(response) = reply else { panic!("{reply:?}") };
    let back = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier);
    let decision = |line: &Value| line["decision"].as_str().map(str::to_owned);
    (back.collect(), LOG.with_borrow(|log| log.iter().filter_map(decision).collect()))
}

pub(crate) const PLENTY: SignedDuration = SignedDuration::from_secs(30);

/// SQS says of every message that it has it.
pub(crate) async fn taking() -> Peer {
    let body = r#"{"MessageId":"m"}"#.to_owned();
    Peer::start(Some(Answer { status: 200, body })).await
}

#[tokio::test]
async fn each_record_of_a_batch_has_its_own_outcome() {
    let peer = taking().await;
    let function = function(&peer);
    let later = now() + SignedDuration::from_hours(1);
    let records = [
        record("1", "events", &event("1")),
        record("2", "events", &event("1")),
        record("3", "events", &json!("not an event")),
        record("4", "events", &event("2")),
        record("5", "flush", &tick("arn|aws.health|arn:x", later)),
        record("6", "flush", &tick("arn|aws.health|arn:x", now())),
        record("7", "flush", &tick("nobody", now())),
        record("8", "flush", &json!({"no": "tick"})),
    ];
    let (back, _) = handle(&function, &records, PLENTY).await;
    assert_eq!(back, Vec::<String>::new());
    let mut lines = LOG.with_borrow(Clone::clone);
    lines.retain(|line| line["record"].is_string());
    lines.sort_by_key(|line| line["record"].to_string());
    let decisions: Vec<&str> =
        lines.iter().map(|line| line["decision"].as_str().unwrap()).collect();
    let expected = [
        "new",
        "no_change",
        "dead_lettered",
        "dead_lettered",
        "early",
        "not_due",
        "unknown",
        "dead_lettered",
    ];
    assert_eq!(decisions, expected);
    let buried = peer.requests();
    assert_eq!(buried.len(), 3);
    assert!(buried[0].contains("not JSON") && buried[0].contains("Unreadable"), "{}", buried[0]);
    assert!(buried[1].contains("may not speak for account 2"), "{}", buried[1]);
}

#[tokio::test]
async fn the_log_says_what_an_operator_asks_and_counts_it() {
    let function = function(&taking().await);
    handle(&function, &[record("1", "events", &event("1"))], PLENTY).await;
    let lines = LOG.with_borrow(Clone::clone);
    assert_eq!(
        lines[0],
        json!({"level": "info", "message": "outcome", "decision": "new", "request_id": "request-1",
            "record": "1", "event_arn": "arn:x", "account": "1", "region": "us-east-1",
            "group": "arn|aws.health|arn:x"})
    );
    let counted = [&lines[1]["received"], &lines[1]["latency"]];
    assert_eq!(counted, [&json!(1), &json!([1_000.0])]);
}

#[tokio::test]
async fn what_cannot_be_buried_or_has_no_time_left_comes_back_alone() {
    let closed = Peer::start(None).await;
    let function = function(&closed);
    let records =
        [record("1", "events", &json!("not an event")), record("2", "events", &event("1"))];
    let (back, decisions) = handle(&function, &records, PLENTY).await;
    assert_eq!((back, decisions), (vec!["1".to_owned()], vec!["failed".into(), "new".into()]));
    let (back, decisions) = handle(&function, &records, SignedDuration::from_secs(1)).await;
    assert_eq!(back, ["1", "2"]);
    assert_eq!(decisions, ["deferred", "deferred"]);
}

#[tokio::test]
async fn a_bare_event_and_the_schedule_are_answered_with_nothing() {
    let function = function(&taking().await);
    for payload in [event("1"), json!({"task": "sweep"})] {
        let reply = function.handle(&payload.to_string(), "r", now() + PLENTY).await;
        assert!(matches!(reply, Ok(Reply::Nothing)), "{reply:?}");
    }
    assert_eq!(
        function.collector.read().await.ticks.next(),
        Some(now() + SignedDuration::from_secs(10))
    );
}
