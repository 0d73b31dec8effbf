//! PURE. Where the buttons lead: the event in the AWS Health console of its partition, the
//! runbook, the routes' own links, and AWS's pages named in the description.

use model::Alert;
use model::alert::{DigestRow, Target};
use model::ids::{AccountId, EventArn, Region};

use crate::card::{HttpsUrl, encode_component};

/// The console's addresses by partition; `[links] health` replaces the first.
/// <https://docs.aws.amazon.com/health/latest/ug/getting-started-health-dashboard.html>
const HEALTH: &str = "https://health.console.aws.amazon.com/health/home#/account/event-log?eventID={arn}&eventTab=details";
const HEALTH_CN: &str = "https://health.console.amazonaws.cn/health/home#/account/event-log?eventID={arn}&eventTab=details";
const HEALTH_GOV: &str = "https://health.console.amazonaws-us-gov.com/health/home#/account/event-log?eventID={arn}&eventTab=details";

/// The template of `target.links` that opens the event.
const HEALTH_KEY: &str = "health";

/// The dashboards, for lists of many events.
const DASHBOARD: &str = "/health/home#/account/dashboard/";

/// What a template may ask for.
#[derive(Clone, Copy, Debug, Default)]
struct Asked<'a> {
    account: Option<&'a str>,
    arn: Option<&'a str>,
    region: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(alert: &'a Alert) -> Self {
        Self {
            account: alert.accounts.shown.first().map(|account| account.id.as_str()),
            arn: alert.event.arn.as_ref().map(EventArn::as_str),
            region: alert.event.regions.first().map(Region::as_str),
        }
    }

    fn of_row(row: &'a DigestRow) -> Self {
        Self {
            account: row.account.as_ref().map(AccountId::as_str),
            arn: row.arn.as_ref().map(EventArn::as_str),
            region: row.regions.first().map(Region::as_str),
        }
    }
}

/// The event in the console; nothing when it has no ARN of AWS Health.
pub fn health(alert: &Alert) -> Option<HttpsUrl> {
    event(&alert.target, Asked::of(alert))
}

/// The event of one row of a digest.
pub fn row(target: &Target, row: &DigestRow) -> Option<HttpsUrl> {
    event(target, Asked::of_row(row))
}

fn event(target: &Target, asked: Asked<'_>) -> Option<HttpsUrl> {
    let own = target.links.get(HEALTH_KEY).map(String::as_str);
    let template = match partition(asked.arn?)? {
        "aws" => own.unwrap_or(HEALTH),
        "aws-cn" => HEALTH_CN,
        "aws-us-gov" => HEALTH_GOV,
        _ => own?,
    };
    expand(template, asked)
}

/// `aws` of an ARN of Health.
fn partition(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("arn"), Some(partition), Some("health")) => Some(partition),
        _ => None,
    }
}

/// All open issues, or all scheduled changes, where this event is one of them.
pub fn dashboard(arn: &EventArn, page: Dashboard) -> Option<HttpsUrl> {
    let event = match partition(arn.as_str())? {
        "aws" => HEALTH,
        "aws-cn" => HEALTH_CN,
        "aws-us-gov" => HEALTH_GOV,
        _ => return None,
    };
    let host = event.split_once("/health/home").map(|(host, _)| host)?;
    let page = match page {
        Dashboard::OpenIssues => "open-issues",
        Dashboard::ScheduledChanges => "scheduled-changes",
    };
    HttpsUrl::parse(&format!("{host}{DASHBOARD}{page}")).ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dashboard {
    OpenIssues,
    ScheduledChanges,
}

pub fn runbook(alert: &Alert) -> Option<HttpsUrl> {
    expand(alert.target.runbook.as_deref()?, Asked::of(alert))
}

/// The routes' links other than the console's, by name.
pub fn own(alert: &Alert) -> impl Iterator<Item = (&str, HttpsUrl)> {
    let asked = Asked::of(alert);
    let others = alert.target.links.iter().filter(|(name, _)| *name != HEALTH_KEY);
    others.filter_map(move |(name, template)| Some((name.as_str(), expand(template, asked)?)))
}

/// Fills `{account}`, `{arn}` and `{region}`, each encoded. A template that asks for what the
/// alert does not have gives no link.
fn expand(template: &str, asked: Asked<'_>) -> Option<HttpsUrl> {
    /// An ARN with its colons encoded, mostly.
    const FILLED: usize = 160;
    let fields = [("{account}", asked.account), ("{arn}", asked.arn), ("{region}", asked.region)];
    let mut url = String::with_capacity(template.len() + FILLED);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, field) = rest.split_at(at);
        url.push_str(before);
        let known =
            fields.iter().find_map(|(name, value)| Some((field.strip_prefix(name)?, value)));
        if let Some((after, value)) = known {
            url.push_str(&encode_component((*value)?));
            rest = after;
        } else {
            url.push('{');
            rest = &field[1..];
        }
    }
    url.push_str(rest);
    HttpsUrl::parse(&url).ok()
}
