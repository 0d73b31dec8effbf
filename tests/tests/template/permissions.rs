//! Who may do what. IAM names resources and conditions; a `*` needs a reason.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use system_tests::template::{Template, walk};

/// A statement of a policy and where it stands.
struct Statement<'t> {
    place: String,
    kind: &'t str,
    body: &'t Value,
}

fn statements(template: &Template) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    for (id, resource) in template.resources() {
        let kind = resource["Type"].as_str().unwrap();
        walk(&resource["Properties"], &mut |_, value| {
            if matches!(value["Effect"].as_str(), Some("Allow" | "Deny")) {
                let place = format!("{}: {id} {}", template.name, value["Sid"]);
                found.push(Statement { place, kind, body: value });
            }
        });
    }
    found
}

fn all_statements(mut check: impl FnMut(&Statement<'_>)) {
    let mut seen = 0;
    for template in Template::all().unwrap() {
        for statement in statements(&template) {
            check(&statement);
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

fn words(value: &Value) -> Vec<&str> {
    let one = value.as_str();
    one.into_iter()
        .chain(value.as_array().into_iter().flatten().filter_map(Value::as_str))
        .collect()
}

#[test]
fn everybody_and_everything_come_with_a_condition() {
    all_statements(|statement| {
        let Statement { place, body, kind } = statement;
        let everybody = body["Principal"] == "*" || body["Principal"]["AWS"] == "*";
        if everybody {
            let condition = body["Condition"].as_object().unwrap_or_else(|| panic!("{place}"));
            let limits = condition.values().filter_map(Value::as_object).flatten();
            let limits: Vec<&str> = limits.map(|(key, _)| key.as_str()).collect();
            // Either nothing but a refusal, or the organization alone.
            let refused = body["Effect"] == "Deny" && limits == ["aws:SecureTransport"];
            let organization = *kind == "AWS::Events::EventBusPolicy"
                && limits.contains(&"aws:PrincipalOrgID")
                && limits.contains(&"events:source")
                && limits.contains(&"events:eventBusInvocation");
            assert!(refused || organization, "{place}: {limits:?}");
        }
        for action in words(&body["Action"]) {
            let (_, verb) = action.split_once(':').unwrap_or_else(|| panic!("{place}: {action}"));
            // The key's account decides about its key; a refusal may refuse everything; what CloudWatch Logs
            // does with a key is two verbs of one kind each.
            let reasoned = body["Effect"] == "Deny"
                || place.contains("HubKey \"AccountDecides\"")
                || place.contains("HubKey \"LogsOfTheFunctions\"");
            assert!(!verb.contains('*') || reasoned, "{place}: {action}");
        }
        for resource in words(&body["Resource"]) {
            // In a key's policy this is the key, in a queue's the queue.
            let own = matches!(*kind, "AWS::KMS::Key" | "AWS::SQS::QueuePolicy");
            // AWS Organizations lists accounts and roots without a resource.
            let lists = place.contains("CollectorRole \"ReadOrganization\"");
            assert!(resource != "*" || own || lists, "{place}");
        }
    });
}

#[test]
fn each_function_may_do_with_the_table_what_it_does_and_no_more() {
    let documents = json!({
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["document|*"]},
        // Without it a request without keys would fit "all of none".
        "Null": {"dynamodb:LeadingKeys": "false"}
    });
    let table = json!({"Fn::GetAtt": ["StateTable", "Arn"]});
    let index = json!({"Fn::Sub": "${StateTable.Arn}/index/due"});
    let given = json!({"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${StateTableName}"});
    let mut seen = Vec::new();
    all_statements(|Statement { place, body, .. }| {
        let actions = words(&body["Action"]);
        let mut verbs: Vec<&str> =
            actions.iter().filter_map(|action| action.strip_prefix("dynamodb:")).collect();
        verbs.sort_unstable();
        if !verbs.is_empty() {
            let condition = body["Condition"].clone();
            seen.push((place.clone(), verbs.join(" "), body["Resource"].clone(), condition));
        }
    });
    let row = |place: &str, verbs: &str, resource, condition| {
        (place.to_owned(), verbs.to_owned(), resource, condition)
    };
    assert_eq!(
        seen,
        [
            row(
                "collector.yaml: CollectorRole \"KeepState\"",
                "GetItem PutItem Query UpdateItem",
                json!([table, index]),
                Value::Null
            ),
            row(
                "collector.yaml: DelibirdRole \"KeepDeliveries\"",
                "DeleteItem GetItem PutItem Query",
                table,
                documents.clone()
            ),
            row(
                "custom.yaml: CustomRole \"KeepThresholds\"",
                "GetItem PutItem Query",
                given,
                documents
            ),
        ]
    );
}

#[test]
fn a_service_acts_for_this_account_and_a_named_thing_alone() {
    all_statements(|statement| {
        let Statement { place, body, .. } = statement;
        if body["Effect"] != "Allow" || body["Principal"]["Service"].is_null() {
            return;
        }
        let condition = &body["Condition"];
        let account =
            condition["StringEquals"]["aws:SourceAccount"] == json!({"Ref": "AWS::AccountId"});
        let source = ["ArnEquals", "ArnLike", "StringEquals"]
            .iter()
            .any(|operator| !condition[operator]["aws:SourceArn"].is_null());
        // CloudWatch Logs names the group in the context of the encryption.
        let log_group = &condition["ArnLike"]["kms:EncryptionContext:aws:logs:arn"];
        assert!((account && source) || log_group.is_object(), "{place}");
    });
}

#[test]
fn events_come_from_the_organization_by_forwarders_and_custom_ones_from_listed_principals() {
    let template = Template::named("collector.yaml").unwrap();
    let by = |id: &str| {
        let policy = &template.body["Resources"][id];
        let statement = &policy["Properties"]["Statement"];
        let condition = &statement["Condition"];
        assert_eq!(statement["Action"], "events:PutEvents", "{id}");
        assert_eq!(
            condition["StringEquals"],
            json!({"aws:PrincipalOrgID": {"Ref": "OrgId"}}),
            "{id}"
        );
        // Without it an event without a source would fit "all of none".
        assert_eq!(condition["Null"], json!({"events:source": "false"}), "{id}");
        (
            policy["Condition"].as_str().unwrap().to_owned(),
            condition["Bool"]["events:eventBusInvocation"].as_str().unwrap().to_owned(),
            condition["ForAllValues:StringEquals"]["events:source"].clone(),
            condition["ArnLike"].clone(),
        )
    };
    let listed = json!({"aws:PrincipalArn": {"Ref": "CustomEventPrincipals"}});
    let row = |condition: &str, forwarded: &str, sources, principals| {
        (condition.to_owned(), forwarded.to_owned(), sources, principals)
    };
    assert_eq!(
        by("ForwardersPolicy"),
        row("HasOrganization", "true", json!(["aws.health", "custom.heartbeat"]), Value::Null)
    );
    let custom = json!(["custom.health"]);
    assert_eq!(
        by("CustomEventsForwardedPolicy"),
        row("HasCustomPrincipals", "true", custom.clone(), listed.clone())
    );
    assert_eq!(by("CustomEventsDirectPolicy"), row("HasCustomPrincipals", "false", custom, listed));
    assert_eq!(template.resources_of("AWS::Events::EventBusPolicy").count(), 3);
}

#[test]
fn a_key_policy_refers_to_nothing_that_needs_the_key() {
    for template in Template::all().unwrap() {
        for (id, key) in template.resources_of("AWS::KMS::Key") {
            walk(&key["Properties"]["KeyPolicy"], &mut |_, value| {
                assert!(value.get("Fn::GetAtt").is_none(), "{id}");
                let named = value.get("Ref").and_then(Value::as_str).unwrap_or("AWS::");
                assert!(named.starts_with("AWS::"), "{id}: {named}");
                let text = value.get("Fn::Sub").and_then(Value::as_str).unwrap_or_default();
                for part in text.split("${").skip(1) {
                    let constructed = part.starts_with("AWS::") || part.starts_with("Project}");
                    assert!(constructed, "{id}: {text}");
                }
            });
        }
    }
}

#[test]
fn roles_carry_the_organizations_rules_and_no_name_of_their_own() {
    let mut seen = 0;
    for template in Template::all().unwrap() {
        for (id, role) in template.resources_of("AWS::IAM::Role") {
            let properties = &role["Properties"];
            let place = format!("{}: {id}", template.name);
            // IAM is global: a name collides in the second Region.
            assert!(properties["RoleName"].is_null(), "{place}");
            assert_eq!(properties["Path"], json!({"Ref": "RolePath"}), "{place}");
            assert_eq!(properties["PermissionsBoundary"]["Fn::If"][0], "HasBoundary", "{place}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen}");
}

#[test]
fn the_page_on_security_has_a_row_for_each_role_and_no_other() {
    let page = include_str!("../../../docs/security.md");
    let mut tables = page.split("| role | taken on by |");
    tables.next();
    let named: BTreeSet<String> = tables
        .flat_map(|table| {
            table.lines().take_while(|line| line.starts_with('|') || line.ends_with('|'))
        })
        .filter_map(|row| row.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect();
    let mut made = BTreeSet::new();
    for template in Template::all().unwrap() {
        made.extend(template.resources_of("AWS::IAM::Role").map(|(id, _)| id.to_owned()));
    }
    assert_eq!(named, made);
}
