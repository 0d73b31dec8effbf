//! Everything that is refused, with the whole message: where, what, and what to write instead.

use std::fmt::Write as _;

use json_sql::{Condition, MAX_DEPTH, MAX_SQL_BYTES, Query};

const CONDITIONS: &[&str] = &[
    "",
    "   ",
    "status = \"open\"",
    "status IN (\"open\", 'closed')",
    "status LIKE \"op%\"",
    "CASE WHEN a = 1 THEN \"x\" END = 'x'",
    "value-1 = 2",
    "a.b-2024 = 1",
    "status == 'open'",
    "status = 'open' && region = 'x'",
    "status = 'open' || region = 'x'",
    "status = 'open",
    "\"status = 'open'",
    "status = ‘open’",
    "status = open'",
    "status = 'open' region = 'x'",
    "status = 'open' nad region = 'x'",
    "status = 'open' adn region = 'x'",
    "status = 'open' and",
    "and status = 'open'",
    "(status = 'open'",
    "status = 'open')",
    "1",
    "'open'",
    "a = 1 and 'open'",
    "not 5",
    "a + 1",
    "lower(a)",
    "a = b = c",
    "a = 1 is null",
    "a is 5",
    "a in 'x'",
    "a in ()",
    "a in (select id from b)",
    "a = (select 1)",
    "exists (select 1 from b)",
    "a not = 1",
    "a between 1",
    "a = all(b)",
    "a = any('x')",
    "any(a) = 1",
    "a regexp '^x'",
    "a ~ 'x'",
    "a contains 'x'",
    "lenght(a) = 1",
    "concat(a, b) = 'x'",
    "lower(a, b) = 'x'",
    "replace(a) = 'x'",
    "now(1) > a",
    "count(*) > 1",
    "a = :param",
    "a = ?",
    "a::int = 1",
    "a->'b' = 1",
    "a = `b`",
    "a = 1 -- and more",
    "a = 1 /* x */",
    "a = 1;",
    "a = 012345678901",
    "a = 2024-07-05",
    "a = 12abc",
    "a = 1.5.2",
    "a.0 = 1",
    "a.* = 1",
    "a[*] = 1",
    "a[-1] = 1",
    "a['b'] = 1",
    "order = 1",
    "a like 'x!' escape '!'",
    "a like 'x' escape 'ab'",
    "a < timestamp 'yesterday'",
    "a < now() + interval '7 dayz'",
    "a < now() + interval '7 dayss'",
    "a < now() + interval '500 ms'",
    "a < now() + interval '3 hs'",
    "a < now() + interval '7 days' * 2",
    "cast(a as uuid) = 1",
    "case when a then end",
    "case a end = 1",
    "a = 'line one\nline two' and\n  b == 2",
    "설명 = '값' 그리고 a",
    "a = #1",
    "a = +1",
    "a is distinct from b",
];

const QUERIES: &[&str] = &[
    "id = 1",
    "SELECT",
    "SELECT id",
    "SELECT id FROM",
    "SELECT FROM health",
    "SELECT id FROM health WHERE",
    "SELECT id FROM health wehre id = 1",
    "SELECT id FROM health WHERE id = 1 ODER BY id",
    "SELECT id FROM health JOIN users ON a = b",
    "SELECT id FROM health LEFT JOIN users ON a = b",
    "SELECT id FROM health, users",
    "SELECT id FROM health UNION SELECT id FROM users",
    "SELECT id FROM (SELECT id FROM health)",
    "SELECT *, id FROM health",
    "SELECT id, * FROM health",
    "SELECT h.* FROM health h",
    "SELECT id AS 'x' FROM health",
    "SELECT row_number() OVER (ORDER BY id) FROM health",
    "SELECT count(*) OVER () FROM health",
    "SELECT count(*) FILTER (WHERE a = 1) FROM health",
    "SELECT region, count(*) FROM health",
    "SELECT h, count(*) FROM health h",
    "SELECT \"a row\", count(*) FROM health AS \"a row\"",
    "SELECT resources, count(*) FROM health.resources",
    "SELECT health.id, count(*) FROM health.resources",
    "SELECT * FROM health GROUP BY region",
    "SELECT region FROM health GROUP BY service",
    "SELECT count(*) FROM health WHERE count(*) > 1",
    "SELECT sum(count(*)) FROM health",
    "SELECT id FROM health HAVING id = 1",
    "SELECT id FROM health ORDER BY 2",
    "SELECT id FROM health ORDER BY 'id'",
    "SELECT id FROM health ORDER id",
    "SELECT id FROM health ORDER BY id NULLS",
    "SELECT DISTINCT id FROM health ORDER BY region",
    "SELECT id FROM health LIMIT -1",
    "SELECT id FROM health LIMIT 1.5",
    "SELECT id FROM health LIMIT 1, 2",
    "SELECT id FROM health LIMIT 1 LIMIT 2",
    "SELECT id FROM health OFFSET 1 LIMIT 2 OFFSET 3",
    "SELECT id FROM health; DROP TABLE health",
    "SELECT sum() FROM health",
    "SELECT sum(*) FROM health",
    "DELETE FROM health",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "SELECT id FROM health FOR UPDATE",
];

