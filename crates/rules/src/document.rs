//! PURE. The form of `routes.toml`, read strictly: an unknown key, a wrong value, a name that no
//! event has are problems with their line and, where one is near, what was meant. All of them
//! are reported at once.

mod expected;
mod operating;
mod routing;
mod section;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use model::ids::AccountId;
use toml::Spanned;
use toml::de::DeTable;

use crate::{AccountEntry, Directory, Pace, Rules};
use section::{Faults, Section};

/// One fault of a document, for the person who edits it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The longest `group_interval`: SQS delays a tick by at most 15 minutes.
const MAX_INTERVAL: SignedDuration = SignedDuration::from_mins(15);

const TABLES: [&str; 12] = [
    "defaults",
    "severity",
    "silence",
    "route",
    "threshold",
    "quiet_hours",
    "reminders",
    "digest",
    "storm",
    "links",
    "accounts",
    "test",
];

const DEFAULTS: [&str; 10] = [
    "spaces",
    "fallback",
    "regions",
    "trusted_accounts",
    "locale",
    "zone",
    "group_wait",
    "group_wait_issue",
    "group_interval",
    "storm",
];

pub(crate) fn parse(text: &str, version: &str) -> Result<Rules, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut faults = Faults { text, found: Vec::new(), doubts: Vec::new() };
    for error in &errors {
        faults.note(&error.span().unwrap_or_default(), error.message().replace('\n', " "));
    }
    if !errors.is_empty() {
        // What follows a broken line may have been read as part of it.
        return Err(sorted(faults.found));
    }
    let rules = document(&mut faults, &table, version);
    if faults.found.is_empty() { Ok(rules) } else { Err(sorted(faults.found)) }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.line);
    problems.dedup();
    problems
}

fn document<'a>(faults: &mut Faults<'_>, table: &'a Spanned<DeTable<'a>>, version: &str) -> Rules {
    let root = Section::root(table);
    root.only_tables(faults, &TABLES, &DEFAULTS);
    let mut rules = Rules { version: version.to_owned(), ..Rules::default() };
    if let Some(defaults) = root.table(faults, "defaults") {
        read_defaults(faults, &defaults, &mut rules);
    }
    let zone = TimeZone::get(&rules.zone).unwrap_or(TimeZone::UTC);
    if let Some(accounts) = root.table(faults, "accounts") {
        rules.accounts = directory(faults, &accounts);
    }
    rules.severities = routing::severities(faults, &root);
    rules.silences = routing::silences(faults, &root, &zone);
    rules.routes = routing::routes(faults, &root);
    routing::refuse_unreachable(faults, &rules);
    rules.thresholds = operating::thresholds(faults, &root);
    rules.quiet_hours = operating::quiet_hours(faults, &root);
    rules.reminders = operating::reminders(faults, &root);
    rules.digest = operating::digest(faults, &root);
    if let Some(storm) = root.table(faults, "storm") {
        if rules.storm.is_some() {
            faults.note(&storm.span, "`storm` is set twice, here and in [defaults]");
        }
        rules.storm = operating::storm(faults, &storm);
    }
    if let Some(links) = root.table(faults, "links") {
        rules.links = operating::links(faults, &links);
    }
    rules.expectations = expected::expectations(faults, &root);
    rules.doubts = std::mem::take(&mut faults.doubts);
    rules
}

fn read_defaults(faults: &mut Faults<'_>, section: &Section<'_>, rules: &mut Rules) {
    section.only(faults, &DEFAULTS);
    if let Some(spaces) = section.spaces(faults) {
        rules.spaces = spaces;
    }
    rules.fallback = section.text(faults, "fallback").map(|name| (*name.get_ref()).into());
    rules.regions = names(faults, section, "regions");
    rules.trusted_accounts = trusted_accounts(faults, section);
    if let Some(locale) = section.locale(faults) {
        rules.locale = locale;
    }
    if let Some(zone) = section.zone(faults) {
        rules.zone = zone;
    }
    let built_in = Pace::default();
    let mut wait = |key, built_in| {
        let Some(wait) = section.duration(faults, key) else { return built_in };
        if *wait.get_ref() > MAX_INTERVAL {
            let what = format!("`{key}` is at most 15m: a tick cannot wait longer");
            faults.note(&wait.span(), what);
        }
        wait.into_inner()
    };
    rules.pace = Pace {
        group_wait: wait("group_wait", built_in.group_wait),
        group_wait_issue: wait("group_wait_issue", built_in.group_wait_issue),
        group_interval: wait("group_interval", built_in.group_interval),
    };
    if let Some(storm) = section.inline(faults, "storm") {
        rules.storm = operating::storm(faults, &storm);
    }
}

fn names<T: for<'t> From<&'t str>>(
    faults: &mut Faults<'_>,
    section: &Section<'_>,
    key: &str,
) -> Option<Vec<T>> {
    let names = section.texts(faults, key)?.into_inner();
    Some(names.into_iter().map(|name| T::from(name.into_inner())).collect())
}

/// Each as AWS writes it: one that is not would never match, and nothing of it would be trusted.
fn trusted_accounts(faults: &mut Faults<'_>, section: &Section<'_>) -> Option<BTreeSet<AccountId>> {
    let names = section.texts(faults, "trusted_accounts")?.into_inner();
    for name in names.iter().filter(|name| !is_of_aws(name.get_ref())) {
        let what = format!(
            "`{}` in `trusted_accounts` is no account: those have twelve digits",
            name.get_ref()
        );
        faults.doubt(&name.span(), what);
    }
    Some(names.into_iter().map(|name| name.into_inner().into()).collect())
}

fn is_of_aws(account: &str) -> bool {
    account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())
}

fn directory(faults: &mut Faults<'_>, section: &Section<'_>) -> Directory {
    let mut directory = Directory::default();
    let ids: Vec<_> = section.keys().map(|(key, _)| key).collect();
    for id in ids {
        let name = *id.get_ref();
        if name.is_empty()
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"*-_".contains(&b))
        {
            let what = format!("`{name}` is no account id and no pattern such as \"1111*\"");
            faults.note(&id.span(), what);
        }
        if !is_of_aws(name) && !name.contains('*') {
            let what = format!("[accounts.{name}] is no account of AWS: those have twelve digits");
            faults.doubt(&id.span(), what);
        }
        let Some(mut one) = section.table(faults, name) else { continue };
        one.name = format!("[accounts.{name}]");
        directory.insert(name, account(faults, &one));
    }
    directory
}

/// What `[accounts.<id>]` and the events of `[[test]]` say of an account.
fn account(faults: &mut Faults<'_>, section: &Section<'_>) -> AccountEntry {
    section.only(faults, &["name", "ou", "owner", "tags"]);
    AccountEntry {
        name: owned(section.text(faults, "name")),
        ou: owned(section.text(faults, "ou")),
        owner: owned(section.text(faults, "owner")),
        tags: tags(faults, section, "tags"),
        suspended: false,
    }
}

fn tags(faults: &mut Faults<'_>, section: &Section<'_>, key: &str) -> BTreeMap<String, String> {
    let Some(tags) = section.inline(faults, key) else { return BTreeMap::new() };
    let keys: Vec<_> = tags.keys().map(|(key, _)| key.into_inner()).collect();
    keys.into_iter()
        .filter_map(|key| Some((key.to_owned(), owned(tags.text(faults, key))?)))
        .collect()
}

fn owned(text: Option<Spanned<&str>>) -> Option<String> {
    text.map(|text| text.into_inner().to_owned())
}
