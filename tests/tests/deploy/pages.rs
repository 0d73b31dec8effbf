//! The commands of the pages, run as they stand there, one page after the other: what needs no hub
//! in a copy of the project, what needs one against a hub that `scripts/deploy.sh` has made.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};
use system_tests::aws_cli::Cli;
use system_tests::binary;
use system_tests::chat_server::{ChatServer, Pace, Rules, SCHEMA, Schema};
use system_tests::emulator::{ACCOUNT, Emulator, REGION};
use system_tests::pages::{self, Block};
use system_tests::template::FOLDER;

use super::Folder;
use super::script::{self, COLLECTOR, Script};

/// What is not run here, by the beginning of its block, and why. All of it is still read by
/// `tests/tests/docs`.
const LEFT: [(&str, &str, &str); 5] = [
    ("README.md", "scripts/test.sh", "this is a part of it"),
    ("README.ko.md", "scripts/test.sh", "this is a part of it"),
    ("cfn/README.md", "cd terraform", "the provider is not to be had everywhere"),
    ("docs/testing.md", "", "each takes from minutes to an hour"),
    ("fuzz/README.md", "", "it needs a nightly compiler"),
];

const CHANGE: &str = "printf '\\n[storm]\\nover = 30\\nper = \"10m\"\\n' >> routes.toml";

