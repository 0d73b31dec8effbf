//! Terraform makes what the templates make: both are evaluated under the same parameters, and every
//! attribute of every resource is compared. A property that only one of them has is a failure.
//!
//! Whether the provider takes the attributes is for `terraform validate`: `scripts/terraform.sh`.

use std::collections::BTreeMap;

use hcl::structure::{Block, Body};
use serde_json::{Map, Value, json};
use system_tests::template::Template;

mod module;
mod stack;
mod variable;

use module::Module;
use stack::{ACCOUNT, PARTITION, REGION, Stack};
use variable::{is_flag, variable};

const BUS: &str = "arn:aws-cn:events:cn-north-1:444455556666:event-bus/health";
/// Resources of the forwarder and where the module has them.
const ADDRESSES: [(&str, &str); 7] = [
    ("ForwarderRule", "aws_cloudwatch_event_rule.forwarder"),
    ("ForwarderRole", "aws_iam_role.forwarder"),
    ("HeartbeatSchedule", "aws_scheduler_schedule.heartbeat"),
    ("HeartbeatRole", "aws_iam_role.heartbeat"),
    ("ForwarderDeadLetters", "aws_sqs_queue.dead_letters"),
    ("ForwarderDeadLettersPolicy", "aws_sqs_queue_policy.dead_letters"),
    ("ForwarderDeadLettersAlarm", "aws_cloudwatch_metric_alarm.dead_letters"),
];

#[test]
fn the_module_makes_what_the_forwarder_template_makes_under_every_condition() {
    let template = Template::named("forwarder.yaml").unwrap();
    let module = Module::named("forwarder");
    let choices = [
        ("StandbyEventBusArn", "arn:aws-cn:events:cn-northwest-1:444455556666:event-bus/health"),
        ("ForwardCustomHealth", "true"),
        ("DeadLettersArn", "arn:aws-cn:sqs:cn-north-1:444455556666:dead"),
        ("AlarmTopicArn", "arn:aws-cn:sns:cn-north-1:111122223333:told"),
        ("PermissionsBoundaryName", "team/boundary"),
    ];
    // One bit for each condition of the template.
    assert_eq!(template.body["Conditions"].as_object().unwrap().len(), choices.len());
    for case in 0..1 << choices.len() {
        let mut given = vec![("CollectorEventBusArn", BUS), ("Project", "alerts")];
        given.extend([("HeartbeatRate", "rate(1 hour)"), ("RolePath", "/health/")]);
        given.extend([("Owner", "somebody"), ("Team", "the-team")]);
        let chosen = choices.iter().enumerate().filter(|(bit, _)| case >> bit & 1 == 1);
        given.extend(chosen.map(|(_, choice)| *choice));
        let stack = Stack::new(&template, &given);
        let mut context = module.context(&known(&template, &stack));

        let tags = json!({"Project": "alerts", "Owner": "somebody", "Team": "the-team"});
        let mut expected = of_the_forwarder(&stack);
        // A stack names its roles, and hands its own tags to what it makes.
        expected.get_mut("aws_iam_role.forwarder").unwrap()["name_prefix"] =
            json!("alerts-health-forwarder-");
        expected.get_mut("aws_iam_role.heartbeat").unwrap()["name_prefix"] =
            json!("alerts-health-heartbeat-");
        expected.get_mut("aws_cloudwatch_event_rule.forwarder").unwrap()["tags"] = tags.clone();
        if let Some(alarm) = expected.get_mut("aws_cloudwatch_metric_alarm.dead_letters") {
            alarm["tags"] = tags;
        }
        same(&given, &module.resources(&mut context), &expected);

        let mut outputs = Map::new();
        for (name, output) in template.body["Outputs"].as_object().unwrap() {
            let value = stack.resolve(&output["Value"]);
            let output = json!({"description": output["Description"], "value": value});
            outputs.insert(snake(name), output);
        }
        assert_eq!(module.outputs(&context), Value::Object(outputs), "{given:?}");
    }
}

