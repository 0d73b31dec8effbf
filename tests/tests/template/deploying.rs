//! `scripts/deploy.sh` itself, from nothing to a delivered test message and back, on an emulator
//! of AWS. The templates beside it are ours but for what the emulator cannot: a function's image
//! becomes an archive of the same binary, and two types that it does not know are left out.
//!
//! Not here: pushing images (`scripts/test-images.sh` does), and forwarders, whose StackSet this
//! emulator does not know (see `stack_set`).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use system_tests::binary;
use system_tests::chat_server::{ChatServer, Rules, SCHEMA, Schema};
use system_tests::emulator::{ACCOUNT, Emulator, REGION, lambda, variable};
use system_tests::template::FOLDER;

const BUCKET: &str = "code";
const LEFT_OUT: [&str; 2] = ["Type: AWS::Events::EventBusPolicy", "Type: AWS::Events::Archive"];

/// A copy of the project as far as the script needs it.
struct Project {
    folder: PathBuf,
    endpoint: String,
}

struct Ended {
    success: bool,
    out: String,
    err: String,
}

impl Project {
    async fn new(emulator: &Emulator) -> Self {
        let name = format!("deploying-{}", emulator.endpoint().rsplit(':').next().unwrap());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        for part in ["scripts", "cfn"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let original = Path::new(FOLDER).parent().unwrap();
        for script in ["deploy.sh", "ecr-push.sh"] {
            fs::copy(original.join("scripts").join(script), folder.join("scripts").join(script))
                .unwrap();
        }
        for entry in fs::read_dir(FOLDER).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(folder.join("cfn").join(path.file_name().unwrap()), deployable(&text))
                .unwrap();
        }
        emulator.put(&format!("/{BUCKET}"), Vec::new()).await.unwrap();
        for (parameter, function) in
            [("CollectorImageUri", "collector"), ("ECRImageUri", "delibird")]
        {
            let archive = lambda::archive(&binary::built(function).unwrap());
            emulator.put(&format!("/{BUCKET}/{parameter}.zip"), archive).await.unwrap();
        }
        Self { folder, endpoint: emulator.endpoint().to_owned() }
    }

    fn deploy(&self, arguments: &[&str], input: &str) -> Ended {
        let tools = Path::new(FOLDER).parent().unwrap().join("target/tools/aws/bin");
        let mut script = Command::new(self.folder.join("scripts/deploy.sh"))
            .args(["--project", "alerts", "--region", REGION, "--endpoint-url", &self.endpoint])
            .args(arguments)
            .env("PATH", format!("{}:{}", tools.display(), variable("PATH").unwrap_or_default()))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_CONFIG_FILE", self.folder.join("none"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        script.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = script.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        Ended { success: output.status.success(), out, err }
    }
}

/// The text of a template as this emulator takes it.
fn deployable(text: &str) -> String {
    let mut kept = String::new();
    let mut resource = String::new();
    let flush = |resource: &mut String, kept: &mut String| {
        if !LEFT_OUT.iter().any(|kind| resource.contains(kind)) {
            kept.push_str(resource);
        }
        resource.clear();
    };
    for line in text.lines() {
        // The name of a resource, parameter or output, or of a part of the template.
        let begins = line.strip_prefix("  ").unwrap_or(line);
        if !begins.starts_with([' ', '#']) && !begins.is_empty() {
            flush(&mut resource, &mut kept);
        }
        let line = match line.trim().strip_prefix("Code: { ImageUri: !Ref ") {
            Some(parameter) => {
                let parameter = parameter.trim_end_matches([' ', '}']);
                format!("      Code: {{ S3Bucket: {BUCKET}, S3Key: {parameter}.zip }}")
            }
            None if line.trim() == "PackageType: Image" => {
                "      Runtime: provided.al2023\n      Handler: bootstrap".to_owned()
            }
            None => line.to_owned(),
        };
        resource.push_str(&line);
        resource.push('\n');
    }
    flush(&mut resource, &mut kept);
    kept
}

fn image(function: &str, version: &str) -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/health-alerts/{function}{version}")
}

/// What a parameter of the collector's stack is.
async fn parameter(emulator: &Emulator, key: &str) -> Option<String> {
    let described = [("Action", "DescribeStacks"), ("StackName", "alerts-health-collector")];
    let xml = emulator.query("cloudformation", &described).await.ok()?;
    let (_, after) = xml.split_once(&format!("<ParameterKey>{key}</ParameterKey>"))?;
    let (_, value) = after.split_once("<ParameterValue>")?;
    value.split_once("</ParameterValue>").map(|(value, _)| value.to_owned())
}

