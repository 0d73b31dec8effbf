//! `scripts/deploy.sh` where something stands in its way or is there already. An `aws` that answers
//! by the environment takes the place of AWS, and writes down what it is called for.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use system_tests::binary;
use system_tests::template::FOLDER;

use super::Folder;

/// `STATUS_<stack>` is what a stack is in; without it there is no such stack.
const AWS: &str = r#"#!/bin/bash
echo "$*" >> calls
case "$*" in
  *'configure get region'*) echo "$PROFILE_REGION" ;;
  *StackStatus*)
    name=$(sed 's/.*--stack-name \([^ ]*\).*/\1/' <<< "$*") status="STATUS_${name//-/_}"
    [ -n "${!status}" ] || { echo "Stack with id $name does not exist" >&2; exit 254; }
    echo "${!status}" ;;
  *ParameterKey==*) echo "$ORGANIZATION" ;;
  *ParameterKey*) [ -z "$SILENT" ] || exit 254; echo Project OrgId ;;
  *OutputKey==*) echo told ;;
  *describe-repositories*) [ -n "$REPOSITORIES" ] || { echo RepositoryNotFoundException >&2; exit 254; } ;;
  *get-caller-identity*) echo 111122223333 ;;
  *--parameters\ file*) cat "$(sed 's/.*--parameters file:\/\/\([^ ]*\).*/\1/' <<< "$*")" >> parameters ;;
esac
"#;

static RUNS: AtomicUsize = AtomicUsize::new(0);

const COLLECTOR: (&str, &str) = ("STATUS_health_health_collector", "UPDATE_COMPLETE");
const FAILED: (&str, &str) = ("STATUS_health_health_collector", "ROLLBACK_COMPLETE");
const REGION: (&str, &str) = ("PROFILE_REGION", "eu-west-1");

struct Ran {
    code: Option<i32>,
    said: String,
    /// What aws was called for, a line each.
    calls: String,
    /// What stacks were given, as files of parameters.
    parameters: String,
}

