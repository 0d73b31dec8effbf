//! Where a run stops and what it refuses: columns of another type, parameters without a value, limits,
//! text that is no JSON. What a query itself is refused for is in `refusals.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jiff::Timestamp;
use json_sql::{EvalError, Flow, Limits, Params, Query, Record};
use serde_json::json;

fn now() -> Timestamp {
    "2024-07-15T00:00:00Z".parse().unwrap()
}

fn lines(records: &[Record]) -> String {
    let lines = records.iter().map(|record| serde_json::to_string(record).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_parameter_without_a_value_is_an_error() {
    let query = Query::parse("SELECT id FROM p WHERE id = :id").unwrap();
    let ran = query.run(&json!([{ "id": 1 }]), now(), &Params::new().with("idx", 1));
    assert_eq!(ran.unwrap_err().to_string(), "parameter `:id` is not bound");
}

#[test]
fn getters_say_why_they_cannot_answer() {
    let row = json!({ "n": 5, "text": "5", "float": 5.5, "list": [1, 2], "object": {} });
    let query = Query::parse("SELECT n, text, float, list, object FROM t").unwrap();
    let record = &query.run(&row, now(), &Params::new()).unwrap()[0];
    for (wrong, expected) in [
        (
            record.get_i64("float").map(drop),
            "column `float` holds `5.5`, which is not a whole number",
        ),
        (record.get_bool("n").map(drop), "column `n` holds `5`, which is not a boolean"),
        (record.get_str("list").map(drop), "column `list` holds an array, which is not a scalar"),
        (
            record.get_list("object").map(drop),
            "column `object` holds an object, which is not an array",
        ),
        (
            record.get_date("text").map(drop),
            "column `text` holds the text \"5\", which is not a date",
        ),
        (record.get_str("absent").map(drop), "the result has no column `absent`"),
    ] {
        assert_eq!(wrong.unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_run_stops_early_and_within_its_limits() {
    let query = Query::parse("SELECT id FROM p WHERE id > 0 LIMIT 1").unwrap();
    let mut run = query.execution(now(), &Params::new(), Limits::default()).unwrap();
    let mut out = Vec::new();
    assert_eq!(run.push(&json!({ "id": 0 }), &mut out).unwrap(), Flow::Continue);
    assert_eq!(run.push(&json!({ "id": 1 }), &mut out).unwrap(), Flow::Enough);
    assert_eq!(lines(&out), r#"{"id":1}"#);

    let small = Limits { steps_per_row: 2_000, text_bytes: 100, kept_rows: 3 };
    let long = "ab".repeat(3_000);
    for (behaviour, sql, expected) in [
        (
            "a pattern with many wildcards",
            "SELECT id FROM p WHERE long LIKE '%a%a%a%a%a%c_'",
            "one row took more than 2000 evaluation steps",
        ),
        (
            "a text that grows",
            "SELECT replace(long, 'a', long) FROM p",
            "a text grew over 100 bytes",
        ),
        ("joined texts", "SELECT long || long FROM p", "a text grew over 100 bytes"),
        (
            "rows to be ordered",
            "SELECT id FROM p ORDER BY id",
            "more than 3 rows must be kept in memory for this query",
        ),
        (
            "groups",
            "SELECT id FROM p GROUP BY id",
            "more than 3 rows must be kept in memory for this query",
        ),
        (
            "distinct rows",
            "SELECT DISTINCT id FROM p",
            "more than 3 rows must be kept in memory for this query",
        ),
        (
            "distinct values",
            "SELECT count(DISTINCT id) FROM p",
            "more than 3 rows must be kept in memory for this query",
        ),
    ] {
        let query = Query::parse(sql).unwrap();
        let mut run = query.execution(now(), &Params::new(), small).unwrap();
        let mut out = Vec::new();
        let result: Result<Vec<Flow>, EvalError> =
            (0..4).map(|id| run.push(&json!({ "id": id, "long": long }), &mut out)).collect();
        assert_eq!(result.unwrap_err().to_string(), expected, "{behaviour}");
    }
}

#[test]
fn a_limit_keeps_no_more_rows_than_come_out() {
    for (sql, kept_rows, expected) in [
        ("SELECT id FROM p ORDER BY id DESC LIMIT 2", 3, Ok(&[9_999, 9_998][..])),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 3", 3, Ok(&[9_999, 9_998, 9_997])),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 2 OFFSET 1", 3, Ok(&[9_998, 9_997])),
        ("SELECT id FROM p ORDER BY id LIMIT 3", 3, Ok(&[0, 1, 2])),
        ("SELECT id FROM p ORDER BY id % 2 LIMIT 3", 3, Ok(&[0, 2, 4])),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 2", 2_000, Ok(&[9_999, 9_998])),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 0", 0, Ok(&[])),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 4", 3, Err(3)),
        ("SELECT id FROM p ORDER BY id DESC LIMIT 3 OFFSET 1", 3, Err(3)),
    ] {
        let query = Query::parse(sql).unwrap();
        let limits = Limits { kept_rows, ..Limits::default() };
        let mut run = query.execution(now(), &Params::new(), limits).unwrap();
        let mut out = Vec::new();
        let failed = (0..10_000).find(|id| run.push(&json!({ "id": id }), &mut out).is_err());
        let answer = if let Some(failed) = failed {
            Err(failed)
        } else {
            run.finish(&mut out).unwrap();
            Ok(out.iter().map(|row| row.get_i64("id").unwrap().unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(answer, expected.map(<[i64]>::to_vec), "{sql} within {kept_rows}");
    }
}

#[test]
fn a_row_that_fails_leaves_nothing() {
    let limits = Limits { steps_per_row: 2_000, text_bytes: 100, kept_rows: 3 };
    let long = "a".repeat(200);
    let too_long = json!([{ "k": 1, "x": "a" }, { "k": 2, "x": long }, { "k": 1, "x": long }]);
    let too_many = json!([{ "a": 1 }, { "a": 2 }, { "a": 3 }, { "a": 4 }, { "a": 2 }]);
    for (behaviour, sql, rows, failing, expected) in [
        (
            "no aggregate counts it",
            "SELECT count(*) AS n, max(x || x) AS m FROM p",
            &too_long,
            &[1, 2][..],
            &[r#"{"n":1,"m":"aa"}"#][..],
        ),
        (
            "it makes no group",
            "SELECT k, count(*) AS n, max(x || x) AS m FROM p GROUP BY k",
            &too_long,
            &[1, 2],
            &[r#"{"k":1,"n":1,"m":"aa"}"#],
        ),
        (
            "a group too many",
            "SELECT a, count(*) AS n FROM p GROUP BY a",
            &too_many,
            &[3],
            &[r#"{"a":1,"n":1}"#, r#"{"a":2,"n":2}"#, r#"{"a":3,"n":1}"#],
        ),
        (
            "a distinct value too many",
            "SELECT count(*) AS n, count(DISTINCT a) AS d FROM p",
            &too_many,
            &[3],
            &[r#"{"n":4,"d":3}"#],
        ),
        (
            "a row too many to be ordered",
            "SELECT a FROM p ORDER BY a DESC",
            &too_many,
            &[3, 4],
            &[r#"{"a":3}"#, r#"{"a":2}"#, r#"{"a":1}"#],
        ),
        (
            "a distinct row too many",
            "SELECT DISTINCT a FROM p",
            &too_many,
            &[3],
            &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#],
        ),
    ] {
        let query = Query::parse(sql).unwrap();
        let mut run = query.execution(now(), &Params::new(), limits).unwrap();
        let mut out = Vec::new();
        let mut failed = Vec::new();
        for (index, row) in rows.as_array().unwrap().iter().enumerate() {
            if run.push(row, &mut out).is_err() {
                failed.push(index);
            }
        }
        run.finish(&mut out).unwrap();
        assert_eq!((&*failed, lines(&out)), (failing, expected.join("\n")), "{behaviour}: {sql}");
    }
}

#[test]
fn text_that_is_not_json_is_an_error() {
    let query = Query::parse("SELECT id FROM p WHERE id = 1").unwrap();
    for broken in ["", "{", "{\"id\":1", "{\"id\":1} x", "[{\"id\":1}, {]", "{\"id\":tru}"] {
        let mut run = query.execution(now(), &Params::new(), Limits::default()).unwrap();
        let result = run.push_json(broken.as_bytes(), &mut Vec::new());
        assert!(matches!(result, Err(EvalError::NotJson(_))), "{broken}");
    }
}
