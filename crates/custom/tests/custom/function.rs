//! The whole function on one machine: an event of API Gateway in, an answer, log lines, frames and
//! threshold events out.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use custom::bus::loopback::Loopback;
use custom::intake::Intake;
use custom::lambda::kept::{Fetched, Known};
use custom::lambda::{Call, Function, Reply};
use custom::metric::{AccessKeyIn, Rules as Reading};
use custom::respond::Answer;
use custom::threshold::event::Place;
use custom::whatap::client::{Client, Deadlines};
use custom::whatap::servers::Server;
use function::Secret;
use function::failure::Failure;
use jiff::{SignedDuration, Timestamp};
use rules::Rules;
use serde_json::{Value, json};
use state::MemoryStore;
use state::configuration::{self, Signed};
use tokio::sync::RwLock;

use crate::collector::{BlackHole, Collector, Play, nobody, servers};
use crate::decoder::decode;
use crate::given::{KEY, OTHER_PROJECTS_KEY, body, now, rules, with, without};
use crate::thresholds::{cost, thresholds};

type Nobody = fn() -> std::future::Ready<Fetched>;
type OnMemory<K = Nobody> = Function<MemoryStore, Loopback, K>;

const DEADLINES: Deadlines = Deadlines {
    connect: Duration::from_millis(200),
    write: Duration::from_millis(300),
    total: Duration::from_millis(800),
    settle: Duration::from_millis(100),
    idle: Duration::from_mins(1),
};

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static LATER: Cell<i64> = const { Cell::new(0) };
}

fn clock() -> Timestamp {
    now() + SignedDuration::from_secs(LATER.get())
}

fn log(line: &str) {
    LOG.with_borrow_mut(|log| log.push(line.to_owned()));
}

/// The lines since the last call; none may show a key.
fn logged() -> Vec<Value> {
    LOG.with_borrow_mut(std::mem::take)
        .iter()
        .map(|line| {
            assert!(
                !line.contains(&KEY[..13]) && !line.contains(&OTHER_PROJECTS_KEY[..13]),
                "{line}"
            );
            serde_json::from_str(line).unwrap()
        })
        .collect()
}

fn outcomes() -> Vec<String> {
    let lines = logged().into_iter().filter(|line| line["message"] == "outcome");
    lines.map(|line| line["decision"].as_str().unwrap().to_owned()).collect()
}

fn place() -> Place {
    Place { region: "eu-west-1".to_owned(), account: "111122223333".to_owned() }
}

fn function_with<K>(list: &[&Server], keys: Option<Known<K>>, reading: Reading) -> OnMemory<K> {
    Function {
        intake: Intake {
            store: MemoryStore::default(),
            bus: Loopback::new(place()),
            whatap: (!list.is_empty()).then(|| Client::new(servers(list), DEADLINES)),
            reading,
            namespace: "Custom".to_owned(),
        },
        keys,
        rules: RwLock::new(Arc::new(Rules::default())),
        configuration: routing::Watch::default(),
        clock,
        log,
    }
}

fn function(list: &[&Server]) -> OnMemory {
    function_with(list, None, rules())
}

async fn work_by(function: &OnMemory, rules: Rules) {
    *function.rules.write().await = Arc::new(rules);
}

fn rest(body: &str) -> Value {
    json!({
        "resource": "/custom", "path": "/custom", "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "x-api-key": "k"},
        "requestContext": {"requestId": "rest-1", "stage": "v1"},
        "body": body, "isBase64Encoded": false,
    })
}

async fn invoke<K, F>(function: &OnMemory<K>, event: &Value) -> Result<Reply, Failure>
where
    K: Fn() -> F + Send + Sync,
    F: Future<Output = Fetched> + Send,
{
    let deadline = clock() + SignedDuration::from_secs(15);
    let call = Call { request_id: "lambda-1", deadline, place: place() };
    function.handle(&event.to_string(), &call).await
}

async fn post<K, F>(function: &OnMemory<K>, body: &str) -> (u16, Value)
where
    K: Fn() -> F + Send + Sync,
    F: Future<Output = Fetched> + Send,
{
    let Ok(Reply::Answer(Answer { status_code, body, .. })) = invoke(function, &rest(body)).await
    else {
        panic!("a request is answered")
    };
    assert!(!body.contains(&KEY[..13]), "{body}");
    (status_code, serde_json::from_str(&body).unwrap())
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["errors"][0]["code"].as_str().unwrap_or("none"))
}

