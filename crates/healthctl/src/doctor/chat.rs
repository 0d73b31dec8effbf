//! Whether the webhooks can be read and still take messages. None is shown, and nothing is posted
//! unless asked for.

use std::collections::BTreeMap;

use delibird::chat::webhook::{Hosts, WebhookUrl, read_all};
use function::Secret;
use model::ids::{AlertId, SpaceName};

use super::{Finding, Verdict};
use crate::aws::Deployed;
use crate::spaces;

pub(super) async fn look(deployed: &Deployed, secret: Option<&str>, post: bool) -> Vec<Finding> {
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
        findings.push(ask(deployed, space, webhook, post).await);
    }
    findings
}

const TEST: &str = r#"{"text":"A test of the alerting by healthctl doctor. Nothing happened."}"#;

/// A test, or an empty message, which Chat refuses with 400 where it would have taken a real one.
async fn ask(
    deployed: &Deployed,
    space: &SpaceName,
    webhook: &Secret<WebhookUrl>,
    post: bool,
) -> Finding {
    let check = format!("webhook of {space}");
    // An id that no alert has: those are made from hashes.
    let id = format!("00000000-0000-0000-0000-{:012x}", deployed.now().as_millisecond());
    let url = webhook.expose().request(&AlertId(id)).expose().clone();
    let body = if post { TEST } else { "{}" };
    let request = deployed.http.post(url).header("content-type", "application/json").body(body);
    // The client's error would quote the URL.
    let Ok(answer) = request.send().await else {
        let remedy =
            "can this machine reach chat.googleapis.com? a proxy goes into EGRESS_PROXY_URL";
        return Finding::new(check, Verdict::Unknown, "no answer", remedy);
    };
    match answer.status().as_u16() {
        200 if post => Finding::ok(check, "it took a test message"),
        400 if !post => Finding::ok(check, "it takes messages"),
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
