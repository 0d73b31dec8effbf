//! What each route answers, over a real socket.

use serde_json::{Value, json};

use crate::http::{Answer, Connection, get, request};
use crate::served::{Served, posted};

const EVENT: &str = r#"{"source":"aws.health","detail":{"eventArn":"arn:aws:health:::event/A"}}"#;

fn post(served: &Served, body: &[u8]) -> Answer {
    request(served.address, "POST", "/events", &[], body)
}

#[test]
fn every_form_of_events_is_taken() {
    let served = Served::start();
    let entry = json!({"Entries": [{"Source": "custom.health", "Detail": "{\"eventArn\":\"a\"}"}]});
    let rows = [
        (EVENT.to_owned(), 1),
        (format!("[{EVENT},{EVENT}]"), 2),
        (entry.to_string(), 1),
        (format!("{EVENT}\n\n{EVENT}\n{EVENT}\n"), 3),
    ];
    for (body, count) in rows {
        served.taken.lock().unwrap().clear();
        let answer = post(&served, body.as_bytes());
        assert_eq!(
            (answer.status, answer.json()),
            (202, json!({"accepted": count, "rejected": []}))
        );
        assert_eq!(served.taken.lock().unwrap().len(), count, "{body}");
    }
}

#[test]
fn what_is_unreadable_is_named_and_the_rest_is_taken() {
    let served = Served::start();
    let answer = post(&served, format!("[{EVENT}, 7]").as_bytes());
    let rejected = json!([{"index": 1, "error": "expected a JSON object, found a number"}]);
    assert_eq!((answer.status, answer.json()), (202, json!({"accepted": 1, "rejected": rejected})));
    assert_eq!(served.taken.lock().unwrap()[0].raw, EVENT.as_bytes());
}

#[test]
fn a_body_without_a_readable_record_is_refused_with_the_reason() {
    let served = Served::start();
    let rows: [(&[u8], &str); 7] = [
        (b"", "no record in the body"),
        (b" \n ", "no record in the body"),
        (b"[]", "no record in the body"),
        (b"{\"Entries\":[]}", "no readable record: `Entries` is empty"),
        (b"\"text\"", "no readable record: expected a JSON object, found a string"),
        (b"{\"detail\": ", "no readable record: not JSON: "),
        (b"\xff\xfe\x00", "no readable record: not JSON: "),
    ];
    for (body, expected) in rows {
        let answer = post(&served, body);
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 400, "{error}");
        assert!(error.starts_with(expected), "{error:?} for {:?}", String::from_utf8_lossy(body));
    }
    assert_eq!(post(&served, EVENT.as_bytes()).status, 202, "it keeps running");
}

#[test]
fn over_10_mb_is_refused_whether_or_not_the_length_is_announced() {
    let served = Served::start();
    let too_much = json!({"error": "the body is over 10 MB; send it in parts"});
    let whole = post(&served, &vec![b' '; 20 << 20]);
    assert_eq!((whole.status, whole.json()), (413, too_much.clone()));

    let mut chunked = Connection::open(served.address);
    chunked.head("POST", "/events", &[("Transfer-Encoding", "chunked")]);
    let mut chunk = b"100000\r\n".to_vec();
    chunk.extend(vec![b' '; 1 << 20]);
    chunk.extend(b"\r\n");
    for _ in 0..11 {
        chunked.send(&chunk);
    }
    chunked.send(b"0\r\n\r\n");
    let answer = chunked.answer();
    assert_eq!((answer.status, answer.json()), (413, too_much.clone()));

    let mut asking = Connection::open(served.address);
    asking.head("POST", "/events", &[("Expect", "100-continue"), ("Content-Length", "20971520")]);
    let answer = asking.answer();
    assert_eq!((answer.status, answer.json()), (413, too_much));

    let mut exact = EVENT.as_bytes().to_vec();
    exact.resize(10 << 20, b' ');
    assert_eq!(post(&served, &exact).status, 202);
}

#[test]
fn a_failing_intake_is_answered_with_503() {
    let served = Served::start();
    let answer = post(&served, br#"{"eventTypeCode":"X","service":"FAIL"}"#);
    assert_eq!((answer.status, answer.json()), (503, json!({"error": "the queue is full"})));
}

#[test]
fn the_storm_starts_once() {
    let served = Served::start();
    let rows = [
        (202, json!({"playing": true})),
        (409, json!({"error": "the storm is already playing"})),
        (503, json!({"error": "no demo here"})),
    ];
    for expected in rows {
        let answer = request(served.address, "POST", "/storm", &[], b"");
        assert_eq!((answer.status, answer.json()), expected);
    }
}

#[test]
fn messages_are_answered_as_simulate_prints_them() {
    let served = Served::start();
    assert_eq!(get(served.address, "/messages").json(), json!([]));
    served.inbox.post(posted("ops", "issue-update"));
    served.inbox.post(posted("ops", "issue-resolved"));
    let messages = get(served.address, "/messages").json();
    let fields: Vec<&String> = messages[0].as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["accounts", "alertId", "kind", "message", "severity", "space", "subject", "thread"]
    );
    assert_eq!(get(served.address, "/messages/2").json(), messages[1]);
    for path in ["/messages/3", "/messages/0", "/messages/x"] {
        assert_eq!(get(served.address, path).status, 404, "{path}");
    }
}

