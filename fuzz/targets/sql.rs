//! Lexer, parser and evaluator of json-sql: whatever the text, an answer or an error, within the
//! limits; and what is printed of a condition is that condition. The input is SQL, and after a line of
//! `---` the document it is asked of.

#![cfg_attr(fuzzing, no_main)]

use jiff::Timestamp;
use json_sql::{Condition, Limits, Params, Problem, Query};
use serde_json::{Value, json};

const LIMITS: Limits = Limits { steps_per_row: 5_000, text_bytes: 10_000, kept_rows: 100 };

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (sql, document) = text.split_once("\n---\n").unwrap_or((text, ""));
    if let Ok(condition) = Condition::parse(sql) {
        let printed = condition.to_string();
        match Condition::parse(&printed) {
            Ok(again) => assert_eq!(again.to_string(), printed, "{sql:?}"),
            Err(error) => assert!(too_large(&error.problem), "{sql:?}: {error}"),
        }
        for row in [built_in(), serde_json::from_str(document).unwrap_or(Value::Null)] {
            // An error is an answer.
            let _ = condition.truth(&row, Timestamp::UNIX_EPOCH);
        }
    }
    let Ok(query) = Query::parse(sql) else { return };
    let params = Params::new().with("a", 1).with("b", "x").with("id", "7");
    let Ok(mut execution) = query.execution(Timestamp::UNIX_EPOCH, &params, LIMITS) else { return };
    let mut records = Vec::new();
    for document in [document.as_bytes(), built_in().to_string().as_bytes()] {
        let _ = execution.push_json(document, &mut records);
    }
    let _ = execution.finish(&mut records);
    for record in &records {
        assert!(serde_json::to_string(record).is_ok(), "{sql:?}");
    }
}

/// The parentheses that printing adds may pass a limit that the text was within.
fn too_large(problem: &Problem) -> bool {
    matches!(problem, Problem::TooLong { .. } | Problem::TooDeep { .. })
}

/// A little of everything a document can hold.
fn built_in() -> Value {
    json!({
        "a": 1, "b": "x", "c": null, "d": [1, "two", null, { "e": 1.5 }], "t": "2026-03-02T10:00:00Z",
        "rfc": "Mon, 2 Mar 2026 10:00:00 GMT", "day": "20260302", "detail-type": "AWS Health Event",
        "detail": { "service": "EC2", "affectedEntities": [{ "entityValue": "i-1" }, {}] },
        "big": i64::MAX, "small": -1e300,
    })
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
