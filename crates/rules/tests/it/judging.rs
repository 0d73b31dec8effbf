//! What is judged of an event, as tables: columns, severities, silences, routes, explanations.

use jiff::Timestamp;
use model::HealthEvent;
use rules::{Answer, Destination, Rules, Tried};
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn rules(text: &str) -> Rules {
    Rules::parse(text, "1").unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

fn record() -> Value {
    json!({
        "version": "0", "id": "7b", "source": "aws.health", "detail-type": "AWS Health Event",
        "account": "999988887777", "region": "us-east-1", "time": "2026-03-02T09:00:00Z",
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/X/1", "service": "EC2",
            "eventTypeCode": "AWS_EC2_X", "eventTypeCategory": "scheduledChange",
            "eventScopeCode": "ACCOUNT_SPECIFIC", "communicationId": "abc-2", "page": "2",
            "totalPages": "3", "statusCode": "upcoming", "eventRegion": "ap-northeast-2",
            "affectedAccount": "111122223333", "actionability": "ACTION_REQUIRED",
            "personas": ["OPERATIONS", "BILLING"],
            "startTime": "Mon, 9 Mar 2026 10:00:00 GMT", "endTime": "soon",
            "lastUpdatedTime": "Mon, 2 Mar 2026 08:00:00 GMT",
            "eventDescription": [
                {"language": "ko_KR", "latestDescription": "점검"},
                {"language": "en_US", "latestDescription": "Maintenance of i-1"},
            ],
            "affectedEntities": [
                {"entityValue": "i-1", "status": "PENDING"},
                {"entityValue": "i-2", "status": "IMPAIRED"},
            ],
        }
    })
}

fn event() -> HealthEvent {
    read(&record())
}

fn read(record: &Value) -> HealthEvent {
    model::read(record.to_string().as_bytes()).remove(0).unwrap()
}

fn reaches(text: &str, event: &HealthEvent) -> Vec<String> {
    match rules(text).judge(event, now()).destination {
        Destination::To(spaces) => spaces
            .iter()
            .map(|(space, route)| format!("{space} by {}", route.as_deref().unwrap_or("default")))
            .collect(),
        Destination::Silenced { reason, rule } => vec![format!("{rule}: {reason}")],
    }
}

/// Whether a route with this condition takes the event.
fn takes(when: &str, event: &HealthEvent) -> bool {
    let text = format!(
        "[[route]]\nname = 'it'\nwhen = \"{when}\"\nspaces = ['there']\n\
         [accounts.111122223333]\nname = 'pay-prod'\nou = 'prod'\nowner = 'kim'\n\
         tags = {{ tier = 'gold', 'cost-center' = '42' }}"
    );
    reaches(&text, event) == ["there by it"]
}

#[test]
fn every_column_answers_what_the_event_says() {
    let rows = [
        "account = '111122223333' and account_name = 'pay-prod' and ou = 'prod' and owner = 'kim'",
        "tag.tier = 'gold' and tag.cost-center = 42 and tag.none is null",
        "region = 'ap-northeast-2' and service = 'EC2' and type_code like 'AWS_EC2%'",
        "category = 'scheduledChange' and status = 'upcoming' and scope = 'ACCOUNT_SPECIFIC'",
        "actionability = 'ACTION_REQUIRED' and description = 'Maintenance of i-1'",
        "entity_count = 2 and days_left = 7 and severity = 'high'",
        "envelope.source = 'aws.health' and envelope.detail-type = 'AWS Health Event'",
        "envelope.account = '999988887777' and envelope.region = 'us-east-1'",
        "envelope.time = '2026-03-02T09:00:00Z' and envelope.replay-name is null",
        "detail.eventArn like 'arn:aws:%' and detail.service = 'EC2' and detail.page < detail.totalPages",
        "detail.eventTypeCode = 'AWS_EC2_X' and detail.eventTypeCategory = 'scheduledChange'",
        "detail.eventScopeCode <> 'PUBLIC' and detail.communicationId = 'abc'",
        "detail.statusCode = 'upcoming' and detail.eventRegion = region and detail.affectedAccount = account",
        "detail.startTime < now() + interval '8 days' and detail.endTime = 'soon'",
        "detail.lastUpdatedTime < envelope.time and detail.severity is null",
        "detail.actionability = actionability and 'BILLING' = any(detail.personas)",
        "detail.personas[0] = 'OPERATIONS' and detail.personas[7] is null",
        "'i-2' = any(detail.affectedEntities.entityValue) and detail.affectedEntities[1].status = 'IMPAIRED'",
        "length(detail.affectedEntities) = 2 and length(detail.eventDescription) = 2",
        "detail.eventDescription[0].latestDescription = '점검' and 'en_US' = any(detail.eventDescription.language)",
    ];
    let event = event();
    for when in rows {
        assert!(takes(when, &event), "{when}");
        assert!(!takes(&format!("not ({when})"), &event), "not ({when})");
    }
}

