//! What a template sets is what the function reads, and the reverse: neither a variable that
//! nobody reads nor one that keeps the function from starting.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};
use state::dynamodb::table;
use system_tests::template::Template;

/// Lambda sets these itself.
const BY_LAMBDA: [&str; 5] = [
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_FUNCTION_NAME",
];
/// For emulators and private endpoints, by hand.
const BY_HAND: &str = "AWS_ENDPOINT_URL";

/// Asks the function itself what it looks up.
fn read_by<T, E>(settings: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<T, E>) -> Keys {
    let asked = RefCell::new(BTreeSet::new());
    let refused = settings(&|key| {
        asked.borrow_mut().insert(key.to_owned());
        None
    });
    assert!(refused.is_err(), "it starts without any settings");
    let mut asked = asked.into_inner();
    asked.retain(|key| !BY_LAMBDA.contains(&key.as_str()) && key != BY_HAND);
    asked
}

type Keys = BTreeSet<String>;

#[test]
fn every_variable_is_read_and_every_setting_is_set() {
    let rows = [
        (
            "collector.yaml",
            "CollectorFunction",
            read_by(|lookup| collector::lambda::settings::Settings::read(lookup)),
        ),
        (
            "collector.yaml",
            "DelibirdFunction",
            read_by(|lookup| delibird::lambda::settings::Settings::read(lookup)),
        ),
        (
            "custom.yaml",
            "CustomFunction",
            read_by(|lookup| custom::lambda::settings::Settings::read(lookup)),
        ),
    ];
    for (template, function, read) in rows {
        let template = Template::named(template).unwrap();
        let function = &template.body["Resources"][function]["Properties"];
        let variables = function["Environment"]["Variables"].as_object().unwrap();
        assert_eq!(variables.keys().cloned().collect::<Keys>(), read);
    }
}

#[test]
fn a_function_is_told_its_own_time_out_and_its_queues_wait_six_times_as_long() {
    let template = Template::named("collector.yaml").unwrap();
    let resources = &template.body["Resources"];
    let mut mapped = 0;
    for (id, mapping) in template.resources_of("AWS::Lambda::EventSourceMapping") {
        let mapping = &mapping["Properties"];
        let function = &resources[mapping["FunctionName"]["Ref"].as_str().unwrap()]["Properties"];
        let queue = mapping["EventSourceArn"]["Fn::GetAtt"][0].as_str().unwrap();
        let timeout = function["Timeout"].as_u64().unwrap();
        let told = &function["Environment"]["Variables"]["FUNCTION_TIMEOUT_SECONDS"];
        assert_eq!(*told, json!(timeout.to_string()), "{id}");
        let window = mapping["MaximumBatchingWindowInSeconds"].as_u64().unwrap();
        let visibility = resources[queue]["Properties"]["VisibilityTimeout"].as_u64().unwrap();
        assert!(visibility >= 6 * timeout + window, "{id}: {visibility}");
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{id}");
        // Fewer are refused by Lambda.
        assert!(mapping["ScalingConfig"]["MaximumConcurrency"].as_u64() >= Some(2), "{id}");
        mapped += 1;
    }
    assert_eq!(mapped, 4);
}

#[test]
fn the_table_is_the_one_the_code_asks_for() {
    let template = Template::named("collector.yaml").unwrap();
    let made = &template.body["Resources"]["StateTable"]["Properties"];
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let kind = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
    assert_eq!(
        made["KeySchema"],
        json!([key(table::PARTITION, "HASH"), key(table::SORT, "RANGE")])
    );
    let index = json!([{
        "IndexName": table::DUE_INDEX,
        "KeySchema": [key(table::DUE_SHARD, "HASH"), key(table::DUE, "RANGE")],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [table::INCIDENT]},
    }]);
    assert_eq!(made["GlobalSecondaryIndexes"], index);
    let kinds = [
        kind(table::PARTITION, "S"),
        kind(table::SORT, "S"),
        kind(table::DUE_SHARD, "S"),
        kind(table::DUE, "N"),
    ];
    assert_eq!(made["AttributeDefinitions"], json!(kinds));
    assert_eq!(
        made["TimeToLiveSpecification"],
        json!({"AttributeName": table::EXPIRES, "Enabled": true})
    );
}

/// The text of a document inside a template, with what a deploy puts in place of variables.
pub(crate) fn filled(text: &Value) -> Value {
    let text = text.as_str().or_else(|| text["Fn::Sub"].as_str()).unwrap();
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}').unwrap();
        filled.push_str(before);
        filled.push_str(&variable.to_lowercase().replace([':', '.'], "-"));
        rest = after;
    }
    filled.push_str(rest);
    serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{error}: {filled}"))
}

#[test]
fn the_canary_of_the_schedule_is_one_to_the_functions() {
    let template = Template::named("collector.yaml").unwrap();
    let target = &template.body["Resources"]["CanarySchedule"]["Properties"]["Target"];
    let event = json!({
        "version": "0", "id": "1", "account": "111122223333", "region": "us-east-1",
        "time": "2026-03-02T10:00:00Z", "resources": [],
        "source": target["EventBridgeParameters"]["Source"],
        "detail-type": target["EventBridgeParameters"]["DetailType"],
        "detail": filled(&target["Input"]),
    });
    let read = model::read(event.to_string().as_bytes()).remove(0).unwrap();
    assert!(read.is_canary() && read.status == model::words::StatusCode::Closed, "{read:?}");
    // Each is a new incident: a repeated one would be counted and never told.
    assert!(target["Input"].to_string().contains("<aws.scheduler.execution-id>"));
}

#[test]
fn the_sweep_is_one_to_the_collector() {
    let template = Template::named("collector.yaml").unwrap();
    let input = &template.body["Resources"]["SweepSchedule"]["Properties"]["Target"]["Input"];
    let invocation = collector::lambda::invocation::Invocation::read(input.as_str().unwrap(), "");
    assert_eq!(invocation, collector::lambda::invocation::Invocation::Sweep);
}

#[test]
fn the_sweep_of_thresholds_is_one_to_the_intake_of_metrics() {
    use custom::lambda::invocation::Invocation;
    let template = Template::named("custom.yaml").unwrap();
    let input = &template.body["Resources"]["CustomSweepSchedule"]["Properties"]["Target"]["Input"];
    assert!(matches!(Invocation::read(input.as_str().unwrap()), Invocation::Sweep));
    let function = &template.body["Resources"]["CustomFunction"]["Properties"];
    let told = &function["Environment"]["Variables"]["FUNCTION_TIMEOUT_SECONDS"];
    assert_eq!(*told, json!(function["Timeout"].to_string()));
}

#[test]
fn the_dashboard_is_a_document() {
    let template = Template::named("collector.yaml").unwrap();
    let body = &template.body["Resources"]["HubDashboard"]["Properties"]["DashboardBody"];
    assert!(filled(body)["widgets"].as_array().is_some_and(|widgets| widgets.len() > 3));
}
