//! PURE. The alert of a group and the state it leaves behind.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::alert::{
    Escalation, EventFacts, Previous, Resource, Resources, Target, VERSION, Why, count,
};
use model::ids::{AccountId, AlertId};
use model::words::{Change, EntityStatus, Kind, Severity, Subject};
use model::{Alert, Text, When, canary, fingerprint};
use state::group::{Counted, Course, Group, Hashes};
use state::member::SCHEMA;

use super::accounts::Which;
use super::gate::Gate;
use super::news::{only_growth, resources};
use super::standing::{Standing, Stream};
use super::{Episode, Said, Scene, Weight, accounts, entry, is_resolved};

/// How many accounts and resources an alert names; the totals are always whole.
pub(super) const SHOWN: usize = 200;

/// What the alert says, since when it is news, and whether it goes out.
pub(crate) struct Worth {
    pub(crate) kind: Kind,
    pub(crate) changes: Vec<Change>,
    pub(crate) since: Timestamp,
    pub(crate) gate: Gate,
}

pub(crate) fn compose(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    episode: &Episode<'_>,
    worth: Worth,
) -> Said {
    let (weight, held) = match &worth.gate {
        Gate::Pass(weight) => (*weight, None),
        Gate::Hold(held) => (Weight::Free, Some(held.clone())),
    };
    let resources = listed(standing);
    let which = if worth.kind == Kind::Reminder { Which::Open } else { Which::All };
    let accounts = accounts::of(scene, standing, &resources, which);
    let mut after = after(scene, standing, episode, &worth);
    let total = match which {
        Which::All => accounts.total,
        Which::Open => count(standing.accounts().len()),
    };
    after.course.counted = Some(Counted { accounts: total, resources: count(resources.len()) });
    let entry = entry::of(scene, standing, &after, held.clone(), &resources, &accounts);
    let thread = entry.row.thread.clone();
    let alert_id = AlertId::of(&thread, scene.space, after.seq);
    let newest = standing.newest;
    let route = route(scene, standing);
    // What only a digest told has no card yet that an update could follow.
    let first = held.is_none() && after.seq == 1;
    let kind = match worth.kind {
        _ if first && newest.health => Kind::Opened,
        _ if first => Kind::Plain,
        kind => kind,
    };
    let alert = Alert {
        version: VERSION,
        alert_id: match &held {
            None => alert_id,
            Some(_) => alert_id.derived(&format!("held {}", after.version)),
        },
        seq: after.seq,
        kind,
        subject: newest.subject.clone(),
        severity: after.severity,
        max_severity: after.max_severity,
        changes: if first { Vec::new() } else { worth.changes },
        target: target(scene, route),
        why: Why {
            route: route.map(str::to_owned),
            rule: standing.decisive().rule.clone(),
            config_version: newest.config_version.clone(),
        },
        event: facts(standing),
        text: texts(scene, standing),
        accounts,
        resources: totals(&resources),
        received_at: worth.since,
        truncated: false,
        previous: if first { None } else { previous(episode) },
        escalation: scene.escalated.as_ref().and_then(|from| {
            let first = from.origins.first()?;
            Some(Escalation { from: (*first).clone(), since: from.since })
        }),
        acknowledged: scene.said(after.episode).cloned(),
        metric: newest.metric.clone(),
        digest: None,
        thread,
    };
    // Nobody has a digest of canaries.
    let entry = Some(entry).filter(|_| scene.space.as_str() != canary::SPACE);
    Said { alert, after, entry, covers: Vec::new(), weight }
}

/// Where an escalation goes, the people it names are called.
fn target(scene: &Scene<'_>, route: Option<&str>) -> Target {
    let target = scene.rules.target(scene.space, route);
    match &scene.escalated {
        Some(from) => Target { mention: from.mention.map(str::to_owned), ..target },
        None => target,
    }
}

/// What the group was told last. Items of an earlier release did not count: there the bounded
/// sets stand in.
fn previous(episode: &Episode<'_>) -> Option<Previous> {
    let Episode::Same(group) = episode else { return None };
    let counted = group.course.counted.unwrap_or_else(|| Counted {
        accounts: count(group.accounts.len()),
        resources: count(group.resources.len()),
    });
    Some(Previous {
        severity: group.severity,
        status: group.status.clone(),
        accounts: counted.accounts,
        resources: counted.resources,
        deadline: group.deadline.map(When::At),
    })
}

/// Members may have come by different routes; the first of the file speaks for the space.
pub(super) fn route<'a>(scene: &Scene<'a>, standing: &Standing<'a>) -> Option<&'a str> {
    let members = standing.members.iter().filter(|member| scene.takes(member));
    let routed = members.flat_map(|member| member.spaces());
    let origins = scene.escalated.as_ref().map(|from| from.origins.as_slice()).unwrap_or_default();
    let ours = routed.filter(|to| to.space == *scene.space || origins.contains(&&to.space));
    scene.rules.leading(ours.filter_map(|to| to.route.as_deref()))
}

