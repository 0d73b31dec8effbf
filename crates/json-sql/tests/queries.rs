//! What a whole query answers: columns, groups, order, unnesting, parameters, getters.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jiff::Timestamp;
use json_sql::{Limits, Params, Query, Record};
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2024-07-15T00:00:00Z".parse().unwrap()
}

fn people() -> Value {
    json!([
        { "id": 1, "name": "Ann", "age": 31, "city": "Busan", "isActive": true, "score": 1.5 },
        { "id": 2, "name": "Bob", "age": 28, "city": "Seoul", "isActive": false, "score": null },
        { "id": 3, "name": "Cho", "age": 31, "city": "Seoul", "isActive": false },
        { "id": 4, "name": "Dan", "age": null, "city": "Seoul", "isActive": true, "score": 4 },
    ])
}

fn health() -> Value {
    json!([
        {
            "id": "h1", "account": "111122223333", "resources": ["arn:1", "arn:2"],
            "detail": {
                "service": "EC2",
                "eventDescription": [{ "language": "en_US", "latestDescription": "Text" }],
                "affectedEntities": [
                    { "entityValue": "i-1", "status": "PENDING", "tags": { "team": "pay" } },
                    { "entityValue": "i-2", "status": "RESOLVED" },
                ],
            },
        },
        {
            "id": "h2", "account": "444455556666", "resources": [],
            "detail": { "service": "RDS", "affectedEntities": [{ "entityValue": "db-1", "status": "PENDING" }] },
        },
        { "id": "h3", "account": "444455556666", "detail": { "service": "S3" } },
    ])
}

