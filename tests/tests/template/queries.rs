//! What alarms, dashboard and runbook look for is what the functions write: metrics by their
//! names, and the fields and words of the log.

use std::collections::BTreeSet;
use std::fs;

use function::emf::{Figures, NAMESPACE};
use serde_json::{Value, json};
use system_tests::template::{FOLDER, Template, walk};

type Names = BTreeSet<String>;

/// Everything a function can count.
fn metrics() -> Names {
    let figures = Figures {
        received: 1,
        no_change: 1,
        published: 1,
        delivered: 1,
        throttled: 1,
        deferred: 1,
        failed: 1,
        rejected: 1,
        cut: 1,
        configuration_unusable: 1,
        canary: 1,
        latency_ms: vec![1.0],
    };
    let line = figures.line("f", "2026-03-02T10:00:00Z".parse().unwrap()).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
    metrics.iter().map(|metric| metric["Name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_metric_that_is_watched_is_written() {
    let written = metrics();
    let mut watched = 0;
    for template in Template::all().unwrap() {
        for (id, alarm) in template.resources_of("AWS::CloudWatch::Alarm") {
            if alarm["Properties"]["Namespace"] == NAMESPACE {
                let name = alarm["Properties"]["MetricName"].as_str().unwrap();
                assert!(written.contains(name), "{}: {id}: {name}", template.name);
                watched += 1;
            }
        }
    }
    for widget in dashboard()["widgets"].as_array().unwrap() {
        // A dot repeats what stands above it.
        let mut namespace = String::new();
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            match metric[0].as_str().unwrap() {
                "..." => continue,
                "." => {}
                named => named.clone_into(&mut namespace),
            }
            let name = metric[1].as_str().unwrap();
            if namespace == NAMESPACE && name != "." {
                assert!(written.contains(name), "the dashboard: {name}");
                watched += 1;
            }
        }
    }
    assert!(watched >= 15, "{watched}");
}

fn dashboard() -> Value {
    let template = Template::named("collector.yaml").unwrap();
    super::variables::filled(
        &template.body["Resources"]["HubDashboard"]["Properties"]["DashboardBody"],
    )
}

/// What a log holds: its fields, and the words that `decision` can be.
struct Log {
    name: &'static str,
    fields: Names,
    decisions: Names,
}

impl Log {
    fn of(name: &'static str, line: &Value, decisions: &Value) -> Self {
        let not_started: Value =
            serde_json::from_str(&function::outcome::not_started("r")).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Names>();
        let decisions = decisions.as_array().unwrap().iter();
        let decisions = decisions.map(|word| word.as_str().unwrap().to_owned()).collect();
        Self { name, fields: &keys(line) | &keys(&not_started), decisions }
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

/// A line with everything a line can have.
fn line<D, F>(decision: D, facts: F) -> function::outcome::Line<'static, D, F> {
    function::outcome::Line {
        level: function::outcome::Level::Info,
        message: function::outcome::MESSAGE,
        decision,
        request_id: "1",
        record: Some("1"),
        facts,
        group: Some(text("g")),
        reason: Some(text("r")),
        count: Some(1),
    }
}

fn of_collector() -> Log {
    use collector::lambda::outcome::{Decision, Facts};
    let facts =
        Facts { event_arn: Some(text("a")), account: Some(text("1")), region: Some(text("r")) };
    let decisions = [
        Decision::New,
        Decision::NoChange,
        Decision::Heartbeat,
        Decision::DeadLettered,
        Decision::Flushed,
        Decision::Held,
        Decision::Early,
        Decision::NotDue,
        Decision::Busy,
        Decision::Lost,
        Decision::Unknown,
        Decision::Swept,
        Decision::Configured,
        Decision::ConfigurationKept,
        Decision::AccountsListed,
        Decision::AccountsKept,
        Decision::Deferred,
        Decision::Failed,
    ];
    Log::of("collector", &json!(line(Decision::New, facts)), &json!(decisions))
}

fn of_delibird() -> Log {
    use delibird::lambda::outcome::{Decision, Facts};
    let facts = Facts {
        event_arn: Some(text("a")),
        account: Some(text("1")),
        region: Some(text("r")),
        route: Some(text("r")),
        alert_id: Some(text("1")),
        space: Some(text("s")),
        thread: Some(text("t")),
        seq: Some(1),
        kind: Some(model::words::Kind::Opened),
        severity: Some(model::words::Severity::High),
    };
    let decisions = [
        Decision::Posted,
        Decision::Canary,
        Decision::NoChange,
        Decision::Redirected,
        Decision::AwaitsOrder,
        Decision::Busy,
        Decision::Paced,
        Decision::Deferred,
        Decision::OutOfTime,
        Decision::DeadLettered,
        Decision::Failed,
    ];
    Log::of("delibird", &json!(line(Decision::Posted, facts)), &json!(decisions))
}

fn of_custom() -> Log {
    use custom::lambda::outcome::{Decision, Line};
    let line = Line {
        level: function::outcome::Level::Info,
        message: function::outcome::MESSAGE,
        decision: Decision::Accepted,
        request_id: "1",
        status: Some(200),
        pcode: Some(1),
        category: Some("c"),
        host_hash: Some(text("h")),
        values: Some(1),
        told: 1,
        unjudged: 1,
        reason: Some(text("r")),
    };
    let decisions = [
        Decision::Accepted,
        Decision::Refused,
        Decision::Failed,
        Decision::Swept,
        Decision::Configured,
        Decision::ConfigurationKept,
        Decision::KeysUnusable,
    ];
    Log::of("custom", &json!(line), &json!(decisions))
}

/// The gateway's own, whose fields the template names.
fn of_gateway() -> Log {
    let template = Template::named("custom.yaml").unwrap();
    let mut format = None;
    walk(&template.body, &mut |path, value| {
        if path.ends_with(&["Format"]) {
            format = value.as_str();
        }
    });
    let line: Value = serde_json::from_str(format.unwrap()).unwrap();
    Log::of("access", &line, &json!([]))
}

/// The words that are the query language's own.
const LANGUAGE: [&str; 17] = [
    "fields",
    "filter",
    "stats",
    "sort",
    "limit",
    "count",
    "by",
    "in",
    "and",
    "or",
    "not",
    "like",
    "ispresent",
    "desc",
    "asc",
    "as",
    "SOURCE",
];

/// What a query asks for that its log does not have.
fn missing(query: &str, log: &Log) -> Vec<String> {
    let mut missing = Vec::new();
    let mut field = String::new();
    let mut rest = query;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'' | '/') {
            let after = &rest[1..];
            let (word, after) = after.split_once(first).unwrap_or((after, ""));
            let known = match &*field {
                "decision" => log.decisions.contains(word),
                "level" => ["info", "warn", "error"].contains(&word),
                _ => true,
            };
            if !known {
                missing.push(format!("{field} = {word}"));
            }
            rest = after;
            continue;
        }
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@');
        let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end.max(first.len_utf8()));
        rest = after;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_name || LANGUAGE.contains(&name) {
            continue;
        }
        name.clone_into(&mut field);
        if !log.fields.contains(name) {
            missing.push(name.to_owned());
        }
    }
    missing
}