#[test]
fn days_left_counts_a_begun_day() {
    let rows = [
        ("Mon, 2 Mar 2026 10:00:00 GMT", 0),
        ("Mon, 2 Mar 2026 10:00:01 GMT", 1),
        ("Tue, 3 Mar 2026 10:00:00 GMT", 1),
        ("Tue, 3 Mar 2026 10:00:01 GMT", 2),
        ("Mon, 2 Mar 2026 09:00:00 GMT", 0),
        ("Sun, 1 Mar 2026 10:00:00 GMT", -1),
    ];
    for (start, expected) in rows {
        let mut record = record();
        record["detail"]["startTime"] = json!(start);
        assert!(takes(&format!("days_left = {expected}"), &read(&record)), "{start} {expected}");
    }
    let mut record = record();
    record["detail"]["eventTypeCategory"] = json!("issue");
    assert!(takes("days_left is null", &read(&record)));
}

#[test]
fn status_is_closed_however_it_was_resolved() {
    let mut by_text = record();
    by_text["detail"]["statusCode"] = json!("open");
    by_text["detail"]["endTime"] = json!("2026-03-02T09:59:00Z");
    by_text["detail"]["eventDescription"][1]["latestDescription"] = json!("[RESOLVED] Done.");
    let mut by_resources = record();
    for index in [0, 1] {
        by_resources["detail"]["affectedEntities"][index]["status"] = json!("RESOLVED");
    }
    let mut by_code = record();
    by_code["detail"]["statusCode"] = json!("closed");
    for record in [by_text, by_resources, by_code] {
        assert!(takes("status = 'closed'", &read(&record)), "{record}");
    }
}

const SEVERITIES: &str = r#"
[[severity]]
when = "service = 'S3'"
level = "info"
[[severity]]
when = "entity_count > 1"
level = "critical"
[[severity]]
when = "service = 'EC2'"
level = "info"
"#;

#[test]
fn the_first_severity_that_matches_wins_and_names_itself() {
    let judged = |record: &Value| {
        let judgement = rules(SEVERITIES).judge(&read(record), now());
        (judgement.severity.as_str(), judgement.rule)
    };
    assert_eq!(judged(&record()), ("critical", "severity[2] line 5".to_owned()));
    let mut other = record();
    other["detail"]["service"] = json!("RDS");
    other["detail"]["affectedEntities"] = json!([]);
    assert_eq!(judged(&other), ("high", "change due within 7 days".to_owned()));
}

#[test]
fn routes_are_walked_in_the_order_of_the_file() {
    let head = "[defaults]\nspaces = ['ops', 'log']\n";
    let route = |name: &str, when: &str, spaces: &str, more: &str| {
        format!("[[route]]\nname = '{name}'\nwhen = \"{when}\"\nspaces = [{spaces}]\n{more}\n")
    };
    let yes = "service = 'EC2'";
    let no = "service = 'S3'";
    let go_on = "continue = true";
    let rows: &[(&str, Vec<String>, &[&str])] = &[
        ("none", vec![], &["ops by default", "log by default"]),
        ("none matches", vec![route("a", no, "'x'", "")], &["ops by default", "log by default"]),
        ("one matches and stops", vec![route("a", yes, "'x', 'y'", "")], &["x by a", "y by a"]),
        (
            "one matches and goes on",
            vec![route("a", yes, "'x'", go_on)],
            &["x by a", "ops by default", "log by default"],
        ),
        (
            "the first match stops",
            vec![route("a", yes, "'x'", ""), route("b", "region like 'ap-%'", "'y'", "")],
            &["x by a"],
        ),
        (
            "the first to reach a space speaks for it",
            vec![route("a", yes, "'x'", go_on), route("b", "region like 'ap-%'", "'y', 'x'", "")],
            &["x by a", "y by b"],
        ),
        (
            "a route may name a default space",
            vec![route("a", yes, "'log'", go_on)],
            &["log by a", "ops by default"],
        ),
        (
            "what is unknown does not match",
            vec![route("a", "not owner = 'kim'", "'x'", "")],
            &["ops by default", "log by default"],
        ),
    ];
    for (name, routes, expected) in rows {
        assert_eq!(reaches(&format!("{head}{}", routes.concat()), &event()), *expected, "{name}");
    }
}

