//! Which images the functions run, whether ECR still has them, and whether they are of one release.

use std::collections::BTreeSet;

use function::aws::Failed;
use function::aws::json::Api;
use function::failure::Class;
use serde::Deserialize;
use serde_json::json;

use super::{Finding, Verdict, is_missing};
use crate::aws::Deployed;
use crate::cli::deployed::Stack;

const LAMBDA: Api = Api { name: "lambda", host: "lambda", target: "", content_type: "" };
const ECR: Api = Api {
    name: "ecr",
    host: "api.ecr",
    target: "AmazonEC2ContainerRegistry_V20150921",
    content_type: "application/x-amz-json-1.1",
};

/// The last one is deployed only where somebody wants it.
const FUNCTIONS: [&str; 3] = ["collector", "delibird", CUSTOM];
const CUSTOM: &str = "custom";

type Tags = BTreeSet<String>;

pub(super) async fn look(deployed: &Deployed, stack: &Stack) -> Vec<Finding> {
    let (mut findings, mut known) = (Vec::new(), Vec::new());
    for function in FUNCTIONS {
        let name = format!("{}-{function}", stack.project);
        let check = format!("image of {name}");
        match running(deployed, &name).await {
            Err(failed) if is_missing(&failed) && function == CUSTOM => {}
            Err(failed) if is_missing(&failed) => {
                let remedy =
                    "name the stack's Project with --project; if it was deleted, deploy again";
                findings.push(Finding::fault(check, "there is no such function", remedy));
            }
            Err(failed) => {
                findings.push(Finding::unknown(check, failed.to_string(), "lambda:GetFunction"));
            }
            Ok(running) => {
                let (finding, tags) = running.judged(deployed, check).await;
                findings.push(finding);
                known.extend(tags.map(|tags| (name, tags)));
            }
        }
    }
    findings.extend(release(&known));
    findings
}

/// As Lambda tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Running {
    configuration: Configuration,
    #[serde(default)]
    code: Code,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    state: Option<String>,
    state_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Code {
    image_uri: Option<String>,
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>
async fn running(deployed: &Deployed, name: &str) -> Result<Running, Failed> {
    let path = format!("/2015-03-31/functions/{name}");
    deployed.service(LAMBDA).get(&path, deployed.now().into()).await
}

impl Running {
    /// With the tags of its image, where they could be asked for.
    async fn judged(self, deployed: &Deployed, check: String) -> (Finding, Option<Tags>) {
        let state = self.configuration.state.as_deref().unwrap_or("Active");
        if matches!(state, "Failed" | "Inactive") {
            let reason = self.configuration.state_reason.unwrap_or_default();
            let seen = format!("the function is {state}: {reason}");
            return (Finding::fault(check, seen, "docs/runbook.md, collector-silent"), None);
        }
        let Some(uri) = self.code.image_uri else {
            let seen = "it runs an archive, and no image of a release";
            let remedy = "scripts/deploy.sh puts the image back";
            return (Finding::new(check, Verdict::Warn, seen, remedy), None);
        };
        match tags(deployed, &uri).await {
            Ok(tags) if tags.is_empty() => {
                (Finding::ok(check, format!("an image without a tag, {uri}")), Some(tags))
            }
            Ok(tags) => (Finding::ok(check, joined(&tags)), Some(tags)),
            Err(failed) if is_missing(&failed) => {
                let seen =
                    format!("ECR no longer has {uri}: the function stops with Lambda's copy");
                let remedy = "push it again with scripts/ecr-push.sh, or scripts/deploy.sh --to \
                              another version";
                (Finding::fault(check, seen, remedy), None)
            }
            Err(failed) => {
                let seen = format!("{uri}; its version: {failed}");
                (Finding::unknown(check, seen, "ecr:DescribeImages"), None)
            }
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html>
async fn tags(deployed: &Deployed, uri: &str) -> Result<Tags, Failed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        #[serde(default)]
        image_details: Vec<Details>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Details {
        #[serde(default)]
        image_tags: Vec<String>,
    }
    let (registry, image) = uri.split_once('/').unwrap_or(("", uri));
    let account = registry.split('.').next().unwrap_or_default();
    let (repository, id) = match (image.split_once('@'), image.split_once(':')) {
        (Some((repository, digest)), _) => (repository, json!({"imageDigest": digest})),
        (None, Some((repository, tag))) => (repository, json!({"imageTag": tag})),
        (None, None) => (image, json!({"imageTag": "latest"})),
    };
    let asked = json!({"registryId": account, "repositoryName": repository, "imageIds": [id]});
    let told: Told =
        deployed.service(ECR).call("DescribeImages", &asked, deployed.now().into()).await?;
    if told.image_details.is_empty() {
        return Err(Failed { class: Class::Refused, code: "ImageNotFoundException".to_owned() });
    }
    Ok(told.image_details.into_iter().flat_map(|details| details.image_tags).collect())
}

/// Whether there is a version that all of them are of.
fn release(known: &[(String, Tags)]) -> Option<Finding> {
    const CHECK: &str = "release";
    let (_, first) = known.first().filter(|_| known.len() > 1)?;
    let common: Tags = first
        .iter()
        .filter(|tag| known.iter().all(|(_, tags)| tags.contains(*tag)))
        .cloned()
        .collect();
    if !common.is_empty() {
        return Some(Finding::ok(CHECK, joined(&common)));
    }
    let each: Vec<String> =
        known.iter().map(|(name, tags)| format!("{name} is {}", joined(tags))).collect();
    let remedy = "fine while a release is rolled out; otherwise scripts/deploy.sh --to VERSION";
    Some(Finding::new(CHECK, Verdict::Warn, each.join(", "), remedy))
}

fn joined(tags: &Tags) -> String {
    if tags.is_empty() {
        return "without a tag".to_owned();
    }
    tags.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
