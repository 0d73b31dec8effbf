//! PURE. A group as the board of its space keeps it: one line of the next digest.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::alert::{Accounts, count};
use model::ids::ThreadKey;
use model::summary::{Counted, DigestRow};
use model::{When, fingerprint};
use state::board::{Entry, Held};
use state::group::Group;

use super::alert::{Listed, listed};
use super::standing::Standing;
use super::{Decision, Scene, accounts};

/// Quiet progress is put on the board this long before the digest, spread over two thirds of it.
const BEFORE: SignedDuration = SignedDuration::from_mins(30);
const SPREAD: u64 = 20 * 60;
/// Of owners that an entry names.
const OWNERS: usize = 20;

pub(crate) fn of(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    group: &Group,
    held: Option<Held>,
    listed: &[Listed<'_>],
    accounts: &Accounts,
) -> Entry {
    Entry {
        version: group.version,
        incident: Some(scene.incident.clone()),
        row: row(scene, standing, group, listed, accounts),
        opened: group.course.told.unwrap_or(group.last_alert),
        resolved: group.course.ended,
        unsettled: owners(scene, standing, listed),
        held,
    }
}

fn row(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    group: &Group,
    listed: &[Listed<'_>],
    accounts: &Accounts,
) -> DigestRow {
    let newest = standing.newest;
    let total = group.course.counted.map_or(accounts.total, |counted| counted.accounts);
    let first = accounts.shown.first();
    let unsettled = listed.iter().filter(|resource| !resource.status.is_settled()).count();
    DigestRow {
        thread: ThreadKey::of(scene.incident, group.episode),
        arn: newest.arn.clone(),
        subject: newest.subject.clone(),
        service: newest.service.clone(),
        type_code: newest.type_code.clone(),
        category: newest.category.clone(),
        severity: standing.severity,
        status: standing.status.clone(),
        regions: standing.regions(),
        start: newest.start.clone(),
        deadline: standing.deadline().map(When::At),
        updated: Some(newest.moment),
        accounts: total.max(accounts.total),
        account: first.map(|account| account.id.clone()),
        account_name: first.and_then(|account| account.name.clone()),
        resources: count(listed.len()),
        unsettled: count(unsettled),
    }
}

/// Unsettled resources by who owns their account; an account that nobody owns stands for itself.
fn owners(scene: &Scene<'_>, standing: &Standing<'_>, listed: &[Listed<'_>]) -> Vec<Counted> {
    if !standing.is_campaign() {
        return Vec::new();
    }
    let mut owners: BTreeMap<String, u32> = BTreeMap::new();
    for resource in listed.iter().filter(|resource| !resource.status.is_settled()) {
        let known = scene.rules.accounts.known(resource.account);
        let owner = known.owner().or(known.name()).unwrap_or(resource.account.as_str());
        *owners.entry(owner.to_owned()).or_default() += 1;
    }
    let mut owners: Vec<Counted> =
        owners.into_iter().map(|(name, count)| Counted { name, count }).collect();
    owners.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    owners.truncate(OWNERS);
    owners
}

/// What rides since the last alert belongs into the next digest: put on the board shortly before
/// it, once, however many records it was.
pub(crate) fn refresh(
    group: &Group,
    standing: &Standing<'_>,
    scene: &Scene<'_>,
    decision: &mut Decision,
) {
    let rides = standing.members.iter().any(|member| member.received > group.seen);
    let Some(digest) = scene.rules.digest.as_ref().filter(|_| rides) else { return };
    let thread = ThreadKey::of(scene.incident, group.episode);
    let spread = fingerprint::of(thread.as_str()) % SPREAD;
    let lead = BEFORE - SignedDuration::from_secs(i64::try_from(spread).unwrap_or(0));
    let at = |digest: Timestamp| digest.checked_sub(lead).unwrap_or(digest);
    let Some(next) = digest.next(scene.now, scene.zone) else { return };
    if at(next) > scene.now {
        decision.wake(at(next));
        return;
    }
    let listed = listed(standing);
    let accounts = accounts::of(scene, standing, &listed, accounts::Which::All);
    let entry = of(scene, standing, group, None, &listed, &accounts);
    decision.refresh.push((scene.space.clone(), entry));
    if let Some(after) = digest.next(next, scene.zone) {
        decision.wake(at(after));
    }
}
