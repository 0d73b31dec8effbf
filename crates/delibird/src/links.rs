//! PURE. Where the buttons lead: the event in the AWS Health console of its partition, the
//! runbook, the routes' own links, and AWS's pages named in the description.

use model::Alert;

use crate::card::{HttpsUrl, encode_component};

/// The console's addresses by partition; `[links] health` replaces the first.
/// <https://docs.aws.amazon.com/health/latest/ug/getting-started-health-dashboard.html>
const HEALTH: &str = "https://health.console.aws.amazon.com/health/home#/account/event-log?eventID={arn}&eventTab=details";
const HEALTH_CN: &str = "https://health.console.amazonaws.cn/health/home#/account/event-log?eventID={arn}&eventTab=details";
const HEALTH_GOV: &str = "https://health.console.amazonaws-us-gov.com/health/home#/account/event-log?eventID={arn}&eventTab=details";

/// The template of `target.links` that opens the event.
const HEALTH_KEY: &str = "health";

/// The event in the console; nothing when it has no ARN of AWS Health.
pub fn health(alert: &Alert) -> Option<HttpsUrl> {
    let arn = alert.event.arn.as_ref()?.as_str();
    let mut parts = arn.split(':');
    let (Some("arn"), Some(partition), Some("health")) = (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let own = alert.target.links.get(HEALTH_KEY).map(String::as_str);
    let template = match partition {
        "aws" => own.unwrap_or(HEALTH),
        "aws-cn" => HEALTH_CN,
        "aws-us-gov" => HEALTH_GOV,
        _ => own?,
    };
    expand(template, alert)
}

pub fn runbook(alert: &Alert) -> Option<HttpsUrl> {
    expand(alert.target.runbook.as_deref()?, alert)
}

/// The routes' links other than the console's, by name.
pub fn own(alert: &Alert) -> impl Iterator<Item = (&str, HttpsUrl)> {
    let others = alert.target.links.iter().filter(|(name, _)| *name != HEALTH_KEY);
    others.filter_map(|(name, template)| Some((name.as_str(), expand(template, alert)?)))
}

/// Fills `{account}`, `{arn}` and `{region}`, each encoded. A template that asks for what the
/// alert does not have gives no link.
fn expand(template: &str, alert: &Alert) -> Option<HttpsUrl> {
    let account = alert.accounts.shown.first().map(|account| account.id.as_str());
    let arn = alert.event.arn.as_ref().map(model::ids::EventArn::as_str);
    let region = alert.event.regions.first().map(model::ids::Region::as_str);
    let mut url = template.to_owned();
    for (name, value) in [("{account}", account), ("{arn}", arn), ("{region}", region)] {
        if url.contains(name) {
            url = url.replace(name, &encode_component(value?));
        }
    }
    HttpsUrl::parse(&url).ok()
}