#[tokio::test]
async fn a_request_becomes_a_frame_metric_documents_one_log_line_and_an_answer() {
    let up = Collector::start(&[Play::Listen]).await;
    let function = function(&[&up.server]);
    let answer = post(&function, &body()).await;
    assert_eq!(answer, (202, json!({"requestId": "rest-1", "accepted": 2, "errors": []})));
    let frame = decode(&up.frames(1).await[0]).unwrap();
    assert_eq!((frame.pcode, frame.datas.len()), (1_234_567, 2));
    let lines = logged();
    let documents = lines.iter().filter(|line| line["_aws"].is_object());
    let namespaces: Vec<_> =
        documents.map(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"].clone()).collect();
    assert_eq!(namespaces, ["Custom", "HealthAlerts"]);
    let outcome = lines.iter().find(|line| line["message"] == "outcome").unwrap();
    let host_hash = format!("{:016x}", model::fingerprint::of("custom-host-1"));
    assert_eq!(
        *outcome,
        json!({"level": "info", "message": "outcome", "decision": "accepted",
            "request_id": "rest-1", "status": 202, "pcode": 1_234_567,
            "category": "whatap_custom", "host_hash": host_hash, "values": 2})
    );
}

#[tokio::test]
async fn both_gateways_and_whatever_else_get_an_answer_with_a_request_id() {
    let up = Collector::start(&[Play::Listen]).await;
    let function = function(&[&up.server]);
    let http = json!({
        "version": "2.0", "headers": {"content-type": "text/plain"}, "isBase64Encoded": true,
        "requestContext": {"requestId": "http-1", "http": {"method": "POST"}},
        "body": "eyJub3QiOiJpdCJ9",
    });
    let mut get = rest("");
    get["httpMethod"] = json!("GET");
    let mut without_id = rest(&body());
    without_id["requestContext"] = json!({});
    let rows = [
        (http, 400, "http-1"),
        (get, 405, "rest-1"),
        (without_id, 202, "lambda-1"),
        (json!({}), 405, "lambda-1"),
        (json!(["x"]), 405, "lambda-1"),
    ];
    for (event, status, id) in rows {
        let Ok(Reply::Answer(answer)) = invoke(&function, &event).await else { panic!("{event}") };
        let report: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status_code, &report["requestId"]), (status, &json!(id)), "{event}");
    }
}

