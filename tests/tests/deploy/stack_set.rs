//! What CloudFormation makes of the template's StackSet, call by call: created, into a unit's
//! accounts in one Region and then in a second, updated, taken away. moto makes the instances'
//! resources in every account and Region. It does not know `AWS::CloudFormation::StackSet` in a
//! template, so the calls are made here with what the template says; it takes instances away by
//! their accounts alone, and does not deploy to accounts that join later.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use system_tests::aws_cli::{Cli, CliError};
use system_tests::emulator::moto::Moto;
use system_tests::template::Template;

use super::Folder;

const NAME: &str = "health-health-forwarder";
/// Both: moto keeps an empty place for a target that is left out.
const BUSES: [&str; 2] = [
    "arn:aws:events:us-east-1:111122223333:event-bus/health",
    "arn:aws:events:eu-west-1:111122223333:event-bus/health",
];
const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

struct Organization {
    cli: Cli,
    unit: String,
    members: Vec<String>,
}

impl Organization {
    /// A unit with two accounts.
    fn new(mut cli: Cli) -> Self {
        cli.add_profile("management", "test", None).unwrap();
        let ask = |call: &[&str]| cli.call("management", "us-east-1", call).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        ask(&["organizations", "create-organization"]);
        let root = text(&ask(&["organizations", "list-roots"])["Roots"][0]["Id"]);
        let unit = ask(&[
            "organizations",
            "create-organizational-unit",
            "--parent-id",
            &root,
            "--name",
            "prod",
        ]);
        let unit = text(&unit["OrganizationalUnit"]["Id"]);
        let mut members = Vec::new();
        for name in ["one", "two"] {
            let email = format!("{name}@example.com");
            let made = ask(&[
                "organizations",
                "create-account",
                "--account-name",
                name,
                "--email",
                &email,
            ]);
            let account = text(&made["CreateAccountStatus"]["AccountId"]);
            ask(&[
                "organizations",
                "move-account",
                "--account-id",
                &account,
                "--source-parent-id",
                &root,
                "--destination-parent-id",
                &unit,
            ]);
            members.push(account);
        }
        for account in &members {
            let role = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
            let call =
                ["sts", "assume-role", "--role-arn", &role, "--role-session-name", "looking"];
            let keys = cli.call("management", "us-east-1", &call).unwrap();
            let keys = &keys["Credentials"];
            let (key, session) = (text(&keys["AccessKeyId"]), text(&keys["SessionToken"]));
            cli.add_profile(account, &key, Some(&session)).unwrap();
        }
        Self { cli, unit, members }
    }

    fn stack_set(&self, call: &str, more: &[&str]) -> Result<Value, CliError> {
        let mut call = vec!["cloudformation", call];
        call.extend(["--call-as", "SELF", "--stack-set-name", NAME]);
        call.extend(more);
        self.cli.call("management", "us-east-1", &call)
    }

    fn add(&self, region: &str, preferences: &str) -> Result<Value, CliError> {
        let targets = format!("OrganizationalUnitIds={}", self.unit);
        let options = ["--deployment-targets", &targets, "--regions", region];
        let options = [&options[..], &["--operation-preferences", preferences]].concat();
        self.stack_set("create-stack-instances", &options)
    }

    /// Account, Region and state of each instance.
    fn instances(&self) -> BTreeSet<(String, String, String)> {
        let listed = self.stack_set("list-stack-instances", &[]).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let instances = listed["Summaries"].as_array().unwrap().iter();
        let state =
            |one: &Value| (text(&one["Account"]), text(&one["Region"]), text(&one["Status"]));
        instances.map(state).collect()
    }

    /// The roles of the forwarders in an account, whatever the Region.
    fn roles(&self, account: &str) -> Vec<String> {
        let roles = self.cli.call(account, "us-east-1", &["iam", "list-roles"]).unwrap();
        let names = roles["Roles"].as_array().unwrap().iter();
        let names = names.map(|role| role["RoleName"].as_str().unwrap().to_owned());
        names
            .filter(|name| name.contains("ForwarderRole") || name.contains("HeartbeatRole"))
            .collect()
    }

    /// Where the forwarder of an account and Region sends to.
    fn buses(&self, account: &str, region: &str) -> Vec<String> {
        let ask = |call: &[&str]| self.cli.call(account, region, call).unwrap();
        let rules = &ask(&["events", "list-rules"])["Rules"];
        let [rule] = &rules.as_array().unwrap()[..] else { panic!("{account} {region}: {rules}") };
        assert!(rule["EventPattern"].as_str().unwrap().contains("aws.health"), "{rule}");
        let targets =
            ask(&["events", "list-targets-by-rule", "--rule", rule["Name"].as_str().unwrap()]);
        let targets = targets["Targets"].as_array().unwrap().iter();
        let letters = format!("arn:aws:sqs:{region}:{account}:");
        let bus = |target: &Value| {
            let own = target["DeadLetterConfig"]["Arn"].as_str().unwrap();
            assert!(own.starts_with(&letters), "{own}");
            target["Arn"].as_str().unwrap().to_owned()
        };
        targets.map(bus).collect()
    }
}