fn lines(records: &[Record]) -> String {
    let lines = records.iter().map(|record| serde_json::to_string(record).unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs the query the three ways there are, which must agree: over the array, over its rows, and over
/// the rows as text.
#[track_caller]
fn ask(document: &Value, sql: &str) -> String {
    let query = Query::parse(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let params = Params::new();
    let whole = query.run(document, now(), &params).unwrap();
    let mut pieces = query.execution(now(), &params, Limits::default()).unwrap();
    let mut texts = query.execution(now(), &params, Limits::default()).unwrap();
    let (mut from_pieces, mut from_texts) = (Vec::new(), Vec::new());
    for row in document.as_array().unwrap() {
        pieces.push(row, &mut from_pieces).unwrap();
        texts.push_json(row.to_string().as_bytes(), &mut from_texts).unwrap();
    }
    pieces.finish(&mut from_pieces).unwrap();
    texts.finish(&mut from_texts).unwrap();
    let mut text = query.execution(now(), &params, Limits::default()).unwrap();
    let mut from_text = Vec::new();
    text.push_json(document.to_string().as_bytes(), &mut from_text).unwrap();
    text.finish(&mut from_text).unwrap();
    assert_eq!(lines(&whole), lines(&from_pieces), "{sql}: row by row");
    assert_eq!(lines(&whole), lines(&from_texts), "{sql}: line by line");
    assert_eq!(lines(&whole), lines(&from_text), "{sql}: as one text");
    lines(&whole)
}

#[track_caller]
fn check(document: &Value, rows: &[(&str, &str, &[&str])]) {
    for (behaviour, sql, expected) in rows {
        assert_eq!(ask(document, sql), expected.join("\n"), "{behaviour}: {sql}");
    }
}

#[test]
fn columns_are_named_as_written_or_by_alias() {
    check(
        &people(),
        &[
            (
                "as written",
                "SELECT id, lower( name ) FROM p LIMIT 1",
                &[r#"{"id":1,"lower( name )":"ann"}"#],
            ),
            ("AS", "SELECT id AS n FROM p LIMIT 1", &[r#"{"n":1}"#]),
            ("without AS, quoted", "select id \"the id\" from P limit 1;", &[r#"{"the id":1}"#]),
            ("a quoted name without its quotes", "SELECT \"id\" FROM p LIMIT 1", &[r#"{"id":1}"#]),
            ("a missing column is NULL", "SELECT nope FROM p LIMIT 1", &[r#"{"nope":null}"#]),
            (
                "a qualified name",
                "SELECT P.id, q.name FROM p q LIMIT 1",
                &[r#"{"P.id":1,"q.name":"Ann"}"#],
            ),
            (
                "everything",
                "SELECT * FROM p WHERE id = 2",
                &[r#"{"age":28,"city":"Seoul","id":2,"isActive":false,"name":"Bob","score":null}"#],
            ),
            ("no row", "SELECT id FROM p WHERE id = 9", &[]),
        ],
    );
}

#[test]
fn rows_are_ordered_counted_off_and_made_distinct() {
    check(
        &people(),
        &[
            (
                "ORDER BY two keys",
                "SELECT id FROM p WHERE age IS NOT NULL ORDER BY age, name DESC",
                &[r#"{"id":2}"#, r#"{"id":3}"#, r#"{"id":1}"#],
            ),
            (
                "NULL is the smallest",
                "SELECT id FROM p ORDER BY age, id LIMIT 2",
                &[r#"{"id":4}"#, r#"{"id":2}"#],
            ),
            (
                "and so last when descending",
                "SELECT id FROM p ORDER BY age DESC, id DESC",
                &[r#"{"id":3}"#, r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":4}"#],
            ),
            (
                "unless said",
                "SELECT id FROM p ORDER BY age DESC NULLS FIRST LIMIT 1",
                &[r#"{"id":4}"#],
            ),
            (
                "by an alias",
                "SELECT id, age * -1 AS back FROM p ORDER BY back NULLS LAST LIMIT 1",
                &[r#"{"id":1,"back":-31}"#],
            ),
            (
                "by a position",
                "SELECT name, id FROM p ORDER BY 2 DESC LIMIT 1",
                &[r#"{"name":"Dan","id":4}"#],
            ),
            (
                "by what is not put out",
                "SELECT name FROM p ORDER BY id DESC LIMIT 1",
                &[r#"{"name":"Dan"}"#],
            ),
            (
                "OFFSET",
                "SELECT id FROM p ORDER BY id LIMIT 2 OFFSET 1",
                &[r#"{"id":2}"#, r#"{"id":3}"#],
            ),
            ("OFFSET without order", "SELECT id FROM p OFFSET 3", &[r#"{"id":4}"#]),
            ("LIMIT 0", "SELECT id FROM p LIMIT 0", &[]),
            (
                "DISTINCT",
                "SELECT DISTINCT city FROM p ORDER BY city DESC",
                &[r#"{"city":"Seoul"}"#, r#"{"city":"Busan"}"#],
            ),
            (
                "DISTINCT counts NULL once",
                "SELECT DISTINCT score IS NULL AS n FROM p",
                &[r#"{"n":false}"#, r#"{"n":true}"#],
            ),
        ],
    );
}

#[test]
fn groups_are_counted_and_filtered() {
    check(
        &people(),
        &[
            (
                "COUNT(*) and COUNT(x)",
                "SELECT count(*) AS n, count(score) AS s FROM p",
                &[r#"{"n":4,"s":2}"#],
            ),
            (
                "SUM, AVG, MIN, MAX pass over NULL",
                "SELECT sum(age) a, avg(age) b, min(age) c, max(name) d FROM p",
                &[r#"{"a":90,"b":30.0,"c":28,"d":"Dan"}"#],
            ),
            ("a sum of mixed numbers is a float", "SELECT sum(score) s FROM p", &[r#"{"s":5.5}"#]),
            (
                "no rows",
                "SELECT count(*) n, sum(age) s, min(age) m FROM p WHERE id > 9",
                &[r#"{"n":0,"s":null,"m":null}"#],
            ),
            ("no rows, no groups", "SELECT city, count(*) FROM p WHERE id > 9 GROUP BY city", &[]),
            (
                "GROUP BY",
                "SELECT city, count(*) AS n FROM p GROUP BY city ORDER BY n DESC",
                &[r#"{"city":"Seoul","n":3}"#, r#"{"city":"Busan","n":1}"#],
            ),
            (
                "a qualified column is the same column",
                "SELECT p.city FROM p GROUP BY city ORDER BY P.city",
                &[r#"{"p.city":"Busan"}"#, r#"{"p.city":"Seoul"}"#],
            ),
            (
                "NULL is a group",
                "SELECT age, count(*) n FROM p GROUP BY age ORDER BY age",
                &[r#"{"age":null,"n":1}"#, r#"{"age":28,"n":1}"#, r#"{"age":31,"n":2}"#],
            ),
            (
                "HAVING",
                "SELECT city FROM p GROUP BY city HAVING count(*) > 1",
                &[r#"{"city":"Seoul"}"#],
            ),
            (
                "HAVING by alias",
                "SELECT city, count(*) n FROM p GROUP BY city HAVING n = 1",
                &[r#"{"city":"Busan","n":1}"#],
            ),
            (
                "COUNT(DISTINCT x)",
                "SELECT count(DISTINCT city) AS c, count(DISTINCT age) AS a FROM p",
                &[r#"{"c":2,"a":2}"#],
            ),
            (
                "by an expression",
                "SELECT age > 30 AS old, count(*) n FROM p GROUP BY old ORDER BY n DESC, old DESC",
                &[r#"{"old":true,"n":2}"#, r#"{"old":false,"n":1}"#, r#"{"old":null,"n":1}"#],
            ),
            (
                "by an expression under the name of its column",
                "SELECT lower(city) AS city, count(*) AS n FROM p GROUP BY lower(city) ORDER BY lower(city)",
                &[r#"{"city":"busan","n":1}"#, r#"{"city":"seoul","n":3}"#],
            ),
            (
                "aggregates compute",
                "SELECT max(age) - min(age) AS spread FROM p",
                &[r#"{"spread":3}"#],
            ),
            (
                "by a position",
                "SELECT substring(city, 1, 1), count(*) FROM p GROUP BY 1 ORDER BY 2",
                &[
                    r#"{"substring(city, 1, 1)":"B","count(*)":1}"#,
                    r#"{"substring(city, 1, 1)":"S","count(*)":3}"#,
                ],
            ),
        ],
    );
}

#[test]
fn from_unnests_arrays() {
    check(
        &health(),
        &[
            (
                "each element is a row",
                "SELECT entityValue FROM health.detail.affectedEntities WHERE status = 'PENDING'",
                &[r#"{"entityValue":"i-1"}"#, r#"{"entityValue":"db-1"}"#],
            ),
            (
                "the document is reached by the table",
                "SELECT Health.account, entityValue FROM health.detail.affectedEntities ORDER BY 2 LIMIT 1",
                &[r#"{"Health.account":"444455556666","entityValue":"db-1"}"#],
            ),
            (
                "and condition on it",
                "SELECT e.entityValue FROM health.detail.affectedEntities e WHERE health.detail.service = 'RDS'",
                &[r#"{"e.entityValue":"db-1"}"#],
            ),
            (
                "an element that is a scalar goes by its name",
                "SELECT r, health.id AS id FROM health.resources AS r",
                &[r#"{"r":"arn:1","id":"h1"}"#, r#"{"r":"arn:2","id":"h1"}"#],
            ),
            (
                "or by its key",
                "SELECT resources FROM health.resources LIMIT 1",
                &[r#"{"resources":"arn:1"}"#],
            ),
            (
                "everything",
                "SELECT * FROM health.detail.affectedEntities WHERE entityValue = 'i-2'",
                &[r#"{"entityValue":"i-2","status":"RESOLVED"}"#],
            ),
            (
                "everything of a scalar",
                "SELECT * FROM health.resources r LIMIT 1",
                &[r#"{"r":"arn:1"}"#],
            ),
            (
                "groups over elements",
                "SELECT health.account a, count(*) n FROM health.detail.affectedEntities GROUP BY health.account ORDER BY n",
                &[r#"{"a":"444455556666","n":1}"#, r#"{"a":"111122223333","n":2}"#],
            ),
            (
                "an object is one row",
                "SELECT service FROM health.detail WHERE service LIKE 'R%'",
                &[r#"{"service":"RDS"}"#],
            ),
        ],
    );
}

#[test]
fn nested_values_come_out_whole() {
    check(
        &health(),
        &[
            (
                "an array of objects",
                "SELECT detail.affectedEntities AS e FROM health WHERE id = 'h1'",
                &[
                    r#"{"e":[{"entityValue":"i-1","status":"PENDING","tags":{"team":"pay"}},{"entityValue":"i-2","status":"RESOLVED"}]}"#,
                ],
            ),
            (
                "a path through it",
                "SELECT detail.affectedEntities.entityValue AS v FROM health WHERE id = 'h1'",
                &[r#"{"v":["i-1","i-2"]}"#],
            ),
            (
                "a parent and its child",
                "SELECT detail.service, detail FROM health WHERE id = 'h3'",
                &[r#"{"detail.service":"S3","detail":{"service":"S3"}}"#],
            ),
            (
                "a position",
                "SELECT detail.eventDescription[0].language AS l FROM health LIMIT 1",
                &[r#"{"l":"en_US"}"#],
            ),
        ],
    );
}

#[test]
fn parameters_are_values_and_never_text() {
    let people = people();
    let run = |sql: &str, params: &Params| {
        Query::parse(sql).unwrap().run(&people, now(), params).unwrap().len()
    };
    for (behaviour, sql, params, expected) in [
        ("a number", "SELECT id FROM p WHERE id = :id", Params::new().with("id", 1), 1),
        (
            "a text that says a number",
            "SELECT id FROM p WHERE id > :id",
            Params::new().with("id", "2"),
            2,
        ),
        ("a boolean", "SELECT id FROM p WHERE isActive = :a", Params::new().with("a", false), 2),
        (
            "a quote stays in the value",
            "SELECT id FROM p WHERE name = :n",
            Params::new().with("n", "x' or id > '0"),
            0,
        ),
        (
            "names do not overlap",
            "SELECT id FROM p WHERE id = :id or id = :idx",
            Params::new().with("id", 1).with("idx", 4),
            2,
        ),
        (
            "a list",
            "SELECT id FROM p WHERE name = ANY(:names)",
            Params::new().with("names", vec!["Ann", "Dan"]),
            2,
        ),
        ("a time", "SELECT id FROM p WHERE :t > now()", Params::new().with("t", now()), 0),
        (
            "NULL",
            "SELECT id FROM p WHERE name = :n",
            Params::new().with("n", None::<&'static str>),
            0,
        ),
        ("a name that is not asked for", "SELECT id FROM p", Params::new().with("n", 1), 4),
        (
            "a text with a colon is a text",
            "SELECT id FROM p WHERE name <> 'arn:aws:x' and name <> 'T03:21:27Z'",
            Params::new(),
            4,
        ),
    ] {
        assert_eq!(run(sql, &params), expected, "{behaviour}");
    }
}

#[test]
fn getters_give_each_column_as_the_type_that_is_asked_for() {
    let row = json!({
        "n": 5, "text": "5", "float": 5.5, "flag": "true", "null": null, "list": [1, 2], "object": {},
        "rfc": "Sat, 20 Jul 2024 15:00:00 GMT", "day": "20240705", "zoned": "2018-10-25T08:00-04:00",
        "spaced": "2022-07-18T04:35:17 -09:00",
    });
    let record = &Query::parse(
        "SELECT n, text, float, flag, \"null\", list, object, rfc, day, zoned, spaced FROM t",
    )
    .unwrap()
    .run(&row, now(), &Params::new())
    .unwrap()[0];
    let at = |text: &str| Ok(Some(text.parse::<Timestamp>().unwrap()));
    assert_eq!(record.get_str("n").unwrap().as_deref(), Some("5"));
    assert_eq!(record.get_i64("text"), Ok(Some(5)));
    assert_eq!(record.get_f64("float"), Ok(Some(5.5)));
    assert_eq!(record.get_bool("flag"), Ok(Some(true)));
    assert_eq!(record.get_i64("null"), Ok(None));
    assert_eq!(record.get_list("list"), Ok(Some(&[json!(1), json!(2)][..])));
    assert_eq!(record.get_timestamp("rfc"), at("2024-07-20T15:00:00Z"));
    assert_eq!(record.get_timestamp("zoned"), at("2018-10-25T12:00:00Z"));
    assert_eq!(record.get_timestamp("spaced"), at("2022-07-18T13:35:17Z"));
    assert_eq!(record.get_date("day").unwrap().unwrap().to_string(), "2024-07-05");
}

#[test]
fn a_key_that_is_written_twice_counts_the_last_time() {
    let text = r#"{"a":1,"d":{"x":1,"y":2},"l":[{"k":1,"k":null}],"a":null,"d":{"y":3}}"#;
    let document: Value = serde_json::from_str(text).unwrap();
    for (sql, expected) in [
        ("SELECT a, d.x, d.y, l.k FROM t", r#"{"a":null,"d.x":null,"d.y":3,"l.k":[null]}"#),
        ("SELECT * FROM t WHERE d.x IS NULL", r#"{"a":null,"d":{"y":3},"l":[{"k":null}]}"#),
    ] {
        let query = Query::parse(sql).unwrap();
        let mut run = query.execution(now(), &Params::new(), Limits::default()).unwrap();
        let mut out = Vec::new();
        run.push_json(text.as_bytes(), &mut out).unwrap();
        assert_eq!(lines(&out), expected, "{sql}");
        assert_eq!(lines(&query.run(&document, now(), &Params::new()).unwrap()), expected, "{sql}");
    }
}