#[test]
fn a_silence_hides_until_its_end_and_never_security_unless_it_says_so() {
    let silence =
        |more: &str| format!("[[silence]]\nwhen = \"region like 'ap-%'\"\nreason = 'r'\n{more}");
    let hidden: &[&str] = &["silence[1] line 1: r"];
    let told: &[&str] = &["default by default"];
    let mut abuse = record();
    abuse["detail"]["service"] = json!("ABUSE");
    let rows = [
        ("for ever", silence(""), record(), hidden),
        ("on its last day", silence("until = 2026-03-02"), record(), hidden),
        ("the day after", silence("until = 2026-03-01"), record(), told),
        ("before its minute", silence("until = 2026-03-02T10:00:01Z"), record(), hidden),
        ("at its minute", silence("until = 2026-03-02T10:00:00Z"), record(), told),
        ("a local time", silence("until = 2026-03-02T10:00:01"), record(), hidden),
        ("security", silence(""), abuse.clone(), told),
        ("security, included", silence("include_security = true"), abuse.clone(), hidden),
        (
            "a later silence includes security",
            silence(&silence("include_security = true")),
            abuse,
            &["silence[2] line 4: r"],
        ),
        (
            "by severity",
            silence("").replace("region like 'ap-%'", "severity = 'high'"),
            record(),
            hidden,
        ),
    ];
    for (name, text, record, expected) in rows {
        assert_eq!(reaches(&text, &read(&record)), expected, "{name}");
    }
}

#[test]
fn an_explanation_says_why_each_rule_did_or_did_not_apply() {
    let text = r#"
[[severity]]
when = "owner = 'kim' and service = 'EC2'"
level = "critical"
[[severity]]
when = "service = 'EC2'"
level = "warning"
[[severity]]
level = "info"
[[silence]]
when = "service = 'EC2'"
until = 2026-01-01
reason = "past"
[[route]]
name = "a"
when = "severity = 'critical'"
spaces = ["x"]
[[route]]
name = "b"
when = "tag.team = 'a' or ou = tag.team"
spaces = ["x"]
[[route]]
name = "c"
spaces = ["y"]
"#;
    let rules = rules(text);
    let explained = rules.explain(&event(), now());
    let row = |tried: &Tried| {
        let name = tried.name.clone().unwrap_or_default();
        (tried.place.to_string(), name, tried.answer.clone())
    };
    let unknown = |columns: &[&str]| Answer::Unknown {
        null: columns.iter().map(|name| (*name).to_owned()).collect(),
    };
    let expected = |place: &str, name: &str, answer| (place.to_owned(), name.to_owned(), answer);
    let all = explained.severities.iter().chain(&explained.silences).chain(&explained.routes);
    assert_eq!(
        all.map(row).collect::<Vec<_>>(),
        [
            expected("severity[1] line 2", "", unknown(&["owner"])),
            expected("severity[2] line 5", "", Answer::Matched),
            expected("severity[3] line 8", "", Answer::NotReached),
            expected("silence[1] line 10", "past", Answer::Expired),
            expected("route[1] line 14", "a", Answer::False),
            expected("route[2] line 18", "b", unknown(&["tag.team", "ou"])),
            expected("route[3] line 22", "c", Answer::Matched),
        ]
    );
    assert_eq!(explained.judgement, rules.judge(&event(), now()));
    assert_eq!(explained.severities[0].when.as_deref(), Some("owner = 'kim' AND service = 'EC2'"));
    assert_eq!(explained.routes[2].when, None);
}