/// Queries of the runbook, each with the section and the sentence it stands in.
fn queries(runbook: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut section = "";
    for paragraph in runbook.split("\n\n") {
        if let Some((_, name)) = paragraph.rsplit_once("# ") {
            section = name.lines().next().unwrap();
        }
        for item in paragraph.split("\n- ") {
            for span in item.split('`').skip(1).step_by(2) {
                let query = ["filter ", "stats ", "\nfields ", "fields "];
                if query.iter().any(|start| span.starts_with(start)) {
                    found.push((section.to_owned(), item.to_owned(), span.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn every_query_asks_for_what_the_functions_log() {
    let logs = [of_collector(), of_delibird(), of_custom(), of_gateway()];
    let named = |name: &str| logs.iter().find(|log| log.name == name).unwrap();
    let runbook = fs::read_to_string(format!("{FOLDER}/../docs/runbook.md")).unwrap();
    let queries = queries(&runbook.replace("```\n", "`").replace("```", "`"));
    assert!(queries.len() >= 12, "{queries:#?}");
    for (section, item, query) in queries {
        let log = match &*section {
            _ if item.contains("access log") => named("access"),
            _ if item.contains("delibird's log") => named("delibird"),
            section if section.starts_with("custom-") => named("custom"),
            section if section.starts_with("urgent-") || section.starts_with("delibird-") => {
                named("delibird")
            }
            _ => named("collector"),
        };
        assert_eq!(missing(&query, log), Vec::<String>::new(), "{section}: {query}");
    }
    let widgets = dashboard();
    let mut asked = 0;
    for widget in widgets["widgets"].as_array().unwrap() {
        if let Some(query) = widget["properties"]["query"].as_str() {
            assert!(query.contains("delibirdloggroup"), "{query}");
            assert_eq!(missing(query, named("delibird")), Vec::<String>::new(), "{query}");
            asked += 1;
        }
    }
    assert!(asked > 0);
}

#[test]
fn a_query_that_asks_for_something_else_is_found() {
    let log = of_delibird();
    let rows = [
        ("filter decision = 'posted' | stats count(*) by severity", json!([])),
        ("filter decision in [\"paced\", \"slowed\"]", json!(["decision = slowed"])),
        ("filter level = 'fatal' and ispresent(spaces)", json!(["level = fatal", "spaces"])),
        ("filter event_arn like /CANARY/ | limit 50", json!([])),
    ];
    for (query, expected) in rows {
        assert_eq!(json!(missing(query, &log)), expected, "{query}");
    }
}
