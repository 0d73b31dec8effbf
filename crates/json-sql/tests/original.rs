//! What the first json-sql could do, and what it got wrong (J1 to J8): all of it works here. The
//! documents have the shapes it was used on; their values are our own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jiff::Timestamp;
use json_sql::{Params, Query, Record, keys};
use serde_json::{Value, json};

const EVENT_ID: &str = "0c5e3c3a-9d3b-4b7e-8a51-6f7f00000101";

fn health() -> Value {
    json!({
        "version": "0",
        "id": EVENT_ID,
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "111122223333",
        "time": "2023-01-26T01:43:21Z",
        "region": "ap-southeast-2",
        "resources": [],
        "detail": {
            "eventArn": "arn:aws:health:ap-southeast-2::event/ELASTICLOADBALANCING/X/9",
            "service": "ELASTICLOADBALANCING",
            "eventScopeCode": "PUBLIC",
            "statusCode": "open",
            "startTime": "Thu, 26 Jan 2023 13:19:03 GMT",
            "eventDescription": [{ "language": "en_US", "latestDescription": "Text" }],
            "affectedEntities": [{ "entityValue": "lb-1", "tags": { "team": "web" } }],
        },
    })
}

fn users() -> Value {
    let user = |index: usize| {
        json!({
            "id": format!("u{index:02}"),
            "index": index,
            "isActive": index % 2 == 1,
            "age": 20 + index % 12,
            "eyeColor": if index.is_multiple_of(3) { "blue" } else { "brown" },
            "gender": if index.is_multiple_of(2) { "female" } else { "male" },
            "registered": "2022-07-18T04:35:17 -09:00",
            "origin": null,
            "nickname": "",
        })
    };
    (0..26).map(user).collect()
}