#[test]
fn the_stack_set_example_rolls_out_what_the_stack_set_template_rolls_out() {
    let template = Template::named("forwarder-stackset.yaml").unwrap();
    let module = Module::named("examples/stack-set");
    let all = [("CollectorEventBusArn", BUS), ("OrganizationalUnitIds", "ou-abcd-12345678,r-abcd")];
    let filtered = [
        ("AccountFilterType", "DIFFERENCE"),
        ("Accounts", "111122223333,444455556666"),
        ("CallAs", "DELEGATED_ADMIN"),
        ("Regions", "cn-north-1"),
        ("ForwardCustomHealth", "true"),
        ("HeartbeatRate", "rate(1 hour)"),
        ("PermissionsBoundaryName", "boundary"),
        ("RolePath", "/health/"),
        ("StandbyEventBusArn", BUS),
        ("Project", "alerts"),
        ("Owner", "somebody"),
        ("Team", "the-team"),
    ];
    for given in [&all[..], &[&all[..], &filtered[..]].concat()] {
        let stack = Stack::new(&template, given);
        let mut known = known(&template, &stack);
        let name = stack.resources()[0].2["StackSetName"].clone();
        known.insert(
            "aws_cloudformation_stack_set".to_owned(),
            json!({"forwarder": {"name": name}}),
        );
        let made = module.resources(&mut module.context(&known));
        same(given, &made, &of_the_stack_set(&stack));
    }
}

#[test]
fn variables_are_the_parameters_with_their_defaults_and_patterns() {
    let pairs =
        [("forwarder.yaml", "forwarder"), ("forwarder-stackset.yaml", "examples/stack-set")];
    for (template, module) in pairs {
        let template = Template::named(template).unwrap();
        let module = Module::named(module);
        let parameters = template.body["Parameters"].as_object().unwrap();
        let expected: Body = parameters
            .iter()
            .flat_map(|(name, parameter)| {
                hcl::parse(&variable(name, parameter, parameters)).unwrap()
            })
            .collect();
        let (ours, theirs) = (by_label(module.blocks("variable")), by_label(expected.blocks()));
        assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
        for (name, block) in ours {
            assert_eq!(block, theirs[name], "{}: {name}", template.name);
        }
    }
}

#[test]
fn the_forwarder_example_has_a_provider_and_a_module_for_each_region_of_the_stack_set() {
    let template = Template::named("forwarder-stackset.yaml").unwrap();
    let regions = template.body["Parameters"]["Regions"]["Default"].as_str().unwrap();
    let blocks = |block: fn(&str, &str) -> String| {
        regions
            .split(',')
            .map(|region| block(region, &region.replace('-', "_")))
            .collect::<String>()
    };
    let providers = blocks(|region, alias| {
        format!("provider aws {{\nalias = \"{alias}\"\nregion = \"{region}\"\n}}\n")
    });
    let modules = blocks(|_, alias| {
        format!(
            "module {alias} {{\nsource = \"../../forwarder\"\nproviders = {{ aws = aws.{alias} }}\n\
             project = var.project\ncollector_event_bus_arn = var.collector_event_bus_arn\n}}\n"
        )
    });
    let expected = hcl::parse(&(providers + &modules)).unwrap();
    let example = Module::named("examples/forwarder");
    let ours: Vec<&Block> = example.blocks("provider").chain(example.blocks("module")).collect();
    // A label is the same with quotes and without.
    let shown = |block: &&Block| {
        (block.identifier().to_owned(), block.labels()[0].as_str().to_owned(), block.body().clone())
    };
    let expected: Vec<&Block> = expected.blocks().collect();
    assert_eq!(
        ours.iter().map(shown).collect::<Vec<_>>(),
        expected.iter().map(shown).collect::<Vec<_>>()
    );
}

fn by_label<'b>(blocks: impl Iterator<Item = &'b Block>) -> BTreeMap<&'b str, &'b Block> {
    blocks.map(|block| (block.labels()[0].as_str(), block)).collect()
}

/// What expressions find: variables as the stack's parameters, and each resource's attributes
/// under the names that the stack gives to them.
fn known(template: &Template, stack: &Stack<'_>) -> Map<String, Value> {
    let mut variables = Map::new();
    for (name, value) in &stack.parameters {
        let value = if is_flag(&template.body["Parameters"][name]) {
            json!(value == "true")
        } else {
            value.clone()
        };
        variables.insert(snake(name), value);
    }
    let mut known = Map::new();
    known.insert("var".to_owned(), Value::Object(variables));
    known.insert(
        "data".to_owned(),
        json!({
            "aws_caller_identity": {"current": {"account_id": ACCOUNT}},
            "aws_partition": {"current": {"partition": PARTITION}},
            "aws_region": {"current": {"id": REGION}},
        }),
    );
    for (id, address) in ADDRESSES {
        let (kind, name) = address.split_once('.').unwrap();
        let queue = kind == "aws_sqs_queue";
        let called = if queue { format!("{id}.QueueName") } else { id.to_owned() };
        let one = json!({"arn": format!("{id}.Arn"), "id": id, "name": called});
        // Those that a condition makes are lists.
        let entry = if name == "dead_letters" { json!([one]) } else { one };
        let kind = known.entry(kind).or_insert_with(|| json!({}));
        kind[name] = entry;
    }
    known
}

