//! Everything that is refused, in the words in which it is refused.

use rules::Rules;

fn problems(text: &str) -> Vec<String> {
    let problems = Rules::parse(text, "1").expect_err(text);
    problems.iter().map(ToString::to_string).collect()
}

fn check(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(problems(text), [*expected], "{text}");
    }
}

#[test]
fn keys_and_tables_are_known_by_name() {
    check(&[
        (
            "[defaults]\ngruop_wait = '1s'",
            "line 2: unknown key `gruop_wait`; did you mean `group_wait`?",
        ),
        ("\n[defualts]", "line 2: unknown table `defualts`; did you mean `defaults`?"),
        (
            "[[rule]]",
            "line 1: unknown table `rule`; known are defaults, severity, silence, route, threshold, \
             quiet_hours, reminders, digest, storm, links, accounts, test",
        ),
        ("spaces = ['ops']", "line 1: `spaces` stands in no table; write it below [defaults]"),
        ("[accounts.1]\nnmae = 'x'", "line 2: unknown key `nmae`; did you mean `name`?"),
        (
            "[quiet_hours]\nfrom = '22:00'\nto = '08:00'\nweekend = true",
            "line 4: unknown key `weekend`; known in [quiet_hours] are zone, from, to",
        ),
        (
            "[route]\nname = 'a'",
            "line 1: `route` is a list of tables, each written [[route]], not a table",
        ),
        ("[[defaults]]", "line 1: `defaults` is a table, written [defaults], not an array"),
        ("[defaults", "line 1: unclosed table, expected `]`"),
        ("[defaults]\nlocale = 'ko'\nlocale = 'en'", "line 3: duplicate key"),
    ]);
}

#[test]
fn values_are_what_they_mean() {
    check(&[
        ("[defaults]\nspaces = []", "line 2: `spaces` names no space"),
        (
            "[defaults]\nspaces = 'ops'",
            "line 2: `spaces` is a list of texts, such as [\"a\", \"b\"], not a text",
        ),
        ("[defaults]\nspaces = ['a', 'a']", "line 2: `spaces` names `a` twice"),
        ("[defaults]\nspaces = [' ']", "line 2: `spaces` holds an empty text"),
        ("[defaults]\nlocale = 'kr'", "line 2: unknown locale `kr`; known are `ko` and `en`"),
        (
            "[defaults]\nzone = 'Seoul'",
            "line 2: unknown zone `Seoul`; expected an IANA name such as `Asia/Seoul`",
        ),
        (
            "[defaults]\ngroup_wait = '5'",
            "line 2: `5` is no duration; write a number and s, m, h or d, such as `30s`",
        ),
        (
            "[defaults]\ngroup_interval = '1h'",
            "line 2: `group_interval` is at most 15m: a tick cannot wait longer",
        ),
        (
            "[[severity]]\nlevel = 'urgent'",
            "line 2: `urgent` is no severity; known are critical, high, warning, info",
        ),
        (
            "[quiet_hours]\nfrom = '22:00'\nto = '8pm'",
            "line 3: `8pm` is no time of day; write it as `09:00`",
        ),
        (
            "[quiet_hours]\nfrom = '22:00'\nto = '22:00'",
            "line 1: [quiet_hours] begin when they end",
        ),
        (
            "[reminders]\nat = '09:00'\nbefore = ['3d', '3d']",
            "line 1: `before` names one length twice",
        ),
        (
            "[digest]\nat = '09:00'\ndays = ['monday']",
            "line 3: `monday` is no day; known are mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            "[storm]\nover = 0\nper = '10m'",
            "line 2: `over` is a whole number above 0, not an integer",
        ),
        ("[storm]\nover = 20", "line 1: [storm] lacks `per`"),
        (
            "storm = { over = 1, per = '1m' }\n[defaults]\nstorm = { over = 1, per = '1m' }",
            "line 1: `storm` is set twice, here and in [defaults]",
        ),
        (
            "[accounts.'1111?']\nname = 'x'",
            "line 1: `1111?` is no account id and no pattern such as \"1111*\"",
        ),
        ("[links]\nwiki = 'http://example.com'", "line 2: `wiki` must begin with https://"),
        ("[links]\nwiki = 'https:///path'", "line 2: `wiki` names no host"),
        (
            "[links]\nwiki = 'https://a.example/b c'",
            "line 2: `wiki` holds a character that no address holds",
        ),
        (
            "[links]\nwiki = 'https://a.example/{acount}/{arn}'",
            "line 2: `wiki` has the unknown placeholder `{acount}`; known are {account}, {arn}, {region}",
        ),
    ]);
}

