//! PURE. What is new since a group was last told, whether that is worth an alert, and when.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use model::fingerprint;
use model::words::{Change, EntityStatus, Kind, Status, Subject};
use state::group::Group;

use super::standing::{Standing, Stream};
use super::{Scene, is_resolved};

/// New accounts or resources of a planned change are told once in this time, of a notice once a
/// day; either may be thousands.
const SCHEDULED_GROWTH: SignedDuration = SignedDuration::from_hours(1);
const NOTICE_GROWTH: SignedDuration = SignedDuration::from_hours(24);
/// The longest that a growing count of accounts is held back.
const MAX_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

pub(crate) enum News {
    /// Recorded; it rides on the next alert.
    Nothing {
        look_again: Option<Timestamp>,
    },
    Worth {
        kind: Kind,
        changes: Vec<Change>,
        since: Timestamp,
        due: Timestamp,
    },
}

/// The first message of an episode is always `opened`, even when it is resolved already.
pub(crate) fn first(standing: &Standing<'_>, scene: &Scene<'_>) -> News {
    let since = standing.members.iter().map(|member| member.received).min().unwrap_or(scene.now);
    let wait = scene.rules.pace.wait(&standing.newest.subject);
    let due = (since + wait).max(standing.pages_until.unwrap_or(Timestamp::MIN));
    let kind = if standing.newest.health { Kind::Opened } else { Kind::Plain };
    News::Worth { kind, changes: Vec::new(), since, due }
}

pub(crate) fn since(group: &Group, standing: &Standing<'_>, scene: &Scene<'_>) -> News {
    let received = standing.members.iter().map(|member| member.received);
    let unseen = received.filter(|received| *received > group.seen).min();
    let since = unseen.unwrap_or(scene.now);
    // What time alone brought about waits for nobody.
    let after = |wait: SignedDuration| unseen.map_or(scene.now, |since| since + wait);
    let soon = after(scene.rules.pace.group_wait_issue.min(scene.rules.pace.group_wait));
    let pages = standing.pages_until.unwrap_or(Timestamp::MIN);
    if group.resolved.is_none() && is_resolved(&standing.status) {
        let changes = vec![Change::Status];
        return News::Worth { kind: Kind::Resolved, changes, since, due: soon.max(pages) };
    }
    let changes = changes(group, standing);
    if changes.is_empty() {
        return News::Nothing { look_again: standing.pages_until };
    }
    let due = if changes.contains(&Change::Severity) {
        soon
    } else {
        let wait = after(scene.rules.pace.wait(&standing.newest.subject));
        let interval = group.last_alert + interval(group, standing, &changes, scene);
        wait.max(interval).max(pages)
    };
    News::Worth { kind: Kind::Update, changes, since, due }
}

fn interval(
    group: &Group,
    standing: &Standing<'_>,
    changes: &[Change],
    scene: &Scene<'_>,
) -> SignedDuration {
    let base = scene.rules.pace.group_interval;
    if !only_growth(changes) {
        return base;
    }
    match standing.newest.subject {
        Subject::Scheduled => SCHEDULED_GROWTH.max(base),
        Subject::Notice => NOTICE_GROWTH.max(base),
        _ => {
            let factor = 1_i32 << group.growth.min(12);
            base.checked_mul(factor).unwrap_or(MAX_INTERVAL).min(MAX_INTERVAL.max(base))
        }
    }
}

pub(crate) fn only_growth(changes: &[Change]) -> bool {
    changes.iter().all(|change| matches!(change, Change::Accounts | Change::Resources))
}

/// Compares with what was told. Everything absent here is recorded and rides.
pub(crate) fn changes(group: &Group, standing: &Standing<'_>) -> Vec<Change> {
    let resolved = group.resolved.is_some();
    let told = |account: &str| group.accounts.contains(fingerprint::of(account));
    let mut changes = Vec::new();
    if standing.streams.iter().any(|stream| has_new_text(group, stream)) {
        changes.push(Change::Text);
    }
    if status_moved(group, standing) {
        changes.push(Change::Status);
    }
    if !resolved && standing.severity > group.max_severity {
        changes.push(Change::Severity);
    }
    if !standing.newest.is_public() && !group.accounts.is_full() {
        // An account whose first sign is its resolution is no more trouble than was told: it rides on
        // the next alert. After the resolution there may be none, and its team must hear of it.
        let mut untold = standing.streams.iter().filter(|s| !told(s.account.as_str()));
        if untold.any(|stream| resolved || stream.status != Status::Resolved) {
            changes.push(Change::Accounts);
        }
    }
    if !resolved && has_new_resources(group, standing) {
        changes.push(Change::Resources);
    }
    // Each by its own earlier word: that the nearest is done moves nobody's date.
    let mut open = standing.streams.iter().filter(|stream| !is_resolved(&stream.status));
    if standing.is_campaign() && open.any(|stream| stream.moved) {
        changes.push(Change::Deadline);
    }
    changes
}

/// A resolving communication's text is not new text; one after the resolution was told is.
fn has_new_text(group: &Group, stream: &Stream<'_>) -> bool {
    let resolving = stream.status == Status::Resolved && group.resolved.is_none();
    !resolving
        && !group.texts.is_full()
        && stream.latest.iter().any(|member| !group.texts.contains(member.text))
}

/// From announced to begun. Resolution is a kind of its own; for changes and notices the
/// passing of a date says nothing new.
fn status_moved(group: &Group, standing: &Standing<'_>) -> bool {
    group.resolved.is_none()
        && !standing.is_campaign()
        && group.status != standing.status
        && !is_resolved(&standing.status)
}

/// For issues an impaired resource; for changes and notices any. Late pages of a communication
/// that was told are never news.
fn has_new_resources(group: &Group, standing: &Standing<'_>) -> bool {
    if group.resources.is_full() {
        return false;
    }
    let fresh = standing.streams.iter().filter(|stream| !stream.told);
    resources(fresh, standing.is_campaign()).any(|hash| !group.resources.contains(hash))
}

/// The resources by which novelty is judged.
pub(crate) fn resources<'a>(
    streams: impl Iterator<Item = &'a Stream<'a>>,
    any: bool,
) -> impl Iterator<Item = u64> {
    let of_stream = move |stream: &'a Stream<'a>| {
        let open = stream.resources.iter().filter(move |(_, status)| {
            if any { !status.is_settled() } else { ***status == EntityStatus::Impaired }
        });
        open.map(|(id, _)| fingerprint::of(&[stream.account.as_str(), "|", id].concat()))
    };
    let mut seen = HashSet::new();
    streams.flat_map(of_stream).filter(move |hash| seen.insert(*hash))
}
