//! What holds of every template: parameters that explain themselves, no secret that shows, any
//! partition, tags, and data that outlives its stack.

use serde_json::{Value, json};
use system_tests::template::{FOLDER, Template, walk};

#[test]
fn parameters_refuse_what_they_do_not_mean() {
    for template in Template::all().unwrap() {
        for (name, parameter) in template.body["Parameters"].as_object().unwrap() {
            let place = format!("{}: {name}", template.name);
            assert!(parameter["Description"].is_string(), "{place}");
            let has = |key: &str| !parameter[key].is_null();
            let bounded = has("AllowedValues") || has("MaxLength") || has("MaxValue");
            let explained = has("AllowedPattern") && has("ConstraintDescription");
            assert!(bounded || explained, "{place}");
            let default = parameter["Default"].as_str().unwrap_or_default();
            let account = default.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 12);
            assert!(!account, "{place}: {default}");
        }
    }
}

#[test]
fn a_secret_is_never_shown() {
    for template in Template::all().unwrap() {
        let secret = |name: &str| template.body["Parameters"][name]["NoEcho"] == json!(true);
        for (name, _) in template.body["Parameters"].as_object().unwrap() {
            let sounds =
                ["Webhook", "Secret", "Password", "Token"].iter().any(|w| name.contains(w));
            assert!(!sounds || secret(name) || name.ends_with("Arn"), "{}: {name}", template.name);
        }
        let mut places = vec![("Outputs".to_owned(), &template.body["Outputs"])];
        for (id, function) in template.resources_of("AWS::Lambda::Function") {
            places.push((id.to_owned(), &function["Properties"]["Environment"]));
        }
        for (place, value) in places {
            walk(value, &mut |_, value| {
                let named = value.get("Ref").and_then(Value::as_str).unwrap_or_default();
                assert!(!secret(named), "{}: {place} shows {named}", template.name);
                let text = value.as_str().unwrap_or_default();
                assert!(!text.contains("{{resolve:"), "{}: {place}", template.name);
            });
        }
    }
}

#[test]
fn every_partition_and_region_will_do() {
    for template in Template::all().unwrap() {
        for (id, resource) in template.resources() {
            walk(resource, &mut |path, value| {
                // The stack set's body is a template of its own, which is checked as such.
                if path.contains(&"TemplateBody") {
                    return;
                }
                let text = value.as_str().unwrap_or_default();
                let fixed = text.contains("arn:aws") || text.contains("amazonaws.com/");
                assert!(!fixed, "{}: {id}: {text}", template.name);
            });
        }
    }
}