#[tokio::test]
async fn every_way_in_which_a_collector_fails_has_its_status_and_no_value_is_lost_in_silence() {
    let down = nobody().await;
    let hole = BlackHole::dig().await;
    let reset = Collector::start(&[Play::ResetAfter(0)]).await;
    let broken = Collector::start(&[Play::ResetAfter(1)]).await;
    let half = Collector::start(&[Play::CloseWithin(9)]).await;
    let up = Collector::start(&[Play::Listen]).await;
    let slow = Collector::start(&[Play::Slow]).await;
    let rows = [
        ("refused", vec![&down], (502, "upstream_unreachable"), 0),
        ("accepted, then reset", vec![&reset.server], (502, "upstream_unreachable"), 0),
        ("black hole", vec![&hole.server], (504, "upstream_timeout"), 0),
        ("reset after the frame", vec![&broken.server], (502, "upstream_ambiguous"), 1),
        ("half a frame, then gone", vec![&half.server], (502, "upstream_ambiguous"), 1),
        ("first down, second up", vec![&down, &up.server], (202, "none"), 1),
        ("first silent, second up", vec![&hole.server, &up.server], (202, "none"), 1),
        ("slow reader", vec![&slow.server], (202, "none"), 1),
    ];
    for (name, list, expected, documents) in rows {
        let function = function(&list);
        let answer = post(&function, &body()).await;
        assert_eq!(code(&answer), expected, "{name}");
        assert_eq!(answer.1["accepted"], if expected.0 == 202 { 2 } else { 0 }, "{name}");
        let lines = logged();
        let own = lines
            .iter()
            .filter(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Custom");
        assert_eq!(own.count(), documents, "{name}: CloudWatch gets what WhaTap may have got");
        let outcome = lines.iter().find(|line| line["message"] == "outcome").unwrap();
        let level = if expected.0 == 202 { "info" } else { "error" };
        assert_eq!(outcome["level"], level, "{name}: {outcome}");
    }
}

#[tokio::test]
async fn a_collector_that_closed_while_the_function_slept_costs_nothing() {
    let up = Collector::start(&[Play::CloseAfter(1)]).await;
    let function = function(&[&up.server]);
    for n in 1..=3 {
        assert_eq!(post(&function, &body()).await.0, 202);
        up.until(|seen| seen.ended == n).await;
    }
    assert_eq!((up.frames(3).await.len(), up.connections()), (3, 3));
}

#[tokio::test]
async fn a_broken_threshold_is_told_even_when_no_collector_answers() {
    let function = function(&[&nobody().await]);
    work_by(&function, thresholds("")).await;
    assert_eq!(code(&post(&function, &cost("1200")).await), (502, "upstream_unreachable"));
    let event = model::read(&function.intake.bus.take().unwrap()).remove(0).unwrap();
    assert_eq!(event.metric.and_then(|metric| metric.value), Some(1200.0));
    assert_eq!(event.account.as_ref().map(model::ids::AccountId::as_str), Some("111122223333"));
    post(&function, &cost("1200")).await;
    assert!(function.intake.bus.take().is_none(), "posted again it does not repeat");
}

#[tokio::test]
async fn without_collectors_values_go_to_cloudwatch_and_need_no_access_key() {
    let reading = Reading { access_key: AccessKeyIn::Store, ..rules() };
    let function = function_with::<Nobody>(&[], None, reading);
    assert_eq!(post(&function, &without("whatapAccessKey")).await.0, 202);
    assert_eq!(logged().iter().filter(|line| line["data1"] == 1.0).count(), 1);
}

#[tokio::test]
async fn a_kept_key_stands_in_for_the_bodys_and_is_read_again_when_it_must() {
    static READS: AtomicUsize = AtomicUsize::new(0);
    LATER.set(0);
    let up = Collector::start(&[Play::Listen]).await;
    let fetch = || async {
        match READS.fetch_add(1, Ordering::Relaxed) {
            0 => Err("the secret of access keys cannot be read: AccessDenied".to_owned()),
            1 => Ok(Secret::new("{}".to_owned())),
            2 => Ok(Secret::new("nonsense".to_owned())),
            _ => Ok(Secret::new(format!(r#"{{"1234567":"{KEY}","7":"{KEY}"}}"#))),
        }
    };
    let reading = Reading { access_key: AccessKeyIn::Store, ..rules() };
    let function = function_with(&[&up.server], Some(Known::new(fetch)), reading);
    let absent = without("whatapAccessKey");

    assert_eq!(code(&post(&function, &absent).await), (500, "misconfigured"));
    assert_eq!(outcomes(), ["keys_unusable", "failed"]);
    assert_eq!(post(&function, &body()).await.0, 202, "the body's own key does");
    LATER.set(20);
    assert_eq!(code(&post(&function, &absent).await), (400, "missing_field"));
    LATER.set(40);
    assert_eq!(code(&post(&function, &absent).await), (400, "missing_field"), "the last good one");
    LATER.set(60);
    assert_eq!(post(&function, &absent).await.0, 202);
    assert_eq!(post(&function, &body()).await.0, 202);
    let reads = READS.load(Ordering::Relaxed);
    LATER.set(120);
    assert_eq!(post(&function, &absent).await.0, 202);
    assert_eq!(READS.load(Ordering::Relaxed), reads, "fresh keys are not read again");
    LATER.set(400);
    assert_eq!(post(&function, &absent).await.0, 202);
    assert_eq!(READS.load(Ordering::Relaxed), reads + 1);

    let another = KEY.replace("lala", "lalb");
    let given = with(&[("whatapAccessKey", &format!("\"{another}\""))]);
    assert_eq!(code(&post(&function, &given).await), (401, "bad_access_key"));
    let seven = with(&[("pcode", "7"), ("whatapAccessKey", &format!("\"{KEY}\""))]);
    assert_eq!(code(&post(&function, &seven).await), (403, "pcode_mismatch"));
    LATER.set(0);
}

#[tokio::test]
async fn the_routing_document_is_taken_from_the_store_and_a_bad_one_changes_nothing() {
    LATER.set(0);
    let up = Collector::start(&[Play::Listen]).await;
    let function = function(&[&up.server]);
    let text = "[[threshold]]\nname = 'cost'\nwhen = \"key = 'daily_usd' and value > 1000\"\n";
    let signed = || Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
    configuration::push(&function.intake.store, text, signed()).await.unwrap();
    post(&function, &cost("1200")).await;
    assert!(function.intake.bus.take().is_some());
    assert_eq!(outcomes(), ["configured", "accepted"]);
    configuration::push(&function.intake.store, "[[threshold]]\n", signed()).await.unwrap();
    LATER.set(600);
    post(&function, &cost("1")).await;
    assert_eq!(outcomes(), ["configuration_kept", "accepted"]);
    assert!(function.intake.bus.take().is_some(), "normal again by the document that was good");
    LATER.set(0);
}

#[tokio::test]
async fn the_schedule_sweeps_and_says_so() {
    LATER.set(0);
    let up = Collector::start(&[Play::Listen]).await;
    let function = function(&[&up.server]);
    work_by(&function, thresholds("absent = '5m'")).await;
    post(&function, &cost("1")).await;
    LATER.set(301);
    logged();
    assert_eq!(invoke(&function, &json!({"task": "sweep"})).await, Ok(Reply::Nothing));
    let lines = logged();
    let swept = lines.iter().find(|line| line["decision"] == "swept").unwrap();
    assert_eq!((&swept["told"], &swept["level"]), (&json!(1), &json!("info")));
    assert!(function.intake.bus.take().is_some());
    LATER.set(0);
}