#[test]
fn rules_are_whole_and_can_be_reached() {
    check(&[
        ("[[severity]]\nwhen = \"service = 'S3'\"", "line 1: [[severity]] lacks `level`"),
        ("[[silence]]\nreason = 'x'\nuntil = 2027-01-01", "line 1: [[silence]] lacks `when`"),
        ("[[silence]]\nwhen = 'true'\nuntil = 2027-01-01", "line 1: [[silence]] lacks `reason`"),
        (
            "[[silence]]\nwhen = 'true'\nreason = 'x'\nuntil = '2027-01-01'",
            "line 4: `until` is a date without quotes, such as 2027-01-01, not a text",
        ),
        (
            "[[silence]]\nwhen = 'true'\nreason = 'x'\nuntil = 10:00:00",
            "line 4: `until` names no day; write a date such as 2027-01-01",
        ),
        ("[[route]]\nname = 'a'", "line 1: [[route]] lacks `spaces`"),
        ("[[route]]\nspaces = ['a']", "line 1: [[route]] lacks `name`"),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\nmention = '@kim'",
            "line 4: `@kim` mentions nobody; write `all` or `users/<number>`, the person's id in Google Chat",
        ),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\nrunbook = 'wiki/a'",
            "line 4: `runbook` must begin with https://",
        ),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\nannounce = { update = 'everywhere' }",
            "line 4: `everywhere` is no place; known are thread, top, both",
        ),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\nescalate = { after = '15m' }",
            "line 4: `escalate` lacks `spaces`",
        ),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\ncontinue = 'yes'",
            "line 4: `continue` is true or false, not a text",
        ),
        (
            "[[route]]\nname = 'a'\nwhen = \"ou = 'a'\"\nspaces = ['a']\n[[route]]\nname = 'a'\nspaces = ['b']",
            "line 5: a route `a` stands in line 1",
        ),
        (
            "[[route]]\nname = 'a'\nspaces = ['a']\n[[route]]\nname = 'b'\nspaces = ['b']",
            "line 4: route[2] line 4 is never reached: route[1] line 1 takes all that it would",
        ),
        (
            "[[severity]]\nwhen = \"1 = 1\"\nlevel = 'info'\n[[severity]]\nwhen = \"ou = 'a'\"\nlevel = 'high'",
            "line 4: severity[2] line 4 is never reached: severity[1] line 1 takes all that it would",
        ),
        (
            "[[severity]]\nwhen = \"ou='a'\"\nlevel = 'info'\n[[severity]]\nwhen = \"ou = 'a'\"\nlevel = 'high'",
            "line 4: severity[2] line 4 is never reached: severity[1] line 1 takes all that it would",
        ),
        (
            "[[threshold]]\nname = 'a'\nwhen = 'value > 1'\nfor = '3 of 2'",
            "line 4: `3 of 2` counts nothing; write it as `2 of 3`, at most of 100",
        ),
        (
            "[[test]]\nevent = { service = 'S3' }\nexpect = {}",
            "line 3: `expect` expects nothing; known are spaces, severity, silenced",
        ),
        (
            "[[test]]\nevent = { service = 'S3', days_left = 3 }\nexpect = { silenced = true }",
            "line 2: `days_left` is only for scheduledChange and accountNotification",
        ),
        (
            "[[test]]\nevent = { servce = 'S3' }\nexpect = { silenced = true }",
            "line 2: unknown key `servce`; did you mean `service`?",
        ),
    ]);
}

fn refused(table: &str, when: &str) -> String {
    let rest = if table == "severity" { "level = 'high'" } else { "name = 'a'\nspaces = ['a']" };
    let [problem] = problems(&format!("[[{table}]]\n{rest}\nwhen = {when}")).try_into().unwrap();
    problem
}