fn after(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    episode: &Episode<'_>,
    worth: &Worth,
) -> Group {
    let told = episode.told();
    let from = match episode {
        Episode::New { after, .. } => *after,
        Episode::Same(group) => group.after,
    };
    let union = |known: fn(&Group) -> &Hashes, new: Vec<u64>| -> Hashes {
        told.into_iter().flat_map(|group| known(group).iter()).chain(new).collect()
    };
    let streams = || standing.streams.iter();
    let accounts = streams().map(|s| fingerprint::of(s.account.as_str())).collect();
    let texts = streams().flat_map(|s| s.latest.iter().map(|member| member.text)).collect();
    let resolved = is_resolved(&standing.status).then_some(standing.newest.moment);
    let grew = told.is_some() && !worth.changes.is_empty() && only_growth(&worth.changes);
    let card = u32::from(matches!(worth.gate, Gate::Pass(_)));
    Group {
        schema: SCHEMA,
        space: scene.space.clone(),
        version: episode.before().map_or(0, |group| group.version) + 1,
        episode: episode.number(),
        seq: told.map_or(0, |group| group.seq) + card,
        after: from,
        resolved: told.and_then(|group| group.resolved).max(resolved),
        status: standing.status.clone(),
        severity: standing.severity,
        max_severity: told.map_or(standing.severity, |g| g.max_severity.max(standing.severity)),
        deadline: standing.deadline(),
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
        course: course(scene, standing, episode, worth),
    }
}

fn course(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    episode: &Episode<'_>,
    worth: &Worth,
) -> Course {
    let now = Some(scene.now);
    let card = matches!(worth.gate, Gate::Pass(_));
    let told = episode.told();
    let before = told.map(|group| group.course.clone()).unwrap_or_default();
    // It says how much time is left, as a reminder would.
    let reminds = told.is_none() || worth.kind == Kind::Reminder;
    let urgent = card && standing.severity >= Severity::High;
    let origins = scene.escalated.iter().flat_map(|from| &from.origins);
    Course {
        counted: None,
        told: before.told.or(now),
        opened: told.and_then(Group::opened).or(if card { now } else { None }),
        urgent: before.urgent.or(if urgent { now } else { None }),
        ended: before.ended.or(if is_resolved(&standing.status) { now } else { None }),
        passed: card || episode.before().is_some_and(Group::has_passed),
        reminded: match told {
            Some(group) if !reminds && !worth.changes.contains(&Change::Deadline) => {
                before.reminded.or(Some(group.last_alert))
            }
            _ => now,
        },
        escalated: origins.map(|origin| (*origin).clone()).collect(),
        escalated_since: scene.escalated.as_ref().map(|from| from.since),
        acknowledged: match scene.said(episode.number()).filter(|_| card) {
            Some(said) => Some(said.at),
            None => before.acknowledged,
        },
        digests: None,
    }
}

/// The event as its newest communication tells it, over all Regions.
fn facts(standing: &Standing<'_>) -> EventFacts {
    let newest = standing.newest;
    let (start, end) = window(standing);
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
        start,
        end,
        updated: newest.updated.clone(),
        time: newest.time,
        actionability: newest.actionability.clone(),
        occurrences: count(standing.occurrences()),
        replayed: standing.members.iter().all(|member| member.stale),
    }
}

/// Of a campaign, what comes first sets the countdown: the earliest change that is still open,
/// the earliest deadline of a notice, told by whichever end the newest notice tells it.
fn window(standing: &Standing<'_>) -> (Option<When>, Option<When>) {
    let newest = standing.newest;
    let (mut start, mut end) = (newest.start.clone(), newest.end.clone());
    let open = || standing.streams.iter().filter(|stream| !is_resolved(&stream.status));
    match newest.subject {
        Subject::Scheduled => {
            let starts = open().filter_map(|stream| stream.newest().start.as_ref());
            start = starts.filter_map(When::at).min().map(When::At).or(start);
        }
        Subject::Notice => {
            let deadlines = open().filter_map(|stream| stream.newest().deadline);
            let earliest = deadlines.filter(|deadline| *deadline > newest.moment).min();
            let Some(earliest) = earliest else { return (start, end) };
            if newest.deadline.is_none() || end.as_ref().and_then(When::at) == newest.deadline {
                end = Some(When::At(earliest));
            } else {
                start = Some(When::At(earliest));
            }
        }
        _ => {}
    }
    (start, end)
}

fn texts(scene: &Scene<'_>, standing: &Standing<'_>) -> Vec<Text> {
    let newest = &standing.newest;
    if !newest.own_texts.is_empty() {
        return newest.own_texts.clone();
    }
    let kept = scene.reading.texts.iter().find(|texts| texts.key == newest.texts);
    kept.map(|texts| texts.texts.clone()).unwrap_or_default()
}

/// One resource of one account, as it stands.
pub(super) struct Listed<'a> {
    id: &'a str,
    pub(super) account: &'a AccountId,
    pub(super) status: EntityStatus,
}

pub(super) fn listed<'a>(standing: &Standing<'a>) -> Vec<Listed<'a>> {
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
