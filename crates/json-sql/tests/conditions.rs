//! What a condition means, row by row: `T` matches, `-` does not. One document, many questions.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use jiff::Timestamp;
use json_sql::{Condition, Problem};
use serde_json::{Value, json};

fn event() -> Value {
    json!({
        "id": "e-1",
        "detail-type": "AWS Health Event",
        "account": "111122223333",
        "time": "2024-07-20T03:21:27Z",
        "region": "ap-northeast-2",
        "origin": "feed",
        "android": true,
        "order": 7,
        "empty": "",
        "nothing": null,
        "quote": "it's 100%",
        "count": 20,
        "price": 1.5,
        "value": 3,
        "big": 9_007_199_254_740_993_i64,
        "yes": "true",
        "day": "20240720",
        "key with space": 1,
        "dotted.key": 2,
        "resources": ["arn:aws:ec2:::i-1", "arn:aws:ec2:::i-2"],
        "holes": [1, null, 3],
        "none": [],
        "detail": {
            "service": "EC2",
            "statusCode": "open",
            "eventTypeCategory": "scheduledChange",
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/X/1",
            "startTime": "Sat, 20 Jul 2024 15:00:00 GMT",
            "oneDigit": "Fri, 5 Jul 2024 15:00:00 GMT",
            "endTime": "2024-07-21T00:00:00.250+09:00",
            "affectedEntities": [
                { "entityValue": "i-1", "tags": { "team": "pay" }, "statuses": ["A", "B"] },
                { "entityValue": "i-2", "tags": { "team": "web" }, "statuses": ["C"] },
                { "entityValue": "i-3" },
            ],
        },
    })
}

fn now() -> Timestamp {
    "2024-07-15T00:00:00Z".parse().unwrap()
}

