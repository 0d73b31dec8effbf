//! PURE. The alert of a group and the state it leaves behind.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use model::alert::{Account, Accounts, EventFacts, Resource, Resources, VERSION, Why, count};
use model::ids::{AccountId, AlertId, ThreadKey};
use model::words::{Change, EntityStatus, Kind, Status};
use model::{Alert, Text, When, fingerprint};
use state::group::{Group, Hashes};
use state::member::SCHEMA;

use super::news::{only_growth, resources};
use super::standing::{Standing, Stream};
use super::{Episode, Scene, is_resolved};

/// How many accounts and resources an alert names; the totals are always whole.
const SHOWN: usize = 200;

/// What the alert says, and since when it is news.
pub(crate) struct Said {
    pub(crate) kind: Kind,
    pub(crate) changes: Vec<Change>,
    pub(crate) since: Timestamp,
}

pub(crate) fn compose(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    episode: &Episode<'_>,
    said: Said,
) -> (Alert, Group) {
    let after = after(scene, standing, episode, &said.changes);
    let thread = ThreadKey::of(scene.incident, after.episode);
    let newest = standing.newest;
    let resources = listed(standing);
    let route = route(scene, standing);
    let alert = Alert {
        version: VERSION,
        alert_id: AlertId::of(&thread, scene.space, after.seq),
        thread,
        seq: after.seq,
        kind: said.kind,
        subject: newest.subject.clone(),
        severity: after.severity,
        max_severity: after.max_severity,
        changes: said.changes,
        target: scene.rules.target(scene.space, route),
        why: Why {
            route: route.map(str::to_owned),
            rule: standing.decisive().rule.clone(),
            config_version: newest.config_version.clone(),
        },
        event: facts(standing),
        text: texts(scene, standing),
        accounts: accounts(scene, standing, &resources),
        resources: totals(&resources),
        received_at: said.since,
        truncated: false,
        previous: None,
        escalation: None,
        acknowledged: None,
        metric: newest.metric.clone(),
        digest: None,
    };
    (alert, after)
}

/// Members may have come by different routes; the first of the file speaks for the space.
fn route<'a>(scene: &Scene<'a>, standing: &Standing<'a>) -> Option<&'a str> {
    let routed = standing.members.iter().flat_map(|member| member.spaces());
    let ours = routed.filter(|to| to.space == *scene.space);
    scene.rules.leading(ours.filter_map(|to| to.route.as_deref()))
}

fn after(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    episode: &Episode<'_>,
    changes: &[Change],
) -> Group {
    let (told, version, number, from) = match episode {
        Episode::New { number, version, after } => (None, *version, *number, *after),
        Episode::Same(group) => (Some(*group), group.version, group.episode, group.after),
    };
    let union = |known: fn(&Group) -> &Hashes, new: Vec<u64>| -> Hashes {
        told.into_iter().flat_map(|group| known(group).iter()).chain(new).collect()
    };
    let streams = || standing.streams.iter();
    let accounts = streams().map(|s| fingerprint::of(s.account.as_str())).collect();
    let texts = streams().flat_map(|s| s.latest.iter().map(|member| member.text)).collect();
    let resolved = is_resolved(&standing.status).then_some(standing.newest.moment);
    let grew = told.is_some() && only_growth(changes);
    Group {
        schema: SCHEMA,
        space: scene.space.clone(),
        version: version + 1,
        episode: number,
        seq: told.map_or(0, |group| group.seq) + 1,
        after: from,
        resolved: told.and_then(|group| group.resolved).max(resolved),
        status: standing.status.clone(),
        severity: standing.severity,
        max_severity: told.map_or(standing.severity, |g| g.max_severity.max(standing.severity)),
        deadline: standing.deadline(|_| true),
        accounts: union(|group| &group.accounts, accounts),
        resources: union(
            |group| &group.resources,
            resources(streams(), standing.is_campaign()).collect(),
        ),
        texts: union(|group| &group.texts, texts),
        told: streams().map(Stream::telling).collect(),
        seen: standing.members.iter().map(|m| m.received).max().unwrap_or(scene.now),
        last_alert: scene.now,
        growth: if grew { told.map_or(0, |group| group.growth) + 1 } else { 0 },
    }
}

