//! Laws that hold for every input: no panic, what is printed parses back, a row read from text answers
//! as the parsed row does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jiff::Timestamp;
use json_sql::{Condition, Limits, Params, Query, Record};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn now() -> Timestamp {
    "2024-07-15T00:00:00Z".parse().unwrap()
}

/// A column: keys that occur in the documents below, keys that do not, keys that need quotes.
fn column() -> impl Strategy<Value = String> {
    let keys = ["a", "b", "c", "a-b", "list", "\"order\"", "\"x y\"", "\"q\"\"q\"", "origin"];
    let start = proptest::sample::select(keys.to_vec()).prop_map(str::to_owned);
    let step = prop_oneof![
        proptest::sample::select(vec![".a", ".b", ".order", ".\"x y\"", ".list"])
            .prop_map(str::to_owned),
        (0..3_usize).prop_map(|index| format!("[{index}]")),
    ];
    (start, prop::collection::vec(step, 0..3)).prop_map(|(start, steps)| start + &steps.concat())
}

fn constant() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-3..4_i64).prop_map(|number| number.to_string()),
        (-1e9..1e9_f64).prop_map(|number| format!("{number:?}")),
        "[ -~]{0,6}".prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        proptest::sample::select(vec![
            "NULL",
            "TRUE",
            "FALSE",
            "now()",
            "interval '7 days'",
            "interval '1 month 90 s'",
            "'20240720'",
            "interval '-1.5 hours'",
            "timestamp '2024-07-20T15:00:00.5Z'",
            "date '2024-07-20'",
            "'ab%'",
        ])
        .prop_map(str::to_owned),
    ]
}

fn value() -> BoxedStrategy<String> {
    let leaf = prop_oneof![3 => column(), 2 => constant()];
    leaf.prop_recursive(3, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), proptest::sample::select(vec!["+", "-", "||"]))
                .prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            // An interval cannot be multiplied: that is refused when it is seen.
            (column(), proptest::sample::select(vec!["*", "/", "%"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} COALESCE({b}))")),
            inner.clone().prop_map(|a| format!("- {a}")),
            (
                inner.clone(),
                proptest::sample::select(vec!["LOWER", "upper", "LENGTH", "TRIM", "ABS", "ROUND"])
            )
                .prop_map(|(a, function)| format!("{function}({a})")),
            two.clone().prop_map(|(a, b)| format!("COALESCE({a}, {b})")),
            two.clone().prop_map(|(a, b)| format!("SUBSTRING({a} FROM {b})")),
            two.clone().prop_map(|(a, b)| format!("REPLACE({a}, {b}, 'z')")),
            (
                inner.clone(),
                proptest::sample::select(vec![
                    "text",
                    "integer",
                    "real",
                    "boolean",
                    "timestamp",
                    "date",
                    "interval"
                ])
            )
                .prop_map(|(a, kind)| format!("CAST({a} AS {kind})")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!(
                "CASE {a} WHEN ({b}) THEN ({c}) ELSE (origin) END"
            )),
            (two, inner).prop_map(|((a, b), c)| format!("CASE WHEN {a} = ({b}) THEN ({c}) END")),
        ]
    })
    .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let (a, b, c) = (value(), value(), value());
    let compare = proptest::sample::select(vec!["=", "<>", "!=", "<", "<=", ">", ">="]);
    let not = || proptest::sample::select(vec!["", "NOT "]);
    let leaf = prop_oneof![
        (a.clone(), compare.clone(), b.clone()).prop_map(|(a, op, b)| format!("{a} {op} ({b})")),
        (a.clone(), compare, column()).prop_map(|(a, op, path)| format!("{a} {op} ANY({path})")),
        (a.clone(), not(), b.clone(), c.clone())
            .prop_map(|(a, n, b, c)| format!("{a} {n}IN (({b}), ({c}))")),
        (a.clone(), not(), b.clone(), c)
            .prop_map(|(a, n, b, c)| format!("{a} {n}BETWEEN ({b}) AND ({c})")),
        (a.clone(), not(), b).prop_map(|(a, n, b)| format!("{a} {n}LIKE ({b})")),
        (a.clone(), not()).prop_map(|(a, n)| format!("{a} {n}ILIKE '%b!%_' ESCAPE '!'")),
        (a.clone(), not()).prop_map(|(a, n)| format!("{a} IS {n}NULL")),
        (a, not()).prop_map(|(a, n)| format!("{a} IS {n}TRUE")),
        column(),
    ];
    leaf.prop_recursive(3, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} OR {b}")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
    .boxed()
}

