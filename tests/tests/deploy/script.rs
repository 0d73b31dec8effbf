//! `scripts/deploy.sh` from nothing to a delivered message, to another version, and away again, by
//! two profiles that are two accounts of the emulator.
//!
//! What the emulator lacks, and what is done about it in a copy of the templates: it knows no bus
//! policies, archives and stack sets, so these are left out (a stack set leaves a resource that is
//! nothing); it runs archives, not images, so the functions' code is an archive of the same
//! binaries. It has no registry: images are pushed by `scripts/test-images.sh`, here they only
//! have entries in ECR. The script is as it is.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use system_tests::aws_cli::Cli;
use system_tests::chat_server::{ChatServer, Rules, SCHEMA, Schema};
use system_tests::emulator::{ACCOUNT, Emulator, REGION, lambda};
use system_tests::template::FOLDER;

use super::Folder;

const MANAGEMENT: &str = "222222222222";
pub(crate) const COLLECTOR: &str = "health-health-collector";
const FUNCTIONS: [(&str, &str); 2] =
    [("collector", "CollectorImageUri"), ("delibird", "ECRImageUri")];

/// The script in a copy of what it reads.
pub(crate) struct Script<'a> {
    folder: &'a Path,
    cli: &'a Cli,
    endpoint: &'a str,
}

/// How it ended, and all it said.
type Said = (Option<i32>, String);

impl<'a> Script<'a> {
    pub(crate) fn new(folder: &'a Path, cli: &'a Cli, endpoint: &'a str) -> Self {
        let source = Path::new(FOLDER).parent().unwrap();
        for part in ["scripts", "cfn"] {
            let (from, to) = (source.join(part), folder.join(part));
            let copied = Command::new("cp").arg("-r").args([from, to]).status();
            assert!(copied.unwrap().success(), "{part}");
        }
        fs::copy(source.join("Cargo.toml"), folder.join("Cargo.toml")).unwrap();
        Self { folder, cli, endpoint }
    }