fn of_the_forwarder(stack: &Stack<'_>) -> BTreeMap<String, Value> {
    let mut made = BTreeMap::new();
    for (id, _, mut properties) in stack.resources() {
        // Parts that are resources of their own in Terraform.
        for target in taken(&mut properties, "Targets") {
            let mut target = attributes(target.as_object().unwrap());
            target["rule"] = json!(id);
            let name = target["target_id"].as_str().unwrap().to_owned();
            made.insert(format!("aws_cloudwatch_event_target.{name}"), target);
        }
        for policy in taken(&mut properties, "Policies") {
            let mut policy = attributes(policy.as_object().unwrap());
            policy["role"] = json!(id);
            let name = policy["name"].as_str().unwrap().replace('-', "_");
            made.insert(format!("aws_iam_role_policy.{name}"), policy);
        }
        let address = ADDRESSES.iter().find(|(known, _)| *known == id);
        let (_, address) = address.unwrap_or_else(|| panic!("the module lacks {id}"));
        made.insert((*address).to_owned(), attributes(&properties));
    }
    made
}

fn of_the_stack_set(stack: &Stack<'_>) -> BTreeMap<String, Value> {
    let mut made = BTreeMap::new();
    for (_, _, mut properties) in stack.resources() {
        let groups = taken(&mut properties, "StackInstancesGroup");
        let set = attributes(&properties);
        for group in groups {
            for region in group["Regions"].as_array().unwrap() {
                let targets = attributes(group["DeploymentTargets"].as_object().unwrap());
                let instance = json!({
                    "stack_set_name": set["name"],
                    "region": region,
                    "call_as": set["call_as"],
                    "deployment_targets": targets,
                    "operation_preferences": set["operation_preferences"],
                });
                made.insert(
                    format!("aws_cloudformation_stack_set_instance.forwarder[{region}]"),
                    instance,
                );
            }
        }
        made.insert("aws_cloudformation_stack_set.forwarder".to_owned(), set);
    }
    made
}

fn taken(properties: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    properties.remove(name).map_or_else(Vec::new, |parts| parts.as_array().unwrap().clone())
}

/// Properties under the names that the provider has for them. What is not listed keeps its own, in
/// small letters, and its value.
fn attributes(properties: &Map<String, Value>) -> Value {
    let mut found = Map::new();
    for (name, value) in properties {
        let (name, value) = match name.as_str() {
            "AssumeRolePolicyDocument" => ("assume_role_policy".to_owned(), value.clone()),
            "PolicyDocument" => ("policy".to_owned(), value.clone()),
            "EventPattern" => ("event_pattern".to_owned(), value.clone()),
            "Input" => ("input".to_owned(), serde_json::from_str(value.as_str().unwrap()).unwrap()),
            "Dimensions" => ("dimensions".to_owned(), map(value, "Name", "Value")),
            "Tags" => ("tags".to_owned(), map(value, "Key", "Value")),
            "Parameters" => ("parameters".to_owned(), map(value, "ParameterKey", "ParameterValue")),
            "Id" => ("target_id".to_owned(), value.clone()),
            "PolicyName" | "QueueName" | "StackSetName" => ("name".to_owned(), value.clone()),
            "Queues" => {
                assert_eq!(value.as_array().unwrap().len(), 1);
                ("queue_url".to_owned(), value[0].clone())
            }
            "MessageRetentionPeriod" => ("message_retention_seconds".to_owned(), value.clone()),
            "OKActions" => ("ok_actions".to_owned(), value.clone()),
            "EventBridgeParameters" => {
                ("eventbridge_parameters".to_owned(), attributes(value.as_object().unwrap()))
            }
            _ => (snake(name), value.as_object().map_or_else(|| value.clone(), attributes)),
        };
        found.insert(name, value);
    }
    Value::Object(found)
}

fn map(pairs: &Value, key: &str, value: &str) -> Value {
    let pairs = pairs.as_array().unwrap().iter();
    let entry = |pair: &Value| (pair[key].as_str().unwrap().to_owned(), pair[value].clone());
    Value::Object(pairs.map(entry).collect())
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// One resource at a time, so that a failure shows what differs.
fn same(
    given: &[(&str, &str)],
    made: &BTreeMap<String, Value>,
    expected: &BTreeMap<String, Value>,
) {
    let addresses = |all: &BTreeMap<String, Value>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(addresses(made), addresses(expected), "{given:?}");
    for (address, attributes) in made {
        let expected = &expected[address];
        assert_eq!(attributes, expected, "{address} with {given:?}");
    }
}
