//! The API of custom metrics: what it asks of callers, and that a change of it is deployed.

use std::collections::BTreeMap;

use model::fingerprint;
use serde_json::{Value, json};
use system_tests::template::Template;

fn template() -> Template {
    Template::named("custom.yaml").unwrap()
}

#[test]
fn a_changed_api_gets_another_deployment() {
    let template = template();
    let copied = [
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::GatewayResponse",
    ];
    let copied: BTreeMap<&str, String> = copied
        .iter()
        .flat_map(|kind| template.resources_of(kind))
        .map(|(id, resource)| (id, resource["Properties"].to_string()))
        .collect();
    let fingerprint = fingerprint::of(&format!("{copied:?}"));
    let deployments: Vec<&str> =
        template.resources_of("AWS::ApiGateway::Deployment").map(|(id, _)| id).collect();
    // A stage goes on with the old copy of the API unless its deployment has another name: when
    // this fails, count the names up and put the new fingerprint here.
    assert_eq!(
        (deployments, fingerprint),
        (vec!["CustomKeyedDeployment1", "CustomSignedDeployment1"], 12_106_708_932_055_594_925)
    );
    for (id, deployment) in template.resources_of("AWS::ApiGateway::Deployment") {
        let waits: Vec<&str> =
            deployment["DependsOn"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for first in copied.keys().filter(|of| !["CustomApi", "CustomResource"].contains(of)) {
            assert!(waits.contains(first), "{id} copies the API before it has {first}");
        }
    }
}

#[test]
fn callers_show_a_key_or_a_signature_and_either_is_in_force() {
    let template = template();
    let resource = |id: &str| &template.body["Resources"][id];
    let method = &resource("CustomMethod")["Properties"];
    assert_eq!(method["ApiKeyRequired"], json!({"Fn::If": ["ByKey", true, false]}));
    assert_eq!(method["AuthorizationType"], json!({"Fn::If": ["ByKey", "NONE", "AWS_IAM"]}));
    let [keyed, signed] = ["CustomKeyedDeployment1", "CustomSignedDeployment1"];
    assert_eq!(
        resource("CustomStage")["Properties"]["DeploymentId"],
        json!({"Fn::If": ["ByKey", {"Ref": keyed}, {"Ref": signed}]})
    );
    let rows = [(keyed, "ByKey", "ApiKey"), (signed, "BySignature", "IAM")];
    for (id, condition, value) in rows {
        assert_eq!(resource(id)["Condition"], condition);
        let asked = json!({"Fn::Equals": [{"Ref": "Authorization"}, value]});
        assert_eq!(template.body["Conditions"][condition], asked);
    }
    assert_eq!(
        template.body["Parameters"]["Authorization"]["AllowedValues"],
        json!(["ApiKey", "IAM"])
    );
}