    /// The templates as the emulator takes them.
    fn adapt(&self) {
        let path = self.folder.join("cfn/collector.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let unknown = ["Type: AWS::Events::EventBusPolicy", "Type: AWS::Events::Archive"];
        let known = |part: &&str| !unknown.iter().any(|kind| part.contains(kind));
        let mut text = text.split("\n\n").filter(known).collect::<Vec<_>>().join("\n\n");
        for (function, parameter) in FUNCTIONS {
            let image =
                format!("PackageType: Image\n      Code: {{ ImageUri: !Ref {parameter} }}\n");
            let archive = format!(
                "PackageType: Zip\n      Runtime: provided.al2023\n      Handler: bootstrap\n      \
                 Code: {{ S3Bucket: code, S3Key: {function}.zip }}\n"
            );
            assert!(text.contains(&image), "{function}");
            text = text.replace(&image, &archive);
        }
        fs::write(&path, text).unwrap();
        let path = self.folder.join("cfn/forwarder-stackset.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let kind = "    Type: AWS::CloudFormation::StackSet\n";
        let (before, _) = text.split_once(kind).unwrap();
        let nothing = "    Type: AWS::CloudFormation::WaitConditionHandle\n";
        fs::write(&path, format!("{before}{nothing}")).unwrap();
    }

    /// Runs it, with an answer to what it may ask.
    fn run(&self, answer: &str, arguments: &[&str]) -> Said {
        let mut script = self
            .cli
            .command("bash")
            .args(["-c", "exec scripts/deploy.sh \"$@\" 2>&1", "deploy.sh"])
            .args(["--endpoint-url", self.endpoint, "--profile", "hub"])
            .args(["--management-profile", "management"])
            .args(arguments)
            .current_dir(self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It may end without asking.
        let _ = script.stdin.take().unwrap().write_all(answer.as_bytes());
        let ended = script.wait_with_output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
    }
}

pub(crate) fn profiles(endpoint: &str, folder: &Path) -> Cli {
    let mut cli = Cli::new(endpoint, folder);
    cli.add_profile("hub", "test", None).unwrap();
    cli.add_profile("management", MANAGEMENT, None).unwrap();
    cli
}

/// Names of the stacks in an account and Region.
fn stacks(cli: &Cli, profile: &str, region: &str) -> Vec<String> {
    let described = cli.call(profile, region, &["cloudformation", "describe-stacks"]).unwrap();
    let stacks = described["Stacks"].as_array().unwrap().iter();
    let mut names: Vec<String> =
        stacks.map(|stack| stack["StackName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn described(cli: &Cli) -> Value {
    let call = ["cloudformation", "describe-stacks", "--stack-name", COLLECTOR];
    cli.call("hub", REGION, &call).unwrap()["Stacks"][0].clone()
}

/// What the script says at its end.
fn healthctl_names(cli: &Cli) -> String {
    let stack = described(cli);
    let output = |name: &str| {
        let outputs = stack["Outputs"].as_array().unwrap();
        let found = outputs.iter().find(|output| output["OutputKey"] == name);
        found.unwrap()["OutputValue"].as_str().unwrap().to_owned()
    };
    let (table, secret) = (output("StateTableName"), output("SpacesSecretArn"));
    format!("export STATE_TABLE={table} SPACES_SECRET_ARN={secret}\n")
}

fn parameter(cli: &Cli, name: &str) -> Value {
    let described = described(cli);
    let parameters = described["Parameters"].as_array().unwrap();
    let found = parameters.iter().find(|parameter| parameter["ParameterKey"] == name);
    found.unwrap()["ParameterValue"].clone()
}

#[test]
fn a_plan_is_printed_and_nobody_is_called() {
    let folder = Folder::new("plan");
    // Nothing listens there.
    let cli = profiles("http://127.0.0.1:1", &folder.0);
    let script = Script::new(&folder.0, &cli, "http://127.0.0.1:1");
    fs::write(folder.0.join("spaces.json"), "{}").unwrap();
    let all = ["--dry-run", "--alarm-email", "a@example.com", "--units", "r-abcd", "--custom"];
    let more = ["--spaces", "spaces.json", "--tag", "2", "--prebuilt", "built"];
    let set = ["--set", "custom:AccessLogs=make-role", "--set", "forwarders:Owner=ops: all"];
    let (code, said) = script.run("", &[&all[..], &more, &set].concat());
    let engine = said.split(" with ").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or("");
    let packed = |function: &str| {
        format!(
            "  unless it is there: pack built/arm64/{function} with {engine}, \
             push ECR/health-alerts/{function}:2\n"
        )
    };
    let pushes = ["collector", "delibird", "custom"].map(packed).concat();
    let forwarder = "  make or update the stack health-health-forwarder from cfn/forwarder.yaml \
                     with: Project CollectorEventBusArn\n";
    let expected = format!(
        "images:\n  unless repositories of health-alerts/ are there without it:\n  make or update the stack \
         health-health-images from cfn/images.yaml with: Project RepositoryPrefix\n{pushes}collector:\n  make or update the stack {COLLECTOR} from \
         cfn/collector.yaml with: Project Architecture AlarmEmail AlarmTopicArn\nspaces:\n  write spaces.json into \
         the secret of spaces, unless it has a value\nforwarders:\n  refused, unless the hub's stack knows \
         the organization\n  make or update the stack \
         health-health-forwarders from cfn/forwarder-stackset.yaml with: Project CollectorEventBusArn \
         OrganizationalUnitIds Regions CallAs Owner\n{forwarder}{forwarder}custom:\n  make or update the stack \
         health-health-custom from cfn/custom.yaml with: Project Architecture AccessLogs\ntest:\n  put an event of source \
         custom.health on the bus, and wait for delibird to say that it is posted\n"
    );
    assert_eq!((code, said), (Some(0), expected));
    let away = "  delete the stack health-health-forwarders\n  delete the stack health-health-forwarder\n  \
                delete the stack health-health-forwarder\n  delete the stack health-health-custom\n  \
                delete the stack health-health-collector\n";
    assert_eq!(script.run("", &["--destroy", "--dry-run"]), (Some(0), away.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_is_made_from_nothing_moved_to_another_version_and_taken_away() {
    let Some(emulator) = Emulator::start().await.unwrap() else { return };
    let chat = ChatServer::start(Rules::of_google(Schema::read(SCHEMA).unwrap())).await.unwrap();
    let folder = Folder::new("script");
    let cli = profiles(emulator.endpoint(), &folder.0);
    let script = Script::new(&folder.0, &cli, emulator.endpoint());
    let deploy = deployed(&emulator, &script, &chat).await;
    let deploy: Vec<&str> = deploy.iter().map(String::as_str).collect();
    assert_eq!(chat.ledger().posted("default").len(), 1);
    assert_eq!(stacks(&cli, "hub", REGION), [COLLECTOR]);
    let forwarders = ["health-health-forwarder", "health-health-forwarders"];
    assert_eq!(stacks(&cli, "management", REGION), forwarders);
    assert_eq!(stacks(&cli, "management", "us-west-2"), forwarders[..1]);

    let (code, said) = script.run("", &[&deploy[..], &["--skip", "images,test"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let unchanged = format!(
        "the stack {COLLECTOR} is as it should be\nthe secret of spaces has a value, which stays\nthe \
         stack health-health-forwarders is as it should be\nthe stack health-health-forwarder is as it \
         should be\nthe stack health-health-forwarder is as it should be\n{}",
        healthctl_names(&cli)
    );
    assert_eq!(said, unchanged);

    to_another_version(&cli, &script);

    let (code, said) = script.run("no\n", &["--destroy"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.ends_with("deploy: nothing was changed\n"), "{said}");
    assert_eq!(stacks(&cli, "hub", REGION), [COLLECTOR]);
    let (code, said) = script.run("health\n", &["--destroy"]);
    assert_eq!(code, Some(0), "{said}");
    for (profile, region) in [("hub", REGION), ("management", REGION), ("management", "us-west-2")]
    {
        assert_eq!(stacks(&cli, profile, region), Vec::<String>::new(), "{profile} {region}");
    }
    let tables = cli.call("hub", REGION, &["dynamodb", "list-tables"]).unwrap();
    assert_eq!(tables["TableNames"].as_array().map(Vec::len), Some(1), "the state stays");
}

/// A hub and forwarders from nothing, with its test delivered; the arguments that made them.
pub(crate) async fn deployed(
    emulator: &Emulator,
    script: &Script<'_>,
    chat: &ChatServer,
) -> Vec<String> {
    emulator.put("/code", Vec::new()).await.unwrap();
    for (function, _) in FUNCTIONS {
        let binary = system_tests::binary::built(function).unwrap();
        let object = format!("/code/{function}.zip");
        emulator.put(&object, lambda::archive(&binary)).await.unwrap();
    }
    script.adapt();
    let spaces = json!({"default": chat.webhook("default")}).to_string();
    fs::write(script.folder.join("spaces.json"), spaces).unwrap();
    let images = FUNCTIONS.map(|(function, name)| format!("{name}={}:1", image(function)));
    let webhook = chat.webhook("unused");
    let skip = ["--skip", "images", "--organization", "o-abcdefghij"];
    let what = ["--alarm-email", "a@example.com", "--units", "r-abcd", "--spaces", "spaces.json"];
    let set = ["--set", &images[0], "--set", &images[1], "--set", "ArchiveRetentionDays=0"];
    let deploy = [&skip[..], &what, &set].concat();
    let first = [&deploy[..], &["--webhook"]].concat();
    // As a clipboard gives it: without the end of a line.
    let (code, said) = script.run(&webhook, &first);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains(&webhook), "a secret is printed: {said}");
    let names = healthctl_names(script.cli);
    let end = format!("the stack health-health-forwarder: create\ndelivered\n{names}");
    assert!(said.ends_with(&end), "{said}");
    deploy.into_iter().map(str::to_owned).collect()
}

fn image(function: &str) -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/health-alerts/{function}")
}

/// Up to what has been pushed, and not to what has not.
fn to_another_version(cli: &Cli, script: &Script<'_>) {
    let mut digests = Vec::new();
    for (function, _) in FUNCTIONS {
        let name = format!("health-alerts/{function}");
        let ecr = |call: &[&str]| cli.call("hub", REGION, &[&["ecr"], call].concat()).unwrap();
        ecr(&["create-repository", "--repository-name", &name]);
        let manifest = json!({"schemaVersion": 2, "config": {"digest": function}}).to_string();
        let put = ["put-image", "--repository-name", &name, "--image-tag", "2"];
        let put = ecr(&[&put[..], &["--image-manifest", &manifest]].concat());
        digests.push(put["image"]["imageId"]["imageDigest"].as_str().unwrap().to_owned());
    }
    let (code, said) = script.run("", &["--to", "3"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no image health-alerts/collector:3: push it"), "{said}");
    let (code, said) = script.run("", &["--to", "2"]);
    assert_eq!((code, &*said), (Some(0), &*format!("the stack {COLLECTOR}: update\n")));
    for ((function, name), digest) in FUNCTIONS.iter().zip(digests) {
        assert_eq!(parameter(cli, name), format!("{}@{digest}", image(function)));
    }
    assert_eq!(parameter(cli, "AlarmEmail"), "a@example.com", "what is not named stays");
    assert_eq!(parameter(cli, "OrgId"), "o-abcdefghij");
}