/// A pushed image under a tag; its digest.
async fn pushed(emulator: &Emulator, function: &str, tag: &str) -> String {
    let name = format!("health-alerts/{function}");
    let call = async |verb: &str, body: Value| {
        let verb = format!("AmazonEC2ContainerRegistry_V20150921.{verb}");
        emulator.json("ecr", &verb, &body).await
    };
    call("CreateRepository", json!({"repositoryName": name})).await.unwrap();
    let manifest = json!({"schemaVersion": 2, "function": function}).to_string();
    let image = json!({"repositoryName": name, "imageManifest": manifest, "imageTag": tag});
    let put = call("PutImage", image).await.unwrap();
    put["image"]["imageId"]["imageDigest"].as_str().unwrap().to_owned()
}

// The script is waited for where Google Chat must answer meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn the_script_deploys_from_nothing_goes_to_another_version_and_takes_all_away() {
    let Some(emulator) = Emulator::start().await.unwrap() else { return };
    let rules = Rules::of_google(Schema::read(SCHEMA).unwrap());
    let chat = ChatServer::start(rules).await.unwrap();
    let project = Project::new(&emulator).await;
    let images = [("CollectorImageUri", "collector"), ("ECRImageUri", "delibird")]
        .map(|(parameter, function)| format!("{parameter}={}", image(function, ":1")));
    let deploying = [
        "--skip",
        "images",
        "--alarm-email",
        "on-call@example.com",
        "--organization",
        "o-abcdefghij",
        "--webhook",
        "--set",
        &images[0],
        "--set",
        &images[1],
    ];
    let webhook = format!("{}\n", chat.webhook("first"));

    let plan = project.deploy(&[&deploying[..], &["--dry-run"]].concat(), "");
    assert!(plan.success, "{}", plan.err);
    for step in ["make or update the stack alerts-health-collector", "put an event"] {
        assert!(plan.out.contains(step), "{}", plan.out);
    }
    assert_eq!(parameter(&emulator, "Project").await, None, "a plan makes nothing");

    let made = project.deploy(&deploying, &webhook);
    assert!(made.success && made.out.ends_with("delivered\n"), "{}{}", made.out, made.err);
    assert_eq!(chat.ledger().posted("first").len(), 1);
    let said = format!("{}{}", made.out, made.err);
    assert!(!said.contains(webhook.trim()), "a secret is printed: {said}");

    // Once more, without the webhook: what is not named stays, and the message goes there again.
    let again: Vec<&str> = deploying.iter().copied().filter(|one| *one != "--webhook").collect();
    let again = project.deploy(&again, "");
    assert!(again.success && again.out.ends_with("delivered\n"), "{}{}", again.out, again.err);
    assert_eq!(chat.ledger().posted("first").len(), 2);

    let missing = project.deploy(&["--to", "2"], "");
    assert!(
        !missing.success && missing.err.contains("push it with scripts/ecr-push.sh"),
        "{}",
        missing.err
    );
    for (key, function) in [("CollectorImageUri", "collector"), ("ECRImageUri", "delibird")] {
        let digest = pushed(&emulator, function, "2").await;
        let expected = image(function, &format!("@{digest}"));
        assert_ne!(parameter(&emulator, key).await, Some(expected));
    }
    let moved = project.deploy(&["--to", "2"], "");
    assert!(moved.success, "{}{}", moved.out, moved.err);
    for key in ["CollectorImageUri", "ECRImageUri"] {
        let uri = parameter(&emulator, key).await.unwrap();
        assert!(uri.contains("@sha256:"), "{uri}");
    }
    assert_eq!(parameter(&emulator, "OrgId").await.as_deref(), Some("o-abcdefghij"));

    let kept = project.deploy(&["--destroy"], "another project\n");
    assert!(!kept.success && kept.err.contains("nothing was changed"), "{}", kept.err);
    assert!(parameter(&emulator, "Project").await.is_some());
    let gone = project.deploy(&["--destroy"], "alerts\n");
    assert!(gone.success, "{}{}", gone.out, gone.err);
    assert_eq!(parameter(&emulator, "Project").await, None);
    let gone = project.deploy(&["--destroy", "--yes"], "");
    assert!(gone.success && gone.err.contains("there is no stack"), "{}", gone.err);
}