/// The StackSet of the template with the parameters that an operator must give.
fn properties() -> Value {
    let template = Template::named("forwarder-stackset.yaml").unwrap();
    let mut properties = template.body["Resources"]["ForwarderStackSet"]["Properties"].clone();
    let value = |name: &str| match name {
        "CollectorEventBusArn" => json!(BUSES[0]),
        "StandbyEventBusArn" => json!(BUSES[1]),
        name => template.body["Parameters"][name]["Default"].clone(),
    };
    for parameter in properties["Parameters"].as_array_mut().unwrap() {
        parameter["ParameterValue"] = value(parameter["ParameterKey"].as_str().unwrap());
    }
    let preferences = properties["OperationPreferences"].as_object_mut().unwrap();
    for preference in preferences.values_mut() {
        if let Some(name) = preference["Ref"].as_str() {
            *preference = value(name);
        }
    }
    properties
}

fn create(organization: &Organization, properties: &Value, body: &str) {
    let managed = format!("Active={}", properties["ManagedExecution"]["Active"]);
    let automatic = properties["AutoDeployment"].to_string();
    let parameters = properties["Parameters"].to_string();
    let model = properties["PermissionModel"].as_str().unwrap();
    let capability = properties["Capabilities"][0].as_str().unwrap();
    let options = [
        ["--permission-model", model],
        ["--auto-deployment", &automatic],
        ["--managed-execution", &managed],
        ["--capabilities", capability],
        ["--parameters", &parameters],
        ["--template-body", body],
    ];
    organization.stack_set("create-stack-set", options.as_flattened()).unwrap();
}

#[test]
fn a_stack_set_reaches_every_account_of_the_unit_in_both_regions_and_goes_again() {
    let Some(moto) = Moto::start().unwrap() else { return };
    let folder = Folder::new("stack-set");
    let organization = Organization::new(Cli::new(&moto.endpoint, &folder.0));
    let properties = properties();
    let body = properties["TemplateBody"].as_str().unwrap();
    let preferences = properties["OperationPreferences"].to_string();
    let everywhere = |regions: &[&str]| -> BTreeSet<(String, String, String)> {
        let one = |account: &String, region: &&str| {
            (account.clone(), (*region).to_owned(), "CURRENT".to_owned())
        };
        let members = organization.members.iter();
        members.flat_map(|account| regions.iter().map(move |region| one(account, region))).collect()
    };

    create(&organization, &properties, body);
    for count in [1, 2] {
        organization.add(REGIONS[count - 1], &preferences).unwrap();
        assert_eq!(organization.instances(), everywhere(&REGIONS[..count]));
    }
    for account in &organization.members {
        for region in REGIONS {
            assert_eq!(organization.buses(account, region), BUSES, "{account} {region}");
        }
        let roles: BTreeSet<String> = organization.roles(account).into_iter().collect();
        assert_eq!(roles.len(), 4, "two for each Region: {roles:?}");
    }
    // What is there already stays as it is.
    organization.add(REGIONS[1], &preferences).unwrap();
    assert_eq!(organization.instances(), everywhere(&REGIONS));

    let mut changed = properties["Parameters"].clone();
    for parameter in changed.as_array_mut().unwrap() {
        if parameter["ParameterKey"] == "HeartbeatRate" {
            parameter["ParameterValue"] = json!("rate(12 hours)");
        }
    }
    let changed = changed.to_string();
    let update = ["--template-body", body, "--parameters", &changed];
    organization.stack_set("update-stack-set", &update).unwrap();
    let described = organization.stack_set("describe-stack-set", &[]).unwrap();
    let parameters = described["StackSet"]["Parameters"].to_string();
    assert!(parameters.contains("rate(12 hours)"), "{parameters}");
    assert_eq!(organization.instances(), everywhere(&REGIONS));

    // AWS would be told the unit again; moto takes instances away by their accounts alone.
    let mut delete = vec!["--no-retain-stacks", "--accounts"];
    delete.extend(organization.members.iter().map(String::as_str));
    delete.push("--regions");
    delete.extend(REGIONS);
    organization.stack_set("delete-stack-instances", &delete).unwrap();
    assert_eq!(organization.instances(), BTreeSet::new());
    for account in &organization.members {
        assert_eq!(organization.roles(account), Vec::<String>::new());
    }
    organization.stack_set("delete-stack-set", &[]).unwrap();
}

/// IAM is one for all Regions of an account. This is what it says where a template forgets that.
#[test]
fn a_role_with_a_fixed_name_is_what_fails_in_the_second_region() {
    let Some(moto) = Moto::start().unwrap() else { return };
    let folder = Folder::new("fixed-role");
    let organization = Organization::new(Cli::new(&moto.endpoint, &folder.0));
    let properties = properties();
    let preferences = properties["OperationPreferences"].to_string();
    let body = properties["TemplateBody"].as_str().unwrap();
    let role = "Type: AWS::IAM::Role\n    Properties:\n";
    let fixed = body.replacen(role, &format!("{role}      RoleName: forwarder\n"), 1);
    assert_ne!(fixed, body);
    create(&organization, &properties, &fixed);
    organization.add(REGIONS[0], &preferences).unwrap();
    let refused = organization.add(REGIONS[1], &preferences).unwrap_err().to_string();
    assert!(refused.contains("Role with name forwarder already exists"), "{refused}");
}