#[test]
fn what_holds_data_or_a_running_image_outlives_its_stack() {
    let kinds = [
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::SecretsManager::Secret",
        "AWS::ECR::Repository",
    ];
    let mut seen = 0;
    for template in Template::all().unwrap() {
        for (id, resource) in template.resources() {
            if kinds.contains(&resource["Type"].as_str().unwrap()) {
                let place = format!("{}: {id}", template.name);
                assert_eq!(resource["DeletionPolicy"], "Retain", "{place}");
                assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{place}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 7, "{seen}");
}

#[test]
fn everything_that_takes_tags_is_tagged() {
    let kinds = [
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::SecretsManager::Secret",
        "AWS::ECR::Repository",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::Events::EventBus",
        "AWS::Scheduler::ScheduleGroup",
    ];
    for template in Template::all().unwrap() {
        for (id, resource) in template.resources() {
            if kinds.contains(&resource["Type"].as_str().unwrap()) {
                let tags = resource["Properties"]["Tags"].as_array();
                let keys: Vec<&Value> = tags.into_iter().flatten().map(|tag| &tag["Key"]).collect();
                assert_eq!(keys, ["Project", "Owner", "Team"], "{}: {id}", template.name);
            }
        }
    }
}

#[test]
fn functions_are_images_with_a_log_group_of_their_own() {
    for template in Template::all().unwrap() {
        for (id, function) in template.resources_of("AWS::Lambda::Function") {
            let function = &function["Properties"];
            let place = format!("{}: {id}", template.name);
            assert_eq!(function["PackageType"], "Image", "{place}");
            assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{place}");
            let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap();
            let group = &template.body["Resources"][group]["Properties"];
            assert!(!group["RetentionInDays"].is_null(), "{place}");
            let name = |value: &Value| value["Fn::Sub"].as_str().unwrap().to_owned();
            let expected = format!("/aws/lambda/{}", name(&function["FunctionName"]));
            assert_eq!(name(&group["LogGroupName"]), expected, "{place}");
        }
    }
}

#[test]
fn the_stack_set_holds_the_forwarder_and_hands_its_parameters_on() {
    let set = Template::named("forwarder-stackset.yaml").unwrap();
    let forwarder = Template::named("forwarder.yaml").unwrap();
    let properties = &set.body["Resources"]["ForwarderStackSet"]["Properties"];
    let body = properties["TemplateBody"].as_str().unwrap();
    assert_eq!(body, forwarder.text, "scripts/embed-forwarder.sh renews it");
    let passed = properties["Parameters"].as_array().unwrap();
    for parameter in passed {
        let name = parameter["ParameterKey"].as_str().unwrap();
        assert_eq!(parameter["ParameterValue"], json!({"Ref": name}));
        let (ours, its) = (&set.body["Parameters"][name], &forwarder.body["Parameters"][name]);
        assert_eq!(
            (&ours["AllowedPattern"], &ours["Default"]),
            (&its["AllowedPattern"], &its["Default"])
        );
    }
    // Per account and Region, so that they mean nothing for all of them.
    let left_out = ["AlarmTopicArn", "DeadLettersArn"];
    let all = forwarder.body["Parameters"].as_object().unwrap().len();
    assert_eq!(passed.len() + left_out.len(), all);
    assert_eq!(properties["PermissionModel"], "SERVICE_MANAGED");
    assert_eq!(properties["AutoDeployment"]["Enabled"], true);
}

#[test]
fn what_a_call_can_carry_is_not_exceeded() {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    const IN_A_CALL: usize = 51_200;
    const FROM_A_BUCKET: usize = 1_048_576;
    for template in Template::all().unwrap() {
        // scripts/deploy.sh brings it by way of a bucket, which its own test sees.
        let limit = if template.name == "collector.yaml" { FROM_A_BUCKET } else { IN_A_CALL };
        let length = template.text.len();
        assert!(length <= limit, "{}: {length}", template.name);
    }
}

/// The sections of the runbook: alarm and first line.
#[test]
fn every_alarm_says_the_first_line_of_its_runbook_section() {
    let runbook = std::fs::read_to_string(format!("{FOLDER}/../docs/runbook.md")).unwrap();
    for template in Template::all().unwrap() {
        for (id, alarm) in template.resources_of("AWS::CloudWatch::Alarm") {
            let name = alarm["Properties"]["AlarmName"]["Fn::Sub"].as_str().unwrap();
            let name = name.strip_prefix("${Project}-").unwrap_or_else(|| panic!("{id}: {name}"));
            let text = alarm["Properties"]["AlarmDescription"].as_str().unwrap();
            let section = format!("### {name}\n\n{text}\n");
            assert!(runbook.contains(&section), "the runbook lacks:\n{section}");
        }
    }
}

#[test]
fn every_function_has_a_repository_whose_releases_never_expire() {
    let images = Template::named("images.yaml").unwrap();
    let mut names = Vec::new();
    for (id, repository) in images.resources_of("AWS::ECR::Repository") {
        let repository = &repository["Properties"];
        assert_eq!(repository["ImageTagMutability"], "IMMUTABLE", "{id}");
        let rules: Value = serde_json::from_str(
            repository["LifecyclePolicy"]["LifecyclePolicyText"].as_str().unwrap(),
        )
        .unwrap();
        for rule in rules["rules"].as_array().unwrap() {
            assert_eq!(rule["selection"]["tagStatus"], "untagged", "{id}");
        }
        names.push(repository["RepositoryName"]["Fn::Sub"].as_str().unwrap().to_owned());
    }
    let expected =
        ["collector", "custom", "delibird"].map(|name| format!("${{RepositoryPrefix}}/{name}"));
    assert_eq!(names, expected);
}