/// What pages name by way of example, and what it is here.
type Examples = Vec<(&'static str, String)>;

#[tokio::test(flavor = "multi_thread")]
async fn every_block_of_commands_does_what_its_page_says() {
    let Some(emulator) = Emulator::start().await.unwrap() else { return };
    // Doctor asks each webhook sooner than Chat's pace allows.
    let rules = Rules::of_google(Schema::read(SCHEMA).unwrap());
    let chat = ChatServer::start(Rules { pace: Pace::Unlimited, ..rules }).await.unwrap();
    let folder = Folder::new("pages");
    let cli = script::profiles(emulator.endpoint(), &folder.0);
    let script = Script::new(&folder.0, &cli, emulator.endpoint());
    script::deployed(&emulator, &script, &chat).await;
    in_order(&emulator).await;
    equip(&folder.0);

    let described = ["cloudformation", "describe-stacks", "--stack-name", COLLECTOR];
    let described = cli.call("hub", REGION, &described).unwrap();
    let output = |name: &str| {
        let outputs = described["Stacks"][0]["Outputs"].as_array().unwrap();
        let found = outputs.iter().find(|output| output["OutputKey"] == name);
        found.unwrap()["OutputValue"].as_str().unwrap().to_owned()
    };
    let ledger = chat.ledger();
    let thread = ledger.posted("default")[0].body["thread"]["threadKey"].as_str().unwrap();
    let examples = vec![
        ("0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d", thread.to_owned()),
        ("111122223333", ACCOUNT.to_owned()),
        // Between them the reader has changed the document.
        ("healthctl routes diff", format!("{CHANGE}\nhealthctl routes diff")),
    ];
    let settings = [
        ("AWS_PROFILE", "hub".to_owned()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().to_owned()),
        ("STATE_TABLE", output("StateTableName")),
        ("SPACES_SECRET_ARN", output("SpacesSecretArn")),
    ];
    let (mut ran, mut wrong) = (0, Vec::new());
    for page in pages::all().unwrap() {
        let left = |block: &&Block| {
            !LEFT
                .iter()
                .any(|(name, beginning, _)| page.name == *name && block.text.starts_with(beginning))
        };
        let shell =
            page.blocks.iter().filter(|block| matches!(&*block.language, "sh" | "indented"));
        let blocks: Vec<&Block> = shell.filter(left).collect();
        if blocks.is_empty() {
            continue;
        }
        ran += blocks.len();
        let (well, said) = run(&folder.0, &cli, &settings, &one_script(&blocks, &examples));
        let missing = expected(&page.name, thread).into_iter().find(|text| !said.contains(text));
        if !well || missing.is_some() {
            wrong.push(format!("{}, without {missing:?}:\n{said}", page.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran >= 15, "{ran} blocks");
}

/// What a reader looks for in the answers.
fn expected<'t>(page: &str, thread: &'t str) -> Vec<&'t str> {
    match page {
        "docs/runbook.md" => vec!["0 FAULT", "posted to default", thread],
        "docs/routes.md" => {
            vec![": ok", "1 unchanged", "v2 is in force", "v1 is in force, in place of v2"]
        }
        "docs/custom-metrics.md" => vec!["\"accepted\":2"],
        "README.md" | "README.ko.md" => vec!["IMPAIRED", "make or update the stack"],
        _ => Vec::new(),
    }
}

/// What the emulator does not make of the template: who may send, the archive; and what takes
/// fifteen minutes.
async fn in_order(emulator: &Emulator) {
    let policy = json!({"EventBusName": format!("{COLLECTOR}-bus"), "StatementId": "forwarders",
        "Principal": "*", "Action": "events:PutEvents",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}});
    emulator.json("events", "AWSEvents.PutPermission", &policy).await.unwrap();
    let source = Emulator::arn("events", &format!("event-bus/{COLLECTOR}-bus"));
    let archive = json!({"ArchiveName": "health-health-events", "EventSourceArn": source});
    emulator.json("events", "AWSEvents.CreateArchive", &archive).await.unwrap();
    let canary = json!({"Namespace": "HealthAlerts", "MetricData": [{"MetricName": "canary",
        "Dimensions": [{"Name": "function", "Value": "delibird"}], "Value": 1.0,
        "Timestamp": system_tests::chaos::clock().as_second() - 300}]});
    let target = "GraniteServiceVersion20100801.PutMetricData";
    emulator.json("monitoring", target, &canary).await.unwrap();
}

/// The programs and the files that pages speak of.
fn equip(folder: &Path) {
    let programs = folder.join("bin");
    fs::create_dir_all(&programs).unwrap();
    symlink(binary::built("healthctl").unwrap(), programs.join("healthctl")).unwrap();
    let cargo = "#!/bin/bash\n[ \"$1 $2\" = 'run --' ] || { echo \"cargo $*\" >&2; exit 1; }\n\
                 exec healthctl \"${@:3}\"\n";
    binary::executable(&programs.join("cargo"), cargo).unwrap();
    let fixtures = Path::new(FOLDER).parent().unwrap().join("tests/fixtures");
    let here = folder.join("tests");
    fs::create_dir_all(&here).unwrap();
    symlink(&fixtures, here.join("fixtures")).unwrap();
    let event = fs::read(fixtures.join("retirement-scheduled.json")).unwrap();
    let event: Value = serde_json::from_slice(&event).unwrap();
    for name in ["event.json", "day.ndjson", "last-month.ndjson"] {
        fs::write(folder.join(name), event.to_string()).unwrap();
    }
    let pages = pages::all().unwrap();
    let routes = pages.iter().find(|page| page.name == "docs/routes.md").unwrap();
    let document = routes.blocks.iter().find(|block| block.language == "toml").unwrap();
    fs::write(folder.join("routes.toml"), &document.text).unwrap();
}

/// One shell for a page, since its blocks share variables. What runs until it is stopped, runs
/// beside what follows it.
fn one_script(blocks: &[&Block], examples: &Examples) -> String {
    let mut script = vec![
        "set -euo pipefail".to_owned(),
        "trap 'kill $(jobs -p) 2>/dev/null || :' EXIT".to_owned(),
    ];
    for block in blocks {
        script.push(format!("echo '-- line {}'", block.line));
        let mut text = block.text.clone();
        for (example, here) in examples {
            text = text.replace(example, here);
        }
        if text.contains(" dev") && !text.contains("simulate") {
            let ready =
                "curl -s --retry 100 --retry-delay 1 --retry-connrefused http://127.0.0.1:8787/";
            text = format!("{} &\n{ready} > /dev/null\n", text.trim());
        }
        script.push(text);
    }
    script.join("\n")
}

/// Whether it went well, and all that was said.
fn run(folder: &Path, cli: &Cli, settings: &[(&str, String)], script: &str) -> (bool, String) {
    let path = Cli::path(&folder.join("bin"));
    let ended = cli
        .command("bash")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .env("PATH", path)
        .current_dir(folder)
        .output()
        .unwrap();
    (ended.status.success(), String::from_utf8(ended.stdout).unwrap())
}
