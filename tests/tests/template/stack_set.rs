//! The calls behind `cfn/forwarder-stackset.yaml` on moto, which makes the stacks of a StackSet in
//! accounts of an organization of its own: two Regions side by side, added one after the other.
//!
//! moto knows no operation preferences and no `CallAs`, and leaves an empty entry where a list
//! omits a target: so both buses are given.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::emulator::skip;
use system_tests::template::Template;

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin");
const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];
const BUSES: [&str; 2] = [
    "arn:aws:events:us-east-1:111122223333:event-bus/health",
    "arn:aws:events:eu-west-1:111122223333:event-bus/health",
];

struct Moto {
    server: Child,
    endpoint: String,
    files: PathBuf,
    /// Of the account that calls.
    credentials: Vec<(&'static str, String)>,
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Either has ended already, which is as good.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Moto {
    fn start() -> Option<Self> {
        if !PathBuf::from(TOOLS).join("moto_server").exists() {
            skip("moto");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new(PathBuf::from(TOOLS).join("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_mins(1), "moto does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        let files = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("moto-{port}"));
        fs::create_dir_all(&files).unwrap();
        let credentials = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        let credentials = credentials.map(|name| (name, "test".to_owned())).to_vec();
        Some(Self { server, endpoint: format!("http://127.0.0.1:{port}"), files, credentials })
    }

    /// A call of the aws command, as the scripts make it.
    fn call(&self, region: &str, arguments: &[&str]) -> Value {
        let output = Command::new(PathBuf::from(TOOLS).join("aws"))
            .args(["--endpoint-url", &self.endpoint, "--region", region, "--output", "json"])
            .args(arguments)
            .env_clear()
            .envs(self.credentials.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let fault = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {fault}");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.files.join(name);
        fs::write(&path, content).unwrap();
        format!("file://{}", path.display())
    }

    /// The account's id and its unit's.
    fn organization(&self) -> (String, String) {
        let call = |arguments: &[&str]| self.call("us-east-1", arguments);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        call(&["organizations", "create-organization", "--feature-set", "ALL"]);
        let made = ["create-account", "--email", "a@example.com", "--account-name", "member"];
        let account = call(&[&["organizations"], &made[..]].concat());
        let account = text(&account["CreateAccountStatus"]["AccountId"]);
        let root = text(&call(&["organizations", "list-roots"])["Roots"][0]["Id"]);
        let made = ["create-organizational-unit", "--parent-id", &root, "--name", "workloads"];
        let unit = call(&[&["organizations"], &made[..]].concat());
        let unit = text(&unit["OrganizationalUnit"]["Id"]);
        let from = ["--source-parent-id", &root, "--destination-parent-id", &unit];
        let moved = ["organizations", "move-account", "--account-id", &account];
        call(&[&moved[..], &from[..]].concat());
        (account, unit)
    }

    /// The same server, as somebody of this account.
    fn become_account(&mut self, account: &str) {
        let role = format!("arn:aws:iam::{account}:role/anybody");
        let assumed = ["sts", "assume-role", "--role-arn", &role, "--role-session-name", "test"];
        let given = &self.call("us-east-1", &assumed)["Credentials"];
        let names = [
            ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ("AWS_SESSION_TOKEN", "SessionToken"),
        ];
        self.credentials =
            names.map(|(name, of)| (name, given[of].as_str().unwrap().to_owned())).to_vec();
    }
}

/// What the StackSet of the template is made of: its body, and values for the parameters that it
/// hands on.
fn stack_set() -> (String, Value) {
    let template = Template::named("forwarder-stackset.yaml").unwrap();
    let properties = &template.body["Resources"]["ForwarderStackSet"]["Properties"];
    let body = properties["TemplateBody"].as_str().unwrap().to_owned();
    let given =
        BTreeMap::from([("CollectorEventBusArn", BUSES[0]), ("StandbyEventBusArn", BUSES[1])]);
    let handed_on = properties["Parameters"].as_array().unwrap().iter().map(|parameter| {
        let key = parameter["ParameterKey"].as_str().unwrap();
        let default = || template.body["Parameters"][key]["Default"].as_str().unwrap();
        let value = given.get(key).copied().unwrap_or_else(default);
        json!({"ParameterKey": key, "ParameterValue": value})
    });
    (body, Value::Array(handed_on.collect()))
}

#[test]
fn a_stack_set_forwards_from_every_account_and_its_regions_do_not_collide() {
    let Some(mut moto) = Moto::start() else { return };
    let (account, unit) = moto.organization();
    let (body, parameters) = stack_set();
    let body = moto.file("body.yaml", &body);
    let parameters = moto.file("parameters.json", &parameters.to_string());
    let cloudformation = |verb: &str, arguments: &[&str]| {
        let named = ["cloudformation", verb, "--stack-set-name", "health-forwarder"];
        moto.call("us-east-1", &[&named[..], arguments].concat())
    };
    let content = ["--template-body", &body, "--parameters", &parameters];
    let managed = [
        "--permission-model",
        "SERVICE_MANAGED",
        "--auto-deployment",
        "Enabled=true,RetainStacksOnAccountRemoval=false",
        "--capabilities",
        "CAPABILITY_IAM",
    ];
    cloudformation("create-stack-set", &[&content[..], &managed[..]].concat());
    let targets = format!("OrganizationalUnitIds={unit}");
    // The second call names the first Region too, as an update of the template's list does.
    for regions in [&REGIONS[..1], &REGIONS[..]] {
        let units = ["--deployment-targets", &targets, "--regions"];
        cloudformation("create-stack-instances", &[&units[..], regions].concat());
    }
    let instances = cloudformation("list-stack-instances", &[]);
    let instances: BTreeSet<(&str, &str, &str)> = instances["Summaries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap();
            (text("Account"), text("Region"), text("Status"))
        })
        .collect();
    assert_eq!(instances, REGIONS.map(|region| (&*account, region, "CURRENT")).into());
    cloudformation("update-stack-set", &[&content[..], &managed[4..]].concat());

    moto.become_account(&account);
    let mut senders = BTreeSet::new();
    for region in REGIONS {
        let rules = &moto.call(region, &["events", "list-rules"])["Rules"];
        let [rule] = &rules.as_array().unwrap()[..] else { panic!("{region}: {rules}") };
        let pattern: Value = serde_json::from_str(rule["EventPattern"].as_str().unwrap()).unwrap();
        assert!(pattern["source"].as_array().unwrap().contains(&json!("aws.health")), "{pattern}");
        let name = rule["Name"].as_str().unwrap();
        let targets = moto.call(region, &["events", "list-targets-by-rule", "--rule", name]);
        let targets = targets["Targets"].as_array().unwrap();
        let buses: Vec<&str> = targets.iter().filter_map(|target| target["Arn"].as_str()).collect();
        assert_eq!(buses, BUSES, "{region}");
        for target in targets {
            senders.insert(target["RoleArn"].as_str().unwrap().to_owned());
            let letters = target["DeadLetterConfig"]["Arn"].as_str().unwrap();
            assert!(letters.starts_with(&format!("arn:aws:sqs:{region}:{account}:")), "{letters}");
        }
    }
    assert_eq!(
        senders.len(),
        REGIONS.len(),
        "roles are the account's, and each Region has its own"
    );
}
