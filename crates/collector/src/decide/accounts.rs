//! PURE. The accounts of an alert: each with what is known of it, and all of them by unit, which
//! is what one reads of a campaign over hundreds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use model::alert::{Account, AccountGroup, Accounts, count};
use model::ids::AccountId;
use model::words::Status;

use super::Scene;
use super::alert::{Listed, SHOWN};
use super::standing::Standing;

/// Fewer accounts than this are read faster one by one.
const WORTH_GROUPING: usize = 8;

/// Which accounts are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Those with something left to do.
    Open,
}

pub(super) fn of(
    scene: &Scene<'_>,
    standing: &Standing<'_>,
    listed: &[Listed<'_>],
    which: Which,
) -> Accounts {
    if standing.newest.is_public() {
        return notified(scene);
    }
    let mut resources: BTreeMap<&AccountId, u32> = BTreeMap::new();
    for resource in listed {
        *resources.entry(resource.account).or_default() += 1;
    }
    let mut by_status = BTreeMap::new();
    let mut standings = standing.accounts();
    if which == Which::Open {
        standings.retain(|_, status| *status != Status::Resolved);
    }
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
    let shown = shown.collect();
    let groups = groups(scene, order.iter().map(|(id, _, affected)| (*id, *affected)));
    Accounts { total: count(order.len()), by_status, shown, groups }
}

/// By unit, else by the beginning of the name; those with most resources first, then those with
/// most accounts. Accounts of which neither is known are one group without a name, at the end.
fn groups<'a>(
    scene: &Scene<'_>,
    accounts: impl ExactSizeIterator<Item = (&'a AccountId, u32)>,
) -> Vec<AccountGroup> {
    if accounts.len() < WORTH_GROUPING {
        return Vec::new();
    }
    let mut groups: BTreeMap<String, AccountGroup> = BTreeMap::new();
    for (id, resources) in accounts {
        let known = scene.rules.accounts.known(id);
        let name = known.ou().map(str::to_owned).or_else(|| known.name().map(beginning));
        let group = groups.entry(name.unwrap_or_default()).or_default();
        group.accounts += 1;
        group.resources = group.resources.saturating_add(resources);
    }
    if groups.keys().all(String::is_empty) {
        return Vec::new();
    }
    let named = groups.into_iter().map(|(name, group)| AccountGroup { name, ..group });
    let mut named: Vec<_> = named.collect();
    named.sort_by_key(|group| {
        (group.name.is_empty(), Reverse((group.resources, group.accounts)), group.name.clone())
    });
    named
}

/// `payments-prod` and `payments-dev` are both `payments-*`.
fn beginning(name: &str) -> String {
    match name.find(['-', '_', '.', '/', ' ']) {
        Some(at) if at > 0 => format!("{}*", &name[..=at]),
        _ => name.to_owned(),
    }
}

/// Who got a copy of a PUBLIC event, which says nothing of who is affected.
fn notified(scene: &Scene<'_>) -> Accounts {
    let copies = scene.reading.copies.iter();
    let ours = copies.filter(|copy| scene.hears_of(|space| copy.spaces.contains(space)));
    let accounts: BTreeSet<&AccountId> = ours.map(|copy| &copy.account).collect();
    let shown = accounts.iter().take(SHOWN).map(|id| account(scene, id, 0)).collect();
    Accounts { total: count(accounts.len()), shown, ..Accounts::default() }
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
