//! Whether the webhooks can be read and still take messages. None is posted, and none is shown.

use std::collections::BTreeMap;

use delibird::chat::webhook::{Hosts, WebhookUrl, read_all};
use function::Secret;
use model::ids::{AlertId, SpaceName};

use super::{Finding, Verdict};
use crate::aws::Deployed;
use crate::spaces;

pub(super) async fn look(deployed: &Deployed, secret: Option<&str>) -> Vec<Finding> {
    const CHECK: &str = "secret of spaces";
    let Some(id) = secret else {
        let seen = "it was not named";
        let remedy = "give --secret, the output SpacesSecretArn of the hub's stack";
        return vec![Finding::new(CHECK, Verdict::Unknown, seen, remedy)];
    };
    let text = match deployed.secret(id).await {
        Ok(text) => text,
        Err(error) => {
            let action = "secretsmanager:GetSecretValue and kms:Decrypt";
            return vec![Finding::unknown(CHECK, format!("{error:#}"), action)];
        }
    };
    let remedy = format!(
        "write {{\"name\": \"https://…\"}} into it from a file: aws secretsmanager \
         put-secret-value --secret-id {id} --secret-string file://spaces.json"
    );
    let Some(named) = spaces::parse(text.expose()) else {
        return vec![Finding::fault(CHECK, "it holds no JSON of names and webhooks", remedy)];
    };
    let named: BTreeMap<SpaceName, Secret<String>> =
        named.into_iter().map(|(space, url)| (SpaceName(space), Secret::new(url))).collect();
    let webhooks = match read_all(&named, Hosts::GoogleOrLoopback) {
        Ok(webhooks) if webhooks.is_empty() => {
            return vec![Finding::fault(CHECK, "it names no space", remedy)];
        }
        Ok(webhooks) => webhooks,
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return vec![Finding::fault(CHECK, faults.join("; "), remedy)];
        }
    };
    let mut findings = vec![Finding::ok(CHECK, format!("{} spaces", webhooks.len()))];
    for (space, webhook) in &webhooks {
        findings.push(ask(deployed, space, webhook).await);
    }
    findings
}

/// The id of no message: none is ever posted under it.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// An empty message, which Chat refuses with 400 where it would have taken a real one.
async fn ask(deployed: &Deployed, space: &SpaceName, webhook: &Secret<WebhookUrl>) -> Finding {
    let check = format!("webhook of {space}");
    let url = webhook.expose().request(&AlertId(NOBODY.to_owned())).expose().clone();
    let request = deployed.http.post(url).header("content-type", "application/json").body("{}");
    // The client's error would quote the URL.
    let Ok(answer) = request.send().await else {
        let remedy =
            "can this machine reach chat.googleapis.com? a proxy goes into EGRESS_PROXY_URL";
        return Finding::new(check, Verdict::Unknown, "no answer", remedy);
    };
    match answer.status().as_u16() {
        400 => Finding::ok(check, "it takes messages"),
        status @ (401 | 403 | 404) => Finding::fault(
            check,
            format!("Google Chat refuses it with {status}"),
            "make another in the space (Apps & integrations, Webhooks) and put it into the secret",
        ),
        429 => Finding::new(check, Verdict::Warn, "the space is busy (429)", "ask again later"),
        status => {
            let seen = format!("Google Chat answers {status}, which tells nothing");
            Finding::new(check, Verdict::Unknown, seen, "ask again later")
        }
    }
}