#[test]
fn errors_are_json_with_the_status_that_fits() {
    let served = Served::start();
    let rows = [
        ("GET", "/nothing", 404, json!({"error": "nothing at /nothing"})),
        ("GET", "/events", 405, json!({"error": "GET is not for /events"})),
        ("PUT", "/events", 405, json!({"error": "PUT is not for /events"})),
        ("GET", "/storm", 405, json!({"error": "GET is not for /storm"})),
        ("POST", "/messages", 405, json!({"error": "POST is not for /messages"})),
        ("DELETE", "/", 405, json!({"error": "DELETE is not for /"})),
        ("GET", "/healthz", 200, json!({"ok": true})),
    ];
    for (method, path, status, body) in rows {
        let answer = request(served.address, method, path, &[], b"");
        assert_eq!((answer.status, answer.json()), (status, body), "{method} {path}");
    }
}

#[test]
fn other_sites_are_kept_out() {
    let served = Served::start();
    let rows = [
        ("GET", "Host", "rebound.example"),
        ("GET", "Host", ""),
        ("POST", "Host", "rebound.example"),
        ("POST", "Origin", "https://evil.example"),
        ("POST", "Sec-Fetch-Site", "cross-site"),
    ];
    for (method, name, value) in rows {
        let answer = request(served.address, method, "/events", &[(name, value)], EVENT.as_bytes());
        assert_eq!(answer.status, 403, "{method} {name}: {value}");
        assert!(answer.json()["error"].is_string());
    }
    assert!(served.taken.lock().unwrap().is_empty());
}

#[test]
fn every_answer_is_locked_down() {
    let served = Served::start();
    for path in ["/", "/messages", "/nothing"] {
        let answer = get(served.address, path);
        assert!(
            answer.headers["content-security-policy"].starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin", "{path}");
    }
}

/// The id and the data of the next event of a stream.
fn event(stream: &mut Connection) -> (String, Value) {
    let chunk = stream.chunk().unwrap();
    let field = |name: &str| chunk.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    (field("id: ").to_owned(), serde_json::from_str(field("data: ")).unwrap())
}

fn listen(served: &Served, last: &str) -> Connection {
    let mut stream = Connection::open(served.address);
    stream.head("GET", "/stream", &[("Last-Event-ID", last)]);
    let answer = stream.answer_head();
    assert_eq!(
        (answer.status, answer.headers["content-type"].as_str()),
        (200, "text/event-stream")
    );
    stream
}

fn numbers(batch: &Value) -> Vec<u64> {
    let messages = batch["messages"].as_array().unwrap();
    messages.iter().map(|message| message["number"].as_u64().unwrap()).collect()
}

#[test]
fn a_stream_greets_then_sends_what_comes_and_resumes_where_it_broke_off() {
    let served = Served::start();
    let mut stream = listen(&served, "");
    let (_, greeting) = event(&mut stream);
    assert_eq!(greeting, json!({"reset": false, "totals": {}, "messages": []}));

    served.inbox.post(posted("ops", "issue-opened"));
    let (id, batch) = event(&mut stream);
    assert_eq!(numbers(&batch), [1]);
    assert_eq!(batch["totals"], json!({"ops": 1}));
    assert_eq!(batch["messages"][0]["kind"], "opened");
    assert!(batch["messages"][0]["html"].as_str().unwrap().starts_with("<div class=\"post\""));
    drop(stream);

    served.inbox.post(posted("ops", "issue-update"));
    let (_, resumed) = event(&mut listen(&served, &id));
    assert_eq!((numbers(&resumed), &resumed["reset"]), (vec![2], &json!(false)));

    let (_, restarted) = event(&mut listen(&served, "12345.1"));
    assert_eq!((numbers(&restarted), &restarted["reset"]), (vec![1, 2], &json!(true)));
}

#[test]
fn a_late_page_gets_only_the_newest_it_can_show() {
    let served = Served::start();
    for _ in 0..1_000 {
        served.inbox.post(posted("ops", "issue-update"));
    }
    let (_, batch) = event(&mut listen(&served, ""));
    assert_eq!(numbers(&batch), (801..=1_000).collect::<Vec<_>>());
    assert_eq!(batch["totals"], json!({"ops": 1_000}));
}

#[test]
fn an_open_stream_does_not_keep_the_server_from_stopping() {
    let mut served = Served::start();
    let mut stream = listen(&served, "");
    event(&mut stream);
    served.stop();
    assert_eq!(stream.chunk(), None);
}