#[test]
fn conditions_are_refused_where_they_are_wrong() {
    let rows = [
        (
            "\"servce = 'S3'\"",
            "line 4: `when`, column 9: unknown column `servce` (did you mean service?)",
        ),
        (
            "\"service == 'S3'\"",
            "line 4: `when`, column 17: `==` is not supported (equality is written =)",
        ),
        (
            "\"eventTypeCode = 'X'\"",
            "line 4: `when`, column 9: unknown column `eventTypeCode` (did you mean detail.eventTypeCode?)",
        ),
        (
            "\"\"\"\nservice = 'S3'\n  and regoin = 'x'\"\"\"",
            "line 6: `when`, column 7: unknown column `regoin` (did you mean region?)",
        ),
        ("\"tag = 'x'\"", "line 4: `when`, column 9: unknown column `tag` (write tag.<key>)"),
        (
            "\"envelope.id = 'x'\"",
            "line 4: `when`, column 9: unknown column `envelope.id` (kept of it are source, \
             detail-type, account, region, time, replay-name)",
        ),
        (
            "\"detail.affectedEntities[0].tags = 'x'\"",
            "line 4: `when`, column 9: unknown column `detail.affectedEntities[0].tags` (kept of it are \
             eventArn, communicationId, service, eventTypeCode, eventTypeCategory, eventScopeCode, \
             statusCode, startTime, endTime, lastUpdatedTime, eventRegion, affectedAccount, page, \
             totalPages, actionability, severity, personas, eventDescription, \
             eventDescription.language, eventDescription.latestDescription, affectedEntities, \
             affectedEntities.entityValue, affectedEntities.status)",
        ),
        (
            "\"service = :name\"",
            "line 4: `when`, column 19: the parameter `:name` is not supported (a condition has no parameters; write the value)",
        ),
        (
            "\"region\\u0020 = 'a' and owenr = 'b'\"",
            "line 4: `when`: unknown column `owenr` (did you mean owner?)",
        ),
        ("\" \"", "line 4: `when` is empty"),
        ("true", "line 4: `when` is a text in quotes, not a boolean"),
    ];
    for (when, expected) in rows {
        assert_eq!(refused("route", when), expected, "{when}");
    }
}

#[test]
fn a_severity_does_not_ask_for_the_severity() {
    assert_eq!(
        refused("severity", "\"severity = 'high'\""),
        "line 3: `when`, column 9: `severity` may not be used here: it is what these rules decide"
    );
}

#[test]
fn a_threshold_asks_of_metrics_not_of_events() {
    assert_eq!(
        problems(
            "[[threshold]]\nname = 'a'\nwhen = \"vlaue > 1 and service = 'x' and tag.team = 'y'\""
        ),
        [
            "line 3: `when`, column 9: unknown column `vlaue` (did you mean value?)",
            "line 3: `when`, column 23: unknown column `service` (known are category, key, value, host, pcode, tag.<key>)",
        ]
    );
}

#[test]
fn every_problem_is_reported_at_once_in_the_order_of_the_file() {
    let text = r#"
[defaults]
locale = "kr"
zone = "Seoul"
group_wait = "soon"
[[severity]]
when = "servce = 'S3' or regoin = 'x'"
levle = "high"
[[route]]
name = "a"
spaces = []
mention = "kim"
[[silence]]
when = "service ="
[[test]]
event = 3
"#;
    assert_eq!(
        problems(text),
        [
            "line 3: unknown locale `kr`; known are `ko` and `en`",
            "line 4: unknown zone `Seoul`; expected an IANA name such as `Asia/Seoul`",
            "line 5: `soon` is no duration; write a number and s, m, h or d, such as `30s`",
            "line 6: [[severity]] lacks `level`",
            "line 7: `when`, column 9: unknown column `servce` (did you mean service?)",
            "line 7: `when`, column 26: unknown column `regoin` (did you mean region?)",
            "line 8: unknown key `levle`; did you mean `level`?",
            "line 11: `spaces` names no space",
            "line 12: `kim` mentions nobody; write `all` or `users/<number>`, the person's id in Google Chat",
            "line 13: [[silence]] lacks `reason`",
            "line 14: `when`, column 18: expected a value, found the end",
            "line 15: [[test]] lacks `expect`",
            "line 16: `event` is a table, such as { key = \"value\" }, not an integer",
        ]
    );
}
