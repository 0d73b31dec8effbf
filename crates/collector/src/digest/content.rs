//! PURE. What a digest says: the entries of a board, each in the lists that it belongs to.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::alert::{
    Accounts, Digest, DigestRow, EventFacts, Resources, Target, VERSION, Why, count,
};
use model::ids::{AlertId, SpaceName, ThreadKey};
use model::summary::{Counted, Coverage, DigestReason, Rows};
use model::words::{Category, Kind, Scope, Severity, Source, Status, Subject};
use model::{Alert, When};
use rules::Rules;
use state::board::Entry;

use super::Board;

/// From and up to, the end excluded, so that what comes at the very moment is in the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Window {
    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// How many rows of a list are named; of what has no message of its own, more.
const SHOWN: usize = 20;
const HELD_SHOWN: usize = 150;
/// Issues that AWS has not spoken of for so long are mostly over; it does not close all of them.
const STALE: SignedDuration = SignedDuration::from_hours(72);
/// Owners and rules that are named.
const NAMED: usize = 10;

fn empty(reason: DigestReason, window: Window) -> Digest {
    Digest {
        reason,
        from: window.from,
        to: window.to,
        new: Rows::default(),
        held: Rows::default(),
        open: Rows::default(),
        stale: Rows::default(),
        due: Rows::default(),
        overdue: Rows::default(),
        resolved: Rows::default(),
        unactioned: Vec::new(),
        silenced: Vec::new(),
        undelivered: 0,
        coverage: None,
    }
}

pub(super) fn of_held(reason: DigestReason, held: &[&Entry], window: Window) -> Digest {
    Digest { held: rows(held.to_vec(), HELD_SHOWN, worst), ..empty(reason, window) }
}

pub(super) fn daily(board: &Board, held: &[&Entry], window: Window, now: Timestamp) -> Digest {
    let entries = || board.entries.iter().map(|(_, entry)| entry);
    let all = |is: &dyn Fn(&Entry) -> bool| entries().filter(|entry| is(entry)).collect::<Vec<_>>();
    let open = |entry: &Entry| entry.row.status != Status::Resolved;
    let stale =
        |entry: &Entry| entry.row.updated.is_none_or(|updated| now.duration_since(updated) > STALE);
    let due = all(&|entry| open(entry) && deadline(entry).is_some_and(|at| at >= now));
    let overdue = all(&|entry| {
        open(entry) && entry.row.unsettled > 0 && deadline(entry).is_some_and(|at| at < now)
    });
    let unactioned = sum(due.iter().chain(&overdue).flat_map(|entry| &entry.unsettled));
    let happening = |entry: &Entry| open(entry) && !is_planned(entry);
    Digest {
        new: rows(all(&|entry| window.holds(entry.opened)), SHOWN, worst),
        held: rows(held.to_vec(), HELD_SHOWN, worst),
        open: rows(all(&|entry| happening(entry) && !stale(entry)), SHOWN, worst),
        stale: rows(all(&|entry| happening(entry) && stale(entry)), SHOWN, worst),
        due: rows(due, SHOWN, nearest),
        overdue: rows(overdue, SHOWN, nearest),
        resolved: rows(
            all(&|entry| entry.resolved.is_some_and(|at| window.holds(at))),
            SHOWN,
            worst,
        ),
        unactioned,
        silenced: silenced(board, window),
        undelivered: count(board.undelivered.iter().filter(|at| window.holds(**at)).count()),
        coverage: board.coverage.clone().map(shortened),
        ..empty(DigestReason::Schedule, window)
    }
}

/// A card names a few and counts the rest.
fn shortened(mut coverage: Coverage) -> Coverage {
    coverage.missing.truncate(SHOWN);
    coverage
}

fn is_planned(entry: &Entry) -> bool {
    matches!(entry.row.subject, Subject::Scheduled | Subject::Notice)
}

fn deadline(entry: &Entry) -> Option<Timestamp> {
    entry.row.deadline.as_ref().filter(|_| is_planned(entry)).and_then(When::at)
}

type Order = (Reverse<Severity>, Option<Timestamp>, ThreadKey);

fn worst(row: &DigestRow) -> Order {
    (Reverse(row.severity), row.updated, row.thread.clone())
}

fn nearest(row: &DigestRow) -> Order {
    (Reverse(Severity::Info), row.deadline.as_ref().and_then(When::at), row.thread.clone())
}

fn rows(mut entries: Vec<&Entry>, shown: usize, order: fn(&DigestRow) -> Order) -> Rows {
    entries.sort_by_cached_key(|entry| order(&entry.row));
    let total = count(entries.len());
    Rows { total, shown: entries.into_iter().take(shown).map(|entry| entry.row.clone()).collect() }
}

fn sum<'a>(counted: impl Iterator<Item = &'a Counted>) -> Vec<Counted> {
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for one in counted {
        let sum = sums.entry(&one.name).or_default();
        *sum = sum.saturating_add(one.count);
    }
    most(sums.into_iter().map(|(name, count)| Counted { name: name.to_owned(), count }).collect())
}

fn most(mut counted: Vec<Counted>) -> Vec<Counted> {
    counted.retain(|one| one.count > 0);
    counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    counted.truncate(NAMED);
    counted
}

fn silenced(board: &Board, window: Window) -> Vec<Counted> {
    let mut rules: BTreeMap<&str, u32> = BTreeMap::new();
    let (from, to) = (window.from.as_second(), window.to.as_second());
    for (rule, minutes) in board.silenced.iter().flatten() {
        let within = minutes.iter().filter(|(minute, _)| (from..to).contains(&(**minute * 60)));
        *rules.entry(rule).or_default() += within.map(|(_, count)| count).sum::<u32>();
    }
    most(rules.into_iter().map(|(name, count)| Counted { name: name.to_owned(), count }).collect())
}

/// A digest as an alert. What it has of an event is only what every alert must have.
pub(super) fn alert(
    space: &SpaceName,
    rules: &Rules,
    (thread, alert_id, seq): (ThreadKey, AlertId, u32),
    digest: Digest,
    now: Timestamp,
) -> Alert {
    let route = rules.routes.iter().find(|route| route.spaces.contains(space));
    let route = route.map(|route| route.name.clone());
    let target = Target { mention: None, runbook: None, ..rules.target(space, route.as_deref()) };
    Alert {
        version: VERSION,
        alert_id,
        thread,
        seq,
        kind: Kind::Digest,
        subject: Subject::Unknown,
        // A list is nobody's emergency: what is has had a message of its own.
        severity: Severity::Info,
        max_severity: Severity::Info,
        changes: Vec::new(),
        target,
        why: Why { route, rule: "digest".to_owned(), config_version: rules.version.clone() },
        event: EventFacts {
            arn: None,
            communication_id: None,
            source: Source::AwsHealth,
            service: "HEALTH".into(),
            type_code: "DIGEST".into(),
            category: Category::Other("digest".to_owned()),
            scope: Scope::AccountSpecific,
            status: Status::Open,
            regions: Vec::new(),
            start: None,
            end: None,
            updated: None,
            time: None,
            actionability: None,
            occurrences: 1,
            replayed: false,
        },
        text: Vec::new(),
        accounts: Accounts::default(),
        resources: Resources::default(),
        received_at: now,
        truncated: false,
        previous: None,
        escalation: None,
        acknowledged: None,
        metric: None,
        digest: Some(Box::new(digest)),
    }
}