fn document() -> BoxedStrategy<Value> {
    let keys = ["a", "b", "c", "a-b", "list", "order", "x y", "q\"q", "origin"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        proptest::sample::select(vec![
            "1",
            "abc",
            "20240720",
            "true",
            "2024-07-20T15:00:00Z",
            "é\\\"\n"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let key = proptest::sample::select(keys.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
    .boxed()
}

/// What a query answers over one document, or how it fails.
fn answers(
    query: &Query,
    feed: impl Fn(&mut json_sql::Execution<'_>, &mut Vec<Record>) -> Result<(), String>,
) -> String {
    let mut execution = query.execution(now(), &Params::new(), Limits::default()).unwrap();
    let mut out = Vec::new();
    let result = feed(&mut execution, &mut out)
        .and_then(|()| execution.finish(&mut out).map_err(|e| e.to_string()));
    let rows: Vec<Value> = out.iter().map(|record| serde_json::to_value(record).unwrap()).collect();
    format!("{result:?} {}", Value::from(rows))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(sql in any::<String>()) {
        let _ = Condition::parse(&sql);
        let _ = Query::parse(&sql);
    }

    #[test]
    fn no_row_of_words_makes_the_parser_panic(
        words in prop::collection::vec(proptest::sample::select(vec![
            "SELECT", "FROM", "WHERE", "a", "b.c", "\"q\"", "'t'", "1", "1.5", "(", ")", ",", "*", "=", "<>", "AND",
            "OR", "NOT", "IN", "BETWEEN", "LIKE", "ESCAPE", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END",
            "CAST", "AS", "text", "count", "lower", "now", "ANY", "-", "||", "[", "]", ".", ":p", "interval",
            "timestamp", "GROUP", "BY", "HAVING", "ORDER", "LIMIT", "OFFSET", "DISTINCT", "TRUE", ";",
        ]), 0..14),
        gap in proptest::sample::select(vec![" ", "", "\n"]),
    ) {
        let sql = words.join(gap);
        let _ = Query::parse(&sql);
        let _ = Query::parse(&format!("SELECT a FROM t WHERE {sql}"));
        if let Ok(condition) = Condition::parse(&sql) {
            let _ = condition.matches(&json!({ "a": 1, "b": { "c": "t" } }), now());
        }
    }

    #[test]
    fn a_printed_condition_parses_to_itself(sql in condition()) {
        let parsed = Condition::parse(&sql).map_err(|error| TestCaseError::fail(format!("{sql}: {error}")))?;
        let printed = parsed.to_string();
        let again = Condition::parse(&printed)
            .map_err(|error| TestCaseError::fail(format!("{printed}: {error}")))?;
        prop_assert_eq!(&again, &parsed);
        prop_assert_eq!(again.to_string(), printed);
    }

    #[test]
    fn a_condition_and_its_negation_never_both_match(sql in condition(), document in document()) {
        let ask = |sql: &str| Condition::parse(sql).unwrap().matches(&document, now()).unwrap();
        let both = ask(&sql) && ask(&format!("NOT ({sql})"));
        prop_assert!(!both, "{}", sql);
    }

    #[test]
    fn a_row_read_from_text_answers_as_the_parsed_row(
        columns in prop::collection::vec(column(), 1..4),
        filter in condition(),
        document in document(),
    ) {
        let list: Vec<String> = columns.iter().enumerate().map(|(i, c)| format!("{c} AS c{i}")).collect();
        for sql in [
            format!("SELECT {} FROM t", list.join(", ")),
            format!("SELECT {} FROM t WHERE {filter}", list.join(", ")),
            format!("SELECT * FROM t WHERE {filter}"),
            format!("SELECT count(*) AS n, max({}) AS m FROM t", columns[0]),
        ] {
            let query = Query::parse(&sql).unwrap();
            // serde_json reads a printed float back to within one unit in the last place.
            let text = document.to_string();
            let document: Value = serde_json::from_str(&text).unwrap();
            let from_value = answers(&query, |run, out| run.push(&document, out).map(drop).map_err(|e| e.to_string()));
            let from_text = answers(&query, |run, out| run.push_json(text.as_bytes(), out).map(drop).map_err(|e| e.to_string()));
            prop_assert_eq!(from_value, from_text, "{}", sql);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let query = Query::parse("SELECT a.b, c FROM t WHERE a[0].b = 1 or c > 2").unwrap();
        let mut run = query.execution(now(), &Params::new(), Limits::default()).unwrap();
        let _ = run.push_json(&bytes, &mut Vec::new());
    }
}
