//! Both event formats of API Gateway, and the answer it takes back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use custom::metric;
use custom::respond::gateway::Event;
use custom::respond::{Answer, Outcome, respond};
use serde_json::{Value, json};

use crate::given::{KEY, body, now, rules};

/// A body the way the gateway hands it over.
enum Carried<'a> {
    Absent,
    Plain(&'a str),
    Base64(String),
}
use Carried::{Absent, Base64, Plain};

impl Carried<'_> {
    fn members(self) -> (Value, bool) {
        match self {
            Absent => (Value::Null, false),
            Plain(text) => (json!(text), false),
            Base64(text) => (json!(text), true),
        }
    }
}

fn encoded<'a>(text: &str) -> Carried<'a> {
    Base64(STANDARD.encode(text))
}

/// A REST API's event, shortened to what varies and what could mislead.
fn rest(method: &str, content_type: &str, body: Carried<'_>) -> Value {
    let (body, base64) = body.members();
    json!({
        "resource": "/custom", "path": "/custom", "httpMethod": method,
        "headers": {"Content-Type": content_type, "x-api-key": "k", "Host": "h"},
        "multiValueHeaders": {"Content-Type": [content_type]},
        "queryStringParameters": null, "pathParameters": null, "stageVariables": null,
        "requestContext": {"requestId": "rest-1", "httpMethod": method, "stage": "v1", "identity": {"sourceIp": "203.0.113.9"}},
        "body": body, "isBase64Encoded": base64,
    })
}

fn http(method: &str, content_type: &str, body: Carried<'_>) -> Value {
    let (body, base64) = body.members();
    json!({
        "version": "2.0", "routeKey": "POST /custom", "rawPath": "/custom", "rawQueryString": "",
        "headers": {"content-type": content_type},
        "requestContext": {"requestId": "http-1", "stage": "$default", "timeEpoch": 1,
            "http": {"method": method, "path": "/custom", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "curl"}},
        "body": body, "isBase64Encoded": base64,
    })
}

fn answer(event: Value) -> Answer {
    let event: Event = serde_json::from_value(event).unwrap();
    let id = event.request_id().to_owned();
    let outcome = match event.into_body() {
        Ok(body) => match metric::parse(&body, &rules(), now()) {
            Ok(batch) => Outcome::Accepted(batch.datas.len()),
            Err(faults) => Outcome::Invalid(faults),
        },
        Err(outcome) => outcome,
    };
    respond(&outcome, &id)
}

#[track_caller]
fn check(event: Value, status: u16, id: &str, code: Option<&str>) {
    let answer = answer(event);
    let report: Value = serde_json::from_str(&answer.body).unwrap();
    let found = report["errors"].as_array().unwrap().first().map(|e| e["code"].as_str().unwrap());
    assert_eq!((answer.status_code, &report["requestId"], found), (status, &json!(id), code));
}

#[test]
fn both_formats_carry_the_same_request() {
    for json_type in ["application/json", "application/x-www-form-urlencoded", "text/plain"] {
        check(rest("POST", json_type, Plain(&body())), 202, "rest-1", None);
        check(http("POST", json_type, Plain(&body())), 202, "http-1", None);
    }
    check(rest("POST", "application/json", encoded(&body())), 202, "rest-1", None);
    check(http("POST", "application/json", encoded(&body())), 202, "http-1", None);
}

#[test]
fn a_request_that_is_none_is_refused_before_its_body_is_read() {
    let json = "application/json";
    check(rest("GET", json, Absent), 405, "rest-1", Some("method_not_allowed"));
    check(http("OPTIONS", json, Absent), 405, "http-1", Some("method_not_allowed"));
    check(json!({}), 405, "", Some("method_not_allowed"));
    check(json!({"requestContext": null, "headers": null}), 405, "", Some("method_not_allowed"));
    let multipart = "Multipart/form-data; boundary=x";
    check(rest("POST", multipart, Plain(&body())), 415, "rest-1", Some("unsupported_media"));
    check(http("POST", multipart, Plain(&body())), 415, "http-1", Some("unsupported_media"));
}

#[test]
fn the_base64_flag_is_taken_at_its_word() {
    let json = "application/json";
    check(rest("POST", json, Base64("%%%".into())), 400, "rest-1", Some("bad_encoding"));
    check(rest("POST", json, Base64(body())), 400, "rest-1", Some("bad_encoding"));
    check(rest("POST", json, encoded("{")), 400, "rest-1", Some("bad_json"));
    check(rest("POST", json, Plain(&STANDARD.encode(body()))), 400, "rest-1", Some("bad_json"));
    check(rest("POST", json, encoded(&" ".repeat(1 << 20))), 400, "rest-1", Some("bad_json"));
    let long = " ".repeat(1 << 21);
    check(rest("POST", json, encoded(&long)), 413, "rest-1", Some("too_large"));
    assert_eq!(
        answer(rest("POST", json, encoded(&long))),
        answer(rest("POST", json, Plain(&long)))
    );
    check(rest("POST", json, Absent), 400, "rest-1", Some("bad_json"));
}

#[test]
fn an_answer_is_what_the_gateway_expects() {
    let answer = serde_json::to_value(answer(rest("GET", "", Absent))).unwrap();
    assert_eq!(
        answer,
        json!({
            "statusCode": 405,
            "headers": {"allow": "POST", "cache-control": "no-store", "content-type": "application/json; charset=utf-8"},
            "body": r#"{"requestId":"rest-1","accepted":0,"errors":[{"code":"method_not_allowed","path":"","message":"only POST is taken"}]}"#,
            "isBase64Encoded": false,
        })
    );
}

#[test]
fn every_outcome_has_its_status_code_and_headers() {
    let rows = [
        (Outcome::Accepted(3), 202, None, Some(("x-metric-state", "accepted-not-stored"))),
        (Outcome::MethodNotAllowed, 405, Some("method_not_allowed"), Some(("allow", "POST"))),
        (Outcome::Misconfigured, 500, Some("misconfigured"), None),
        (Outcome::Unreachable, 502, Some("upstream_unreachable"), Some(("retry-after", "5"))),
        (Outcome::Ambiguous, 502, Some("upstream_ambiguous"), None),
        (Outcome::TimedOut, 504, Some("upstream_timeout"), None),
    ];
    for (outcome, status, code, header) in rows {
        let answer = respond(&outcome, "id");
        let report: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status_code, status, "{outcome:?}");
        assert_eq!(report["errors"][0]["code"].as_str(), code, "{outcome:?}");
        assert_eq!(report["accepted"] == 3, status == 202, "{outcome:?}");
        let special: Vec<_> = answer
            .headers
            .into_iter()
            .filter(|(name, _)| !["content-type", "cache-control"].contains(name))
            .collect();
        assert_eq!(special, Vec::from_iter(header), "{outcome:?}");
    }
}

#[test]
fn an_event_prints_neither_body_nor_headers() {
    let event: Event =
        serde_json::from_value(rest("POST", "application/json", Plain(&body()))).unwrap();
    let printed = format!("{event:?}");
    assert_eq!(printed, r#"Event { request_id: "rest-1", method: Some("POST"), .. }"#);
    assert!(!printed.contains(KEY));
}