fn run(document: &Value, sql: &str, params: &Params) -> Vec<Record> {
    let now: Timestamp = "2023-01-27T00:00:00Z".parse().unwrap();
    let query = Query::parse(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    query.run(document, now, params).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[test]
fn what_worked_works() {
    let status = |status: &'static str| {
        Params::new().with("id", EVENT_ID).with("statusCode", status).with("source", "aws.health")
    };
    let and = "select id, detail.service, detail.statusCode, region from HEALTH where id = :id and detail.statusCode = :statusCode";
    let or = "select id, detail.service, detail.eventScopeCode from health where id = :id or detail.statusCode = :statusCode";
    let multi = "select region from Health where id = :id and source = :source or detail.statusCode = :statusCode";
    assert!(run(&health(), and, &status("closed")).is_empty());
    assert_eq!(run(&health(), and, &status("open")).len(), 1);
    let found = run(&health(), or, &status("closed"));
    assert_eq!(
        found[0].get_str("detail.service").unwrap().as_deref(),
        Some("ELASTICLOADBALANCING")
    );
    assert_eq!(found[0].get_str("detail.eventScopeCode").unwrap().as_deref(), Some("PUBLIC"));
    assert_eq!(
        run(&health(), multi, &status("closed"))[0].get_str("region").unwrap().as_deref(),
        Some("ap-southeast-2")
    );
    let found = run(
        &health(),
        "\nselect  time, time_01, resources,\n        detail-type, detail.eventDescription\nfrom    health\nwhere   source = 'aws.health'\n    ",
        &Params::new(),
    );
    assert_eq!(found[0].get_str("detail-type").unwrap().as_deref(), Some("AWS Health Event"));
    assert_eq!(found[0].get_str("time_01"), Ok(None));
    assert_eq!(
        found[0].get_list("detail.eventDescription").unwrap().unwrap()[0]["language"],
        "en_US"
    );
}

#[test]
fn a_list_of_users_is_filtered_as_before() {
    let one = |name: &str, value: &'static str| Params::new().with(name, value);
    for (behaviour, condition, params, expected) in [
        ("a boolean", "isActive = false", Params::new(), 13),
        ("a boolean as text", "isActive = 'false'", Params::new(), 13),
        ("a boolean from a text parameter", "isActive = :a", one("a", "false"), 13),
        ("a range from a text parameter", "index > :index", one("index", "20"), 5),
        ("a range of numbers", "age > 28 and age <= 30", Params::new(), 4),
        (
            "three parameters",
            "gender = :g and age <= :a and eyeColor = :e",
            one("g", "female").with("a", "30").with("e", "blue"),
            5,
        ),
        ("parameters that are not asked for", "age > 100", one("index", "20"), 0),
        ("always true", "1 = 1", Params::new(), 26),
        ("J1: LIKE", "id like 'u0%'", Params::new(), 10),
        ("J1: IN", "index in (1, 2, 99)", Params::new(), 2),
        ("J1: IS NULL", "origin is null", Params::new(), 26),
        ("J1: NOT", "not index = 1", Params::new(), 25),
        ("J1: !=", "index != 1", Params::new(), 25),
        ("J3: a parameter is a value", "id = :id", one("id", "x' or id > '0"), 0),
        (
            "J3: names that begin alike",
            "index = :id or index = :idx",
            one("id", "1").with("idx", "2"),
            2,
        ),
        ("J4: a column that begins with or", "origin is null and index < 3", Params::new(), 3),
        ("J4: parentheses", "(index = 1 or index = 2) and isActive = true", Params::new(), 1),
        ("J4: precedence", "index = 1 or index = 2 and isActive = true", Params::new(), 1),
        ("J5: a range of texts", "id >= 'u20'", Params::new(), 6),
        ("J5: a range of times", "CAST(registered AS timestamp) < now()", Params::new(), 26),
        ("J5: a range over what is no number", "eyeColor > 5", Params::new(), 0),
        ("J6: the empty text", "nickname = ''", Params::new(), 26),
        ("J6: null is not text", "origin = 'null'", Params::new(), 0),
    ] {
        let sql = format!("select id from USER where {condition}");
        assert_eq!(run(&users(), &sql, &params).len(), expected, "{behaviour}: {condition}");
    }
}

#[test]
fn what_failed_works() {
    let none = Params::new();
    for (behaviour, condition) in [
        (
            "J2: an ARN is a text",
            "detail.eventArn = 'arn:aws:health:ap-southeast-2::event/ELASTICLOADBALANCING/X/9'",
        ),
        ("J2: a time of day is a text", "time = '2023-01-26T01:43:21Z'"),
        (
            "J5: an RFC 1123 time against now",
            "detail.startTime < now() and detail.startTime > now() - interval '1 day'",
        ),
    ] {
        let sql = format!("select id from health where {condition}");
        assert_eq!(run(&health(), &sql, &none).len(), 1, "{behaviour}");
    }
    let found = run(
        &health(),
        "select detail.affectedEntities, detail.startTime, resources, nope from health",
        &none,
    );
    let entities = found[0].get_list("detail.affectedEntities").unwrap().unwrap();
    assert_eq!(entities[0]["tags"]["team"], "web", "J6: objects inside elements stay");
    let start = found[0].get_timestamp("detail.startTime").unwrap().unwrap();
    assert_eq!(start.to_string(), "2023-01-26T13:19:03Z", "J7: RFC 1123");
    assert!(found[0].get_str("resources").is_err(), "J7: a list is no text, and no panic");
    assert_eq!(found[0].get_date("nope"), Ok(None), "J7: a missing date is None");
    assert!(Query::parse("select id from a.b(c where ((").is_err(), "J8: unbalanced is an error");
    assert_eq!(keys(&users(), 1).len(), 9, "J8: keys are returned, not printed");
}

#[test]
fn dates_read_as_before() {
    for (text, expected) in [
        ("20240705", "2024-07-05T00:00:00Z"),
        ("2024-07-15", "2024-07-15T00:00:00Z"),
        ("2024-197", "2024-07-15T00:00:00Z"),
        ("2024-W29-1", "2024-07-15T00:00:00Z"),
        ("2024-07-05T19:00:31Z", "2024-07-05T19:00:31Z"),
        ("2024-07-05T19:00:31", "2024-07-05T19:00:31Z"),
        ("2024-07-05 19:00", "2024-07-05T19:00:00Z"),
        ("2018-10-25T08:00-04:00", "2018-10-25T12:00:00Z"),
        ("2018-10-25T08:00:00.123456789123+0900", "2018-10-24T23:00:00.123456789Z"),
        ("2018-10-25T08:00:00,5+09", "2018-10-24T23:00:00.5Z"),
        ("2022-07-18T04:35:17 -09:00", "2022-07-18T13:35:17Z"),
        ("Sat, 20 Jul 2024 15:00:00 GMT", "2024-07-20T15:00:00Z"),
        ("Mon, 20 Jul 2024 15:00:00 GMT", "2024-07-20T15:00:00Z"),
        ("Saturday, 20-Jul-2024 15:00:00 GMT", "2024-07-20T15:00:00Z"),
        ("Fri, 5 Jul 2024 15:00:00 +0900", "2024-07-05T06:00:00Z"),
        ("5 jul 2024 15:00:00 gmt", "2024-07-05T15:00:00Z"),
    ] {
        let read = json_sql::parse_timestamp(text).map(|time| time.to_string());
        assert_eq!(read.as_deref(), Some(expected), "{text}");
    }
    for text in [
        "",
        "2024",
        "202407",
        "2024-07",
        "2024-13-01",
        "2024-02-30",
        "20240230",
        "2024-366x",
        "2023-366",
        "24:00",
        "2024-07-05T25:00",
        "2024-07-05T19:00:31Z trailing",
        "2024-07-05T19:00:31+99:00",
        "Sat, 20 Jux 2024 15:00:00 GMT",
        "Sat, 20 Jul 2024 15:00:00",
        "Sat, 20 Jul 2024",
        "é0240705",
        "2024-07-05T",
        "12345678901",
        "1720000000",
    ] {
        assert_eq!(json_sql::parse_timestamp(text), None, "{text}");
    }
}