/// The event as its newest communication tells it, over all Regions.
fn facts(standing: &Standing<'_>) -> EventFacts {
    let newest = standing.newest;
    let open = standing.streams.iter().filter(|stream| !is_resolved(&stream.status));
    let starts = open.filter_map(|stream| stream.newest().start.as_ref()).filter_map(When::at);
    // The change that comes first sets the countdown of a campaign.
    let earliest = starts.min().filter(|_| standing.is_campaign());
    EventFacts {
        arn: newest.arn.clone(),
        communication_id: newest.real_communication.clone(),
        source: newest.source.clone(),
        service: newest.service.clone(),
        type_code: newest.type_code.clone(),
        category: newest.category.clone(),
        scope: newest.scope.clone(),
        status: standing.status.clone(),
        regions: standing.regions(),
        start: earliest.map(When::At).or_else(|| newest.start.clone()),
        end: newest.end.clone(),
        updated: newest.updated.clone(),
        time: newest.time,
        actionability: newest.actionability.clone(),
        occurrences: count(standing.occurrences()),
        replayed: standing.members.iter().all(|member| member.stale),
    }
}

fn texts(scene: &Scene<'_>, standing: &Standing<'_>) -> Vec<Text> {
    let wanted = &standing.newest.communication;
    let kept = scene.reading.texts.iter().find(|texts| texts.communication == *wanted);
    kept.map(|texts| texts.texts.clone()).unwrap_or_default()
}

/// One resource of one account, as it stands.
struct Listed<'a> {
    id: &'a str,
    account: &'a AccountId,
    status: EntityStatus,
}

fn listed<'a>(standing: &Standing<'a>) -> Vec<Listed<'a>> {
    let mut all: BTreeMap<(&AccountId, &str), EntityStatus> = BTreeMap::new();
    for stream in &standing.streams {
        for (id, status) in &stream.resources {
            let status =
                if is_resolved(&stream.status) { &EntityStatus::Resolved } else { *status };
            all.insert((stream.account, id), status.clone());
        }
    }
    let mut listed: Vec<_> =
        all.into_iter().map(|((account, id), status)| Listed { id, account, status }).collect();
    // Worst first, which is the order of the enum; equal ones stay by account and id.
    listed.sort_by(|a, b| a.status.cmp(&b.status));
    listed
}

fn totals(listed: &[Listed<'_>]) -> Resources {
    let mut by_status = BTreeMap::new();
    for resource in listed {
        *by_status.entry(resource.status.clone()).or_insert(0) += 1;
    }
    let shown = listed.iter().take(SHOWN).map(|resource| Resource {
        id: resource.id.to_owned(),
        status: resource.status.clone(),
        account: resource.account.clone(),
    });
    Resources { total: count(listed.len()), by_status, shown: shown.collect() }
}

fn accounts(scene: &Scene<'_>, standing: &Standing<'_>, listed: &[Listed<'_>]) -> Accounts {
    if standing.newest.is_public() {
        return notified(scene);
    }
    let mut resources: BTreeMap<&AccountId, u32> = BTreeMap::new();
    for resource in listed {
        *resources.entry(resource.account).or_default() += 1;
    }
    let mut by_status = BTreeMap::new();
    let standings = standing.accounts();
    for status in standings.values() {
        *by_status.entry(status.clone()).or_insert(0) += 1;
    }
    let mut order: Vec<(&AccountId, bool, u32)> = standings
        .iter()
        .map(|(id, status)| {
            let affected = resources.get(id).copied().unwrap_or(0);
            (*id, *status == Status::Resolved, affected)
        })
        .collect();
    order.sort_by_key(|(id, resolved, affected)| (*resolved, Reverse(*affected), *id));
    let shown = order.iter().take(SHOWN).map(|(id, _, affected)| account(scene, id, *affected));
    Accounts { total: count(order.len()), by_status, shown: shown.collect(), groups: Vec::new() }
}

/// Who got a copy of a PUBLIC event, which says nothing of who is affected.
fn notified(scene: &Scene<'_>) -> Accounts {
    let copies = || scene.reading.copies.iter().filter(|copy| copy.spaces.contains(scene.space));
    let shown = copies().take(SHOWN).map(|copy| account(scene, &copy.account, 0));
    Accounts { total: count(copies().count()), shown: shown.collect(), ..Accounts::default() }
}

fn account(scene: &Scene<'_>, id: &AccountId, resources: u32) -> Account {
    let known = scene.rules.accounts.known(id);
    Account {
        id: id.clone(),
        name: known.name().map(str::to_owned),
        ou: known.ou().map(str::to_owned),
        owner: known.owner().map(str::to_owned),
        resources,
    }
}