/// Every row: behaviour, condition, expected answer. `T` matches, `F` and `?` do not; `F` says so also
/// under NOT, `?` is unknown either way.
#[track_caller]
fn check(rows: &[(&str, &str, char)]) {
    let event = event();
    let ask = |sql: &str| match Condition::parse(sql) {
        Ok(condition) => condition.matches(&event, now()).unwrap(),
        Err(error) => panic!("{sql}: {error}"),
    };
    let mut wrong = Vec::new();
    for (behaviour, sql, expected) in rows {
        let found = match (ask(sql), ask(&format!("NOT ({sql})"))) {
            (true, false) => 'T',
            (false, true) => 'F',
            (false, false) => '?',
            (true, true) => '!',
        };
        if found != *expected {
            wrong.push(format!("{behaviour}: {sql}: expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_reach_what_they_say() {
    check(&[
        ("a dotted path", "detail.service = 'EC2'", 'T'),
        ("a hyphen before a letter belongs to the name", "detail-type = 'AWS Health Event'", 'T'),
        ("a minus with spaces is a subtraction", "value - 1 = 2", 'T'),
        ("a minus after a parenthesis is a subtraction", "(value)-1 = 2", 'T'),
        ("a column that begins with or", "origin = 'feed' and origin <> 'x'", 'T'),
        ("a column that begins with and", "android and origin = 'feed'", 'T'),
        ("a reserved word is quoted", "\"order\" = 7", 'T'),
        ("a quoted name may hold anything", "\"key with space\" = 1", 'T'),
        ("a quoted name is one key, dots and all", "\"dotted.key\" = 2", 'T'),
        ("column names keep their case", "Account = '111122223333'", '?'),
        ("keywords do not", "account = '111122223333' AnD NoT FALSE", 'T'),
        ("a position counts from 0", "resources[0] = 'arn:aws:ec2:::i-1'", 'T'),
        ("a position beyond the end is NULL", "resources[2] IS NULL", 'T'),
        ("a path goes on after a position", "detail.affectedEntities[1].tags.team = 'web'", 'T'),
        ("a key named like a type is a key", "time = '2024-07-20T03:21:27Z' and count = 20", 'T'),
        ("a missing key is NULL", "detail.absent.deeper IS NULL", 'T'),
        ("a key of a scalar is NULL", "account.x IS NULL", 'T'),
    ]);
}

#[test]
fn null_is_unknown_and_never_matches() {
    check(&[
        ("JSON null is NULL", "nothing IS NULL", 'T'),
        ("the empty text is not NULL", "empty IS NOT NULL and empty = ''", 'T'),
        ("NULL equals nothing", "nothing = NULL", '?'),
        ("NULL differs from nothing", "absent <> 'x'", '?'),
        ("NOT unknown is unknown", "NOT absent = 'x'", '?'),
        ("unknown AND false is false", "absent = 1 AND 1 = 2", 'F'),
        ("unknown AND true is unknown", "absent = 1 AND 1 = 1", '?'),
        ("unknown OR true is true", "absent = 1 OR 1 = 1", 'T'),
        ("unknown OR false is unknown", "absent = 1 OR 1 = 2", '?'),
        ("IN with NULL and no match is unknown", "count IN (1, NULL)", '?'),
        ("IN with NULL and a match is true", "count IN (20, NULL)", 'T'),
        ("NOT IN with NULL is never true", "count NOT IN (1, NULL)", '?'),
        ("BETWEEN is false when one end says so", "count BETWEEN 30 AND NULL", 'F'),
        ("IS TRUE is never unknown", "absent IS TRUE", 'F'),
        ("IS NOT TRUE holds for unknown", "absent IS NOT TRUE", 'T'),
        ("IS FALSE", "android IS FALSE", 'F'),
        ("LIKE of NULL is unknown", "absent LIKE '%'", '?'),
        ("COALESCE gives unknown a value", "COALESCE(absent, 'x') = 'x'", 'T'),
    ]);
}

#[test]
fn logic_has_precedence_and_parentheses() {
    check(&[
        ("AND holds tighter than OR", "1 = 1 OR 1 = 1 AND 1 = 2", 'T'),
        ("parentheses say otherwise", "(1 = 1 OR 1 = 1) AND 1 = 2", 'F'),
        ("NOT holds tighter than AND", "NOT 1 = 2 AND 1 = 1", 'T'),
        ("NOT reaches over a comparison", "NOT region = 'us-east-1'", 'T'),
        ("!= is <>", "region != 'us-east-1'", 'T'),
        ("multiplication before addition", "1 + 2 * 3 = 7", 'T'),
        ("subtraction from the left", "10 - 3 - 2 = 5", 'T'),
        ("addition before joining text", "'a' || 1 + 2 = 'a3'", 'T'),
        ("a minus of a minus", "- -count = 20 and -(-5) = 5", 'T'),
    ]);
}

#[test]
fn values_compare_by_what_they_are() {
    check(&[
        ("a number meets text that parses as one", "count = '20' and count > '9'", 'T'),
        ("text meets a number", "account = 111122223333", 'T'),
        ("text that is no number is unknown", "region > 5", '?'),
        ("two texts are text", "'9' > '10'", 'T'),
        ("a boolean meets 'true'", "android = 'true' and android = TRUE", 'T'),
        ("text that says true meets TRUE", "yes = TRUE", 'T'),
        ("a boolean is no number", "android = 1", '?'),
        (
            "large integers compare exactly",
            "big = 9007199254740993 and big > 9007199254740992.0",
            'T',
        ),
        ("an integer equals its float", "value = 3.0", 'T'),
        ("an array equals nothing", "resources = 'arn:aws:ec2:::i-1'", '?'),
        ("an object is not NULL", "detail IS NOT NULL", 'T'),
        (
            "an ARN is plain text",
            "detail.eventArn = 'arn:aws:health:ap-northeast-2::event/EC2/X/1'",
            'T',
        ),
        ("a timestamp is plain text", "time = '2024-07-20T03:21:27Z'", 'T'),
        ("a quote is doubled", "quote = 'it''s 100%'", 'T'),
    ]);
}

#[test]
fn text_that_names_a_time_meets_times() {
    check(&[
        ("RFC 1123 against now", "detail.startTime < now() + interval '7 days'", 'T'),
        ("and beyond it", "detail.startTime < now() + interval '5 days'", 'F'),
        ("a day of one digit", "detail.oneDigit < now()", 'T'),
        (
            "ISO 8601 with an offset and a fraction",
            "detail.endTime = timestamp '2024-07-20T15:00:00.25Z'",
            'T',
        ),
        ("YYYYMMDD", "day = timestamp '2024-07-20'", 'T'),
        ("a date literal", "time >= date '2024-07-20' and time < date '2024-07-21'", 'T'),
        ("a cast text is a time", "CAST(time AS timestamp) > '2024-07-20'", 'T'),
        ("BETWEEN two times", "time BETWEEN now() AND now() + interval '1 week'", 'T'),
        ("IN a list of times", "day IN (date '2024-07-19', date '2024-07-20')", 'T'),
        ("two texts are not times", "detail.startTime < '2025-01-01'", 'F'),
        ("text that names no time is unknown", "region < now()", '?'),
        (
            "a text beside an interval is a time",
            "time + interval '1 hour' > timestamp '2024-07-20T04:00:00Z'",
            'T',
        ),
        (
            "a month is a calendar step",
            "timestamp '2024-01-31' + interval '1 month' = timestamp '2024-02-29'",
            'T',
        ),
        ("times differ by an interval", "CAST(time AS timestamp) - now() > interval '5 days'", 'T'),
        ("a duration in parts", "interval '1 day 2 hours' = interval '26 h'", 'T'),
        (
            "every name of a second and a minute",
            "interval '1s 1 sec 1 secs 1 second 1 seconds 1m 1 min 1 mins 1 minute 1 minutes' = interval '305 s'",
            'T',
        ),
        (
            "every name of an hour and a day",
            "interval '1h 1 hr 1 hrs 1 hour 1 hours 1d 1 day 1 Days' = interval '77 h'",
            'T',
        ),
        (
            "every name of a week, a month and a year",
            "interval '1w 1 week 1 weeks 1 mon 1 mons 1 month 1 months 1y 1 year 1 years' = interval '21 d 40 months'",
            'T',
        ),
        ("a unit that is none is no interval", "CAST('500 ms' AS interval) IS NULL", 'T'),
    ]);
}

#[test]
fn patterns_match_as_in_sql() {
    check(&[
        ("a beginning", "region LIKE 'ap-%'", 'T'),
        ("an end", "region LIKE '%-2'", 'T'),
        ("a middle", "region LIKE '%north%'", 'T'),
        ("the whole", "region LIKE 'ap-northeast-2'", 'T'),
        ("not the whole", "region LIKE 'ap'", 'F'),
        ("one character", "region LIKE 'ap-northeast-_'", 'T'),
        ("parts in order", "region LIKE 'a%t%2'", 'T'),
        ("parts out of order", "region LIKE 'a%2%t'", 'F'),
        ("letter case counts", "region LIKE 'AP-%'", 'F'),
        ("unless ILIKE", "region ILIKE 'AP-%' and region NOT ILIKE 'us%'", 'T'),
        ("ILIKE folds beyond ASCII", "'GRÜN' ILIKE 'grün'", 'T'),
        ("NOT LIKE", "region NOT LIKE 'us-%'", 'T'),
        ("an escaped percent", "quote LIKE '%100!%' ESCAPE '!'", 'T'),
        ("an escaped underscore is no wildcard", "'axb' LIKE 'a!_b' ESCAPE '!'", 'F'),
        ("no escape character by default", "'a\\b' LIKE 'a\\b'", 'T'),
        ("a computed pattern", "region LIKE 'ap' || '%'", 'T'),
        ("any text", "empty LIKE '%' and empty LIKE ''", 'T'),
        ("a number is read as its text", "count LIKE '2_'", 'T'),
        ("a character is not a byte", "'한글' LIKE '__'", 'T'),
    ]);
}

#[test]
fn any_reaches_into_arrays() {
    check(&[
        ("an array of scalars", "'arn:aws:ec2:::i-2' = ANY(resources)", 'T'),
        ("and what it does not hold", "'x' = ANY(resources)", 'F'),
        (
            "every element of an array of objects",
            "'i-2' = ANY(detail.affectedEntities.entityValue)",
            'T',
        ),
        ("deeper keys", "'web' = ANY(detail.affectedEntities.tags.team)", 'T'),
        (
            "an element that lacks the key is NULL",
            "'db' = ANY(detail.affectedEntities.tags.team)",
            '?',
        ),
        ("arrays in arrays flatten", "'C' = ANY(detail.affectedEntities.statuses)", 'T'),
        ("other comparisons", "2 < ANY(holes)", 'T'),
        ("a NULL element leaves it unknown", "9 = ANY(holes)", '?'),
        ("an empty array holds nothing", "1 = ANY(none)", 'F'),
        ("a missing array is unknown", "1 = ANY(absent)", '?'),
        ("a scalar is an array of one", "20 = ANY(count)", 'T'),
        ("an object holds nothing", "1 = ANY(detail)", '?'),
        ("the length of an array", "LENGTH(detail.affectedEntities) = 3", 'T'),
    ]);
}

#[test]
fn functions_and_arithmetic_compute() {
    check(&[
        ("LOWER, UPPER", "LOWER('ÄB') = 'äb' and UPPER(region) = 'AP-NORTHEAST-2'", 'T'),
        ("LENGTH counts characters", "LENGTH('한글') = 2", 'T'),
        ("TRIM", "TRIM('  a b ') = 'a b'", 'T'),
        ("REPLACE", "REPLACE(region, '-', '') = 'apnortheast2'", 'T'),
        ("REPLACE of nothing changes nothing", "REPLACE('ab', '', 'x') = 'ab'", 'T'),
        ("SUBSTRING from 1", "SUBSTRING(region, 1, 2) = 'ap'", 'T'),
        ("SUBSTRING to the end", "SUBSTRING(region, 4) = 'northeast-2'", 'T'),
        ("SUBSTRING FROM FOR", "SUBSTRING(region FROM 4 FOR 5) = 'north'", 'T'),
        ("SUBSTRING before the beginning", "SUBSTRING('abc', -1, 3) = 'a'", 'T'),
        ("ABS", "ABS(-5) = 5 and ABS('-1.5') = 1.5", 'T'),
        ("ROUND takes halves away from zero", "ROUND(2.5) = 3 and ROUND(-2.5) = -3", 'T'),
        ("ROUND to places", "ROUND(1.256, 2) = 1.26", 'T'),
        ("CAST to a number", "CAST('12' AS integer) = 12 and CAST(12.9 AS int) = 12", 'T'),
        ("CAST to text", "CAST(20 AS text) || '' = '20'", 'T'),
        ("CAST of what cannot be is NULL", "CAST(region AS double precision) IS NULL", 'T'),
        ("CAST to a boolean", "CAST('true' AS boolean)", 'T'),
        ("integers divide towards zero", "7 / 2 = 3 and -7 / 2 = -3 and 7.0 / 2 = 3.5", 'T'),
        ("a remainder has the sign of what is divided", "-7 % 3 = -1", 'T'),
        ("a division by zero is NULL", "1 / 0 IS NULL and 1 % 0 IS NULL and 1.0 / 0 IS NULL", 'T'),
        ("an overflow becomes a float", "9223372036854775807 + 1 = 9223372036854775808.0", 'T'),
        ("the least integer", "-9223372036854775808 < 0", 'T'),
        ("text that parses counts as a number", "'2' + 3 = 5", 'T'),
        ("text that does not is NULL", "region + 1 IS NULL", 'T'),
        ("joining with NULL is NULL", "('a' || absent) IS NULL", 'T'),
        ("CASE WHEN", "CASE WHEN count > 10 THEN 'many' ELSE 'few' END = 'many'", 'T'),
        ("CASE x WHEN", "CASE detail.service WHEN 'RDS' THEN 1 WHEN 'EC2' THEN 2 END = 2", 'T'),
        ("CASE without an arm that fits is NULL", "CASE count WHEN 1 THEN 1 END IS NULL", 'T'),
    ]);
}

#[test]
fn the_deepest_condition_that_parses_also_runs_and_prints() {
    for (open, close) in [
        ("(", ")"),
        ("NOT (", ")"),
        ("COALESCE(", ", 1)"),
        ("CASE WHEN ", " THEN TRUE END"),
        ("1 IN (1, (", "))"),
        ("1 BETWEEN 1 AND (", ")"),
        ("TRUE = (FALSE = (", "))"),
    ] {
        let nested = |depth: usize| format!("{}1 = 1{}", open.repeat(depth), close.repeat(depth));
        let deepest = (0..100).rev().map(nested).find_map(|sql| Condition::parse(&sql).ok());
        let deepest = deepest.unwrap();
        deepest.matches(&event(), now()).unwrap();
        // What is printed has more parentheses than what was written: too deep is refused, not misread.
        match Condition::parse(&deepest.to_string()) {
            Ok(again) => assert_eq!(again, deepest),
            Err(error) => {
                assert!(matches!(error.problem, Problem::TooDeep { .. }), "{open}: {error}");
            }
        }
    }
}

#[test]
fn what_is_unknown_is_told_from_what_is_false() {
    let row = serde_json::json!({ "a": 1 });
    for (sql, expected) in
        [("a = 1", Some(true)), ("a = 2", Some(false)), ("b = 1", None), ("not b = 1", None)]
    {
        let condition = Condition::parse(sql).unwrap();
        assert_eq!(condition.truth(&row, jiff::Timestamp::UNIX_EPOCH).unwrap(), expected, "{sql}");
    }
}
