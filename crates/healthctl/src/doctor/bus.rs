//! Whether events get in: who may put them on the bus, and the rules that pass them on.

use function::aws::json::JsonService;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Finding, Verdict, is_missing};
use crate::aws::{Deployed, EVENT_BRIDGE};
use crate::cli::deployed::Stack;

const UPDATE: &str = "deploy the hub's stack again: scripts/deploy.sh";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bus {
    policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Targets {
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    arn: String,
    role_arn: Option<String>,
}

pub(super) async fn look(deployed: &Deployed, stack: &Stack, bus: Option<&str>) -> Vec<Finding> {
    let (project, made) = (&stack.project, stack.bus());
    let bus = bus.unwrap_or(&made);
    let events = deployed.service(EVENT_BRIDGE);
    let now = deployed.now().into();
    let asked = json!({"Name": bus});
    let there = match events.call::<_, Bus>("DescribeEventBus", &asked, now).await {
        Ok(there) => policy(bus, there.policy.as_deref()),
        Err(failed) if is_missing(&failed) => Finding::fault(
            "bus",
            format!("there is no event bus {bus}"),
            "name it with --project or --bus; if it was deleted, deploy the hub's stack again",
        ),
        Err(failed) => Finding::unknown("bus", failed.to_string(), "events:DescribeEventBus"),
    };
    let collects = Passing {
        check: "rule on the bus",
        name: format!("{project}-health-events"),
        bus,
        to: format!(":{project}-events"),
        missing: Verdict::Fault,
    };
    let own = Passing {
        check: "rule of this account",
        name: format!("{project}-health-own-account"),
        bus: "default",
        to: format!(":event-bus/{bus}"),
        missing: Verdict::Warn,
    };
    let (collects, own) = (collects.look(&events, now).await, own.look(&events, now).await);
    vec![there, collects, own]
}

/// Who may put events on it. Open to everybody is a fault: anyone could raise an alarm.
fn policy(bus: &str, policy: Option<&str>) -> Finding {
    const CHECK: &str = "bus";
    let Some(policy) = policy.filter(|policy| !policy.is_empty()) else {
        let seen = format!("{bus} takes events of this account alone");
        return Finding::new(CHECK, Verdict::Warn, seen, "for an organization, deploy with OrgId");
    };
    let Ok(policy) = serde_json::from_str::<Value>(policy) else {
        return Finding::unknown(CHECK, "its policy is no JSON", "events:DescribeEventBus");
    };
    let statements = match &policy["Statement"] {
        Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    };
    let allows = statements.iter().filter(|statement| statement["Effect"] == "Allow");
    let everybody = |statement: &&Value| {
        let principal = &statement["Principal"];
        (*principal == "*" || principal["AWS"] == "*") && organizations(statement).is_empty()
    };
    if let Some(open) = allows.clone().find(everybody) {
        let name = open["Sid"].as_str().unwrap_or("without a name");
        let seen = format!("{bus}: statement {name} lets every AWS account put events on it");
        let remedy = format!(
            "aws events remove-permission --event-bus-name {bus} --statement-id {name}, then {UPDATE}"
        );
        return Finding::fault(CHECK, seen, remedy);
    }
    let mut allowed: Vec<String> = allows.flat_map(organizations).collect();
    allowed.sort();
    allowed.dedup();
    if allowed.is_empty() {
        let seen = format!("{bus} has a policy that names no organization");
        return Finding::new(CHECK, Verdict::Warn, seen, "for an organization, deploy with OrgId");
    }
    Finding::ok(CHECK, format!("{bus} takes events of {}", allowed.join(", ")))
}

fn organizations(statement: &Value) -> Vec<String> {
    let Some(conditions) = statement["Condition"].as_object() else { return Vec::new() };
    let named = conditions.values().map(|condition| &condition["aws:PrincipalOrgID"]);
    let named = named.flat_map(|ids| match ids {
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(id) => vec![id.clone()],
        _ => Vec::new(),
    });
    named.collect()
}

/// A rule, and where what it passes should go.
struct Passing<'a> {
    check: &'static str,
    name: String,
    bus: &'a str,
    to: String,
    missing: Verdict,
}

impl Passing<'_> {
    async fn look(&self, events: &JsonService, now: std::time::SystemTime) -> Finding {
        let Self { check, name, bus, to, missing } = self;
        let asked = json!({"Name": name, "EventBusName": bus});
        let rule: Rule = match events.call("DescribeRule", &asked, now).await {
            Ok(rule) => rule,
            Err(failed) if is_missing(&failed) => {
                let seen = format!("there is no rule {name} on {bus}");
                return Finding::new(*check, *missing, seen, UPDATE);
            }
            Err(failed) => {
                return Finding::unknown(*check, failed.to_string(), "events:DescribeRule");
            }
        };
        if rule.state == "DISABLED" {
            let remedy = format!("aws events enable-rule --name {name} --event-bus-name {bus}");
            return Finding::fault(*check, format!("{name} is disabled"), remedy);
        }
        let asked = json!({"Rule": name, "EventBusName": bus});
        let targets: Targets = match events.call("ListTargetsByRule", &asked, now).await {
            Ok(targets) => targets,
            Err(failed) => {
                return Finding::unknown(*check, failed.to_string(), "events:ListTargetsByRule");
            }
        };
        let Some(target) = targets.targets.iter().find(|target| target.arn.ends_with(to)) else {
            let seen = format!("{name} passes nothing to {}", to.trim_start_matches(':'));
            return Finding::fault(*check, seen, UPDATE);
        };
        // EventBridge sends to another bus only as a role.
        if target.arn.contains(":event-bus/") && target.role_arn.is_none() {
            let seen = format!("{name} has no role to send to {}", target.arn);
            return Finding::fault(*check, seen, UPDATE);
        }
        Finding::ok(*check, format!("{name} passes events to {}", to.trim_start_matches(':')))
    }
}