#[test]
fn what_is_not_understood_is_refused_with_place_and_hint() {
    let mut report = String::new();
    for sql in CONDITIONS {
        let error = Condition::parse(sql).map(|condition| condition.to_string()).unwrap_err();
        writeln!(report, "{sql}\n    {error}").unwrap();
    }
    for sql in QUERIES {
        let error = Query::parse(sql).map(|_| ()).unwrap_err();
        writeln!(report, "{sql}\n    {error}").unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_text_without_end_or_bottom_is_refused_before_it_hurts() {
    let chain = |join: &str, links: usize| vec!["a = 1"; links].join(join);
    for (name, sql, refused) in [
        ("a long text", format!("a = '{}'", "x".repeat(MAX_SQL_BYTES)), true),
        ("deep parentheses", format!("{}a = 1{}", "(".repeat(5_000), ")".repeat(5_000)), true),
        ("deep NOT", format!("{}a = 1", "NOT ".repeat(5_000)), true),
        ("deep minus", format!("{}a = 1", "- ".repeat(5_000)), true),
        ("a long path", format!("{} = 1", vec!["a"; 9_000].join(".")), true),
        ("a long sum", format!("{} = 1", vec!["a"; 5_000].join(" + ")), true),
        ("a long join of texts", format!("{} = 'x'", vec!["a"; 5_000].join(" || ")), true),
        (
            "deep CASE",
            format!("{}1{} = 1", "CASE WHEN a THEN ".repeat(900), " END".repeat(900)),
            true,
        ),
        (
            "parentheses up to the limit",
            format!("{}a{} = 1", "(".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1)),
            false,
        ),
        ("a long chain of AND", chain(" AND ", 5_000), false),
        ("a long chain of OR", chain(" OR ", 5_000), false),
    ] {
        assert_eq!(Condition::parse(&sql).is_err(), refused, "{name}");
    }
}

#[test]
fn an_unknown_name_is_reported_where_it_stands() {
    let known = ["account", "region", "service", "status"];
    for (sql, expected) in [
        (
            "region = 'x' and\n  servce = 'EC2'",
            "line 2, column 3: unknown column `servce` (did you mean service?)",
        ),
        ("status = open", "line 1, column 10: unknown column `open` (a text is written 'open')"),
        ("status = detail.other", "line 1, column 10: unknown column `detail.other`"),
    ] {
        let condition = Condition::parse(sql).unwrap();
        let unknown = condition
            .columns()
            .find(|column| column.path.as_name().is_none_or(|name| !known.contains(&name)));
        assert_eq!(unknown.unwrap().unknown(known).to_string(), expected);
    }
    let query = Query::parse("SELECT id FROM helth").unwrap();
    let error = query.require_table(["health", "users"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 16: unknown table `helth` (did you mean health?)"
    );
    assert!(query.require_table(["HELTH"]).is_ok());
}
