//! The table of what is taken and what is refused, as a caller sees it: status, codes, paths.

use custom::metric::{self, AccessKeyIn, Rules};
use custom::respond::{Answer, Outcome, respond};
use serde::Deserialize;

use crate::given::{
    KEY, NOW_MS, OTHER_PROJECTS_KEY, body, many_datas, now, rules, value, with, without,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Report {
    request_id: String,
    accepted: usize,
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    path: String,
    message: String,
}

fn answer(body: &[u8], rules: &Rules) -> Answer {
    let outcome = match metric::parse(body, rules, now()) {
        Ok(batch) => Outcome::Accepted(batch.datas.len()),
        Err(faults) => Outcome::Invalid(faults),
    };
    respond(&outcome, "id-1")
}

#[track_caller]
fn check(body: impl AsRef<[u8]>, status: u16, faults: &[&str]) {
    check_by(&rules(), body, status, faults);
}

#[track_caller]
fn check_by(rules: &Rules, body: impl AsRef<[u8]>, status: u16, faults: &[&str]) {
    let answer = answer(body.as_ref(), rules);
    let report: Report = serde_json::from_str(&answer.body).unwrap();
    let found: Vec<_> = report.errors.iter().map(|e| format!("{} {}", e.code, e.path)).collect();
    assert_eq!(
        (answer.status_code, found),
        (status, faults.iter().map(ToString::to_string).collect())
    );
    assert_eq!(report.request_id, "id-1");
    assert_eq!(report.accepted > 0, status == 202);
    assert!(report.errors.iter().all(|e| !e.message.is_empty()));
}

#[track_caller]
fn accepted(body: impl AsRef<[u8]>) {
    check(body, 202, &[]);
}

#[test]
fn the_original_body_is_accepted_unchanged() {
    accepted(body());
    let answer = answer(body().as_bytes(), &rules());
    assert_eq!(answer.body, r#"{"requestId":"id-1","accepted":2,"errors":[]}"#);
}

#[test]
fn what_is_not_json_says_where_and_nothing_else() {
    for body in ["", " ", "{", "{\"a\":1,}", "nope", "[1,2", "{} x", "\u{feff}{}", "{\"a\":NaN}"] {
        check(body, 400, &["bad_json "]);
    }
    check(b"{\"host\":\"\xff\"}", 400, &["bad_json "]);
    check(body() + "}", 400, &["bad_json "]);
    check(format!("\u{feff}{}", body()), 400, &["bad_json "]);
    for number in ["NaN", "Infinity", "-Infinity", "+1", ".5", "1.", "01", "0x1", "1e"] {
        check(value(number), 400, &["bad_json "]);
    }
    let answer = answer(b"{\n \"a\": secret}", &rules());
    assert_eq!(
        answer.body,
        r#"{"requestId":"id-1","accepted":0,"errors":[{"code":"bad_json","path":"","message":"not JSON: line 2, column 7"}]}"#
    );
}

#[test]
fn deep_nesting_is_skipped_without_recursion() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    accepted(with(&[("unknown", &deep)]));
    check(deep, 400, &["wrong_type "]);
}

#[test]
fn a_member_given_twice_is_refused() {
    let twice = |member: &str| body().replacen('{', &format!("{{{member},"), 1);
    check(twice(r#""pcode":1"#), 400, &["bad_json "]);
    check(twice(r#""x":1,"x":2"#), 400, &["bad_json "]);
    check(twice(r#""\u0070code":1"#), 400, &["bad_json "]);
    let data = r#"[{"key":"a","value":1,"key":"b"}]"#;
    check(with(&[("datas", data)]), 400, &["bad_json datas[0]"]);
}

#[test]
fn a_body_that_is_no_object_has_the_wrong_type() {
    for body in ["[]", "null", "1", "\"x\"", " true "] {
        check(body, 400, &["wrong_type "]);
    }
}

#[test]
fn a_missing_member_is_named() {
    for name in ["datas", "category", "pcode", "whatapAccessKey"] {
        check(without(name), 400, &[&format!("missing_field {name}")]);
    }
    accepted(without("tags"));
    accepted(without("host"));
    let all =
        ["datas", "pcode", "whatapAccessKey", "category"].map(|n| format!("missing_field {n}"));
    check("{}", 400, &all.each_ref().map(String::as_str));
    let list = r#"[{},{"key":"a"},{"value":1}]"#;
    check(
        with(&[("datas", list)]),
        400,
        &[
            "missing_field datas[0].key",
            "missing_field datas[0].value",
            "missing_field datas[1].value",
            "missing_field datas[2].key",
        ],
    );
}

#[test]
fn no_value_is_coerced() {
    for json in ["\"1\"", "true", "null", "[]", "{}", "[1]"] {
        check(value(json), 400, &["wrong_type datas[0].value"]);
    }
    for (name, json) in [
        ("datas", "{}"),
        ("datas", "null"),
        ("tags", "{}"),
        ("tags", "null"),
        ("whatapAccessKey", "1"),
        ("category", "null"),
        ("host", "7"),
        ("timestamp", "\"1700000000123\""),
    ] {
        check(with(&[(name, json)]), 400, &[&format!("wrong_type {name}")]);
    }
    check(with(&[("datas", "[1]")]), 400, &["wrong_type datas[0]"]);
    check(with(&[("datas", r#"[["a",1]]"#)]), 400, &["wrong_type datas[0]"]);
    check(with(&[("datas", r#"[{"key":1,"value":1}]"#)]), 400, &["wrong_type datas[0].key"]);
    check(with(&[("tags", r#"[{"key":"a","value":1}]"#)]), 400, &["wrong_type tags[0].value"]);
}

#[test]
fn every_finite_double_is_carried_and_nothing_else() {
    for json in ["-0.0", "-0", "5e-324", "1.7976931348623157e308", "1e2", "0.1", "1E+2"] {
        accepted(value(json));
    }
    for json in ["1e400", "-1e400", "1.8e308"] {
        check(value(json), 400, &["not_finite datas[0].value"]);
    }
}

#[test]
fn an_integer_that_a_double_would_change_is_refused() {
    accepted(value("9007199254740992"));
    accepted(value("-9007199254740992"));
    let long = "9".repeat(400);
    for json in ["9007199254740993", "-9007199254740993", "18446744073709551616", &long] {
        check(value(json), 400, &["out_of_range datas[0].value"]);
    }
}

#[test]
fn keys_are_unique() {
    let pairs = |json: &str| with(&[("datas", json)]);
    check(
        pairs(r#"[{"key":"a","value":1},{"key":"a","value":1}]"#),
        400,
        &["duplicate_key datas[1].key"],
    );
    check(
        pairs(r#"[{"key":"a","value":1},{"key":"\u0061","value":2}]"#),
        400,
        &["duplicate_key datas[1].key"],
    );
    accepted(pairs(r#"[{"key":"a","value":1},{"key":"A","value":1}]"#));
    let tags = r#"[{"key":"a","value":"1"},{"key":"a","value":"1"}]"#;
    check(with(&[("tags", tags)]), 400, &["duplicate_key tags[1].key"]);
}

#[test]
fn oname_belongs_to_host() {
    let tag = |value: &str| format!(r#"[{{"key":"oname","value":"{value}"}}]"#);
    accepted(with(&[("tags", &tag("custom-host-1"))]));
    check(with(&[("tags", &tag("other"))]), 400, &["reserved_tag tags[0].value"]);
    accepted(with(&[("host", "\"\""), ("tags", &tag("custom"))]));
    check(with(&[("host", "\"\""), ("tags", &tag("x"))]), 400, &["reserved_tag tags[0].value"]);
}

#[test]
fn lists_have_limits() {
    check(with(&[("datas", "[]")]), 400, &["empty_datas datas"]);
    accepted(many_datas(1000));
    check(many_datas(1001), 413, &["too_many datas"]);
    check(with(&[("datas", &format!("[0{}]", ",0".repeat(5000)))]), 413, &["too_many datas"]);
    let tags = |count: usize| {
        let tags: Vec<_> = (0..count).map(|n| format!(r#"{{"key":"t{n}","value":""}}"#)).collect();
        with(&[("tags", &format!("[{}]", tags.join(",")))])
    };
    accepted(tags(30));
    check(tags(31), 413, &["too_many tags"]);
}

#[test]
fn texts_have_limits_in_bytes() {
    let quoted = |text: &str, count: usize| format!("\"{}\"", text.repeat(count));
    let data = |key: String| with(&[("datas", &format!(r#"[{{"key":{key},"value":1}}]"#))]);
    let tag = |key: String, value: String| {
        with(&[("tags", &format!(r#"[{{"key":{key},"value":{value}}}]"#))])
    };
    accepted(data(quoted("d", 256)));
    check(data(quoted("d", 257)), 400, &["too_long datas[0].key"]);
    accepted(data(quoted("와", 85)));
    check(data(quoted("와", 86)), 400, &["too_long datas[0].key"]);
    check(data(quoted("", 0)), 400, &["bad_name datas[0].key"]);
    check(data("\"a\\nb\"".into()), 400, &["bad_name datas[0].key"]);
    check(data("\"a\\u0085\"".into()), 400, &["bad_name datas[0].key"]);
    check(data("\"\\ud800\"".into()), 400, &["bad_json datas[0].key"]);
    accepted(tag(quoted("t", 256), quoted("v", 1024)));
    accepted(tag(quoted("t", 1), quoted("", 0)));
    check(
        tag(quoted("t", 257), quoted("v", 1025)),
        400,
        &["too_long tags[0].key", "too_long tags[0].value"],
    );
    check(tag(quoted("", 0), quoted("v", 1)), 400, &["bad_name tags[0].key"]);
    accepted(with(&[("host", &quoted("h", 255))]));
    check(with(&[("host", &quoted("h", 256))]), 400, &["too_long host"]);
    check(with(&[("host", "\"a\\u0000\"")]), 400, &["bad_name host"]);
}

#[test]
fn a_project_is_a_positive_integer() {
    for json in
        ["0", "-1", "1234567.0", "1.5", "1e3", "9223372036854775808", "\"1234567\"", "null", "true"]
    {
        check(with(&[("pcode", json)]), 400, &["bad_pcode pcode"]);
    }
}

#[test]
fn categories_of_whatap_are_not_ours_to_write() {
    let long = format!("\"{}\"", "c".repeat(129));
    for json in [
        "\"\"",
        "\" \"",
        &long,
        "\"a\\tb\"",
        "\"#x\"",
        "\"app_user\"",
        "\"server_base\"",
        "\"kube_pod\"",
    ] {
        check(with(&[("category", json)]), 400, &["bad_category category"]);
    }
    accepted(with(&[("category", "\"my_app_user\"")]));
    accepted(with(&[("category", &format!("\"{}\"", "c".repeat(128)))]));
}

#[test]
fn a_timestamp_lies_between_an_hour_ago_and_ten_minutes_ahead() {
    let at = |offset_ms: i64| with(&[("timestamp", &(NOW_MS + offset_ms).to_string())]);
    for offset in [0, -3_600_000, 600_000] {
        accepted(at(offset));
    }
    for offset in [-3_600_001, 600_001, -NOW_MS] {
        check(at(offset), 400, &["bad_timestamp timestamp"]);
    }
    for json in ["1700000000123.0", "99999999999999999999", "9223372036854775807", "1700000000"] {
        check(with(&[("timestamp", json)]), 400, &["bad_timestamp timestamp"]);
    }
}

#[test]
fn a_key_is_judged_before_anything_is_sent() {
    let key = |text: &str| with(&[("whatapAccessKey", &format!("\"{text}\""))]);
    let huge = "x".repeat(100_000);
    for text in
        ["", "x", "0", "nonsense", "x64mmgs800082-x61050o3gg28a", &KEY.to_uppercase(), &huge]
    {
        check(key(text), 401, &["bad_access_key whatapAccessKey"]);
    }
    check(key(&format!(" {KEY}")), 401, &["bad_access_key whatapAccessKey"]);
    check(key(OTHER_PROJECTS_KEY), 403, &["pcode_mismatch whatapAccessKey"]);
    check(
        with(&[("whatapAccessKey", "\"x\""), ("host", "1")]),
        400,
        &["wrong_type host", "bad_access_key whatapAccessKey"],
    );
}

#[test]
fn a_key_kept_elsewhere_may_be_absent_but_not_wrong() {
    let rules = Rules { access_key: AccessKeyIn::Store, ..rules() };
    check_by(&rules, without("whatapAccessKey"), 202, &[]);
    check_by(&rules, body(), 202, &[]);
    let other = with(&[("whatapAccessKey", &format!("\"{OTHER_PROJECTS_KEY}\""))]);
    check_by(&rules, other, 403, &["pcode_mismatch whatapAccessKey"]);
}

#[test]
fn unknown_members_pass() {
    accepted(with(&[("data", "[1,{\"x\":null}]"), ("version", "2")]));
}

#[test]
fn all_faults_come_at_once_and_at_most_twenty() {
    let body = r#"{"datas":[{"key":"","value":"1"},{"key":"b","value":1e999}],"tags":[{"key":"oname","value":"z"}],
        "whatapAccessKey":5,"pcode":"1","category":"app_x","host":"h","timestamp":1}"#;
    check(
        body,
        400,
        &[
            "bad_name datas[0].key",
            "wrong_type datas[0].value",
            "not_finite datas[1].value",
            "reserved_tag tags[0].value",
            "bad_pcode pcode",
            "wrong_type whatapAccessKey",
            "bad_category category",
            "bad_timestamp timestamp",
        ],
    );
    let many = with(&[("datas", &format!("[1{}]", ",1".repeat(99)))]);
    let paths: Vec<_> = (0..20).map(|n| format!("wrong_type datas[{n}]")).collect();
    check(many, 400, &paths.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_body_over_one_mebibyte_is_not_read() {
    let pad = |length: usize| body() + &" ".repeat(length - body().len());
    accepted(pad(1024 * 1024));
    check(pad(1024 * 1024 + 1), 413, &["too_large "]);
}