fn run(environment: &[(&str, &str)], input: &str, arguments: &[&str]) -> Ran {
    // Tests run side by side, each more than once.
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let folder = Folder::new(&format!("standing-{number}"));
    for part in ["scripts", "cfn"] {
        let from = Path::new(FOLDER).parent().unwrap().join(part);
        let copied = Command::new("cp").arg("-r").args([from, folder.0.join(part)]).status();
        assert!(copied.unwrap().success(), "{part}");
    }
    fs::create_dir(folder.0.join("bin")).unwrap();
    binary::executable(&folder.0.join("bin/aws"), AWS).unwrap();
    let push =
        "#!/bin/bash\nfor one in CollectorImageUri ECRImageUri; do echo \"$one=image\"; done\n";
    fs::remove_file(folder.0.join("scripts/ecr-push.sh")).unwrap();
    binary::executable(&folder.0.join("scripts/ecr-push.sh"), push).unwrap();
    let mut script = Command::new("bash")
        .args(["-c", "exec scripts/deploy.sh \"$@\" 2>&1", "deploy.sh"])
        .args(arguments)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", folder.0.join("bin").display()))
        .envs(environment.iter().copied())
        .current_dir(&folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading.
    let _ = script.stdin.take().unwrap().write_all(input.as_bytes());
    let ended = script.wait_with_output().unwrap();
    // Nobody was called, or given anything.
    let written = |name: &str| fs::read_to_string(folder.0.join(name)).unwrap_or_default();
    Ran {
        code: ended.status.code(),
        said: String::from_utf8(ended.stdout).unwrap(),
        calls: written("calls"),
        parameters: written("parameters"),
    }
}

#[test]
fn what_stands_in_the_way_is_said_before_anything_is_made() {
    let email = ["--alarm-email", "a@example.com", "--skip", "images,test"];
    let with = |more: &[&'static str]| [&email[..], more].concat();
    let no_organization =
        "--units needs --organization: without it the hub's bus takes no event of another account";
    let rows = [
        ("no Region", vec![], with(&[]), "no Region: give --region"),
        ("no webhook", vec![REGION], with(&["--webhook"]), "no webhook on standard input"),
        ("no organization", vec![REGION], with(&["--units", "r-abcd"]), no_organization),
        (
            "none in the stack",
            vec![REGION, COLLECTOR],
            with(&["--units", "r-abcd"]),
            no_organization,
        ),
        (
            "a stack that was never made",
            vec![REGION, FAILED],
            with(&[]),
            "the stack health-health-collector failed when it was made: delete it, and run this again",
        ),
        (
            "parameters that cannot be read",
            vec![REGION, COLLECTOR, ("SILENT", "1")],
            with(&[]),
            "the parameters of the stack health-health-collector cannot be read",
        ),
        (
            "an organization that this run does not deploy",
            vec![REGION, COLLECTOR, ("ORGANIZATION", "None")],
            vec![
                "--units",
                "r-abcd",
                "--organization",
                "o-abcdefghij",
                "--skip",
                "images,collector,test",
            ],
            no_organization,
        ),
        ("no value", vec![REGION], with(&["--set", "secret"]), "--set takes [TEMPLATE:]NAME=VALUE"),
        (
            "no value in another template",
            vec![REGION],
            with(&["--custom", "--set", "custom:AccessLogs"]),
            "--set takes [TEMPLATE:]NAME=VALUE",
        ),
        (
            "no name",
            vec![REGION],
            with(&["--set", "=none"]),
            "--set: cfn/collector.yaml has no parameter ",
        ),
        (
            "a name of another template",
            vec![REGION],
            with(&["--set", "AccessLogs=none"]),
            "--set: cfn/collector.yaml has no parameter AccessLogs",
        ),
        (
            "no such template",
            vec![REGION],
            with(&["--set", "hub:A=b"]),
            "--set: no such template: hub",
        ),
        (
            "a template that is not deployed",
            vec![REGION],
            with(&["--set", "custom:AccessLogs=none"]),
            "--set custom:AccessLogs is for --custom",
        ),
        (
            "a processor that Lambda lacks",
            vec![REGION],
            with(&["--platform", "linux/riscv64"]),
            "no image for the platform linux/riscv64: Lambda runs linux/arm64 and linux/amd64",
        ),
    ];
    for (name, environment, arguments, expected) in rows {
        let ran = run(&environment, "", &arguments);
        assert_eq!((ran.code, ran.said), (Some(1), format!("deploy: {expected}\n")), "{name}");
        assert!(!ran.calls.contains("e-stack "), "{name}: {}", ran.calls);
    }
}

#[test]
fn a_webhook_needs_no_line_end_and_is_read_before_anything_is_made() {
    let arguments = ["--webhook", "--alarm-email", "a@example.com", "--skip", "images,test"];
    let ran = run(&[REGION], "https://chat.googleapis.com/v1/spaces/x", &arguments);
    assert_eq!((ran.code, &*ran.said), (Some(0), "the stack health-health-collector: create\n"));
    let webhook = r#"{"ParameterKey":"GchatWebhookUrl","ParameterValue":"https://chat.googleapis.com/v1/spaces/x"}"#;
    assert!(ran.parameters.contains(webhook), "{}", ran.parameters);
    assert!(!ran.calls.contains("chat.googleapis.com"), "a secret is an argument: {}", ran.calls);
}

#[test]
fn the_region_is_the_one_the_aws_command_would_take() {
    let named = [REGION, ("AWS_REGION", "ap-1"), ("AWS_DEFAULT_REGION", "ap-2")];
    let default = [REGION, ("AWS_DEFAULT_REGION", "ap-2")];
    let rows = [
        (&named[..], &["--region", "us-1"][..], "us-1"),
        (&named, &[], "ap-1"),
        (&default, &[], "ap-2"),
        (&[REGION], &[], "eu-west-1"),
    ];
    for (environment, given, expected) in rows {
        let arguments =
            [&["--alarm-email", "a@example.com", "--skip", "images,test"], given].concat();
        let ran = run(environment, "", &arguments);
        let create = ran.calls.lines().find(|call| call.contains("create-stack")).unwrap();
        assert!(create.starts_with(&format!("--region {expected} ")), "{create}");
    }
}

#[test]
fn repositories_that_are_there_are_used_and_the_stack_follows_the_processor() {
    let arguments =
        ["--alarm-email", "a@example.com", "--skip", "test", "--platform", "linux/amd64"];
    let ran = run(&[REGION, ("REPOSITORIES", "1")], "", &arguments);
    let expected = "the stack health-health-images is not made: repositories of health-alerts/ are there \
                    without it\nthe stack health-health-collector: create\n";
    assert_eq!((ran.code, &*ran.said), (Some(0), expected));
    let architecture = r#"{"ParameterKey":"Architecture","ParameterValue":"x86_64"}"#;
    assert!(ran.parameters.contains(architecture), "{}", ran.parameters);
}

#[test]
fn a_setting_reaches_its_template_and_has_the_last_word() {
    let settings = ["--set", "custom:AccessLogs=make-role", "--set", "custom:KmsKeyArn=mine"];
    let arguments = [&["--custom", "--skip", "images,collector,test"], &settings[..]].concat();
    let ran = run(&[REGION, COLLECTOR], "", &arguments);
    let expected = "the stack health-health-custom: create\n\
                    export STATE_TABLE=told SPACES_SECRET_ARN=told\n";
    assert_eq!((ran.code, &*ran.said), (Some(0), expected));
    let given = r#"[{"ParameterKey":"Project","ParameterValue":"health"},
{"ParameterKey":"StateTableName","ParameterValue":"told"},
{"ParameterKey":"EventBusName","ParameterValue":"told"},
{"ParameterKey":"AlarmTopicArn","ParameterValue":"told"},
{"ParameterKey":"AccessLogs","ParameterValue":"make-role"},
{"ParameterKey":"KmsKeyArn","ParameterValue":"mine"}
]"#;
    assert_eq!(ran.parameters, given);
}

#[test]
fn the_management_account_is_not_taken_for_a_delegated_administrator() {
    let delegated = ["--units", "r-abcd", "--regions", "us-east-1", "--call-as", "DELEGATED_ADMIN"];
    let delegated =
        [&delegated[..], &["--skip", "images,collector,test", "--management-profile", "m"]]
            .concat();
    let known = [REGION, COLLECTOR, ("ORGANIZATION", "o-abcdefghij")];
    let made = |ran: &Ran| {
        let create = |call: &&str| call.contains(" create-stack ");
        let profile_and_stack = |call: &str| {
            let after = |flag: &str| call.split(flag).nth(1)?.split(' ').next().map(str::to_owned);
            (after("--profile ").unwrap(), after("--stack-name ").unwrap())
        };
        ran.calls.lines().filter(create).map(profile_and_stack).collect::<Vec<_>>()
    };
    let stack = |profile: &str, name: &str| (profile.to_owned(), format!("health-health-{name}"));
    let ran = run(&known, "", &delegated);
    assert_eq!(made(&ran), [stack("m", "forwarders")]);
    assert!(
        ran.said.contains("left to do: the management account, which no StackSet reaches"),
        "{}",
        ran.said
    );

    let ran = run(&known, "", &[&delegated[..], &["--stacksets-profile", "admin"]].concat());
    assert_eq!(made(&ran), [stack("admin", "forwarders"), stack("m", "forwarder")]);
    assert!(!ran.said.contains("left to do"), "{}", ran.said);
}

#[test]
fn a_stack_that_failed_when_it_was_made_can_be_taken_away() {
    let ran = run(&[REGION, FAILED], "", &["--destroy", "--yes"]);
    assert!(ran.said.ends_with("the stack health-health-collector is deleted\n"), "{}", ran.said);
    assert_eq!(ran.code, Some(0));
}
